"""Do the fakes tell the truth? Every fact they rest on, asked of them; real client libraries on real ports."""
