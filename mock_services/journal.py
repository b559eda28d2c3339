"""Every request and answer, secrets struck out, bounded: what people read when a test fails, and assert on."""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

STRUCK = "***"
_SECRET_HEADERS = {"authorization", "cookie", "set-cookie", "proxy-authorization"}
_SECRET_FIELDS = {
    "access_token", "assertion", "client_assertion", "client_secret", "code", "code_verifier", "device_code",
    "id_token", "key", "password", "refresh_token", "secrettext",
}  # fmt: skip
_SECRET_MEMBERS = _SECRET_FIELDS - {"code"}
"""In JSON, where `code` is a refusal's and never an authorization code: that travels in forms and URLs alone."""
# Whatever kind of body it claims to be: `client_secret=…` up to the next separator.
_PAIR = re.compile(rf"(?i)\b({'|'.join(sorted(_SECRET_FIELDS))})(=|%3d)(?!\*\*\*)[^&\s\"']+")
_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
_BODY_LIMIT = 16_384


@dataclass(frozen=True)
class Entry:
    """One request and its answer."""

    at: datetime
    service: str
    method: str
    url: str
    status: int
    code: str = ""
    operation: str = ""
    request_id: str = ""
    request_headers: dict[str, str] = field(default_factory=dict)
    request_body: str = ""
    response_body: str = ""

    def __str__(self) -> str:
        tail = f" {self.code}" if self.code else ""
        return f"{self.at:%H:%M:%S} {self.service:<14} {self.method:<6} {self.url} -> {self.status}{tail}"


class Journal:
    """The newest entries, at most `limit` of them; secrets are struck out before anything is kept."""

    def __init__(self, limit: int = 1_000) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._secrets: set[str] = set()

    def guard(self, *secrets: str) -> None:
        """Name values that must never appear in an entry, wherever they turn up."""
        self._secrets.update(secret for secret in secrets if len(secret) >= 6)

    def record(
        self,
        *,
        at: datetime,
        service: str,
        method: str,
        url: str,
        status: int,
        code: str = "",
        operation: str = "",
        request_id: str = "",
        headers: Iterable[tuple[str, str]] = (),
        request_body: bytes = b"",
        request_type: str = "",
        response_body: bytes = b"",
        response_type: str = "",
    ) -> Entry:
        """Keep one exchange."""
        entry = Entry(
            at=at,
            service=service,
            method=method,
            url=self._strike(url),
            status=status,
            code=code,
            operation=operation,
            request_id=request_id,
            request_headers={
                name: STRUCK if name.lower() in _SECRET_HEADERS else self._strike(value) for name, value in headers
            },
            request_body=self._body(request_body, request_type),
            response_body=self._body(response_body, response_type),
        )
        self._entries.append(entry)
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def find(self, request_id: str) -> Entry | None:
        """The entry of a request, by the id that its answer carried (a trace id, a request-id); the newest one."""
        return next((entry for entry in reversed(self._entries) if entry.request_id == request_id), None)

    def __len__(self) -> int:
        return len(self._entries)

    def said(self, last: int = 20) -> str:
        """The last entries as text, a line each: how a failing scenario ends."""
        return "\n".join(str(entry) for entry in list(self._entries)[-last:])

    def clear(self) -> None:
        """Forget what was said, not which values are secret."""
        self._entries.clear()

    def _body(self, raw: bytes, content_type: str) -> str:
        if not raw:
            return ""
        text = raw[:_BODY_LIMIT].decode("utf-8", "replace")
        if len(raw) <= _BODY_LIMIT and "json" in content_type:
            with suppress(ValueError, RecursionError):  # not JSON after all: values and tokens are struck out below
                text = json.dumps(_strike_fields(json.loads(text)), ensure_ascii=False)
        elif "x-www-form-urlencoded" in content_type:
            pairs = parse_qsl(text, keep_blank_values=True)
            text = urlencode([(k, STRUCK if k.lower() in _SECRET_FIELDS else v) for k, v in pairs], safe="*:/.")
        return self._strike(text)

    def _strike(self, text: str) -> str:
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, STRUCK)
        # Most texts hold neither, and two searches of every header add up.
        if "=" in text or "%3" in text:
            text = _PAIR.sub(rf"\1\2{STRUCK}", text)
        return _TOKEN.sub(STRUCK, text) if "eyJ" in text else text


def _strike_fields(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: STRUCK if k.lower() in _SECRET_MEMBERS and isinstance(v, str) else _strike_fields(v)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_strike_fields(item) for item in value]
    return value
