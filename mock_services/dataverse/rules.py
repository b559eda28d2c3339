"""What the platform insists on besides types and privileges: lengths, ranges, states, and each table's own rules."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.column_security import refuse_unsecured
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.payloads import Changes
from mock_services.dataverse.regarding import has_open
from mock_services.state.organisation.definitions import INTEGER_RANGE, Column, Table
from mock_services.state.organisation.schema import type_column

Row = Mapping[str, Any]
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RESOLVED, _CANCELLED = 1, 2
_ANCESTRY = frozenset({"parentaccountid", "parentcaseid", "parentpositionid", "parentsystemuserid"})
_LOOPS = {"account": ("0x80040507", facts.ACCOUNT_LOOP)}
# Column type -> code and text of a value out of range, and the range where the column names none.
_RANGES: Mapping[str, tuple[str, str, float, float]] = {
    "int": ("0x8004432f", facts.OUT_OF_RANGE, *INTEGER_RANGE),
    "picklist": ("0x8004432f", facts.OUT_OF_RANGE, *INTEGER_RANGE),
    "money": ("0x80044330", facts.DECIMAL_RANGE, -922337203685477, 922337203685477),
    "decimal": ("0x80044330", facts.DECIMAL_RANGE, -100000000000, 100000000000),
    "double": ("0x80044330", facts.DECIMAL_RANGE, -100000000000, 100000000000),
}


def check_values(table: Table, values: Row) -> None:
    """Each column against its length, range and options. Raises Refusal."""
    for name, value in values.items():
        column = table.columns.get(name)
        if column is not None and value is not None:
            _check_value(table, column, value)


def _check_value(table: Table, column: Column, value: Any) -> None:
    if isinstance(value, str):
        if _CONTROLS.search(value):
            raise Refusal("0x80040278", facts.BAD_CHARACTERS.format(column=column.name))
        # Length counts UTF-16 units, as everything in SQL Server's nvarchar does.
        if column.length is not None and len(value.encode("utf-16-le")) // 2 > column.length:
            message = facts.TOO_LONG.format(column=column.name, table=table.logical, length=column.length)
            raise Refusal("0x80044331", message)
    if column.type == "multiselect":
        for part in str(value).split(","):
            if not part.strip().isdigit() or int(part) not in column.options:
                raise _out_of_options(table, column, part)
    elif column.options and column.type not in ("state", "status") and value not in column.options:
        raise _out_of_options(table, column, value)
    elif column.type in _RANGES:
        code, message, low, high = _RANGES[column.type]
        if not (low if column.min is None else column.min) <= value <= (high if column.max is None else column.max):
            raise Refusal(code, message)


def _out_of_options(table: Table, column: Column, value: object) -> Refusal:
    accepted = ",".join(str(option) for option in column.options)
    message = facts.OUT_OF_OPTIONS.format(value=value, column=column.name, table=table.logical, accepted=accepted)
    return Refusal("0x8004431a", message)


def settle_state(table: Table, values: dict[str, Any], before: Row | None) -> None:
    """Make state and status agree: either brings the other along, a pair that does not fit is refused. Raises Refusal.

    A new row starts in its first state whatever it says, but may start with any of that state's statuses; -1 asks
    for the default.
    """
    if not table.states:
        return
    status, state = values.get("statuscode"), values.get("statecode")
    if before is None:
        state = table.states[0].value
    if status == -1:
        status = None
        values.pop("statuscode")
    if state is None and status is not None:
        state = table.state_of_status(status)
    if state is None and status is None:
        return
    default = table.default_status(state) if state is not None else None
    if default is None or (status is not None and table.state_of_status(status) != state):
        raise Refusal("0x80048408", facts.BAD_STATE)
    values["statecode"] = state
    if status is None:  # a state that does not change keeps its status
        status = default if before is None or before["statecode"] != state else before["statuscode"]
    values["statuscode"] = status


def check_required(table: Table, values: Row, *, creating: bool) -> None:
    """What the platform insists on cannot be emptied; a case's customer has its own words. Raises Refusal.

    A column that is null at creation counts as left out.
    """
    if not creating:
        for name, column in table.columns.items():
            if column.level == "system" and name in values and values[name] is None:
                raise Refusal("0x80040200", facts.REQUIRED)
    for name, lookup in table.lookups.items():
        if lookup.level == "system" and name != "customerid" and name in values and values[name] is None:
            raise Refusal("0x80040200", facts.REQUIRED)


def check_create(call: Call, table: Table, values: Row, changes: Changes) -> None:
    """A table's own rules for a new row. Raises Refusal."""
    rule = _ON_CREATE.get(table.logical)
    if rule:
        rule(call, values, changes)


