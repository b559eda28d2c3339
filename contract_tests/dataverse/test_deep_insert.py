"""Rows nested in the body of a new row: made together, or not at all."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

TOO_LONG = "x" * 1000


async def test_a_case_is_made_with_its_customer_and_its_notes(administrator: Caller, tenant: FakeTenant) -> None:
    case = await administrator.make(
        "incidents",
        {
            "title": "Deep",
            "customerid_contact": {"lastname": "Nested", "parentcustomerid_account": {"name": "Deeper"}},
            "Incident_Annotation": [{"subject": "one"}, {"subject": "two"}],
        },
    )
    row = tenant.organisation.get("incident", case)
    assert row is not None
    contact = tenant.organisation.get("contact", row["customerid"])
    assert contact is not None
    assert contact["lastname"] == "Nested"
    assert (tenant.organisation.get("account", contact["parentcustomerid"]) or {})["name"] == "Deeper"
    notes = tenant.organisation.select("annotation", objectid=case)
    assert {(note["subject"], note["objectid_type"]) for note in notes} == {("one", "incident"), ("two", "incident")}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(where=st.sampled_from(["root", "customer", "account", "first note", "last note"]))
async def test_a_failure_at_any_level_leaves_nothing(administrator: Caller, tenant: FakeTenant, where: str) -> None:
    def text(place: str) -> str:
        return TOO_LONG if place == where else "fine"

    body = {
        "title": text("root"),
        "customerid_contact": {"lastname": text("customer"), "parentcustomerid_account": {"name": text("account")}},
        "Incident_Annotation": [{"subject": text("first note")}, {"subject": text("last note")}],
    }
    before = tenant.organisation.store.image()
    assert error(await administrator.ask("POST", "incidents", body)) == (400, "0x80044331")
    assert tenant.organisation.store.image() == before


async def test_each_nested_row_takes_its_own_privileges(integration: Caller, tenant: FakeTenant) -> None:
    admit(
        tenant,
        dict.fromkeys(("prvCreateAccount", "prvReadAccount", "prvAppendAccount", "prvAppendToContact"), "Global"),
    )
    refused = await integration.ask("POST", "accounts", {"name": "A", "primarycontactid": {"lastname": "L"}})
    assert error(refused) == (403, "0x80040220")
    assert "prvCreateContact" in refused.json()["error"]["message"]
    assert tenant.organisation.select("account", name="A") == []


@pytest.mark.parametrize(
    "body",
    [
        {"lastname": "L", "parentcustomerid_account": "text"},
        {"lastname": "L", "parentcustomerid_account": [{"name": "A"}]},
        {"lastname": "L", "parentcustomerid_account": {"nosuch": 1}},
        {"lastname": "L", "incident_customer_contacts": {"title": "no list"}},
        {"lastname": "L", "incident_customer_contacts": ["text"]},
    ],
)
async def test_a_nested_value_of_the_wrong_shape_is_refused(administrator: Caller, body: dict[str, Any]) -> None:
    assert error(await administrator.ask("POST", "contacts", body)) == (400, "0x80048d19")


async def test_nesting_ends_somewhere_and_then_nothing_is_made(administrator: Caller, tenant: FakeTenant) -> None:
    body: dict[str, Any] = {"name": "bottom"}
    for _ in range(60):
        body = {"name": "level", "parentaccountid": body}
    before = tenant.organisation.store.image()
    assert error(await administrator.ask("POST", "accounts", body)) == (400, "0x80048d19")
    assert tenant.organisation.store.image() == before


async def test_without_the_solution_nothing_nested_brings_its_table_back(
    administrator: Caller, tenant: FakeTenant
) -> None:
    tenant.organisation.uninstall("customer_service")
    body = {"lastname": "L", "incident_customer_contacts": [{"title": "T"}]}
    assert error(await administrator.ask("POST", "contacts", body)) == (400, "0x80048d19")
