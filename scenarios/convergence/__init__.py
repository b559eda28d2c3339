"""Whatever happens to any request of a set-up, running it again ends in the same one state."""
