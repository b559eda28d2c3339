"""Dataverse table definitions as data: one TOML file a table, read by `mock_services.state.organisation.definitions`."""
