"""The doctor's book: from a symptom on the wire to ranked causes, whose turn it is, and what to do."""
