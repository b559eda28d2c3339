"""What an agent does with cases and queue items: resolve, pick, release, remove."""

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, payload
from mock_services.dataverse.parameters import named_row, typed_table
from mock_services.dataverse.payloads import read_changes, stored_changes
from mock_services.dataverse.records import existing
from mock_services.dataverse.rules import check_values
from mock_services.state.organisation.schema import type_column

_RESOLVED = 1


def close_incident(call: Call) -> Answer:
    """CloseIncident: the case is resolved, and an activity says how.

    Takes Write and AppendTo on the case, Create and Append on activities. [inferred from what it writes]
    """
    activity, case_table = call.schema.table("incidentresolution"), call.schema.table("incident")
    resolution = call.body.get("IncidentResolution")
    if typed_table(call, resolution, "IncidentResolution", "CloseIncident") is not activity:
        inner = facts.NOT_CONVERTED.format(literal="IncidentResolution", type="mscrm.incidentresolution")
        raise payload("CloseIncident", inner)
    changes = read_changes(call, activity, dict(resolution or {}))
    if "incidentid" not in changes.bound:
        raise Refusal("0x80040203", facts.REQUIRED)
    call.security.demand("Create", activity)
    call.security.demand("Append", activity)
    case_id = changes.bound["incidentid"][1]
    case = existing(call, case_table, case_id, "Write")
    call.security.demand_row("AppendTo", case_table, case)
    status = _status(call)
    if case["statecode"] != 0:
        raise Refusal("0x80044411", "Already Closed or Canceled")
    values = stored_changes(activity, changes, creating=True)
    check_values(activity, values)
    with call.organisation.store.transaction():
        made = {**values, "statecode": 1, "statuscode": 2, "actualend": call.organisation.rows.now()}
        call.organisation.rows.insert(activity.logical, made, by=call.caller_id)
        resolved = {"statecode": _RESOLVED, "statuscode": status}
        call.organisation.rows.update(case_table.logical, case_id, resolved, by=call.caller_id)
    return NO_CONTENT


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


def pick_from_queue(call: Call, item_id: str) -> Answer:
    """PickFromQueue: a user takes the item on; with `RemoveQueueItem` it leaves the queue. AppendTo on the queue."""
    item = call.schema.table("queueitem")
    existing(call, item, item_id, "Write")
    table, user_id = named_row(call, "SystemUser", "queueitems")
    if table.logical != "systemuser":
        inner = facts.NOT_CONVERTED.format(literal=table.logical, type="mscrm.systemuser")
        raise payload("queueitems", inner)
    existing(call, table, user_id, "Read")
    removes = call.body.get("RemoveQueueItem", False)
    if not isinstance(removes, bool):
        raise payload("queueitems", facts.NOT_CONVERTED.format(literal=str(type(removes)), type="Edm.Boolean"))
    if removes:
        call.organisation.delete(item.logical, item_id)
    else:
        _set_worker(call, item_id, user_id)
    return NO_CONTENT


def release_to_queue(call: Call, item_id: str) -> Answer:
    """ReleaseToQueue: nobody works on the item any more. AppendTo on the queue."""
    existing(call, call.schema.table("queueitem"), item_id, "Write")
    _set_worker(call, item_id, None)
    return NO_CONTENT


def remove_from_queue(call: Call, item_id: str) -> Answer:
    """RemoveFromQueue: the item is gone, what it was about stays. AppendTo on the queue."""
    existing(call, call.schema.table("queueitem"), item_id, "Delete")
    call.organisation.delete("queueitem", item_id)
    return NO_CONTENT


def _set_worker(call: Call, item_id: str, user_id: str | None) -> None:
    kind = "systemuser" if user_id else None
    changed = {
        "workerid": user_id,
        type_column("workerid"): kind,
        "workeridmodifiedon": call.organisation.rows.now(),
    }
    call.organisation.rows.update("queueitem", item_id, changed, by=call.caller_id)
