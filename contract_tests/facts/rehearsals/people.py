"""People at a browser: locked, expired, blocked, of another tenant."""

from typing import Final

from contract_tests.facts.rehearsals.rehearsal import Rehearsal

REHEARSALS: Final[dict[str, Rehearsal]] = {}
