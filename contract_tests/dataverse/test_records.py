"""Rows: made, read, changed, removed, and what is refused on the way."""

import re
from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, error
from mock_services.tenant import FakeTenant

NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def contact(administrator: Caller) -> str:
    return await administrator.make(
        "contacts", {"firstname": "Ada", "lastname": "Lovelace", "emailaddress1": "ada@x.org"}
    )


async def test_a_new_row_is_named_in_both_headers_and_has_no_body(administrator: Caller) -> None:
    response = await administrator.ask("POST", "contacts", {"lastname": "Lovelace"})
    assert response.status_code == 204
    assert response.content == b""
    assert "Content-Type" not in response.headers
    assert response.headers["OData-EntityId"] == response.headers["Location"]
    assert re.search(r"/api/data/v9\.2/contacts\([0-9a-f-]{36}\)$", response.headers["Location"])


async def test_the_platform_fills_in_what_it_always_does(
    administrator: Caller, tenant: FakeTenant, contact: str
) -> None:
    row = (await administrator.get(f"contacts({contact})")).json()
    me = (await administrator.get("WhoAmI")).json()
    assert row["fullname"] == "Ada Lovelace"
    assert row["createdon"] == row["modifiedon"] == tenant.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert {row["_ownerid_value"], row["_createdby_value"], row["_owninguser_value"]} == {me["UserId"]}
    assert row["_owningbusinessunit_value"] == me["BusinessUnitId"]
    assert (row["statecode"], row["statuscode"]) == (0, 1)
    assert row["@odata.etag"] == f'W/"{row["versionnumber"]}"'
    assert "jobtitle" in row
    assert row["jobtitle"] is None


async def test_a_representation_honours_select_and_says_so(administrator: Caller) -> None:
    response = await administrator.ask(
        "POST", "contacts?$select=fullname", {"lastname": "L"}, headers={"Prefer": "return=representation"}
    )
    assert response.status_code == 201
    assert response.headers["Preference-Applied"] == "return=representation"
    assert set(response.json()) == {"@odata.context", "@odata.etag", "contactid", "fullname"}


async def test_patch_changes_an_existing_row_and_moves_its_etag(administrator: Caller, contact: str) -> None:
    before = (await administrator.get(f"contacts({contact})")).json()
    assert (await administrator.ask("PATCH", f"contacts({contact})", {"lastname": "King"})).status_code == 204
    after = (await administrator.get(f"contacts({contact})")).json()
    assert after["fullname"] == "Ada King"
    assert after["emailaddress1"] == "ada@x.org"
    assert after["versionnumber"] > before["versionnumber"]


async def test_patch_of_a_row_that_is_not_there_makes_it_unless_told_not_to(administrator: Caller) -> None:
    refused = await administrator.ask("PATCH", f"contacts({NOWHERE})", {"lastname": "L"}, headers={"If-Match": "*"})
    assert error(refused) == (404, "0x80040217")
    assert (await administrator.ask("PATCH", f"contacts({NOWHERE})", {"lastname": "L"})).status_code == 204
    assert (await administrator.get(f"contacts({NOWHERE})")).json()["lastname"] == "L"
    again = await administrator.ask("PATCH", f"contacts({NOWHERE})", {}, headers={"If-None-Match": "*"})
    assert error(again) == (412, "0x80040237")


async def test_a_stale_etag_changes_and_deletes_nothing(administrator: Caller, contact: str) -> None:
    old = (await administrator.get(f"contacts({contact})")).headers["ETag"]
    fresh = await administrator.ask("PATCH", f"contacts({contact})", {"jobtitle": "A"}, headers={"If-Match": old})
    assert fresh.status_code == 204
    for verb in ("PATCH", "DELETE"):
        stale = await administrator.ask(verb, f"contacts({contact})", {"jobtitle": "B"}, headers={"If-Match": old})
        assert error(stale) == (412, "0x80060882")
    assert (await administrator.get(f"contacts({contact})/jobtitle")).json()["value"] == "A"


async def test_an_unchanged_row_is_not_sent_again(administrator: Caller, contact: str) -> None:
    tag = (await administrator.get(f"contacts({contact})")).headers["ETag"]
    assert (await administrator.get(f"contacts({contact})", headers={"If-None-Match": tag})).status_code == 304
    assert (await administrator.get(f"contacts({contact})", headers={"If-None-Match": "null"})).status_code == 200


