"""Letting applications and people into environments."""

import httpx
import pytest

from contract_tests.power_platform.asking import BAP, VERSION, Bearers, error_of
from mock_services.state.power_platform import PROVISIONING_DATABASE, Environments
from mock_services.tenant import FakeTenant

ADMIN_LIST = f"{BAP}/scopes/admin/environments"


async def test_add_app_user_makes_a_system_administrator_of_an_application(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    application = tenant.directory.add_application("Integration")
    url = f"{ADMIN_LIST}/{tenant.organisation.environment_id}/addAppUser"
    body = {"servicePrincipalAppId": application.app_id}
    headers = await bearers.person()
    missing = await wire.post(url, params=VERSION, headers=headers, json=body)
    assert error_of(missing) == (400, "ServicePrincipalNotFound")
    assert tenant.organisation.application_user(application.app_id) is None

    principal = tenant.directory.add_service_principal(application.app_id)
    for _twice_is_once in range(2):
        assert (await wire.post(url, params=VERSION, headers=headers, json=body)).status_code == 200
    user = tenant.organisation.application_user(application.app_id)
    assert user is not None
    assert user["azureactivedirectoryobjectid"] == principal.id
    roles = [role["name"] for role in tenant.organisation.roles_of(user["systemuserid"])]
    assert roles == ["System Administrator"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b'{"servicePrincipalAppId":"x"}', b"[" * 100_000, b"\xff"])
async def test_add_app_user_refuses_a_body_that_is_none(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, body: bytes
) -> None:
    url = f"{ADMIN_LIST}/{tenant.organisation.environment_id}/addAppUser"
    answer = await wire.post(url, params=VERSION, headers=await bearers.person(), content=body)
    assert error_of(answer) == (400, "InvalidRequestContent")


async def test_an_unregistered_application_may_not_let_itself_in(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    url = f"{ADMIN_LIST}/{tenant.organisation.environment_id}/addAppUser"
    body = {"servicePrincipalAppId": tenant.operator.client_id}
    answer = await wire.post(url, params=VERSION, headers=await bearers.application(), json=body)
    assert error_of(answer) == (403, "Forbidden")


@pytest.mark.parametrize("member", ["objectId", "ObjectId"])
async def test_add_user_makes_a_person_a_user_without_a_role(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, member: str
) -> None:
    person = tenant.directory.add_user("ada@contoso.onmicrosoft.com", "Ada Augusta Lovelace", "fake-password")
    url = f"{ADMIN_LIST}/{tenant.organisation.environment_id}/addUser"
    headers = await bearers.person()
    for _twice_is_once in range(2):
        answer = await wire.post(url, params=VERSION, headers=headers, json={member: person.id})
        assert (answer.status_code, answer.content) == (200, b"")
    (user,) = tenant.organisation.select("systemuser", azureactivedirectoryobjectid=person.id)
    assert (user["firstname"], user["lastname"]) == ("Ada Augusta", "Lovelace")
    assert tenant.organisation.roles_of(user["systemuserid"]) == []
    nobody = await wire.post(url, params=VERSION, headers=headers, json={member: tenant.id})
    assert error_of(nobody) == (400, "UserNotFound")


@pytest.mark.parametrize("operation", ["addUser", "addAppUser"])
async def test_nobody_can_be_let_into_a_database_that_is_not_there(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, operation: str
) -> None:
    Environments(tenant.directory).describe(tenant.organisation.environment_id, provisioning=PROVISIONING_DATABASE)
    body = {"objectId": tenant.id, "servicePrincipalAppId": tenant.operator.client_id}
    for identity in ("~Default", tenant.organisation.environment_id):
        url = f"{ADMIN_LIST}/{identity}/{operation}"
        answer = await wire.post(url, params=VERSION, headers=await bearers.person(), json=body)
        assert error_of(answer) == (501, "NotModelled")


async def test_a_system_administrator_lets_others_in_and_a_user_does_not(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    name, password = "clerk@contoso.onmicrosoft.com", "fake-password"
    person = tenant.directory.add_user(name, "Clerk", password)
    member = tenant.organisation.add_user(
        object_id=person.id, user_principal_name=name, first_name="C", last_name="Lerk"
    )
    clerk = await bearers.person(username=name, password=password)
    url = f"{ADMIN_LIST}/{tenant.organisation.environment_id}/addUser"
    refused = await wire.post(url, params=VERSION, headers=clerk, json={"objectId": person.id})
    assert error_of(refused) == (403, "EnvironmentAccess")
    role = tenant.organisation.role_named("System Administrator")
    assert role is not None
    tenant.organisation.assign_role(member, role["roleid"])
    assert (await wire.post(url, params=VERSION, headers=clerk, json={"objectId": person.id})).status_code == 200
