"""Users: people of the directory and applications, made, changed, moved and removed.

Application users: what the platform fills in is recorded in Microsoft's Terraform provider; people: powerapps-docs
reference/entities/systemuser.md, the `#` for a missing first name recorded there too. That everybody made here has a
licence is a choice: licences are not played.
"""

from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.business_units import refuse_disabled
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, does_not_exist, payload, refused
from mock_services.dataverse.parameters import named_row
from mock_services.dataverse.payloads import Changes
from mock_services.dataverse.refusals import principals as rows
from mock_services.dataverse.refusals import security

Row = Mapping[str, Any]
_OBJECT_ID, _SIGN_IN_NAME = "azureactivedirectoryobjectid", "domainname"
_SUPPORT, _DELEGATED = 3, 5
_FILLED = ("firstname", "lastname", "accessmode", _OBJECT_ID, _SIGN_IN_NAME, "internalemailaddress")
"""What the platform fills in for an application user, whatever is sent."""


def create(call: Call, values: dict[str, Any], changes: Changes) -> str:
    """A user for an application or for a person, without roles. Raises Refusal."""
    unit = str(values.pop("businessunitid", None) or "")
    if not unit:
        raise Refusal("0x80040203", facts.NO_BUSINESS_UNIT)
    refuse_disabled(call, unit)
    if changes.values.get("islicensed") is not None:
        raise refused(rows.LICENCE_AT_CREATION)
    app_id = values.pop("applicationid", None)
    if app_id is not None:
        return _create_application(call, app_id, unit, values)
    _check_access_mode(values.get("accessmode"))
    return _create_person(call, unit, values)


def update(call: Call, row: Row, values: dict[str, Any], changes: Changes) -> None:
    """What changing a user does beyond its row. Raises Refusal."""
    _refuse_special(call, row)
    _refuse_fixed(row, values, changes.values)
    disabled = bool(values.get("isdisabled", row["isdisabled"]))
    if disabled != bool(row["isdisabled"]):
        call.security.demand_named("prvDisableUser")
        if disabled and is_last_administrator(call, row["systemuserid"]):
            raise refused(rows.LAST_ADMINISTRATOR_DISABLED)
    unit = values.pop("businessunitid", None)
    if unit and unit != row["businessunitid"]:
        _check_move(call, row, unit)
        call.organisation.people.move_user(row["systemuserid"], unit, by=call.caller_id)


def delete(call: Call, row: Row) -> None:
    """First a soft delete of a disabled user, then for good (the provider's two-step delete). Raises Refusal."""
    _refuse_special(call, row)
    user, people = str(row["systemuserid"]), call.organisation.people
    if not row["isdisabled"]:
        raise Refusal("0x80048356", facts.NOT_DISABLED.format(user=user))
    if people.ownership.owns(user, besides=(row["queueid"],)):
        raise Refusal("0x80040227", facts.ASSOCIATED)
    if row["deletedstate"]:
        people.remove_user(user)
    else:
        call.organisation.rows.update("systemuser", user, {"deletedstate": 1}, by=call.caller_id)


def set_business_unit(call: Call, user: str, row: Row) -> Answer:
    """SetBusinessSystemUser: move a user, and give what it owns to somebody else, or leave it there. Raises Refusal.

    Parameters: Learn, webapi/reference/setbusinesssystemuser. Who is named twice keeps everything.
    """
    call.security.demand_row("Write", call.schema.table("systemuser"), row)
    _refuse_special(call, row)
    _, unit = _parameter(call, "BusinessUnit", "businessunit")
    kind, heir = _parameter(call, "ReassignPrincipal", "systemuser", "team")
    stays = call.body.get("DoNotMoveAllRecords")
    if stays is not None and not isinstance(stays, bool):
        raise payload("systemusers", facts.NOT_CONVERTED.format(literal=str(type(stays)), type="Edm.Boolean"))
    people, by = call.organisation.people, call.caller_id
    if unit != row["businessunitid"]:
        _check_move(call, row, unit)
    with call.organisation.store.transaction():
        if heir != user:
            people.ownership.hand_over(user, heir, kind, by=by)
        people.move_user(user, unit, by=by, takes_rows_along=not stays)
    return NO_CONTENT


def is_last_administrator(call: Call, user: str) -> bool:
    """Whether a user is the only one left who is System Administrator and can call."""
    return {each["systemuserid"] for each in call.organisation.roles.administrators()} == {user}


