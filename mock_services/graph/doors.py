"""Every call that these fakes answer, as a table: verb, path, name in the journal, permission, act, cost."""

from functools import partial

from mock_services.errors import Unmodelled
from mock_services.graph import (
    applications,
    bin,  # noqa: A004 - the directory's bin
    credentials,
    directory_objects,
    facts,
    federated,
    grants,
    groups,
    members,
    memberships,
    owners,
    people,
    policies,
    principals,
    properties,
    roles,
)
from mock_services.graph.addressing import Address, Key
from mock_services.graph.door import BELONGING, MEMBERS, OWNED, OWNERS, Door, listed
from mock_services.graph.entities import APPLICATION, DIRECTORY_OBJECT, GROUP, SERVICE_PRINCIPAL, USER
from mock_services.graph.errors import Refused
from mock_services.graph.refusals import gateway

MEMBER = "{member}"
"""In a door's path: any member of the object."""
_SECRETS = (
    Door("POST", "applications/*/addPassword", "graph.applications.add_password", "write applications",
         lambda call: credentials.add_password(call, applications.managed(call)), needs_body=False),
    Door("POST", "applications/*/removePassword", "graph.applications.remove_password", "write applications",
         lambda call: credentials.remove_password(call, applications.managed(call))),
    Door("POST", "servicePrincipals/*/addPassword", "graph.service_principals.add_password", "write applications",
         lambda call: credentials.add_password(call, principals.managed(call)), needs_body=False),
    Door("POST", "servicePrincipals/*/removePassword", "graph.service_principals.remove_password", "write applications",
         lambda call: credentials.remove_password(call, principals.managed(call))),
    Door("GET", f"applications/*/{MEMBER}", "graph.applications.read_member", "read applications",
         properties.of_application),
    Door("GET", f"servicePrincipals/*/{MEMBER}", "graph.service_principals.read_member", "read applications",
         properties.of_principal),
)  # fmt: skip

_REGISTRATIONS = (
    Door("POST", "applications", "graph.applications.create", "create applications", applications.create),
    *listed("applications", "graph.applications", "read applications", applications.documents, APPLICATION, units=2),
    Door("GET", "applications/*", "graph.applications.read", "read applications", applications.read),
    Door("PATCH", "applications/*", "graph.applications.change", "write applications", applications.change),
    Door("DELETE", "applications/*", "graph.applications.delete", "write applications", applications.delete),
    *listed("applications/*/owners", "graph.applications.owners", "read applications",
            lambda call: owners.documents(call, applications.find(call).id), DIRECTORY_OBJECT, casts=OWNERS),
    Door("POST", "applications/*/owners/$ref", "graph.applications.owners.add", "write applications",
         lambda call: owners.add(call, applications.managed(call).id)),
    Door("DELETE", "applications/*/owners/*/$ref", "graph.applications.owners.remove", "write applications",
         lambda call: owners.remove(call, applications.managed(call).id)),
)  # fmt: skip

_PRINCIPALS = (
    Door("POST", "servicePrincipals", "graph.service_principals.create", "create applications", principals.create),
    *listed("servicePrincipals", "graph.service_principals", "read applications", principals.documents,
            SERVICE_PRINCIPAL),
    Door("GET", "servicePrincipals/*", "graph.service_principals.read", "read applications", principals.read),
    Door("PATCH", "servicePrincipals/*", "graph.service_principals.change", "write applications", principals.change),
    Door("DELETE", "servicePrincipals/*", "graph.service_principals.delete", "write applications", principals.delete),
    *listed("servicePrincipals/*/owners", "graph.service_principals.owners", "read applications",
            lambda call: owners.documents(call, principals.find(call).id), DIRECTORY_OBJECT, casts=OWNERS),
    Door("POST", "servicePrincipals/*/owners/$ref", "graph.service_principals.owners.add", "write applications",
         lambda call: owners.add(call, principals.managed(call).id)),
    Door("DELETE", "servicePrincipals/*/owners/*/$ref", "graph.service_principals.owners.remove", "write applications",
         lambda call: owners.remove(call, principals.managed(call).id)),
    *listed("servicePrincipals/*/ownedObjects", "graph.service_principals.owned_objects", "read applications",
            memberships.owned_by_principal, DIRECTORY_OBJECT, casts=OWNED),
    *listed("servicePrincipals/*/memberOf", "graph.service_principals.member_of", "read applications",
             memberships.of_principal, DIRECTORY_OBJECT, casts=BELONGING),
    *listed("servicePrincipals/*/transitiveMemberOf", "graph.service_principals.transitive_member_of",
             "read applications", memberships.all_of_principal, DIRECTORY_OBJECT, casts=BELONGING),
)  # fmt: skip

