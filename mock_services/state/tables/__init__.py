"""Dataverse table definitions as data: a TOML file a table, read by `mock_services.state.organisation.definitions`."""
