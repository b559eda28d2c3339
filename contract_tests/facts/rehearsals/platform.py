"""People with other roles, and Power Platform, Azure and the portal as they see them."""

from typing import Final

from contract_tests.facts.rehearsals.rehearsal import Rehearsal

REHEARSALS: Final[dict[str, Rehearsal]] = {}
