"""`d365 explain`: a pasted error in, a short letter or one JSON document out."""

import sys
from typing import Final, TextIO

from d365 import console
from provisioning.explaining.explanation import explain
from provisioning.explaining.given import text_of
from provisioning.explaining.letter import letter

EXPLAINED: Final = 0
NOT_EXPLAINED: Final = 3
"""Exit codes: a cause was named; the text does not tell one (its facts are told all the same)."""


def explain_given(given: str, stdin: TextIO, *, as_json: bool) -> int:
    """Explain and print; the exit code says whether a cause was named. Raises BadInput for what cannot be read."""
    explanation = explain(text_of(given, stdin))
    if as_json:
        console.say_json(explanation.to_json())
    else:
        sys.stdout.write(letter(explanation))
    return EXPLAINED if explanation.causes else NOT_EXPLAINED
