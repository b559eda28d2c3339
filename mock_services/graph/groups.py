"""What can be done with security groups."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mock_services.errors import Taken, Unmodelled
from mock_services.graph import creation, facts, kinds, owners, shapes
from mock_services.graph.call import Answer, Call, referenced_id, required
from mock_services.graph.entities import GROUP
from mock_services.graph.errors import Refused
from mock_services.graph.members import GROUP as MEMBERS
from mock_services.graph.members import read_members
from mock_services.graph.permissions import Reach, authorise
from mock_services.graph.query import Document
from mock_services.graph.refusals import gateway, objects
from mock_services.state.directory import Group

_KIND = "Group"
_NEEDED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")
_UNPLAYED = (
    "classification", "membershipRule", "membershipRuleProcessingState", "preferredDataLocation", "preferredLanguage",
    "theme", "uniqueName",
)  # fmt: skip


def find(call: Call) -> Group:
    """The group that the path names. Raises Refused."""
    key = call.keys[0]
    if key.name != "id":
        raise Refused(gateway.KEY_UNKNOWN, key=key.name, type="group")
    held = call.directory.group(key.guid())
    if held is None:
        raise Refused(objects.NOT_FOUND, key=key.value)
    return held


def managed(call: Call) -> Group:
    """The group, which the caller must be allowed to change. Raises Refused.

    One that can hold roles is out of reach of those who merely manage groups (DOC resources/group).
    """
    held = find(call)
    reach = authorise(call.caller, "write role groups") if held.is_assignable_to_role else call.reach
    replace(call, reach=reach).must_own(held.id)
    return held


def documents(call: Call) -> list[Document]:
    """All groups as the wire shows them."""
    return [shapes.group(each) for each in call.directory.groups()]


def read(call: Call) -> Answer:
    """GET /groups/{id}."""
    return call.one(shapes.group(find(call)), GROUP)


def create(call: Call) -> Answer:
    """POST /groups: a security group, with its first owners and members when the body binds some."""
    read = read_members(call.body, MEMBERS, _KIND)
    bound = {name: _bound(call, name) for name in ("owners", "members")}
    for wire in _NEEDED:
        if read.get(MEMBERS[wire].name) is None:
            raise Refused(objects.VALUE_REQUIRED, member=wire, kind=_KIND)
    _check(read)
    _must_be_let_to_create(call, read)
    made = call.directory.add_group(
        read["display_name"],
        mail_nickname=read["mail_nickname"],
        description=read.get("description"),
        is_assignable_to_role=read.get("is_assignable_to_role"),
        visibility=read.get("visibility") or ("Private" if read.get("is_assignable_to_role") else None),
    )
    creation.record(call, made.id)
    own = [call.caller.object_id] if call.reach is Reach.OWNED else []
    for owner in dict.fromkeys([*bound["owners"], *own]):
        call.directory.add_owner(made.id, owner)
    for member in dict.fromkeys(bound["members"]):
        add_member(call, made, member)
    return call.one(shapes.group(made), GROUP, status=201, location=call.location_of(made.id, _KIND))


def _must_be_let_to_create(call: Call, read: Mapping[str, Any]) -> None:
    if read.get("is_assignable_to_role") and authorise(call.caller, "write role groups") is not Reach.ALL:
        raise Refused(objects.DENIED)
    if call.reach is Reach.OWNED:
        if not call.directory.people_may_create_groups:
            raise Refused(objects.DENIED)
        creation.check_quota(call)


def _bound(call: Call, name: str) -> list[str]:
    """Ids that `owners@odata.bind` or `members@odata.bind` name. Raises Refused."""
    urls = call.body.get(f"{name}@odata.bind", [])
    if not isinstance(urls, list):
        raise Refused(gateway.BODY_UNREADABLE)
    among = kinds.HOLDERS if name == "members" else kinds.PRINCIPALS
    return [referenced_id(call, url, name, among) for url in urls]


def _check(read: Mapping[str, Any]) -> None:
    """Refuse values that Graph refuses, and groups that are no security groups. Raises Refused, Unmodelled."""
    for wire in _UNPLAYED:
        if read.get(wire) is not None:
            raise Unmodelled(f"{wire} of a group")
    if read.get("group_types") or read.get("mail_enabled") or not read.get("security_enabled", True):
        raise Unmodelled("a group other than a security group with assigned members")
    name, nickname = read.get("display_name"), read.get("mail_nickname")
    if name is not None and not 0 < len(name) <= facts.LONGEST_NAME:
        raise Refused(objects.VALUE_INVALID, member="displayName", kind=_KIND)
    if nickname is not None and not _is_nickname(nickname):
        raise Refused(objects.VALUE_INVALID, member="mailNickname", kind=_KIND)
    if read.get("visibility") not in (None, "Private", "Public"):
        if read.get("is_assignable_to_role"):
            raise Refused(objects.GROUP_NOT_PRIVATE)
        raise Refused(objects.VALUE_INVALID, member="visibility", kind=_KIND)
    if read.get("is_assignable_to_role") and read.get("visibility") not in (None, "Private"):
        raise Refused(objects.GROUP_NOT_PRIVATE)


def _is_nickname(text: str) -> bool:
    is_short = 0 < len(text) <= facts.LONGEST_NICKNAME
    return is_short and text.isascii() and facts.NOT_IN_NICKNAME.isdisjoint(text)


def change(call: Call) -> Answer:
    """PATCH /groups/{id}: names, description, visibility; members can be bound here too, twenty at a time."""
    held = managed(call)
    read = read_members(call.body, MEMBERS, _KIND)
    bound = _bound(call, "members")
    if read.pop("is_assignable_to_role", held.is_assignable_to_role) is not held.is_assignable_to_role:
        raise Refused(objects.READ_ONLY, member="isAssignableToRole")
    _check(read | {"is_assignable_to_role": held.is_assignable_to_role})
    kept = {name: value for name, value in read.items() if name in ("display_name", "description", "mail_nickname")}
    if read.get("visibility"):
        kept["visibility"] = read["visibility"]
    call.directory.change_group(held.id, **kept)
    for member in bound:
        add_member(call, held, member)
    return Answer(204)


def delete(call: Call) -> Answer:
    """DELETE /groups/{id}: into the bin."""
    call.directory.delete_group(managed(call).id)
    return Answer(204)


def add_member(call: Call, held: Group, member: str) -> None:
    """Put somebody into a group. Raises Refused."""
    if held.is_assignable_to_role and call.directory.group(member) is not None:
        raise Refused(objects.GROUP_NESTED)
    try:
        call.directory.add_member(held.id, member)
    except Taken:
        raise Refused(objects.ADDED_TWICE, member="members") from None


def add_referenced_member(call: Call) -> Answer:
    """POST /groups/{id}/members/$ref with `@odata.id`."""
    held = managed(call)
    url = required(call.body, "@odata.id", "@odata.id", _KIND)
    add_member(call, held, referenced_id(call, url, "members", kinds.HOLDERS))
    return Answer(204)


def remove_member(call: Call) -> Answer:
    """DELETE /groups/{id}/members/{id}/$ref."""
    held, member = managed(call), call.keys[1].guid()
    if member not in call.directory.members_of(held.id):
        raise Refused(objects.NOT_FOUND, key=call.keys[1].value)
    call.directory.remove_member(held.id, member)
    return Answer(204)


def remove_owner(call: Call) -> Answer:
    """DELETE /groups/{id}/owners/{id}/$ref: a group that people own keeps one of them (DOC group-delete-owners)."""
    held = managed(call)
    people = [each for each in call.directory.owners_of(held.id) if call.directory.user(id=each) is not None]
    if people == [call.keys[1].guid()]:
        raise Refused(objects.LAST_OWNER)
    return owners.remove(call, held.id)
