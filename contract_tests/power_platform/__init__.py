"""Contract tests of the fake Power Platform."""
