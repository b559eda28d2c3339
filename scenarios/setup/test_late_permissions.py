"""A set-up and its repair where Dataverse sees a change of roles half a minute late."""

from datetime import timedelta

from mock_services.tenant import FakeTenant
from provisioning.engine import Engine
from provisioning.settings import Integration


async def test_a_set_up_waits_until_its_role_is_seen(tenant: FakeTenant, engine: Engine) -> None:
    tenant.organisation.held.delay = timedelta(seconds=30)
    outcome = await engine.provision()
    assert (await engine.verify(outcome.integration)).healthy


async def test_a_role_given_back_is_waited_for(tenant: FakeTenant, engine: Engine, integration: Integration) -> None:
    organisation = tenant.organisation
    organisation.held.delay = timedelta(seconds=30)
    user = organisation.people.application_user(integration.client_id)
    assert user is not None
    (role,) = organisation.roles_of(user["systemuserid"])
    organisation.remove_role(user["systemuserid"], role["roleid"])
    tenant.clock.advance(seconds=31)
    assert (await engine.verify(integration)).failure == "dataverse.user_without_role"
    await engine.provision()
    assert (await engine.verify(integration)).healthy
