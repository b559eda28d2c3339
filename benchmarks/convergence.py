"""Every request of a set-up, struck by every harm in turn: does running it again end in the one right state?

`python -m benchmarks.convergence` prints a row for each harm and ends with status 1 unless every cell holds. `--of`
asks the same of a rotation or a teardown, `--credential certificate` of an integration with a certificate, and with
`--pace typical` (or slow, adversarial) the tenant's replicas lag meanwhile.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from mock_services.cloud import FakeCloud
from mock_services.state.replicas import PRESETS
from scenarios.convergence.converging import Credential, converge
from scenarios.convergence.harms import Harm
from scenarios.convergence.rotating import rotate_harmed
from scenarios.convergence.standing import set_up_once
from scenarios.convergence.taking_down import take_down_harmed


@dataclass(frozen=True)
class Came:
    """What one run under harm came to."""

    struck: bool
    converged: bool
    runs: int
    requests: int
    twins: bool = False
    orphans: bool = False


Harmed = Callable[[Mapping[int, Harm]], Awaitable[Came]]


@dataclass
class Tally:
    """What one harm did to all the requests."""

    struck: int = 0
    converged: int = 0
    twins: int = 0
    orphans: int = 0
    second_runs: int = 0
    extra_requests: int = 0

    def add(self, came: Came, plain: int) -> None:
        """Count one outcome; `plain` is how many requests a run without harm takes."""
        self.struck += came.struck
        self.converged += came.converged
        self.twins += came.twins
        self.orphans += came.orphans
        self.second_runs += came.runs > 1
        self.extra_requests = max(self.extra_requests, came.requests - plain)


@asynccontextmanager
async def set_ups(credential: Credential, pace: str) -> AsyncIterator[Harmed]:
    """A set-up of a fresh tenant each time."""
    cloud = FakeCloud()

    async def harmed(harms: Mapping[int, Harm]) -> Came:
        outcome = await converge(harms, pace=pace, cloud=cloud, credential=credential)
        census = outcome.census
        orphans = census is not None and bool(census.orphans)
        twins = census is not None and not (census.is_single or orphans)
        return Came(bool(outcome.struck), outcome.converged, outcome.runs, len(outcome.requests), twins, orphans)

    yield harmed


@asynccontextmanager
async def rotations(credential: Credential, pace: str) -> AsyncIterator[Harmed]:
    """A rotation of the same set-up each time; twins are credentials too many."""
    async with set_up_once(credential) as set_up:

        async def harmed(harms: Mapping[int, Harm]) -> Came:
            outcome = await rotate_harmed(set_up, harms, pace=pace)
            told, twins = outcome.told, outcome.credentials > 1
            return Came(bool(told.struck), outcome.converged(), told.runs, len(told.requests), twins)

        yield harmed


@asynccontextmanager
async def teardowns(credential: Credential, pace: str) -> AsyncIterator[Harmed]:
    """A teardown of the same set-up each time; orphans are what it left."""
    async with set_up_once(credential) as set_up:

        async def harmed(harms: Mapping[int, Harm]) -> Came:
            outcome = await take_down_harmed(set_up, harms, pace=pace)
            told = outcome.told
            return Came(bool(told.struck), outcome.converged, told.runs, len(told.requests), orphans=bool(outcome.left))

        yield harmed


WORK = {"set-up": set_ups, "rotation": rotations, "teardown": teardowns}


async def table(of: str, credential: Credential, pace: str) -> tuple[Table, bool]:
    """The whole table, and whether every cell holds."""
    shown = Table(
        "harm", "struck", "converged", "twins", "orphans", "needed a second run", "most extra requests", box=None
    )
    async with WORK[of](credential, pace) as harmed:
        came = await harmed({})
        plain, holds = came.requests, came.converged
        for harm in Harm:
            tally = Tally()
            for number in range(plain):
                tally.add(await harmed({number: harm}), plain)
            # While replicas lag, what was struck earlier changes how many requests follow.
            holds &= tally.converged == plain and (tally.struck == plain or pace != "immediate")
            numbers = (tally.converged, tally.twins, tally.orphans, tally.second_runs, tally.extra_requests)
            shown.add_row(str(harm), f"{tally.struck} of {plain}", *map(str, numbers))
    return shown, holds


def main() -> int:
    """Print the table; 1 when a cell does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--of", choices=sorted(WORK), default="set-up", help="what comes to harm")
    parser.add_argument("--credential", choices=["secret", "certificate"], default="secret", help="of which kind")
    parser.add_argument("--pace", choices=sorted(PRESETS), default="immediate", help="how the tenant's replicas lag")
    said = parser.parse_args()
    shown, holds = asyncio.run(table(said.of, said.credential, said.pace))
    console = Console(width=max(120, Console().width))
    console.print(shown)
    console.print("every cell holds" if holds else "[bold]NOT every cell holds[/bold]")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
