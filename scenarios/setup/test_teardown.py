"""Taking down: listed first, ours alone, whatever stopped the run that made it or the teardown itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mock_services.cloud import FakeCloud
from mock_services.faults import Fault, Kind
from mock_services.hosts import Service
from provisioning.engine import Engine
from provisioning.guard import TenantGuard
from provisioning.patience import Patience
from provisioning.problems import GaveUpWaiting, Problem
from provisioning.receipt import Receipt
from provisioning.rotation import rotate
from provisioning.steps import STEPS
from provisioning.teardown import survey, take_down
from provisioning.vault import MemoryVault
from scenarios.convergence.converging import Credential, everything
from scenarios.convergence.harms import Harm
from scenarios.convergence.standing import set_up_once
from scenarios.convergence.taking_down import take_down_harmed
from scenarios.setup.conftest import Losses, Onlooker


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """With a vault, and within the rails of a live run."""
    engine.vault = MemoryVault()
    engine.transport.guard = TenantGuard(engine.settings, engine.receipt)
    return engine


async def test_what_will_go_is_listed_newest_first_and_nothing_changes(engine: Engine, losses: Losses) -> None:
    await engine.provision()
    losses.sent.clear()
    items = await survey(engine)
    assert [item.step for item in items] == [step.name for step in reversed(STEPS)]
    assert {item.fate for item in items[:-1]} == {"remove"}
    assert items[-1].fate == "leave"
    assert {method for method, _ in losses.sent} <= {"GET"}


async def test_it_leaves_the_tenant_as_it_was(engine: Engine, tenant: Any) -> None:
    before = everything(tenant)
    await engine.provision()
    await take_down(engine)
    left = {name for name in everything(tenant) - before if not name.startswith(("Application", "ServicePrincipal"))}
    assert left == set()  # those two rest in the bin
    assert tenant.directory.applications() == [a for a in tenant.directory.applications() if not _ours(a, engine)]
    assert await survey(engine) == ()


def _ours(application: Any, engine: Engine) -> bool:
    return bool(application.display_name == engine.settings.application_name)


async def test_what_was_there_before_is_left_and_what_was_changed_on_it_put_back(
    engine: Engine, onlooker: Onlooker
) -> None:
    await onlooker.tell_graph("POST", "applications", {"displayName": engine.settings.application_name})
    await engine.provision()
    await rotate(engine, keep_old=True)
    fates = {item.step: item.fate for item in await survey(engine)}
    assert fates["application"] == "restore"
    await take_down(engine)
    [application] = await onlooker.applications()
    assert application["requiredResourceAccess"] == []
    assert application["passwordCredentials"] == []  # both of ours, the replaced one too


async def test_of_a_rotation_that_was_stopped_nothing_stays_on_an_adopted_application(
    engine: Engine, onlooker: Onlooker, losses: Losses
) -> None:
    await onlooker.tell_graph("POST", "applications", {"displayName": engine.settings.application_name})
    await engine.provision()
    engine.patience = Patience(deadline=timedelta(0))
    losses.next("POST", "/addPassword")
    with pytest.raises(Problem):
        await rotate(engine)
    [application] = await onlooker.applications()
    assert len(application["passwordCredentials"]) == 2
    await take_down(engine)
    [application] = await onlooker.applications()
    assert application["passwordCredentials"] == []


async def test_without_a_receipt_what_carries_our_marker_is_ours(engine: Engine, onlooker: Onlooker) -> None:
    await engine.provision()
    lost = Engine(engine.settings, engine.transport, engine.clock, Receipt())
    engine.transport.guard = TenantGuard(engine.settings, lost.receipt)
    assert [item.step for item in await survey(lost)] == ["service_principal", "application"]
    await take_down(lost)
    assert await onlooker.applications() == []


async def test_a_registration_of_our_name_without_our_marker_is_not_ours(engine: Engine, onlooker: Onlooker) -> None:
    await onlooker.tell_graph("POST", "applications", {"displayName": engine.settings.application_name})
    assert await survey(engine) == ()
    assert await take_down(engine) == ()
    assert len(await onlooker.applications()) == 1


@pytest.mark.parametrize("pace", ["slow", "adversarial"])
async def test_right_after_a_set_up_the_lag_is_waited_out_within_a_steps_deadline(
    engine: Engine, tenant: Any, pace: str
) -> None:
    """Graph refuses what a replica has not heard of yet, and what follows too closely on another change."""
    before = everything(tenant)
    tenant.replication.use(pace)
    await engine.provision()
    began = engine.clock.now()
    await take_down(engine)
    assert engine.clock.now() - began < engine.patience.deadline
    tenant.clock.advance(timedelta(hours=1))  # the last replica has caught up
    left = {name for name in everything(tenant) - before if not name.startswith(("Application", "ServicePrincipal"))}
    assert left == set()
    assert not any(_ours(application, engine) for application in tenant.directory.applications())


async def test_what_never_can_be_undone_ends_in_a_letter_at_the_deadline(
    engine: Engine, cloud: FakeCloud, tenant: Any
) -> None:
    """Every answer to the removal of the secret is lost."""
    await engine.provision()
    began = engine.clock.now()
    lost = Fault(Kind.LOST_AFTER, Service.GRAPH, "POST", r"/removePassword$", times=10_000)
    with cloud.faults.planned(lost), pytest.raises(GaveUpWaiting, match="undo: Create a client secret"):
        await take_down(engine)
    assert engine.clock.now() - began <= engine.patience.deadline
    await take_down(engine)
    assert not any(_ours(application, engine) for application in tenant.directory.applications())


@pytest.mark.parametrize("credential", ["secret", "certificate"])
async def test_a_teardown_that_was_stopped_anywhere_is_finished_by_the_next(credential: Credential) -> None:
    """Killed when a request was done and nothing was written down. Every harm: `benchmarks.convergence`."""
    async with set_up_once(credential) as set_up:
        plain = await take_down_harmed(set_up, {})
        assert plain.converged, plain
        for number in range(2, len(plain.told.requests), 3):
            outcome = await take_down_harmed(set_up, {number: Harm.KILLED_AFTER})
            assert outcome.converged, (number, outcome)
