"""Fixtures for anyone's tests: a fresh fake tenant each, and a client whose real host names it answers.

Loaded by pytest wherever the distribution is installed, so nothing heavy is imported before a fixture is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import ssl

    import httpx

    from mock_services.cloud import FakeCloud
    from mock_services.serve import Served
    from mock_services.signing import SigningKeys
    from mock_services.tenant import FakeTenant
    from provisioning.settings import Integration, Settings

LIVE_SETTINGS = pytest.StashKey["Settings"]()
"""In `config.stash` when the run is live: the tenant that the settings file names."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--live`, `--live-settings`, `--live-writes` and `--record`."""
    group = parser.getgroup("d365-harness")
    group.addoption("--live", action="store_true", help="run the scenarios that are safe live, against a real tenant")
    group.addoption("--live-settings", metavar="FILE", help="TOML file that names the tenant and the environment")
    group.addoption("--live-writes", action="store_true", help="ask a tenant too what makes (and removes) something")
    group.addoption("--record", metavar="DIR", help="keep the contract's answers in DIR, redacted")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; stop with one sentence when a live run lacks what it needs."""
    config.addinivalue_line("markers", "broken(*names): `integration` and `served` are spoilt by these failure modes")
    config.addinivalue_line(
        "markers",
        "safe_live(federated=False): changes nothing in a real tenant but what it made itself;"
        " federated: needs no operator of the settings, only a federated credential",
    )
    if config.getoption("--live"):
        settings = _live_settings(config.getoption("--live-settings"))
        if settings is not None:
            config.stash[LIVE_SETTINGS] = settings
    elif config.getoption("--live-settings"):
        raise pytest.UsageError("--live-settings names a real tenant; add --live to use it")
    elif config.getoption("--live-writes"):
        raise pytest.UsageError("--live-writes is about a real tenant; add --live and --live-settings FILE")


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """A live run stays in one process: workers would each provision a twin."""
    return 0 if config.getoption("--live") else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Stop at a failure mode that does not exist; live, leave out what is not marked as safe there."""
    for item in items:
        _check_broken(item)
    if not config.getoption("--live"):
        return
    has_operator = LIVE_SETTINGS in config.stash

    def is_safe(item: pytest.Item) -> bool:
        marker = item.get_closest_marker("safe_live")
        return marker is not None and (has_operator or bool(marker.kwargs.get("federated")))

    unsafe = [item for item in items if not is_safe(item)]
    items[:] = [item for item in items if is_safe(item)]
    config.hook.pytest_deselected(items=unsafe)


_CONTRACT_TABLES = ("contract", "integration", "person")
_FEDERATED = ("AZURE_FEDERATED_TOKEN_FILE", "ACTIONS_ID_TOKEN_REQUEST_URL")


def _live_settings(file: str | None) -> Settings | None:
    """The engine's settings; None where the operator has a federated credential, which serves the contract alone."""
    from provisioning.problems import BadInput
    from provisioning.settings_sources import checked_settings, settings_values

    if not file:
        raise pytest.UsageError("--live needs --live-settings FILE, a TOML file with tenant_id and environment_url")
    try:
        values = settings_values(Path(file), os.environ)
        for table in _CONTRACT_TABLES:
            values.pop(table, None)
        operator = values.get("operator", {})
        is_federated = {"federated_token_file", "github"} & operator.keys() or (
            "client_secret" not in operator and any(os.environ.get(name) for name in _FEDERATED)
        )
        if is_federated:
            return None
        settings = checked_settings(values, file=file)
    except BadInput as problem:
        raise pytest.UsageError(f"--live: {problem}") from None
    if settings.operator is None:
        raise pytest.UsageError(
            "--live needs an operator's credentials: set D365_ADMIN_CLIENT_ID and D365_ADMIN_CLIENT_SECRET"
        )
    return settings


