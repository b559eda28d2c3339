"""The resource-owner-password grant: how an operator's user signs in without a browser.

Order inferred from client credentials: shape, tenant, scope, client, resource, client's credential, user, consent.
"""

from mock_services.login import client_authentication, clients, delegated, tokens, users
from mock_services.login.authorities import tenant_for_user
from mock_services.login.client_authentication import Proof
from mock_services.login.clouds import Cloud
from mock_services.login.form import Asked
from mock_services.login.resources import find_resource, refuse_resource_on_v2, wanted_by_person
from mock_services.tenant import FakeTenant


def issue(asked: Asked, cloud: Cloud) -> tokens.Issued:
    """A token for the user whose name and password were sent. Raises Refused, Unmodelled."""
    exchange = asked.exchange
    asked.demand("client_id", "username", "password", *(("scope",) if asked.version == 2 else ()))
    refuse_resource_on_v2(asked)
    exchange.tenant = tenant = tenant_for_user(exchange, asked.tenant, asked.value("username"))
    with tenant.directory.store.transaction():  # a refused sign-in leaves nothing behind
        return _issue(asked, cloud, tenant)


def _issue(asked: Asked, cloud: Cloud, tenant: FakeTenant) -> tokens.Issued:
    wanted = wanted_by_person(asked.version, asked.value("scope"), asked.value("resource"))
    client = delegated.find_client(asked.exchange, tenant, asked.value("client_id"))
    find_resource(asked.exchange, tenant, wanted.resource)
    proof = client_authentication.check(asked, cloud, client)
    clients.check_public(client, is_proven=proof is not Proof.NONE)
    user = users.check_password(asked.exchange, tenant, asked.value("username"), asked.value("password"))
    return delegated.issue(
        delegated.SignIn(
            asked=asked,
            cloud=cloud,
            client=client,
            proof=proof,
            person=users.Person(user),
            wanted=wanted,
        )
    )
