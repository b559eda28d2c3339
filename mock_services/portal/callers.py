"""Whose bearer this is: what the portal's back end takes for a token."""

from dataclasses import dataclass

from mock_services.exchange import Exchange
from mock_services.portal.facts import AUDIENCES
from mock_services.signing import BadSignature
from mock_services.tenant import FakeTenant


class Unauthenticated(Exception):
    """No token, or none that is good here: 401 with nothing in the body, since no such answer is on record."""


@dataclass(frozen=True)
class Caller:
    """Someone with a valid token for the portal's back end."""

    tenant: FakeTenant
    object_id: str
    is_application: bool


def authenticate(exchange: Exchange, authorization: str) -> Caller:
    """The caller behind an Authorization header, by the clock of the token's own tenant. Raises Unauthenticated."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated
    try:
        claims = exchange.worlds.signing_keys.claims(token.strip())
    except BadSignature:
        raise Unauthenticated from None
    tenant = exchange.worlds.tenant_called(str(claims.get("tid", "")))
    exchange.tenant = tenant
    audience = exchange.canonical(str(claims.get("aud", ""))).rstrip("/").lower()
    if tenant is None or audience not in AUDIENCES:
        raise Unauthenticated
    if not _number(claims.get("nbf", 0)) <= tenant.clock.now().timestamp() < _number(claims.get("exp")):
        raise Unauthenticated
    return Caller(tenant, str(claims.get("oid", "")), is_application="scp" not in claims)


def _number(claim: object) -> float:
    """A time claim; what is no time lies in the distant past."""
    return float(claim) if isinstance(claim, int | float) else 0.0
