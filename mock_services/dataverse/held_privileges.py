"""Functions that say what users and teams hold: roles by Entra id, privileges by user, team or Entra id.

Names, parameters and `RolePrivileges` of the answers: Learn, webapi/reference (retrieveaaduserroles,
retrieveaaduserprivileges, retrieveusersprivilegesthroughteams, retrieveteamprivileges). What the platform answers about
somebody it does not know is inferred.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts, queries, roles, team_rights
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.errors import does_not_exist, no_resource
from mock_services.dataverse.parameters import addressed_row
from mock_services.dataverse.urls import as_guid, read_arguments
from mock_services.dataverse.writing import existing
from mock_services.state.organisation.privileges import RIGHTS, Depth
from mock_services.state.organisation.roles import effective_roles
from mock_services.state.organisation.schema import sql_table

Row = Mapping[str, Any]


def aad_user_roles(call: Call, arguments: Mapping[str, str]) -> Answer:
    """RetrieveAadUserRoles: the roles of a user and of its teams. Raises Refusal."""
    user = _by_object_id(call, arguments)
    role, held = call.schema.table("role"), sql_table("role")
    ids = effective_roles().params(user=user["systemuserid"])
    return queries.list_rows(call, role, within=held.c.roleid.in_(ids))


def aad_user_privileges(call: Call, arguments: Mapping[str, str]) -> Answer:
    """RetrieveAadUserPrivileges: the greatest depth of everything a user holds. Raises Refusal."""
    user = _by_object_id(call, arguments)
    held = call.organisation.privileges_of(user["systemuserid"])
    return _answer(call, "RetrieveAadUserPrivileges", held, user["businessunitid"])


def through_teams(call: Call, user_id: str) -> Answer:
    """RetrieveUsersPrivilegesThroughTeams: what a user holds by its teams alone. Raises Refusal."""
    user = existing(call, call.schema.table("systemuser"), user_id, "Read")
    return _answer(
        call, "RetrieveUsersPrivilegesThroughTeams", _depths(call, _of_teams(), user_id), user["businessunitid"]
    )


def team_privileges(call: Call, team_id: str) -> Answer:
    """RetrieveTeamPrivileges: what a team holds. Raises Refusal."""
    team = existing(call, call.schema.table("team"), team_id, "Read")
    return _answer(call, "RetrieveTeamPrivileges", _depths(call, _of_team(), team_id), team["businessunitid"])


def team_access(call: Call, team_id: str) -> Answer:
    """RetrievePrincipalAccess of a team: its rights on one row. Raises Refusal."""
    team = existing(call, call.schema.table("team"), team_id, "Read")
    wanted = read_arguments(call.path.segments[-1].inside, call.aliases).get("Target", "")
    table, id_ = addressed_row(call, wanted)
    row = existing(call, table, id_, "Read")
    held = [f"{right}Access" for right in RIGHTS if team_rights.may(call, team, right, table, row)]
    return _response(call, "RetrievePrincipalAccess", {"AccessRights": ", ".join(held) or "None"})


def _by_object_id(call: Call, arguments: Mapping[str, str]) -> Row:
    """The user that `DirectoryObjectId` names, whom the caller may read. Raises Refusal."""
    object_id = as_guid(arguments.get("DirectoryObjectId", ""))
    if object_id is None:
        raise no_resource(call.url)
    table = call.schema.table("systemuser")
    reach = call.security.demand("Read", table)
    user = call.organisation.user_of(object_id)
    if user is None:
        raise does_not_exist(table.schema, object_id)
    call.security.require_covers("Read", table, user, reach)
    return user


def _depths(call: Call, query: sa.Select[Any], principal: str) -> dict[str, Depth]:
    found = call.organisation.store.rows(query, {"principal": principal})
    return {row["name"]: Depth(row["mask"].bit_length() - 1) for row in found}


def _answer(call: Call, name: str, held: Mapping[str, Depth], business_unit: str) -> Answer:
    return _response(call, name, {"RolePrivileges": roles.role_privileges(call, held, business_unit)})


def _response(call: Call, name: str, members: Mapping[str, Any]) -> Answer:
    return Answer(200, {"@odata.context": call.context(f"{facts.NAMESPACE}{name}Response"), **members})


def _greatest(role_ids: sa.Select[Any]) -> sa.Select[Any]:
    link, privilege = sql_table("roleprivileges"), sql_table("privilege")
    columns = sa.select(privilege.c.name, sa.func.max(link.c.privilegedepthmask).label("mask"))
    joined = columns.join(link, link.c.privilegeid == privilege.c.privilegeid)
    return joined.where(link.c.roleid.in_(role_ids)).group_by(privilege.c.name).order_by(privilege.c.name)


@cache
def _of_team() -> sa.Select[Any]:
    held = sql_table("teamroles")
    return _greatest(sa.select(held.c.roleid).where(held.c.teamid == sa.bindparam("principal")))


@cache
def _of_teams() -> sa.Select[Any]:
    held, members = sql_table("teamroles"), sql_table("teammembership")
    of_user = sa.select(held.c.roleid).join(members, members.c.teamid == held.c.teamid)
    return _greatest(of_user.where(members.c.systemuserid == sa.bindparam("principal")))
