"""Who is calling: the bearer checked as Graph's gateway does, in its order and words."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from mock_services.exchange import Exchange
from mock_services.graph import facts
from mock_services.graph.errors import Refused
from mock_services.graph.refusals import gateway
from mock_services.signing import BadSignature
from mock_services.state.well_known import MICROSOFT_GRAPH
from mock_services.tenant import FakeTenant


@dataclass(frozen=True)
class Caller:
    """An application by itself, or a person through an application."""

    tenant: FakeTenant
    app_id: str
    object_id: str
    """Of the service principal, or of the user."""
    is_user: bool
    roles: frozenset[str] = field(default_factory=frozenset)
    """Application permissions, as of the token's issue."""
    scopes: frozenset[str] = field(default_factory=frozenset)
    """Delegated permissions, as of the token's issue."""

    @cached_property
    def directory_roles(self) -> frozenset[str]:
        """Template ids of the directory roles that the caller holds now."""
        return frozenset(self.tenant.directory.directory_roles_of(self.object_id))


def authenticate(exchange: Exchange, authorization: str) -> Caller:
    """The caller behind an Authorization header; puts the tenant into the exchange as soon as it is known.

    Raises Refused (401): empty, not a JWT, signature, audience, lifetime by the tenant's clock, identity.
    """
    kind, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not token:
        raise Refused(gateway.BEARER_EMPTY)
    if token.count(".") not in (2, 4):
        raise Refused(gateway.BEARER_MALFORMED)
    try:
        claims = exchange.worlds.signing_keys.claims(token)
    except BadSignature:
        raise Refused(gateway.BEARER_FORGED) from None
    tenant = exchange.worlds.tenant_called(str(claims.get("tid", "")))
    exchange.tenant = tenant
    if not _is_for_us(exchange, claims.get("aud")):
        raise Refused(gateway.BEARER_FOR_OTHERS)
    if tenant is None:
        raise Refused(gateway.IDENTITY_NOT_FOUND)
    _check_lifetime(tenant.clock.now(), claims)
    return _caller(tenant, claims)


def _is_for_us(exchange: Exchange, audience: object) -> bool:
    """The host's own URL with or without a slash, or Graph's app id."""
    named = exchange.canonical(str(audience)).rstrip("/").lower()
    return named in (f"https://{exchange.host}", MICROSOFT_GRAPH)


def _check_lifetime(now: datetime, claims: dict[str, Any]) -> None:
    try:
        expires = datetime.fromtimestamp(float(claims["exp"]), UTC)
        begins = datetime.fromtimestamp(float(claims.get("nbf", 0)), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise Refused(gateway.BEARER_EXPIRED) from None
    if now >= expires:
        raise Refused(gateway.BEARER_EXPIRED)
    if now < begins - facts.LEEWAY:
        raise Refused(gateway.BEARER_EARLY)


def _caller(tenant: FakeTenant, claims: dict[str, Any]) -> Caller:
    object_id, scopes = str(claims.get("oid", "")).lower(), str(claims.get("scp", "")).split()
    is_user = claims.get("idtyp") == "user" or "scp" in claims
    if is_user:
        user = tenant.directory.user(id=object_id)
        known = user is not None and user.account_enabled
    else:
        known = tenant.directory.service_principal(id=object_id) is not None
    if not known:
        raise Refused(gateway.IDENTITY_NOT_FOUND)
    roles = claims.get("roles", [])
    return Caller(
        tenant=tenant,
        app_id=str(claims.get("appid", "")),
        object_id=object_id,
        is_user=is_user,
        roles=frozenset() if is_user or not isinstance(roles, list) else frozenset(map(str, roles)),
        scopes=frozenset(scopes),
    )
