"""What a stage is: a named state that facts are asked in, brought about over HTTP by the operator's rights alone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contract_tests.facts.world import World

DATA: Final = "/api/data/v9.2"


@dataclass(frozen=True)
class Stage:
    """One state: what brings it about, and the variables that a fact can then name as `{stage.member}`.

    `make` is given the world and the stage's own name; `world.values["mark"]` is a new name that nothing else has.
    """

    make: Callable[["World", str], Awaitable[None]]
    gives: frozenset[str]
    needs_clock: bool = False
    needs_person: bool = False
    """A person brings it about, who may do more in a directory than an application that sets integrations up."""
