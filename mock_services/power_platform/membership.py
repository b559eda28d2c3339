"""Letting people and applications into an environment: into its database, or to roles where it has none."""

import json
from collections.abc import Callable
from typing import Any

from mock_services.errors import Missing, Taken, Unmodelled
from mock_services.power_platform import facts
from mock_services.power_platform.environments import ADMINISTRATOR, GUID, Environment, holds_administrator
from mock_services.power_platform.errors import Refused
from mock_services.power_platform.shapes import role_assignment
from mock_services.state.organisation import Organisation
from mock_services.state.power_platform import ENVIRONMENT_ADMIN, ENVIRONMENT_MAKER, Environments
from mock_services.tenant import FakeTenant

_ROLES = {role.lower(): role for role in (ENVIRONMENT_ADMIN, ENVIRONMENT_MAKER)}
_MOST_CHANGES = 100


def add_application_user(environment: Environment, body: bytes) -> None:
    """Make an application a user of the environment's database, with System Administrator.

    That role, the body and that doing it again is answered alike: microsoft/terraform-provider-power-platform
    api_application.go and a public decision record (2026-05). Raises Refused and Unmodelled.
    """
    app_id = _guid_in(_object(body), "servicePrincipalAppId")
    organisation = _database(environment, "addAppUser")
    directory = environment.tenant.directory
    principal = directory.service_principal(app_id=app_id)
    if principal is None:
        raise Refused(facts.PRINCIPAL_NOT_FOUND, application=app_id, tenant=environment.tenant.id)
    held = organisation.application_user(app_id)
    with organisation.store.transaction():
        user = (
            held["systemuserid"]
            if held
            else organisation.add_application_user(
                app_id=app_id, object_id=principal.id, name=principal.display_name, tenant_domain=directory.domain
            )
        )
        _make_administrator(organisation, user)


def add_user(environment: Environment, body: bytes) -> None:
    """Make a person of the tenant a user of the environment's database, without a role; doing it again changes nothing.

    Everybody in a fake has a licence, so nobody is told `userNotLicensed`. Raises Refused and Unmodelled.
    """
    object_id = _guid_in(_object(body), "objectId")
    organisation = _database(environment, "addUser")
    user = environment.tenant.directory.user(id=object_id)
    if user is None:
        raise Refused(facts.USER_NOT_FOUND, object_id=object_id, tenant=environment.tenant.id)
    if organisation.user_of(user.id) is None:
        first, _, last = user.display_name.rpartition(" ")
        organisation.add_user(
            object_id=user.id, user_principal_name=user.user_principal_name, first_name=first, last_name=last
        )


def list_roles(environment: Environment) -> list[dict[str, Any]]:
    """The role assignments of an environment without a database. Raises Refused where there is one."""
    _refuse_database(environment)
    return [role_assignment(environment, each) for each in environment.assignments()]


def change_roles(environment: Environment, body: bytes) -> dict[str, Any]:
    """Give and take roles in an environment without a database: all of it, or nothing.

    `add` is answered as recorded (TF fixtures); what a removal is answered with nobody reads, so only its outer form
    is claimed. A role given twice answers with the assignment that is there (inferred). Raises Refused.
    """
    _refuse_database(environment)
    document = _object(body)
    added, removed = _list_in(document, "add"), _list_in(document, "remove")
    if not added and not removed:
        raise Refused(facts.BODY_INVALID, problem="neither add nor remove holds anything")
    state = Environments(environment.tenant.directory)
    with environment.tenant.directory.store.transaction():
        answer: dict[str, Any] = {}
        if added:
            answer["add"] = [_given(environment, state, each) for each in added]
        if removed:
            answer["remove"] = [_taken(environment, state, each) for each in removed]
        return answer


