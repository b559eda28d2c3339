"""What a piece of evidence says by itself: causes by name, best first, each with how sure it makes one."""

from typing import Final

from provisioning.diagnosis.rules import Certainty

Guess = tuple[str, Certainty]
Guesses = tuple[Guess, ...]

RANK: Final[dict[Certainty, int]] = {"certain": 0, "likely": 1, "possible": 2}


def guesses(certainty: Certainty, name: str, *also_possible: str) -> Guesses:
    """One cause of a certainty, and others that are possible beside it."""
    return ((name, certainty), *((other, "possible") for other in also_possible))
