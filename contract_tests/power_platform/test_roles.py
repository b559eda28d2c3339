"""Roles in an environment without a database: given, listed and taken away by the admin API."""

from typing import Any

import httpx
import pytest

from contract_tests.power_platform.asking import BAP, VERSION, Bearers, error_of
from mock_services.state.power_platform import EnvironmentRecord, Environments
from mock_services.tenant import FakeTenant

ADMIN_LIST = f"{BAP}/scopes/admin/environments"


@pytest.fixture
def playground(tenant: FakeTenant) -> EnvironmentRecord:
    """An environment without a database."""
    return Environments(tenant.directory).add("Playground")


def giving(environment: str, role: str, identity: str, kind: str = "User") -> dict[str, Any]:
    """One entry of `add`, as the Terraform provider sends it."""
    definition = f"/providers/Microsoft.BusinessAppPlatform/scopes/admin/environments/{environment}/roleDefinitions"
    return {
        "properties": {
            "roleDefinition": {"id": f"{definition}/{role}"},
            "principal": {"id": identity, "type": kind},
        }
    }


async def change(wire: httpx.AsyncClient, headers: dict[str, str], environment: str, **changes: Any) -> httpx.Response:
    """POST to modifyRoleAssignments."""
    url = f"{ADMIN_LIST}/{environment}/modifyRoleAssignments"
    return await wire.post(url, params=VERSION, headers=headers, json=changes)


async def roles(wire: httpx.AsyncClient, headers: dict[str, str], environment: str) -> list[dict[str, Any]]:
    """The environment's role assignments."""
    answer = await wire.get(f"{ADMIN_LIST}/{environment}/roleAssignments", params=VERSION, headers=headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


async def test_a_role_is_given_in_the_recorded_form_and_taken_again(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, playground: EnvironmentRecord
) -> None:
    headers = await bearers.person()
    person = tenant.directory.add_user("ada@contoso.onmicrosoft.com", "Ada", "fake-password")
    assert await roles(wire, headers, playground.id) == []
    entry = giving(playground.id, "environmentadmin", person.id)
    for _twice_is_once in range(2):
        answer = await change(wire, headers, playground.id, add=[entry])
        (given,) = answer.json()["add"]
        assert given["httpStatus"] == "Created"
        (held,) = await roles(wire, headers, playground.id)
        assert given["roleAssignment"] == held
    path = f"/providers/Microsoft.BusinessAppPlatform/scopes/admin/environments/{playground.id}"
    assert held["id"] == f"{path}/roleAssignments/{held['name']}"
    assert held["properties"]["roleDefinition"] == {
        "id": f"{path}/roleDefinitions/EnvironmentAdmin",
        "type": "Microsoft.BusinessAppPlatform/scopes/environments/roleDefinitions",
        "name": "EnvironmentAdmin",
    }
    assert held["properties"]["principal"] == {
        "id": person.id,
        "displayName": "Ada",
        "email": "ada@contoso.onmicrosoft.com",
        "type": "User",
        "tenantId": tenant.id,
    }
    assert (await change(wire, headers, playground.id, remove=[{"id": held["id"]}])).status_code == 200
    assert await roles(wire, headers, playground.id) == []


async def test_a_role_may_be_anybodys(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, playground: EnvironmentRecord
) -> None:
    headers = await bearers.person()
    group = tenant.directory.add_group("Makers", mail_nickname="makers")
    principal = tenant.directory.service_principal(app_id=tenant.operator.client_id)
    assert principal is not None
    wanted = [
        giving(playground.id, "EnvironmentMaker", group.id, "Group"),
        giving(playground.id, "EnvironmentAdmin", principal.id, "ServicePrincipal"),
        giving(playground.id, "EnvironmentMaker", tenant.id, "Tenant"),
    ]
    assert (await change(wire, headers, playground.id, add=wanted)).status_code == 200
    found = await roles(wire, headers, playground.id)
    kinds = {each["properties"]["principal"]["type"] for each in found}
    assert kinds == {"Group", "ServicePrincipal", "Tenant"}
    bare = await change(wire, headers, playground.id, remove=[{"id": each["name"]} for each in found])
    assert [each["httpStatus"] for each in bare.json()["remove"]] == ["OK"] * 3


async def test_an_environment_admin_manages_it_person_or_application(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, playground: EnvironmentRecord
) -> None:
    name, password = "clerk@contoso.onmicrosoft.com", "fake-password"
    person = tenant.directory.add_user(name, "Clerk", password)
    group = tenant.directory.add_group("Makers", mail_nickname="makers")
    tenant.directory.add_member(group.id, person.id)
    principal = tenant.directory.service_principal(app_id=tenant.operator.client_id)
    assert principal is not None
    clerk = await bearers.person(username=name, password=password)
    as_app, admin = await bearers.application(), await bearers.person()
    one = f"{ADMIN_LIST}/{playground.id}"
    assert (await wire.get(one, params=VERSION, headers=clerk)).status_code == 403
    await change(wire, admin, playground.id, add=[giving(playground.id, "EnvironmentMaker", group.id, "Group")])
    assert (await wire.get(one, params=VERSION, headers=clerk)).status_code == 403, "a maker only uses it"
    assert (await wire.get(f"{BAP}/environments/{playground.id}", params=VERSION, headers=clerk)).status_code == 200
    both = [
        giving(playground.id, "EnvironmentAdmin", group.id, "Group"),
        giving(playground.id, "EnvironmentAdmin", principal.id, "ServicePrincipal"),
    ]
    await change(wire, admin, playground.id, add=both)
    for headers in (clerk, as_app):
        assert (await wire.get(one, params=VERSION, headers=headers)).status_code == 200
    assert error_of(await wire.get(ADMIN_LIST, params=VERSION, headers=as_app)) == (403, "Forbidden")


async def test_where_there_is_a_database_its_own_roles_count(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    headers, identity = await bearers.person(), tenant.organisation.environment_id
    url = f"{ADMIN_LIST}/{identity}/roleAssignments"
    assert error_of(await wire.get(url, params=VERSION, headers=headers)) == (403, "Forbidden")
    refused = await change(wire, headers, identity, add=[giving(identity, "EnvironmentMaker", tenant.id, "Tenant")])
    assert error_of(refused) == (403, "Forbidden")


async def test_nothing_is_given_when_one_of_several_is_wrong(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, playground: EnvironmentRecord
) -> None:
    headers = await bearers.person()
    application = tenant.directory.add_application("Integration")
    good = giving(playground.id, "EnvironmentMaker", tenant.id, "Tenant")
    for bad, code in (
        (giving(playground.id, "EnvironmentAdmin", application.id, "ServicePrincipal"), "PrincipalNotFound"),
        (giving(playground.id, "EnvironmentOwner", tenant.id, "Tenant"), "InvalidRequestContent"),
        (giving(playground.id, "EnvironmentMaker", tenant.id, "Dog"), "InvalidRequestContent"),
        ({"properties": []}, "InvalidRequestContent"),
        ("nothing", "InvalidRequestContent"),
    ):
        answer = await change(wire, headers, playground.id, add=[good, bad])
        assert error_of(answer) == (400, code)
    missing = await change(wire, headers, playground.id, remove=[{"id": tenant.id}])
    assert error_of(missing) == (404, "RoleAssignmentNotFound")
    unfit: tuple[dict[str, Any], ...] = ({}, {"add": {}}, {"add": "x"}, {"add": [good] * 101})
    for nothing in unfit:
        assert error_of(await change(wire, headers, playground.id, **nothing)) == (400, "InvalidRequestContent")
    assert await roles(wire, headers, playground.id) == []
