"""What a service said, read from its own dialect into one shape.

Three dialects, after the public error bodies: the token service's flat OAuth body with AADSTS codes, Graph's
`error` with `innerError`, Dataverse's `error` with a hexadecimal code (and its older bare `Message`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Service = Literal["login", "graph", "dataverse", "power_platform", "discovery"]
Form = Literal["json", "html", "text", "empty"]

_AADSTS = re.compile(r"AADSTS(\d+)")
# The tail that the token service appends to every description, after a line break (old) or a space (new).
_TRACE_TAIL = re.compile(r"\s*Trace ID: .*", re.DOTALL)
# Where each service tells the id of the request, best first (Dataverse: powerplatform-dataverse-client _odata.py).
_REQUEST_ID_HEADERS = ("request-id", "x-ms-service-request-id", "req_id", "x-ms-request-id")
_SHORT = 500  # characters of an unreadable page that are worth keeping


@dataclass(frozen=True)
class Said:
    """One answer that was not the one hoped for; safe to print, it holds no secret."""

    service: Service
    status: int
    code: str
    message: str
    error: str = ""  # the token service's OAuth word, such as invalid_client
    detail: str = ""  # Graph's finer code, such as NoBackingApplicationObject
    request_id: str = ""
    correlation_id: str = ""
    at: datetime | None = None
    form: Form = "json"
    challenge: str = ""  # the WWW-Authenticate header, where there is one

    def __str__(self) -> str:
        what = f"{self.service} answered {self.status} {self.code}".rstrip()
        message = f": {self.message}" if self.message else ""
        ids = [
            f"request id {self.request_id}" if self.request_id else "",
            f"correlation id {self.correlation_id}" if self.correlation_id else "",
            f"at {self.at:%Y-%m-%d %H:%M:%SZ}" if self.at else "",
        ]
        tail = ", ".join(part for part in ids if part)
        return f"{what}{message}" + (f" ({tail})" if tail else "")

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "service": self.service,
            "status": self.status,
            "code": self.code,
            "error": self.error,
            "message": self.message,
            "request_id": self.request_id,
            "correlation_id": self.correlation_id,
            "at": self.at.isoformat() if self.at else None,
        }


def read(
    service: Service,
    status: int,
    headers: Mapping[str, str],
    text: str,
    *,
    correlation_id: str,
    at: datetime,
) -> Said:
    """Read one answer. `headers` has lower-case names; anything unreadable becomes its first characters."""
    request_id = next((headers[name] for name in _REQUEST_ID_HEADERS if headers.get(name)), "")
    body, form = _body(text, headers.get("content-type", ""))
    code, message, error, detail = _parts(service, body)
    if isinstance(body, dict) and isinstance(body.get("correlation_id"), str):
        correlation_id = body["correlation_id"]
    if isinstance(body, dict) and isinstance(body.get("trace_id"), str):
        request_id = body["trace_id"]
    if form != "json":
        message = _plain(text)
    return Said(
        service=service,
        status=status,
        code=code,
        message=message,
        error=error,
        detail=detail,
        request_id=request_id,
        correlation_id=correlation_id,
        at=at,
        form=form,
        challenge=headers.get("www-authenticate", ""),
    )


def _body(text: str, content_type: str) -> tuple[object, Form]:
    """The parsed body and what kind of body it is; a JSON content type around something else counts as text."""
    if not text.strip():
        return None, "empty"
    try:
        return json.loads(text), "json"
    except ValueError:
        looks_like_a_page = "html" in content_type or text.lstrip()[:1] == "<"
        return None, "html" if looks_like_a_page else "text"


def _parts(service: Service, body: object) -> tuple[str, str, str, str]:
    """Code, message, OAuth word and finer code of a parsed body."""
    if not isinstance(body, dict):
        return "", "", "", ""
    error = body.get("error")
    if service == "login" or isinstance(error, str):
        return _login_parts(body)
    if isinstance(error, dict):
        details = error.get("details")
        finer = details[0].get("code", "") if isinstance(details, list) and details else ""
        return str(error.get("code") or ""), str(error.get("message") or ""), "", str(finer)
    return "", str(body.get("Message") or ""), "", ""


def _login_parts(body: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """The token service's flat body: its first AADSTS number is the code."""
    description = str(body.get("error_description") or "")
    numbers = body.get("error_codes")
    found = _AADSTS.search(description)
    code = found.group(0) if found else ""
    if isinstance(numbers, list) and numbers:
        code = f"AADSTS{numbers[0]}"
    message = _TRACE_TAIL.sub("", description)
    message = re.sub(r"^AADSTS\d+:\s*", "", message)
    return code, message, str(body.get("error") or ""), ""


def _plain(text: str) -> str:
    """A page without its tags, shortened: enough to recognise whose page it is."""
    without_tags = re.sub(r"<[^>]*>", " ", text)
    return " ".join(without_tags.split())[:_SHORT]