def _parameter(call: Call, name: str, *kinds: str) -> tuple[str, str]:
    """The table and id of a row that a parameter names, which must be there. Raises Refusal."""
    table, id_ = named_row(call, name, "systemusers", default=kinds[0])
    if table.logical not in kinds:
        raise payload("systemusers", facts.OTHER_TYPE.format(type=facts.NAMESPACE + table.logical, wanted=kinds[0]))
    if call.organisation.get(table.logical, id_) is None:
        raise does_not_exist(table.schema, id_)
    return table.logical, id_


def _create_application(call: Call, app_id: str, unit: str, values: dict[str, Any]) -> str:
    principal = call.tenant.directory.service_principal(app_id=app_id)
    if principal is None:
        raise refused(security.APPLICATION_UNKNOWN, app_id=app_id, correlation_id=call.organisation.chance.guid())
    if (present := call.organisation.people.application_user(app_id, deleted=None)) is not None:
        if present["deletedstate"]:
            raise Refusal("0x80040237", facts.DUPLICATE)
        raise Refusal("0x8004f511", facts.DUPLICATE_APPLICATION.format(app_id=app_id))
    return call.organisation.people.add_application_user(
        app_id=app_id,
        object_id=principal.id,
        name=principal.display_name,
        tenant_domain=call.tenant.domain,
        business_unit=unit,
        by=call.caller_id,
        **{name: value for name, value in values.items() if name not in _FILLED},
    )


def _create_person(call: Call, unit: str, values: dict[str, Any]) -> str:
    """Found in the directory by object id, else by sign-in name; its names are the directory's. Raises Refusal."""
    object_id, sign_in_name = values.pop(_OBJECT_ID, None), values.pop(_SIGN_IN_NAME, None)
    if not (object_id or sign_in_name):
        raise refused(rows.NO_SIGN_IN_NAME)
    directory = call.tenant.directory
    person = directory.user(id=object_id) if object_id else directory.user(user_principal_name=sign_in_name)
    if person is None or (sign_in_name and person.user_principal_name.lower() != sign_in_name.lower()):
        raise refused(rows.NOT_IN_DIRECTORY)
    present = call.organisation.select("systemuser", azureactivedirectoryobjectid=person.id)
    if present:
        raise Refusal("0x80040237", facts.DUPLICATE) if present[0]["deletedstate"] else refused(rows.USER_EXISTS)
    first, _, last = person.display_name.rpartition(" ")
    own = {
        _OBJECT_ID: person.id,
        _SIGN_IN_NAME: person.user_principal_name,
        "internalemailaddress": person.user_principal_name[:100],
        "firstname": first[:256] or "#",
        "lastname": last[:256],
        "islicensed": True,
    }
    return call.organisation.people.add_user(unit, by=call.caller_id, **(values | own))


def _refuse_special(call: Call, row: Row) -> None:
    """The platform's own user stays as it is. Raises Refusal."""
    if row["systemuserid"] == call.organisation.system_user:
        raise refused(security.SPECIAL_USER)


def _refuse_fixed(row: Row, values: Row, given: Row) -> None:
    """What of a user is not the caller's to change. Raises Refusal."""
    is_application = row["applicationid"] is not None
    if given.get("applicationid", row["applicationid"]) != row["applicationid"]:
        raise Refusal("0x80041d48", facts.APPLICATION_FIXED)
    if values.get(_OBJECT_ID, row[_OBJECT_ID]) != row[_OBJECT_ID]:
        raise Refusal("0x80041d4f", facts.OBJECT_ID_FIXED)
    if is_application and values.get(_SIGN_IN_NAME, row[_SIGN_IN_NAME]) != row[_SIGN_IN_NAME]:
        raise Refusal("0x80041d48", facts.APPLICATION_FIXED)
    if values.get("accessmode", row["accessmode"]) != row["accessmode"]:
        if is_application:
            raise Refusal("0x80040d40", facts.ACCESS_MODE_FIXED)
        _check_access_mode(values["accessmode"])
    for name, fixed in (("islicensed", rows.LICENCE_FIXED), ("issyncwithdirectory", rows.SYNC_FIXED)):
        if name in given and bool(given[name]) != bool(row[name]):
            raise refused(fixed)


def _check_access_mode(mode: int | None) -> None:
    """Two access modes are Microsoft's own people's. Raises Refusal."""
    if mode == _SUPPORT:
        raise refused(rows.SUPPORT_ACCESS)
    if mode == _DELEGATED:
        raise refused(rows.DELEGATED_ACCESS)


def _check_move(call: Call, row: Row, unit: str) -> None:
    """A move takes a privilege of its own, and costs all roles. Raises Refusal."""
    call.security.demand_named("prvReparentUser")
    refuse_disabled(call, unit)
    if is_last_administrator(call, row["systemuserid"]):
        raise refused(rows.LAST_ADMINISTRATOR_REMOVED)
