"""What each call of the integration takes: it works with just these privileges, and not with any of them missing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from contract_tests.dataverse.asking import CLIENT_ID, Caller, admit, error
from mock_services.state.organisation import Organisation
from mock_services.tenant import FakeTenant


@dataclass(frozen=True)
class Operation:
    """One call, the privileges it takes, and what it is sent."""

    name: str
    privileges: tuple[str, ...]
    method: str
    path: str
    body: dict[str, Any] | None = None


def _bind(**ends: str) -> dict[str, Any]:
    return {f"{name}@odata.bind": address for name, address in ends.items()}


_CASE = _bind(customerid_contact="/contacts({contact})")
_FOR_OTHERS = ("prvCreateIncident", "prvAppendIncident", "prvAppendToContact")
_FOR_ONESELF = (*_FOR_OTHERS, "prvReadIncident")
"""Whoever owns a row must be able to read it, and who makes it owns it."""
_TARGET = {"Target": {"incidentid": "{incident}", "@odata.type": "Microsoft.Dynamics.CRM.incident"}}
_CONVERSATION = {"subject": "Chat", "msdyn_channel": "192360000"}
_CALLER_CREATES = ("prvCreateActivity", "prvReadActivity")

OPERATIONS = (
    Operation("probe", ("prvReadIncident",), "GET", "incidents?$top=1"),
    Operation("find a contact", ("prvReadContact",), "GET", "contacts?$filter=emailaddress1 eq 'a@b.example'"),
    Operation("make a contact", ("prvCreateContact", "prvReadContact"), "POST", "contacts", {"lastname": "L"}),
    Operation(
        "make a contact of an account",
        ("prvCreateContact", "prvReadContact", "prvAppendContact", "prvAppendToAccount"),
        "POST",
        "contacts",
        {"lastname": "L"} | _bind(parentcustomerid_account="/accounts({account})"),
    ),
    Operation("make a case", _FOR_ONESELF, "POST", "incidents", {"title": "T"} | _CASE),
    Operation(
        "make a case with a subject",
        (*_FOR_ONESELF, "prvAppendToSubject"),
        "POST",
        "incidents",
        _CASE | _bind(subjectid="/subjects({subject})"),
    ),
    Operation(
        "make a case and say whose it is",
        (*_FOR_OTHERS, "prvAssignIncident"),
        "POST",
        "incidents",
        _CASE | _bind(ownerid="/systemusers({colleague})"),
    ),
    Operation("change a case", ("prvWriteIncident",), "PATCH", "incidents({incident})", {"title": "Other"}),
    Operation(
        "change whom a case is about",
        ("prvWriteIncident", "prvAppendIncident", "prvAppendToContact"),
        "PATCH",
        "incidents({incident})",
        _bind(primarycontactid="/contacts({contact})"),
    ),
    Operation(
        "give a case away",
        ("prvWriteIncident", "prvAssignIncident"),
        "PATCH",
        "incidents({incident})",
        _bind(ownerid="/systemusers({colleague})"),
    ),
    Operation("delete a case", ("prvDeleteIncident",), "DELETE", "incidents({incident})"),
    Operation(
        "put a case into a queue",
        ("prvReadIncident", "prvAppendToQueue"),
        "POST",
        "queues({queue})/Microsoft.Dynamics.CRM.AddToQueue",
        _TARGET,
    ),
    Operation("look into a queue", ("prvReadQueue",), "GET", "queueitems"),
    Operation(
        "add a note to a case",
        ("prvCreateNote", "prvReadNote", "prvAppendNote", "prvAppendToIncident"),
        "POST",
        "annotations",
        {"subject": "S"} | _bind(objectid_incident="/incidents({incident})"),
    ),
    Operation(
        "hand a conversation over",
        (*_CALLER_CREATES, "prvAppendActivity", "prvAppendToContact", "prvAppendToIncident", "prvAppendToQueue"),
        "POST",
        "msdyn_ocliveworkitems",
        _CONVERSATION
        | _bind(
            msdyn_cdsqueueid_msdyn_ocliveworkitem="/queues({queue})",
            msdyn_customer_msdyn_ocliveworkitem_contact="/contacts({contact})",
            regardingobjectid_incident_msdyn_ocliveworkitem="/incidents({incident})",
        ),
    ),
    Operation("make a conversation", _CALLER_CREATES, "POST", "msdyn_ocliveworkitems", _CONVERSATION),
    Operation("list users", ("prvReadUser",), "GET", "systemusers"),
    Operation("list queues", ("prvReadQueue",), "GET", "queues"),
    Operation("read a case", ("prvReadIncident",), "GET", "incidents({incident})"),
    Operation("list notes", ("prvReadNote",), "GET", "annotations?$filter=_objectid_value eq {incident}"),
    Operation("follow conversations", ("prvReadActivity",), "GET", "msdyn_ocliveworkitems"),
    Operation(
        "share a case",
        ("prvShareIncident", "prvReadIncident"),
        "POST",
        "GrantAccess",
        _TARGET
        | {
            "PrincipalAccess": {
                "AccessMask": "ReadAccess",
                "Principal": {"systemuserid": "{colleague}", "@odata.type": "Microsoft.Dynamics.CRM.systemuser"},
            }
        },
    ),
)


@pytest.fixture
def ids(tenant: FakeTenant) -> dict[str, str]:
    """Rows to work on, and a colleague who may read cases."""
    organisation = tenant.organisation
    colleague = organisation.add_application_user(
        app_id=f"2{CLIENT_ID[1:]}", object_id=f"2{CLIENT_ID[1:]}", name="Colleague", tenant_domain="x"
    )
    organisation.assign_role(colleague, organisation.add_role("Reads cases", {"prvReadIncident": "Global"}))
    contact = organisation.insert("contact", {"lastname": "L"})
    case = {"title": "T", "customerid": contact, "customerid_type": "contact"}
    return {
        "colleague": colleague,
        "contact": contact,
        "account": organisation.insert("account", {"name": "A"}),
        "incident": organisation.insert("incident", case),
        "subject": organisation.select("subject")[0]["subjectid"],
        "queue": organisation.insert("queue", {"name": "Q"}),
    }


def filled(value: Any, ids: dict[str, str]) -> Any:
    """A body or path with the rows' ids in their places."""
    if isinstance(value, dict):
        return {key: filled(each, ids) for key, each in value.items()}
    if not isinstance(value, str):
        return value
    for name, id_ in ids.items():
        value = value.replace(f"{{{name}}}", id_)
    return value


