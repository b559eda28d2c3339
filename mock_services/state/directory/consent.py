"""Tenant-wide consent: one act of an administrator that grants an application all it lists, in one piece.

The portal's "Grant admin consent", `az ad app permission admin-consent` and the page at `/adminconsent` do this. It is
not the sum of Graph's single grants: it makes the principals that are missing and brings what was granted before into
line with the list. Evidence: entra-docs grant-admin-consent.md (who may; that earlier tenant-wide permissions may be
revoked and users' own are not); the portal's question before it does so ("update any existing admin consent records
this application already has to match what is listed below"), as screenshots and scripts quote it, 2021 to 2025.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mock_services.errors import Missing, StateError
from mock_services.state.directory.directory import Directory
from mock_services.state.directory.records import Document, ServicePrincipal
from mock_services.state.well_known import (
    APPLICATION_ADMINISTRATOR,
    CLOUD_APPLICATION_ADMINISTRATOR,
    FIRST_PARTY,
    GLOBAL_ADMINISTRATOR,
    MICROSOFT_GRAPH,
    PRIVILEGED_ROLE_ADMINISTRATOR,
)

GRAPH_ROLE_GRANTERS = frozenset({GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR})
"""Directory roles that may consent to anything, Microsoft Graph's application roles included."""
GRANTERS = GRAPH_ROLE_GRANTERS | {APPLICATION_ADMINISTRATOR, CLOUD_APPLICATION_ADMINISTRATOR}
"""Directory roles that may consent for everybody (entra-docs grant-admin-consent.md, prerequisites)."""


class ConsentDenied(StateError):
    """Whoever asks may not consent to this for the whole tenant."""


class PermissionsInvalid(StateError):
    """The application lists a permission that its resource does not offer, or a resource that is not in the tenant."""

    def __init__(self, app_id: str, what: str) -> None:
        super().__init__(f"application {app_id!r} lists {what}")
        self.app_id = app_id


@dataclass(frozen=True)
class _Wanted:
    """What a client asks of one resource: names of delegated scopes and ids of application roles, as listed."""

    resource: ServicePrincipal
    scopes: tuple[str, ...]
    roles: tuple[str, ...]


def grant_admin_consent(
    directory: Directory,
    app_id: str,
    *,
    granter_roles: Collection[str],
    required: Iterable[Document] | None = None,
    replaces: bool = True,
) -> ServicePrincipal:
    """Grant an application of this tenant what it requires, for all users; its service principal, made if need be.

    `granter_roles` are the template ids of the granter's directory roles. `required` has the shape of
    `requiredResourceAccess` and stands in its place. With `replaces`, tenant-wide grants and application roles that are
    not listed are taken back; what single users consented to stays in any case.

    Raises ConsentDenied, Missing("application", app_id) and PermissionsInvalid, and then has changed nothing.
    """
    if GRANTERS.isdisjoint(granter_roles):
        raise ConsentDenied("only certain directory roles may consent for the whole tenant")
    application = directory.application(app_id=app_id)
    if application is None:
        raise Missing("application", app_id.lower())
    listed = application.required_resource_access if required is None else required
    with directory.replication.at_the_first(), directory.store.transaction():
        client = _present(directory, application.app_id)
        wanted = _resolve(directory, application.app_id, listed)
        if GRAPH_ROLE_GRANTERS.isdisjoint(granter_roles) and any(_asks_graph_roles(each) for each in wanted):
            raise ConsentDenied("Microsoft Graph's application roles need a higher directory role")
        _write_delegated(directory, client, wanted, replaces=replaces)
        _write_roles(directory, client, wanted, replaces=replaces)
    return client


def _present(directory: Directory, app_id: str) -> ServicePrincipal:
    """The application's service principal, made now when there is none. Raises Missing for no such application."""
    return directory.service_principal(app_id=app_id) or directory.add_service_principal(app_id)


def _resolve(directory: Directory, app_id: str, listed: Iterable[Document]) -> list[_Wanted]:
    by_resource: dict[str, list[Document]] = {}
    for entry in listed:
        by_resource.setdefault(str(entry.get("resourceAppId", "")).lower(), []).extend(entry.get("resourceAccess", []))
    wanted = []
    for resource_app_id, accesses in by_resource.items():
        resource = _resource(directory, app_id, resource_app_id)
        scopes = [_scope(app_id, resource, each) for each in accesses if each.get("type") == "Scope"]
        roles = [_role(app_id, resource, each) for each in accesses if each.get("type") == "Role"]
        wanted.append(_Wanted(resource, tuple(dict.fromkeys(scopes)), tuple(dict.fromkeys(roles))))
    return wanted


def _resource(directory: Directory, app_id: str, resource_app_id: str) -> ServicePrincipal:
    """A resource's principal. Microsoft's own come into the tenant by consent; an own API must be there already.

    That follows from two sightings: AADSTS650052 tells an administrator to consent in order to create the principal
    that lacks, and Azure/azure-cli#12797 got 400 for an own API that had no principal.
    """
    if resource_app_id in FIRST_PARTY:
        return _present(directory, resource_app_id)
    found = directory.service_principal(app_id=resource_app_id) if resource_app_id else None
    if found is None:
        raise PermissionsInvalid(app_id, f"the resource {resource_app_id!r}, which has no principal here")
    return found


def _scope(app_id: str, resource: ServicePrincipal, access: Document) -> str:
    return str(_offered(app_id, resource, resource.scopes, access)["value"])


def _role(app_id: str, resource: ServicePrincipal, access: Document) -> str:
    offered = [each for each in resource.app_roles if "Application" in each.get("allowedMemberTypes", ["Application"])]
    return str(_offered(app_id, resource, offered, access)["id"]).lower()


def _offered(app_id: str, resource: ServicePrincipal, offered: list[Document], access: Document) -> Document:
    wanted = str(access.get("id", "")).lower()
    for each in offered:
        if str(each["id"]).lower() == wanted and each.get("isEnabled"):
            return each
    raise PermissionsInvalid(app_id, f"the permission {wanted!r} of {resource.display_name!r}")


def _asks_graph_roles(wanted: _Wanted) -> bool:
    return wanted.resource.app_id == MICROSOFT_GRAPH and bool(wanted.roles)


def _write_delegated(directory: Directory, client: ServicePrincipal, wanted: list[_Wanted], *, replaces: bool) -> None:
    held = {
        grant.resource_id: grant
        for grant in directory.delegated_grants(client_id=client.id)
        if grant.principal_id is None
    }
    for each in wanted:
        grant = held.pop(each.resource.id, None)
        before = grant.scopes if grant else []
        after = list(each.scopes) if replaces else [*before, *(name for name in each.scopes if name not in before)]
        if grant is None and after:
            directory.grant_delegated(client.id, each.resource.id, " ".join(after))
        elif grant is not None and not after:
            directory.delete_delegated_grant(grant.id)
        elif grant is not None and after != before:
            directory.change_delegated_grant(grant.id, " ".join(after))
    if replaces:
        for grant in held.values():
            directory.delete_delegated_grant(grant.id)


def _write_roles(directory: Directory, client: ServicePrincipal, wanted: list[_Wanted], *, replaces: bool) -> None:
    held = {(each.resource_id, each.app_role_id): each for each in directory.app_roles_of(client.id)}
    listed = [(each.resource.id, role) for each in wanted for role in each.roles]
    for resource_id, role in listed:
        if (resource_id, role) not in held:
            directory.assign_app_role(client.id, resource_id, role)
    for key, assignment in held.items():
        if replaces and key not in listed:
            directory.remove_app_role(assignment.id)
