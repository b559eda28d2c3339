"""What a team may by its own roles: whether it can own rows of a table, and what it can do with one.

A team that owns rows must be able to read them, as a user must; the sentence about teams is of an issue of 2020. An
access team owns nothing.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.refusals import principals as rows
from mock_services.dataverse.security import Reach, privilege_for
from mock_services.dataverse.teams import refuse_owning
from mock_services.state.organisation.definitions import Table
from mock_services.state.organisation.privileges import RIGHTS, Depth, Privilege
from mock_services.state.organisation.schema import sql_table
from mock_services.state.organisation.sharing import Shares

Row = Mapping[str, Any]


def demand_ownership(call: Call, team: Row, table: Table) -> None:
    """A team must be able to own rows of a table. Raises Refusal."""
    refuse_owning(team)
    privilege = privilege_for(call.schema, "Read", table)
    if privilege is None or _grants_of(call, team, privilege):
        return
    roles = call.organisation.roles.held_by(team["teamid"], kind="team")
    row = rows.TEAM_LACKS if roles else rows.TEAM_WITHOUT_ROLES
    message = row.template.format(
        team=team["teamid"],
        roles=len(roles),
        privileges=len({name for role in roles for name in call.organisation.roles.privileges_in(role["roleid"])}),
        business_unit=team["businessunitid"],
        privilege=privilege.name,
        privilege_id=privilege.id,
        code=table.code,
        entity=table.logical,
        label=table.label,
        caller=call.caller_id,
    )
    raise Refusal(row.code, facts.OWNER_PREFIX + message, status=row.status)


def may(call: Call, team: Row, verb: str, table: Table, row: Row) -> bool:
    """Whether a team can do this to a row, by its roles, what it owns and what is shared with it."""
    privilege = privilege_for(call.schema, verb, table)
    if privilege is None:
        return True
    reach = _reach(call, team, privilege)
    return reach is not None and reach.covers(table, row)


def _reach(call: Call, team: Row, privilege: Privilege) -> Reach | None:
    grants = _grants_of(call, team, privilege)
    if not grants:
        return None
    depth = Depth(max(grant["mask"] for grant in grants).bit_length() - 1)
    units: set[str] = set()
    for grant in grants:
        unit = str(grant["businessunitid"])
        if grant["mask"] == Depth.Local.mask:
            units.add(unit)
        elif grant["mask"] == Depth.Deep.mask:
            units.update(call.organisation.people.units_below(unit))
    shares = Shares(call.organisation.store, team["teamid"], RIGHTS[privilege.right])
    everything = depth is Depth.Global
    return Reach(everything, frozenset(units), frozenset({team["teamid"]}), depth, call.schema, shares)


def _grants_of(call: Call, team: Row, privilege: Privilege) -> Sequence[Row]:
    return call.organisation.store.rows(_grants(), {"team": team["teamid"], "privilege": privilege.id})


@cache
def _grants() -> sa.Select[Any]:
    link, role, held = sql_table("roleprivileges"), sql_table("role"), sql_table("teamroles")
    team: sa.BindParameter[str] = sa.bindparam("team")
    privilege: sa.BindParameter[str] = sa.bindparam("privilege")
    columns = sa.select(link.c.privilegedepthmask.label("mask"), role.c.businessunitid)
    joined = columns.join(role, role.c.roleid == link.c.roleid).join(held, held.c.roleid == role.c.roleid)
    return joined.where(held.c.teamid == team, link.c.privilegeid == privilege)
