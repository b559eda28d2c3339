"""Users, roles, business units and teams: what the platform does beyond keeping a row when these change."""

from collections.abc import Callable, Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.payloads import Changes
from mock_services.dataverse.roles import assign, refuse_fixed
from mock_services.errors import Taken, Unmodelled
from mock_services.state.organisation.definitions import Table

Row = Mapping[str, Any]


def create(call: Call, table: Table, values: dict[str, Any], changes: Changes) -> str:
    """Make a user, role, business unit or team; its id. Raises Refusal, and Taken for a key in use."""
    _refuse_key_in_use(call, table, values)
    made = _CREATE[table.logical](call, dict(values))
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


def _business_unit_of(values: Row) -> str:
    unit = values.get("businessunitid")
    if not unit:
        raise Refusal("0x80040203", facts.NO_BUSINESS_UNIT)
    return str(unit)


# Users


def _create_user(call: Call, values: dict[str, Any]) -> str:
    unit = _business_unit_of(values)
    app_id = values.pop("applicationid", None)
    values.pop("businessunitid")
    if app_id is None:
        # A person's row comes from Entra; the Web API fills it by object id, which is not modelled.
        raise Unmodelled("a user created by POST systemusers without an applicationid")
    principal = call.tenant.directory.service_principal(app_id=app_id)
    if principal is None:
        raise Refusal("0x80041d49", facts.UNKNOWN_APPLICATION)
    if (present := call.organisation.people.application_user(app_id, deleted=None)) is not None:
        if present["deletedstate"]:
            raise Refusal("0x80040237", facts.DUPLICATE)
        raise Refusal("0x8004f511", facts.DUPLICATE_APPLICATION)
    for filled in ("firstname", "lastname", "accessmode", "azureactivedirectoryobjectid"):
        values.pop(filled, None)
    return call.organisation.people.add_application_user(
        app_id=app_id,
        object_id=principal.id,
        name=principal.display_name,
        tenant_domain=call.tenant.domain,
        business_unit=unit,
        by=call.caller_id,
        **values,
    )


def _update_user(call: Call, row: Row, values: dict[str, Any], changes: Changes) -> None:
    is_application = row["applicationid"] is not None
    given = changes.values
    if given.get("applicationid", row["applicationid"]) != row["applicationid"]:
        raise Refusal("0x80041d48", facts.APPLICATION_FIXED)
    object_id = "azureactivedirectoryobjectid"
    if values.get(object_id, row[object_id]) != row[object_id]:
        raise Refusal("0x80041d4f", facts.OBJECT_ID_FIXED)
    if is_application and values.get("accessmode", row["accessmode"]) != row["accessmode"]:
        raise Refusal("0x80040d40", facts.ACCESS_MODE_FIXED)
    if values.get("isdisabled", row["isdisabled"]) != row["isdisabled"]:
        call.security.demand_named("prvDisableUser")
    unit = values.pop("businessunitid", None)
    if unit and unit != row["businessunitid"]:
        call.security.demand_named("prvReparentUser")
        call.organisation.people.move_user(row["systemuserid"], unit, by=call.caller_id)


def _delete_user(call: Call, row: Row) -> None:
    """First a soft delete of a disabled user, then for good (the provider's two-step delete)."""
    if not row["isdisabled"]:
        raise Refusal("0x80040203", facts.NOT_DISABLED.format(user=row["systemuserid"]))
    if row["deletedstate"]:
        call.organisation.people.remove_user(row["systemuserid"])
        return
    owned = ("contact", "account", "incident", "annotation")
    if any(call.organisation.select(table, ownerid=row["systemuserid"]) for table in owned):
        raise Refusal("0x80040227", facts.ASSOCIATED)
    call.organisation.rows.update("systemuser", row["systemuserid"], {"deletedstate": 1}, by=call.caller_id)


# Roles


def _create_role(call: Call, values: dict[str, Any]) -> str:
    name = values.pop("name", None)
    if not name:
        raise Refusal("0x80041407", facts.REQUIRED)
    if not values.get("businessunitid"):
        raise Refusal("0x80041406", facts.REQUIRED)
    unit = str(values.pop("businessunitid"))
    if (present := call.organisation.roles.named(name, unit)) is not None:
        raise Refusal("0x80041403", _name_taken(present))
    return call.organisation.roles.add(name, unit, by=call.caller_id, **values)


def _update_role(call: Call, row: Row, values: dict[str, Any], _changes: Changes) -> None:
    refuse_fixed(row, facts.ADMINISTRATOR_MODIFY, "0x80041d31")
    name = values.get("name")
    if (
        name
        and (present := call.organisation.roles.named(name, row["businessunitid"]))
        and present["roleid"] != row["roleid"]
    ):
        raise Refusal("0x80041403", _name_taken(present))


def _delete_role(call: Call, row: Row) -> None:
    if row["parentroleid"]:
        raise Refusal("0x8004140c", facts.INHERITED_ROLE_DELETE)
    refuse_fixed(row, facts.ADMINISTRATOR_DELETE, "0x80041d2e")
    call.organisation.roles.remove(row["roleid"])


def _name_taken(present: Row) -> str:
    return facts.ROLE_NAME_TAKEN.format(
        name=present["name"], unit=present["businessunitid"], solution=present["solutionid"], role=present["roleid"]
    )


# Business units and teams


def _create_business_unit(call: Call, values: dict[str, Any]) -> str:
    name, parent = values.pop("name", None), values.pop("parentbusinessunitid", None)
    if not name:
        raise Refusal("0x80040200", facts.REQUIRED)
    if not parent:
        raise Refusal("0x80041d35", facts.SECOND_ROOT)
    return call.organisation.people.add_business_unit(name, parent, by=call.caller_id, **values)


def _update_business_unit(call: Call, row: Row, values: dict[str, Any], _changes: Changes) -> None:
    if "parentbusinessunitid" in values and values["parentbusinessunitid"] != row["parentbusinessunitid"]:
        raise Unmodelled("a business unit moved below another")
    if values.get("isdisabled") and row["businessunitid"] == call.organisation.root_business_unit:
        raise Refusal("0x80041d63", "The root business unit cannot be disabled.")


def _delete_business_unit(_call: Call, row: Row) -> None:
    raise Unmodelled(f"the deletion of a business unit ({row['name']})")


def _create_team(call: Call, values: dict[str, Any]) -> str:
    name = values.pop("name", None)
    if not name:
        raise Refusal("0x80040200", facts.REQUIRED)
    unit = _business_unit_of(values)
    values.pop("businessunitid")
    return call.organisation.people.add_team(name, unit, by=call.caller_id, **values)


def _update_team(_call: Call, row: Row, values: dict[str, Any], _changes: Changes) -> None:
    if values.get("businessunitid", row["businessunitid"]) != row["businessunitid"]:
        raise Unmodelled("a team moved to another business unit")


def _delete_team(_call: Call, row: Row) -> None:
    raise Unmodelled(f"the deletion of a team ({row['name']})")


_CREATE: Mapping[str, Callable[[Call, dict[str, Any]], str]] = {
    "systemuser": _create_user,
    "role": _create_role,
    "businessunit": _create_business_unit,
    "team": _create_team,
}
_UPDATE: Mapping[str, Callable[[Call, Row, dict[str, Any], Changes], None]] = {
    "systemuser": _update_user,
    "role": _update_role,
    "businessunit": _update_business_unit,
    "team": _update_team,
}
_DELETE: Mapping[str, Callable[[Call, Row], None]] = {
    "systemuser": _delete_user,
    "role": _delete_role,
    "businessunit": _delete_business_unit,
    "team": _delete_team,
}
