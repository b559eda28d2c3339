"""The roles that Microsoft keeps, copies of roles, and the last administrator."""

from collections.abc import Mapping
from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.state.organisation import Organisation
from mock_services.tenant import FakeTenant

READ_CONTACT = "ba09ec92-12c4-4312-ba16-5715c2cbd6da"
GRANT = {"Privileges": [{"Depth": "Basic", "PrivilegeId": READ_CONTACT}]}


@pytest.fixture
def organisation(tenant: FakeTenant) -> Organisation:
    return tenant.organisation


def role_named(organisation: Organisation, name: str, unit: str | None = None) -> Mapping[str, Any]:
    found = organisation.role_named(name, unit)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("System Administrator", "0x80041d2e"),
        ("System Customizer", "0x80041d4a"),
        ("Support User", "0x80041d42"),
        ("Basic User", "0x80041d5a"),
        ("Delegate", "0x80040228"),
    ],
)
async def test_they_are_not_deleted(administrator: Caller, organisation: Organisation, name: str, code: str) -> None:
    role = role_named(organisation, name)["roleid"]
    assert error(await administrator.ask("DELETE", f"roles({role})")) == (400, code)
    assert organisation.get("role", role) is not None


@pytest.mark.parametrize(
    ("name", "updated", "modified"),
    [
        ("System Administrator", "0x80041d31", "0x80041d31"),
        ("Support User", "0x80041d47", "0x80041d43"),
    ],
)
async def test_two_are_not_changed_either(
    administrator: Caller, organisation: Organisation, name: str, updated: str, modified: str
) -> None:
    role = role_named(organisation, name)["roleid"]
    before = organisation.roles.privileges_in(role)
    path = f"roles({role})"
    assert error(await administrator.ask("PATCH", path, {"name": "Other"})) == (400, updated)
    for action, body in (
        ("AddPrivilegesRole", GRANT),
        ("ReplacePrivilegesRole", GRANT),
        ("RemovePrivilegeRole", {"PrivilegeId": READ_CONTACT}),
    ):
        response = await administrator.ask("POST", f"{path}/Microsoft.Dynamics.CRM.{action}", body)
        assert error(response) == (400, modified)
    assert organisation.roles.privileges_in(role) == before
    assert role_named(organisation, name)["roleid"] == role


