"""How Graph's answers look: bodies, the headers that all of them carry, and those for browsers."""

import json

from starlette.requests import Request
from starlette.responses import Response

from mock_services.exchange import Exchange
from mock_services.graph import facts
from mock_services.graph.call import Answer
from mock_services.graph.errors import Refused, envelope
from mock_services.graph.query import Document
from mock_services.graph.throttle import Charge

_ASKED_METHOD = "access-control-request-method"
_WITHOUT_METADATA = "odata.metadata=none"
_ALWAYS = ("@odata.nextLink", "@odata.count")
"""What stays without metadata (OData JSON format 4.0, 3.1.3)."""


def is_preflight(request: Request) -> bool:
    """A browser asks whether its page may ask: without a bearer, before anything else."""
    return request.method == "OPTIONS" and _ASKED_METHOD in request.headers and "origin" in request.headers


def preflight(request: Request) -> Response:
    """Any page may. That browsers call Graph is in several libraries' issues; which headers it names is inferred."""
    headers = {"access-control-allow-methods": request.headers[_ASKED_METHOD], "access-control-max-age": "3600"}
    if wanted := request.headers.get("access-control-request-headers"):
        headers["access-control-allow-headers"] = wanted
    return Response(status_code=200, headers=headers)


def success(request: Request, answer: Answer) -> Response:
    """What an act says, in Graph's manner."""
    if answer.body is None:
        return Response(status_code=answer.status)
    if isinstance(answer.body, str):
        return Response(answer.body, answer.status, {"content-type": "text/plain", "odata-version": "4.0"})
    body, media_type = answer.body, facts.SUCCESS_TYPE
    if _WITHOUT_METADATA in request.headers.get("accept", "").replace(" ", "").lower():
        body, media_type = _bare(body), facts.SUCCESS_TYPE.replace("metadata=minimal", "metadata=none")
    headers = {"content-type": media_type, "odata-version": "4.0"}
    if answer.location:
        headers["location"] = answer.location
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return Response(text, answer.status, headers)


def _bare(document: Document) -> Document:
    """The document without what OData says about it: how CLI for Microsoft 365 asks for everything."""
    kept = {name: value for name, value in document.items() if not name.startswith("@") or name in _ALWAYS}
    if isinstance(kept.get("value"), list):
        kept["value"] = [_bare(each) if isinstance(each, dict) else each for each in kept["value"]]
    return kept


def refusal(request: Request, exchange: Exchange, refused: Refused) -> Response:
    """Graph's no, noted for the journal."""
    exchange.code = refused.code
    clock = exchange.tenant.clock if exchange.tenant else exchange.worlds.clock
    body = envelope(
        refused, at=clock.now(), request_id=exchange.request_id, client_request_id=_client_request_id(request, exchange)
    )
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    headers = {"content-type": facts.ERROR_TYPE, **refused.headers}
    if refused.status == 401:
        headers["www-authenticate"] = facts.CHALLENGE
    return Response(text.encode("utf-8", "replace"), refused.status, headers)


def _client_request_id(request: Request, exchange: Exchange) -> str:
    """The caller's own id, otherwise the request's."""
    return request.headers.get("client-request-id") or exchange.request_id


def finish(request: Request, exchange: Exchange, response: Response, charged: Charge) -> Response:
    """The headers of every answer (azure-cli recording, 2025-04)."""
    response.headers.update(
        {
            "cache-control": "no-cache",
            "vary": "Accept-Encoding",
            "strict-transport-security": "max-age=31536000",
            "request-id": exchange.request_id,
            "client-request-id": _client_request_id(request, exchange),
            "x-ms-ags-diagnostic": facts.DIAGNOSTIC,
            "x-ms-resource-unit": str(charged.units),
            **charged.headers,
        }
    )
    if "origin" in request.headers:
        response.headers.update(facts.FOR_BROWSERS)
    return response
