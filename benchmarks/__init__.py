"""Tables that say where the budgets stand, one command each: `python -m benchmarks.budgets`."""
