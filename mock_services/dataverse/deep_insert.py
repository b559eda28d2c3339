"""Rows nested in the body of a new row, and rows bound to it: all of them made together or none."""

from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import activities, associations, facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import payload
from mock_services.dataverse.keys import RowKey
from mock_services.dataverse.payloads import BIND, Changes, read_changes
from mock_services.dataverse.writing import PEOPLE, insert_checked
from mock_services.state.organisation.definitions import Association, Collection, Table

Row = Mapping[str, Any]


def insert_row(call: Call, table: Table, body: Row, *, key: RowKey | None = None, depth: int = 0) -> str:
    """Make a row from a body, and the rows nested in it, or none of them; its id. Raises Refusal.

    What a lookup is to point at is made first, what points here afterwards (powerapps-docs create-entity-web-api.md).
    """
    if depth > facts.DEEPEST_INSERT:
        raise payload(table.set, facts.BAD_JSON.format(why="The nesting is too deep."))
    changes = read_changes(call, table, body)
    if key is not None and not key.values:
        changes.values[table.primary_id] = key.id
    with call.organisation.store.transaction():
        for lookup, (target, nested) in changes.parents.items():
            made = insert_row(call, call.schema.table(target), nested, depth=depth + 1)
            changes.bound[lookup] = (target, made)
        root = insert_checked(call, table, changes, key)
        for name, bodies in changes.children.items():
            _insert_children(call, table, root, name, bodies=bodies, depth=depth + 1)
        if table.logical not in PEOPLE:  # for those the platform's own rules bind what is to be bound
            _link(call, table, root, changes)
    return root


def _way(call: Call, table: Table, name: str) -> Association | Collection:
    associations_here = call.schema.associations_of(table.logical)
    return associations_here.get(name) or call.schema.collections_of(table.logical)[name]


def _insert_children(call: Call, table: Table, root: str, name: str, *, bodies: list[Row], depth: int) -> None:
    if activities.holds_parties(call, table, name):
        activities.add_parties(call, table, root, bodies)
        return
    way = _way(call, table, name)
    child = call.schema.table(way.table)
    for nested in bodies:
        if isinstance(way, Association):
            row = call.organisation.rows.require(table.logical, root)
            associations.join(call, table, row, way, insert_row(call, child, nested, depth=depth))
        else:
            back = child.lookups[way.lookup].targets[table.logical] + BIND
            insert_row(call, child, {**nested, back: f"/{table.set}({root})"}, depth=depth)


def _link(call: Call, table: Table, root: str, changes: Changes) -> None:
    for name, ids in changes.linked.items():
        for other in ids:
            row = call.organisation.rows.require(table.logical, root)
            associations.join(call, table, row, _way(call, table, name), other)
