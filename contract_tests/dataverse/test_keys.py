"""Alternate keys: rows found, made, changed, bound and kept apart by columns other than the primary key."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import Caller, admit, error
from contract_tests.dataverse.batches import batch, change_set, part
from mock_services.tenant import FakeTenant

NUMBER = "accounts(accountnumber='A1')"


@pytest.fixture(autouse=True)
def keyed(tenant: FakeTenant) -> None:
    """Account numbers, and the name and city of an account, and an e-mail address and an employer, as keys."""
    organisation = tenant.organisation
    account, contact = organisation.schema.table("account"), organisation.schema.table("contact")
    keys = {"new_number": ("accountnumber",), "new_place": ("name", "address1_city", "numberofemployees")}
    organisation.define(replace(account, keys=keys))
    organisation.define(replace(contact, keys={"new_person": ("emailaddress1", "parentcustomerid")}))


@pytest.fixture
async def account(administrator: Caller) -> str:
    return await administrator.make("accounts", {"name": "First", "accountnumber": "A1"})


async def test_a_row_is_read_and_deleted_by_a_key(administrator: Caller, account: str) -> None:
    assert (await administrator.get(f"{NUMBER}?$select=name")).json()["accountid"] == account
    assert (await administrator.get("accounts(accountnumber='a1')/name")).json()["value"] == "First"
    assert (await administrator.ask("DELETE", NUMBER)).status_code == 204
    for verb in ("GET", "DELETE"):
        gone = await administrator.ask(verb, NUMBER)
        assert error(gone) == (404, "0x80060891")
        assert gone.json()["error"]["message"] == (
            "A record with the specified key values does not exist in account entity"
        )


async def test_an_upsert_by_key_makes_the_row_and_answers_with_the_key(administrator: Caller) -> None:
    made = await administrator.ask("PATCH", NUMBER, {"name": "New"})
    assert made.status_code == 204
    assert made.headers["OData-EntityId"].endswith("/api/data/v9.2/accounts(accountnumber='A1')")
    row = (await administrator.get(NUMBER)).json()
    assert (row["name"], row["accountnumber"]) == ("New", "A1")
    again = await administrator.ask("PATCH", NUMBER, {"name": "Newer"})
    assert again.headers["OData-EntityId"] == made.headers["OData-EntityId"]
    assert (await administrator.get(f"accounts({row['accountid']})")).json()["name"] == "Newer"


async def test_the_body_cannot_change_the_key_that_found_the_row_but_decides_that_of_a_new_one(
    administrator: Caller, account: str
) -> None:
    body = {"accountnumber": "B2", "name": "Changed"}
    assert (await administrator.ask("PATCH", NUMBER, body)).status_code == 204
    row = (await administrator.get(f"accounts({account})")).json()
    assert (row["accountnumber"], row["name"]) == ("A1", "Changed")
    assert (await administrator.ask("PATCH", "accounts(accountnumber='C3')", body)).status_code == 204
    assert (await administrator.get("accounts(accountnumber='B2')")).status_code == 200
    assert (await administrator.get("accounts(accountnumber='C3')")).status_code == 404


async def test_conditions_hold_for_keys_too(administrator: Caller, account: str) -> None:
    absent = "accounts(accountnumber='none')"
    assert error(await administrator.ask("PATCH", absent, {"name": "N"}, headers={"If-Match": "*"})) == (
        404,
        "0x80060891",
    )
    assert error(await administrator.ask("PATCH", NUMBER, {"name": "N"}, headers={"If-None-Match": "*"})) == (
        412,
        "0x80040237",
    )
    represented = {"Prefer": "return=representation"}
    assert (
        await administrator.ask("PATCH", f"{absent}?$select=name", {"name": "N"}, headers=represented)
    ).status_code == 201
    assert (
        await administrator.ask("PATCH", f"{absent}?$select=name", {"name": "M"}, headers=represented)
    ).status_code == 200


async def test_several_columns_and_a_lookup_make_a_key(administrator: Caller, account: str) -> None:
    place = "accounts(numberofemployees=5,name='O''Neil',address1_city='a/b, c')"
    assert (await administrator.ask("PATCH", quote(place, safe="(),='"), {"description": "D"})).status_code == 204
    row = (await administrator.get(quote(place, safe="(),='"))).json()
    assert (row["name"], row["address1_city"], row["numberofemployees"]) == ("O'Neil", "a/b, c", 5)
    person = f"contacts(emailaddress1='a@b.c',_parentcustomerid_value={account})"
    assert (await administrator.ask("PATCH", person, {"lastname": "L"})).status_code == 204
    assert (await administrator.get(f"{person}/parentcustomerid_account")).json()["accountid"] == account


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("name='First'", "The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.account'."),
        ("accountnumber='A1',name='First'", "The key in the request URI is not valid"),
        ("accountnumber='A1',accountnumber='A1'", "The key in the request URI is not valid"),
        ("nosuch='x'", "The key in the request URI is not valid"),
        ("accountnumber=null", "has a null value. Key properties must not have null values."),
        ("accountnumber=A1", "Bad Request"),
        ("accountnumber='A1", "Bad Request"),
        ("numberofemployees='x',name='a',address1_city='b'", "Bad Request"),
        ("'A1'", "Bad Request"),
        ("", "Bad Request"),
    ],
)
async def test_a_key_that_is_none_is_refused(administrator: Caller, account: str, key: str, says: str) -> None:
    for verb in ("GET", "PATCH", "DELETE"):
        refused = await administrator.ask(verb, f"accounts({key})", {} if verb == "PATCH" else None)
        assert error(refused) == (400, "0x80060888")
        assert says in refused.json()["error"]["message"]


async def test_rows_are_bound_referred_to_and_listed_by_key(administrator: Caller, account: str) -> None:
    contact = await administrator.make("contacts", {"lastname": "L", "parentcustomerid_account@odata.bind": NUMBER})
    row = (await administrator.get(f"contacts({contact})")).json()
    assert row["_parentcustomerid_value"] == account
    assert (
        await administrator.ask("PUT", f"{NUMBER}/primarycontactid/$ref", {"@odata.id": f"contacts({contact})"})
    ).status_code == 204
    assert (await administrator.get(f"{NUMBER}/primarycontactid")).json()["contactid"] == contact
    assert (
        await administrator.ask(
            "DELETE", f"contacts({contact})/parentcustomerid_account/$ref", headers={"If-Match": "*"}
        )
    ).status_code == 204
    assert (
        await administrator.ask(
            "POST", f"{NUMBER}/contact_customer_accounts/$ref", {"@odata.id": f"contacts({contact})"}
        )
    ).status_code == 204
    assert (await administrator.get(f"{NUMBER}/contact_customer_accounts/$count")).text.endswith("1")
    missing = {"lastname": "M", "parentcustomerid_account@odata.bind": "/accounts(accountnumber='none')"}
    assert error(await administrator.ask("POST", "contacts", missing)) == (404, "0x80060891")


async def test_a_key_keeps_its_values_apart_unless_a_part_is_empty(administrator: Caller, account: str) -> None:
    other = await administrator.make("accounts", {"name": "Other"})
    await administrator.make("accounts", {"name": "Other"})
    rich = {"Prefer": 'odata.include-annotations="*"'}
    for verb, path in (("POST", "accounts"), ("PATCH", f"accounts({other})")):
        clash = await administrator.ask(verb, path, {"accountnumber": "a1"}, headers=rich)
        assert error(clash) == (412, "0x80060892")
        said = clash.json()["error"]
        assert said["message"].startswith(
            "Entity Key Number violated. A record with the same value for Account Number "
        )
        assert said["@Microsoft.PowerApps.CDS.ErrorDetails.DuplicateAttributes"] == (
            "<DuplicateAttributes><accountnumber>a1</accountnumber></DuplicateAttributes>"
        )
    assert (await administrator.ask("PATCH", f"accounts({account})", {"accountnumber": "A1"})).status_code == 204


async def test_upsert_multiple_goes_by_key_and_by_references_of_a_change_set(
    administrator: Caller, account: str, tenant: FakeTenant
) -> None:
    kind = {"@odata.type": "Microsoft.Dynamics.CRM.account"}
    targets = [
        {**kind, "@odata.id": "accounts(accountnumber='A1')", "name": "Kept"},
        {**kind, "@odata.id": "accounts(accountnumber='Z9')", "name": "Made"},
    ]
    action = "accounts/Microsoft.Dynamics.CRM.UpsertMultiple"
    assert (await administrator.ask("POST", action, {"Targets": targets})).status_code == 204
    found = tenant.organisation.select("account")
    assert {(row["accountnumber"], row["name"]) for row in found} == {("A1", "Kept"), ("Z9", "Made")}
    status, parts = await batch(
        administrator,
        change_set(
            part("PATCH", "accounts(accountnumber='Y8')", {"name": "By key"}, content_id="1"),
            part("POST", "contacts", {"lastname": "L", "parentcustomerid_account@odata.bind": "$1"}, content_id="2"),
        ),
    )
    assert (status, [each.status for each in parts]) == (200, [204, 204])


async def test_a_caller_without_the_privilege_learns_nothing_about_keys(
    integration: Caller, tenant: FakeTenant, account: str
) -> None:
    admit(tenant, {"prvReadContact": "Global"})
    for path in (NUMBER, "accounts(accountnumber='none')"):
        assert error(await integration.get(path)) == (403, "0x80040220")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(number=st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable() and text == text.strip()))
async def test_any_text_is_found_again_by_the_key_it_was_made_with(
    administrator: Caller, tenant: FakeTenant, number: str
) -> None:
    before = tenant.organisation.store.image()
    path = "accounts(accountnumber='" + quote(number.replace("'", "''"), safe="'") + "')"
    made = await administrator.ask("PATCH", path, {"name": "N"})
    assert made.status_code == 204, made.text
    found: dict[str, Any] = (await administrator.get(path)).json()
    assert found["accountnumber"] == number
    assert (await administrator.get(made.headers["OData-EntityId"])).json()["accountid"] == found["accountid"]
    tenant.organisation.store.load(before)
