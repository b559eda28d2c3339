"""The client-credentials grant: every check in Entra's order, then a token.

Seen in public: a missing parameter and a missing credential come before the tenant, the tenant before anything about
the application. The rest of the order is inferred: scope, client, resource, credential, assignment, policy.
"""

from mock_services.login import client_authentication, clients, tokens
from mock_services.login.authorities import tenant_for_client
from mock_services.login.clouds import Cloud
from mock_services.login.errors import Refused
from mock_services.login.form import Asked
from mock_services.login.refusals import credentials
from mock_services.login.resources import Resource, find_resource, refuse_resource_on_v2, wanted_by_application


def issue(asked: Asked, cloud: Cloud) -> tokens.Issued:
    """A token for the application that asks. Raises Refused."""
    exchange = asked.exchange
    asked.demand("client_id", *(("scope",) if asked.version == 2 else ()))
    refuse_resource_on_v2(asked)
    shown = client_authentication.shown_in(asked)
    if not shown:
        raise Refused(credentials.CREDENTIAL_MISSING)
    exchange.tenant = tenant = tenant_for_client(exchange, asked.tenant)
    wanted = wanted_by_application(asked)
    client = clients.find_client(exchange, tenant, asked.value("client_id"))
    resource = find_resource(exchange, tenant, wanted)
    proof = client_authentication.check(asked, cloud, client)
    roles = granted_roles(client, resource)
    clients.check_assignment(client, resource, roles)
    clients.check_access(client, resource)
    clients.check_consent(client, resource)
    return tokens.application_token(tokens.Occasion(exchange, cloud, client, resource, proof), roles)


def granted_roles(client: clients.Client, resource: Resource) -> list[str]:
    """The resource's application roles that the client holds; Dataverse, for one, defines none to hold."""
    if not resource.principal.app_roles:
        return []
    return client.tenant.directory.app_role_values(client.principal.id, resource.principal.id)
