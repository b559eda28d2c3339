"""`$ref`: rows joined to and parted from each other without touching anything else."""

from collections.abc import Mapping, Sequence
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.associations import join, part
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call, not_allowed
from mock_services.dataverse.errors import Refusal, payload
from mock_services.dataverse.keys import require_row
from mock_services.dataverse.payloads import Changes, leading
from mock_services.dataverse.urls import read_reference
from mock_services.dataverse.writing import apply_changes
from mock_services.state.organisation.definitions import Lookup, Table

Row = Mapping[str, Any]


def change_references(call: Call, table: Table, row: Row, name: str, inside: str | None) -> Answer:
    """`set(id)/nav/$ref` and `set(id)/nav(other)/$ref`. Raises Refusal and Unmodelled."""
    if (lead := leading(table, name)) is not None:
        return _change_single(call, table, row, name, lead=lead)
    way = call.schema.associations_of(table.logical).get(name) or call.schema.collections_of(table.logical)[name]
    target = call.schema.table(way.table)
    if call.method == "POST" and inside is None:
        _, other = _in_body(call, (target.logical,))
        join(call, table, row, way, other)
        return NO_CONTENT
    if call.method == "DELETE":
        other = require_row(call, target, inside) if inside is not None else _in_query(call, target.logical)
        part(call, table, row, way, other)
        return NO_CONTENT
    raise not_allowed(call.method, "GET,POST,DELETE")


def _change_single(call: Call, table: Table, row: Row, name: str, *, lead: tuple[Lookup, tuple[str, ...]]) -> Answer:
    lookup, targets = lead
    changes = Changes(navigations={lookup.name: [name]})
    if call.method == "PUT":
        changes.bound[lookup.name] = _in_body(call, targets)
    elif call.method == "DELETE":
        changes.values[lookup.name] = None
    else:
        raise not_allowed(call.method, "GET,PUT,DELETE")
    apply_changes(call, table, row, changes)
    return NO_CONTENT


def _in_body(call: Call, targets: Sequence[str]) -> tuple[str, str]:
    reference = call.body.get("@odata.id")
    if not isinstance(reference, str):
        raise payload(call.path.head.name, facts.UNDECLARED.format(name="@odata.id"))
    return _read(call, targets, reference)


def _in_query(call: Call, target: str) -> str:
    reference = dict(call.query).get("$id")
    if reference is None:
        raise Refusal("0x80060888", facts.BAD_KEY)
    return _read(call, (target,), reference)[1]


def _read(call: Call, targets: Sequence[str], reference: str) -> tuple[str, str]:
    """The table and id of a reference to one of these tables. Raises Refusal."""
    found = read_reference(call.resolve(reference), call.url)
    named = call.organisation.table_of_set(found[0]) if found else None
    if found is None or named is None or named.logical not in targets:
        raise Refusal("0x80060888", facts.BIND_UNPARSED)
    return named.logical, require_row(call, named, found[1])
