"""Roles as rows: made, renamed and removed, the ones that Microsoft keeps considered."""

from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, refused
from mock_services.dataverse.payloads import Changes
from mock_services.dataverse.refusals import principals as rows
from mock_services.dataverse.refusals import security
from mock_services.state.organisation.roles import BASIC_USER, SUPPORT_USER, SYSTEM_ADMINISTRATOR, SYSTEM_CUSTOMIZER

Row = Mapping[str, Any]
_KEPT = {
    SYSTEM_ADMINISTRATOR: security.ADMINISTRATOR_KEPT,
    SYSTEM_CUSTOMIZER: rows.CUSTOMIZER_KEPT,
    BASIC_USER: rows.BASIC_USER_KEPT,
    SUPPORT_USER: rows.SUPPORT_ROLE_KEPT,
}
"""Template -> what deleting such a role is answered with."""
_UPDATED = {SYSTEM_ADMINISTRATOR: security.ADMINISTRATOR_FIXED, SUPPORT_USER: rows.SUPPORT_ROLE_UPDATED}
_MODIFIED = {SYSTEM_ADMINISTRATOR: security.ADMINISTRATOR_FIXED, SUPPORT_USER: rows.SUPPORT_ROLE_MODIFIED}


def create(call: Call, values: dict[str, Any], _changes: Changes) -> str:
    """A role with nine privileges, and its copies in the business units below. Raises Refusal."""
    name = values.pop("name", None)
    if not name:
        raise refused(security.ROLE_WITHOUT_NAME)
    if not values.get("businessunitid"):
        raise refused(security.ROLE_WITHOUT_UNIT)
    unit = str(values.pop("businessunitid"))
    if (present := call.organisation.roles.named(name, unit)) is not None:
        raise Refusal("0x80041403", _name_taken(present))
    return call.organisation.roles.add(name, unit, by=call.caller_id, **values)


def update(call: Call, row: Row, values: dict[str, Any], _changes: Changes) -> None:
    """Change a role and its copies. Raises Refusal."""
    if row["parentroleid"]:
        raise Refusal("0x80044152", facts.INHERITED_ROLE)
    if (kept := _UPDATED.get(row["roletemplateid"])) is not None:
        raise refused(kept)
    name = values.get("name")
    present = call.organisation.roles.named(name, row["businessunitid"]) if name else None
    if present is not None and present["roleid"] != row["roleid"]:
        raise Refusal("0x80041403", _name_taken(present))
    call.organisation.roles.change(row["roleid"], values, by=call.caller_id)
    values.clear()


def delete(call: Call, row: Row) -> None:
    """Remove a role, its copies, and it from whoever holds it. Raises Refusal."""
    if row["parentroleid"]:
        raise Refusal("0x8004140c", facts.INHERITED_ROLE_DELETE)
    if (kept := _KEPT.get(row["roletemplateid"])) is not None:
        raise refused(kept)
    if not row["canbedeleted"]:
        raise refused(rows.ROLE_READ_ONLY)
    call.organisation.roles.remove(row["roleid"])


def refuse_modifying(role: Row) -> None:
    """The privileges of a copy, and of a role that stays as it is, are not changed. Raises Refusal."""
    if role["parentroleid"]:
        raise Refusal("0x80044152", facts.INHERITED_ROLE)
    if (kept := _MODIFIED.get(role["roletemplateid"])) is not None:
        raise refused(kept)


def _name_taken(present: Row) -> str:
    return facts.ROLE_NAME_TAKEN.format(
        name=present["name"], unit=present["businessunitid"], solution=present["solutionid"], role=present["roleid"]
    )
