"""From a parsed path to what it stands for: a set, a row, a property, a navigation, a reference, an operation."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import activities, bulk, facts, functions, impersonation, metadata, queries, records
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call, not_allowed
from mock_services.dataverse.column_security import guarding, veil
from mock_services.dataverse.errors import no_resource, no_segment, payload
from mock_services.dataverse.keys import RowKey, read_key
from mock_services.dataverse.payloads import Changes, leading, read_changes
from mock_services.dataverse.references import change_references
from mock_services.dataverse.shapes import column_value, lookup_value, target_of
from mock_services.dataverse.urls import Segment
from mock_services.dataverse.writing import PEOPLE, apply_changes, existing
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import (
    Association,
    Collection,
    Lookup,
    Table,
)
from mock_services.state.organisation.schema import type_column

Row = Mapping[str, Any]
_UNMODELLED_ROOTS = {"$all", "ManagedPropertyDefinitions"}


def act(call: Call) -> Answer:
    """Do what a call asks. Raises Refusal and Unmodelled."""
    impersonation.take_up(call)
    with impersonation.stamped(call):
        return _act(call)


def _act(call: Call) -> Answer:
    if not call.path.segments:
        return _service_document(call)
    head = call.path.head
    call.exchange.operation = f"dataverse.{head.name}.{call.method.lower()}"
    if head.name in _UNMODELLED_ROOTS:
        raise Unmodelled(f"{head.name}")
    if head.name in metadata.ROOTS:
        return metadata.answer(call)
    if functions.is_operation(head.name):
        return functions.call_unbound(call)
    table = call.organisation.table_of_set(head.name)
    if table is None:
        raise no_segment(head.name)
    if call.method not in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        raise Unmodelled(f"the method {call.method}")
    call.exchange.operation = f"dataverse.{table.set}.{_VERBS[call.method]}"
    return _set(call, table) if head.inside is None else _row(call, table, read_key(call, table, head.inside))


_VERBS = {"GET": "read", "POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}


def _service_document(call: Call) -> Answer:
    call.exchange.operation = "dataverse.service_document"
    if call.method != "GET":
        raise no_resource(call.url)
    sets = sorted(call.schema.by_set)
    value = [{"name": name, "kind": "EntitySet", "url": name} for name in sets]
    return Answer(200, {"@odata.context": f"{call.root}/$metadata", "value": value})


_ON_ROW: Mapping[str, Callable[[Call, Table, RowKey], Answer]] = {
    "GET": records.read_one,
    "PATCH": records.update,
    "DELETE": records.delete,
}


def _set(call: Call, table: Table) -> Answer:
    tail = call.path.tail
    if tail:
        if len(tail) == 1 and tail[0].name == "$count" and call.method == "GET":
            return queries.count_rows(call, table)
        if tail[0].name.startswith(facts.NAMESPACE):
            return bulk.call_on_set(call, table, tail[0].name.removeprefix(facts.NAMESPACE))
        raise no_segment(tail[0].name)
    if call.method == "GET":
        return queries.list_rows(call, table)
    if call.method == "POST":
        return records.create(call, table)
    raise not_allowed(call.method, "GET,POST")


def _row(call: Call, table: Table, key: RowKey) -> Answer:
    tail = call.path.tail
    if not tail:
        if call.method not in _ON_ROW:
            raise not_allowed(call.method, "GET,PATCH,DELETE")
        return _ON_ROW[call.method](call, table, key)
    first = tail[0]
    if first.name.startswith(facts.NAMESPACE):
        id_ = records.found(call, key, "Read")
        return functions.call_bound(call, table, id_, first.name.removeprefix(facts.NAMESPACE))
    if first.name in table.columns or first.name in table.values:
        id_ = records.found(call, key, "Read" if call.method == "GET" else "Write")
        return _property(call, table, id_, first.name, tail[1:])
    id_ = records.found(call, key, "Read")
    if (lead := leading(table, first.name)) is not None:
        return _single(call, table, id_, first, lead=lead, tail=tail[1:])
    way = call.schema.associations_of(table.logical).get(first.name) or call.schema.collections_of(table.logical).get(
        first.name
    )
    if way is not None:
        return _collection(call, table, id_, way, first, tail=tail[1:])
    raise no_segment(first.name)


def _property(call: Call, table: Table, id: str, name: str, tail: tuple[Segment, ...]) -> Answer:  # noqa: A002 - as above
    """`set(id)/column`: read, set by `{"value": …}`, or emptied."""
    if tail:
        raise Unmodelled(f"{tail[0].name} of a property")
    if call.method == "GET":
        (row,) = veil(call, table, [existing(call, table, id, "Read")])
        if name in table.values:
            value = lookup_value(call.organisation, table.values[name], row)
        else:
            value = column_value(call.organisation, table.columns[name], row)
        if value is None:
            return NO_CONTENT
        return Answer(200, {"@odata.context": call.context(f"{table.set}({id})/{name}"), "value": value})
    row = existing(call, table, id, "Write")
    if call.method == "PUT":
        others = [each for each in call.body if each != "value" and not each.startswith("@")]
        if others or "value" not in call.body:
            named = others[0] if others else name
            raise payload(table.set, facts.INVALID_PROPERTY.format(name=named, table=table.logical))
        changes = read_changes(call, table, {name: call.body["value"]})
    elif call.method == "DELETE":
        changes = read_changes(call, table, {name: None})
    else:
        raise not_allowed(call.method, "GET,PUT,DELETE")
    apply_changes(call, table, row, changes)
    return NO_CONTENT


def _single(
    call: Call,
    table: Table,
    id: str,  # noqa: A002 - as above
    first: Segment,
    *,
    lead: tuple[Lookup, tuple[str, ...]],
    tail: tuple[Segment, ...],
) -> Answer:
    """`set(id)/lookup`, and its `$ref`."""
    lookup, targets = lead
    is_reference = bool(tail) and tail[0].name == "$ref"
    if len(tail) > 1 or (tail and not is_reference):
        raise Unmodelled(f"a path beyond {first.name}")
    if call.method == "GET":
        (row,) = veil(call, table, [existing(call, table, id, "Read")])
        value = lookup_value(call.organisation, lookup, row)
        target = target_of(lookup, row)
        if value is None or target not in targets:
            return NO_CONTENT
        there = call.schema.table(target)
        if is_reference:
            link = f"{call.root}/{there.set}({value})"
            return Answer(200, {"@odata.context": call.context("$ref"), "@odata.id": link})
        return records.read_row(call, there, value)
    if not is_reference:
        raise not_allowed(call.method, "GET")
    row = existing(call, table, id, "Write")
    return change_references(call, table, row, first.name, first.inside)


def _collection(
    call: Call,
    table: Table,
    id: str,  # noqa: A002 - as above
    way: Association | Collection,
    first: Segment,
    *,
    tail: tuple[Segment, ...],
) -> Answer:
    """`set(id)/collection`, its `$count` and its `$ref`."""
    last = tail[0].name if tail else ""
    if len(tail) > 1 or last not in ("", "$ref", "$count"):
        raise Unmodelled(f"a path beyond {first.name}")
    if call.method == "GET" and first.inside is None:
        existing(call, table, id, "Read")
        there, within = call.schema.table(way.table), _within(call, table, id, way)
        if last == "$count":
            return queries.count_rows(call, there, within=within)
        if last == "$ref":
            return queries.references(call, there, within)
        return queries.list_rows(call, there, within=within)
    if last != "$ref":
        return _replace(call, table, id, first)
    # What joining takes is asked of both ends where they are joined; a person's or a role's row must be readable.
    verb = "AppendTo" if isinstance(way, Collection) else "Append"
    row = existing(call, table, id, "Read" if table.logical in PEOPLE else verb)
    return change_references(call, table, row, first.name, first.inside)


def _replace(call: Call, table: Table, id: str, first: Segment) -> Answer:  # noqa: A002 - as above
    """`PUT set(id)/collection`: only the parties of an activity are replaced so, as documented."""
    if call.method != "PUT" or first.inside is not None or not activities.holds_parties(call, table, first.name):
        raise Unmodelled(f"{call.method} of {first}")
    bodies = call.body.get("value")
    if not isinstance(bodies, list) or not all(isinstance(each, dict) for each in bodies):
        raise payload(table.set, facts.PRIMITIVE_NAVIGATION.format(name=first.name))
    apply_changes(call, table, existing(call, table, id, "Write"), Changes(children={first.name: bodies}))
    return NO_CONTENT


def _within(call: Call, table: Table, id: str, way: Association | Collection) -> sa.ColumnElement[bool]:  # noqa: A002 - as above
    """The rows of the far table that belong to this row."""
    there = call.schema.table(way.table)
    sql = call.schema.sql(there.logical)
    if isinstance(way, Association):
        via = call.schema.sql(way.via)
        return sql.c[there.primary_id].in_(sa.select(via.c[way.far]).where(via.c[way.near] == id))
    guarding(call)(there, way.lookup)
    condition: sa.ColumnElement[bool] = sql.c[way.lookup] == id
    if there.lookups[way.lookup].polymorphic:
        condition = sa.and_(condition, sql.c[type_column(way.lookup)] == table.logical)
    return condition
