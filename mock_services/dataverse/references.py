"""`$ref`: rows joined to and parted from each other without touching anything else."""

from collections.abc import Mapping, Sequence
from typing import Any

from mock_services.dataverse import facts, records
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call, not_for_collection
from mock_services.dataverse.errors import Refusal, does_not_exist, no_resource, payload
from mock_services.dataverse.payloads import Changes
from mock_services.dataverse.roles import assign, unassign
from mock_services.dataverse.urls import read_key, read_reference
from mock_services.errors import Missing, Taken, Unmodelled
from mock_services.state.organisation.definitions import (
    Association,
    Collection,
    Table,
)

Row = Mapping[str, Any]


def change_references(call: Call, table: Table, row: Row, name: str, inside: str | None) -> Answer:
    """`set(id)/nav/$ref` and `set(id)/nav(other)/$ref`. Raises Refusal and Unmodelled."""
    if name in table.navigation:
        return _change_single(call, table, row, name)
    way = call.schema.associations_of(table.logical).get(name) or call.schema.collections_of(table.logical)[name]
    target = call.schema.table(way.table)
    if call.method == "POST" and inside is None:
        _, other = _in_body(call, (target.logical,))
        _join(call, table, row, way, other)
        return NO_CONTENT
    if call.method == "DELETE":
        other = read_key(target, inside) if inside is not None else _in_query(call, target.logical)
        _part(call, table, row, way, other)
        return NO_CONTENT
    raise not_for_collection(call.method)


def _change_single(call: Call, table: Table, row: Row, name: str) -> Answer:
    lookup, targets = table.navigation[name]
    changes = Changes(navigations={lookup.name: [name]})
    if call.method == "PUT":
        changes.bound[lookup.name] = _in_body(call, targets)
    elif call.method == "DELETE":
        changes.values[lookup.name] = None
    else:
        raise no_resource(call.url)
    records.apply_changes(call, table, row, changes)
    return NO_CONTENT


def _join(call: Call, table: Table, row: Row, way: Association | Collection, other: str) -> None:
    near = row[table.primary_id]
    if isinstance(way, Collection):
        _point(call, table, call.schema.table(way.table), way.lookup, child_id=other, parent_id=near)
        return
    match way.via:
        case "systemuserroles" | "teamroles":
            kind, principal, role = _role_ends(table, way, near, other)
            assign(call, kind, principal, role)
        case "teammembership":
            user, team = (near, other) if table.logical == "systemuser" else (other, near)
            _demand_membership(call, user, team)
            try:
                call.organisation.people.join(user, team)
            except Taken:
                raise Refusal("0x80040237", facts.DUPLICATE) from None
        case _:
            raise Unmodelled(f"associating through {way.name}")


def _part(call: Call, table: Table, row: Row, way: Association | Collection, other: str) -> None:
    near = row[table.primary_id]
    if isinstance(way, Collection):
        _point(call, table, call.schema.table(way.table), way.lookup, child_id=other, parent_id=None)
        return
    match way.via:
        case "systemuserroles" | "teamroles":
            kind, principal, role = _role_ends(table, way, near, other)
            unassign(call, kind, principal, role)
        case "teammembership":
            user, team = (near, other) if table.logical == "systemuser" else (other, near)
            _demand_membership(call, user, team)
            try:
                call.organisation.people.leave(user, team)
            except Missing:
                raise does_not_exist("Team", team) from None
        case _:
            raise Unmodelled(f"disassociating through {way.name}")


def _role_ends(table: Table, way: Association, near: str, other: str) -> tuple[str, str, str]:
    """Kind and id of who holds the role, and the role's id, from whichever end it was asked."""
    kind = "systemuser" if way.via == "systemuserroles" else "team"
    return (kind, other, near) if table.logical == "role" else (kind, near, other)


def _demand_membership(call: Call, user: str, team: str) -> None:
    """Append on both ends of a many-to-many, and both must be there. Raises Refusal."""
    for kind, id_ in (("systemuser", user), ("team", team)):
        there = call.organisation.get(kind, id_)
        if there is None:
            raise does_not_exist(call.schema.table(kind).schema, id_)
        call.security.demand_row("Append", call.schema.table(kind), there)


def _point(call: Call, table: Table, child: Table, lookup: str, *, child_id: str, parent_id: str | None) -> None:
    """A collection that follows a lookup: joining sets the lookup of the row at the other end."""
    row = call.organisation.get(child.logical, child_id)
    if row is None:
        raise does_not_exist(child.schema, child_id)
    changes = Changes(navigations={lookup: [child.lookups[lookup].targets[table.logical]]})
    if parent_id is None:
        changes.values[lookup] = None
    else:
        changes.bound[lookup] = (table.logical, parent_id)
    records.apply_changes(call, child, row, changes)


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
    return named.logical, read_key(named, found[1])
