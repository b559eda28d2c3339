"""Single rows through the Web API: read, create, update, upsert, delete, and their representations."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.column_security import veil
from mock_services.dataverse.deep_insert import insert_row
from mock_services.dataverse.deletion import delete_row
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.expansions import expand_rows
from mock_services.dataverse.keys import RowKey
from mock_services.dataverse.payloads import read_changes
from mock_services.dataverse.queries import Options, context_columns, read_options
from mock_services.dataverse.shapes import etag, shape_rows
from mock_services.dataverse.writing import (
    apply_changes,
    check_match,
    demand_bypass,
    existing,
    refuse_read_only,
    same_version,
)
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Table

Row = Mapping[str, Any]
_APPLIED = ("Preference-Applied", "return=representation")


def read_one(call: Call, table: Table, key: RowKey) -> Answer:
    """`GET set(key)`."""
    return read_row(call, table, found(call, key, "Read"))


def read_row(call: Call, table: Table, id: str) -> Answer:  # noqa: A002 - the word everybody uses for it
    """The row with this primary key. Raises Refusal."""
    options = read_options(call, table)
    row = existing(call, table, id, "Read")
    match = call.headers.get("if-none-match", "null")
    unconditional = options.expand or call.prefer.annotations or "versionnumber" not in table.columns
    if match not in ("null", "*") and same_version(match, row) and not unconditional:
        return Answer(304, headers=(("ETag", etag(row)),))
    return represent(call, table, row, options)


def create(call: Call, table: Table, *, key: RowKey | None = None) -> Answer:
    """`POST set`, and `PATCH set(key)` of a row that is not there."""
    options = read_options(call, table) if call.prefer.representation else Options()
    with call.organisation.store.transaction():
        made = insert_row(call, table, call.body, key=key)
        location = call.entity_id(table.set, (key.address if key is not None else "") or made)
        if not call.prefer.representation:
            return Answer(204, headers=location)
        answer = represent(call, table, existing(call, table, made, "Read"), options)
    return Answer(201, answer.body, headers=(*location, *answer.headers, _APPLIED))


def update(call: Call, table: Table, key: RowKey) -> Answer:
    """`PATCH set(key)`: an upsert unless `If-Match` or `If-None-Match` say otherwise."""
    match, none_match = call.headers.get("if-match"), call.headers.get("if-none-match", "null").strip()
    if none_match not in ("null", "*"):
        raise Unmodelled("If-None-Match with an etag in an update")
    row = call.organisation.get(table.logical, key.id) if key.id is not None else None
    if row is None:
        if match is not None:
            call.security.demand("Write", table)
            raise key.missing
        return create(call, table, key=key)
    if none_match == "*":
        raise Refusal("0x80040237", facts.DUPLICATE)
    options = _selected(call, table)
    changes = read_changes(call, table, call.body)
    key.withhold(changes.values, changes.bound)
    with call.organisation.store.transaction():
        apply_changes(call, table, row, changes)
        if not call.prefer.representation:
            return Answer(204, headers=call.entity_id(table.set, key.address or row[table.primary_id]))
        after = existing(call, table, row[table.primary_id], "Read")
        answer = represent(call, table, after, options)
    return Answer(200, answer.body, headers=(*answer.headers, _APPLIED))


def _selected(call: Call, table: Table) -> Options:
    """The `$select` of an update with a representation; its `$expand` is passed over, as documented."""
    return replace(read_options(call, table), expand=()) if call.prefer.representation else Options()


def delete(call: Call, table: Table, key: RowKey) -> Answer:
    """`DELETE set(key)`."""
    refuse_read_only(table, "Delete")
    demand_bypass(call)
    row = existing(call, table, found(call, key, "Delete"), "Delete")
    check_match(call, table, row)
    delete_row(call, table, row)
    return NO_CONTENT


def found(call: Call, key: RowKey, verb: str) -> str:
    """The primary key of a row that must be there to be reached. Raises Refusal: privilege, then existence."""
    if key.id is None:
        call.security.demand(verb, key.table)
        raise key.missing
    return key.id


def represent(call: Call, table: Table, row: Row, options: Options) -> Answer:
    """A row as the answer to a read of it. Raises Refusal."""
    (row,) = veil(call, table, [row])
    shaped = shape_rows(call.organisation, table, [row], options.names, call.prefer)
    if options.expand:
        expand_rows(call, table, [row], shaped, options.expand)
    body = {"@odata.context": call.context(f"{table.set}{context_columns(options)}/$entity"), **shaped[0]}
    applied = [each for each in call.prefer.applied if each.startswith("odata.include")]
    headers = (("ETag", etag(row)), *(("Preference-Applied", each) for each in applied))
    return Answer(200, body, headers=headers)