async def test_single_properties_are_read_set_and_emptied(administrator: Caller, contact: str) -> None:
    path = f"contacts({contact})/jobtitle"
    assert (await administrator.get(path)).status_code == 204
    assert (await administrator.ask("PUT", path, {"value": "Countess"})).status_code == 204
    assert (await administrator.get(path)).json()["value"] == "Countess"
    assert (await administrator.ask("DELETE", path)).status_code == 204
    assert (await administrator.get(path)).status_code == 204


async def test_a_deleted_row_is_gone_and_its_cases_with_it(administrator: Caller, contact: str) -> None:
    case = await administrator.make("incidents", {"customerid_contact@odata.bind": f"/contacts({contact})"})
    note = await administrator.make("annotations", {"objectid_incident@odata.bind": f"/incidents({case})"})
    assert (await administrator.ask("DELETE", f"contacts({contact})", headers={"If-Match": "*"})).status_code == 204
    for path in (f"contacts({contact})", f"incidents({case})", f"annotations({note})"):
        assert error(await administrator.get(path)) == (404, "0x80040217")
    gone = await administrator.ask("DELETE", f"contacts({contact})")
    assert gone.json()["error"]["message"] == f"Entity 'Contact' With Id = {contact} Does Not Exist"


async def test_a_key_in_use_is_a_duplicate(administrator: Caller, contact: str) -> None:
    response = await administrator.ask("POST", "contacts", {"contactid": contact, "lastname": "Twin"})
    assert error(response) == (412, "0x80040237")
    assert response.json()["error"]["message"] == "A record with matching key values already exists."


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"lastnam": "x"}, 400, "0x80048d19"),
        ({"parentcustomerid@odata.bind": f"/contacts({NOWHERE})"}, 400, "0x80048d19"),
        ({"_parentcustomerid_value": NOWHERE}, 400, "0x80060888"),
        ({"parentcustomerid_contact": NOWHERE}, 400, "0x80048d19"),
        ({"parentcustomerid_contact@odata.bind": f"/contact({NOWHERE})"}, 400, "0x80060888"),
        ({"parentcustomerid_contact@odata.bind": "account(test)"}, 400, "0x80060888"),
        ({"parentcustomerid_contact@odata.bind": f"/accounts({NOWHERE})"}, 400, "0x80048d19"),
        ({"parentcustomerid_contact@odata.bind": f"/contacts({NOWHERE})"}, 404, "0x80040217"),
        ({"lastname": 5}, 400, "0x80048d19"),
        ({"gendercode": "Charity"}, 400, "0x80048d19"),
        ({"gendercode": 9}, 400, "0x8004431a"),
        ({"donotemail": "yes"}, 400, "0x80048d19"),
        ({"birthdate": "yesterday"}, 400, "0x80048d19"),
        ({"annualincome": -1}, 400, "0x80044330"),
        ({"lastname": "x" * 51}, 400, "0x80044331"),
        ({"lastname": "a\u0000b"}, 400, "0x80040278"),
        ({"statuscode": 77}, 400, "0x80048408"),
        ({"statuscode": 2}, 400, "0x80048408"),
        ({"ownerid@odata.bind": None}, 400, "0x80040200"),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_body_that_does_not_fit_is_refused_and_nothing_is_made(
    administrator: Caller, body: dict[str, Any], status: int, code: str
) -> None:
    response = await administrator.ask("POST", "contacts", body)
    assert error(response) == (status, code), response.text
    assert (await administrator.get("contacts/$count")).text == "\ufeff0"


async def test_texts_of_refused_bodies_are_the_recorded_ones(administrator: Caller) -> None:
    def said(response: Any) -> str:
        return str(response.json()["error"]["message"])

    bound = {"parentcustomerid@odata.bind": f"/contacts({NOWHERE})"}
    undeclared = said(await administrator.ask("POST", "contacts", bound))
    assert "for Entity :'contacts'" in undeclared
    assert "An undeclared property 'parentcustomerid' which only has property annotations" in undeclared
    long = said(await administrator.ask("POST", "contacts", {"lastname": "x" * 51}))
    assert long == (
        "A validation error occurred.  The length of the 'lastname' attribute of the 'contact' entity exceeded the"
        " maximum allowed length of '50'."
    )


