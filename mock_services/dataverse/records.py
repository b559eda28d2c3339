"""Rows through the Web API: create, read, update, upsert, delete; each behind the one privilege check."""

from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import facts, principals, rules
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, does_not_exist, payload
from mock_services.dataverse.expansions import expand_rows
from mock_services.dataverse.payloads import BIND, Changes, read_changes, stored_changes
from mock_services.dataverse.queries import context_columns, read_options
from mock_services.dataverse.security import Security
from mock_services.dataverse.shapes import etag, shape_rows
from mock_services.errors import Taken, Unmodelled
from mock_services.state.organisation.definitions import Lookup, Table
from mock_services.state.organisation.schema import type_column

Row = Mapping[str, Any]
_OWNER = "ownerid"
_PARENTS = {
    "incident": ("customerid",),
    "annotation": ("objectid",),
    "queueitem": ("objectid",),
    "incidentresolution": ("incidentid",),
}
"""Table -> lookups whose target takes the row along when it is deleted (the entity reference pages)."""
PEOPLE = frozenset({"systemuser", "role", "businessunit", "team"})
"""Tables whose rows the platform does more with than keep them."""


def read_one(call: Call, table: Table, id: str) -> Answer:  # noqa: A002 - the word everybody uses for it
    """`GET set(id)`."""
    options = read_options(call, table)
    row = existing(call, table, id, "Read")
    match = call.headers.get("if-none-match", "null")
    unconditional = options.expand or call.prefer.annotations
    if match not in ("null", "*") and _same_version(match, row) and not unconditional:
        return Answer(304, headers=(("ETag", etag(row)),))
    return _represent(call, table, row, 200)


def existing(call: Call, table: Table, id: str, verb: str) -> Row:  # noqa: A002 - as above
    """A row the caller may do this to. Raises Refusal: privilege, existence, access, in this order."""
    reach = call.security.demand(verb, table)
    row = call.organisation.get(table.logical, id)
    if row is None:
        raise does_not_exist(table.schema, id)
    call.security.require_covers(verb, table, row, reach)
    return row


def create(call: Call, table: Table, *, id: str | None = None) -> Answer:  # noqa: A002 - as above
    """`POST set`, and `PATCH set(id)` of a row that is not there."""
    if call.prefer.representation:
        read_options(call, table)
    made = insert_row(call, table, call.body, id=id)
    if call.prefer.representation:
        answer = _represent(call, table, call.organisation.rows.require(table.logical, made), 201)
        applied = (("Preference-Applied", "return=representation"),)
        return Answer(201, answer.body, headers=(*call.entity_id(table.set, made), *answer.headers, *applied))
    return Answer(204, headers=call.entity_id(table.set, made))


def insert_row(call: Call, table: Table, body: Row, *, id: str | None = None, depth: int = 0) -> str:  # noqa: A002 - as above
    """Make a row from a body, and the rows nested in it, or none of them; its id. Raises Refusal.

    What a lookup is to point at is made first, what points here afterwards (powerapps-docs create-entity-web-api.md).
    """
    if depth > facts.DEEPEST_INSERT:
        raise payload(table.set, facts.BAD_JSON.format(why="The nesting is too deep."))
    changes = read_changes(call, table, body)
    if id is not None:
        changes.values[table.primary_id] = id
    with call.organisation.store.transaction():
        for lookup, (target, nested) in changes.parents.items():
            made = insert_row(call, _there(call, target), nested, depth=depth + 1)
            changes.bound[lookup] = (target, made)
        root = _insert_checked(call, table, changes)
        for name, bodies in changes.children.items():
            way = call.schema.collections_of(table.logical)[name]
            child = _there(call, way.table)
            back = child.lookups[way.lookup].targets[table.logical] + BIND
            for nested in bodies:
                insert_row(call, child, {**nested, back: f"/{table.set}({root})"}, depth=depth + 1)
    return root


def _there(call: Call, logical: str) -> Table:
    """A table that this organisation has. Raises Refusal."""
    if not call.organisation.has(logical):
        raise payload(call.schema.table(logical).set, facts.NO_TYPE.format(type=facts.NAMESPACE + logical))
    return call.schema.table(logical)


