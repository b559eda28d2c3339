"""A tenant that was set up once, and work on it from that same start again and again, whatever comes to harm."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant, Snapshot
from provisioning.problems import Problem
from scenarios.convergence.converging import MOST_RUNS, Case, Credential, everything
from scenarios.convergence.harms import Harm, HarmingTransport, Killed

_FOLDER = "<the folder>"

Around = Callable[[HarmingTransport, Path], httpx.AsyncBaseTransport]
"""What stands around the harming transport and watches, in a folder with the files."""


@dataclass(frozen=True)
class SetUp:
    """An integration in a tenant, and the files that its set-up left; `before` is what the tenant had without it."""

    cloud: FakeCloud
    tenant: FakeTenant
    application: str
    files: Mapping[str, str]
    snapshot: Snapshot
    before: frozenset[str]
    credential: Credential

    @asynccontextmanager
    async def opened(
        self,
        harms: Mapping[int, Harm],
        *,
        pace: str = "immediate",
        around: Around = lambda harming, _: harming,
    ) -> AsyncIterator[Case]:
        """The same start once more, in a folder of its own, with harm to requests."""
        self.tenant.restore(self.snapshot)
        self.tenant.replication.use(pace)
        harming = HarmingTransport(self.cloud, self.tenant, harms)
        with tempfile.TemporaryDirectory(prefix="d365-") as name:
            folder = Path(name)
            for file, text in self.files.items():
                (folder / file).write_text(text.replace(_FOLDER, name))  # the values may name a key's file
            async with httpx.AsyncClient(transport=around(harming, folder)) as client:
                yield Case(self.tenant, harming, client, folder, self.credential)


@asynccontextmanager
async def set_up_once(credential: Credential = "secret") -> AsyncIterator[SetUp]:
    """A tenant with an integration in it; a year has gone by, so that all of it is known everywhere."""
    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    before, transport = everything(tenant), HarmingTransport(cloud, tenant, {})
    with tempfile.TemporaryDirectory(prefix="d365-") as name:
        async with httpx.AsyncClient(transport=transport) as client:
            case = Case(tenant, transport, client, Path(name), credential)
            await case.engine().provision()
            application = case.engine().receipt.thing("application")
        assert application is not None  # noqa: S101 - the set-up was done
        files = _files_in(Path(name))
    tenant.clock.advance(timedelta(days=365))
    yield SetUp(cloud, tenant, application.id, files, tenant.snapshot(), before, credential)
    cloud.drop(tenant)


def _files_in(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text().replace(str(folder), _FOLDER) for file in folder.iterdir()}


@dataclass
class Runs:
    """How often something was run until it succeeded, and what was said when it did not."""

    result: Any = None
    runs: int = 0
    letters: tuple[str, ...] = ()
    requests: tuple[tuple[str, str], ...] = ()
    struck: frozenset[int] = frozenset()


async def run_until_done(case: Case, act: Callable[[], Awaitable[Any]]) -> Runs:
    """Do it again after each failure, as a new process would, until it succeeds or nobody would try again."""
    told, letters = Runs(), list[str]()
    while told.runs < MOST_RUNS and told.result is None:
        told.runs += 1
        try:
            told.result = await act()
        except Problem as problem:
            letters.append(str(problem))
        except Killed:
            letters.append("killed")
    told.letters, told.requests = tuple(letters), tuple(case.transport.requests)
    told.struck = frozenset(case.transport.struck)
    case.transport.disarm()
    return told
