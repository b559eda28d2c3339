"""Business units: made below another, renamed, moved, disabled and removed.

Rules and codes: the catalogue's rows. That disabling one disables those below it, and that a move keeps only the roles
that both branches have, is inferred from what copies of roles are (Power Platform admin, security-roles-privileges).
"""

from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, refused
from mock_services.dataverse.payloads import Changes
from mock_services.dataverse.refusals import principals as rows

Row = Mapping[str, Any]


def create(call: Call, values: dict[str, Any], _changes: Changes) -> str:
    """A business unit below its parent, with a default team and copies of the parent's roles. Raises Refusal."""
    name, parent = values.pop("name", None), values.pop("parentbusinessunitid", None)
    if not name:
        raise Refusal("0x80040200", facts.REQUIRED)
    if not parent:
        raise Refusal("0x80041d35", facts.SECOND_ROOT)
    refuse_disabled(call, parent)
    _refuse_taken(call, name, None)
    return call.organisation.people.add_business_unit(name, parent, by=call.caller_id, **values)


def update(call: Call, row: Row, values: dict[str, Any], _changes: Changes) -> None:
    """What changing a business unit does beyond its row. Raises Refusal."""
    unit = str(row["businessunitid"])
    name = values.pop("name", row["name"])
    if name != row["name"]:
        _refuse_taken(call, name, unit)
    parent = values.pop("parentbusinessunitid", row["parentbusinessunitid"])
    if parent != row["parentbusinessunitid"]:
        _check_move(call, unit, parent)
    disabled = values.pop("isdisabled", row["isdisabled"])
    if bool(disabled) != bool(row["isdisabled"]):
        _check_state(call, unit, disabled=bool(disabled))
    people, by = call.organisation.people, call.caller_id
    if name != row["name"]:
        people.rename_business_unit(unit, name, by=by)
    if parent != row["parentbusinessunitid"]:
        people.move_business_unit(unit, parent, by=by)
    if disabled and not row["isdisabled"]:
        people.disable_business_unit(unit, by=by)
    elif row["isdisabled"] and not disabled:
        values["isdisabled"] = False


def delete(call: Call, row: Row) -> None:
    """Remove a disabled business unit that nothing hangs on. Raises Refusal."""
    unit, organisation = str(row["businessunitid"]), call.organisation
    if not row["isdisabled"]:
        raise refused(rows.UNIT_ENABLED)
    if organisation.select("businessunit", parentbusinessunitid=unit):
        raise refused(rows.UNIT_WITH_CHILDREN)
    for team in organisation.select("team", businessunitid=unit):
        if not team["isdefault"]:
            raise Refusal("0x80040227", facts.ASSOCIATED)
        if organisation.people.ownership.owns(team["teamid"], besides=(team["queueid"],)):
            raise refused(rows.UNIT_TEAM_OWNS, unit=unit)
    if organisation.select("systemuser", businessunitid=unit):
        raise Refusal("0x80040227", facts.ASSOCIATED)
    organisation.people.remove_business_unit(unit)


def refuse_disabled(call: Call, unit: str) -> None:
    """Nothing is put into a disabled business unit. Raises Refusal."""
    if (call.organisation.get("businessunit", unit) or {}).get("isdisabled"):
        raise refused(rows.UNIT_DISABLED, unit=unit)


def _refuse_taken(call: Call, name: str, unit: str | None) -> None:
    if any(each["businessunitid"] != unit for each in call.organisation.select("businessunit", name=name)):
        raise refused(rows.UNIT_NAME_TAKEN, detail=f"A business unit is called '{name}' already.")


def _check_move(call: Call, unit: str, parent: str | None) -> None:
    call.security.demand_named("prvReparentBusinessUnit")
    if not parent:
        raise Refusal("0x80041d35", facts.SECOND_ROOT)
    if parent in call.organisation.people.units_below(unit):
        raise refused(rows.UNIT_LOOP)
    refuse_disabled(call, parent)


def _check_state(call: Call, unit: str, *, disabled: bool) -> None:
    call.security.demand_named("prvDisableBusinessUnit")
    if not disabled:
        parent = call.organisation.rows.require("businessunit", unit)["parentbusinessunitid"]
        if parent:
            refuse_disabled(call, parent)
        return
    if unit == call.organisation.root_business_unit:
        raise refused(rows.ROOT_UNIT_ENABLED)
    below = set(call.organisation.people.units_below(unit))
    if all(each["businessunitid"] in below for each in call.organisation.roles.administrators()):
        raise refused(rows.UNIT_OF_ALL_ADMINISTRATORS)
