"""Does the contract notice a lie? Each mutant of the fakes changes one fact; the contract must fail for each.

`python -m benchmarks.contract_mutants` prints a table a service, then every mutant that was missed; `--all` prints all.
"""

import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
from rich.console import Console
from rich.table import Table

from contract_tests.facts.judging import Verdict, judge
from contract_tests.facts.mutants import mutants


async def _verdicts() -> list[Verdict]:
    found = []
    with TemporaryDirectory() as folder:
        for index, mutant in enumerate(mutants()):
            place = Path(folder) / str(index)
            place.mkdir()
            found.append(await judge(mutant, place))
    return found


def main() -> int:
    """0 when every mutant was caught."""
    verdicts = anyio.run(_verdicts)
    by_service: dict[str, list[Verdict]] = defaultdict(list)
    for each in verdicts:
        by_service[each.mutant.service].append(each)
    summary = Table("service", "mutants", "caught", "missed", box=None)
    for service, told in by_service.items():
        caught = sum(1 for each in told if each.caught_by)
        summary.add_row(service, str(len(told)), str(caught), str(len(told) - caught))
    missed = [each for each in verdicts if not each.caught_by]
    summary.add_row("all", str(len(verdicts)), str(len(verdicts) - len(missed)), str(len(missed)))
    console = Console()
    console.print(summary)
    shown = verdicts if "--all" in sys.argv[1:] else missed
    if shown:
        detail = Table("service", "mutant", "caught by", "questions", box=None)
        for each in shown:
            detail.add_row(each.mutant.service, each.mutant.name, each.caught_by or "MISSED", str(each.asked))
        console.print(detail)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
