"""Items in queues: put there, moved, routed, taken up, let go, taken out.

Everything takes AppendTo on the queue (powerapps-docs queue-entities; Learn gg334652). `AddToQueue` "moves" a record
(AddToQueueRequest); that it moves the item which is there, keeping its id, is what FakeXrmEasy and its heirs observed.
An e-mail may stand in several queues, as its own error code (0x80040523) implies. The body of `RouteTo` follows its
SDK request. [inferred]
"""

from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, does_not_exist, payload
from mock_services.dataverse.parameters import named_row
from mock_services.dataverse.payloads import read_changes, stored_changes
from mock_services.dataverse.rules import check_queue, check_values
from mock_services.dataverse.writing import existing
from mock_services.state.organisation.definitions import Table
from mock_services.state.organisation.schema import type_column

Row = Mapping[str, Any]
_ITEM = "queueitem"


def add_to_queue(call: Call, queue_id: str) -> Answer:
    """AddToQueue: a new item, or the one that is there in this queue instead. Takes Read on what is put there too."""
    table, id_ = named_row(call, "Target", "queues")
    if not table.queues:
        raise Refusal("0x80040203", facts.NOT_FOR_QUEUES.format(table=table.logical))
    row = existing(call, table, id_, "Read")
    existing(call, call.schema.table("queue"), queue_id, "AppendTo")
    check_queue(call, queue_id)
    if table.states and row["statecode"] not in _live(table):
        raise Refusal("0x8004051e", facts.INACTIVE_OBJECT)
    properties = _properties(call)
    with call.organisation.store.transaction():
        item_id = _put(call, table, row[table.primary_id], queue_id, properties)
    context = call.context(f"{facts.NAMESPACE}AddToQueueResponse")
    return Answer(200, {"@odata.context": context, "QueueItemId": item_id})


def _live(table: Table) -> tuple[int, ...]:
    """The states in which a record is worked on; a scheduled activity is."""
    return (table.states[0].value, 3) if table.activity else (table.states[0].value,)


def _properties(call: Call) -> dict[str, Any]:
    """What `QueueItemProperties` says of the item. Raises Refusal."""
    given = call.body.get("QueueItemProperties")
    if given is None:
        return {}
    item = call.schema.table(_ITEM)
    if not isinstance(given, dict):
        raise payload("queues", facts.NOT_CONVERTED.format(literal="QueueItemProperties", type="mscrm.queueitem"))
    changes = read_changes(call, item, given)
    values = stored_changes(item, changes, creating=True)
    check_values(item, values)
    for target, id_ in changes.bound.values():
        if call.organisation.get(target, id_) is None:
            raise does_not_exist(call.schema.table(target).schema, id_)
    reserved = {name for lookup in ("queueid", "objectid") for name in (lookup, type_column(lookup))}
    return {name: value for name, value in values.items() if name not in reserved}


def _put(call: Call, table: Table, object_id: str, queue_id: str, properties: Row) -> str:
    """The item that stands in the queue afterwards. Raises Refusal."""
    rows = call.organisation.rows
    active = call.organisation.select(_ITEM, objectid=object_id, statecode=0)
    source = _source(call)
    if source is not None:
        active = [item for item in active if item["queueid"] == source]
        if not active:
            raise Refusal("0x80040524", facts.NOT_IN_SOURCE_QUEUE)
    elif table.logical == "email":
        if any(item["queueid"] == queue_id for item in active):
            raise Refusal("0x80040523", facts.EMAIL_IN_QUEUE)
        active = []
    if active:
        item_id = str(active[0]["queueitemid"])
        moved = {**properties, "queueid": queue_id}
        if active[0]["queueid"] != queue_id:
            moved["enteredon"] = rows.now()
        rows.update(_ITEM, item_id, moved, by=call.caller_id)
        return item_id
    values = {**properties, "queueid": queue_id, "objectid": object_id, type_column("objectid"): table.logical}
    return rows.insert(_ITEM, values, by=call.caller_id)


