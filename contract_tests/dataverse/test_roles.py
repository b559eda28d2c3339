"""Security roles: their contents, their copies, who holds them."""

import pytest

from contract_tests.dataverse.asking import ROOT, Caller, admit, error
from mock_services.tenant import FakeTenant

READ_CONTACT = "ba09ec92-12c4-4312-ba16-5715c2cbd6da"
READ_USER = "76faad15-bc44-4f4d-84dc-dd1e1dda74d9"


@pytest.fixture
async def role(administrator: Caller, tenant: FakeTenant) -> str:
    unit = tenant.organisation.root_business_unit
    body = {"name": "OpenCX Integration", "businessunitid@odata.bind": f"businessunits({unit})"}
    return await administrator.make("roles", body)


def grant(privilege_id: str, depth: str) -> dict[str, object]:
    return {"Privileges": [{"Depth": depth, "PrivilegeId": privilege_id}]}


async def contents(caller: Caller, role: str) -> dict[str, str]:
    response = await caller.get(f"RetrieveRolePrivilegesRole(RoleId={role})")
    return {each["PrivilegeName"]: each["Depth"] for each in response.json()["RolePrivileges"]}


async def test_a_new_role_is_born_with_nine_privileges(administrator: Caller, tenant: FakeTenant, role: str) -> None:
    assert len(await contents(administrator, role)) == 9
    row = (await administrator.get(f"roles({role})")).json()
    assert (row["_parentrootroleid_value"], row["_parentroleid_value"]) == (role, None)
    assert row["iscustomizable"] == {
        "Value": True,
        "CanBeChanged": True,
        "ManagedPropertyLogicalName": "iscustomizableanddeletable",
    }
    expanded = await administrator.get(f"roles({role})?$select=roleid&$expand=roleprivileges_association($select=name)")
    assert len(expanded.json()["roleprivileges_association"]) == 9


async def test_privileges_are_added_replaced_and_removed(administrator: Caller, role: str) -> None:
    path = f"roles({role})/Microsoft.Dynamics.CRM"
    added = await administrator.ask("POST", f"{path}.AddPrivilegesRole", grant(READ_CONTACT, "Basic"))
    assert added.status_code == 204
    assert (await contents(administrator, role))["prvReadContact"] == "Basic"
    await administrator.ask("POST", f"{path}.AddPrivilegesRole", grant(READ_CONTACT, "Global"))
    assert (await contents(administrator, role))["prvReadContact"] == "Global"
    await administrator.ask("POST", f"{path}.ReplacePrivilegesRole", grant(READ_CONTACT, "Deep"))
    assert await contents(administrator, role) == {"prvReadContact": "Deep"}
    await administrator.ask("POST", f"{path}.RemovePrivilegeRole", {"PrivilegeId": READ_CONTACT})
    assert await contents(administrator, role) == {}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (grant(READ_USER, "Basic"), "0x8004140b"),
        (grant("00000000-0000-4000-8000-000000000000", "Global"), "0x800404ce"),
        ({"Privileges": grant(READ_CONTACT, "Deep")["Privileges"] * 2}, "0x8004140f"),  # type: ignore[operator] # a list
        (grant(READ_CONTACT, "Everywhere"), "0x80048d19"),
        ({"Privileges": "all"}, "0x80048d19"),
        ({}, "0x80048d19"),
    ],
    ids=lambda value: str(value)[:50],
)
async def test_grants_that_make_no_sense_change_nothing(
    administrator: Caller, role: str, body: dict[str, object], code: str
) -> None:
    before = await contents(administrator, role)
    path = f"roles({role})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole"
    assert error(await administrator.ask("POST", path, body)) == (400, code)
    assert await contents(administrator, role) == before


async def test_a_role_name_is_taken_once_in_a_business_unit(
    administrator: Caller, tenant: FakeTenant, role: str
) -> None:
    unit = tenant.organisation.root_business_unit
    body = {"name": "opencx integration", "businessunitid@odata.bind": f"businessunits({unit})"}
    response = await administrator.ask("POST", "roles", body)
    assert error(response) == (400, "0x80041403")
    assert role in response.json()["error"]["message"]


async def test_a_role_is_given_and_taken_by_ref_in_every_form(
    administrator: Caller, tenant: FakeTenant, role: str
) -> None:
    user = admit(tenant, None)
    path = f"systemusers({user})/systemuserroles_association"
    absolute = f"https://{administrator.host}{ROOT}/roles({role})"
    parted = (f"{path}/$ref?$id={absolute}", f"{path}({role})/$ref")
    for reference, part in zip((absolute, f"{ROOT}/roles({role})"), parted, strict=True):
        assert (await administrator.ask("POST", f"{path}/$ref", {"@odata.id": reference})).status_code == 204
        assert [row["name"] for row in (await administrator.get(path)).json()["value"]] == ["OpenCX Integration"]
        twice = await administrator.ask("POST", f"{path}/$ref", {"@odata.id": reference})
        assert error(twice) == (412, "0x80040237")
        assert (await administrator.ask("DELETE", part)).status_code == 204
        assert (await administrator.get(path)).json()["value"] == []
        assert error(await administrator.ask("DELETE", part)) == (404, "0x80040217")


