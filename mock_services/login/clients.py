"""Who is asking: the application, its principal in the tenant, and whether the tenant lets it have what it wants."""

from dataclasses import dataclass

from mock_services.exchange import Exchange
from mock_services.login import facts
from mock_services.login.errors import Refused
from mock_services.login.refusals import credentials, requests
from mock_services.login.resources import Resource
from mock_services.state.directory import Application, FederatedCredential, KeyCredential, Secret, ServicePrincipal
from mock_services.state.directory.access import BLOCK
from mock_services.state.well_known import DATAVERSE
from mock_services.tenant import FakeTenant


@dataclass(frozen=True)
class Client:
    """A client that exists in the tenant. `home` holds its registration and its secrets; both None for strangers'."""

    tenant: FakeTenant
    principal: ServicePrincipal
    home: FakeTenant | None
    application: Application | None

    @property
    def app_id(self) -> str:
        """The application (client) id."""
        return self.principal.app_id

    @property
    def is_own(self) -> bool:
        """Whether the registration is this very tenant's."""
        return self.home is self.tenant

    @property
    def secrets(self) -> list[Secret]:
        """The secrets of the registration and of the principal itself, as this request's replica has them."""
        held = self.home.directory.secrets(self.application.id) if self.home and self.application else []
        return [*held, *self.tenant.directory.secrets(self.principal.id)]

    @property
    def key_credentials(self) -> list[KeyCredential]:
        """The registration's certificates."""
        return self.home.directory.key_credentials(self.application.id) if self.home and self.application else []

    @property
    def federated_credentials(self) -> list[FederatedCredential]:
        """The issuers and subjects that the registration trusts."""
        return self.home.directory.federated_credentials(self.application.id) if self.home and self.application else []


def find_client(exchange: Exchange, tenant: FakeTenant, client_id: str) -> Client:
    """The client with this application id in this tenant. Raises Refused (700016, 700038, 7000229, 7000112).

    Only the application id will do: an object id is as unknown as a stranger's.
    """
    if client_id == facts.EMPTY_GUID:
        raise Refused(credentials.CLIENT_EMPTY_GUID, application=client_id)
    principal = tenant.directory.service_principal(app_id=client_id)
    home = exchange.worlds.tenant_called(principal.app_owner_tenant or tenant.id) if principal else tenant
    application = home.directory.application(app_id=client_id) if home else None
    if principal is None:
        if application is not None:
            raise Refused(credentials.CLIENT_WITHOUT_PRINCIPAL, application=application.app_id, tenant=tenant.id)
        raise Refused(credentials.CLIENT_UNKNOWN, application=client_id, directory=tenant.display_name)
    if not principal.account_enabled or (application and application.details.get("disabled_by_microsoft_status")):
        raise Refused(credentials.CLIENT_DISABLED, application=principal.app_id, name=principal.display_name)
    return Client(tenant, principal, home, application)


def check_assignment(client: Client, resource: Resource, roles: list[str]) -> None:
    """Raise Refused (501051) where the resource wants an assignment and the client holds no role of it."""
    if resource.principal.app_role_assignment_required and not roles:
        assigned = client.tenant.directory.app_roles_of(client.principal.id)
        if any(each.resource_id == resource.principal.id for each in assigned):
            return
        raise Refused(
            requests.NOT_ASSIGNED,
            application=client.app_id,
            name=client.principal.display_name,
            resource=resource.principal.app_id,
            resource_name=resource.principal.display_name,
        )


def check_public(client: Client, *, is_proven: bool) -> None:
    """Raise Refused (7000218) for a client that showed nothing although it is not allowed to be public."""
    if is_proven or client.application is None:
        return
    if not client.application.details.get("is_fallback_public_client"):
        raise Refused(credentials.CONFIDENTIAL_CLIENT)


def check_access(client: Client, resource: Resource) -> None:
    """Raise Refused (53003) where a Conditional Access policy for workload identities blocks the client."""
    controls = client.tenant.directory.controls_on_principal(
        client.principal.id, resource.principal.app_id, is_own=client.is_own
    )
    if BLOCK in controls:
        raise Refused(credentials.BLOCKED_BY_POLICY)


def check_consent(client: Client, resource: Resource) -> None:
    """By quirk only: raise Refused (65001) for a Dataverse token where `user_impersonation` was not consented."""
    if not client.tenant.quirks.app_only_needs_consent or resource.principal.app_id != DATAVERSE:
        return
    grants = client.tenant.directory.delegated_grants(client_id=client.principal.id, resource_id=resource.principal.id)
    if not any("user_impersonation" in grant.scopes and grant.principal_id is None for grant in grants):
        raise Refused(requests.CONSENT_MISSING, application=client.app_id, name=client.principal.display_name)
