"""The traps on the way of a handoff, each sprung by the very request that the vendor's integration would send."""

from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

NOWHERE = "00000000-0000-4000-8000-000000000000"
PAYLOAD = (
    "Error identified in Payload provided by the user for Entity :'{set}', For more information on this error please"
    " follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : {inner}"
)
UNDECLARED = (
    "Microsoft.OData.ODataException: An undeclared property '{name}' which only has property annotations in the payload"
    " but no property value was found in the payload. In OData, only declared navigation properties and declared named"
    " streams can be represented as properties without values."
)


@pytest.fixture
async def contact(administrator: Caller) -> str:
    return await administrator.make("contacts", {"lastname": "Lovelace", "emailaddress1": "ada@x.org"})


def case(contact: str, **members: Any) -> dict[str, Any]:
    """The incident of the vendor's "conversations" page; a member that is None is left out."""
    whole = {
        "title": "billing - Ada Lovelace",
        "description": "Channel: phone\nSummary: an invoice\n",
        "prioritycode": 2,
        "customerid_contact@odata.bind": f"/contacts({contact})",
        **members,
    }
    return {name: value for name, value in whole.items() if value is not None}


async def refused(caller: Caller, body: Any, *, path: str = "incidents") -> tuple[int, str, str]:
    response = await caller.ask("POST", path, body)
    said = response.json()["error"]
    return response.status_code, said["code"], said["message"]


async def test_the_payload_without_a_trap_is_taken(administrator: Caller, contact: str) -> None:
    assert (await administrator.ask("POST", "incidents", case(contact))).status_code == 204


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("queueid", "/queues"),
        ("customerid", "/contacts"),
        ("subject", "/subjects"),
        ("customerid_Contact", "/contacts"),
    ],
)
async def test_a_bind_to_what_is_no_navigation_property(
    administrator: Caller, contact: str, member: str, value: str
) -> None:
    body = case(contact, **{f"{member}@odata.bind": f"{value}({NOWHERE})", "customerid_contact@odata.bind": None})
    inner = UNDECLARED.format(name=member)
    expected = PAYLOAD.format(set="incidents", inner=inner)
    assert await refused(administrator, body) == (400, "0x80048d19", expected)


async def test_an_incident_without_a_customer(administrator: Caller, contact: str) -> None:
    body = case(contact, **{"customerid_contact@odata.bind": None})
    expected = "You should specify a parent contact or account."
    assert await refused(administrator, body) == (400, "0x80044410", expected)


async def test_priority_four(administrator: Caller, contact: str) -> None:
    expected = (
        "A validation error occurred.  The value 4 of 'prioritycode' on record of type 'incident' is outside the valid"
        " range. Accepted Values: 1,2,3"
    )
    assert await refused(administrator, case(contact, prioritycode=4)) == (400, "0x8004431a", expected)


@pytest.mark.parametrize("column", ["prioritycode", "casetypecode", "caseorigincode"])
async def test_a_label_where_the_value_of_an_option_belongs(administrator: Caller, contact: str, column: str) -> None:
    inner = (
        "Microsoft.OData.ODataException: Cannot convert the literal 'High' to the expected type 'Edm.Int32'. --->"
        " System.FormatException: Input string was not in a correct format."
    )
    expected = PAYLOAD.format(set="incidents", inner=inner)
    assert await refused(administrator, case(contact, **{column: "High"})) == (400, "0x80048d19", expected)


async def test_a_description_with_the_whole_transcript(administrator: Caller, contact: str) -> None:
    assert (await administrator.ask("POST", "incidents", case(contact, description="x" * 2000))).status_code == 204
    expected = (
        "A validation error occurred.  The length of the 'description' attribute of the 'incident' entity exceeded the"
        " maximum allowed length of '2000'."
    )
    assert await refused(administrator, case(contact, description="x" * 2001)) == (400, "0x80044331", expected)
    # What looks like one character may count as two, as everything in SQL Server does.
    emoji = await refused(administrator, case(contact, description="\U0001f600" * 1001))
    assert emoji[:2] == (400, "0x80044331")


