"""The user that stands for an app registration: made, looked up, disabled, removed."""

import pytest

from contract_tests.dataverse.asking import Caller, admit, caller, error
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant


@pytest.fixture
def app_id(tenant: FakeTenant) -> str:
    application = tenant.directory.add_application("OpenCX Integration")
    tenant.directory.add_service_principal(application.app_id)
    return application.app_id


def body(tenant: FakeTenant, app_id: str) -> dict[str, object]:
    unit = tenant.organisation.root_business_unit
    return {
        "applicationid": app_id,
        "accessmode": 4,
        "isdisabled": False,
        "businessunitid@odata.bind": f"/businessunits({unit})",
    }


async def test_the_platform_names_the_user_after_the_app(
    administrator: Caller, tenant: FakeTenant, app_id: str
) -> None:
    made = await administrator.make("systemusers", body(tenant, app_id))
    query = f"systemusers?$filter=applicationid eq {app_id}&$expand=systemuserroles_association($select=roleid,name)"
    found = (await administrator.get(query)).json()["value"]
    assert [row["systemuserid"] for row in found] == [made]
    row = found[0]
    principal = tenant.directory.service_principal(app_id=app_id)
    assert principal is not None
    assert row["azureactivedirectoryobjectid"] == principal.id
    assert (row["firstname"], row["fullname"]) == ("#", "# OpenCX Integration")
    assert (row["accessmode"], row["isdisabled"], row["islicensed"], row["deletedstate"]) == (4, False, False, 0)
    assert row["systemuserroles_association"] == []
    assert row["ownerid"] == row["systemuserid"]
    assert row["organizationid"] == tenant.organisation.id
    teams = (await administrator.get(f"systemusers({made})/teammembership_association")).json()["value"]
    assert [team["isdefault"] for team in teams] == [True]


async def test_an_app_has_one_user(administrator: Caller, tenant: FakeTenant, app_id: str) -> None:
    made = await administrator.make("systemusers", body(tenant, app_id))
    assert error(await administrator.ask("POST", "systemusers", body(tenant, app_id))) == (400, "0x8004f511")
    await administrator.ask("PATCH", f"systemusers({made})", {"isdisabled": True, "applicationid": app_id})
    assert (await administrator.ask("DELETE", f"systemusers({made})")).status_code == 204
    assert error(await administrator.ask("POST", "systemusers", body(tenant, app_id))) == (412, "0x80040237")
    assert (await administrator.ask("DELETE", f"systemusers({made})")).status_code == 204
    assert (await administrator.ask("POST", "systemusers", body(tenant, app_id))).status_code == 204


async def test_an_app_that_nobody_consented_to_has_no_user(administrator: Caller, tenant: FakeTenant) -> None:
    registered_only = tenant.directory.add_application("No principal").app_id
    for app_id in (registered_only, "00000000-0000-4000-8000-000000000000"):
        assert error(await administrator.ask("POST", "systemusers", body(tenant, app_id))) == (400, "0x8004f510")


async def test_a_business_unit_is_compulsory_and_must_be_there(
    administrator: Caller, tenant: FakeTenant, app_id: str
) -> None:
    response = await administrator.ask("POST", "systemusers", {"applicationid": app_id})
    assert response.status_code == 400
    assert "business column is null" in response.json()["error"]["message"]
    elsewhere = body(tenant, app_id) | {"businessunitid@odata.bind": f"/businessunits({app_id})"}
    assert error(await administrator.ask("POST", "systemusers", elsewhere)) == (404, "0x80040217")


async def test_only_a_disabled_user_is_deleted_first_softly_then_for_good(
    cloud: FakeCloud, administrator: Caller, tenant: FakeTenant, app_id: str
) -> None:
    made = await administrator.make("systemusers", body(tenant, app_id))
    path = f"systemusers({made})"
    refused = await administrator.ask("DELETE", path)
    assert refused.status_code == 400
    assert f"User with SystemUserId={made} is not disabled" in refused.json()["error"]["message"]
    await administrator.ask("PATCH", path, {"isdisabled": True, "applicationid": app_id})
    own = caller(cloud, tenant, administrator.wire, app_id)
    assert error(await own.get("WhoAmI")) == (403, "0x80040225")
    assert (await administrator.ask("DELETE", path)).status_code == 204
    assert (await administrator.get(f"{path}?$select=deletedstate")).json()["deletedstate"] == 1
    assert error(await own.get("WhoAmI")) == (403, "0x80072560")
    assert (await administrator.ask("DELETE", path)).status_code == 204
    assert (await administrator.ask("DELETE", path)).status_code == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"accessmode": 0}, "0x80040d40"),
        ({"azureactivedirectoryobjectid": "00000000-0000-4000-8000-000000000000"}, "0x80041d4f"),
        ({"applicationid": "00000000-0000-4000-8000-000000000000"}, "0x80041d48"),
    ],
    ids=str,
)
async def test_what_makes_it_an_application_user_is_fixed(
    administrator: Caller, tenant: FakeTenant, app_id: str, change: dict[str, object], code: str
) -> None:
    made = await administrator.make("systemusers", body(tenant, app_id))
    assert error(await administrator.ask("PATCH", f"systemusers({made})", change)) == (400, code)


async def test_a_user_who_moves_loses_its_roles(administrator: Caller, tenant: FakeTenant, app_id: str) -> None:
    organisation = tenant.organisation
    made = await administrator.make("systemusers", body(tenant, app_id))
    role = organisation.role_named("Basic User")
    assert role is not None
    organisation.assign_role(made, role["roleid"])
    unit = await administrator.make(
        "businessunits",
        {"name": "Branch", "parentbusinessunitid@odata.bind": f"/businessunits({organisation.root_business_unit})"},
    )
    moved = {"businessunitid@odata.bind": f"/businessunits({unit})"}
    assert (await administrator.ask("PATCH", f"systemusers({made})", moved)).status_code == 204
    assert organisation.roles_of(made) == []
    teams = (await administrator.get(f"systemusers({made})/teammembership_association")).json()["value"]
    assert [team["_businessunitid_value"] for team in teams] == [unit]


