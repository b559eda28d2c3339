"""What every service reads of a bearer token alike; what it makes of that is its own."""

from datetime import UTC, datetime
from typing import Any

from mock_services.exchange import Exchange
from mock_services.signing import BadSignature


def bearer_token(authorization: str) -> str:
    """The token in an Authorization header; empty where there is none or another scheme."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def signed_claims(exchange: Exchange, token: str) -> dict[str, Any] | None:
    """The claims of a token that this cloud signed; None for any other."""
    try:
        return exchange.worlds.signing_keys.claims(token)
    except BadSignature:
        return None


def instant_of(claim: object) -> datetime | None:
    """A time claim as an instant; None for what is no time."""
    if not isinstance(claim, int | float):
        return None
    try:
        return datetime.fromtimestamp(claim, UTC)
    except (ValueError, OverflowError, OSError):
        return None
