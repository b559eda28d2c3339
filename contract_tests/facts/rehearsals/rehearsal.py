"""What a rehearsal is: a state of a whole tenant, environment or cloud that only fakes can be brought to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from contract_tests.facts.world import World
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant


@dataclass(frozen=True)
class Fakes:
    """The fakes below a world."""

    cloud: FakeCloud
    tenant: FakeTenant
    """A tenant that no other fact is asked of, so that nothing has to be undone."""


@dataclass(frozen=True)
class Rehearsal:
    """One state: what brings it about, and the variables that a fact can then name as `{rehearsal.member}`.

    `make` is given the fakes, the world and the rehearsal's own name. What a rehearsal makes for a fact to speak of, it
    tells the world: `world.values`, `world.credentials`, and `world.rails.know` for what requests may change.
    """

    make: Callable[[Fakes, World, str], Awaitable[None]]
    gives: frozenset[str] = frozenset()
