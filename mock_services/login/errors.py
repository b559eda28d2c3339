"""Entra's dialect of refusing: one exception, and how it reads on the wire."""

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING

from mock_services.login.facts import Refusal

if TYPE_CHECKING:
    from mock_services.exchange import Exchange

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class Refused(Exception):
    """The token service says no: a row of the facts with its placeholders filled in."""

    def __init__(self, row: Refusal, **words: str) -> None:
        self.row = row
        self.text = row.template.format(**words)
        super().__init__(f"AADSTS{row.code}: {self.text}")


def correlation_id(exchange: "Exchange", offered: str) -> str:
    """The client's own id when it is a GUID, otherwise a fresh one (recorded: a request without the header)."""
    return offered.lower() if _GUID.fullmatch(offered) else exchange.worlds.chance.guid()


def refusal_body(refused: Refused, *, exchange: "Exchange", correlation: str, at: datetime) -> bytes:
    """The error envelope, members in the recorded order; the description on one line, as since 2023-12."""
    timestamp = f"{at:%Y-%m-%d %H:%M:%S}Z"
    trail = f"Trace ID: {exchange.request_id} Correlation ID: {correlation} Timestamp: {timestamp}"
    envelope = {
        "error": refused.row.error,
        "error_description": f"{refused} {trail}",
        "error_codes": [refused.row.code],
        "timestamp": timestamp,
        "trace_id": exchange.request_id,
        "correlation_id": correlation,
        "error_uri": f"{exchange.base}/error?code={refused.row.code}",
    }
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def unmodelled_body(sentence: str) -> bytes:
    """The fakes' own answer to what they do not play; no error of Entra's looks like it."""
    return json.dumps({"error": "not_modelled", "error_description": sentence}, ensure_ascii=False).encode()