def _insert_checked(call: Call, table: Table, changes: Changes) -> str:
    if table.read_only:
        raise Refusal("0x80040800", f"The 'Create' method does not support entities of type '{table.logical}'.")
    values = stored_changes(table, changes, creating=True)
    _demand_create(call, table, changes, values)
    rules.check_values(table, values)
    rules.check_required(table, values)
    rules.settle_state(table, values, None)
    rules.check_create(call, table, values, changes)
    try:
        with call.organisation.store.transaction():
            return _insert(call, table, values, changes)
    except Taken:
        raise Refusal("0x80040237", facts.DUPLICATE) from None


def update(call: Call, table: Table, id: str) -> Answer:  # noqa: A002 - as above
    """`PATCH set(id)`: an upsert unless `If-Match` or `If-None-Match` say otherwise."""
    match, none_match = call.headers.get("if-match"), call.headers.get("if-none-match", "null")
    row = call.organisation.get(table.logical, id)
    if row is None:
        if match is not None:
            call.security.demand("Write", table)
            raise does_not_exist(table.schema, id)
        return create(call, table, id=id)
    if none_match == "*":
        raise Refusal("0x80040237", facts.DUPLICATE)
    changes = read_changes(call, table, call.body)
    apply_changes(call, table, row, changes)
    if call.prefer.representation:
        answer = _represent(call, table, call.organisation.rows.require(table.logical, id), 200)
        return Answer(200, answer.body, headers=(*answer.headers, ("Preference-Applied", "return=representation")))
    return Answer(204, headers=call.entity_id(table.set, id))


def apply_changes(call: Call, table: Table, row: Row, changes: Changes) -> None:
    """Change an existing row, checks and all. Raises Refusal."""
    id_ = row[table.primary_id]
    if changes.parents or changes.children:
        raise Unmodelled(f"rows nested in an update of {table.logical}")
    values = stored_changes(table, changes, creating=False)
    reach = call.security.demand("Write", table)
    if table.read_only:
        raise Refusal("0x80040800", f"The 'Update' method does not support entities of type '{table.logical}'.")
    _demand_lookups(call, table, changes, row)
    call.security.require_covers("Write", table, row, reach)
    if _OWNER in changes.bound and table.ownership == "User":
        call.security.demand_row("Assign", table, row)
        demand_owner(call, table, values)
    match = call.headers.get("if-match", "*")
    if match not in ("*", "null") and not _same_version(match, row):
        raise Refusal("0x80060882", facts.STALE)
    rules.check_values(table, values)
    rules.check_required(table, values)
    rules.settle_state(table, values, row)
    rules.check_update(call, table, values, changes, row)
    with call.organisation.store.transaction():
        if table.logical in PEOPLE:
            principals.update(call, table, row, values, changes)
        else:
            call.organisation.rows.update(table.logical, id_, values, by=call.caller_id)


def delete(call: Call, table: Table, id: str) -> Answer:  # noqa: A002 - as above
    """`DELETE set(id)`."""
    if table.read_only:
        raise Refusal("0x80040800", f"The 'Delete' method does not support entities of type '{table.logical}'.")
    row = existing(call, table, id, "Delete")
    match = call.headers.get("if-match", "*")
    if match not in ("*", "null") and not _same_version(match, row):
        raise Refusal("0x80060882", facts.STALE)
    with call.organisation.store.transaction():
        if table.logical in PEOPLE:
            principals.delete(call, table, row)
        else:
            _release(call, table, id)
            call.organisation.rows.delete(table.logical, id)
    return NO_CONTENT


