"""Users, roles, business units and teams: what the platform does beyond keeping a row when these change."""

from collections.abc import Callable, Mapping
from typing import Any

from mock_services.dataverse import business_units, role_rows, teams, users
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.payloads import Changes
from mock_services.dataverse.roles import assign
from mock_services.errors import Taken, Unmodelled
from mock_services.state.organisation.definitions import Table

Row = Mapping[str, Any]


def create(call: Call, table: Table, values: dict[str, Any], changes: Changes) -> str:
    """Make a user, role, business unit or team; its id. Raises Refusal, and Taken for a key in use."""
    _refuse_key_in_use(call, table, values)
    made = _CREATE[table.logical](call, dict(values), changes)
    for name, ids in changes.linked.items():
        if name != "systemuserroles_association" or table.logical != "systemuser":
            raise Unmodelled(f"binding {table.logical}.{name} at creation")
        for role_id in ids:
            assign(call, "systemuser", made, role_id)
    return made


def update(call: Call, table: Table, row: Row, values: dict[str, Any], changes: Changes) -> None:
    """Change one of them. Raises Refusal."""
    if changes.linked:
        raise Refusal("0x80048d19", "Associating through a body is possible at creation only.")
    _UPDATE[table.logical](call, row, values, changes)
    call.organisation.rows.update(table.logical, row[table.primary_id], values, by=call.caller_id)


def delete(call: Call, table: Table, row: Row) -> None:
    """Remove one of them. Raises Refusal."""
    _DELETE[table.logical](call, row)


def _refuse_key_in_use(call: Call, table: Table, values: Row) -> None:
    key = values.get(table.primary_id)
    if key and call.organisation.get(table.logical, key):
        raise Taken(table.logical, key)


_CREATE: Mapping[str, Callable[[Call, dict[str, Any], Changes], str]] = {
    "systemuser": users.create,
    "role": role_rows.create,
    "businessunit": business_units.create,
    "team": teams.create,
}
_UPDATE: Mapping[str, Callable[[Call, Row, dict[str, Any], Changes], None]] = {
    "systemuser": users.update,
    "role": role_rows.update,
    "businessunit": business_units.update,
    "team": teams.update,
}
_DELETE: Mapping[str, Callable[[Call, Row], None]] = {
    "systemuser": users.delete,
    "role": role_rows.delete,
    "businessunit": business_units.delete,
    "team": teams.delete,
}
