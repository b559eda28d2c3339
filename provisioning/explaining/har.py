"""A browser's or proxy's recording (HAR): the exchanges that failed, as text. HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from provisioning.problems import BadInput

_MOST = 60
_BODY = 20_000
_HEADERS: Final = frozenset({
    "date", "www-authenticate", "retry-after", "request-id", "client-request-id", "x-ms-request-id", "req_id",
    "x-ms-service-request-id", "x-ms-ags-diagnostic", "authorization", "location", "proxy-authenticate", "content-type",
})  # fmt: skip


def looks_like_har(text: str) -> bool:
    """Whether a text begins as a HAR does."""
    head = text[:4_000].lstrip("\ufeff \t\r\n")
    return head.startswith("{") and '"log"' in head and ('"entries"' in head or '"creator"' in head)


def read_har(text: str) -> str:
    """The failing exchanges (all, where none failed), oldest first. Raises BadInput for what is no readable HAR."""
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as problem:
        where = f" at character {problem.pos}" if isinstance(problem, json.JSONDecodeError) else ""
        raise BadInput(
            "the HAR file", f"is no valid JSON{where}", "record it again and save all as HAR with content"
        ) from None
    entries = document.get("log", {}).get("entries") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise BadInput("the HAR file", "holds no log.entries", "save the recording as HAR with content")
    exchanges = [entry for entry in entries if isinstance(entry, dict)]
    failing = [entry for entry in exchanges if _failed(entry)]
    shown = failing[-_MOST:] if failing else exchanges[-3:]
    return "\n\n".join(_told(entry) for entry in shown)


def _failed(entry: Mapping[str, Any]) -> bool:
    status = _mapping(entry.get("response")).get("status")
    return not isinstance(status, int) or status >= 400 or status <= 0


def _told(entry: Mapping[str, Any]) -> str:
    request, response = _mapping(entry.get("request")), _mapping(entry.get("response"))
    lines = [
        str(entry.get("startedDateTime", "")),
        f"{request.get('method', '')} {request.get('url', '')}",
        *_headers(request),
        str(_mapping(request.get("postData")).get("text", ""))[:_BODY],
        f"HTTP/1.1 {response.get('status', 0)} {response.get('statusText', '')}",
        *_headers(response),
        _content(_mapping(response.get("content"))),
        str(response.get("_error", entry.get("_error", "")) or ""),
    ]
    return "\n".join(line for line in lines if line)


def _headers(message: Mapping[str, Any]) -> list[str]:
    headers = message.get("headers")
    pairs = [header for header in headers if isinstance(header, dict)] if isinstance(headers, list) else []
    return [
        f"{header.get('name')}: {header.get('value')}"
        for header in pairs
        if str(header.get("name")).lower() in _HEADERS
    ]


def _content(content: Mapping[str, Any]) -> str:
    text = str(content.get("text", "") or "")[: _BODY * 2]
    if content.get("encoding") == "base64":
        try:
            return base64.b64decode(text[: len(text) // 4 * 4], validate=False).decode("utf-8", "replace")[:_BODY]
        except ValueError:
            return ""
    return text[:_BODY]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
