"""The whole live path against fakes in another process, by their real host names: they play the tenant.

Whatever happens to a run, the next one leaves nothing of it behind.
"""

import json
import os
import shlex
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.facts.fact import NotAsked
from contract_tests.facts.loading import facts
from contract_tests.facts.opening import network, opened
from contract_tests.facts.place import Place, load_place
from contract_tests.facts.putting import is_rehearsed, put, reason_to_leave_out
from contract_tests.facts.rails import MARK
from contract_tests.facts.world import World
from provisioning.problems import BadInput

ROOT = Path(__file__).parents[2]
DATA = "/api/data/v9.2"
FEW = ("integration", "incident", "queued")


@dataclass(frozen=True)
class StandIn:
    """Fakes in a process of their own, and a settings file that names their tenant."""

    environ: dict[str, str]
    settings: Path

    @property
    def place(self) -> Place:
        return load_place(self.settings, self.environ)

    def transport(self) -> httpx.AsyncBaseTransport:
        return network(self.place, self.environ["HTTPS_PROXY"])

    @asynccontextmanager
    async def world(
        self, transport: httpx.AsyncBaseTransport | None = None, *, may_write: bool = True
    ) -> AsyncIterator[World]:
        """A world there, as a run has it."""
        async with opened(
            self.place, may_write=may_write, transport=transport or self.transport(), pause=_at_once
        ) as made:
            yield made

    def control(self, method: str, path: str, **options: Any) -> Any:
        """Ask what nobody can ask of a tenant: the listener beside the fakes."""
        verify = ssl.create_default_context(cafile=self.environ["D365_CA_FILE"])
        with httpx.Client(verify=verify, trust_env=False) as client:
            answer = client.request(method, self.environ["D365_CONTROL_URL"] + path, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def child(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run Python in a process of its own that finds the fakes."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "D365_", "AZURE_"))
        }
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, *command], cwd=self.settings.parent, env={**kept, **self.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip


async def stage_few(world: World) -> None:
    """Some sixteen creates in both services."""
    for stage in FEW:
        await world.stage(stage)


async def run_few(stand_in: StandIn, transport: httpx.AsyncBaseTransport) -> None:
    """A run of its own that stages them."""
    async with stand_in.world(transport) as world:
        await stage_few(world)


async def _at_once(_seconds: float) -> None:
    """Real time goes on by itself; nothing here has to be waited for."""


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    folder = tmp_path_factory.mktemp("stand-in")
    variables = folder / "fakes.env"
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "d365", "serve", "--json", "--write-env", str(variables)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "the fakes did not come up"
        exported = (line.removeprefix("export ").partition("=") for line in variables.read_text().splitlines())
        environ = {name: shlex.split(value)[0] for name, _, value in exported}
        settings = folder / "live.toml"
        settings.write_text(
            f'tenant_id = "{environ["AZURE_TENANT_ID"]}"\nenvironment_url = "{environ["DATAVERSE_URL"]}"\n'
            "[contract]\npatience_s = 0\n"
        )
        yield StandIn(environ, settings)
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture
async def clean(stand_in: StandIn) -> AsyncIterator[StandIn]:
    """What a test does there, the next run sweeps: afterwards nothing of ours is left."""
    yield stand_in
    async with stand_in.world():
        pass
    assert await marked(stand_in) == []
    assert not stand_in.place.journal.exists()


async def marked(stand_in: StandIn) -> list[str]:
    """Everything in the tenant that carries our mark, the bin included."""
    found: list[str] = []
    async with stand_in.world(may_write=False) as world:
        kinds = ("application", "servicePrincipal", "group")
        binned = (f"directory/deletedItems/microsoft.graph.{kind}" for kind in kinds)
        for collection in ("applications", "servicePrincipals", "groups", *binned):
            told = await world.operate("GET", "graph", f"/v1.0/{collection}?$select=displayName&$top=999")
            found += [each["displayName"] for each in told["value"]]
        names = {"contacts": "lastname", "incidents": "title", "queues": "name", "roles": "name"}
        for collection, name in {**names, "systemusers": "fullname"}.items():
            told = await world.operate("GET", "dataverse", f"{DATA}/{collection}?$select={name}")
            found += [each[name] for each in told["value"]]
    return [name for name in found if name and MARK in name]


def test_the_whole_contract_holds_and_is_recorded(stand_in: StandIn) -> None:
    """The command of the documentation, in a process of its own, writes and recording included."""
    done = stand_in.child(
        "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider", "-q",
        "--live", "--live-settings", str(stand_in.settings), "--live-writes", "--record", "kept",
        str(ROOT / "contract_tests" / "facts"),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    kept = stand_in.settings.parent / "kept"
    recording = json.loads((kept / "stand-in-public.json").read_text())
    assert recording["of"] == "stand-in"
    assert recording["answers"].keys() == {fact.name for fact in facts() if not is_rehearsed(fact)}
    text = (kept / "stand-in-public.json").read_text()
    for name in ("AZURE_TENANT_ID", "D365_ADMIN_CLIENT_ID", "D365_ADMIN_CLIENT_SECRET", "D365_ADMIN_USERNAME"):
        assert stand_in.environ[name] not in text
    assert not (kept / "quirks.patch").exists(), "the fakes show their own defaults"


async def test_it_leaves_nothing_behind(stand_in: StandIn) -> None:
    assert await marked(stand_in) == []
    assert not stand_in.place.journal.exists()


async def test_a_run_that_may_not_write_only_reads(stand_in: StandIn) -> None:
    stand_in.control("DELETE", "/journal")
    async with stand_in.world(may_write=False) as world:
        asked = [fact for fact in facts() if not reason_to_leave_out(fact, world, is_live=True)]
        for fact in asked[::3]:
            assert not (await put(fact, world)).differences, fact.name
        with pytest.raises(NotAsked, match="only reads"):
            await world.stage("registered")
    said = stand_in.control("GET", "/journal", params={"last": 1000})
    assert len(said) > 20
    assert {(each["method"], each["service"]) for each in said if each["method"] != "GET"} == {("POST", "login")}


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_after", "service": "graph", "method": "POST", "path": "applications$"},
        {"kind": "lost_before", "service": "graph", "method": "POST", "path": "servicePrincipals$"},
        {"kind": "lost_after", "service": "dataverse", "method": "POST", "path": "systemusers$"},
        {"kind": "lost_after", "service": "dataverse", "method": "POST", "path": "incidents$"},
        {"kind": "unavailable", "service": "dataverse", "method": "POST", "path": "roles$"},
        {"kind": "gateway_page", "service": "graph", "method": "POST", "path": "addPassword$"},
    ],
    ids=lambda fault: f"{fault['kind']} {fault['path']}",
)
async def test_what_a_disturbed_run_has_made_is_swept(clean: StandIn, fault: dict[str, Any]) -> None:
    clean.control("POST", "/faults", json=fault)
    async with clean.world() as world:
        with pytest.raises(NotAsked):
            await stage_few(world)