async def test_a_ticket_property_that_the_table_does_not_have(administrator: Caller, contact: str) -> None:
    inner = (
        "An error occurred while validating input parameters: Microsoft.Crm.CrmException: Invalid property"
        " 'new_channel' was found in entity 'Microsoft.Dynamics.CRM.incident'. ---> Microsoft.OData.ODataException:"
        " Does not support untyped value in non-open type."
    )
    expected = PAYLOAD.format(set="incidents", inner=inner)
    assert await refused(administrator, case(contact, new_channel="phone")) == (400, "0x80048d19", expected)


@pytest.mark.parametrize("value", ["systemusers", "/systemuser({id})", "account(test)", "/systemusers"])
async def test_a_lookup_that_is_mistyped(administrator: Caller, contact: str, value: str) -> None:
    body = case(contact, **{"ownerid@odata.bind": value.replace("{id}", NOWHERE)})
    expected = (
        "URL was not parsed due to an ODataUnrecognizedPathException. Resource not found for the segment provided"
        " in the URL."
    )
    assert await refused(administrator, body) == (400, "0x80060888", expected)


async def test_an_owner_a_contact_or_a_queue_that_is_not_there(administrator: Caller, contact: str) -> None:
    owner = case(contact, **{"ownerid@odata.bind": f"/systemusers({NOWHERE})"})
    assert (await refused(administrator, owner))[:2] == (404, "0x80040217")
    customer = case(NOWHERE)
    expected = f"Entity 'Contact' With Id = {NOWHERE} Does Not Exist"
    assert await refused(administrator, customer) == (404, "0x80040217", expected)


async def test_the_name_the_vendor_gives_to_live_work_items(administrator: Caller) -> None:
    expected = "Resource not found for the segment 'oc_liveworkitems'."
    assert await refused(administrator, {"subject": "Chat"}, path="oc_liveworkitems") == (404, "0x80060888", expected)


@pytest.mark.parametrize(
    ("solution", "path"), [("omnichannel", "msdyn_ocliveworkitems"), ("customer_service", "incidents")]
)
async def test_a_solution_that_is_not_installed(
    administrator: Caller, tenant: FakeTenant, solution: str, path: str
) -> None:
    tenant.organisation.uninstall(solution)
    expected = f"Resource not found for the segment '{path}'."
    assert await refused(administrator, {"subject": "Chat"}, path=path) == (404, "0x80060888", expected)
    assert error(await administrator.get(path)) == (404, "0x80060888")


async def test_an_apostrophe_in_the_e_mail_address(administrator: Caller) -> None:
    await administrator.make("contacts", {"lastname": "O'Neil", "emailaddress1": "o'neil@x.org"})
    raw = await administrator.get("contacts?$filter=emailaddress1 eq 'o'neil@x.org'")
    assert error(raw) == (400, "0x80060888")
    doubled = await administrator.get("contacts?$filter=emailaddress1 eq 'o''neil@x.org'")
    assert [row["lastname"] for row in doubled.json()["value"]] == ["O'Neil"]


async def test_a_reader_of_too_little_depth_finds_nobody_and_so_makes_a_second_contact(
    integration: Caller, tenant: FakeTenant, contact: str
) -> None:
    privileges = {"prvReadContact": "Basic", "prvCreateContact": "Basic"}
    admit(tenant, privileges)
    found = await integration.get("contacts?$filter=emailaddress1 eq 'ada@x.org'")
    assert (found.status_code, found.json()["value"]) == (200, [])
    await integration.make("contacts", {"lastname": "Lovelace", "emailaddress1": "ada@x.org"})
    assert len(tenant.organisation.select("contact", emailaddress1="ada@x.org")) == 2
    assert error(await integration.get(f"contacts({contact})")) == (403, "0x80048306")