_CONSENT = (
    Door("POST", "oauth2PermissionGrants", "graph.grants.create", "write grants", grants.grant),
    Door("GET", "oauth2PermissionGrants", "graph.grants.list", "read grants", grants.read_grants, 2),
    Door("GET", "oauth2PermissionGrants/*", "graph.grants.read", "read grants", grants.read_grant, 2),
    Door("PATCH", "oauth2PermissionGrants/*", "graph.grants.change", "write grants", grants.change_grant),
    Door("DELETE", "oauth2PermissionGrants/*", "graph.grants.delete", "write grants", grants.revoke),
    Door("GET", "servicePrincipals/*/oauth2PermissionGrants", "graph.grants.list_of_client", "read grants",
         grants.read_grants_of, 2),
    Door("GET", "servicePrincipals/*/appRoleAssignments", "graph.app_roles.list_of_client", "read app roles",
         grants.read_roles_of, 2),
    Door("POST", "servicePrincipals/*/appRoleAssignments", "graph.app_roles.assign", "write app roles",
         grants.assign_to),
    Door("DELETE", "servicePrincipals/*/appRoleAssignments/*", "graph.app_roles.remove", "write app roles",
         grants.take_from),
    Door("GET", "servicePrincipals/*/appRoleAssignedTo", "graph.app_roles.list_by_resource", "read app roles",
         grants.read_roles_by, 2),
    Door("POST", "servicePrincipals/*/appRoleAssignedTo", "graph.app_roles.assign", "write app roles",
         grants.assign_by),
    Door("DELETE", "servicePrincipals/*/appRoleAssignedTo/*", "graph.app_roles.remove", "write app roles",
         grants.take_by),
)  # fmt: skip

_TENANT = (
    Door("GET", "organization", "graph.organization.list", "read organization", people.read_organizations),
    Door("GET", "organization/*", "graph.organization.read", "read organization", people.read_organization),
    Door("GET", "domains", "graph.domains.list", "read domains", people.read_domains),
    Door("GET", "domains/*", "graph.domains.read", "read domains", people.read_domain),
    Door("GET", "me", "graph.me.read", "read me", people.read_me),
    *listed("me/memberOf", "graph.me.member_of", "read me", memberships.of_me, DIRECTORY_OBJECT,
            units=2, casts=BELONGING),
    *listed("me/transitiveMemberOf", "graph.me.transitive_member_of", "read me", memberships.all_of_me,
             DIRECTORY_OBJECT, units=2, casts=BELONGING),
    *listed("me/ownedObjects", "graph.me.owned_objects", "read me", memberships.owned_by_me, DIRECTORY_OBJECT,
            units=2, casts=OWNED),
    Door("POST", "me/revokeSignInSessions", "graph.me.revoke_sessions", "revoke my sessions", people.revoke_my_sessions,
         needs_body=False),
    *listed("users", "graph.users", "read users", people.documents, USER, units=2),
    Door("POST", "users", "graph.users.create", "write users", people.create_user),
    Door("PATCH", "users/*", "graph.users.change", "write users", people.change_user),
    Door("GET", "users/*", "graph.users.read", "read a user", people.read_user),
    Door("POST", "users/*/revokeSignInSessions", "graph.users.revoke_sessions", "revoke sessions",
         people.revoke_sessions, needs_body=False),
    *listed("users/*/ownedObjects", "graph.users.owned_objects", "read users", memberships.owned_by_user,
            DIRECTORY_OBJECT, units=2, casts=OWNED),
    *listed("users/*/memberOf", "graph.users.member_of", "read users", memberships.of_user, DIRECTORY_OBJECT,
            units=2, casts=BELONGING),
    *listed("users/*/transitiveMemberOf", "graph.users.transitive_member_of", "read users", memberships.all_of_user,
             DIRECTORY_OBJECT, units=2, casts=BELONGING),
)  # fmt: skip

