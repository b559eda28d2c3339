"""CreateMultiple, UpdateMultiple and UpsertMultiple: many rows of one table, all of them or none.

powerapps-docs developer/data-platform/bulk-operations.md; what UpsertMultiple answers is inferred from Microsoft's SDK,
which takes 200, 201 and 204.
"""

from collections.abc import Callable, Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.deep_insert import insert_row
from mock_services.dataverse.errors import Refusal, no_resource, no_segment, payload
from mock_services.dataverse.keys import RowKey, read_key
from mock_services.dataverse.parameters import typed_table
from mock_services.dataverse.payloads import read_changes
from mock_services.dataverse.urls import as_guid, read_reference
from mock_services.dataverse.writing import PEOPLE, apply_changes, existing
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Table

_NOT_YET = {"RetrieveMultiple"}


def call_on_set(call: Call, table: Table, name: str) -> Answer:
    """`POST set/Microsoft.Dynamics.CRM.Name`. Raises Refusal and Unmodelled."""
    if name in _NOT_YET:
        raise Unmodelled(f"the operation {name}")
    if name == "DeleteMultiple":  # for elastic tables alone (bulk-operations.md); code and sentence inferred
        raise Refusal("0x80040800", facts.NOT_SUPPORTED.format(verb=name, table=table.logical))
    if name not in ON_SET:
        raise no_segment(f"{facts.NAMESPACE}{name}")
    if call.method != "POST":
        raise no_resource(call.url)
    if table.read_only or table.logical in PEOPLE or not table.word:
        raise Refusal("0x80040800", facts.NOT_SUPPORTED.format(verb=name, table=table.logical))
    targets = _targets(call, table)
    with call.organisation.store.transaction():
        return ON_SET[name](call, table, targets)


def _targets(call: Call, table: Table) -> list[dict[str, Any]]:
    """The rows of the body, each with this table's type. Raises Refusal."""
    targets = call.body.get("Targets")
    if not isinstance(targets, list):
        raise payload(table.set, facts.NOT_CONVERTED.format(literal="Targets", type="Collection(mscrm.crmbaseentity)"))
    for target in targets:
        named = typed_table(call, target, "Targets", table.set)
        if named.logical != table.logical:
            inner = facts.OTHER_TYPE.format(type=facts.NAMESPACE + named.logical, wanted=table.logical)
            raise payload(table.set, inner)
    return targets


def _create(call: Call, table: Table, targets: list[dict[str, Any]]) -> Answer:
    ids = [insert_row(call, table, target) for target in targets]
    return Answer(200, {"@odata.context": call.context(f"{facts.NAMESPACE}CreateMultipleResponse"), "Ids": ids})


def _update(call: Call, table: Table, targets: list[dict[str, Any]]) -> Answer:
    for target in targets:
        key = _key(call, table, target, "Update")
        if key.id is None:
            raise key.missing
        _change(call, table, existing(call, table, key.id, "Write"), target, key=key)
    return NO_CONTENT


def _upsert(call: Call, table: Table, targets: list[dict[str, Any]]) -> Answer:
    for target in targets:
        key = _key(call, table, target, "Upsert")
        row = call.organisation.get(table.logical, key.id) if key.id is not None else None
        if row is None:
            insert_row(call, table, target, key=key)
        else:
            _change(call, table, row, target, key=key)
    return NO_CONTENT


def _change(call: Call, table: Table, row: Mapping[str, Any], target: Mapping[str, Any], *, key: RowKey) -> None:
    changes = read_changes(call, table, target)
    key.withhold(changes.values, changes.bound)
    apply_changes(call, table, row, changes)


def _key(call: Call, table: Table, target: Mapping[str, Any], message: str) -> RowKey:
    """The row that a target means: its `@odata.id`, or its primary key. Raises Refusal."""
    address = target.get("@odata.id")
    if isinstance(address, str):
        found = read_reference(call.resolve(address), call.url)
        if found is None or found[0] != table.set:
            raise Refusal("0x80060888", facts.BIND_UNPARSED)
        return read_key(call, table, found[1])
    guid = as_guid(str(target.get(table.primary_id, "")))
    if guid is None:
        raise Refusal("0x80040203", facts.NO_KEY.format(message=message))
    return RowKey(table, guid, guid)


ON_SET: Mapping[str, Callable[[Call, Table, list[dict[str, Any]]], Answer]] = {
    "CreateMultiple": _create,
    "UpdateMultiple": _update,
    "UpsertMultiple": _upsert,
}
