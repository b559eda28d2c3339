"""Two rows joined and parted: through an intersect table, or by the lookup that a collection follows."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, does_not_exist
from mock_services.dataverse.payloads import Changes
from mock_services.dataverse.roles import assign, unassign
from mock_services.dataverse.teams import join as join_team
from mock_services.dataverse.teams import leave, refuse_holding
from mock_services.dataverse.writing import apply_changes
from mock_services.state.organisation.definitions import Association, Collection, Table

Row = Mapping[str, Any]


def join(call: Call, table: Table, row: Row, way: Association | Collection, other: str) -> None:
    """Join a row with the one at the other end. Raises Refusal."""
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
            join_team(call, user, team)
        case _:
            if way.via == "teamprofiles":
                refuse_holding(
                    call.organisation.get("team", near if table.logical == "team" else other) or {"teamtype": 0}
                )
            _join_pair(call, table, row, way, other)


def part(call: Call, table: Table, row: Row, way: Association | Collection, other: str) -> None:
    """Part them again. Raises Refusal."""
    near = row[table.primary_id]
    if isinstance(way, Collection):
        child = call.schema.table(way.table)
        if (call.organisation.get(child.logical, other) or {}).get(way.lookup) not in (near, None):
            raise does_not_exist(child.schema, other)
        _point(call, table, child, way.lookup, child_id=other, parent_id=None)
        return
    match way.via:
        case "systemuserroles" | "teamroles":
            kind, principal, role = _role_ends(table, way, near, other)
            unassign(call, kind, principal, role)
        case "teammembership":
            user, team = (near, other) if table.logical == "systemuser" else (other, near)
            leave(call, user, team)
        case _:
            _part_pair(call, table, row, way, other)


def _join_pair(call: Call, table: Table, row: Row, way: Association, other: str) -> None:
    """A pair in the intersect of two tables: Append on both ends (Power Platform admin docs)."""
    _demand_ends(call, table, row, way, other)
    if _pair_query(call, row[table.primary_id], way, other) is not None:
        raise Refusal("0x80040237", facts.DUPLICATE)
    sql = call.schema.sql(way.via)
    made: dict[str, Any] = {way.near: row[table.primary_id], way.far: other}
    key = call.schema.table(way.via).primary_id
    if key in sql.c and key not in made:
        made[key] = call.organisation.chance.guid()
    with call.organisation.store.transaction():
        version = call.organisation.rows.next_version()
        if "versionnumber" in sql.c:
            made["versionnumber"] = version
        call.organisation.store.write(sql.insert(), made)


def _part_pair(call: Call, table: Table, row: Row, way: Association, other: str) -> None:
    _demand_ends(call, table, row, way, other)
    sql = call.schema.sql(way.via)
    pair = (sql.c[way.near] == row[table.primary_id], sql.c[way.far] == other)
    if not call.organisation.store.write(sa.delete(sql).where(*pair)):
        raise does_not_exist(call.schema.table(way.table).schema, other)


def _pair_query(call: Call, near: str, way: Association, other: str) -> Row | None:
    sql = call.schema.sql(way.via)
    return call.organisation.store.row(sa.select(sql).where(sql.c[way.near] == near, sql.c[way.far] == other))


def _demand_ends(call: Call, table: Table, row: Row, way: Association, other: str) -> None:
    far = call.schema.table(way.table)
    there = call.organisation.get(far.logical, other)
    if there is None:
        raise does_not_exist(far.schema, other)
    call.security.demand_row("Append", table, row)
    call.security.demand_row("Append", far, there)


def _role_ends(table: Table, way: Association, near: str, other: str) -> tuple[str, str, str]:
    """Kind and id of who holds the role, and the role's id, from whichever end it was asked."""
    kind = "systemuser" if way.via == "systemuserroles" else "team"
    return (kind, other, near) if table.logical == "role" else (kind, near, other)


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
    apply_changes(call, child, row, changes)