def check_update(call: Call, table: Table, values: Row, changes: Changes, before: Row) -> None:
    """A table's own rules for a change, and that no row becomes its own ancestor. Raises Refusal."""
    for name, lookup in table.lookups.items():
        if name in _ANCESTRY and lookup.only_target == table.logical and values.get(name):
            _refuse_loop(call, table, name, str(values[name]), str(before[table.primary_id]))
    rule = _ON_UPDATE.get(table.logical)
    if rule:
        rule(call, values, changes, before)


def _refuse_loop(call: Call, table: Table, lookup: str, parent: str | None, own: str) -> None:
    """Walk up from the new parent; the row itself must not be on the way. Raises Refusal."""
    seen: set[str] = set()
    while parent and parent not in seen:
        if parent == own:
            code, text = _LOOPS.get(table.logical, ("0x80040387", facts.LOOP))
            raise Refusal(code, text)
        seen.add(parent)
        parent = (call.organisation.get(table.logical, parent) or {}).get(lookup)


def _case_on_create(call: Call, values: Row, changes: Changes) -> None:
    if len(changes.navigations.get("customerid", ())) > 1:
        raise Refusal("0x8004440f", facts.TWO_CUSTOMERS)
    if not values.get("customerid"):
        raise Refusal("0x80044410", facts.NO_CUSTOMER)
    _check_customer(call, values)


def _case_on_update(call: Call, values: Row, changes: Changes, before: Row) -> None:
    if len(changes.navigations.get("customerid", ())) > 1:
        raise Refusal("0x8004440f", facts.TWO_CUSTOMERS)
    if "customerid" in values and not values["customerid"]:
        raise Refusal("0x80044410", facts.NO_CUSTOMER)
    if (
        values.get("statecode") == _RESOLVED
        and before["statecode"] != _RESOLVED
        and not call.tenant.quirks.case_resolved_by_patch
    ):
        raise Refusal("0x80040203", facts.USE_CLOSE_INCIDENT)
    if before["statecode"] != 0 and values.get("statecode") != 0:
        # A case that is resolved or cancelled is read-only until it is active again (the entity's documentation).
        raise Refusal("0x80044411", facts.ALREADY_CLOSED)
    if values.get("statecode") == _CANCELLED and has_open(call, str(before["incidentid"])):
        raise Refusal("0x8004440e", facts.OPEN_ON_CANCEL)
    _check_customer(call, values)


def _check_customer(call: Call, values: Row) -> None:
    if values.get("customerid"):
        customer = call.organisation.get(values[type_column("customerid")], values["customerid"])
        if customer is not None and customer["statecode"] != 0:
            raise Refusal("0x80040517", facts.INACTIVE_CUSTOMER)


def _queue_item_on_create(call: Call, values: Row, _changes: Changes) -> None:
    if not values.get("queueid"):
        raise Refusal("0x80040528", facts.NO_QUEUE)
    if not values.get("objectid"):
        raise Refusal("0x80040529", facts.NO_QUEUE_OBJECT)
    check_queue(call, str(values["queueid"]))
    held = call.organisation.select("queueitem", objectid=values["objectid"], statecode=0)
    kind = values.get(type_column("objectid"))
    if kind == "email":  # the only kind of record that may stand in several queues
        if any(item["queueid"] == values["queueid"] for item in held):
            raise Refusal("0x80040523", facts.EMAIL_IN_QUEUE)
    elif held:
        raise Refusal("0x80040526", facts.IN_A_QUEUE)


def check_queue(call: Call, queue_id: str) -> None:
    """A queue must be one that takes items. Raises Refusal."""
    queue = call.organisation.get("queue", queue_id)
    if queue is not None and queue["statecode"] != 0:
        raise Refusal("0x80040521", facts.INACTIVE_QUEUE)


_ON_CREATE: Mapping[str, Callable[[Call, Row, Changes], None]] = {
    "incident": _case_on_create,
    "queueitem": _queue_item_on_create,
    "fieldpermission": lambda call, values, _changes: refuse_unsecured(call, values),
}
_ON_UPDATE: Mapping[str, Callable[[Call, Row, Changes, Row], None]] = {
    "incident": _case_on_update,
}
