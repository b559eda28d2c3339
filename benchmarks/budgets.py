"""Each budget of CONTRIBUTING.md against this machine, in one run: median, budget, and their ratio.

Run it on an idle machine: `python -m benchmarks.budgets`.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Budget:
    """One thing that must stay quick."""

    name: str
    budget_s: float
    measure: Callable[[], float]
    """One run, in seconds."""
    runs: int = 5


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _help() -> float:
    command = [str(Path(sys.executable).with_name("d365")), "--help"]
    return _timed(lambda: subprocess.run(command, check=True, capture_output=True))  # noqa: S603 - our own command


_SERVE_AND_ASK = """
import ssl, sys, urllib.parse, urllib.request
from mock_services.clock import FakeClock
from mock_services.cloud import FakeCloud
from mock_services.serve import serving

cloud = FakeCloud(clock=FakeClock(running=True))
tenant = cloud.create_tenant()
with serving(cloud) as served:
    form = urllib.parse.urlencode({
        "grant_type": "client_credentials",
        "client_id": tenant.operator.client_id,
        "client_secret": tenant.operator.client_secret,
        "scope": "https://graph.microsoft.com/.default",
    }).encode()
    base = next(url for service, url in served.direct.items() if service == "login")
    context = ssl.create_default_context(cafile=str(served.authority_file))
    with urllib.request.urlopen(f"{base}/{tenant.id}/oauth2/v2.0/token", form, context=context) as answer:
        assert answer.status == 200
    sys.stdout.write("token")
    sys.stdout.flush()
    import os; os._exit(0)
"""


def _first_token() -> float:
    return _timed(lambda: subprocess.run([sys.executable, "-c", _SERVE_AND_ASK], check=True, capture_output=True))  # noqa: S603 - our own program


def _fresh_tenants() -> float:
    from mock_services.cloud import FakeCloud

    cloud = FakeCloud()
    cloud.drop(cloud.create_tenant())  # the frozen one is built once a process
    count = 50
    return _timed(lambda: [cloud.drop(cloud.create_tenant()) for _ in range(count)]) / count


def _provision_and_verify() -> float:
    from mock_services.cloud import FakeCloud
    from provisioning.engine import Engine
    from provisioning.settings_sources import checked_settings
    from scenarios.rehearsal import in_process, rehearsal_values
    from scenarios.tenant_clock import TenantClock

    cloud = FakeCloud()

    async def once() -> None:
        tenant = cloud.create_tenant()
        async with in_process(cloud, tenant) as transport:
            engine = Engine(checked_settings(rehearsal_values(tenant)), transport, TenantClock(tenant))
            verdict = await engine.verify((await engine.provision()).integration)
            if not verdict.healthy:
                raise SystemExit(f"the rehearsal is not healthy: {verdict.failure}")
        cloud.drop(tenant)

    async def warm() -> float:
        await once()
        start = time.perf_counter()
        await once()
        return time.perf_counter() - start

    return asyncio.run(warm())


BUDGETS = (
    Budget("d365 --help", 0.25, _help),
    Budget("served fakes: process start to first token", 1.2, _first_token),
    Budget("a fresh tenant in process", 0.007, _fresh_tenants),
    Budget("a whole provision and verify in process", 0.120, _provision_and_verify),
)


def main() -> None:
    """Print the table."""
    table = Table("what", "median", "budget", "ratio", box=None)
    for budget in BUDGETS:
        median = statistics.median(budget.measure() for _ in range(budget.runs))
        ratio = median / budget.budget_s
        table.add_row(budget.name, f"{median * 1000:.1f} ms", f"{budget.budget_s * 1000:.0f} ms", f"{ratio:.2f}")
    Console().print(table)
    Console().print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}", style="dim")


if __name__ == "__main__":
    main()