_GROUPS = (
    Door("POST", "groups", "graph.groups.create", "create groups", groups.create),
    *listed("groups", "graph.groups", "read groups", groups.documents, GROUP),
    Door("GET", "groups/*", "graph.groups.read", "read groups", groups.read),
    Door("PATCH", "groups/*", "graph.groups.change", "write groups", groups.change),
    Door("DELETE", "groups/*", "graph.groups.delete", "write groups", groups.delete),
    *listed("groups/*/members", "graph.groups.members", "read groups", memberships.members, DIRECTORY_OBJECT,
            casts=MEMBERS),
    *listed("groups/*/transitiveMembers", "graph.groups.transitive_members", "read groups", memberships.all_members,
             DIRECTORY_OBJECT, casts=MEMBERS),
    Door("POST", "groups/*/members/$ref", "graph.groups.members.add", "write group members",
         groups.add_referenced_member),
    Door("DELETE", "groups/*/members/*/$ref", "graph.groups.members.remove", "write group members",
         groups.remove_member),
    *listed("groups/*/owners", "graph.groups.owners", "read groups",
            lambda call: owners.documents(call, groups.find(call).id), DIRECTORY_OBJECT, casts=OWNERS),
    Door("POST", "groups/*/owners/$ref", "graph.groups.owners.add", "write groups",
         lambda call: owners.add(call, groups.managed(call).id)),
    Door("DELETE", "groups/*/owners/*/$ref", "graph.groups.owners.remove", "write groups", groups.remove_owner),
    *listed("groups/*/memberOf", "graph.groups.member_of", "read groups", memberships.of_group, DIRECTORY_OBJECT,
            casts=BELONGING),
    *listed("groups/*/transitiveMemberOf", "graph.groups.transitive_member_of", "read groups",
             memberships.all_of_group, DIRECTORY_OBJECT, casts=BELONGING),
)  # fmt: skip

_OBJECTS = (
    *(
        door
        for each, purpose in ((bin.APPLICATIONS, "read applications"), (bin.PRINCIPALS, "read applications"),
                              (bin.GROUPS, "read groups"))
        for door in listed(f"directory/deletedItems/microsoft.graph.{each.kind}", "graph.deleted", purpose,
                            partial(bin.documents, compartment=each), each.entity)
    ),
    Door("GET", "directory/deletedItems/*", "graph.deleted.read", "read deleted", bin.read),
    Door("POST", "directory/deletedItems/*/restore", "graph.deleted.restore", "write deleted", bin.restore,
         needs_body=False),
    Door("DELETE", "directory/deletedItems/*", "graph.deleted.purge", "write deleted", bin.purge),
    Door("GET", "directoryObjects/*", "graph.directory_objects.read", "read directory objects",
         directory_objects.read),
    Door("POST", "directoryObjects/getByIds", "graph.directory_objects.get_by_ids", "read directory objects",
         directory_objects.get_by_ids, 5, is_read=True),
)  # fmt: skip

_FEDERATED = (
    Door("GET", "applications/*/federatedIdentityCredentials", "graph.federated.list", "read applications",
         lambda call: federated.read_all(call, applications.find(call))),
    Door("POST", "applications/*/federatedIdentityCredentials", "graph.federated.create", "write applications",
         lambda call: federated.create(call, applications.managed(call))),
    Door("GET", "applications/*/federatedIdentityCredentials/*", "graph.federated.read", "read applications",
         lambda call: federated.read(call, applications.find(call))),
    Door("PATCH", "applications/*/federatedIdentityCredentials/*", "graph.federated.change", "write applications",
         lambda call: federated.change(call, applications.managed(call))),
    Door("DELETE", "applications/*/federatedIdentityCredentials/*", "graph.federated.delete", "write applications",
         lambda call: federated.delete(call, applications.managed(call))),
)  # fmt: skip

