"""Dataverse environments that are out of service."""

from typing import Final

from contract_tests.facts.rehearsals.rehearsal import Fakes, Rehearsal
from contract_tests.facts.world import World


async def _administration(fakes: Fakes, _world: World, _name: str) -> None:
    fakes.tenant.organisation.set_state("AdminMode")


async def _disabled(fakes: Fakes, _world: World, _name: str) -> None:
    fakes.tenant.organisation.set_state("Disabled")


REHEARSALS: Final[dict[str, Rehearsal]] = {
    "administration_mode": Rehearsal(_administration),
    "disabled_environment": Rehearsal(_disabled),
}
