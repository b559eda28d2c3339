"""What is done with a case as a whole: it is resolved, and its time is added up."""

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, payload
from mock_services.dataverse.parameters import typed_table
from mock_services.dataverse.payloads import Changes, read_changes, stored_changes
from mock_services.dataverse.regarding import has_open, minutes_spent
from mock_services.dataverse.rules import check_values
from mock_services.dataverse.urls import as_guid
from mock_services.dataverse.writing import existing

_RESOLVED = 1


def close_incident(call: Call) -> Answer:
    """CloseIncident: the case is resolved, and an activity says how.

    Takes Write and AppendTo on the case, and Create, Append, Read and Write on activities (powerapps-docs' list of
    privileges by message; what it says of queue items has no privilege of its own).
    """
    activity, case_table = call.schema.table("incidentresolution"), call.schema.table("incident")
    resolution = call.body.get("IncidentResolution")
    # The parameter's declared type is incidentresolution itself, so clients may leave the annotation out, and some do.
    if typed_table(call, resolution, "IncidentResolution", "CloseIncident", default=activity.logical) is not activity:
        inner = facts.NOT_CONVERTED.format(literal="IncidentResolution", type="mscrm.incidentresolution")
        raise payload("CloseIncident", inner)
    changes = read_changes(call, activity, dict(resolution or {}))
    case_id = _case_of(changes)
    for verb in ("Create", "Append", "Read", "Write"):
        call.security.demand(verb, activity)
    case = existing(call, case_table, case_id, "Write")
    call.security.demand_row("AppendTo", case_table, case)
    status = _status(call)
    if case["statecode"] != 0:
        raise Refusal("0x80044411", facts.ALREADY_CLOSED)
    if has_open(call, case_id):
        raise Refusal("0x8004440a", facts.OPEN_ON_CLOSE)
    values = {**stored_changes(activity, changes, creating=True), "incidentid": case_id}
    check_values(activity, values)
    with call.organisation.store.transaction():
        made = {**values, "statecode": 1, "statuscode": 2, "actualend": call.organisation.rows.now()}
        call.organisation.rows.insert(activity.logical, made, by=call.caller_id)
        resolved = {"statecode": _RESOLVED, "statuscode": status}
        call.organisation.rows.update(case_table.logical, case_id, resolved, by=call.caller_id)
    return NO_CONTENT


def _case_of(changes: Changes) -> str:
    """The case that a resolution is about, bound or named by type and key as clients' scripts do. Raises Refusal."""
    if "incidentid" in changes.bound:
        return changes.bound["incidentid"][1]
    _, named = changes.parents.get("incidentid", ("", {}))
    case_id = as_guid(str(named.get("incidentid", "")))
    if case_id is None:
        raise Refusal("0x80044409", facts.NO_INCIDENT)
    return case_id


def _status(call: Call) -> int:
    """The status a case is resolved with; -1 is the state's default. Raises Refusal."""
    status, case_table = call.body.get("Status"), call.schema.table("incident")
    if not isinstance(status, int) or isinstance(status, bool):
        literal = str(status)[:100].encode("utf-8", "replace").decode()
        raise payload("CloseIncident", facts.NOT_CONVERTED.format(literal=literal, type="Edm.Int32"))
    if status == -1:
        return case_table.default_status(_RESOLVED) or 0
    if case_table.state_of_status(status) != _RESOLVED:
        raise Refusal("0x80048408", facts.BAD_STATE)
    return status


def total_time(call: Call, case_id: str) -> Answer:
    """CalculateTotalTimeIncident: minutes, an Edm.Int64 (powerapps-docs use-web-api-functions.md).

    That completed activities make it up is the SDK's description; which column counts is inferred.
    """
    existing(call, call.schema.table("incident"), case_id, "Read")
    context = call.context(f"{facts.NAMESPACE}CalculateTotalTimeIncidentResponse")
    return Answer(200, {"@odata.context": context, "TotalTime": minutes_spent(call, case_id)})
