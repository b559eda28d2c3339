"""Real client libraries, unmodified, on real ports."""
