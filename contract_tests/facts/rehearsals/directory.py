"""Quotas, throttled clients and concurrent writes in the directory."""

from typing import Final

from contract_tests.facts.rehearsals.rehearsal import Fakes, Rehearsal
from contract_tests.facts.world import World
from mock_services.state.well_known import GLOBAL_READER


async def _own_directory(_fakes: Fakes, world: World, name: str) -> None:
    """As it was founded: nobody has used any role but the first administrator's."""
    world.values[f"{name}.unused_role"] = GLOBAL_READER
    world.rails.know([GLOBAL_READER])


REHEARSALS: Final[dict[str, Rehearsal]] = {
    "own_directory": Rehearsal(_own_directory, frozenset({"unused_role"})),
}
