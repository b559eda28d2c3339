"""`AddMembersTeam` and `RemoveMembersTeam`, and the members of group teams, whom the directory decides.

Both actions are bound to a team and take `Members`, users each with its key (Learn: webapi/reference/addmembersteam).
A group team takes up its members as they call: Power Platform admin, manage-group-teams.md. That groups within groups
do not count, and that guests do not exist here, is inferred.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import does_not_exist, payload
from mock_services.dataverse.parameters import typed_table
from mock_services.dataverse.teams import SECURITY_GROUP, join, leave
from mock_services.dataverse.urls import as_guid
from mock_services.dataverse.writing import existing
from mock_services.state.organisation import Organisation
from mock_services.state.organisation.schema import sql_table
from mock_services.tenant import FakeTenant

_OWNERS, _GUESTS = 2, 3
"""`membershiptype` of the groups' owners and guests; 0 and 1 are members."""


def add_members(call: Call, team: str) -> Answer:
    """AddMembersTeam: all of them or none; who is a member already stays one (inferred). Raises Refusal."""
    users = _members(call, team)
    with call.organisation.store.transaction():
        for user in users:
            if not _is_member(call, user, team):
                join(call, user, team)
    return NO_CONTENT


def remove_members(call: Call, team: str) -> Answer:
    """RemoveMembersTeam: all of them or none; who is no member is passed over (inferred). Raises Refusal."""
    users = _members(call, team)
    with call.organisation.store.transaction():
        for user in users:
            if _is_member(call, user, team):
                leave(call, user, team)
    return NO_CONTENT


def settle_groups(tenant: FakeTenant, organisation: Organisation, user: Mapping[str, Any]) -> None:
    """Bring a caller's memberships of group teams up to what the directory says."""
    teams = organisation.store.rows(_group_teams())
    object_id = user["azureactivedirectoryobjectid"]
    if not teams or not object_id:
        return
    groups = set(tenant.directory.groups_of(object_id))
    for team in teams:
        group = team["azureactivedirectoryobjectid"]
        wanted = group in groups
        if team["membershiptype"] == _OWNERS:
            wanted = object_id in tenant.directory.owners_of(group) and tenant.directory.group(group) is not None
        if team["membershiptype"] == _GUESTS:
            wanted = False
        held = bool(organisation.select("teammembership", systemuserid=user["systemuserid"], teamid=team["teamid"]))
        if wanted and not held:
            organisation.people.join(user["systemuserid"], team["teamid"])
        elif held and not wanted:
            organisation.people.leave(user["systemuserid"], team["teamid"])


def _members(call: Call, team: str) -> list[str]:
    """The users that the body names, each of them there, and the team too. Raises Refusal."""
    existing(call, call.schema.table("team"), team, "Read")
    listed = call.body.get("Members")
    if not isinstance(listed, list):
        raise payload("teams", facts.NOT_CONVERTED.format(literal="Members", type="Collection(mscrm.systemuser)"))
    return [_user(call, each) for each in listed]


def _user(call: Call, value: object) -> str:
    given = {"@odata.type": f"{facts.NAMESPACE}systemuser", **value} if isinstance(value, dict) else value
    table = typed_table(call, given, "Members", "teams")
    if table.logical != "systemuser":
        raise payload("teams", facts.OTHER_TYPE.format(type=facts.NAMESPACE + table.logical, wanted="systemuser"))
    named = given if isinstance(given, dict) else {}
    id_ = as_guid(str(named.get("systemuserid") or named.get("ownerid") or ""))
    if id_ is None or call.organisation.get("systemuser", id_) is None:
        raise does_not_exist(table.schema, id_ or "00000000-0000-0000-0000-000000000000")
    return id_


def _is_member(call: Call, user: str, team: str) -> bool:
    return bool(call.organisation.select("teammembership", systemuserid=user, teamid=team))


@cache
def _group_teams() -> sa.Select[Any]:
    team = sql_table("team")
    columns = (team.c.teamid, team.c.azureactivedirectoryobjectid, team.c.membershiptype)
    return sa.select(*columns).where(
        team.c.azureactivedirectoryobjectid.is_not(None), team.c.teamtype >= SECURITY_GROUP
    )
