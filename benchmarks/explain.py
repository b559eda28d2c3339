"""How good and how fast `d365 explain` is: `python -m benchmarks.explain`.

Prints for each part of the corpus how many first causes are right, wrong, or not named; then how long it takes.
"""

import statistics
import time
from collections import Counter

from provisioning.explaining.explanation import explain
from scenarios.explain.pastes import Paste, pastes

_LINE = "2024-03-05 13:14:55 INFO GET https://contoso.crm4.dynamics.com/api/data/v9.2/contacts 200 in 34 ms\n"


def main() -> None:
    """Print both tables."""
    print(f"{'part':<10} {'texts':>6} {'right':>6} {'wrong':>6} {'silent':>7} {'median ms':>10}")  # noqa: T201 - its purpose
    for part in ("built_on", "held_out"):
        outcomes: Counter[str] = Counter()
        took_ms = []
        for paste in pastes(part):
            began = time.perf_counter()
            outcomes[_outcome(paste)] += 1
            took_ms.append((time.perf_counter() - began) * 1000)
        row = f"{outcomes.total():>6} {outcomes['right']:>6} {outcomes['wrong']:>6} {outcomes['silent']:>7}"
        print(f"{part:<10} {row} {statistics.median(took_ms):>10.2f}")  # noqa: T201
    log = _LINE * 100_000 + "AADSTS7000215: Invalid client secret provided.\n"
    began = time.perf_counter()
    explain(log)
    print(f"\na log of {len(log) / 1e6:.0f} MB: {time.perf_counter() - began:.2f} s")  # noqa: T201


def _outcome(paste: Paste) -> str:
    causes = explain(paste.text).causes
    if (causes[0].family if causes else "") in paste.right:
        return "right"
    return "wrong" if causes else "silent"


if __name__ == "__main__":
    main()
