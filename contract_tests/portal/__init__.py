"""The fake of the portal's back end, asked over HTTP."""
