"""The Power Platform's dialect of refusing, and how it reads on the wire."""

import json
from typing import Any

from mock_services.power_platform.facts import Refusal


class Refused(Exception):
    """The admin API says no: a row of the facts with its placeholders filled in."""

    def __init__(self, row: Refusal, **words: str) -> None:
        self.row = row
        self.text = row.template.format(**words)
        super().__init__(f"{row.code}: {self.text}")


class DiscoveryDenied(Exception):
    """Global discovery says 401; `challenged` when there was no token at all, which is answered with a challenge."""

    def __init__(self, *, challenged: bool) -> None:
        super().__init__("no token" if challenged else "unfit token")
        self.challenged = challenged


def refusal_body(refused: Refused) -> bytes:
    """The error object. A missing environment's has one member more, as recorded."""
    error: dict[str, Any] = {"code": refused.row.code, "message": refused.text}
    if refused.row.code == "EnvironmentNotFound":
        error["detailUrlType"] = "NotSpecified"
    return json.dumps({"error": error}, ensure_ascii=False).encode("utf-8", "replace")


def unmodelled_body(sentence: str) -> bytes:
    """The fakes' own answer to what they do not play; the Power Platform has no such code."""
    return json.dumps({"error": {"code": "NotModelled", "message": sentence}}, ensure_ascii=False).encode()
