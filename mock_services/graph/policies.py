"""Policies over the wire: what people may do by default, and the app management policies."""

from typing import Any

from mock_services.errors import Missing, Taken, Unmodelled
from mock_services.graph import applications, shapes
from mock_services.graph.addressing import is_guid
from mock_services.graph.call import Answer, Call, required
from mock_services.graph.entities import APP_POLICY, DIRECTORY_OBJECT
from mock_services.graph.errors import Refused
from mock_services.graph.members import APP_POLICY as POLICY_MEMBERS
from mock_services.graph.members import AUTHORIZATION_POLICY, TENANT_APP_POLICY, read_members
from mock_services.graph.query import Document
from mock_services.graph.refusals import objects
from mock_services.graph.restrictions import read_duration

_KIND = "AppManagementPolicy"
_WITHOUT_LIFETIME = ("passwordAddition", "customPasswordAddition", "symmetricKeyAddition")
_TYPES = {
    "passwordCredentials": (*_WITHOUT_LIFETIME, "passwordLifetime", "symmetricKeyLifetime"),
    "keyCredentials": ("asymmetricKeyLifetime",),
}


def _singleton(call: Call, document: Document, name: str) -> Answer:
    return Answer(200, {"@odata.context": f"{call.root}/$metadata#policies/{name}/$entity", **document})


def read_authorization(call: Call) -> Answer:
    """GET /policies/authorizationPolicy."""
    return _singleton(call, call.directory.authorization_policy(), "authorizationPolicy")


def change_authorization(call: Call) -> Answer:
    """PATCH /policies/authorizationPolicy."""
    read = read_members(call.body, AUTHORIZATION_POLICY, "AuthorizationPolicy")
    if any(value is None for value in (read.get("defaultUserRolePermissions") or {}).values()):
        raise Refused(objects.VALUE_INVALID, member="defaultUserRolePermissions", kind="AuthorizationPolicy")
    call.directory.set_authorization_policy(shapes.merged(call.directory.authorization_policy(), read))
    return Answer(204)


def read_default(call: Call) -> Answer:
    """GET /policies/defaultAppManagementPolicy."""
    return _singleton(call, call.directory.default_app_policy(), "defaultAppManagementPolicy")


def change_default(call: Call) -> Answer:
    """PATCH /policies/defaultAppManagementPolicy: members that are left out stay."""
    read = read_members(call.body, TENANT_APP_POLICY, "TenantAppManagementPolicy")
    for name in ("applicationRestrictions", "servicePrincipalRestrictions"):
        _check(read.get(name))
    call.directory.set_default_app_policy(shapes.merged(call.directory.default_app_policy(), read))
    return Answer(204)


def _find(call: Call) -> Document:
    wanted = call.keys[0].guid()
    found = next((each for each in call.directory.app_policies() if each["id"] == wanted), None)
    if found is None:
        raise Refused(objects.NOT_FOUND, key=call.keys[0].value)
    return found


def read_all(call: Call) -> Answer:
    """GET /policies/appManagementPolicies."""
    return call.many(call.directory.app_policies(), APP_POLICY)


def read(call: Call) -> Answer:
    """GET /policies/appManagementPolicies/{id}."""
    return call.one(_find(call), APP_POLICY)


def create(call: Call) -> Answer:
    """POST /policies/appManagementPolicies."""
    read = read_members(call.body, POLICY_MEMBERS, _KIND)
    required(read, "displayName", "displayName", _KIND)
    _check(read.get("restrictions"))
    fresh: Document = {"displayName": "", "description": None, "isEnabled": False, "restrictions": {}}
    return call.one(call.directory.add_app_policy(fresh | read), APP_POLICY, status=201)


def change(call: Call) -> Answer:
    """PATCH /policies/appManagementPolicies/{id}."""
    held = _find(call)
    read = read_members(call.body, POLICY_MEMBERS, _KIND)
    _check(read.get("restrictions"))
    call.directory.change_app_policy(shapes.merged(held, read))
    return Answer(204)


def delete(call: Call) -> Answer:
    """DELETE /policies/appManagementPolicies/{id}: its assignments go with it."""
    call.directory.remove_app_policy(_find(call)["id"])
    return Answer(204)


def read_governed(call: Call) -> Answer:
    """GET /policies/appManagementPolicies/{id}/appliesTo."""
    held = [call.directory.application(id=each) for each in call.directory.governed_by(_find(call)["id"])]
    kind = {"@odata.type": "#microsoft.graph.application"}
    return call.many([kind | applications.document(call, each) for each in held if each], DIRECTORY_OBJECT)


def read_of(call: Call) -> Answer:
    """GET /applications/{key}/appManagementPolicies."""
    own = call.directory.app_policy_of(applications.find(call).id)
    return call.many([own] if own else [], APP_POLICY)


def assign(call: Call) -> Answer:
    """POST /applications/{key}/appManagementPolicies/$ref: one policy an application."""
    held = applications.find(call)
    url = call.body.get("@odata.id")
    wanted = url.rstrip("/").rsplit("/", 1)[-1] if isinstance(url, str) else ""
    if not is_guid(wanted):
        raise Refused(objects.VALUE_INVALID, member="appManagementPolicies", kind="Application")
    try:
        call.directory.assign_app_policy(held.id, wanted)
    except Missing:
        raise Refused(objects.NOT_FOUND, key=wanted) from None
    except Taken:
        raise Refused(objects.ADDED_TWICE, member="appManagementPolicies") from None
    return Answer(204)


def unassign(call: Call) -> Answer:
    """DELETE /applications/{key}/appManagementPolicies/{id}/$ref."""
    held = applications.find(call)
    try:
        call.directory.unassign_app_policy(held.id, call.keys[1].guid())
    except Missing:
        raise Refused(objects.REMOVED_ABSENT, member="appManagementPolicies") from None
    return Answer(204)


def _check(restrictions: Any) -> None:
    """Refuse restrictions that say nothing, or that these fakes would not enforce. Raises Refused, Unmodelled."""
    given = restrictions or {}
    if given.get("identifierUris") or (given.get("applicationRestrictions") or {}).get("identifierUris"):
        raise Unmodelled("an app management policy's restriction of identifierUris")
    for kind, types in _TYPES.items():
        for each in given.get(kind) or []:
            _check_one(each, kind, types)


def _check_one(each: Document, kind: str, types: tuple[str, ...]) -> None:
    restriction, lifetime = each.get("restrictionType"), each.get("maxLifetime")
    if each.get("excludeActors"):
        raise Unmodelled("an app management policy that excludes actors")
    if restriction not in types or each.get("state", "enabled") not in ("enabled", "disabled"):
        raise Refused(objects.VALUE_INVALID, member=kind, kind=_KIND)
    is_lifetime = restriction not in _WITHOUT_LIFETIME
    if (lifetime is not None) != is_lifetime or (lifetime is not None and read_duration(lifetime) is None):
        raise Refused(objects.VALUE_INVALID, member=f"{kind}.maxLifetime", kind=_KIND)
