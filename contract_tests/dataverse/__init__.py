"""What the fake Dataverse promises, asked of it over HTTP."""
