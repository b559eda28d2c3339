"""Laws of replication lag: whatever the pace, the engine ends in the same healthy state, without twins or orphans."""

import httpx
import pytest

from mock_services.clock import FakeClock
from mock_services.cloud import FakeCloud
from mock_services.state.replicas import PRESETS, UnknownPreset
from mock_services.tenant import FakeTenant
from provisioning.engine import Engine, Event
from provisioning.settings import Integration
from scenarios.laws.test_failure_modes import test_and_save

test_and_save.__test__ = False  # type: ignore[attr-defined] # the vendor's name for its button; not a test here either


@pytest.fixture(params=range(3), ids=lambda seed: f"seed {seed}")
def cloud(request: pytest.FixtureRequest) -> FakeCloud:
    """Other seeds, other objects that are late."""
    return FakeCloud(seed=request.param)


@pytest.mark.parametrize("preset", PRESETS)
async def test_the_set_up_ends_healthy_and_single_at_any_pace(
    preset: str, tenant: FakeTenant, engine: Engine, events: list[Event]
) -> None:
    tenant.replication.use(preset)
    provisioned = await engine.provision()
    assert (await engine.verify(provisioned.integration)).healthy
    waited = any(event.state == "waiting" for event in events)
    assert waited is (preset != "immediate")
    tenant.replication.use("immediate")
    ours = [each for each in tenant.directory.applications() if each.app_id == provisioned.integration.client_id]
    assert [len(tenant.directory.secrets(each.id)) for each in ours] == [1]
    assert len([each for each in tenant.directory.applications() if each.display_name == ours[0].display_name]) == 1


async def test_a_run_begun_again_while_the_first_is_still_replicating_makes_no_twin(
    tenant: FakeTenant, engine: Engine
) -> None:
    tenant.replication.use("slow")
    first = await engine.provision()
    again = await engine.provision(first.integration.client_secret)
    assert again.integration.client_id == first.integration.client_id
    tenant.replication.use("immediate")
    assert (await engine.provision(first.integration.client_secret)).changed_nothing


async def test_a_young_secret_works_and_fails_in_turn_and_then_works_for_good(
    tenant: FakeTenant, integration: Integration, wire: httpx.AsyncClient
) -> None:
    """GraphRunner's users saw it alternate; a single success proves nothing."""
    application = tenant.directory.application(app_id=integration.client_id)
    assert application is not None
    tenant.clock.advance(minutes=10)
    tenant.replication.use("typical")
    _, text = tenant.directory.add_secret(application.id)
    young = integration.model_copy(update={"client_secret": type(integration.client_secret)(text)})
    seen = [(await test_and_save(wire, young)).code for _ in range(6)]
    assert set(seen) == {"", "AADSTS7000215"}
    tenant.clock.advance(seconds=12)
    assert {(await test_and_save(wire, young)).status for _ in range(6)} == {200}


async def test_the_same_seed_is_late_in_the_same_places(tenant: FakeTenant) -> None:
    again = FakeCloud(seed=int(str(tenant.chance.seed).partition("/")[0])).create_tenant(
        clock=FakeClock(tenant.clock.now())
    )
    for each in (tenant, again):
        each.replication.use("adversarial")
        each.directory.add_application("Late")
    views = []
    for each in (tenant, again):
        seen = []
        for _ in range(12):
            each.replication.next_reader()
            each.clock.advance(seconds=30)
            seen.append(len(each.directory.applications()))
        views.append(seen)
    assert views[0] == views[1]
    assert len(set(views[0])) == 2
    assert views[0][-3:] == [2, 2, 2]


def test_an_unknown_pace_is_refused_with_the_known_ones(tenant: FakeTenant) -> None:
    with pytest.raises(UnknownPreset, match="immediate, typical, slow, adversarial"):
        tenant.replication.use("glacial")
