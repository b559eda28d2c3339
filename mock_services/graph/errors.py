"""Graph's dialect of refusing: one exception, and how it reads on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mock_services.graph.refusals import Refusal


class Refused(Exception):
    """Graph says no: a row of the refusals, and the words that fill its text."""

    def __init__(self, row: Refusal, *, headers: Mapping[str, str] | None = None, **words: object) -> None:
        self.row = row
        self.status = row.status
        self.code = row.code
        self.message = row.template.format(**words)
        self.headers: Mapping[str, str] = headers or {}
        target = row.target.format(**words)
        self.details = [{"code": row.detail, "message": self.message, "target": target}] if row.detail else []
        super().__init__(f"{row.status} {row.code}: {self.message}")


class TookEffect(Refused):
    """A refusal of what was done all the same."""


def envelope(refused: Refused, *, at: datetime, request_id: str, client_request_id: str) -> dict[str, Any]:
    """The error body, members in the recorded order (REC 2025-02); the date has no zone and no fraction."""
    error: dict[str, Any] = {"code": refused.code, "message": refused.message}
    if refused.details:
        error["details"] = refused.details
    date = f"{at:%Y-%m-%dT%H:%M:%S}"
    if refused.status == 429:  # the documented sample has an inner error of its own
        words = {"code": "429", "date": date, "message": "Please retry after"}
        error["innerError"] = words | {"request-id": request_id, "status": "429"}
    else:
        error["innerError"] = {"date": date, "request-id": request_id, "client-request-id": client_request_id}
    return {"error": error}
