"""Every secret and token is a canary: whatever happens to a set-up, none of them turns up in anything that is written.

Searched: every logger's lines from DEBUG up, tracebacks, letters, events, receipts, the tenant's journal, `--json`,
what the objects print as, and every file but the vault, whose mode is looked at instead.
"""

import logging
import stat
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mock_services.cloud import FakeCloud
from provisioning.engine import Engine
from provisioning.problems import Problem
from scenarios.convergence.converging import Case, opened
from scenarios.convergence.harms import Harm, Killed

STRIDE = 13
"""Of the requests, how many are passed over between two that are struck; all of them take half a minute."""
TELLING = ("/oauth2/v2.0/token", "/addPassword")


@dataclass
class Written:
    """All that a set-up left for people and machines to read."""

    texts: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def add(self, *things: object) -> None:
        """Note how things print."""
        self.texts += [f"{thing} {thing!r}" for thing in things]

    def fell(self, error: BaseException) -> None:
        """Note an exception as a crash report or a letter would show it."""
        self.ended.append(type(error).__name__)
        self.texts += traceback.format_exception(error)
        if isinstance(error, Problem):
            self.add(error, error.to_json(), error.said)

    def hold(self, canaries: Iterable[str]) -> list[str]:
        """Where canaries turned up: whole, or enough of their beginning or end to be worth stealing."""
        needles = {piece for canary in canaries for piece in (canary, canary[:12], canary[-12:]) if len(piece) > 8}
        return [text[:300] for text in self.texts if any(needle in text for needle in needles)]


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Every logger that there is speaks at DEBUG, but the make-believe tenant's own."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        theirs = name.split(".")[0] in {"sqlalchemy", "mock_services"}
        caplog.set_level(logging.WARNING if theirs else logging.DEBUG, logger=name)
    return caplog


async def _provision_verify_undo(case: Case, written: Written) -> None:
    """Each once more after a failure, as a person would."""
    integration = None

    async def provision(engine: Engine) -> None:
        nonlocal integration
        provisioned = await engine.provision()
        integration = provisioned.integration
        written.add(provisioned, provisioned.to_json(), integration, await engine.plan())

    async def verify(engine: Engine) -> None:
        assert integration is not None
        verdict = await engine.verify(integration, write_probe=True, operator=engine.access)
        written.add(verdict, verdict.to_json())

    async def undo(engine: Engine) -> None:
        written.add(await engine.undo())

    for command in (provision, verify, undo):
        for _ in range(3):
            engine = case.engine()
            engine.on_event = written.add
            written.add(engine.settings, engine.access, engine.transport, engine.receipt, vars(engine))
            try:
                await command(engine)
                break
            except (Problem, Killed) as error:
                written.fell(error)
            finally:
                _look_into_the_folder(case.folder, written)


def _look_into_the_folder(folder: Path, written: Written) -> None:
    for file in folder.iterdir():
        if file.name == "values.env":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        else:
            written.texts.append(file.read_text())


async def _found(
    cloud: FakeCloud, harms: Mapping[int, Harm], caplog: pytest.LogCaptureFixture
) -> tuple[int, list[str]]:
    """How many requests one set-up, its proof and its way back took under harm, and where canaries turned up."""
    tenant, written = cloud.create_tenant(), Written()
    async with opened(cloud, tenant, harms) as case:
        await _provision_verify_undo(case, written)
        written.texts += [
            f"{entry} {entry.request_headers} {entry.request_body} {entry.response_body}" for entry in tenant.journal
        ]
        written.texts += [f"{record.getMessage()} {record.args} {record.exc_text}" for record in caplog.records]
        caplog.clear()
        canaries = {str(tenant.operator.client_secret), *case.transport.told}
        assert len(canaries) >= 3 or harms
        found = written.hold(canaries)
    cloud.drop(tenant)
    return len(case.transport.requests), found


async def test_no_canary_is_seen_whichever_request_comes_to_whichever_harm(
    everything_logged: pytest.LogCaptureFixture,
) -> None:
    """Each harm strikes some requests, and each of the killed and broken ones ends in a traceback."""
    cloud, harms = FakeCloud(), list(Harm)
    requests, found = await _found(cloud, {}, everything_logged)
    assert requests > 40
    assert found == []
    for number in range(0, requests, STRIDE):
        _, found = await _found(cloud, {number: harms[number % len(harms)]}, everything_logged)
        assert found == [], f"request {number}, {harms[number % len(harms)]}"


async def test_no_canary_is_seen_where_a_secret_or_a_token_was_just_told(
    everything_logged: pytest.LogCaptureFixture,
) -> None:
    """The answers that hold one: lost, broken, cut in half, or followed by the end of the process."""
    cloud = FakeCloud()
    async with opened(cloud, cloud.create_tenant(), {}) as case:
        await _provision_verify_undo(case, Written())
        telling = [n for n, (method, url) in enumerate(case.transport.requests) if url.endswith(TELLING)]
    assert len(telling) >= 4
    secret = next(n for n in telling if case.transport.requests[n][1].endswith("/addPassword"))
    for number, harm in (
        (telling[0], Harm.GARBLED),
        (telling[0], Harm.KILLED_AFTER),
        (secret, Harm.GARBLED),
        (secret, Harm.KILLED_AFTER),
        (secret, Harm.CUT),
        (secret, Harm.GATEWAY_TIMEOUT),
    ):
        _, found = await _found(cloud, {number: harm}, everything_logged)
        assert found == [], f"request {number}, {harm}"


def test_the_search_finds_a_canary_that_is_there() -> None:
    written = Written()
    try:
        raise RuntimeError("your secret is canary8Q~xyzxyzxyz")
    except RuntimeError as error:
        written.fell(error)
    assert written.hold(["canary8Q~xyzxyzxyz"])
    assert not written.hold(["another8Q~abcabcabcabc"])
