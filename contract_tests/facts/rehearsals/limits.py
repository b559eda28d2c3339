"""Service protection limits, and rules of a whole environment."""

from typing import Final

from contract_tests.facts.rehearsals.rehearsal import Rehearsal

REHEARSALS: Final[dict[str, Rehearsal]] = {}
