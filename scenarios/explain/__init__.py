"""Pasted errors, as people really paste them, and what they mean."""
