"""The device-code flow as the device sees it: a code to show, and polling until somebody has entered it."""

from datetime import datetime
from typing import Any

from mock_services.exchange import Exchange
from mock_services.login import client_authentication, clients, delegated, facts, scopes, tokens, users
from mock_services.login.authorities import tenant_for_page
from mock_services.login.client_authentication import Proof
from mock_services.login.clouds import PUBLIC, Cloud
from mock_services.login.errors import Refused
from mock_services.login.form import Asked
from mock_services.login.refusals import requests, sign_ins
from mock_services.login.resources import refuse_resource_on_v2, wanted_by_person
from mock_services.login.visits import application_anywhere
from mock_services.state.pending import DEVICE_CODE_LIFE, Decision, DeviceSignIn

_PUBLIC_PAGE = "https://login.microsoft.com/device"
"""What az has shown since 2025; before that it was https://microsoft.com/devicelogin."""


def begin(asked: Asked, cloud: Cloud) -> dict[str, Any]:
    """A device code and the code that a person enters; members and order as recorded (MSAL's tests). Raises Refused.

    A missing scope is told before the client is looked up (seen at this very endpoint).
    """
    exchange = asked.exchange
    asked.demand("client_id", *(("scope",) if asked.version == 2 else ()))
    refuse_resource_on_v2(asked)
    tenant = tenant_for_page(exchange, asked.tenant)
    wanted = wanted_by_person(
        asked.version, asked.value("scope"), asked.value("resource"), several=requests.SCOPES_OF_SEVERAL
    )
    client_id = asked.value("client_id").lower()
    if tenant is None:
        application_anywhere(exchange, client_id, asked.tenant)
    else:
        exchange.tenant = tenant
        with tenant.directory.store.transaction():
            delegated.find_client(exchange, tenant, client_id)
    sign_in = DeviceSignIn(
        client_id=client_id,
        tenant=asked.tenant.lower(),
        scope=wanted.text,
        version=asked.version,
        ends=now_of(exchange, asked.tenant) + DEVICE_CODE_LIFE,
    )
    device_code, user_code = exchange.worlds.pending.add_device(sign_in)
    page = page_of(exchange, cloud)
    body: dict[str, Any] = {
        "user_code": user_code,
        "device_code": device_code,
        ("verification_uri" if asked.version == 2 else "verification_url"): page,
        "expires_in": int(DEVICE_CODE_LIFE.total_seconds()),
        "interval": facts.DEVICE_INTERVAL_S,
        "message": f"To sign in, use a web browser to open the page {page} and enter the code {user_code} to"
        " authenticate.",
    }
    if asked.version == 1:
        body |= {"expires_in": str(body["expires_in"]), "interval": str(body["interval"])}
    return body


def page_of(exchange: Exchange, cloud: Cloud) -> str:
    """Where people enter the code. In the other clouds that is a page on microsoft.com, which is not played."""
    if exchange.came_direct or cloud is not PUBLIC:
        return f"{exchange.base}/common/oauth2/deviceauth"
    return _PUBLIC_PAGE


def now_of(exchange: Exchange, spelling: str) -> datetime:
    """The present by the named tenant's clock, or by the cloud's where the path names none."""
    tenant = exchange.worlds.tenant_called(spelling)
    return (tenant.clock if tenant else exchange.worlds.clock).now()


def issue(asked: Asked, cloud: Cloud) -> tokens.Issued:
    """The tokens of the person who has entered the code; until then `authorization_pending`. Raises Refused."""
    exchange = asked.exchange
    name = "device_code" if asked.value("device_code") or asked.version == 2 else "code"
    asked.demand("client_id", name)
    sign_in = exchange.worlds.pending.device(asked.value(name))
    path_tenant = tenant_for_page(exchange, asked.tenant)
    if sign_in is None:
        raise Refused(sign_ins.DEVICE_UNKNOWN)
    if sign_in.client_id != asked.value("client_id").lower():
        raise Refused(sign_ins.GRANT_OF_ANOTHER_CLIENT, name=name)
    if path_tenant and sign_in.tenant_id not in {"", path_tenant.id}:
        raise Refused(sign_ins.CODE_OF_ANOTHER_TENANT)
    if sign_in.redeemed:
        raise Refused(sign_ins.CODE_REDEEMED)
    _check_decision(sign_in, now_of(exchange, sign_in.tenant))
    exchange.tenant = tenant = exchange.worlds.tenant_called(sign_in.tenant_id)
    if tenant is None:
        raise Refused(requests.TENANT_UNKNOWN, tenant=sign_in.tenant_id)
    with tenant.directory.store.transaction():
        client = delegated.find_client(exchange, tenant, sign_in.client_id)
        proof = client_authentication.check(asked, cloud, client)
        clients.check_public(client, is_proven=proof is not Proof.NONE)
        issued = delegated.issue(
            delegated.SignIn(
                asked=asked,
                cloud=cloud,
                client=client,
                proof=proof,
                person=users.Person(users.still_here(tenant, sign_in.user_id), sign_in.amr),
                wanted=scopes.delegated(sign_in.scope),
            )
        )
    sign_in.redeemed = True
    return issued


def _check_decision(sign_in: DeviceSignIn, now: datetime) -> None:
    if now >= sign_in.ends:
        raise Refused(sign_ins.DEVICE_EXPIRED)
    if sign_in.decision is Decision.DECLINED:
        raise Refused(sign_ins.DEVICE_DECLINED)
    if sign_in.decision is Decision.OPEN:
        raise Refused(sign_ins.DEVICE_PENDING)