_POLICIES = (
    Door("GET", "policies/authorizationPolicy", "graph.authorization_policy.read", "read authorization policy",
         policies.read_authorization),
    Door("PATCH", "policies/authorizationPolicy", "graph.authorization_policy.change", "write authorization policy",
         policies.change_authorization),
    Door("GET", "policies/defaultAppManagementPolicy", "graph.app_policies.read_default", "read app policies",
         policies.read_default),
    Door("PATCH", "policies/defaultAppManagementPolicy", "graph.app_policies.change_default", "write app policies",
         policies.change_default),
    Door("GET", "policies/appManagementPolicies", "graph.app_policies.list", "read app policies", policies.read_all),
    Door("POST", "policies/appManagementPolicies", "graph.app_policies.create", "write app policies", policies.create),
    Door("GET", "policies/appManagementPolicies/*", "graph.app_policies.read", "read app policies", policies.read),
    Door("PATCH", "policies/appManagementPolicies/*", "graph.app_policies.change", "write app policies",
         policies.change),
    Door("DELETE", "policies/appManagementPolicies/*", "graph.app_policies.delete", "write app policies",
         policies.delete),
    Door("GET", "policies/appManagementPolicies/*/appliesTo", "graph.app_policies.applies_to", "read app policies",
         policies.read_governed),
    Door("GET", "applications/*/appManagementPolicies", "graph.app_policies.list_of_application", "read app policies",
         policies.read_of),
    Door("POST", "applications/*/appManagementPolicies/$ref", "graph.app_policies.assign", "assign app policies",
         policies.assign),
    Door("DELETE", "applications/*/appManagementPolicies/*/$ref", "graph.app_policies.unassign", "assign app policies",
         policies.unassign),
)  # fmt: skip

_ASSIGNMENTS = "roleManagement/directory/roleAssignments"
_ROLES = (
    Door("GET", "directoryRoles", "graph.roles.list", "read roles", roles.read_roles),
    Door("POST", "directoryRoles", "graph.roles.activate", "write roles", roles.activate),
    Door("GET", "directoryRoles/*", "graph.roles.read", "read roles", roles.read_role),
    Door("GET", "directoryRoles/*/members", "graph.roles.members.list", "read roles", roles.read_members_of),
    Door("POST", "directoryRoles/*/members/$ref", "graph.roles.members.add", "write roles", roles.add_member),
    Door("DELETE", "directoryRoles/*/members/*/$ref", "graph.roles.members.remove", "write roles",
         roles.remove_member),
    Door("GET", "directoryRoleTemplates", "graph.roles.templates", "read roles", roles.read_templates),
    Door("GET", "roleManagement/directory/roleDefinitions", "graph.roles.definitions", "read role assignments",
         roles.read_definitions),
    Door("GET", "roleManagement/directory/roleDefinitions/*", "graph.roles.definition", "read role assignments",
         roles.read_definition),
    Door("GET", _ASSIGNMENTS, "graph.roles.assignments.list", "read role assignments", roles.read_assignments),
    Door("POST", _ASSIGNMENTS, "graph.roles.assignments.create", "write roles", roles.assign),
    Door("GET", f"{_ASSIGNMENTS}/*", "graph.roles.assignments.read", "read role assignments", roles.read_assignment),
    Door("DELETE", f"{_ASSIGNMENTS}/*", "graph.roles.assignments.delete", "write roles", roles.unassign),
)  # fmt: skip

