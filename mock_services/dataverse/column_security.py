"""Secured columns: nobody but System Administrator reads or writes one until a profile of theirs allows it.

Sources: power-platform admin/field-level-security.md; reference/entities/fieldpermission.md (the permissions' values).
A value that may not be read is null (rows of a query in FetchXML leave nulls out anyway). That a condition or an order
by such a column is refused, and by which code, is in the table of error codes.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, refused
from mock_services.dataverse.refusals import Row as Refused
from mock_services.dataverse.refusals import security as rows
from mock_services.state.organisation.definitions import Table
from mock_services.state.organisation.roles import SYSTEM_ADMINISTRATOR, effective_roles
from mock_services.state.organisation.schema import sql_table, type_column

Row = Mapping[str, Any]
READ, CREATE, UPDATE = "canread", "cancreate", "canupdate"
_ALLOWED = 4


def closed(call: Call, table: Table, permission: str) -> frozenset[str]:
    """The secured columns and lookups of a table for which the caller has not this permission."""
    secured = table.secured
    if not secured:
        return frozenset()
    return frozenset().union(*(secured - _open(call, user, table, permission) for user in _judged(call)))


def veil(call: Call, table: Table, found: Sequence[Row]) -> Sequence[Row]:
    """Rows without what the caller may not read."""
    hidden = closed(call, table, READ)
    if not hidden:
        return found
    blank = {name: None for each in hidden for name in (each, type_column(each))}
    return [{**row, **{name: None for name in blank if name in row}} for row in found]


def guarding(call: Call) -> Callable[[Table, str], None]:
    """A check that a column may be read, to be asked before a query is judged by it. It raises Refusal."""

    def check(table: Table, name: str) -> None:
        if name in table.secured and name in closed(call, table, READ):
            raise refused(rows.SECURED_QUERY)

    return check


def demand_create(call: Call, table: Table, given: Collection[str]) -> None:
    """A new row may have values in these columns. Raises Refusal."""
    _demand(call, table, given, CREATE, rows.SECURED_CREATE)


def demand_update(call: Call, table: Table, given: Collection[str]) -> None:
    """A row may change in these columns. Raises Refusal."""
    _demand(call, table, given, UPDATE, rows.SECURED_UPDATE)


def refuse_unsecured(call: Call, values: Row) -> None:
    """A permission is for a column that is secured. Raises Refusal."""
    table = call.schema.tables.get(str(values.get("entityname") or ""))
    if table is None or values.get("attributelogicalname") not in table.secured:
        raise refused(rows.NOT_SECURED)


def _demand(call: Call, table: Table, given: Collection[str], permission: str, refused: Refused) -> None:
    if table.secured and closed(call, table, permission).intersection(given):
        raise Refusal(refused.code, refused.template)


def _judged(call: Call) -> Iterator[str]:
    """Whose permissions count: the caller's, and as a stand-in those of who really calls too."""
    yield call.caller_id
    if call.impersonator is not None and call.tenant.quirks.impersonation_rights == "intersection":
        yield str(call.impersonator["systemuserid"])


def _open(call: Call, user: str, table: Table, permission: str) -> frozenset[str]:
    store, values = call.organisation.store, {"user": user}
    if store.rows(_administering(), values):
        return table.secured
    allowed = store.rows(_permitted(permission), {**values, "table": table.logical, "allowed": _ALLOWED})
    return frozenset(row["attributelogicalname"] for row in allowed)


@cache
def _administering() -> sa.Select[Any]:
    role = sql_table("role")
    held = role.c.roleid.in_(effective_roles())
    return sa.select(role.c.roleid).where(held, role.c.roletemplateid == SYSTEM_ADMINISTRATOR)


@cache
def _permitted(permission: str) -> sa.Select[Any]:
    """The columns of `:table` that a profile of `:user`, its own or its teams', opens."""
    own, teams, members = sql_table("systemuserprofiles"), sql_table("teamprofiles"), sql_table("teammembership")
    permissions = sql_table("fieldpermission")
    user: sa.BindParameter[str] = sa.bindparam("user")
    direct = sa.select(own.c.fieldsecurityprofileid).where(own.c.systemuserid == user)
    by_team = sa.select(teams.c.fieldsecurityprofileid).join(members, members.c.teamid == teams.c.teamid)
    profile = permissions.c.fieldsecurityprofileid
    return sa.select(permissions.c.attributelogicalname).where(
        permissions.c.entityname == sa.bindparam("table"),
        permissions.c[permission] == sa.bindparam("allowed"),
        sa.or_(profile.in_(direct), profile.in_(by_team.where(members.c.systemuserid == user))),
    )