def _release(call: Call, table: Table, id: str) -> None:  # noqa: A002 - as above
    """What points at a row that goes: cases go with their customer, notes and queue items with what they are about
    (parental relationships), every other lookup is emptied; a queue that holds items stays.
    """
    organisation = call.organisation
    for other in call.schema.tables.values():
        for lookup in other.lookups.values():
            if table.logical not in lookup.targets or lookup.virtual:
                continue
            if (other.logical, lookup.name) == ("queueitem", "queueid") and organisation.select(
                "queueitem", queueid=id
            ):
                raise Refusal("0x80040227", facts.ASSOCIATED)
            if lookup.name in _PARENTS.get(other.logical, ()):
                for row in organisation.select(other.logical, **{lookup.name: id}):
                    _release(call, other, row[other.primary_id])
                    organisation.delete(other.logical, row[other.primary_id])
            elif lookup.level == "none":
                organisation.rows.unlink(other.logical, lookup.name, id)


def _insert(call: Call, table: Table, values: dict[str, Any], changes: Changes) -> str:
    if table.logical in PEOPLE:
        return principals.create(call, table, values, changes)
    return call.organisation.rows.insert(table.logical, values, by=call.caller_id)


def _demand_create(call: Call, table: Table, changes: Changes, values: dict[str, Any]) -> None:
    """Create; Append and AppendTo for lookups; Assign for an owner, who must hold Read on the table."""
    reach = call.security.demand("Create", table)
    new = {**values, "owningbusinessunit": None}
    if table.ownership == "User":
        owner_kind = values.get(type_column(_OWNER), "systemuser")
        new[_OWNER] = values.get(_OWNER) or call.caller_id
        if _OWNER in changes.bound:
            call.security.demand("Assign", table)
        owner = demand_owner(call, table, {_OWNER: new[_OWNER], type_column(_OWNER): owner_kind})
        new["owningbusinessunit"] = owner["businessunitid"]
    _demand_lookups(call, table, changes, new)
    call.security.require_covers("Create", table, new, reach)
    if table.ownership == "User" and _OWNER in changes.bound:
        call.security.demand_row("Assign", table, new)


def demand_owner(call: Call, table: Table, values: Row) -> Row:
    """The owner's row; a user must hold Read on what it is to own. Raises Refusal."""
    kind = values.get(type_column(_OWNER)) or "systemuser"
    owner = call.organisation.get(kind, values[_OWNER]) if values.get(_OWNER) else None
    if owner is None:
        raise does_not_exist(call.schema.table(kind).schema, str(values.get(_OWNER)))
    if kind == "systemuser":
        rights = Security(
            call.organisation, owner, call.tenant.quirks, caller=call.caller_id, prefix=facts.OWNER_PREFIX
        )
        rights.demand("Read", table)
    return owner


def _demand_lookups(call: Call, table: Table, changes: Changes, row: Row) -> None:
    bound = {n: v for n, v in changes.bound.items() if n != _OWNER and _is_checked(table, table.lookups[n])}
    if bound:
        reach = call.security.demand("Append", table)
        targets = {
            name: call.security.demand("AppendTo", call.schema.table(target)) for name, (target, _) in bound.items()
        }
        for name, (target, id_) in bound.items():
            there = call.organisation.get(target, id_)
            if there is None:
                raise does_not_exist(call.schema.table(target).schema, id_)
            call.security.require_covers("AppendTo", call.schema.table(target), there, targets[name])
        call.security.require_covers("Append", table, row, reach)


def _is_checked(table: Table, lookup: Lookup) -> bool:
    """Lookups that the platform sets itself are not the caller's to append."""
    return lookup.create or lookup.update or table.logical == "queueitem"


def _represent(call: Call, table: Table, row: Row, status: int) -> Answer:
    options = read_options(call, table)
    shaped = shape_rows(call.organisation, table, [row], options.names, call.prefer)
    if options.expand:
        expand_rows(call, table, [row], shaped, options.expand)
    body = {"@odata.context": call.context(f"{table.set}{context_columns(options)}/$entity"), **shaped[0]}
    applied = [each for each in call.prefer.applied if each.startswith("odata.include")]
    headers = (("ETag", etag(row)), *(("Preference-Applied", each) for each in applied))
    return Answer(status, body, headers=headers)


def _same_version(match: str, row: Row) -> bool:
    """`W/"n"` and `"n"` mean the same."""
    return match.strip().removeprefix("W/") == etag(row).removeprefix("W/")
