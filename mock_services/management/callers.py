"""Whose bearer this is: the token checked in Resource Manager's words, by its own tenant's clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mock_services.bearers import bearer_token, instant_of, signed_claims
from mock_services.exchange import Exchange
from mock_services.management import facts
from mock_services.management.errors import Refused
from mock_services.tenant import FakeTenant


@dataclass(frozen=True)
class Caller:
    """A person or an application with a valid token for Resource Manager."""

    tenant: FakeTenant
    is_application: bool


def authenticate(exchange: Exchange, authorization: str) -> Caller:
    """The caller behind an Authorization header. Raises Refused (401); the order of checks is inferred."""
    claims = _claims(exchange, authorization)
    exchange.tenant = tenant = exchange.worlds.tenant_called(str(claims.get("tid", "")))
    if tenant is None:
        raise Refused(facts.TOKEN_INVALID)
    audiences = facts.cloud_at(exchange.host).audiences
    audience = str(claims.get("aud", ""))
    if exchange.canonical(audience).lower() not in audiences:
        raise Refused(facts.AUDIENCE_WRONG, audience=audience, allowed=",".join(f"'{each}'" for each in audiences))
    _check_lifetime(tenant.clock.now(), claims)
    if not claims.get("oid"):
        raise Refused(facts.TOKEN_WITHOUT_IDENTITY)
    return Caller(tenant, is_application="scp" not in claims)


def _claims(exchange: Exchange, authorization: str) -> dict[str, Any]:
    if not authorization.strip():
        raise Refused(facts.TOKEN_MISSING)
    token = bearer_token(authorization)
    if not token:
        raise Refused(facts.HEADER_INVALID)
    claims = signed_claims(exchange, token)
    if claims is None:
        raise Refused(facts.TOKEN_INVALID)
    return claims


def _check_lifetime(now: datetime, claims: dict[str, Any]) -> None:
    expires = instant_of(claims.get("exp"))
    if expires is None or (instant_of(claims.get("nbf", 0)) or now) > now:
        raise Refused(facts.TOKEN_INVALID)
    if expires <= now:
        raise Refused(facts.TOKEN_EXPIRED, expiry=_spelt(expires), now=_spelt(now))


def _spelt(instant: datetime) -> str:
    """As .NET prints for the United States, without leading zeros: `3/19/2023 8:55:46 AM`."""
    hour = instant.hour % 12 or 12
    return f"{instant.month}/{instant.day}/{instant.year} {hour}:{instant:%M:%S %p}"
