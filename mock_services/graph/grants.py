"""Consent by API: delegated grants and application roles."""

from mock_services.errors import Missing, Taken
from mock_services.graph import facts, principals, shapes
from mock_services.graph.call import Answer, Call, required
from mock_services.graph.entities import GRANT, ROLE_ASSIGNMENT
from mock_services.graph.errors import Refused, TookEffect
from mock_services.graph.members import GRANT as GRANT_MEMBERS
from mock_services.graph.members import ROLE_ASSIGNMENT as ROLE_MEMBERS
from mock_services.graph.members import read_members
from mock_services.graph.permissions import GRAPH_ROLE_GRANTERS
from mock_services.graph.query import Document
from mock_services.graph.refusals import objects
from mock_services.state.directory import AppRoleAssignment, DelegatedGrant, ServicePrincipal
from mock_services.state.well_known import MICROSOFT_GRAPH

_KIND = "OAuth2PermissionGrant"
_ROLE_KIND = "AppRoleAssignment"


def grant(call: Call) -> Answer:
    """POST /oauth2PermissionGrants. The scope's text is not held against the resource: Graph stores anything."""
    read = read_members(call.body, GRANT_MEMBERS, _KIND)
    client = required(read, "client_id", "clientId", _KIND)
    consent = required(read, "consent_type", "consentType", _KIND)
    resource = required(read, "resource_id", "resourceId", _KIND)
    if consent not in ("AllPrincipals", "Principal"):
        raise Refused(objects.VALUE_INVALID, member="consentType", kind=_KIND)
    principal = read.get("principal_id")
    if consent == "Principal":
        principal = required(read, "principal_id", "principalId", _KIND)
    elif principal is not None:
        raise Refused(objects.VALUE_INVALID, member="principalId", kind=_KIND)
    scope = _scope(read.get("scope"))
    try:
        made = call.directory.grant_delegated(client, resource, scope, principal)
    except Missing as missing:
        raise Refused(objects.NOT_FOUND, key=missing.key) from None
    except Taken:
        as_bad_request = call.tenant.quirks.graph_duplicate_grant_status == 400
        raise Refused(objects.GRANT_EXISTS_AS_BAD_REQUEST if as_bad_request else objects.GRANT_EXISTS) from None
    if not all(map(call.directory.reads_back_principal, (made.client_id, made.resource_id))):
        raise TookEffect(objects.PARTITION_BUSY)
    return call.one(shapes.grant(made), GRANT, status=201, location=f"{call.root}/oauth2PermissionGrants/{made.id}")


def _scope(text: str | None) -> str:
    if text is not None and len(text) > facts.LONGEST_SCOPE:
        raise Refused(objects.VALUE_INVALID, member="scope", kind=_KIND)
    return text or ""


def _find_grant(call: Call) -> DelegatedGrant:
    held = call.directory.delegated_grant(call.keys[0].value)
    if held is None:
        raise Refused(objects.NOT_FOUND, key=call.keys[0].value)
    return held


def read_grant(call: Call) -> Answer:
    """GET /oauth2PermissionGrants/{id}."""
    return call.one(shapes.grant(_find_grant(call)), GRANT)


def read_grants(call: Call) -> Answer:
    """GET /oauth2PermissionGrants."""
    return call.many([shapes.grant(each) for each in call.directory.delegated_grants()], GRANT)


def read_grants_of(call: Call) -> Answer:
    """GET /servicePrincipals/{key}/oauth2PermissionGrants: those to this client."""
    client = principals.find(call)
    return call.many([shapes.grant(each) for each in call.directory.delegated_grants(client_id=client.id)], GRANT)


def change_grant(call: Call) -> Answer:
    """PATCH /oauth2PermissionGrants/{id}: the whole scope text at once; nothing else can change."""
    held = _find_grant(call)
    call.touch(held.id)
    read = read_members(call.body, GRANT_MEMBERS, _KIND)
    shown = shapes.grant(held)
    for wire, member in GRANT_MEMBERS.items():
        if member.name != "scope" and member.name in read and read[member.name] != shown[wire]:
            raise Refused(objects.READ_ONLY, member=wire)
    if "scope" in read:
        call.directory.change_delegated_grant(held.id, _scope(read["scope"]))
    return Answer(204)