DOORS: tuple[Door, ...] = (
    *_REGISTRATIONS, *_SECRETS, *_FEDERATED, *_PRINCIPALS, *_CONSENT, *_TENANT, *_GROUPS, *_OBJECTS,
    *_POLICIES, *_ROLES,
)  # fmt: skip
GAPS: frozenset[tuple[str, str]] = frozenset(
    {
        ("DELETE", "directoryObjects/*"), ("DELETE", "domains/*"), ("DELETE", "users/*"), ("PATCH", "domains/*"),
        ("PATCH", "me"), ("PATCH", "organization/*"), ("POST", "domains"),
        ("POST", "roleManagement/directory/roleDefinitions"),
        ("DELETE", "roleManagement/directory/roleDefinitions/*"),
        ("PATCH", "roleManagement/directory/roleDefinitions/*"),
    }
)  # fmt: skip
"""Verbs that Graph has at these doors (msgraph-metadata, 2026-08) and these fakes do not play: 501, not 405."""


def _by_place() -> dict[tuple[str, int], list[Door]]:
    """The doors by first segment and length. The more of a path is spelt out, the earlier it is tried."""
    places: dict[tuple[str, int], list[Door]] = {}
    for door in sorted(DOORS, key=lambda door: door.segments.count("*")):
        places.setdefault((door.segments[0], len(door.segments)), []).append(door)
    return places


_BY_PLACE = _by_place()
_PROPERTIES = frozenset(
    name.lower()
    for table in (members.APPLICATION, members.SERVICE_PRINCIPAL, members.GROUP, members.USER)
    for name in table
) | frozenset(name for names in members.READ_ONLY.values() for name in names.lower().split())
"""Single members can be read by a path of their own."""
_OUR_ROOTS = frozenset(door.segments[0] for door in DOORS)


def find_door(method: str, address: Address) -> tuple[Door, tuple[Key, ...]]:
    """The door at an address, and the keys in it. Raises Refused (405, unknown segment) or Unmodelled."""
    open_to_others = is_gap = False
    first = address.segments[0] if address.segments else ""
    place = (first.lower(), len(address.segments)) if isinstance(first, str) else ("", 0)
    for door in _BY_PLACE.get(place, ()):
        keys = _keys(door, address)
        if keys is None:
            continue
        if door.method == method:
            return door, keys
        open_to_others = True
        is_gap = is_gap or (method, door.path) in GAPS or (method == "GET" and door.path.endswith("/$ref"))
    if is_gap:
        raise _gap(method, address)
    if open_to_others:
        raise Refused(gateway.METHOD_NOT_ALLOWED)
    raise _unknown(method, address)


def _keys(door: Door, address: Address) -> tuple[Key, ...] | None:
    keys: list[Key] = []
    for name, segment in zip(door.segments, address.segments, strict=True):
        if name == "*":
            if isinstance(segment, str) and (segment.startswith("$") or segment.lower() in facts.REAL_NAVIGATIONS):
                return None
            keys.append(segment if isinstance(segment, Key) else Key(segment))
        elif name == MEMBER:
            if isinstance(segment, Key) or segment.lower() not in _PROPERTIES:
                return None
            keys.append(Key(segment))
        elif isinstance(segment, Key) or segment.lower() != name:
            return None
    return tuple(keys)


def _gap(method: str, address: Address) -> Unmodelled:
    names = [segment for segment in address.segments if isinstance(segment, str)]
    return Unmodelled(f"{method} /{address.version}/{'/'.join(names)} of Graph")


def _unknown(method: str, address: Address) -> Exception:
    """What no door has: a gap of these fakes where the real service has something, otherwise Graph's own refusal."""
    names = [segment for segment in address.segments if isinstance(segment, str)]
    first, last = (names[0].lower(), names[-1].lower()) if names else ("", "")
    is_real = first in facts.REAL_ROOTS or (
        first in _OUR_ROOTS
        and (last in facts.REAL_NAVIGATIONS or last in _PROPERTIES or last.startswith("microsoft.graph."))
    )
    if not names or is_real:
        return _gap(method, address)
    return Refused(gateway.SEGMENT_UNKNOWN, segment=names[0] if first not in _OUR_ROOTS else names[-1])
