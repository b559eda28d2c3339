"""People as users: made from the directory, moved with what they own, and what of them is fixed."""

from typing import Any

import pytest

from contract_tests.dataverse.asking import CLIENT_ID, Caller, admit, error
from mock_services.state.directory.records import User
from mock_services.tenant import FakeTenant


@pytest.fixture
def person(tenant: FakeTenant) -> User:
    return tenant.directory.add_user(f"ada@{tenant.domain}", "Ada Lovelace", "Correct-horse-1")


def body(tenant: FakeTenant, **members: Any) -> dict[str, Any]:
    return {"businessunitid@odata.bind": f"/businessunits({tenant.organisation.root_business_unit})", **members}


@pytest.mark.parametrize("by", ["azureactivedirectoryobjectid", "domainname"])
async def test_a_person_is_found_in_the_directory(
    administrator: Caller, tenant: FakeTenant, person: User, by: str
) -> None:
    named = {"azureactivedirectoryobjectid": person.id, "domainname": person.user_principal_name.upper()}
    made = await administrator.make("systemusers", body(tenant, **{by: named[by]}))
    row = (await administrator.get(f"systemusers({made})")).json()
    assert (row["fullname"], row["domainname"]) == ("Ada Lovelace", person.user_principal_name)
    assert (row["azureactivedirectoryobjectid"], row["applicationid"]) == (person.id, None)
    assert (row["accessmode"], row["isdisabled"], row["islicensed"]) == (0, False, True)
    assert tenant.organisation.roles_of(made) == []
    again = await administrator.ask("POST", "systemusers", body(tenant, **{by: named[by]}))
    assert error(again) == (400, "0x80041d2c")
    tenant.organisation.update("systemuser", made, {"isdisabled": True, "deletedstate": 1})
    again = await administrator.ask("POST", "systemusers", body(tenant, **{by: named[by]}))
    assert error(again) == (412, "0x80040237")


async def test_without_a_first_name_there_is_a_sign_in_its_place(administrator: Caller, tenant: FakeTenant) -> None:
    person = tenant.directory.add_user(f"plato@{tenant.domain}", "Plato", "Correct-horse-1")
    made = await administrator.make("systemusers", body(tenant, azureactivedirectoryobjectid=person.id))
    assert tenant.organisation.rows.require("systemuser", made)["fullname"] == "# Plato"


async def test_whom_the_directory_does_not_know_is_no_user(
    administrator: Caller, tenant: FakeTenant, person: User
) -> None:
    other = f"nobody@{tenant.domain}"
    for members in (
        {"azureactivedirectoryobjectid": CLIENT_ID},
        {"domainname": other},
        {"azureactivedirectoryobjectid": person.id, "domainname": other},
    ):
        assert error(await administrator.ask("POST", "systemusers", body(tenant, **members))) == (400, "0x80041d4b")
    nameless = body(tenant, firstname="Ada", lastname="Lovelace")
    assert error(await administrator.ask("POST", "systemusers", nameless)) == (400, "0x80041d01")
    assert tenant.organisation.user_of(person.id) is None


@pytest.mark.parametrize(
    ("change", "at_creation", "later"),
    [
        ({"islicensed": False}, "0x80041d4d", "0x80041d4c"),
        ({"accessmode": 3}, "0x80041d41", "0x80041d41"),
        ({"accessmode": 5}, "0x80041d67", "0x80041d67"),
        ({"issyncwithdirectory": True}, None, "0x80041d4e"),
        ({"azureactivedirectoryobjectid": CLIENT_ID}, None, "0x80041d4f"),
    ],
    ids=str,
)
async def test_some_of_a_user_is_not_the_callers_to_set(
    administrator: Caller, tenant: FakeTenant, person: User, change: dict[str, Any], at_creation: str | None, later: str
) -> None:
    good = body(tenant, azureactivedirectoryobjectid=person.id)
    if at_creation is not None:
        assert error(await administrator.ask("POST", "systemusers", good | change)) == (400, at_creation)
    made = await administrator.make("systemusers", good)
    assert error(await administrator.ask("PATCH", f"systemusers({made})", change)) == (400, later)
    assert (await administrator.ask("PATCH", f"systemusers({made})", {"title": "Countess"})).status_code == 204