@pytest.mark.parametrize(
    "form", ["/contacts({})", "contacts({})", "https://{host}{root}/contacts({})", "{root}/contacts({})"]
)
async def test_every_spelling_of_a_bound_row_is_understood(administrator: Caller, contact: str, form: str) -> None:
    host = administrator.host.replace(".crm", ".api.crm")
    reference = form.replace("{host}", host).replace("{root}", "/api/data/v9.1").format(contact)
    made = await administrator.make("accounts", {"name": "A", "primarycontactid@odata.bind": reference})
    row = (await administrator.get(f"accounts({made})?$select=_primarycontactid_value")).json()
    assert row["_primarycontactid_value"] == contact


async def test_lookups_are_cleared_by_null_and_by_ref(administrator: Caller, contact: str) -> None:
    account = await administrator.make(
        "accounts", {"name": "A", "primarycontactid@odata.bind": f"/contacts({contact})"}
    )
    path = f"accounts({account})/primarycontactid"
    assert (await administrator.get(f"{path}?$select=fullname")).json()["fullname"] == "Ada Lovelace"
    assert (await administrator.ask("DELETE", f"{path}/$ref")).status_code == 204
    assert (await administrator.get(path)).status_code == 204
    body = {"@odata.id": f"contacts({contact})"}
    assert (await administrator.ask("PUT", f"{path}/$ref", body)).status_code == 204
    assert (await administrator.get(f"{path}/$ref")).json()["@odata.id"].endswith(f"/contacts({contact})")
    assert (
        await administrator.ask("PATCH", f"accounts({account})", {"primarycontactid@odata.bind": None})
    ).status_code == 204
    assert (await administrator.get(path)).status_code == 204


async def test_a_collection_takes_and_gives_back_rows_by_ref(administrator: Caller, contact: str) -> None:
    account = await administrator.make("accounts", {"name": "A"})
    path = f"accounts({account})/contact_customer_accounts"
    added = await administrator.ask("POST", f"{path}/$ref", {"@odata.id": f"contacts({contact})"})
    assert added.status_code == 204
    assert [row["contactid"] for row in (await administrator.get(path)).json()["value"]] == [contact]
    assert (await administrator.get(f"{path}/$count")).text == "\ufeff1"
    assert (await administrator.ask("DELETE", f"{path}({contact})/$ref")).status_code == 204
    assert (await administrator.get(path)).json()["value"] == []


async def test_annotations_come_only_when_preferred(administrator: Caller, contact: str) -> None:
    path = f"contacts({contact})?$select=preferredcontactmethodcode,_ownerid_value,donotemail,createdon"
    plain = (await administrator.get(path)).json()
    assert [name for name in plain if "@" in name] == ["@odata.context", "@odata.etag"]
    rich = (await administrator.get(path, headers={"Prefer": 'odata.include-annotations="*"'})).json()
    assert rich["preferredcontactmethodcode@OData.Community.Display.V1.FormattedValue"] == "Any"
    assert rich["donotemail@OData.Community.Display.V1.FormattedValue"] == "No"
    assert rich["_ownerid_value@OData.Community.Display.V1.FormattedValue"] == "# Set-up operator"
    assert rich["_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "systemuser"
    assert rich["_ownerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty"] == "ownerid"
    one = await administrator.get(
        path, headers={"Prefer": 'odata.maxpagesize=5,odata.include-annotations="x,Microsoft.Dynamics.CRM.*"'}
    )
    assert "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname" in one.json()
    assert "_ownerid_value@OData.Community.Display.V1.FormattedValue" not in one.json()


async def test_a_refusal_carries_its_annotations_only_when_preferred(administrator: Caller) -> None:
    path = f"contacts({NOWHERE})"
    assert set((await administrator.get(path)).json()["error"]) == {"code", "message"}
    rich = (await administrator.get(path, headers={"Prefer": 'odata.include-annotations="*"'})).json()["error"]
    assert rich["@Microsoft.PowerApps.CDS.ErrorDetails.ApiExceptionHttpStatusCode"] == "404"
    assert rich["@Microsoft.PowerApps.CDS.HelpLink"].endswith(
        "error=Microsoft.Crm.CrmException%3a80040217&client=platform"
    )
