"""One rotation run again and again until it succeeds, watched after every request, and what it leaves."""

import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import httpx

from mock_services.cloud import FakeCloud
from mock_services.state.directory.records import Secret
from mock_services.tenant import FakeTenant, Snapshot
from provisioning.problems import Problem
from provisioning.rotation import Rotated, rotate
from provisioning.test_and_save import ask_for_token, read_incidents, read_rows, token_in
from provisioning.transport import Transport
from provisioning.vault import FileVault
from scenarios.convergence.converging import MOST_RUNS, Case
from scenarios.convergence.harms import Harm, HarmingTransport, Killed
from scenarios.tenant_clock import TenantClock

_SIGN_INS = 3
"""How often a new secret must have been accepted before the old one may go."""


@dataclass
class RotationOutcome:
    """What a rotation under harm came to."""

    rotated: Rotated | None = None
    runs: int = 0
    letters: list[str] = field(default_factory=list)
    secrets: int = 0
    """How many the application has in the end."""
    healthy: bool = False
    """Whether Test & Save passes with what the file holds in the end."""
    uncovered: list[int] = field(default_factory=list)
    """Requests after which no value that was ever handed over would have been accepted."""
    early: list[int] = field(default_factory=list)
    """Requests after which the old secret was gone, and with none of the others anybody had signed in often enough."""
    requests: list[tuple[str, str]] = field(default_factory=list)
    struck: frozenset[int] = frozenset()

    def converged(self, *, secrets: int = 1) -> bool:
        """Whether it ended with a usable value in the file, and so many secrets."""
        return self.healthy and self.secrets == secrets and not self.uncovered and not self.early


class _Watch(httpx.AsyncBaseTransport):
    """Looks, after every request, which secrets are in force and what the file holds."""

    def __init__(self, inner: HarmingTransport, tenant: FakeTenant, application: str, file: Path) -> None:
        self._inner, self._tenant, self._application, self._file = inner, tenant, application, file
        self._handed_over: set[str] = set()
        self._sign_ins = Counter[str]()
        self._old = {secret.key_id for secret in self._secrets()}
        self.uncovered: list[int] = []
        self.early: list[int] = []
        self.note_file()

    def note_file(self) -> None:
        """What is in the file now was handed over."""
        kept = FileVault(self._file).values()
        if kept is not None:
            self._handed_over.add(kept.client_secret.get_secret_value())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.note_file()
        try:
            response = await self._inner.handle_async_request(request)
        finally:
            self._look()
        shown = parse_qs(request.content.decode()).get("client_secret")
        if shown and response.status_code == 200:
            self._sign_ins[shown[0]] += 1
        return response

    def _look(self) -> None:
        number, secrets = len(self._inner.requests) - 1, self._secrets()
        if not any(secret.matches(text) for secret in secrets for text in self._handed_over):
            self.uncovered.append(number)
        proven = [text for text, times in self._sign_ins.items() if times >= _SIGN_INS]
        is_replaced = any(secret.matches(text) for secret in secrets for text in proven)
        if not self._old <= {secret.key_id for secret in secrets} and not is_replaced:
            self.early.append(number)

    def _secrets(self) -> list[Secret]:
        return list(self._tenant.directory.secrets(self._application))


@dataclass(frozen=True)
class SetUp:
    """A tenant that was set up once, to be rotated from the same start again and again."""

    cloud: FakeCloud
    tenant: FakeTenant
    application: str
    files: Mapping[str, str]
    snapshot: Snapshot

    async def rotate(
        self, harms: Mapping[int, Harm], *, pace: str = "immediate", keep_old: bool = False, remove: Iterable[str] = ()
    ) -> RotationOutcome:
        """Rotate while requests come to harm, again after each failure, and look at what is left."""
        self.tenant.restore(self.snapshot)
        self.tenant.replication.use(pace)
        outcome, harming = RotationOutcome(), HarmingTransport(self.cloud, self.tenant, harms)
        with tempfile.TemporaryDirectory(prefix="d365-") as name:
            folder = Path(name)
            for file, text in self.files.items():
                (folder / file).write_text(text)
            watch = _Watch(harming, self.tenant, self.application, folder / "values.env")
            async with httpx.AsyncClient(transport=watch) as client:
                case = Case(self.tenant, harming, client, folder)
                await _run_until_done(case, outcome, keep_old=keep_old, remove=tuple(remove))
                watch.note_file()
                outcome.uncovered, outcome.early = watch.uncovered, watch.early
                await self._conclude(case, outcome)
        return outcome

    async def _conclude(self, case: Case, outcome: RotationOutcome) -> None:
        """Once the last replica has caught up."""
        self.tenant.clock.advance(timedelta(hours=1))
        kept = FileVault(case.folder / "values.env").values()
        if kept is not None and outcome.rotated is not None and kept == outcome.rotated.integration:
            transport = Transport(case.client, TenantClock(self.tenant))
            token = token_in(await ask_for_token(transport, case.settings().bases().login, kept))
            outcome.healthy = bool(token) and read_rows(await read_incidents(transport, kept, token))
        outcome.secrets = len(self.tenant.directory.secrets(self.application))


async def _run_until_done(case: Case, outcome: RotationOutcome, *, keep_old: bool, remove: tuple[str, ...]) -> None:
    while outcome.runs < MOST_RUNS and outcome.rotated is None:
        outcome.runs += 1
        try:
            outcome.rotated = await rotate(case.engine(), keep_old=keep_old, remove=remove)
        except Problem as problem:
            outcome.letters.append(str(problem))
        except Killed:
            outcome.letters.append("killed")
    outcome.requests, outcome.struck = list(case.transport.requests), frozenset(case.transport.struck)
    case.transport.disarm()


@asynccontextmanager
async def set_up_once() -> AsyncIterator[SetUp]:
    """A tenant with an integration in it, and the files that its set-up left."""
    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    transport = HarmingTransport(cloud, tenant, {})
    with tempfile.TemporaryDirectory(prefix="d365-") as name:
        async with httpx.AsyncClient(transport=transport) as client:
            case = Case(tenant, transport, client, Path(name))
            await case.engine().provision()
            application = case.engine().receipt.thing("application")
        assert application is not None  # noqa: S101 - the set-up was done
        files = _files_in(Path(name))
    tenant.clock.advance(timedelta(days=365))  # the old secret is known everywhere
    yield SetUp(cloud, tenant, application.id, files, tenant.snapshot())
    cloud.drop(tenant)


def _files_in(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}
