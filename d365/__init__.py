"""The command line and the pytest plugin: the only part that knows everybody."""
