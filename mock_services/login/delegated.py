"""A person signs in through a client: the checks that every way of doing so shares, and what they get."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import datetime

from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange
from mock_services.login import clients, consent, tokens, users
from mock_services.login.client_authentication import Proof
from mock_services.login.clouds import Cloud
from mock_services.login.errors import Refused
from mock_services.login.first_party import is_public_client
from mock_services.login.form import Asked
from mock_services.login.refusals import requests
from mock_services.login.resources import find_resource
from mock_services.login.scopes import Wanted
from mock_services.state.well_known import FIRST_PARTY
from mock_services.tenant import FakeTenant


@dataclass(frozen=True)
class SignIn:
    """Who signs in where, and what for."""

    asked: Asked
    cloud: Cloud
    client: clients.Client
    proof: Proof
    person: users.Person
    wanted: Wanted
    nonce: str = ""
    page_until: datetime | None = None
    """For a single-page application: when its refresh tokens end, however often they are renewed."""


def find_client(exchange: Exchange, tenant: FakeTenant, client_id: str) -> clients.Client:
    """The client that a person uses. A public client of Microsoft's needs no principal: its first sign-in makes one.

    Raises Refused, and Unmodelled for another application of Microsoft's.
    """
    app_id = client_id.lower()
    if is_public_client(app_id):
        with tenant.directory.replication.at_the_first():  # who makes it does not wait for it
            if tenant.directory.service_principal(app_id=app_id) is None:
                tenant.directory.add_service_principal(app_id)
            return clients.find_client(exchange, tenant, app_id)
    if app_id in FIRST_PARTY:
        raise Unmodelled(f"a user's sign-in through {FIRST_PARTY[app_id].display_name}")
    return clients.find_client(exchange, tenant, app_id)


def issue(sign_in: SignIn) -> tokens.Issued:
    """The person's tokens. Raises Refused.

    Order inferred from client credentials: resource, assignment, Conditional Access, consent.
    """
    client, user = sign_in.client, sign_in.person.user
    resource = find_resource(sign_in.asked.exchange, client.tenant, sign_in.wanted.resource)
    if resource.principal.id == client.principal.id and resource.asked.lower() != client.app_id:
        raise Refused(requests.RESOURCE_IS_CLIENT, application=client.app_id, name=client.principal.display_name)
    users.check_assignment(client, user)
    users.check_access(client, resource, sign_in.person, at_second=sign_in.asked.version == 2)
    allowed = consent.check(client, resource, user, sign_in.wanted)
    occasion = tokens.Occasion(sign_in.asked.exchange, sign_in.cloud, client, resource, sign_in.proof)
    issued = tokens.user_token(occasion, user, allowed, sign_in.person.amr)
    issued = replace(issued, scope=sign_in.wanted.granted(allowed))
    if "openid" in sign_in.wanted.oidc:
        issued = replace(issued, id_token=tokens.identity_token(occasion, user, sign_in.nonce))
    if "offline_access" in sign_in.wanted.oidc:
        issued = replace(issued, refresh_token=_refresh_token(sign_in))
    if sign_in.asked.value("client_info") == "1":
        issued = replace(issued, client_info=client_info(user.id, client.tenant.id))
    return issued


def _refresh_token(sign_in: SignIn) -> str:
    return sign_in.client.tenant.directory.issue_refresh_token(
        client_id=sign_in.client.app_id,
        user_id=sign_in.person.user.id,
        scope=sign_in.wanted.text,
        amr=sign_in.person.amr,
        is_public=sign_in.proof is Proof.NONE,
        page_until=sign_in.page_until,
    )


def client_info(user_id: str, tenant_id: str) -> str:
    """Who signed in, in the form that MSAL's account cache keeps."""
    text = json.dumps({"uid": user_id, "utid": tenant_id}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
