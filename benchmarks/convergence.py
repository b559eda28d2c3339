"""Every request of a set-up, struck by every harm in turn: does running it again end in the one right state?

`python -m benchmarks.convergence` prints a row for each harm and ends with status 1 unless every cell holds. With
`--pace typical` (or slow, adversarial) the tenant's replicas lag meanwhile.
"""

import argparse
import asyncio
import sys
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from mock_services.cloud import FakeCloud
from mock_services.state.replicas import PRESETS
from scenarios.convergence.converging import Outcome, converge
from scenarios.convergence.harms import Harm


@dataclass
class Tally:
    """What one harm did to all the requests."""

    struck: int = 0
    converged: int = 0
    twins: int = 0
    orphans: int = 0
    second_runs: int = 0
    extra_requests: int = 0

    def add(self, outcome: Outcome, plain: int) -> None:
        """Count one outcome; `plain` is how many requests a run without harm takes."""
        self.struck += bool(outcome.struck)
        self.converged += outcome.converged
        census = outcome.census
        if census is not None:
            self.orphans += bool(census.orphans)
            self.twins += not (census.is_single or census.orphans)
        self.second_runs += outcome.runs > 1
        self.extra_requests = max(self.extra_requests, len(outcome.requests) - plain)


async def measured(harm: Harm, pace: str, plain: int, cloud: FakeCloud) -> Tally:
    """One harm to every request of a run, one at a time."""
    tally = Tally()
    for number in range(plain):
        tally.add(await converge({number: harm}, pace=pace, cloud=cloud), plain)
    return tally


async def table(pace: str) -> tuple[Table, bool]:
    """The whole table, and whether every cell holds."""
    cloud = FakeCloud()
    plain = len((await converge({}, pace=pace, cloud=cloud)).requests)
    shown = Table(
        "harm", "struck", "converged", "twins", "orphans", "needed a second run", "most extra requests", box=None
    )
    holds = True
    for harm in Harm:
        tally = await measured(harm, pace, plain, cloud)
        # While replicas lag, what was struck earlier changes how many requests follow.
        holds &= tally.converged == plain and (tally.struck == plain or pace != "immediate")
        numbers = (tally.converged, tally.twins, tally.orphans, tally.second_runs, tally.extra_requests)
        shown.add_row(str(harm), f"{tally.struck} of {plain}", *map(str, numbers))
    return shown, holds


def main() -> int:
    """Print the table; 1 when a cell does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pace", choices=sorted(PRESETS), default="immediate", help="how the tenant's replicas lag")
    shown, holds = asyncio.run(table(parser.parse_args().pace))
    console = Console()
    console.print(shown)
    console.print("every cell holds" if holds else "[bold]NOT every cell holds[/bold]")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