def asking(caller: Caller, operation: Operation, ids: dict[str, str]) -> Callable[[], Awaitable[httpx.Response]]:
    path, body = filled(operation.path, ids), filled(operation.body, ids)
    return lambda: caller.ask(operation.method, path, body)


def rows_of(organisation: Organisation) -> dict[str, list[dict[str, Any]]]:
    names = ("contact", "incident", "annotation", "queueitem", "msdyn_ocliveworkitem", "principalobjectaccess")
    return {name: [dict(row) for row in organisation.select(name)] for name in names}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_it_takes_exactly_its_privileges(
    integration: Caller, tenant: FakeTenant, ids: dict[str, str], operation: Operation
) -> None:
    organisation = tenant.organisation
    user = admit(tenant, {})
    role = organisation.roles_of(user)[0]["roleid"]
    ask, before = asking(integration, operation, ids), rows_of(organisation)
    for missing in operation.privileges:
        held = {name: "Global" for name in operation.privileges if name != missing}
        organisation.set_privileges(role, held)
        response = await ask()
        assert error(response) == (403, "0x80040220")
        assert f"is missing {missing} privilege" in response.json()["error"]["message"]
        assert rows_of(organisation) == before
    organisation.set_privileges(role, dict.fromkeys(operation.privileges, "Global"))
    response = await ask()
    assert response.status_code in (200, 201, 204), response.text


async def test_asking_who_one_is_takes_nothing(integration: Caller, tenant: FakeTenant) -> None:
    user = admit(tenant, None)
    assert (await integration.get("WhoAmI")).json()["UserId"] == user


async def test_too_little_depth_finds_nobody_where_there_is_somebody(integration: Caller, tenant: FakeTenant) -> None:
    tenant.organisation.insert("contact", {"lastname": "L", "emailaddress1": "a@b.example"})
    admit(tenant, {"prvReadContact": "Basic"})
    found = await integration.get("contacts?$filter=emailaddress1 eq 'a@b.example'")
    assert (found.status_code, found.json()["value"]) == (200, [])


@pytest.mark.parametrize(
    ("short", "right", "entity"),
    [
        ("prvAppendToContact", "AppendTo", "Contact"),
        ("prvAppendIncident", "Append", "Incident"),
        ("prvCreateIncident", "Create", "Incident"),
    ],
)
async def test_a_case_out_of_reach_is_refused_by_the_right_that_does_not_reach(
    integration: Caller, tenant: FakeTenant, ids: dict[str, str], short: str, right: str, entity: str
) -> None:
    """Whose case is another's: what the caller holds for its own rows only does not reach it."""
    held = dict.fromkeys((*_FOR_OTHERS, "prvAssignIncident"), "Global") | {short: "Basic"}
    admit(tenant, held)
    body = filled(_CASE | _bind(ownerid="/systemusers({colleague})"), ids)
    response = await integration.ask("POST", "incidents", body)
    assert error(response) == (403, "0x80048306")
    message = response.json()["error"]["message"]
    assert f"does not have {right}Access right(s)" in message
    assert f"of entity {entity}." in message


@pytest.mark.parametrize("held", ["prvReadContact", None], ids=["too little", "nothing"])
async def test_whoever_is_given_a_case_must_be_able_to_read_it(
    integration: Caller, tenant: FakeTenant, ids: dict[str, str], held: str | None
) -> None:
    organisation = tenant.organisation
    admit(tenant, dict.fromkeys((*_FOR_OTHERS, "prvAssignIncident"), "Global"))
    role = organisation.roles_of(ids["colleague"])[0]["roleid"]
    if held is None:
        organisation.remove_role(ids["colleague"], role)
    else:
        organisation.set_privileges(role, {held: "Global"})
    body = filled(_CASE | _bind(ownerid="/systemusers({colleague})"), ids)
    response = await integration.ask("POST", "incidents", body)
    assert error(response) == (403, "0x80042f09" if held is None else "0x80040220")
    assert response.json()["error"]["message"].startswith("Read Privilege Check For Owner failed with exception: ")


async def test_all_activities_are_governed_by_one_set_of_privileges(integration: Caller, tenant: FakeTenant) -> None:
    admit(tenant, {"prvReadActivity": "Global", "prvCreateActivity": "Global"})
    for table in tenant.organisation.schema.tables.values():
        if table.activity:
            assert (await integration.get(f"{table.set}?$top=1")).status_code == 200
    admitted = tenant.organisation.application_user(CLIENT_ID)
    assert admitted is not None
    role = tenant.organisation.roles_of(admitted["systemuserid"])[0]["roleid"]
    tenant.organisation.remove_privilege(role, "prvReadActivity")
    for set_name in ("tasks", "emails", "msdyn_ocliveworkitems", "activitypointers"):
        response = await integration.get(set_name)
        assert error(response) == (403, "0x80040220")
        assert "is missing prvReadActivity privilege" in response.json()["error"]["message"]