def _check_broken(item: pytest.Item) -> None:
    """Raises UsageError where the test's marker names a failure mode that does not exist, or none."""
    marker = item.get_closest_marker("broken")
    if marker is None:
        return
    from scenarios.failure_modes import UnknownFailureMode, failure_mode

    if not marker.args:
        raise pytest.UsageError(f"{item.nodeid}: broken() names no failure mode; `d365 failures` lists them")
    for name in marker.args:
        try:
            failure_mode(name)
        except UnknownFailureMode as problem:
            raise pytest.UsageError(f"{item.nodeid}: {problem}") from None


@cache
def _signing_keys() -> SigningKeys:
    """One key a process: making one takes 60 ms, and it guards nothing."""
    from mock_services.signing import SigningKeys

    return SigningKeys()


@cache
def _tls() -> ssl.SSLContext:
    """One context a process: reading the world's root certificates takes 20 ms, and what is intercepted needs none."""
    import httpx

    return httpx.create_ssl_context()


@pytest.fixture(scope="session")
def live_settings(pytestconfig: pytest.Config) -> Settings | None:
    """What `--live-settings` names; None in a run that is not live."""
    return pytestconfig.stash.get(LIVE_SETTINGS, None)


@pytest.fixture
def cloud() -> FakeCloud:
    """An empty fake cloud whose clock stands still."""
    from mock_services.cloud import FakeCloud

    return FakeCloud(keys=_signing_keys())


@pytest.fixture
def tenant(cloud: FakeCloud) -> Iterator[FakeTenant]:
    """A fresh healthy tenant with one Dataverse organisation, at a standing clock."""
    made = cloud.create_tenant()
    yield made
    cloud.drop(made)


@pytest.fixture
def wire(cloud: FakeCloud) -> Iterator[httpx.AsyncClient]:
    """An httpx client; while it is in use, every httpx client in the process talks to the fakes.

    A plain fixture, so that it serves under anyio's plugin and pytest-asyncio alike.
    """
    import anyio
    import httpx

    from mock_services.intercept import intercept

    with intercept(cloud):
        client = httpx.AsyncClient(verify=_tls())
        yield client
        anyio.run(client.aclose)


@pytest.fixture(scope="session")
def provision_tenant() -> Callable[[FakeCloud, FakeTenant], Integration]:
    """Does the whole set-up in a tenant, from synchronous code; gives the four values."""
    import anyio

    from scenarios.rehearsal import provisioned

    return lambda cloud, tenant: anyio.run(provisioned, cloud, tenant)


@pytest.fixture
def integration(
    request: pytest.FixtureRequest,
    cloud: FakeCloud,
    tenant: FakeTenant,
    provision_tenant: Callable[[FakeCloud, FakeTenant], Integration],
) -> Integration:
    """The four values, after the whole set-up has been done in `tenant`; spoilt where the test is marked `broken`."""
    made = provision_tenant(cloud, tenant)
    marker = request.node.get_closest_marker("broken")
    if marker is None:
        return made
    from scenarios.failure_modes import Scene, failure_mode

    for name in marker.args:
        made = failure_mode(name).apply(Scene(cloud, tenant, made))
    return made


@dataclass(frozen=True)
class ServedTenant:
    """A tenant on real sockets, for libraries and programs that are not on httpx."""

    tenant: FakeTenant
    integration: Integration
    served: Served
    """Where the fakes listen."""

    def environment(self, *, direct: bool = False) -> dict[str, str]:
        """The environment for a program: this process's own, with the way to the fakes and the four values.

        `direct`: localhost bases instead of the proxy, for programs that know none.
        """
        from d365.environment import child_environment, exports

        variables = exports(self.served, self.tenant, self.integration, direct=direct)
        return child_environment(variables, direct=direct)


@pytest.fixture
def served(
    cloud: FakeCloud, tenant: FakeTenant, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ServedTenant]:
    """The provisioned tenant behind TLS and a proxy; meanwhile this process has the environment of `d365 run`."""
    from mock_services.serve import serving

    with serving(cloud) as listening:
        made = ServedTenant(tenant, integration, listening)
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failing test ends with what was said: the journal of its tenant."""
    report = yield
    tenant = getattr(item, "funcargs", {}).get("tenant")
    if report.when == "call" and report.failed and tenant is not None and len(tenant.journal):
        report.sections.append(("what was said to the tenant", tenant.journal.said()))
    return report
