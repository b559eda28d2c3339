"""Access tokens in Entra's first format, the one that Graph, Dataverse and the Power Platform take.

Claims follow decoded public samples of app-only Graph tokens (2023-11 to 2026-02): first the five of the JWT,
then the rest in alphabetical order. They say what the directory says at this moment and nothing else.
"""

import base64
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mock_services.exchange import Exchange
from mock_services.login.client_authentication import Proof
from mock_services.login.clients import Client
from mock_services.login.clouds import Cloud
from mock_services.login.resources import Resource
from mock_services.state.directory import User
from mock_services.state.well_known import MICROSOFT_GRAPH

# Documented as 60 to 90 minutes, drawn anew for each token (entra-docs access-tokens.md). Samples of app-only tokens
# have 3599 s, and an `exp - iat` of 3900: the start is back-dated by five minutes.
SHORTEST = timedelta(seconds=3599)
LONGEST = timedelta(seconds=5399)
BACK_DATED = timedelta(minutes=5)

_APP_ONLY_WIDS = ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"]
"""On app-only Graph tokens generally; it is no directory role (decoded samples, 2023 to 2026)."""


@dataclass(frozen=True)
class Issued:
    """A signed token and what the body around it tells. Instants are seconds since 1970."""

    token: str = field(repr=False)
    resource: str
    not_before: int
    expires_on: int
    lifetime_s: int
    """Seconds from now until `expires_on`, less the one that Entra keeps."""
    scopes: tuple[str, ...] = ()
    scope: str = ""
    """The scopes as the second endpoint's answer tells them."""
    id_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    client_info: str = ""


@dataclass(frozen=True)
class Occasion:
    """Who asks for what, where: all that decides a token besides the subject."""

    exchange: Exchange
    cloud: Cloud
    client: Client
    resource: Resource
    proof: Proof


def application_token(occasion: Occasion, roles: list[str]) -> Issued:
    """A token for the application itself. `roles` is left out when nothing was granted, as Entra does."""
    principal = occasion.client.principal
    rest = _common(occasion) | {"idtyp": "app", "oid": principal.id, "sub": principal.id}
    if roles:
        rest["roles"] = roles
    if occasion.resource.principal.app_id == MICROSOFT_GRAPH:
        rest |= {"app_displayname": principal.display_name, "wids": _APP_ONLY_WIDS}
    return _issue(occasion, rest)


def user_token(occasion: Occasion, user: User, scopes: tuple[str, ...], amr: str) -> Issued:
    """A token for a person using a client. `amr`: how they proved who they are; `wids`: their directory roles."""
    client = occasion.client
    rest = _common(occasion) | {
        "acr": "1",
        "amr": amr.split(),
        "idtyp": "user",
        "ipaddr": "127.0.0.1",
        "name": user.display_name,
        "oid": user.id,
        "scp": " ".join(scopes),
        "sub": _pairwise(user.id, client.app_id),
        "unique_name": user.user_principal_name,
        "upn": user.user_principal_name,
        "wids": client.tenant.directory.directory_roles_of(user.id),
    }
    if occasion.resource.principal.app_id == MICROSOFT_GRAPH:
        rest["app_displayname"] = client.principal.display_name
    return _issue(occasion, rest, scopes)


def identity_token(occasion: Occasion, user: User, nonce: str = "") -> str:
    """An ID token, of the second format, for the `openid` scope."""
    exchange, client = occasion.exchange, occasion.client
    start, end = _validity(client, SHORTEST)
    return exchange.worlds.signing_keys.sign(
        {
            "aud": client.app_id,
            "iss": exchange.as_seen(f"https://{occasion.cloud.login_host}/{client.tenant.id}/v2.0"),
            "iat": start,
            "nbf": start,
            "exp": end,
            **({"nonce": nonce} if nonce else {}),
            "name": user.display_name,
            "oid": user.id,
            "preferred_username": user.user_principal_name,
            "sub": _pairwise(user.id, client.app_id),
            "tid": client.tenant.id,
            "uti": _uti(exchange),
            "ver": "2.0",
        }
    )


def _validity(client: Client, lifetime: timedelta) -> tuple[int, int]:
    now = client.tenant.clock.now()
    return int((now - BACK_DATED).timestamp()), int((now + lifetime).timestamp()) + 1


def _common(occasion: Occasion) -> dict[str, Any]:
    tenant = occasion.client.tenant
    return {
        "aio": tenant.chance.text(43) + "=",
        "appid": occasion.client.app_id,
        "appidacr": occasion.proof.value,
        "idp": f"https://{occasion.cloud.sts_host}/{tenant.id}/",
        "rh": _rh(tenant.id, occasion.resource.principal.app_id),
        "tid": tenant.id,
        "uti": _uti(occasion.exchange),
        "ver": "1.0",
    }


def _issue(occasion: Occasion, rest: dict[str, Any], scopes: tuple[str, ...] = ()) -> Issued:
    drawn = occasion.client.tenant.chance.integer(int(SHORTEST.total_seconds()), int(LONGEST.total_seconds()))
    start, end = _validity(occasion.client, timedelta(seconds=drawn))
    claims = {
        "aud": occasion.resource.asked,
        "iss": f"https://{occasion.cloud.sts_host}/{occasion.client.tenant.id}/",
        "iat": start,
        "nbf": start,
        "exp": end,
        **dict(sorted(rest.items())),
    }
    token = occasion.exchange.worlds.signing_keys.sign(claims)
    return Issued(token, occasion.resource.asked, start, end, drawn, scopes)


def _uti(exchange: Exchange) -> str:
    """The request's trace id in base64url: the samples' last byte is small like a trace id's (inferred)."""
    return _base64url(uuid.UUID(exchange.request_id).bytes)


def _rh(tenant_id: str, resource_app_id: str) -> str:
    """Decoded samples hold the tenant's and the resource's GUID, little-endian, between a few other bytes."""
    inside = b"\x01\x00\x00" + uuid.UUID(tenant_id).bytes_le + uuid.UUID(resource_app_id).bytes_le + b"\x00\x18\x01"
    return f"1.{_base64url(inside)}."


def _pairwise(user_id: str, app_id: str) -> str:
    """A user's `sub` differs from client to client and from `oid`."""
    return _base64url(uuid.uuid5(uuid.UUID(user_id), app_id).bytes + uuid.uuid5(uuid.UUID(app_id), user_id).bytes)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
