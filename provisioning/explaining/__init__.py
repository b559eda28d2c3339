"""The reader of pastes: from any text that a person has at hand to the facts in it and ranked causes."""
