"""Resolving a case, working a queue, and asking who may do what on one row."""

from typing import Any
from urllib.parse import quote

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

NOWHERE = "00000000-0000-4000-8000-000000000000"
RESOLUTION = "Microsoft.Dynamics.CRM.incidentresolution"


@pytest.fixture
async def case(administrator: Caller) -> str:
    contact = await administrator.make("contacts", {"lastname": "Customer"})
    body = {"title": "Broken", "customerid_contact@odata.bind": f"/contacts({contact})"}
    return await administrator.make("incidents", body)


@pytest.fixture
async def item(administrator: Caller, tenant: FakeTenant, case: str) -> str:
    (queue, *_) = tenant.organisation.select("queue", name="Customer Support")
    body = {"Target": {"@odata.type": "Microsoft.Dynamics.CRM.incident", "incidentid": case}}
    added = await administrator.ask("POST", f"queues({queue['queueid']})/Microsoft.Dynamics.CRM.AddToQueue", body)
    return str(added.json()["QueueItemId"])


def closing(case: str, status: Any = 5, **members: Any) -> dict[str, Any]:
    resolution = {
        "@odata.type": RESOLUTION, "subject": "Done", "incidentid@odata.bind": f"/incidents({case})", **members,
    }  # fmt: skip
    return {"IncidentResolution": resolution, "Status": status}


