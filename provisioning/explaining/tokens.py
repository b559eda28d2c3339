"""What an access token in a paste tells: its claims, read without verifying; the token itself is never shown.

Claims after MicrosoftDocs/entra-docs docs/identity-platform/access-token-claims-reference.md.
"""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Claims:
    """The claims that matter here; names of people are left out. Empty strings where a token does not say."""

    audience: str
    tenant: str
    client: str
    expires: datetime | None
    roles: tuple[str, ...]
    app_only: bool

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "audience": self.audience,
            "tenant": self.tenant,
            "client": self.client,
            "expires": self.expires.isoformat() if self.expires else None,
            "roles": list(self.roles),
            "app_only": self.app_only,
        }


def claims_of(token: str) -> Claims | None:
    """Read one token's claims; None where it is no readable JWT."""
    payload = token.split(".")[1]
    try:
        said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not {"aud", "iss", "appid", "azp", "tid", "exp"} & said.keys():
        return None
    audience = said.get("aud")
    roles = said.get("roles")
    return Claims(
        audience=_word(audience[0] if isinstance(audience, list) and audience else audience),
        tenant=_word(said.get("tid")),
        client=_word(said.get("appid") or said.get("azp")),
        expires=_instant(said.get("exp")),
        roles=tuple(_word(role) for role in roles[:20]) if isinstance(roles, list) else (),
        app_only=said.get("idtyp") == "app" or not {"scp", "upn", "unique_name", "preferred_username"} & said.keys(),
    )


def _word(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""


def _instant(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