async def test_what_a_user_owns_moves_with_it(administrator: Caller, tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    branch, user = organisation.add_business_unit("Branch"), admit(tenant, None)
    contact = organisation.insert("contact", {"lastname": "L", "ownerid": user})
    moved = {"businessunitid@odata.bind": f"/businessunits({branch})"}
    assert (await administrator.ask("PATCH", f"systemusers({user})", moved)).status_code == 204
    assert organisation.rows.require("contact", contact)["owningbusinessunit"] == branch


def move(unit: str, heir: str, **members: Any) -> dict[str, Any]:
    return {
        "BusinessUnit": {"@odata.type": "Microsoft.Dynamics.CRM.businessunit", "businessunitid": unit},
        "ReassignPrincipal": {"@odata.type": "Microsoft.Dynamics.CRM.systemuser", "systemuserid": heir},
        **members,
    }


async def test_the_action_moves_a_user_and_hands_over_what_it_owns(administrator: Caller, tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    root, branch, user = organisation.root_business_unit, organisation.add_business_unit("Branch"), admit(tenant, None)
    heir = (await administrator.get("WhoAmI")).json()["UserId"]
    path = f"systemusers({user})/Microsoft.Dynamics.CRM.SetBusinessSystemUser"
    contact = organisation.insert("contact", {"lastname": "L", "ownerid": user})
    assert (await administrator.ask("POST", path, move(branch, user, DoNotMoveAllRecords=True))).status_code == 204
    row = organisation.rows.require("contact", contact)
    assert (row["ownerid"], row["owningbusinessunit"]) == (user, root)
    assert (await administrator.ask("POST", path, move(root, user))).status_code == 204
    assert (await administrator.ask("POST", path, move(branch, heir))).status_code == 204
    row = organisation.rows.require("contact", contact)
    assert (row["ownerid"], row["owningbusinessunit"]) == (heir, root)
    moved = organisation.rows.require("systemuser", user)
    assert moved["businessunitid"] == branch
    assert organisation.rows.require("queue", moved["queueid"])["ownerid"] == user
    for sent, answer in (
        (move(CLIENT_ID, heir), (404, "0x80040217")),
        (move(root, CLIENT_ID), (404, "0x80040217")),
        (move(root, heir, DoNotMoveAllRecords="no"), (400, "0x80048d19")),
        ({"BusinessUnit": move(root, heir)["ReassignPrincipal"]}, (400, "0x80048d19")),
        ({}, (400, "0x80048d19")),
    ):
        assert error(await administrator.ask("POST", path, sent)) == answer
    assert organisation.rows.require("systemuser", user)["businessunitid"] == branch


async def test_moving_takes_a_privilege_of_its_own(integration: Caller, tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    branch = organisation.add_business_unit("Branch")
    user = admit(
        tenant, dict.fromkeys(("prvReadUser", "prvWriteUser", "prvAppendUser", "prvAppendToBusinessUnit"), "Global")
    )
    other = organisation.add_application_user(app_id=branch, object_id=branch, name="O", tenant_domain="x")
    moved = {"businessunitid@odata.bind": f"/businessunits({branch})"}
    for verb, path, sent in (
        ("PATCH", f"systemusers({other})", moved),
        ("POST", f"systemusers({other})/Microsoft.Dynamics.CRM.SetBusinessSystemUser", move(branch, other)),
    ):
        refused = await integration.ask(verb, path, sent)
        assert error(refused) == (403, "0x80040220")
        assert "missing prvReparentUser" in refused.json()["error"]["message"]
    organisation.roles.grant(organisation.roles_of(user)[0]["roleid"], {"prvReparentUser": "Global"})
    assert (await integration.ask("PATCH", f"systemusers({other})", moved)).status_code == 204