def _source(call: Call) -> str | None:
    """The queue that `SourceQueue` names, which the caller must be able to append to. Raises Refusal."""
    if call.body.get("SourceQueue") is None:
        return None
    named, id_ = named_row(call, "SourceQueue", "queues", default="queue")
    if named.logical != "queue":
        raise payload("queues", facts.NOT_CONVERTED.format(literal="SourceQueue", type="mscrm.queue"))
    existing(call, named, id_, "AppendTo")
    return id_


def route_to(call: Call) -> Answer:
    """RouteTo: an item into another queue, or into the default queue of a user or team. Raises Refusal."""
    item, item_id = named_row(call, "QueueItem", "RouteTo", default=_ITEM)
    if item.logical != _ITEM:
        raise payload("RouteTo", facts.NOT_CONVERTED.format(literal="QueueItem", type="mscrm.queueitem"))
    row = existing(call, item, item_id, "Write")
    table, target_id = named_row(call, "Target", "RouteTo")
    if table.logical not in ("queue", "systemuser", "team"):
        raise payload("RouteTo", facts.NOT_CONVERTED.format(literal="Target", type="mscrm.queue"))
    target = existing(call, table, target_id, "AppendTo" if table.logical == "queue" else "Read")
    queue_id = target_id if table.logical == "queue" else target.get("queueid")
    if not queue_id:
        raise Refusal("0x800404ec", facts.NO_USER_QUEUE)
    if row["statecode"] != 0:
        raise Refusal("0x80040527", facts.INACTIVE_ITEM)
    if queue_id == row["queueid"]:
        raise Refusal("0x8004051b", facts.SAME_QUEUE)
    existing(call, call.schema.table("queue"), str(queue_id), "AppendTo")
    check_queue(call, str(queue_id))
    changed = {"queueid": queue_id, "enteredon": call.organisation.rows.now()}
    call.organisation.rows.update(_ITEM, item_id, {**changed, **_worker(call, None)}, by=call.caller_id)
    return NO_CONTENT


def pick_from_queue(call: Call, item_id: str) -> Answer:
    """PickFromQueue: a user takes the item on; with `RemoveQueueItem` it leaves the queue."""
    item = call.schema.table(_ITEM)
    row = existing(call, item, item_id, "Write")
    table, user_id = named_row(call, "SystemUser", "queueitems")
    if table.logical != "systemuser":
        inner = facts.NOT_CONVERTED.format(literal=table.logical, type="mscrm.systemuser")
        raise payload("queueitems", inner)
    existing(call, table, user_id, "Read")
    removes = call.body.get("RemoveQueueItem", False)
    if not isinstance(removes, bool):
        raise payload("queueitems", facts.NOT_CONVERTED.format(literal=str(type(removes)), type="Edm.Boolean"))
    _refuse_inactive(row)
    if removes:
        call.organisation.delete(item.logical, item_id)
    else:
        call.organisation.rows.update(_ITEM, item_id, _worker(call, user_id), by=call.caller_id)
    return NO_CONTENT


def release_to_queue(call: Call, item_id: str) -> Answer:
    """ReleaseToQueue: nobody works on the item any more."""
    _refuse_inactive(existing(call, call.schema.table(_ITEM), item_id, "Write"))
    call.organisation.rows.update(_ITEM, item_id, _worker(call, None), by=call.caller_id)
    return NO_CONTENT


def remove_from_queue(call: Call, item_id: str) -> Answer:
    """RemoveFromQueue: the item is gone, what it was about stays."""
    existing(call, call.schema.table(_ITEM), item_id, "Delete")
    call.organisation.delete(_ITEM, item_id)
    return NO_CONTENT


def _refuse_inactive(row: Row) -> None:
    if row["statecode"] != 0:
        raise Refusal("0x8004051d", facts.DEACTIVATED_ITEM)


def _worker(call: Call, user_id: str | None) -> dict[str, Any]:
    kind = "systemuser" if user_id else None
    return {
        "workerid": user_id,
        type_column("workerid"): kind,
        "workeridmodifiedon": call.organisation.rows.now(),
    }
