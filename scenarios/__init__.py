"""Every set-up step and every way it goes wrong, by name, and as pytest scenarios."""
