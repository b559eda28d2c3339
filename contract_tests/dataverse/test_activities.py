"""Tasks, e-mails, calls and appointments: made about something, with those who take part, and brought to an end."""

from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant


@pytest.fixture
async def contact(administrator: Caller) -> str:
    return await administrator.make("contacts", {"lastname": "Lovelace", "emailaddress1": "ada@x.org"})


@pytest.fixture
async def case(administrator: Caller, contact: str) -> str:
    body = {"title": "Broken", "customerid_contact@odata.bind": f"/contacts({contact})"}
    return await administrator.make("incidents", body)


def party(contact: str, mask: int, kind: str = "contact") -> dict[str, Any]:
    return {f"partyid_{kind}@odata.bind": f"/{kind}s({contact})", "participationtypemask": mask}


@pytest.mark.parametrize("name", ["regardingobjectid_incident_task", "regardingobjectid_incident"])
async def test_a_task_about_a_case_is_listed_with_it_and_among_all_activities(
    administrator: Caller, case: str, name: str
) -> None:
    body = {"subject": "Call back", f"{name}@odata.bind": f"/incidents({case})"}
    task = await administrator.make("tasks", body)
    row = (await administrator.get(f"tasks({task})")).json()
    assert (row["_regardingobjectid_value"], row["activitytypecode"], row["statecode"]) == (case, "task", 0)
    listed = (await administrator.get("activitypointers?$select=subject,activitytypecode")).json()["value"]
    assert [(each["subject"], each["activitytypecode"]) for each in listed] == [("Call back", "task")]
    pointer = await administrator.get(
        f"activitypointers({task})?$select=activitytypecode",
        headers={"Prefer": 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"'},
    )
    assert pointer.json()["activitytypecode@OData.Community.Display.V1.FormattedValue"] == "Task"


async def test_an_ended_activity_says_when(administrator: Caller, tenant: FakeTenant) -> None:
    task = await administrator.make("tasks", {"subject": "T"})
    body = {"statecode": 1, "statuscode": 5}
    assert (await administrator.ask("PATCH", f"tasks({task})", body)).status_code == 204
    row = (await administrator.get(f"tasks({task})")).json()
    assert (row["statecode"], row["statuscode"]) == (1, 5)
    assert row["actualend"] == tenant.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    wrong = await administrator.ask("PATCH", f"tasks({task})", {"statecode": 0, "statuscode": 5})
    assert error(wrong) == (400, "0x80048408")


@pytest.mark.parametrize("verb", ["POST", "PATCH", "DELETE"])
async def test_all_activities_together_are_for_reading(administrator: Caller, verb: str) -> None:
    task = await administrator.make("tasks", {"subject": "T"})
    path = "activitypointers" if verb == "POST" else f"activitypointers({task})"
    refused = await administrator.ask(verb, path, {"subject": "S"} if verb != "DELETE" else None)
    assert error(refused) == (400, "0x80040800")
    assert (await administrator.get(f"tasks({task})")).json()["subject"] == "T"


async def test_an_email_is_made_with_its_parties_and_they_can_be_replaced(
    administrator: Caller, tenant: FakeTenant, contact: str
) -> None:
    me = (await administrator.get("WhoAmI")).json()["UserId"]
    parties = [party(me, 1, "systemuser"), party(contact, 2), {"addressused": "x@y.org", "participationtypemask": 3}]
    email = await administrator.make("emails", {"subject": "Hello", "email_activity_parties": parties})
    listed = (await administrator.get(f"emails({email})/email_activity_parties")).json()["value"]
    found = {(each["participationtypemask"], each["_partyid_value"], each["addressused"]) for each in listed}
    assert found == {(1, me, None), (2, contact, None), (3, None, "x@y.org")}
    for verb, path, body in (
        ("PUT", f"emails({email})/email_activity_parties", {"value": [party(contact, 4)]}),
        ("PATCH", f"emails({email})", {"subject": "Again", "email_activity_parties": [party(contact, 2)]}),
    ):
        assert (await administrator.ask(verb, path, body)).status_code == 204
        listed = (await administrator.get(f"emails({email})/email_activity_parties")).json()["value"]
        assert [each["_partyid_value"] for each in listed] == [contact]
    assert listed[0]["participationtypemask"] == 2
    assert (await administrator.ask("DELETE", f"emails({email})")).status_code == 204
    assert tenant.organisation.select("activityparty") == []


@pytest.mark.parametrize(
    ("parties", "expected"),
    [
        ([{"participationtypemask": 2}], (400, "0x80040200")),
        ([{"addressused": "x@y.org"}], (400, "0x80040200")),
        ([{"addressused": "x@y.org", "participationtypemask": 99}], (400, "0x8004431a")),
        ([{"addressused": "x@y.org", "participationtypemask": 1}] * 2, (400, "0x80040203")),
        ([party("00000000-0000-4000-8000-000000000000", 2)], (404, "0x80040217")),
        ([{"nosuch": 1}], (400, "0x80048d19")),
        (["text"], (400, "0x80048d19")),
        ({}, (400, "0x80048d19")),
    ],
)
async def test_a_party_that_is_none_stops_the_whole_email(
    administrator: Caller, tenant: FakeTenant, parties: Any, expected: tuple[int, str]
) -> None:
    before = tenant.organisation.store.image()
    refused = await administrator.ask("POST", "emails", {"subject": "S", "email_activity_parties": parties})
    assert error(refused) == expected
    assert tenant.organisation.store.image() == before


async def test_parties_are_not_made_alone(administrator: Caller) -> None:
    body = {"addressused": "x@y.org", "participationtypemask": 2}
    assert error(await administrator.ask("POST", "activityparties", body)) == (400, "0x80040800")


async def test_every_activity_goes_by_the_privileges_of_activities(
    integration: Caller, tenant: FakeTenant, case: str
) -> None:
    user = admit(tenant, {"prvCreateActivity": "Basic", "prvReadActivity": "Basic"})
    for table in ("tasks", "emails", "phonecalls", "appointments"):
        await integration.make(table, {"subject": "Mine"})
    bound = {"subject": "S", "regardingobjectid_incident_task@odata.bind": f"/incidents({case})"}
    refused = await integration.ask("POST", "tasks", bound)
    assert error(refused) == (403, "0x80040220")
    assert "prvAppendActivity" in refused.json()["error"]["message"]
    tenant.organisation.remove_privilege(tenant.organisation.roles_of(user)[0]["roleid"], "prvCreateActivity")
    assert error(await integration.ask("POST", "tasks", {"subject": "S"})) == (403, "0x80040220")


async def test_a_case_with_open_activities_is_neither_closed_nor_cancelled(administrator: Caller, case: str) -> None:
    body = {"subject": "Open", "regardingobjectid_incident_task@odata.bind": f"/incidents({case})"}
    task = await administrator.make("tasks", {**body, "actualdurationminutes": 25})
    resolution = {
        "@odata.type": "Microsoft.Dynamics.CRM.incidentresolution",
        "subject": "Done",
        "incidentid@odata.bind": f"/incidents({case})",
    }
    closing = {"IncidentResolution": resolution, "Status": 5}
    assert error(await administrator.ask("POST", "CloseIncident", closing)) == (400, "0x8004440a")
    cancelled = await administrator.ask("PATCH", f"incidents({case})", {"statecode": 2, "statuscode": 6})
    assert error(cancelled) == (400, "0x8004440e")
    total = f"incidents({case})/Microsoft.Dynamics.CRM.CalculateTotalTimeIncident()"
    assert (await administrator.get(total)).json()["TotalTime"] == 0
    await administrator.ask("PATCH", f"tasks({task})", {"statecode": 1, "statuscode": 5})
    assert (await administrator.get(total)).json()["TotalTime"] == 25
    assert (await administrator.ask("POST", "CloseIncident", closing)).status_code == 204


async def test_a_conversation_is_made_as_the_vendor_does(
    administrator: Caller, tenant: FakeTenant, contact: str
) -> None:
    (queue, *_) = tenant.organisation.select("queue", name="Default messaging queue")
    body = {
        "subject": "Chat with Ada Lovelace",
        "msdyn_title": "Chat",
        "msdyn_channel": "192360000",
        "msdyn_cdsqueueid_msdyn_ocliveworkitem@odata.bind": f"/queues({queue['queueid']})",
        "msdyn_customer_msdyn_ocliveworkitem_contact@odata.bind": f"/contacts({contact})",
    }
    made = await administrator.make("msdyn_ocliveworkitems", body)
    row = (await administrator.get(f"msdyn_ocliveworkitems({made})")).json()
    assert (row["_msdyn_customer_value"], row["statecode"], row["statuscode"]) == (contact, 0, 1)
    wrong = {**body, "msdyn_customer@odata.bind": f"/contacts({contact})"}
    assert error(await administrator.ask("POST", "msdyn_ocliveworkitems", wrong)) == (400, "0x80048d19")


async def test_sending_is_not_played_and_says_so(administrator: Caller) -> None:
    email = await administrator.make("emails", {"subject": "S"})
    sent = await administrator.ask("POST", f"emails({email})/Microsoft.Dynamics.CRM.SendEmail", {"IssueSend": True})
    assert sent.status_code == 501