async def test_a_role_of_another_business_unit_does_not_fit_but_its_copy_does(
    administrator: Caller, tenant: FakeTenant, role: str
) -> None:
    organisation = tenant.organisation
    unit = organisation.add_business_unit("Branch")
    user = admit(tenant, None, business_unit=unit)
    path = f"systemusers({user})/systemuserroles_association/$ref"
    refused = await administrator.ask("POST", path, {"@odata.id": f"roles({role})"})
    assert error(refused) == (400, "0x80041409")
    assert f"userid={user}, userBU={unit}, roleId=" in refused.json()["error"]["message"]
    query = f"roles?$filter=_parentrootroleid_value eq {role} and _businessunitid_value eq {unit}"
    copy = (await administrator.get(query)).json()["value"][0]
    assert copy["_parentroleid_value"] == role
    assert (await administrator.ask("POST", path, {"@odata.id": f"roles({copy['roleid']})"})).status_code == 204
    change = f"roles({copy['roleid']})/Microsoft.Dynamics.CRM.AddPrivilegesRole"
    assert error(await administrator.ask("POST", change, grant(READ_CONTACT, "Global"))) == (400, "0x80044152")
    await administrator.ask("POST", change.replace(copy["roleid"], role), grant(READ_CONTACT, "Global"))
    assert (await contents(administrator, copy["roleid"]))["prvReadContact"] == "Global"


async def test_references_that_lead_nowhere(administrator: Caller, tenant: FakeTenant, role: str) -> None:
    user = admit(tenant, None)
    path = f"systemusers({user})/systemuserroles_association/$ref"
    nobody = "00000000-0000-4000-8000-000000000000"
    assert error(await administrator.ask("POST", path, {"@odata.id": f"roles({nobody})"})) == (404, "0x80040217")
    assert error(await administrator.ask("POST", path, {"@odata.id": f"role({role})"})) == (400, "0x80060888")
    assert (await administrator.ask("POST", path, {})).status_code == 400
    missing = path.replace(user, nobody)
    assert error(await administrator.ask("POST", missing, {"@odata.id": f"roles({role})"})) == (404, "0x80040217")


async def test_nobody_hands_out_more_than_they_have(
    administrator: Caller, integration: Caller, tenant: FakeTenant
) -> None:
    admit(
        tenant, {"prvAssignRole": "Global", "prvReadUser": "Global", "prvReadRole": "Global", "prvReadContact": "Local"}
    )
    organisation = tenant.organisation
    role = organisation.add_role("Reader")
    organisation.set_privileges(role, {"prvReadContact": "Global"})
    user = (await integration.get("WhoAmI")).json()["UserId"]
    path = f"systemusers({user})/systemuserroles_association/$ref"
    response = await integration.ask("POST", path, {"@odata.id": f"roles({role})"})
    assert error(response) == (403, "0x80048d3b")
    assert "prvReadContact" in response.json()["error"]["message"]
    organisation.set_privileges(role, {"prvReadContact": "Local"})
    assert (await integration.ask("POST", path, {"@odata.id": f"roles({role})"})).status_code == 204


async def test_a_users_privileges_are_the_greatest_of_all_its_roles_and_teams(
    administrator: Caller, tenant: FakeTenant
) -> None:
    organisation = tenant.organisation
    user = admit(tenant, {"prvReadContact": "Basic", "prvReadAccount": "Deep"})
    role = organisation.add_role("Team role")
    organisation.set_privileges(role, {"prvReadContact": "Global", "prvReadAccount": "Basic"})
    team = await administrator.make(
        "teams",
        {"name": "T", "businessunitid@odata.bind": f"/businessunits({organisation.root_business_unit})"},
    )
    for path, far in (
        ("teamroles_association", f"roles({role})"),
        ("teammembership_association", f"systemusers({user})"),
    ):
        response = await administrator.ask("POST", f"teams({team})/{path}/$ref", {"@odata.id": far})
        assert response.status_code == 204
    listed = await administrator.get(f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()")
    held = {each["PrivilegeName"]: each["Depth"] for each in listed.json()["RolePrivileges"]}
    assert held == {"prvReadContact": "Global", "prvReadAccount": "Deep"}
    one = await administrator.get(
        f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='prvReadContact')"
    )
    assert [each["PrivilegeId"] for each in one.json()["RolePrivileges"]] == [READ_CONTACT]


async def test_the_administrators_role_stays_as_it_is(administrator: Caller, tenant: FakeTenant) -> None:
    role = tenant.organisation.role_named("System Administrator")
    assert role is not None
    path = f"roles({role['roleid']})"
    assert error(await administrator.ask("PATCH", path, {"name": "Boss"})) == (400, "0x80041d31")
    assert error(await administrator.ask("DELETE", path)) == (400, "0x80041d2e")


async def test_a_deleted_role_leaves_its_holders_without_it(
    administrator: Caller, integration: Caller, tenant: FakeTenant
) -> None:
    user = admit(tenant, {"prvReadIncident": "Global"})
    assert (await integration.get("incidents")).status_code == 200
    role = tenant.organisation.roles_of(user)[0]["roleid"]
    assert (await administrator.ask("DELETE", f"roles({role})")).status_code == 204
    assert error(await integration.get("incidents")) == (403, "0x80042f09")


async def test_privileges_are_looked_up_by_name_with_the_public_ids(administrator: Caller) -> None:
    query = "privileges?$select=name&$filter=name eq 'prvReadContact' or name eq 'prvReadUser'"
    found = {row["name"]: row["privilegeid"] for row in (await administrator.get(query)).json()["value"]}
    assert found == {"prvReadContact": READ_CONTACT, "prvReadUser": READ_USER}
    limits = (await administrator.get(f"privileges({READ_USER})")).json()
    assert (limits["canbebasic"], limits["canbeglobal"]) == (False, True)
    definition = await administrator.get("EntityDefinitions(LogicalName='contact')?$select=LogicalName,Privileges")
    assert READ_CONTACT in [each["PrivilegeId"] for each in definition.json()["Privileges"]]
