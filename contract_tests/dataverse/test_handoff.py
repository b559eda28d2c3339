"""What a handoff writes: contact, case, note, queue item, conversation; and the traps on its way."""

import re
from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, error
from mock_services.tenant import FakeTenant

ENOUGH: dict[str, str] = dict.fromkeys(
    [
        "prvReadContact", "prvCreateContact", "prvAppendToContact", "prvReadIncident", "prvCreateIncident",
        "prvWriteIncident", "prvAppendIncident", "prvAppendToIncident", "prvReadNote", "prvCreateNote", "prvAppendNote",
        "prvReadQueue", "prvAppendToQueue", "prvReadUser", "prvReadActivity", "prvCreateActivity", "prvAppendActivity",
        "prvAssignIncident",
    ],
    "Global",
)  # fmt: skip


@pytest.fixture
async def contact(administrator: Caller) -> str:
    return await administrator.make("contacts", {"lastname": "Lovelace"})


async def queue_named(caller: Caller, name: str) -> str:
    found = await caller.get(f"queues?$filter=name eq '{name}'&$select=name")
    return str(found.json()["value"][0]["queueid"])


async def test_a_case_gets_a_ticket_number_and_its_defaults(administrator: Caller, contact: str) -> None:
    body = {"title": "Refund", "prioritycode": 1, "customerid_contact@odata.bind": f"/contacts({contact})"}
    first, second = [await administrator.make("incidents", body) for _ in range(2)]
    rows = [(await administrator.get(f"incidents({each})")).json() for each in (first, second)]
    for row in rows:
        assert re.match(r"^CAS-\d{5,}-([A-Z]\d){3}$", row["ticketnumber"])
    assert rows[0]["ticketnumber"] != rows[1]["ticketnumber"]
    assert (rows[0]["prioritycode"], rows[0]["statecode"], rows[0]["statuscode"]) == (1, 0, 1)
    assert rows[0]["_customerid_value"] == contact


async def test_a_case_needs_exactly_one_active_customer(administrator: Caller, contact: str) -> None:
    nobody = await administrator.ask("POST", "incidents", {"title": "Support - Anonymous"})
    assert error(nobody) == (400, "0x80044410")
    account = await administrator.make("accounts", {"name": "A"})
    both = {
        "customerid_contact@odata.bind": f"/contacts({contact})",
        "customerid_account@odata.bind": f"/accounts({account})",
    }
    assert error(await administrator.ask("POST", "incidents", both)) == (400, "0x8004440f")
    await administrator.ask("PATCH", f"contacts({contact})", {"statecode": 1})
    both.pop("customerid_account@odata.bind")
    assert error(await administrator.ask("POST", "incidents", both)) == (400, "0x80040517")


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ({"prioritycode": 4}, "0x8004431a"),
        ({"description": "x" * 2001}, "0x80044331"),
        ({"title": "x" * 201}, "0x80044331"),
        ({"queueid@odata.bind": "/queues(00000000-0000-4000-8000-000000000000)"}, "0x80048d19"),
        ({"customerid@odata.bind": "/contacts(00000000-0000-4000-8000-000000000000)"}, "0x80048d19"),
    ],
    ids=str,
)
async def test_the_traps_of_a_case(administrator: Caller, contact: str, extra: dict[str, Any], code: str) -> None:
    body = {"title": "T", "customerid_contact@odata.bind": f"/contacts({contact})"}
    assert (await administrator.ask("POST", "incidents", body)).status_code == 204
    assert error(await administrator.ask("POST", "incidents", body | extra)) == (400, code)


async def test_a_case_is_not_resolved_by_patch_and_is_read_only_when_cancelled(
    administrator: Caller, contact: str
) -> None:
    case = await administrator.make("incidents", {"customerid_contact@odata.bind": f"/contacts({contact})"})
    path = f"incidents({case})"
    assert error(await administrator.ask("PATCH", path, {"statecode": 1, "statuscode": 5})) == (400, "0x80040203")
    assert error(await administrator.ask("PATCH", path, {"statecode": 2, "statuscode": 5})) == (400, "0x80048408")
    assert (await administrator.ask("PATCH", path, {"statuscode": 6})).status_code == 204
    assert (await administrator.get(f"{path}/statecode")).json()["value"] == 2
    assert error(await administrator.ask("PATCH", path, {"title": "New"})) == (400, "0x80044411")
    assert (await administrator.ask("PATCH", path, {"statecode": 0, "statuscode": 1})).status_code == 204
    assert (await administrator.ask("PATCH", path, {"title": "New"})).status_code == 204


