"""Roles given and taken, and the privileges in them, as the Web API does it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, does_not_exist, payload, refused
from mock_services.dataverse.refusals import principals as rows
from mock_services.dataverse.role_rows import refuse_modifying
from mock_services.dataverse.teams import refuse_role
from mock_services.dataverse.urls import as_guid
from mock_services.dataverse.users import is_last_administrator
from mock_services.errors import Missing, Taken
from mock_services.state.organisation import Depth, DepthRefused, OtherBusinessUnit
from mock_services.state.organisation.privileges import Privilege
from mock_services.state.organisation.roles import SUPPORT_USER, SYSTEM_ADMINISTRATOR
from mock_services.state.organisation.schema import sql_table

Row = Mapping[str, Any]
_SUPPORT = 3
"""`accessmode` of a support user."""
_ACROSS = "<enableownershipacrossbusinessunits>true<"
"""In `orgdborgsettings`: roles of any business unit may be given (Power Platform admin, wp-security-cds.md)."""


def assign(call: Call, kind: str, principal_id: str, role_id: str) -> None:
    """Give a role to a user or team (`kind`). Raises Refusal.

    Takes prvAssignRole, and every privilege that the role holds: nobody hands out more than they have.
    """
    call.security.demand("Assign", call.schema.table("role"))
    role = call.organisation.get("role", role_id)
    if role is None:
        raise does_not_exist("Role", role_id)
    principal = call.organisation.get(kind, principal_id)
    if principal is None:
        raise does_not_exist(call.schema.table(kind).schema, principal_id)
    _check_holder(kind, principal, role)
    _demand_contents(call, call.organisation.roles.privileges_in(role_id).items())
    try:
        across = _is_across_business_units(call)
        call.organisation.roles.assign(principal_id, role_id, kind=kind, across_business_units=across)
    except OtherBusinessUnit as problem:
        template, code = (facts.OTHER_BUSINESS_UNIT, "0x80041409")
        if kind == "team":
            template, code = (facts.TEAM_OTHER_BUSINESS_UNIT, "0x8004140d")
        message = template.format(
            user=problem.principal, unit=problem.business_unit, role=problem.role, role_unit=problem.role_business_unit
        )
        raise Refusal(code, message) from None
    except Taken:
        raise Refusal("0x80040237", facts.DUPLICATE) from None


def unassign(call: Call, kind: str, principal_id: str, role_id: str) -> None:
    """Take a role away. Raises Refusal."""
    call.security.demand("Assign", call.schema.table("role"))
    if call.organisation.get(kind, principal_id) is None:
        raise does_not_exist(call.schema.table(kind).schema, principal_id)
    template = (call.organisation.get("role", role_id) or {}).get("roletemplateid")
    if template == SUPPORT_USER:
        raise refused(rows.SUPPORT_ROLE_TAKEN)
    if kind == "systemuser" and template == SYSTEM_ADMINISTRATOR and is_last_administrator(call, principal_id):
        raise refused(rows.LAST_ADMINISTRATOR_REMOVED)
    try:
        call.organisation.roles.unassign(principal_id, role_id, kind=kind)
    except Missing:
        raise does_not_exist("Role", role_id) from None


def add_privileges(call: Call, role: Row, *, replace: bool) -> None:
    """AddPrivilegesRole and ReplacePrivilegesRole. Raises Refusal."""
    call.security.demand_row("Write", call.schema.table("role"), role)
    refuse_modifying(role)
    grants = _read_grants(call)
    _demand_contents(call, grants.items())
    change = call.organisation.roles.replace if replace else call.organisation.roles.grant
    try:
        change(role["roleid"], grants)
    except DepthRefused:
        raise Refusal("0x8004140b", facts.BAD_DEPTH) from None


def remove_privilege(call: Call, role: Row) -> None:
    """RemovePrivilegeRole. Raises Refusal."""
    call.security.demand_row("Write", call.schema.table("role"), role)
    refuse_modifying(role)
    call.organisation.roles.withdraw(role["roleid"], _privilege(call, call.body.get("PrivilegeId")).name)


def _check_holder(kind: str, principal: Row, role: Row) -> None:
    """Some roles are given to nobody, and some users and teams may hold none. Raises Refusal."""
    if role["roletemplateid"] == SUPPORT_USER:
        raise refused(rows.SUPPORT_ROLE_ASSIGNED)
    if kind == "team":
        refuse_role(principal, role)
    elif principal["accessmode"] == _SUPPORT:
        raise refused(rows.SUPPORT_USER_ASSIGNED)


def _is_across_business_units(call: Call) -> bool:
    settings = call.organisation.store.value(_settings())
    return _ACROSS in str(settings or "").lower()


@cache
def _settings() -> sa.Select[Any]:
    return sa.select(sql_table("organization").c.orgdborgsettings)


def role_privileges(call: Call, grants: Mapping[str, Depth], business_unit: str) -> Sequence[Mapping[str, Any]]:
    """`RolePrivileges` of the functions that read them; the depth is a name there."""
    return [
        {
            "Depth": depth.name,
            "PrivilegeId": call.schema.privileges[name].id,
            "BusinessUnitId": business_unit,
            "PrivilegeName": name,
            "RecordFilterId": "00000000-0000-0000-0000-000000000000",
            "RecordFilterUniqueName": "",
        }
        for name, depth in grants.items()
    ]


def _read_grants(call: Call) -> dict[str, Depth]:
    listed = call.body.get("Privileges")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise payload("roles", facts.NOT_CONVERTED.format(literal="Privileges", type="Collection(mscrm.RolePrivilege)"))
    grants: dict[str, Depth] = {}
    for each in listed:
        privilege = _privilege(call, each.get("PrivilegeId"))
        depth = each.get("Depth", "Basic")
        if not isinstance(depth, str) or depth not in Depth.__members__:
            inner = facts.NOT_CONVERTED.format(literal=str(depth)[:100], type="mscrm.PrivilegeDepth")
            raise payload("roles", inner)
        if privilege.name in grants:
            raise Refusal("0x8004140f", facts.REPEATED_PRIVILEGE.format(name=privilege.name))
        grants[privilege.name] = Depth[depth]
    return grants


def _privilege(call: Call, wanted: object) -> Privilege:
    guid = as_guid(wanted) if isinstance(wanted, str) else None
    found = call.schema.privileges_by_id.get(guid) if guid else None
    if found is None:
        raise Refusal("0x800404ce", facts.UNKNOWN_PRIVILEGE)
    return found


def _demand_contents(call: Call, contents: Iterable[tuple[str, Depth]]) -> None:
    """Nobody gives what they do not have themselves at that depth. Raises Refusal."""
    held = call.security.privileges()
    missing = [(name, depth) for name, depth in contents if held.get(name, -1) < depth]
    if missing:
        name, depth = missing[0]
        unit = call.caller["businessunitid"]
        message = facts.CALLER_LACKS.format(
            user=call.caller_id,
            unit=unit,
            privilege=name,
            privilege_id=call.schema.privileges[name].id,
            depth=depth.name,
            count=len(missing),
        )
        raise Refusal("0x80048d3b", message)


def privilege_called(call: Call, name: str) -> Privilege:
    """A privilege by name. Raises Refusal."""
    found = call.schema.privilege(name)
    if found is None:
        raise Refusal("0x80040217", f"privilege With Name = {name} Does Not Exist")
    return found
