"""The Web API's door: admit, read the path, act, answer."""

from starlette.requests import Request
from starlette.responses import Response

from mock_services.dataverse import batch, facts, impersonation, negotiation
from mock_services.dataverse.auth import admit
from mock_services.dataverse.calls import Answer, Call, not_allowed, read_preferences
from mock_services.dataverse.control_information import dress
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.limits import Visit, admitted
from mock_services.dataverse.refusals import gateway
from mock_services.dataverse.resources import act
from mock_services.dataverse.responses import render, render_page, render_refusal, render_unmodelled
from mock_services.dataverse.urls import read_path
from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange, exchange_of
from mock_services.front import application

_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
_WITH_BODY = frozenset({"POST", "PATCH", "PUT"})
_UNKNOWN_HERE = frozenset({"HEAD", "OPTIONS"})
"""Dataverse knows them (`Allow: OPTIONS,GET,HEAD,POST` is recorded); what it answers is not."""


async def serve(request: Request) -> Response:
    """Every request to an organisation's host."""
    exchange, visit = exchange_of(request.scope), Visit()
    level = negotiation.level_wanted(request.headers.get("accept", ""))
    try:
        _refuse_head(request, exchange)
    except Refusal as refusal:
        exchange.code = str(refusal.status)
        return render_page(refusal)
    try:
        answer, given = await _answer(request, exchange, visit, level)
        return render(exchange, answer, request.headers, level=given, told=visit.headers)
    except Refusal as refusal:
        refusal = refusal.told_by(exchange.tenant.quirks) if exchange.tenant else refusal
        exchange.code = refusal.code or str(refusal.status)
        wants = read_preferences(request.headers.get("prefer", "")).wants
        return render_refusal(exchange, refusal, request.headers, wants=wants, level=level, told=visit.headers)
    except Unmodelled as problem:
        exchange.code = "unmodelled"
        return render_unmodelled(problem)


app = application("Fake Dataverse Web API", serve)


def _refuse_head(request: Request, exchange: Exchange) -> None:
    """What the system before the service refuses, whoever asks. Raises Refusal."""
    if len(_address(request, exchange)[1]) > facts.LONGEST_URL:
        raise _page(gateway.URL_TOO_LONG.status, facts.URL_TOO_LONG, "Request URL Too Long")
    headers = request.scope["headers"]
    if sum(len(name) + len(value) for name, value in headers) > facts.LARGEST_HEADERS:
        raise _page(gateway.HEADERS_TOO_LONG.status, facts.HEADERS_TOO_LONG, "Bad Request", "Request Too Long")


def _page(status: int, sentence: str, title: str, reason: str = "") -> Refusal:
    heading = f"{title} - {reason}" if reason else title
    page = facts.SYSTEM_PAGE.format(title=title, heading=heading, sentence=sentence)
    return Refusal("", sentence, status=status, plain=page)


def _address(request: Request, exchange: Exchange) -> tuple[bytes, str]:
    """The undecoded path, and the URL that the client asked for."""
    raw_path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    raw_path = raw_path.partition(b"?")[0]
    raw_query: bytes = request.scope["query_string"]
    address = exchange.base + raw_path.decode("latin-1")
    return raw_path, address + (f"?{raw_query.decode('latin-1')}" if raw_query else "")


async def _answer(request: Request, exchange: Exchange, visit: Visit, level: str) -> tuple[Answer, str]:
    found = exchange.worlds.organisation_at(exchange.host)
    if found is None:
        raise Unmodelled(f"a Dataverse host without an organisation ({exchange.host})")
    tenant, organisation = found
    exchange.tenant = tenant
    exchange.operation = "dataverse.admit"
    caller = admit(exchange, tenant, organisation, request.headers.get("authorization", ""))
    raw_path, url = _address(request, exchange)
    with admitted(organisation.limits, str(caller["systemuserid"]), tenant.clock.now, visit):
        call = Call(
            exchange=exchange,
            tenant=tenant,
            organisation=organisation,
            caller=caller,
            method=request.method,
            raw_query=request.scope["query_string"],
            headers=request.headers,
            raw_body=await _body(request),
            url=url,
        )
        call.path = read_path(raw_path, url.partition("?")[0])
        return dress(call, _act(call, visit), level)


def _act(call: Call, visit: Visit) -> Answer:
    """Do what a call asks, a batch's operations included. Raises Refusal and Unmodelled."""
    acting = visit.metered(act, call.organisation.limits)
    head = call.path.head.name if call.path.segments else ""
    if head == batch.SET:
        call.exchange.operation = "dataverse.$batch"
        impersonation.take_up(call)
        return batch.answer(call, acting)
    if call.method in _UNKNOWN_HERE:
        raise Unmodelled(f"the method {call.method}")
    if call.method not in _METHODS:
        raise not_allowed(call.method, "GET,POST")
    if call.method == "GET":
        negotiation.refuse_accept(call.headers.get("accept", ""), head)
    if call.method in _WITH_BODY and call.raw_body:
        negotiation.refuse_content(call.headers.get("content-type", ""))
    return acting(call)


async def _body(request: Request) -> bytes:
    """The whole body, read no further than the limit. Raises Refusal."""
    body = bytearray()
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and len(declared) < 20 and int(declared) > facts.MOST_BYTES:
        raise Refusal("0x8004418a", facts.TOO_LARGE)
    async for chunk in request.stream():
        body += chunk
        if len(body) > facts.MOST_BYTES:
            raise Refusal("0x8004418a", facts.TOO_LARGE)
    return bytes(body)
