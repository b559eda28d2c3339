"""Permissions that changed are seen late, where a test asks for it: up to half a minute, unless a request insists.

The documented header: powerapps-docs compose-http-requests-handle-errors.md.
"""

from datetime import timedelta

from contract_tests.dataverse.asking import Caller, admit, error
from contract_tests.dataverse.batches import batch, part
from mock_services.state.organisation.held import AS_DOCUMENTED
from mock_services.tenant import FakeTenant

STRONG = {"Consistency": "Strong"}


async def test_a_role_that_was_taken_away_goes_on_for_half_a_minute(integration: Caller, tenant: FakeTenant) -> None:
    user = admit(tenant, {"prvReadIncident": "Global"})
    tenant.organisation.held.delay = AS_DOCUMENTED
    assert (await integration.get("incidents")).status_code == 200
    tenant.organisation.remove_role(user, tenant.organisation.roles_of(user)[0]["roleid"])
    tenant.clock.advance(seconds=29)
    assert (await integration.get("incidents")).status_code == 200
    tenant.clock.advance(seconds=1)
    assert error(await integration.get("incidents")) == (403, "0x80042f09")


async def test_a_role_just_given_helps_later_or_where_the_request_insists(
    integration: Caller, tenant: FakeTenant
) -> None:
    user = admit(tenant, {"prvReadContact": "Global"})
    organisation = tenant.organisation
    organisation.held.delay = AS_DOCUMENTED
    assert error(await integration.get("incidents")) == (403, "0x80040220")
    organisation.assign_role(user, organisation.add_role("More", {"prvReadIncident": "Global"}))
    assert error(await integration.get("incidents")) == (403, "0x80040220")
    assert (await integration.get("incidents", headers=STRONG)).status_code == 200
    assert (await integration.get("incidents")).status_code == 200


async def test_the_parts_of_a_batch_insist_one_by_one(integration: Caller, tenant: FakeTenant) -> None:
    user = admit(tenant, {"prvReadContact": "Global"})
    organisation = tenant.organisation
    organisation.held.delay = AS_DOCUMENTED
    await integration.get("incidents")
    organisation.assign_role(user, organisation.add_role("More", {"prvReadIncident": "Global"}))
    parts = (part("GET", "incidents"), part("GET", "incidents", headers=["Consistency: Strong"]))
    _, answered = await batch(integration, *parts, prefer="odata.continue-on-error")
    assert [each.status for each in answered] == [403, 200]


async def test_a_tenant_put_back_remembers_nothing(integration: Caller, tenant: FakeTenant) -> None:
    user = admit(tenant, {"prvReadIncident": "Global"})
    before = tenant.snapshot()
    tenant.organisation.held.delay = timedelta(hours=1)
    tenant.organisation.remove_role(user, tenant.organisation.roles_of(user)[0]["roleid"])
    assert error(await integration.get("incidents")) == (403, "0x80042f09")
    tenant.restore(before)
    assert (await integration.get("incidents")).status_code == 200


async def test_privileges_are_seen_at_once_by_default(integration: Caller, tenant: FakeTenant) -> None:
    user = admit(tenant, {"prvReadIncident": "Global"})
    assert (await integration.get("incidents")).status_code == 200
    tenant.organisation.remove_role(user, tenant.organisation.roles_of(user)[0]["roleid"])
    assert error(await integration.get("incidents")) == (403, "0x80042f09")
