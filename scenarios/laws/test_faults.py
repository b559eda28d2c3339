"""Laws of the way to the services: whichever call is disturbed, and how, the engine ends healthy and without twins."""

import pytest

from mock_services.cloud import FakeCloud
from mock_services.faults import Fault, Kind, NeverStruck
from mock_services.hosts import Service
from mock_services.tenant import FakeTenant
from provisioning.engine import Engine

# Every call of a set-up that makes something, in order.
CREATES = {
    "register the application": (Service.GRAPH, "POST", r"/applications$"),
    "create the service principal": (Service.GRAPH, "POST", r"/servicePrincipals$"),
    "add the secret": (Service.GRAPH, "POST", r"/addPassword$"),
    "grant the consent": (Service.GRAPH, "POST", r"/oauth2PermissionGrants$"),
    "create the application user": (Service.DATAVERSE, "POST", r"/systemusers$"),
    "create the role": (Service.DATAVERSE, "POST", r"/roles$"),
    "fill the role": (Service.DATAVERSE, "POST", r"AddPrivilegesRole$"),
    "assign the role": (Service.DATAVERSE, "POST", r"systemuserroles_association/\$ref$"),
}
EVERY_CREATE = pytest.mark.parametrize("call", CREATES.values(), ids=CREATES)


async def _must_end_healthy_and_single(tenant: FakeTenant, engine: Engine) -> None:
    provisioned = await engine.provision()
    assert (await engine.verify(provisioned.integration)).healthy
    named = engine.settings.application_name
    (application,) = [each for each in tenant.directory.applications() if each.display_name == named]
    assert len(tenant.directory.secrets(application.id)) == 1
    assert len(tenant.organisation.rows.find("role", name=engine.settings.generated_role)) == 1


@EVERY_CREATE
@pytest.mark.parametrize("kind", [Kind.LOST_BEFORE, Kind.LOST_AFTER])
async def test_a_lost_answer_is_looked_up_not_repeated(
    cloud: FakeCloud, tenant: FakeTenant, engine: Engine, call: tuple[Service, str, str], kind: Kind
) -> None:
    service, method, path = call
    with cloud.faults.planned(Fault(kind, service, method, path)):
        await _must_end_healthy_and_single(tenant, engine)


@EVERY_CREATE
@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.UNAVAILABLE])
async def test_a_busy_service_is_given_the_time_it_asks_for(
    cloud: FakeCloud, tenant: FakeTenant, engine: Engine, call: tuple[Service, str, str], kind: Kind
) -> None:
    service, method, path = call
    before = tenant.clock.now()
    with cloud.faults.planned(Fault(kind, service, method, path, times=2, retry_after_s=7)):
        await _must_end_healthy_and_single(tenant, engine)
    assert (tenant.clock.now() - before).total_seconds() == 14


@EVERY_CREATE
async def test_a_gateways_page_instead_of_an_answer_is_survived(
    cloud: FakeCloud, tenant: FakeTenant, engine: Engine, call: tuple[Service, str, str]
) -> None:
    service, method, path = call
    with cloud.faults.planned(Fault(Kind.GATEWAY_PAGE, service, method, path)):
        await _must_end_healthy_and_single(tenant, engine)


@pytest.mark.parametrize("after", range(0, 30, 5))
@pytest.mark.parametrize("service", [Service.LOGIN, Service.GRAPH, Service.DATAVERSE])
async def test_any_call_may_be_lost(
    cloud: FakeCloud, tenant: FakeTenant, engine: Engine, service: Service, after: int
) -> None:
    """Some of these strike a read, some a write, some come after the last call: all must end the same."""
    cloud.faults.plan(Fault(Kind.LOST_AFTER, service, after=after))
    await _must_end_healthy_and_single(tenant, engine)


async def test_a_fault_that_no_call_met_fails_its_test(cloud: FakeCloud, tenant: FakeTenant, engine: Engine) -> None:
    with pytest.raises(NeverStruck), cloud.faults.planned(Fault(Kind.THROTTLED, Service.GRAPH, "POST", "/nowhere$")):
        await engine.provision()