def revoke(call: Call) -> Answer:
    """DELETE /oauth2PermissionGrants/{id}."""
    held = _find_grant(call)
    call.touch(held.id)
    call.directory.delete_delegated_grant(held.id)
    return Answer(204)


# application roles


def _document(call: Call, held: AppRoleAssignment) -> Document:
    return shapes.role_assignment(held, call.directory)


def read_roles_of(call: Call) -> Answer:
    """GET /servicePrincipals/{key}/appRoleAssignments: what this client may do."""
    held = call.directory.app_roles_of(principals.find(call).id)
    return call.many([_document(call, each) for each in held], ROLE_ASSIGNMENT)


def read_roles_by(call: Call) -> Answer:
    """GET /servicePrincipals/{key}/appRoleAssignedTo: who may use this resource."""
    held = call.directory.app_roles_by(principals.find(call).id)
    return call.many([_document(call, each) for each in held], ROLE_ASSIGNMENT)


def assign_to(call: Call) -> Answer:
    """POST /servicePrincipals/{client}/appRoleAssignments."""
    return _assign(call, principals.find(call), "principal_id", "appRoleAssignments")


def assign_by(call: Call) -> Answer:
    """POST /servicePrincipals/{resource}/appRoleAssignedTo."""
    return _assign(call, principals.find(call), "resource_id", "appRoleAssignedTo")


def _assign(call: Call, at: ServicePrincipal, end: str, navigation: str) -> Answer:
    read = read_members(call.body, ROLE_MEMBERS, _ROLE_KIND)
    wanted = {
        member.name: str(required(read, member.name, wire, _ROLE_KIND)).lower() for wire, member in ROLE_MEMBERS.items()
    }
    if wanted[end] != at.id:
        raise Refused(objects.REFERENCE_INVALID)
    resource = call.directory.service_principal(id=wanted["resource_id"])
    if resource is None:
        raise Refused(objects.REFERENCE_INVALID)
    _must_be_allowed_to_give(call, resource)
    try:
        made = call.directory.assign_app_role(**wanted)
    except Missing as missing:
        if missing.kind == "app role":
            raise Refused(objects.ROLE_UNKNOWN, app_id=resource.app_id) from None
        raise Refused(objects.REFERENCE_INVALID) from None
    except Taken:
        raise Refused(objects.ROLE_HELD) from None
    head = {"@odata.context": f"{call.root}/$metadata#servicePrincipals('{at.id}')/{navigation}/$entity"}
    return Answer(201, head | _document(call, made))


def _must_be_allowed_to_give(call: Call, resource: ServicePrincipal) -> None:
    """A person may give Graph's own roles only as Privileged Role or Global Administrator."""
    person = call.caller
    if person.is_user and resource.app_id == MICROSOFT_GRAPH and person.directory_roles.isdisjoint(GRAPH_ROLE_GRANTERS):
        raise Refused(objects.DENIED)


def take_from(call: Call) -> Answer:
    """DELETE /servicePrincipals/{client}/appRoleAssignments/{id}."""
    return _take(call, call.directory.app_roles_of(principals.find(call).id))


def take_by(call: Call) -> Answer:
    """DELETE /servicePrincipals/{resource}/appRoleAssignedTo/{id}."""
    return _take(call, call.directory.app_roles_by(principals.find(call).id))


def _take(call: Call, held: list[AppRoleAssignment]) -> Answer:
    found = next((each for each in held if each.id == call.keys[1].value), None)
    if found is None:
        raise Refused(objects.NOT_FOUND, key=call.keys[1].value)
    resource = call.directory.service_principal(id=found.resource_id)
    if resource is not None:
        _must_be_allowed_to_give(call, resource)
    call.directory.remove_app_role(found.id)
    return Answer(204)
