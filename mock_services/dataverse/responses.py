"""Answers and refusals onto the wire, with the headers that every Dataverse response carries."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus

from fastapi import Response

from mock_services.dataverse.calls import Answer
from mock_services.dataverse.errors import Refusal, Wants
from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange

Headers = Sequence[tuple[str, str]]
_FIFTY_YEARS = timedelta(days=365 * 50)
_JSON = "application/json; odata.metadata=minimal"


def json_type(level: str) -> str:
    """The content type of JSON with this much control information."""
    return f"application/json; odata.metadata={level}"


def render(
    exchange: Exchange, answer: Answer, asked: Mapping[str, str], *, level: str = "minimal", told: Headers = ()
) -> Response:
    """An answer as a response. No body means no content type either: clients read meaning into one.

    `told` is what only answers to a known user carry.
    """
    if answer.body is not None:
        response = Response(_encode(answer.body), answer.status, media_type=None)
        response.headers["Content-Type"] = json_type(level)
    elif answer.text is not None:
        response = Response(answer.text.encode(), answer.status, media_type=None)
        response.headers["Content-Type"] = answer.content_type
    else:
        response = Response(status_code=answer.status, media_type=None)
    for name, value in (*_always(exchange, asked), *told, *answer.headers):
        response.headers.append(name, value)
    return response


def render_refusal(
    exchange: Exchange,
    refusal: Refusal,
    asked: Mapping[str, str],
    *,
    wants: Wants,
    level: str = "minimal",
    told: Headers = (),
) -> Response:
    """A refusal as a response: JSON, but for a 401, whose body is plain text."""
    if refusal.plain is not None:
        response = Response(refusal.plain.encode(), refusal.status)
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    else:
        response = Response(_encode(refusal.body(wants=wants, activity=exchange.request_id)), refusal.status)
        response.headers["Content-Type"] = json_type(level)
    for name, value in (*_always(exchange, asked), *told, *refusal.headers.items()):
        response.headers.append(name, value)
    return response


def render_page(refusal: Refusal) -> Response:
    """A refusal of the system that stands before the service: a page, with none of the service's headers."""
    response = Response((refusal.plain or "").encode(), refusal.status)
    response.headers["Content-Type"] = "text/html; charset=us-ascii"
    response.headers["Server"] = "Microsoft-HTTPAPI/2.0"
    return response


def render_unmodelled(problem: Unmodelled) -> Response:
    """501 and the sentence that names the gap."""
    return Response(_encode(_unmodelled(problem)), 501, media_type="application/json")


def part_of(answer: Answer, *, content_id: str) -> str:
    """An answer as a part of a batch's."""
    headers: list[tuple[str, str]] = []
    text = answer.text or ""
    if answer.body is not None:
        streamed = "; odata.streaming=true" if "value" in answer.body else ""
        headers.append(("Content-Type", _JSON + streamed))
        text = _encode(answer.body).decode()
    elif answer.text is not None:
        headers.append(("Content-Type", answer.content_type))
    headers.append(("OData-Version", "4.0"))
    return _part(answer.status, [*headers, *answer.headers], text, content_id)


def refused_part(exchange: Exchange, refusal: Refusal, *, wants: Wants, content_id: str) -> str:
    """A refusal as a part of a batch's answer."""
    if exchange.tenant is not None:
        refusal = refusal.told_by(exchange.tenant.quirks)
    body = refusal.body(wants=wants, activity=exchange.request_id)
    headers = [("REQ_ID", exchange.request_id), ("Content-Type", _JSON), ("OData-Version", "4.0")]
    return _part(refusal.status, [*headers, *refusal.headers.items()], _encode(body).decode(), content_id)


def unmodelled_part(problem: Unmodelled, *, content_id: str) -> str:
    """501 and the sentence that names the gap, as a part of a batch's answer."""
    return _part(501, [("Content-Type", "application/json")], _encode(_unmodelled(problem)).decode(), content_id)


def _part(status: int, headers: Sequence[tuple[str, str]], body: str, content_id: str) -> str:
    outer = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if content_id:
        outer.append(f"Content-ID: {content_id}")
    line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"
    return "\r\n".join((*outer, "", line, *(f"{name}: {value}" for name, value in headers), "", body))


def _unmodelled(problem: Unmodelled) -> Mapping[str, object]:
    return {"error": {"code": "0x80040800", "message": str(problem)}}


def _encode(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _always(exchange: Exchange, asked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The set on a recorded 400 of May 2024. `Public`, `Allow` and `X-Source` of that recording are left out."""
    yield "OData-Version", "4.0"
    yield "Cache-Control", "no-cache"
    yield "Expires", "-1"
    yield "REQ_ID", exchange.request_id
    yield "x-ms-service-request-id", f"{exchange.request_id},{exchange.request_id}"
    yield "AuthActivityId", exchange.request_id
    yield "CRM.ServiceId", "CRMAppPool"
    yield "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
    if client := asked.get("x-ms-client-request-id"):
        yield "x-ms-client-request-id", client
    yield from _cookies(exchange, asked.get("cookie", ""))


def _cookies(exchange: Exchange, held: str) -> Iterator[tuple[str, str]]:
    """Which web server answered, and which client this is: set once, as long as the client sends them back."""
    if "ARRAffinity=" not in held:
        server = hashlib.sha256(exchange.host.encode()).hexdigest()
        yield "Set-Cookie", f"ARRAffinity={server}; path=/; secure; HttpOnly"
    if "ReqClientId=" not in held:
        ends = exchange.worlds.clock.now() + _FIFTY_YEARS
        expires = format_datetime(ends, usegmt=True)
        yield "Set-Cookie", f"ReqClientId={exchange.request_id}; expires={expires}; path=/; secure; HttpOnly"
