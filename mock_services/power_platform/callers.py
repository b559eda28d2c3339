"""Whose bearer this is, and what the Power Platform lets them do."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mock_services.bearers import bearer_token, instant_of, signed_claims
from mock_services.exchange import Exchange
from mock_services.power_platform import facts
from mock_services.power_platform.errors import Refused
from mock_services.state.power_platform import ManagementApplications
from mock_services.state.well_known import (
    DYNAMICS_365_ADMINISTRATOR,
    GLOBAL_ADMINISTRATOR,
    POWER_PLATFORM_ADMINISTRATOR,
)
from mock_services.tenant import FakeTenant

TENANT_ADMINISTRATORS = frozenset({GLOBAL_ADMINISTRATOR, POWER_PLATFORM_ADMINISTRATOR, DYNAMICS_365_ADMINISTRATOR})
"""Directory roles that manage every environment (power-platform "use service admin roles to manage your tenant")."""
_LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Caller:
    """A person or an application with a valid token for this API."""

    tenant: FakeTenant
    object_id: str
    application: str
    is_application: bool
    scopes: frozenset[str] = field(default=frozenset())
    """The delegated permissions in the token, in lower case."""

    def is_administrator(self) -> bool:
        """May manage every environment: a registered application, or a person with a fitting directory role."""
        if self.is_application:
            return ManagementApplications(self.tenant.directory).get(self.application) is not None
        return bool(TENANT_ADMINISTRATORS.intersection(self.tenant.directory.directory_roles_of(self.object_id)))

    def forbidden(self, url: str) -> Refused:
        """The admin API's refusal of a whole path."""
        words = {"object_id": self.object_id, "tenant": self.tenant.id, "url": url}
        if self.is_application:
            return Refused(facts.PRINCIPAL_FORBIDDEN, application=self.application, **words)
        return Refused(facts.USER_FORBIDDEN, **words)


def admin_caller(exchange: Exchange, authorization: str) -> Caller:
    """The caller of the admin API. Raises Refused (401); a token is judged by its own tenant's clock."""
    tenant, claims = _signed(exchange, authorization, missing=facts.TOKEN_MISSING, invalid=facts.TOKEN_INVALID)
    begins, ends, now = *_lifetime(claims), tenant.clock.now()
    if begins > now:
        raise Refused(facts.TOKEN_INVALID)
    if ends <= now:
        raise Refused(facts.TOKEN_EXPIRED, expiry=_spelt(ends), now=_spelt(now))
    audience = str(claims.get("aud", ""))
    if exchange.canonical(audience).lower() not in facts.AUDIENCES:
        allowed = ",".join(f"'{each}'" for each in facts.AUDIENCES)
        raise Refused(facts.AUDIENCE_WRONG, audience=audience, allowed=allowed)
    return _caller(tenant, claims)


def platform_caller(exchange: Exchange, authorization: str) -> Caller:
    """The caller of api.powerplatform.com. Raises Refused (401); one that has ended is told as a public guide says."""
    tenant, claims = _signed(exchange, authorization, missing=facts.API_HEADER_INVALID, invalid=facts.API_KEY_NOT_FOUND)
    begins, ends = _lifetime(claims)
    if not begins <= tenant.clock.now() < ends:
        raise Refused(facts.API_HEADER_INVALID)
    audience = str(claims.get("aud", ""))
    if exchange.canonical(audience).lower() not in facts.API_AUDIENCES:
        raise Refused(facts.API_AUDIENCE_WRONG, audience=audience)
    return _caller(tenant, claims)


def discovery_caller(exchange: Exchange, authorization: str) -> Caller:
    """The person that asks discovery. Raises Refused (401), for applications too: all evidence is of people."""
    tenant, claims = _signed(
        exchange, authorization, missing=facts.DISCOVERY_TOKEN_MISSING, invalid=facts.DISCOVERY_TOKEN_UNFIT
    )
    audience = exchange.canonical(str(claims.get("aud", ""))).rstrip("/").lower()
    begins, ends = _lifetime(claims)
    caller = _caller(tenant, claims)
    is_fit = audience == f"https://{exchange.host}" and begins <= tenant.clock.now() < ends
    if caller.is_application or not is_fit:
        raise Refused(facts.DISCOVERY_TOKEN_UNFIT)
    return caller


def _signed(
    exchange: Exchange, authorization: str, *, missing: facts.Refusal, invalid: facts.Refusal
) -> tuple[FakeTenant, dict[str, Any]]:
    """The tenant of a token that we signed, and its claims, which may have ended. Raises Refused."""
    token = bearer_token(authorization)
    if not token:
        raise Refused(missing)
    claims = signed_claims(exchange, token)
    exchange.tenant = exchange.worlds.tenant_called(str(claims.get("tid", ""))) if claims else None
    if claims is None or exchange.tenant is None:
        raise Refused(invalid)
    return exchange.tenant, claims


def _lifetime(claims: dict[str, Any]) -> tuple[datetime, datetime]:
    """From when and until when; what is no time lies in the distant past."""
    return instant_of(claims.get("nbf")) or _LONG_AGO, instant_of(claims.get("exp")) or _LONG_AGO


def _caller(tenant: FakeTenant, claims: dict[str, Any]) -> Caller:
    return Caller(
        tenant=tenant,
        object_id=str(claims.get("oid", "")),
        application=str(claims.get("appid", "")),
        is_application="scp" not in claims,
        scopes=frozenset(str(claims.get("scp", "")).lower().split()),
    )


def _spelt(instant: datetime) -> str:
    return f"{instant:%m/%d/%Y %I:%M:%S %p}"