async def test_a_note_hangs_on_its_case(administrator: Caller, contact: str) -> None:
    case = await administrator.make("incidents", {"customerid_contact@odata.bind": f"/contacts({contact})"})
    note = {"subject": "Transcript", "notetext": "…", "objectid_incident@odata.bind": f"/incidents({case})"}
    made = await administrator.make("annotations", note)
    row = (await administrator.get(f"annotations({made})")).json()
    assert (row["_objectid_value"], row["objecttypecode"]) == (case, "incident")
    listed = (await administrator.get(f"incidents({case})/Incident_Annotation?$select=subject")).json()["value"]
    assert [each["subject"] for each in listed] == ["Transcript"]


async def test_a_case_stands_in_one_queue_at_a_time(administrator: Caller, contact: str) -> None:
    case = await administrator.make(
        "incidents", {"title": "Q", "customerid_contact@odata.bind": f"/contacts({contact})"}
    )
    queue = await queue_named(administrator, "Customer Support")
    target = {"Target": {"incidentid": case, "@odata.type": "Microsoft.Dynamics.CRM.incident"}}
    action = f"queues({queue})/Microsoft.Dynamics.CRM.AddToQueue"
    added = await administrator.ask("POST", action, target)
    assert added.status_code == 200
    item = (await administrator.get(f"queueitems({added.json()['QueueItemId']})")).json()
    assert (item["title"], item["objecttypecode"], item["_objectid_value"]) == ("Q", 112, case)
    again = await administrator.ask("POST", action, target)
    assert again.json()["QueueItemId"] == added.json()["QueueItemId"]
    body = {"queueid@odata.bind": f"/queues({queue})", "objectid_incident@odata.bind": f"/incidents({case})"}
    assert error(await administrator.ask("POST", "queueitems", body)) == (400, "0x80040526")
    other = await queue_named(administrator, "Default messaging queue")
    moved = await administrator.ask(
        "POST", f"queues({other})/Microsoft.Dynamics.CRM.AddToQueue", target | {"SourceQueue": {"queueid": queue}}
    )
    assert moved.status_code == 200
    items = (await administrator.get(f"incidents({case})/Incident_QueueItem")).json()["value"]
    assert [each["_queueid_value"] for each in items] == [other]


async def test_the_whole_handoff_with_just_enough_privileges(
    administrator: Caller, integration: Caller, tenant: FakeTenant
) -> None:
    from contract_tests.dataverse.asking import admit

    user = admit(tenant, ENOUGH)
    contact = await integration.make("contacts", {"lastname": "L", "emailaddress1": "l@x.org"})
    case = await integration.make(
        "incidents",
        {"customerid_contact@odata.bind": f"/contacts({contact})", "ownerid@odata.bind": f"/systemusers({user})"},
    )
    await integration.make("annotations", {"objectid_incident@odata.bind": f"/incidents({case})"})
    queue = await queue_named(administrator, "Customer Support")
    target = {"Target": {"incidentid": case, "@odata.type": "Microsoft.Dynamics.CRM.incident"}}
    assert (
        await integration.ask("POST", f"queues({queue})/Microsoft.Dynamics.CRM.AddToQueue", target)
    ).status_code == 200
    conversation = {
        "subject": "Chat",
        "msdyn_channel": "192360000",
        "msdyn_cdsqueueid_msdyn_ocliveworkitem@odata.bind": f"/queues({queue})",
        "msdyn_customer_msdyn_ocliveworkitem_contact@odata.bind": f"/contacts({contact})",
        "regardingobjectid_incident_msdyn_ocliveworkitem@odata.bind": f"/incidents({case})",
    }
    await integration.make("msdyn_ocliveworkitems", conversation)


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("prvReadIncident", "prvReadIncident"),  # the owner, by default the caller, must be able to read its own
        ("prvCreateIncident", "prvCreateIncident"),
        ("prvAppendIncident", "prvAppendIncident"),
        ("prvAppendToContact", "prvAppendToContact"),
        ("prvAssignIncident", "prvAssignIncident"),
    ],
)
async def test_each_privilege_of_a_case_is_missed_by_name(
    integration: Caller, tenant: FakeTenant, contact: str, missing: str, named: str
) -> None:
    from contract_tests.dataverse.asking import admit

    user = admit(tenant, {name: depth for name, depth in ENOUGH.items() if name != missing})
    body = {
        "customerid_contact@odata.bind": f"/contacts({contact})",
        "ownerid@odata.bind": f"/systemusers({user})",
    }
    response = await integration.ask("POST", "incidents", body)
    assert error(response) == (403, "0x80040220")
    assert f"is missing {named} privilege" in response.json()["error"]["message"]
    assert tenant.organisation.select("incident") == []
