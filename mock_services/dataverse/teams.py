"""Teams: owner, access and group teams, who administers them, who is in them, what they may hold.

Rules and codes: the catalogue's rows; group teams: Power Platform admin, manage-group-teams.md.
"""

from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.business_units import refuse_disabled
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, does_not_exist, refused
from mock_services.dataverse.payloads import Changes
from mock_services.dataverse.refusals import principals as rows
from mock_services.dataverse.refusals.row import Row as Refusable
from mock_services.errors import Missing, Taken

Row = Mapping[str, Any]
OWNER, ACCESS, SECURITY_GROUP, OFFICE_GROUP = 0, 1, 2, 3
"""`teamtype`."""
_OBJECT_ID = "azureactivedirectoryobjectid"


def create(call: Call, values: dict[str, Any], changes: Changes) -> str:
    """A team; who makes it administers it unless somebody is named (inferred). Raises Refusal."""
    name = values.pop("name", None)
    if not name:
        raise Refusal("0x80040200", facts.REQUIRED)
    unit = str(values.pop("businessunitid", None) or "")
    if not unit:
        raise Refusal("0x80040203", facts.NO_BUSINESS_UNIT)
    refuse_disabled(call, unit)
    _check_group(call, values)
    _check_administrator(call, changes)
    values.setdefault("administratorid", call.caller_id)
    return call.organisation.people.add_team(name, unit, by=call.caller_id, **values)


def update(call: Call, row: Row, values: dict[str, Any], changes: Changes) -> None:
    """What changing a team does beyond its row: a default one keeps name and place. Raises Refusal."""
    if row["isdefault"] and values.get("name", row["name"]) != row["name"]:
        raise refused(rows.DEFAULT_TEAM_RENAMED, team=row["teamid"])
    _check_administrator(call, changes)
    unit = values.pop("businessunitid", row["businessunitid"])
    if unit != row["businessunitid"]:
        if row["isdefault"]:
            raise refused(rows.DEFAULT_TEAM_MOVED, team=row["teamid"])
        refuse_disabled(call, unit)
        call.organisation.people.move_team(row["teamid"], unit, by=call.caller_id)


def delete(call: Call, row: Row) -> None:
    """Remove a team that owns nothing. Raises Refusal."""
    if row["isdefault"]:
        raise refused(rows.DEFAULT_TEAM_DELETED, team=row["teamid"])
    if call.organisation.people.ownership.owns(row["teamid"], besides=(row["queueid"],)):
        raise refused(rows.TEAM_OWNS, team=row["teamid"])
    if row["queueid"] and call.organisation.select("queueitem", queueid=row["queueid"]):
        raise Refusal("0x80631117", facts.QUEUE_HAS_ITEMS)
    call.organisation.people.remove_team(row["teamid"])


def join(call: Call, user: str, team: str) -> None:
    """Make a user a member. Raises Refusal."""
    _check_membership(call, user, team, rows.DEFAULT_TEAM_JOINED)
    try:
        call.organisation.people.join(user, team)
    except Taken:
        raise Refusal("0x80040237", facts.DUPLICATE) from None


def leave(call: Call, user: str, team: str) -> None:
    """End a membership. Raises Refusal."""
    _check_membership(call, user, team, rows.DEFAULT_TEAM_LEFT)
    try:
        call.organisation.people.leave(user, team)
    except Missing:
        raise does_not_exist("Team", team) from None


def refuse_role(team: Row, role: Row) -> None:
    """Access teams hold no roles, group teams only such as their members inherit. Raises Refusal."""
    refuse_holding(team)
    if team["teamtype"] in (SECURITY_GROUP, OFFICE_GROUP) and not role["isinherited"]:
        raise refused(rows.GROUP_TEAM_HOLDS, team=team["teamid"])


def refuse_holding(team: Row) -> None:
    """Access teams hold neither roles nor profiles. Raises Refusal."""
    if team["teamtype"] == ACCESS:
        raise refused(rows.ACCESS_TEAM_HOLDS, team=team["teamid"])


def refuse_owning(team: Row) -> None:
    """Access teams own nothing. Raises Refusal."""
    if team["teamtype"] == ACCESS:
        raise refused(rows.ACCESS_TEAM_OWNS)


def _check_membership(call: Call, user: str, team: str, of_default: Refusable) -> None:
    """Append on both ends of a many-to-many, which must be there; some teams' members are not the caller's to set."""
    for kind, id_ in (("systemuser", user), ("team", team)):
        there = call.organisation.get(kind, id_)
        if there is None:
            raise does_not_exist(call.schema.table(kind).schema, id_)
        call.security.demand_row("Append", call.schema.table(kind), there)
    row = call.organisation.rows.require("team", team)
    if row["isdefault"]:
        raise refused(of_default, team=team)
    if row["teamtype"] in (SECURITY_GROUP, OFFICE_GROUP):
        raise refused(rows.GROUP_TEAM_MEMBERS, team=team)


def _check_group(call: Call, values: Row) -> None:
    """A group team stands for one group of the directory, once for each kind of member. Raises Refusal.

    The directory here has security groups alone, so a team of an Office group finds none.
    """
    kind = values.get("teamtype", OWNER)
    if kind not in (SECURITY_GROUP, OFFICE_GROUP):
        return
    object_id = values.get(_OBJECT_ID)
    if not object_id:
        raise Refusal("0x80040200", facts.REQUIRED)
    if kind == OFFICE_GROUP or call.tenant.directory.group(object_id) is None:
        raise refused(rows.GROUP_UNKNOWN)
    membership = values.get("membershiptype", 0)
    if any(
        each["membershiptype"] == membership
        for each in call.organisation.select("team", azureactivedirectoryobjectid=object_id)
    ):
        raise Refusal("0x80040237", facts.DUPLICATE)


def _check_administrator(call: Call, changes: Changes) -> None:
    """Whoever administers a team must be able to read teams. Raises Refusal."""
    if "administratorid" in changes.bound:
        held = call.organisation.privileges_of(changes.bound["administratorid"][1])
        if "prvReadTeam" not in held:
            raise refused(rows.TEAM_ADMINISTRATOR_BLIND)
