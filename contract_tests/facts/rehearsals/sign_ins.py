"""What a token request meets that no operator would bring about: tenants, resources, policies and clouds."""

from typing import Final

from contract_tests.facts.rehearsals.rehearsal import Rehearsal

REHEARSALS: Final[dict[str, Rehearsal]] = {}
