"""Whose bearer this is, and what the Power Platform lets them do."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mock_services.exchange import Exchange
from mock_services.power_platform import facts
from mock_services.power_platform.errors import DiscoveryDenied, Refused
from mock_services.signing import BadSignature
from mock_services.state.power_platform import ManagementApplications
from mock_services.state.well_known import (
    DYNAMICS_365_ADMINISTRATOR,
    GLOBAL_ADMINISTRATOR,
    POWER_PLATFORM_ADMINISTRATOR,
)
from mock_services.tenant import FakeTenant

TENANT_ADMINISTRATORS = frozenset({GLOBAL_ADMINISTRATOR, POWER_PLATFORM_ADMINISTRATOR, DYNAMICS_365_ADMINISTRATOR})
"""Directory roles that manage every environment (power-platform "use service admin roles to manage your tenant")."""


@dataclass(frozen=True)
class Caller:
    """A person or an application with a valid token for this API."""

    tenant: FakeTenant
    object_id: str
    application: str
    is_application: bool

    def is_administrator(self) -> bool:
        """May manage every environment: a registered application, or a person with a fitting directory role."""
        if self.is_application:
            return ManagementApplications(self.tenant.directory).get(self.application) is not None
        return bool(TENANT_ADMINISTRATORS.intersection(self.tenant.directory.directory_roles_of(self.object_id)))

    def forbidden(self, url: str) -> Refused:
        """The refusal for what this caller may not do."""
        words = {"object_id": self.object_id, "tenant": self.tenant.id, "url": url}
        if self.is_application:
            return Refused(facts.PRINCIPAL_FORBIDDEN, application=self.application, **words)
        return Refused(facts.USER_FORBIDDEN, **words)


def admin_caller(exchange: Exchange, authorization: str) -> Caller:
    """The caller of the admin API. Raises Refused (401); a token is judged by its own tenant's clock."""
    token = _bearer(authorization)
    if not token:
        raise Refused(facts.TOKEN_MISSING)
    claims = _claims(exchange, token)
    tenant = exchange.worlds.tenant_called(str(claims.get("tid", ""))) if claims else None
    if claims is None or tenant is None:
        raise Refused(facts.TOKEN_INVALID)
    exchange.tenant = tenant
    now = tenant.clock.now()
    if _instant(claims, "nbf") > now:
        raise Refused(facts.TOKEN_INVALID)
    if _instant(claims, "exp") <= now:
        raise Refused(facts.TOKEN_EXPIRED, expiry=_spelt(_instant(claims, "exp")), now=_spelt(now))
    audience = str(claims.get("aud", ""))
    if exchange.canonical(audience).lower() not in facts.AUDIENCES:
        allowed = ",".join(f"'{each}'" for each in facts.AUDIENCES)
        raise Refused(facts.AUDIENCE_WRONG, audience=audience, allowed=allowed)
    return _caller(tenant, claims)


def discovery_caller(exchange: Exchange, authorization: str) -> Caller:
    """The person that asks discovery. Raises DiscoveryDenied, for applications too: all evidence is of people."""
    token = _bearer(authorization)
    if not token:
        raise DiscoveryDenied(challenged=True)
    claims = _claims(exchange, token) or {}
    exchange.tenant = tenant = exchange.worlds.tenant_called(str(claims.get("tid", "")))
    audience = exchange.canonical(str(claims.get("aud", ""))).rstrip("/").lower()
    if tenant is None or audience != f"https://{exchange.host}":
        raise DiscoveryDenied(challenged=False)
    caller = _caller(tenant, claims)
    in_force = _instant(claims, "nbf") <= tenant.clock.now() < _instant(claims, "exp")
    if caller.is_application or not in_force:
        raise DiscoveryDenied(challenged=False)
    return caller


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _claims(exchange: Exchange, token: str) -> dict[str, Any] | None:
    try:
        return exchange.worlds.signing_keys.claims(token)
    except BadSignature:
        return None


def _caller(tenant: FakeTenant, claims: dict[str, Any]) -> Caller:
    return Caller(
        tenant=tenant,
        object_id=str(claims.get("oid", "")),
        application=str(claims.get("appid", "")),
        is_application="scp" not in claims,
    )


def _instant(claims: dict[str, Any], name: str) -> datetime:
    """A time claim; one that is missing or no time at all counts as the distant past."""
    value = claims.get(name)
    try:
        return datetime.fromtimestamp(value if isinstance(value, int | float) else 0, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _spelt(instant: datetime) -> str:
    return f"{instant:%m/%d/%Y %I:%M:%S %p}"
