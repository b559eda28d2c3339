"""Facts of the four services as data, and what asks them: of the fakes on every run, of a tenant with `--live`.

The asker knows HTTP and an operator's rights, and no fake. See docs/contract.md.
"""
