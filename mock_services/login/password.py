"""The resource-owner-password grant: how an operator's user signs in without a browser.

Order inferred from client credentials: shape, tenant, scope, client, resource, client's credential, user, consent.
"""

import base64
import json
from dataclasses import replace

from mock_services.errors import Unmodelled
from mock_services.login import clients, facts, scopes, tokens
from mock_services.login.authorities import tenant_for_user
from mock_services.login.client_credentials import refuse_resource_on_v2
from mock_services.login.clouds import Cloud
from mock_services.login.errors import Refused
from mock_services.login.form import Asked
from mock_services.login.resources import Resource, find_resource
from mock_services.login.scopes import Wanted
from mock_services.state.directory import User
from mock_services.state.well_known import (
    AZURE_CLI,
    AZURE_MANAGEMENT,
    DATAVERSE,
    FIRST_PARTY,
    MICROSOFT_GRAPH,
    PORTAL,
    POWERAPPS,
)
from mock_services.tenant import FakeTenant

PREAUTHORISED: dict[tuple[str, str], tuple[str, ...]] = {
    # (client, resource): what a public client of Microsoft's may use without anybody's consent. The scopes of the
    # Azure CLI's Graph token are as decoded ones show them (Azure/azure-cli issues, 2022 on).
    (AZURE_CLI, MICROSOFT_GRAPH): (
        "Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "AuditLog.Read.All",
        "DelegatedPermissionGrant.ReadWrite.All", "Directory.AccessAsUser.All", "email", "Group.ReadWrite.All",
        "openid", "profile", "User.Read.All", "User.ReadWrite.All",
    ),
    (AZURE_CLI, DATAVERSE): ("user_impersonation",),
    (AZURE_CLI, POWERAPPS): ("user_impersonation",),
    (AZURE_CLI, AZURE_MANAGEMENT): ("user_impersonation",),
    (AZURE_CLI, PORTAL): ("user_impersonation",),
}  # fmt: skip


def issue(asked: Asked, cloud: Cloud) -> tokens.Issued:
    """A token for the user whose name and password were sent. Raises Refused, Unmodelled."""
    exchange = asked.exchange
    asked.demand("client_id", "username", "password", *(("scope",) if asked.version == 2 else ()))
    refuse_resource_on_v2(asked)
    exchange.tenant = tenant = tenant_for_user(exchange, asked.tenant, asked.value("username"))
    with tenant.directory.store.transaction():  # a refused sign-in leaves nothing behind
        return _issue(asked, cloud, tenant)


def _issue(asked: Asked, cloud: Cloud, tenant: FakeTenant) -> tokens.Issued:
    wanted = _wanted(asked)
    client = _find_client(asked, tenant)
    resource = find_resource(asked.exchange, tenant, wanted.resource)
    is_public = _check_client(asked, client)
    user = _check_user(tenant, asked.value("username"), asked.value("password"))
    allowed = _consented(client, resource, user, wanted)
    occasion = tokens.Occasion(asked.exchange, cloud, client, resource)
    issued = tokens.user_token(occasion, user, allowed, is_public=is_public)
    if "openid" in wanted.oidc:
        issued = replace(issued, id_token=tokens.identity_token(occasion, user))
    if asked.value("client_info") == "1":
        issued = replace(issued, client_info=_client_info(user, tenant))
    return issued


def _wanted(asked: Asked) -> Wanted:
    if asked.version == 2:
        return scopes.delegated(asked.value("scope"))
    resource = asked.value("resource")
    if not resource.strip():
        raise Refused(facts.RESOURCE_MISSING)
    return Wanted(resource, (".default",))


def _find_client(asked: Asked, tenant: FakeTenant) -> clients.Client:
    """A public client of Microsoft's needs no principal in the tenant beforehand: its first sign-in makes one."""
    app_id = asked.value("client_id").lower()
    is_microsofts = any(client == app_id for client, _ in PREAUTHORISED)
    if is_microsofts and tenant.directory.service_principal(app_id=app_id) is None:
        tenant.directory.add_service_principal(app_id)
    elif app_id in FIRST_PARTY and not is_microsofts:
        raise Unmodelled(f"a user's sign-in through {FIRST_PARTY[app_id].display_name}")
    return clients.find_client(asked.exchange, tenant, app_id)


def _check_client(asked: Asked, client: clients.Client) -> bool:
    """Whether the client is a public one; a confidential one must show its secret (7000218)."""
    secret = asked.value("client_secret")
    if secret:
        clients.check_secret(client, secret)
        return False
    if asked.value("client_assertion"):
        raise Unmodelled("a client assertion (certificate or federated credential) at the token endpoint")
    application = client.application
    if application is not None and not application.details.get("is_fallback_public_client"):
        raise Refused(facts.CONFIDENTIAL_CLIENT)
    return True


def _check_user(tenant: FakeTenant, username: str, password: str) -> User:
    user = tenant.directory.user(user_principal_name=username)
    if user is None:
        raise Refused(facts.USER_UNKNOWN, user=username, directory=tenant.display_name)
    if not user.matches(password):
        raise Refused(facts.PASSWORD_WRONG)
    if not user.account_enabled:
        raise Refused(facts.USER_DISABLED)
    return user


def _consented(client: clients.Client, resource: Resource, user: User, wanted: Wanted) -> tuple[str, ...]:
    """All scopes consented to, which is what a token carries; raise Refused (65001) if one asked for is not there."""
    consented = list(PREAUTHORISED.get((client.app_id, resource.principal.app_id), ()))
    grants = client.tenant.directory.delegated_grants(client_id=client.principal.id, resource_id=resource.principal.id)
    for grant in grants:
        if grant.principal_id in {None, user.id}:
            consented += [scope for scope in grant.scopes if scope not in consented]
    known = {scope.lower() for scope in consented}
    missing = [name for name in wanted.names if name != ".default" and name.lower() not in known]
    if missing or not consented:
        raise Refused(facts.CONSENT_MISSING, application=client.app_id, name=client.principal.display_name)
    return tuple(consented)


def _client_info(user: User, tenant: FakeTenant) -> str:
    """Who signed in, for MSAL's account cache."""
    text = json.dumps({"uid": user.id, "utid": tenant.id}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
