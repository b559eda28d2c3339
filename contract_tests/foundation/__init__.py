"""What every fake stands on."""