def _given(environment: Environment, state: Environments, item: Any) -> dict[str, Any]:
    properties = _member(item, "properties")
    definition = str(_member(properties, "roleDefinition").get("id", ""))
    role = _ROLES.get(definition.rpartition("/")[2].lower())
    if role is None:
        raise Refused(facts.BODY_INVALID, problem="roleDefinition must be that of EnvironmentAdmin or EnvironmentMaker")
    principal = _member(properties, "principal")
    kind, identity = str(principal.get("type", "")), str(principal.get("id") or principal.get("tenantId") or "")
    find = _FINDERS.get(kind)
    if find is None:
        raise Refused(facts.BODY_INVALID, problem=f"principal's type must be one of {', '.join(_FINDERS)}")
    if not find(environment.tenant, identity):
        raise Refused(facts.ASSIGNEE_NOT_FOUND, principal=identity)
    try:
        made = state.assign(environment.id, role, identity, kind)
    except Taken as taken:
        made = next(each for each in environment.assignments() if each.id == taken.key)
    return {"roleAssignment": role_assignment(environment, made), "httpStatus": "Created"}


def _taken(environment: Environment, state: Environments, item: Any) -> dict[str, Any]:
    """By the whole path, as TF sends it, or by the bare id, as PowerShell does."""
    identity = str(item.get("id", "")) if isinstance(item, dict) else ""
    try:
        gone = state.unassign(environment.id, identity.rpartition("/")[2])
    except Missing:
        raise Refused(facts.ROLE_ASSIGNMENT_NOT_FOUND, assignment=identity) from None
    return {"roleAssignment": role_assignment(environment, gone), "httpStatus": "OK"}


def _is_person(tenant: FakeTenant, identity: str) -> bool:
    return tenant.directory.user(id=identity) is not None


def _is_group(tenant: FakeTenant, identity: str) -> bool:
    return tenant.directory.group(identity) is not None


def _is_principal(tenant: FakeTenant, identity: str) -> bool:
    return tenant.directory.service_principal(id=identity) is not None


def _is_tenant(tenant: FakeTenant, identity: str) -> bool:
    return identity.lower() == tenant.id


_FINDERS: dict[str, Callable[[FakeTenant, str], bool]] = {
    "User": _is_person,
    "Group": _is_group,
    "ServicePrincipal": _is_principal,
    "Tenant": _is_tenant,
}
"""Kind of principal -> whether there is one with this id."""


def _database(environment: Environment, operation: str) -> Organisation:
    if environment.database is None:
        raise Unmodelled(f"{operation} in an environment without a database")
    return environment.database


def _refuse_database(environment: Environment) -> None:
    if environment.organisation is not None:
        raise Refused(facts.ROLES_ARE_DATAVERSES, environment=environment.id)


def _make_administrator(organisation: Organisation, user: str) -> None:
    if holds_administrator(organisation, user):
        return
    row = organisation.get("systemuser", user)
    unit = row["businessunitid"] if row else None
    role = organisation.role_named(ADMINISTRATOR, unit)
    if role is None:
        raise Missing("role", ADMINISTRATOR)
    organisation.assign_role(user, role["roleid"])


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(facts.BODY_INVALID, problem="not JSON") from None
    if not isinstance(document, dict):
        raise Refused(facts.BODY_INVALID, problem="not an object")
    return document


def _member(item: Any, name: str) -> dict[str, Any]:
    found = item.get(name) if isinstance(item, dict) else None
    if not isinstance(found, dict):
        raise Refused(facts.BODY_INVALID, problem=f"{name} must be an object")
    return found


def _list_in(document: dict[str, Any], name: str) -> list[Any]:
    found = document.get(name) or []
    if not isinstance(found, list) or len(found) > _MOST_CHANGES:
        raise Refused(facts.BODY_INVALID, problem=f"{name} must be a list of at most {_MOST_CHANGES}")
    return found


def _guid_in(document: dict[str, Any], name: str) -> str:
    """Names in any case: PowerShell writes `ObjectId` where others write `objectId`."""
    value = next((each for key, each in document.items() if key.lower() == name.lower()), None)
    if not isinstance(value, str) or not GUID.fullmatch(value):
        raise Refused(facts.BODY_INVALID, problem=f"{name} must be a GUID")
    return value.lower()
