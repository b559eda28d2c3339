"""The world that facts are asked of: one fake tenant for all of a process, or the tenant of `--live`."""

import os
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import httpx
import pytest

from contract_tests.facts.fact import NotAsked
from contract_tests.facts.in_process import fake_world
from contract_tests.facts.ledger import Ledger
from contract_tests.facts.loading import accepted, facts
from contract_tests.facts.opening import opened
from contract_tests.facts.place import Place, load_place
from contract_tests.facts.recording import recordings
from contract_tests.facts.redaction import Unsafe
from contract_tests.facts.world import Elapse, World
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant
from provisioning.problems import BadInput, Withheld

_LEDGER = pytest.StashKey[Ledger]()
_WRITTEN = pytest.StashKey[list[str]]()


@pytest.fixture(scope="package")
def anyio_backend() -> str:
    """One event loop for all of them, since the world is shared."""
    return "asyncio"


@pytest.fixture(scope="package")
def contract_cloud() -> FakeCloud:
    """The cloud of this process's world."""
    return FakeCloud()


@pytest.fixture(scope="package")
def contract_tenant(contract_cloud: FakeCloud) -> FakeTenant:
    """The tenant that the facts of this process are asked of; nobody else's."""
    return contract_cloud.create_tenant()


@pytest.fixture(scope="package")
def live_place(request: pytest.FixtureRequest) -> Place | None:
    """Where `--live-settings` leads; None in a run of the fakes."""
    if not request.config.getoption("--live"):
        return None
    try:
        return load_place(Path(request.config.getoption("--live-settings")))
    except BadInput as problem:
        _give_up(request.session, problem)


def _give_up(session: pytest.Session, problem: Exception) -> NoReturn:
    """End the run with one sentence; where it has more than the contract, leave only the contract out."""
    if all(item.get_closest_marker("contract") for item in session.items):
        pytest.exit(f"--live: {problem}", returncode=pytest.ExitCode.USAGE_ERROR)
    pytest.skip(f"the contract is not asked: {problem}")


@pytest.fixture(scope="package")
async def world(
    request: pytest.FixtureRequest,
    live_place: Place | None,
    contract_cloud: FakeCloud,
    contract_tenant: FakeTenant,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[World]:
    """A world in which everything may be asked that the run's switches allow."""
    if live_place is None:
        async with fake_world(contract_cloud, contract_tenant, tmp_path_factory.mktemp("contract")) as made:
            yield made
        return
    may_write = request.config.getoption("--live-writes")
    async with AsyncExitStack() as stack:
        try:
            made = await stack.enter_async_context(
                opened(live_place, may_write=may_write, elapse=_stand_ins_clock(live_place))
            )
        except (NotAsked, BadInput, Withheld) as problem:  # once, not for each fact
            _give_up(request.session, problem)
        yield made


@pytest.fixture(scope="package")
def ledger(pytestconfig: pytest.Config, world: World) -> Iterator[Ledger]:
    """What this run hears; written down at its end where `--record` says so."""
    kept = Ledger(facts(), accepted(), recordings(), keeps=bool(pytestconfig.getoption("--record")))
    pytestconfig.stash[_LEDGER] = kept
    yield kept
    folder = pytestconfig.getoption("--record")
    if folder:
        try:
            written = [str(file) for file in kept.write(Path(folder), world.place, datetime.now(UTC).date(), world)]
        except Unsafe as problem:
            pytest.fail(f"nothing was recorded: {problem}")
        pytestconfig.stash[_WRITTEN] = written


def pytest_configure(config: pytest.Config) -> None:
    """What a run of the contract alone is told by."""
    config.addinivalue_line("markers", "contract: a fact, asked of the fakes or of a tenant")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """End a live run with what it has settled and where it was written."""
    kept = config.stash.get(_LEDGER, None)
    if kept is None or not (config.getoption("--live") or config.getoption("--record")):
        return
    terminalreporter.section("contract")
    for line in (*kept.summary(), *(f"written: {each}" for each in config.stash.get(_WRITTEN, []))):
        terminalreporter.write_line(line)


def _stand_ins_clock(place: Place) -> Elapse | None:
    """Fakes that play the tenant let their clock be moved; a tenant does not."""
    control = os.environ.get("D365_CONTROL_URL")
    if not place.is_stand_in or not control:
        return None

    async def elapse(time: timedelta) -> None:
        verify = ssl.create_default_context(cafile=place.ca_file)
        async with httpx.AsyncClient(verify=verify, trust_env=False) as client:
            answer = await client.post(f"{control}/clock/advance", json={"seconds": time.total_seconds()})
            answer.raise_for_status()

    return elapse
