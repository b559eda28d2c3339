"""What must hold for every step and every failure mode."""
