"""Contract tests of the fake token service."""
