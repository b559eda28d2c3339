"""What a sentence of a service says where no code is told, or where it says more than its code."""

import re
from dataclasses import dataclass
from typing import Literal

from provisioning.diagnosis.rules import Certainty
from provisioning.explaining.guess import Guesses, guesses

Place = Literal["anywhere", "dataverse", "graph", "power_platform", "login", "microsoft"]
"""Where a sentence must have been said to count: words that others say too need a sign of the service beside them."""

SPECIFIC, WORDS, HINT = 90, 70, 40
"""Weights: a sentence only this service says, a sentence others could say, a hint that any code overrules."""


@dataclass(frozen=True)
class Sentence:
    """Words (searched in lower case, white space as one blank) that point to causes."""

    words: re.Pattern[str]
    guesses: Guesses
    weight: int
    place: Place


def said(
    words: str, certainty: Certainty, name: str, *also: str, weight: int = SPECIFIC, place: Place = "anywhere"
) -> Sentence:
    """One row of a table of sentences. Patterns stay linear: bounded repeats, and a literal to begin with."""
    return Sentence(re.compile(words), guesses(certainty, name, *also), weight, place)
