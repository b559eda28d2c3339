"""Answers and refusals onto the wire, with the headers that every Dataverse response carries."""

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

from fastapi import Response

from mock_services.dataverse.calls import Answer
from mock_services.dataverse.errors import Refusal
from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange

_JSON = "application/json; odata.metadata=minimal"


def render(exchange: Exchange, answer: Answer, asked: Mapping[str, str]) -> Response:
    """An answer as a response. No body means no content type either: clients read meaning into one."""
    if answer.body is not None:
        response = Response(_encode(answer.body), answer.status, media_type=None)
        response.headers["Content-Type"] = _JSON
    elif answer.text is not None:
        response = Response(answer.text.encode(), answer.status, media_type=None)
        response.headers["Content-Type"] = answer.content_type
    else:
        response = Response(status_code=answer.status, media_type=None)
    for name, value in (*_always(exchange, asked), *answer.headers):
        response.headers.append(name, value)
    return response


def render_refusal(exchange: Exchange, refusal: Refusal, asked: Mapping[str, str], *, annotated: bool) -> Response:
    """A refusal as a response: JSON, but for a 401, whose body is plain text."""
    if refusal.plain is not None:
        response = Response(refusal.plain.encode(), refusal.status)
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    else:
        body = refusal.body(annotated=annotated, activity=exchange.request_id)
        response = Response(_encode(body), refusal.status)
        response.headers["Content-Type"] = _JSON
    for name, value in (*_always(exchange, asked), *refusal.headers.items()):
        response.headers.append(name, value)
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


def refused_part(exchange: Exchange, refusal: Refusal, *, annotated: bool, content_id: str) -> str:
    """A refusal as a part of a batch's answer."""
    body = refusal.body(annotated=annotated, activity=exchange.request_id)
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
    """The set on a recorded 400 of May 2024; the Microsoft C# sample fails without x-ms-dop-hint."""
    yield "OData-Version", "4.0"
    yield "Cache-Control", "no-cache"
    yield "Expires", "-1"
    yield "REQ_ID", exchange.request_id
    yield "x-ms-service-request-id", f"{exchange.request_id},{exchange.request_id}"
    yield "AuthActivityId", exchange.request_id
    yield "CRM.ServiceId", "CRMAppPool"
    yield "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
    yield "x-ms-dop-hint", "4"
    # The limits themselves are not played yet, so the remainders stand still; the comma is as recorded.
    yield "x-ms-ratelimit-burst-remaining-xrm-requests", "7999"
    yield "x-ms-ratelimit-time-remaining-xrm-requests", "1,200.00"
    if client := asked.get("x-ms-client-request-id"):
        yield "x-ms-client-request-id", client
