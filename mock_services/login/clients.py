"""Who is asking: the application, its principal in the tenant, and whether its secret holds by the tenant's clock."""

from dataclasses import dataclass

from mock_services.exchange import Exchange
from mock_services.login import facts
from mock_services.login.errors import Refused
from mock_services.login.resources import Resource
from mock_services.state.directory import Application, ServicePrincipal
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


def find_client(exchange: Exchange, tenant: FakeTenant, client_id: str) -> Client:
    """The client with this application id in this tenant. Raises Refused (700016, 700038, 7000229, 7000112).

    Only the application id will do: an object id is as unknown as a stranger's.
    """
    if client_id == facts.EMPTY_GUID:
        raise Refused(facts.CLIENT_EMPTY_GUID, application=client_id)
    principal = tenant.directory.service_principal(app_id=client_id)
    home = exchange.worlds.tenant_called(principal.app_owner_tenant or tenant.id) if principal else tenant
    application = home.directory.application(app_id=client_id) if home else None
    if principal is None:
        if application is not None:
            raise Refused(facts.CLIENT_WITHOUT_PRINCIPAL, application=application.app_id, tenant=tenant.id)
        raise Refused(facts.CLIENT_UNKNOWN, application=client_id, directory=tenant.display_name)
    if not principal.account_enabled:
        raise Refused(facts.CLIENT_DISABLED, application=principal.app_id, name=principal.display_name)
    return Client(tenant, principal, home, application)


def check_secret(client: Client, text: str) -> None:
    """Raise Refused unless one of the client's secrets has this text and is in force by the tenant's clock.

    Every secret is compared, each in constant time. A secret whose time has not come is as good as none: no
    sighting of Entra's answer to that was found.
    """
    home, application = client.home, client.application
    held = home.directory.secrets(application.id) if home and application else []
    now = client.tenant.clock.now()
    matching = [secret for secret in held if secret.matches(text)]
    if any(secret.start <= now < secret.end for secret in matching):
        return
    if any(secret.end <= now for secret in matching):
        raise Refused(facts.SECRET_EXPIRED, application=client.app_id)
    raise Refused(facts.SECRET_WRONG, application=client.app_id)


def check_assignment(client: Client, resource: Resource, roles: list[str]) -> None:
    """Raise Refused (501051) where the resource wants an assignment and the client holds no role of it."""
    if resource.principal.app_role_assignment_required and not roles:
        assigned = client.tenant.directory.app_roles_of(client.principal.id)
        if any(each.resource_id == resource.principal.id for each in assigned):
            return
        raise Refused(
            facts.NOT_ASSIGNED,
            application=client.app_id,
            name=client.principal.display_name,
            resource=resource.principal.app_id,
            resource_name=resource.principal.display_name,
        )


def check_consent(client: Client, resource: Resource) -> None:
    """By quirk only: raise Refused (65001) for a Dataverse token where `user_impersonation` was not consented."""
    if not client.tenant.quirks.app_only_needs_consent or resource.principal.app_id != DATAVERSE:
        return
    grants = client.tenant.directory.delegated_grants(client_id=client.principal.id, resource_id=resource.principal.id)
    if not any("user_impersonation" in grant.scopes for grant in grants):
        raise Refused(facts.CONSENT_MISSING, application=client.app_id, name=client.principal.display_name)
