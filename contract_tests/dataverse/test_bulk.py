"""CreateMultiple, UpdateMultiple and UpsertMultiple: all rows or none, each behind the privileges of its kind."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

CREATE = "contacts/Microsoft.Dynamics.CRM.CreateMultiple"
UPDATE = "contacts/Microsoft.Dynamics.CRM.UpdateMultiple"
UPSERT = "contacts/Microsoft.Dynamics.CRM.UpsertMultiple"
NEW = "aaaaaaaa-0000-4000-8000-000000000001"


def target(**members: Any) -> dict[str, Any]:
    return {"@odata.type": "Microsoft.Dynamics.CRM.contact", **members}


async def test_many_rows_are_made_in_one_call_and_named_in_order(administrator: Caller) -> None:
    names = ["Ada", "Ben", "Cy"]
    made = await administrator.ask("POST", CREATE, {"Targets": [target(lastname=name) for name in names]})
    assert made.status_code == 200
    assert made.json()["@odata.context"].endswith("#Microsoft.Dynamics.CRM.CreateMultipleResponse")
    for name, id_ in zip(names, made.json()["Ids"], strict=True):
        assert (await administrator.get(f"contacts({id_})")).json()["lastname"] == name


async def test_an_update_names_each_row_by_its_key(administrator: Caller) -> None:
    one, two = [await administrator.make("contacts", {"lastname": name}) for name in ("One", "Two")]
    body = {"Targets": [target(contactid=one, jobtitle="A"), target(contactid=two, jobtitle="B")]}
    assert (await administrator.ask("POST", UPDATE, body)).status_code == 204
    assert (await administrator.get(f"contacts({two})")).json()["jobtitle"] == "B"


async def test_an_upsert_changes_what_is_there_and_makes_what_is_not(administrator: Caller) -> None:
    old = await administrator.make("contacts", {"lastname": "Old"})
    body = {
        "Targets": [
            target(**{"@odata.id": f"contacts({old})", "jobtitle": "Kept"}),
            target(**{"@odata.id": f"contacts({NEW})", "lastname": "New"}),
        ]
    }
    assert (await administrator.ask("POST", UPSERT, body)).status_code == 204
    assert (await administrator.get(f"contacts({old})")).json()["jobtitle"] == "Kept"
    assert (await administrator.get(f"contacts({NEW})")).json()["lastname"] == "New"


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 4), action=st.sampled_from([CREATE, UPDATE, UPSERT]))
async def test_one_bad_row_anywhere_leaves_the_table_as_it_was(
    administrator: Caller, tenant: FakeTenant, place: int, action: str
) -> None:
    here = tenant.organisation.insert("contact", {"lastname": "Here"})
    good = [target(lastname="Fine", **({} if action == CREATE else {"contactid": here})) for _ in range(4)]
    bad = target(lastname="x" * 51, **({} if action == CREATE else {"contactid": here}))
    before = tenant.organisation.store.image()
    response = await administrator.ask("POST", action, {"Targets": [*good[:place], bad, *good[place:]]})
    assert error(response) == (400, "0x80044331")
    assert tenant.organisation.store.image() == before


@pytest.mark.parametrize(
    ("action", "body", "expected"),
    [
        (CREATE, {}, (400, "0x80048d19")),
        (CREATE, {"Targets": [{"lastname": "untyped"}]}, (400, "0x80048d19")),
        (CREATE, {"Targets": [{"@odata.type": "Microsoft.Dynamics.CRM.account"}]}, (400, "0x80048d19")),
        (CREATE, {"Targets": ["text"]}, (400, "0x80048d19")),
        (UPDATE, {"Targets": [target(lastname="no key")]}, (400, "0x80040203")),
        (UPDATE, {"Targets": [target(contactid=NEW, lastname="L")]}, (404, "0x80040217")),
        (UPSERT, {"Targets": [target(**{"@odata.id": f"accounts({NEW})"})]}, (400, "0x80060888")),
        (UPSERT, {"Targets": [target(**{"@odata.id": "contacts(emailaddress1='a@b.c')"})]}, (400, "0x80060888")),
        ("contacts/Microsoft.Dynamics.CRM.NoSuchMultiple", {}, (404, "0x80060888")),
        ("contacts/Microsoft.Dynamics.CRM.DeleteMultiple", {"Targets": []}, (400, "0x80040800")),
        ("systemusers/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": []}, (400, "0x80040800")),
    ],
)
async def test_what_is_wrong_with_a_bulk_call_is_said(
    administrator: Caller, action: str, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error(await administrator.ask("POST", action, body)) == expected


async def test_bulk_calls_take_the_same_privileges_as_single_ones(integration: Caller, tenant: FakeTenant) -> None:
    admit(tenant, {"prvCreateContact": "Global", "prvReadContact": "Global"})
    made = await integration.ask("POST", CREATE, {"Targets": [target(lastname="L")]})
    assert made.status_code == 200
    (id_,) = made.json()["Ids"]
    changed = await integration.ask("POST", UPDATE, {"Targets": [target(contactid=id_, lastname="M")]})
    assert error(changed) == (403, "0x80040220")
