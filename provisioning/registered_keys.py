"""Which certificates an application was last seen with, and which of them a list to be sent leaves out.

Graph replaces `keyCredentials` whole (graph v1.0 application-update): whoever sends a list removes what is not in it.
"""

import base64
import hashlib
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from provisioning.patience import LOOKS

Names = frozenset[str]
"""What one certificate is called, in lower case: its key id and its thumbprint."""


class RegisteredKeys:
    """What the last few readings of each application showed; a single one may come from a replica that lags."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[set[Names]]] = {}

    def learn(self, application: str, row: Mapping[str, Any]) -> None:
        """A reading of one application, by its object id."""
        rows = row.get("keyCredentials")
        if isinstance(rows, list):
            self._seen.setdefault(application.lower(), deque(maxlen=LOOKS)).append({_names(each) for each in rows})

    def left_out(self, application: str, rows: Iterable[Mapping[str, Any]]) -> set[Names]:
        """Those that were seen and that this list would remove."""
        staying = frozenset[str]().union(*(_names(row) for row in rows))
        seen = set[Names]().union(*self._seen.get(application.lower(), ()))
        return {names for names in seen if not names & staying}


def _names(row: Mapping[str, Any]) -> Names:
    told = {str(row.get(member) or "").lower() for member in ("keyId", "customKeyIdentifier")}
    key = row.get("key")
    if isinstance(key, str):
        with suppress(ValueError):
            told.add(hashlib.sha1(base64.b64decode(key), usedforsecurity=False).hexdigest())
    return frozenset(told - {""})
