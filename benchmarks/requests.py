"""What a set-up costs: HTTP requests beside those of other tools, and time waited beside the replication lag.

`python -m benchmarks.requests`. The other tools' counts are public: az makes 13 requests and more for one application
with a secret (Azure/azure-cli's recorded tests), HashiCorp's azuread provider 26 or more (its own source), both without
anything in Dataverse. The lag of a run is when the last thing it made reached the last replica; time is the tenant's.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

from mock_services.cloud import FakeCloud
from mock_services.state.replicas import PRESETS, Kind
from mock_services.tenant import FakeTenant
from provisioning.engine import Engine
from scenarios.convergence.converging import Case, Outcome, opened, run_until_done

_AZ, _AZUREAD = "13 and more", "26 and more"
_TENANTS = 20


@dataclass(frozen=True)
class Waited:
    """One run beside its lag."""

    lag: timedelta
    took: timedelta
    requests: int

    @property
    def ratio(self) -> float:
        """What was waited for each second that had to be."""
        return self.took / self.lag if self.lag else 1.0


def _services(requests: Sequence[tuple[str, str]]) -> Counter[str]:
    names = {".dynamics.": "Dataverse", "graph.": "Graph", "login.": "sign-in"}
    return Counter(next(name for part, name in names.items() if part in url) for _, url in requests)


async def _counted() -> Table:
    """Requests of a first run, a second one and a proof."""
    table = Table("", "sign-in", "Graph", "Dataverse", "all", "az", "terraform azuread", box=None)
    cloud = FakeCloud()
    async with opened(cloud, cloud.create_tenant(), {}) as case:
        for name, rivals in (("a first run", (_AZ, _AZUREAD)), ("a second run", ("", "")), ("verify", ("", ""))):
            before = len(case.transport.requests)
            await _verified(case) if name == "verify" else await run_until_done(case, Outcome(), runs=1)
            counts = _services(case.transport.requests[before:])
            numbers = (counts["sign-in"], counts["Graph"], counts["Dataverse"], counts.total())
            table.add_row(name, *map(str, numbers), *rivals)
    return table


async def _verified(case: Case) -> None:
    engine: Engine = case.engine()
    integration = engine.vault.values() if engine.vault else None
    assert integration is not None, "the runs before left none"  # noqa: S101 - a benchmark's own check
    await engine.verify(integration)


async def _waited(pace: str) -> Waited:
    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    tenant.replication.use(pace)
    began = tenant.clock.now()
    outcome = Outcome()
    async with opened(cloud, tenant, {}) as case:
        await run_until_done(case, outcome, runs=1)
    with tenant.replication.at_the_first():
        lag = max(_arrivals(tenant, began)) - began
    return Waited(lag, outcome.took, len(outcome.requests))


def _arrivals(tenant: FakeTenant, began: datetime) -> Iterator[datetime]:
    """When each thing the set-up has to wait for reached the last replica: application, principal and secret."""
    directory, replication = tenant.directory, tenant.replication
    made: list[tuple[Kind, str, datetime | None]] = []
    for application in directory.applications():
        made.append((Kind.APPLICATION, application.id, application.created))
        made += [(Kind.SECRET, secret.key_id, secret.start) for secret in directory.secrets(application.id)]
    made += [(Kind.SERVICE_PRINCIPAL, each.id, each.created) for each in directory.service_principals()]
    for kind, id_, at in made:
        if at is not None and at >= began - timedelta(seconds=1):
            # One reader more than there are replicas: the token service beyond them is as late as they are.
            yield at + max(replication.delay(kind, id_, replica) for replica in range(replication.replicas + 1))


async def _compared() -> Table:
    """For each pace the median of some tenants: lag, time taken, and their ratio."""
    table = Table("replication", "lag", "set-up took", "ratio", "requests", box=None)
    for pace in PRESETS:
        runs = sorted([await _waited(pace) for _ in range(_TENANTS)], key=lambda run: run.ratio)
        median = runs[len(runs) // 2]
        ratio = f"{median.ratio:.2f}" if median.lag else ""
        seconds = (f"{each.total_seconds():.0f} s" for each in (median.lag, median.took))
        table.add_row(pace, *seconds, ratio, str(median.requests))
    return table


def main() -> None:
    """Print both tables."""
    console = Console(width=max(120, Console().width))
    console.print(asyncio.run(_counted()))
    console.print()
    console.print(asyncio.run(_compared()))


if __name__ == "__main__":
    main()
