"""Entra's dialect of refusing: one exception, and how it reads on the wire."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mock_services.login.refusals import Refusal

if TYPE_CHECKING:
    from mock_services.exchange import Exchange

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class Refused(Exception):
    """The token service says no: a row of the facts with its placeholders filled in."""

    def __init__(self, row: Refusal, *, suberror: str = "", **words: str) -> None:
        self.row = row
        self.suberror = suberror
        self.text = row.template.format(**words)
        super().__init__(f"AADSTS{row.code}: {self.text}")


def correlation_id(exchange: "Exchange", offered: str) -> str:
    """The client's own id when it is a GUID, otherwise a fresh one (recorded: a request without the header)."""
    return offered.lower() if _GUID.fullmatch(offered) else exchange.worlds.chance.guid()


@dataclass(frozen=True)
class Told:
    """A refusal with the ids that support asks for. Its description is on one line, as since 2023-12."""

    refused: Refused
    trace_id: str
    correlation_id: str
    at: datetime
    base: str

    @property
    def timestamp(self) -> str:
        """As the envelope writes it: a blank in the middle, a Z at the end."""
        return f"{self.at:%Y-%m-%d %H:%M:%S}Z"

    @property
    def description(self) -> str:
        """`error_description`."""
        return f"{self.refused} {' '.join(self._trail)}"

    @property
    def description_in_lines(self) -> str:
        """The same with line breaks, as before 2023-12 and in documented redirects."""
        return "\r\n".join((str(self.refused), *self._trail))

    @property
    def _trail(self) -> tuple[str, str, str]:
        ids = f"Trace ID: {self.trace_id}", f"Correlation ID: {self.correlation_id}"
        return *ids, f"Timestamp: {self.timestamp}"

    @property
    def uri(self) -> str:
        """`error_uri`, on the host that was called."""
        return f"{self.base}/error?code={self.refused.row.code}"

    def body(self) -> bytes:
        """The error envelope, members in the recorded order."""
        envelope = {
            "error": self.refused.row.error,
            "error_description": self.description,
            "error_codes": [self.refused.row.code],
            "timestamp": self.timestamp,
            "trace_id": self.trace_id,
            "correlation_id": self.correlation_id,
            "error_uri": self.uri,
        }
        if self.refused.suberror:
            envelope["suberror"] = self.refused.suberror
        return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def told(refused: Refused, exchange: "Exchange", *, offered_correlation: str = "") -> Told:
    """A refusal of the present request."""
    clock = exchange.tenant.clock if exchange.tenant else exchange.worlds.clock
    correlation = correlation_id(exchange, offered_correlation)
    return Told(refused, exchange.request_id, correlation, clock.now(), exchange.base)


def unmodelled_body(sentence: str) -> bytes:
    """The fakes' own answer to what they do not play; no error of Entra's looks like it."""
    return json.dumps({"error": "not_modelled", "error_description": sentence}, ensure_ascii=False).encode()