async def test_the_support_users_role_is_nobodys_to_give_or_take(
    administrator: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    user, role = admit(tenant, None), role_named(organisation, "Support User")["roleid"]
    path = f"systemusers({user})/systemuserroles_association"
    given = await administrator.ask("POST", f"{path}/$ref", {"@odata.id": f"roles({role})"})
    assert error(given) == (400, "0x80041d44")
    organisation.assign_role(user, role)
    assert error(await administrator.ask("DELETE", f"{path}({role})/$ref")) == (400, "0x80041d45")
    assert [each["roleid"] for each in organisation.roles_of(user)] == [role]


async def test_the_platforms_own_user_stays_as_it_is(administrator: Caller, organisation: Organisation) -> None:
    system, role = organisation.system_user, role_named(organisation, "Basic User")["roleid"]
    path = f"systemusers({system})"
    assert error(await administrator.ask("PATCH", path, {"isdisabled": True})) == (400, "0x80041d33")
    assert error(await administrator.ask("DELETE", path)) == (400, "0x80041d33")
    given = {"@odata.id": f"roles({role})"}
    refused = await administrator.ask("POST", f"{path}/systemuserroles_association/$ref", given)
    assert error(refused) == (400, "0x80041d51")


async def test_the_last_administrator_stays_one(
    administrator: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    role = role_named(organisation, "System Administrator")["roleid"]
    me = (await administrator.get("WhoAmI")).json()["UserId"]
    for each in organisation.roles.administrators():
        if each["systemuserid"] != me:
            organisation.disable_user(each["systemuserid"])
    branch = organisation.add_business_unit("Branch")
    moved = {"businessunitid@odata.bind": f"/businessunits({branch})"}
    taken = f"systemusers({me})/systemuserroles_association({role})/$ref"
    assert error(await administrator.ask("DELETE", taken)) == (400, "0x80041d30")
    assert error(await administrator.ask("PATCH", f"systemusers({me})", moved)) == (400, "0x80041d30")
    disabled = await administrator.ask("PATCH", f"systemusers({me})", {"isdisabled": True})
    assert error(disabled) == (400, "0x80041d2f")
    second = admit(tenant, None)
    organisation.assign_role(second, role)
    assert (
        await administrator.ask("DELETE", f"systemusers({second})/systemuserroles_association({role})/$ref")
    ).status_code == 204
    organisation.assign_role(second, role)
    assert (await administrator.ask("DELETE", taken)).status_code == 204
    assert error(await administrator.get("contacts")) == (403, "0x80042f09")


async def test_a_copy_follows_its_role_and_is_not_changed_itself(
    administrator: Caller, organisation: Organisation
) -> None:
    branch = organisation.add_business_unit("Branch")
    role = organisation.add_role("Agents")
    copy = role_named(organisation, "Agents", branch)["roleid"]
    assert error(await administrator.ask("PATCH", f"roles({copy})", {"name": "Mine"})) == (400, "0x80044152")
    assert error(await administrator.ask("DELETE", f"roles({copy})")) == (400, "0x8004140c")
    granted = await administrator.ask("POST", f"roles({copy})/Microsoft.Dynamics.CRM.AddPrivilegesRole", GRANT)
    assert error(granted) == (400, "0x80044152")
    changed = {"name": "Helpers", "description": "Who helps", "isinherited": 0}
    assert (await administrator.ask("PATCH", f"roles({role})", changed)).status_code == 204
    for each in (role, copy):
        row = organisation.rows.require("role", each)
        assert {name: row[name] for name in changed} == changed
    granted = await administrator.ask("POST", f"roles({role})/Microsoft.Dynamics.CRM.AddPrivilegesRole", GRANT)
    assert granted.status_code == 204
    assert "prvReadContact" in organisation.roles.privileges_in(copy)
    assert (await administrator.ask("DELETE", f"roles({role})")).status_code == 204
    assert organisation.get("role", copy) is None


async def test_a_role_made_in_a_branch_is_there_and_below(administrator: Caller, organisation: Organisation) -> None:
    branch = organisation.add_business_unit("Branch")
    twig = organisation.add_business_unit("Twig", branch)
    body = {"name": "Local", "businessunitid@odata.bind": f"/businessunits({branch})"}
    role = await administrator.make("roles", body)
    row = organisation.rows.require("role", role)
    assert (row["parentroleid"], row["parentrootroleid"]) == (None, role)
    assert role_named(organisation, "Local", twig)["parentroleid"] == role
    assert organisation.role_named("Local") is None


async def test_roles_of_other_business_units_fit_once_the_organisation_says_so(
    administrator: Caller, organisation: Organisation, tenant: FakeTenant
) -> None:
    branch = organisation.add_business_unit("Branch")
    user = admit(tenant, None, business_unit=branch)
    role = role_named(organisation, "Basic User")["roleid"]
    path, given = f"systemusers({user})/systemuserroles_association/$ref", {"@odata.id": f"roles({role})"}
    assert error(await administrator.ask("POST", path, given)) == (400, "0x80041409")
    setting = "<OrgSettings><EnableOwnershipAcrossBusinessUnits>true</EnableOwnershipAcrossBusinessUnits></OrgSettings>"
    changed = await administrator.ask("PATCH", f"organizations({organisation.id})", {"orgdborgsettings": setting})
    assert changed.status_code == 204
    assert (await administrator.ask("POST", path, given)).status_code == 204
    assert [each["roleid"] for each in organisation.roles_of(user)] == [role]