async def test_a_throttled_run_waits_and_goes_on(clean: StandIn) -> None:
    for service in ("graph", "dataverse"):
        wish = {"kind": "throttled", "service": service, "times": 2, "retry_after_s": 7}
        clean.control("POST", "/faults", json=wish)
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    async with opened(clean.place, may_write=True, transport=clean.transport(), pause=pause) as world:
        await world.stage("incident")
    assert waited == [7, 7, 7, 7]


async def test_a_run_that_loses_its_network_for_good_is_swept_by_the_next(clean: StandIn) -> None:
    broken = _BreaksAfter(clean.transport(), 6)
    with pytest.raises(NotAsked, match="ConnectError"):
        await run_few(clean, broken)
    assert clean.place.journal.exists()
    assert await marked(clean) != []


_KILLED = """
import os, signal, sys, anyio, httpx
from pathlib import Path
from contract_tests.facts.place import load_place
from contract_tests.facts.opening import network, opened

class Kills(httpx.AsyncBaseTransport):
    def __init__(self, inner):
        self.inner, self.left = inner, int(sys.argv[2])
    async def handle_async_request(self, request):
        answer = await self.inner.handle_async_request(request)
        if request.method == "POST" and "/token" not in request.url.path:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)
        return answer

async def main():
    place = load_place(Path(sys.argv[1]))
    async with opened(place, may_write=True, transport=Kills(network(place))) as world:
        for stage in ("integration", "incident", "queued"):
            await world.stage(stage)

anyio.run(main)
"""


@pytest.mark.parametrize(("after", "loses_journal"), [(1, False), (9, False), (10, True)])
async def test_a_killed_run_is_swept_by_the_next(clean: StandIn, after: int, loses_journal: bool) -> None:
    """After 1: the registration exists and its answer was never read. Without the journal, the mark is what is left."""
    done = clean.child("-c", _KILLED, str(clean.settings), str(after))
    assert done.returncode == -9, done.stderr
    assert await marked(clean) != []
    if loses_journal:
        clean.place.journal.unlink()


async def test_two_runs_at_once_do_not_sweep_each_other(stand_in: StandIn) -> None:
    async with stand_in.world():
        with pytest.raises(BadInput, match=r"contract\.journal is in use"):
            async with stand_in.world():
                pass


class _BreaksAfter(httpx.AsyncBaseTransport):
    """A network that is gone after so many creates."""

    def __init__(self, inner: httpx.AsyncBaseTransport, creates: int) -> None:
        self._inner, self._left = inner, creates

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._left <= 0:
            raise httpx.ConnectError("the network is gone", request=request)
        self._left -= request.method == "POST" and not request.url.path.endswith("/token")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