async def test_the_root_business_unit_is_found_the_way_the_provider_asks(
    administrator: Caller, tenant: FakeTenant
) -> None:
    tenant.organisation.add_business_unit("Branch")
    query = "businessunits?$select=businessunitid,name&$filter=parentbusinessunitid eq null"
    found = (await administrator.get(query)).json()["value"]
    assert [row["businessunitid"] for row in found] == [tenant.organisation.root_business_unit]
    row = (await administrator.get(f"businessunits({found[0]['businessunitid']})")).json()
    assert row["_organizationid_value"] == tenant.organisation.id


async def test_the_platforms_own_words_about_the_app_are_not_the_callers_to_choose(
    administrator: Caller, tenant: FakeTenant, app_id: str
) -> None:
    sent = body(tenant, app_id) | {"firstname": "Best", "lastname": "Bot", "domainname": "bot@elsewhere.example"}
    made = await administrator.make("systemusers", sent)
    row = (await administrator.get(f"systemusers({made})")).json()
    assert (row["firstname"], row["lastname"]) == ("#", "OpenCX Integration")
    assert row["domainname"].endswith(f"{app_id}@{tenant.domain}")
    named = {"domainname": "other@elsewhere.example"}
    assert error(await administrator.ask("PATCH", f"systemusers({made})", named)) == (400, "0x80041d48")
    mail = {"internalemailaddress": "support@elsewhere.example"}
    assert (await administrator.ask("PATCH", f"systemusers({made})", mail)).status_code == 204


async def test_roles_can_be_given_at_creation(administrator: Caller, tenant: FakeTenant, app_id: str) -> None:
    organisation = tenant.organisation
    role, branch = organisation.role_named("Basic User"), organisation.add_business_unit("Branch")
    copy = organisation.role_named("Basic User", branch)
    assert role is not None
    assert copy is not None
    wrong = body(tenant, app_id) | {"systemuserroles_association@odata.bind": [f"/roles({copy['roleid']})"]}
    assert error(await administrator.ask("POST", "systemusers", wrong)) == (400, "0x80041409")
    assert organisation.application_user(app_id) is None
    right = body(tenant, app_id) | {"systemuserroles_association@odata.bind": [f"/roles({role['roleid']})"]}
    made = await administrator.make("systemusers", right)
    assert [each["roleid"] for each in organisation.roles_of(made)] == [role["roleid"]]


async def test_what_a_user_owns_must_go_before_it_does(administrator: Caller, tenant: FakeTenant, app_id: str) -> None:
    organisation = tenant.organisation
    made = await administrator.make("systemusers", body(tenant, app_id))
    queue = organisation.rows.require("systemuser", made)["queueid"]
    task = organisation.insert("task", {"subject": "Left over", "ownerid": made})
    await administrator.ask("PATCH", f"systemusers({made})", {"isdisabled": True, "applicationid": app_id})
    assert error(await administrator.ask("DELETE", f"systemusers({made})")) == (405, "0x80040227")
    organisation.delete("task", task)
    for _ in range(2):
        assert (await administrator.ask("DELETE", f"systemusers({made})")).status_code == 204
    assert organisation.get("queue", queue) is None


async def test_disabling_takes_a_privilege_of_its_own(
    administrator: Caller, integration: Caller, tenant: FakeTenant, app_id: str
) -> None:
    made = await administrator.make("systemusers", body(tenant, app_id))
    user = admit(tenant, {"prvReadUser": "Global", "prvWriteUser": "Global"})
    change = {"isdisabled": True, "applicationid": app_id}
    refused = await integration.ask("PATCH", f"systemusers({made})", change)
    assert error(refused) == (403, "0x80040220")
    assert "missing prvDisableUser" in refused.json()["error"]["message"]
    tenant.organisation.roles.grant(tenant.organisation.roles_of(user)[0]["roleid"], {"prvDisableUser": "Global"})
    assert (await integration.ask("PATCH", f"systemusers({made})", change)).status_code == 204


async def test_roles_and_privileges_are_asked_by_the_entra_id(
    administrator: Caller, tenant: FakeTenant, app_id: str
) -> None:
    organisation = tenant.organisation
    made = await administrator.make("systemusers", body(tenant, app_id))
    object_id = organisation.rows.require("systemuser", made)["azureactivedirectoryobjectid"]
    role = organisation.add_role("Reader")
    organisation.set_privileges(role, {"prvReadContact": "Deep"})
    organisation.assign_role(made, role)
    asked = f"RetrieveAadUserRoles(DirectoryObjectId={object_id})?$select=name,_parentrootroleid_value"
    (found,) = (await administrator.get(asked)).json()["value"]
    assert (found["name"], found["_parentrootroleid_value"]) == ("Reader", role)
    held = await administrator.get(f"RetrieveAadUserPrivileges(DirectoryObjectId={object_id})")
    assert [(each["PrivilegeName"], each["Depth"]) for each in held.json()["RolePrivileges"]] == [
        ("prvReadContact", "Deep")
    ]
    nobody = "00000000-0000-4000-8000-000000000000"
    for name in ("RetrieveAadUserRoles", "RetrieveAadUserPrivileges"):
        assert error(await administrator.get(f"{name}(DirectoryObjectId={nobody})")) == (404, "0x80040217")
        assert (await administrator.get(f"{name}(DirectoryObjectId='x')")).status_code == 404
