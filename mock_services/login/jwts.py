"""JSON Web Tokens that a client shows, read before anybody vouches for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from mock_services.login.errors import Refused
from mock_services.login.refusals import credentials

LEEWAY = timedelta(minutes=5)
"""How far clocks may differ: the default of Microsoft's own token libraries; remembered."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256")
"""entra-docs certificate-credentials.md asks for PS256; MSAL signs with RS256 when given a SHA-1 thumbprint. The others
stand in the refusal of an algorithm (microsoft-authentication-library-for-dotnet's tests, 2023-12)."""
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_UNTOLD = datetime(1970, 1, 1, tzinfo=UTC)
"""What a start that is not told reads as in a refusal (AzureAD/microsoft-authentication-library-for-java#984)."""


@dataclass(frozen=True)
class Unverified:
    """A JWT taken apart."""

    text: str = field(repr=False)
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def claim(self, name: str) -> str:
        """A claim as text; empty when it is not there or is no text."""
        value = self.claims.get(name)
        return value if isinstance(value, str) else ""

    @property
    def audiences(self) -> list[str]:
        """`aud`, which may be one text or several."""
        value = self.claims.get("aud")
        return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []


def read(text: str) -> Unverified:
    """Take a JWT apart without checking its signature. Raises Refused (50027) for anything else."""
    try:
        told = jwt.decode_complete(text, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise Refused(credentials.ASSERTION_MALFORMED) from None
    return Unverified(text, told["header"], told["payload"])


def is_signed_by(told: Unverified, key: Any) -> bool:
    """Whether a public key made its signature. Raises Refused (5002738) for an algorithm that Entra does not take."""
    try:
        jwt.decode(
            told.text,
            key,
            algorithms=list(ALGORITHMS),
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
        )
    except jwt.InvalidAlgorithmError:
        raise Refused(credentials.ALGORITHM_UNSUPPORTED, algorithm=str(told.header.get("alg"))) from None
    except (jwt.PyJWTError, ValueError, TypeError):  # among others a key of another kind than the algorithm's
        return False
    return True


def demand(told: Unverified, *names: str) -> None:
    """Raise Refused (90014), naming the first of these claims that is not there."""
    for name in names:
        if not told.claims.get(name):
            raise Refused(credentials.ASSERTION_INCOMPLETE, field=name)


def check_lifetime(told: Unverified, now: datetime) -> None:
    """Raise Refused: 50027 without an end, 700024 before the start or after the end.

    Both may be fractions, as MSAL Python sends them. Entra sets no limit to the end (certificate-credentials.md).
    """
    start, end = _instant(told.claims.get("nbf"), _UNTOLD), _instant(told.claims.get("exp"), None)
    if start is None or end is None:
        raise Refused(credentials.ASSERTION_MALFORMED)
    if now >= _later(end, LEEWAY) or _later(now, LEEWAY) < start:
        raise Refused(credentials.ASSERTION_OUT_OF_TIME, now=_written(now), start=_written(start), end=_written(end))


def _instant(value: Any, otherwise: datetime | None) -> datetime | None:
    """Seconds since 1970 as an instant, `otherwise` where there are none; None for what is no number."""
    if value is None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        return _LAST if value > 0 else _FIRST


def _later(instant: datetime, by: timedelta) -> datetime:
    return instant + by if instant < _LAST - by else _LAST


def _written(instant: datetime) -> str:
    """With seven digits after the second, as the recorded refusal has them."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond:06d}0Z"
