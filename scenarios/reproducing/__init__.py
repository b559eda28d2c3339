"""A customer's error made to happen again: from a paste, a name or a bundle to a fake tenant that answers the same."""