@pytest.mark.parametrize(("status", "kept"), [(5, 5), (1000, 1000), (-1, 5)])
async def test_a_closed_case_is_resolved_and_an_activity_tells_how(
    administrator: Caller, case: str, status: int, kept: int
) -> None:
    assert (await administrator.ask("POST", "CloseIncident", closing(case, status, timespent=60))).status_code == 204
    row = (await administrator.get(f"incidents({case})?$select=statecode,statuscode")).json()
    assert (row["statecode"], row["statuscode"]) == (1, kept)
    told = (await administrator.get(f"incidents({case})/Incident_IncidentResolutions")).json()["value"]
    assert [(each["subject"], each["timespent"], each["_incidentid_value"]) for each in told] == [("Done", 60, case)]


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        ({"Status": 6}, (400, "0x80048408")),
        ({"Status": "5"}, (400, "0x80048d19")),
        ({"IncidentResolution": None}, (400, "0x80048d19")),
        ({"IncidentResolution": {"@odata.type": "Microsoft.Dynamics.CRM.contact"}}, (400, "0x80048d19")),
        ({"IncidentResolution": {"@odata.type": RESOLUTION, "subject": "S"}}, (400, "0x80044409")),
    ],
)
async def test_a_case_is_not_closed_by_a_call_that_is_wrong(
    administrator: Caller, case: str, spoil: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error(await administrator.ask("POST", "CloseIncident", closing(case) | spoil)) == expected
    assert (await administrator.get(f"incidents({case})")).json()["statecode"] == 0


async def test_a_resolution_need_not_say_its_type(administrator: Caller, case: str) -> None:
    body = {"IncidentResolution": {"incidentid@odata.bind": f"/incidents({case})"}, "Status": -1}
    assert (await administrator.ask("POST", "CloseIncident", body)).status_code == 204
    assert (await administrator.get(f"incidents({case})")).json()["statecode"] == 1


async def test_a_case_may_be_named_by_type_and_key(administrator: Caller, case: str) -> None:
    named = {"@odata.type": "Microsoft.Dynamics.CRM.incident", "incidentid": case}
    body = {"IncidentResolution": {"@odata.type": RESOLUTION, "subject": "Done", "incidentid": named}, "Status": 5}
    assert (await administrator.ask("POST", "CloseIncident", body)).status_code == 204
    told = (await administrator.get(f"incidents({case})/Incident_IncidentResolutions")).json()["value"]
    assert [each["_incidentid_value"] for each in told] == [case]


async def test_a_case_is_resolved_by_patch_where_the_quirk_says_so(
    administrator: Caller, tenant: FakeTenant, case: str
) -> None:
    body = {"statecode": 1, "statuscode": 5}
    assert error(await administrator.ask("PATCH", f"incidents({case})", body)) == (400, "0x80040203")
    tenant.quirks.case_resolved_by_patch = True
    assert (await administrator.ask("PATCH", f"incidents({case})", body)).status_code == 204
    assert (await administrator.get(f"incidents({case})")).json()["statecode"] == 1


async def test_a_case_is_closed_once_and_only_if_it_exists(administrator: Caller, case: str) -> None:
    assert error(await administrator.ask("POST", "CloseIncident", closing(NOWHERE))) == (404, "0x80040217")
    await administrator.ask("POST", "CloseIncident", closing(case))
    assert error(await administrator.ask("POST", "CloseIncident", closing(case))) == (400, "0x80044411")


async def test_closing_takes_write_on_the_case_and_an_activity_of_ones_own(
    integration: Caller, tenant: FakeTenant, case: str
) -> None:
    on_activities = ("prvCreateActivity", "prvAppendActivity", "prvReadActivity", "prvWriteActivity")
    needed = ("prvReadIncident", "prvWriteIncident", "prvAppendToIncident", *on_activities)
    user = admit(tenant, dict.fromkeys(needed, "Global"))
    role = tenant.organisation.roles_of(user)[0]["roleid"]
    for lacking in needed[1:]:
        tenant.organisation.set_privileges(role, {name: "Global" for name in needed if name != lacking})
        refused = await integration.ask("POST", "CloseIncident", closing(case))
        assert error(refused) == (403, "0x80040220")
        assert lacking in refused.json()["error"]["message"]
    tenant.organisation.set_privileges(role, dict.fromkeys(needed, "Global"))
    assert (await integration.ask("POST", "CloseIncident", closing(case))).status_code == 204


async def test_without_customer_service_there_is_no_case_to_close(administrator: Caller, tenant: FakeTenant) -> None:
    tenant.organisation.uninstall("customer_service")
    assert error(await administrator.ask("POST", "CloseIncident", closing(NOWHERE))) == (404, "0x80060888")
    assert (await administrator.get("incidentresolutions")).status_code == 404


async def test_an_item_is_picked_released_and_removed(administrator: Caller, tenant: FakeTenant, item: str) -> None:
    me = (await administrator.get("WhoAmI")).json()["UserId"]
    bound = f"queueitems({item})/Microsoft.Dynamics.CRM"
    picker = {"SystemUser": {"@odata.type": "Microsoft.Dynamics.CRM.systemuser", "systemuserid": me}}
    assert (await administrator.ask("POST", f"{bound}.PickFromQueue", picker)).status_code == 204
    assert (await administrator.get(f"queueitems({item})")).json()["_workerid_value"] == me
    assert (await administrator.ask("POST", f"{bound}.ReleaseToQueue", {})).status_code == 204
    assert (await administrator.get(f"queueitems({item})")).json()["_workerid_value"] is None
    assert (await administrator.ask("POST", f"{bound}.RemoveFromQueue", {})).status_code == 204
    assert error(await administrator.get(f"queueitems({item})")) == (404, "0x80040217")


async def test_a_picked_item_may_leave_its_queue_at_once(administrator: Caller, item: str) -> None:
    me = (await administrator.get("WhoAmI")).json()["UserId"]
    picker = {"@odata.type": "Microsoft.Dynamics.CRM.systemuser", "systemuserid": me}
    picked = await administrator.ask(
        "POST",
        f"queueitems({item})/Microsoft.Dynamics.CRM.PickFromQueue",
        {"SystemUser": picker, "RemoveQueueItem": True},
    )
    assert picked.status_code == 204
    assert (await administrator.get(f"queueitems({item})")).status_code == 404


@pytest.mark.parametrize("worker", [None, {"@odata.type": "Microsoft.Dynamics.CRM.contact", "contactid": NOWHERE}])
async def test_only_a_user_picks(administrator: Caller, item: str, worker: Any) -> None:
    refused = await administrator.ask(
        "POST", f"queueitems({item})/Microsoft.Dynamics.CRM.PickFromQueue", {"SystemUser": worker}
    )
    assert error(refused) == (400, "0x80048d19")


async def access(caller: Caller, user: str, address: str) -> str:
    function = f"systemusers({user})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@p1)"
    target = quote(f"{{'@odata.id':'{address}'}}", safe="")
    response = await caller.get(f"{function}?@p1={target}")
    assert response.status_code == 200, response.text
    return str(response.json()["AccessRights"])


async def test_access_to_a_row_follows_roles_depth_and_ownership(administrator: Caller, tenant: FakeTenant) -> None:
    user = admit(tenant, {"prvReadContact": "Global", "prvWriteContact": "Basic", "prvDeleteContact": "Basic"})
    theirs = tenant.organisation.insert("contact", {"lastname": "Theirs"})
    own = tenant.organisation.insert("contact", {"lastname": "Own", "ownerid": user, "ownerid_type": "systemuser"})
    assert await access(administrator, user, f"contacts({theirs})") == "ReadAccess"
    assert await access(administrator, user, f"contacts({own})") == "ReadAccess, WriteAccess, DeleteAccess"
    account = tenant.organisation.insert("account", {"name": "A"})
    assert await access(administrator, user, f"accounts({account})") == "None"


@pytest.mark.parametrize("target", ["", "x", "{}", "{'@odata.id':'nosuch(1)'}", "{'@odata.id':5}"])
async def test_access_to_what_cannot_be_read_as_a_row_is_refused(administrator: Caller, target: str) -> None:
    me = (await administrator.get("WhoAmI")).json()["UserId"]
    function = f"systemusers({me})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@p1)"
    assert error(await administrator.get(f"{function}?@p1={quote(target, safe='')}")) == (400, "0x80060888")


async def test_record_counts_come_for_several_tables_at_once(administrator: Caller, tenant: FakeTenant) -> None:
    tenant.organisation.insert("account", {"name": "A"})
    names = quote('["account","contact"]', safe="")
    counted = await administrator.get(f"RetrieveTotalRecordCount(EntityNames=@p1)?@p1={names}")
    found = counted.json()["EntityRecordCountCollection"]
    assert found["Keys"] == ["account", "contact"]
    assert found["Values"] == [len(tenant.organisation.select(name)) for name in found["Keys"]]
    unknown = await administrator.get("RetrieveTotalRecordCount(EntityNames=@p1)?@p1=" + quote('["nosuch"]', safe=""))
    assert error(unknown) == (400, "0x80041102")
    assert error(await administrator.get("RetrieveTotalRecordCount(EntityNames=@p1)")) == (400, "0x80060888")
