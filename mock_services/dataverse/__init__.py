"""The fake Dataverse Web API: one organisation's tables behind one privilege check."""
