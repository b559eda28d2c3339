"""Whose bearer this is: what the portal's back end takes for a token."""

from dataclasses import dataclass

from mock_services.bearers import bearer_token, instant_of, signed_claims
from mock_services.exchange import Exchange
from mock_services.portal.facts import AUDIENCES
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
    claims = signed_claims(exchange, bearer_token(authorization))
    if claims is None:
        raise Unauthenticated
    tenant = exchange.worlds.tenant_called(str(claims.get("tid", "")))
    exchange.tenant = tenant
    audience = exchange.canonical(str(claims.get("aud", ""))).rstrip("/").lower()
    if tenant is None or audience not in AUDIENCES:
        raise Unauthenticated
    now, begins, ends = tenant.clock.now(), instant_of(claims.get("nbf")), instant_of(claims.get("exp"))
    if ends is None or ends <= now or (begins is not None and begins > now):
        raise Unauthenticated
    return Caller(tenant, str(claims.get("oid", "")), is_application="scp" not in claims)
