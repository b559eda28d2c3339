"""Scenarios of the set-up, step by step."""
