"""The client-credentials grant: every check in Entra's order, then a token.

Seen in public: a missing parameter and a missing credential come before the tenant, the tenant before anything about
the application. The rest of the order is inferred: scope, client, resource, secret, assignment.
"""

from mock_services.errors import Unmodelled
from mock_services.login import clients, facts, scopes, tokens
from mock_services.login.authorities import tenant_for_client
from mock_services.login.clouds import Cloud
from mock_services.login.errors import Refused
from mock_services.login.form import Asked
from mock_services.login.resources import Resource, find_resource


def issue(asked: Asked, cloud: Cloud) -> tokens.Issued:
    """A token for the application that asks. Raises Refused, and Unmodelled for an assertion as credential."""
    exchange = asked.exchange
    asked.demand("client_id", *(("scope",) if asked.version == 2 else ()))
    refuse_resource_on_v2(asked)
    secret = _presented_secret(asked)
    exchange.tenant = tenant = tenant_for_client(exchange, asked.tenant)
    wanted = wanted_resource(asked)
    client = clients.find_client(exchange, tenant, asked.value("client_id"))
    resource = find_resource(exchange, tenant, wanted)
    clients.check_secret(client, secret)
    roles = granted_roles(client, resource)
    clients.check_assignment(client, resource, roles)
    clients.check_consent(client, resource)
    return tokens.application_token(tokens.Occasion(exchange, cloud, client, resource), roles)


def granted_roles(client: clients.Client, resource: Resource) -> list[str]:
    """The resource's application roles that the client holds; Dataverse, for one, defines none to hold."""
    if not resource.principal.app_roles:
        return []
    return client.tenant.directory.app_role_values(client.principal.id, resource.principal.id)


def refuse_resource_on_v2(asked: Asked) -> None:
    """Raise Refused (901002) where the second endpoint is given the first one's parameter."""
    if asked.version == 2 and asked.value("resource"):
        raise Refused(facts.RESOURCE_NOT_FOR_V2)


def wanted_resource(asked: Asked) -> str:
    """The resource as the request spells it, from `scope` or, on the first endpoint, from `resource`."""
    if asked.version == 2:
        return scopes.app_only(asked.value("scope")).resource
    resource = asked.value("resource")
    if not resource.strip():
        raise Refused(facts.RESOURCE_MISSING)
    return resource


def _presented_secret(asked: Asked) -> str:
    if asked.value("client_assertion"):
        raise Unmodelled("a client assertion (certificate or federated credential) at the token endpoint")
    secret = asked.value("client_secret")
    if not secret:
        raise Refused(facts.CREDENTIAL_MISSING)
    return secret
