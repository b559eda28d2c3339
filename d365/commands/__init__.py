"""What each command takes and which function does it; `d365.cli` puts them together."""
