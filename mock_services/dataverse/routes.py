"""The Web API's door: admit, read the path, act, answer."""

from fastapi import FastAPI, Request, Response

from mock_services.dataverse import batch, facts
from mock_services.dataverse.auth import admit
from mock_services.dataverse.calls import Answer, Call, read_preferences
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.resources import act
from mock_services.dataverse.responses import render, render_refusal, render_unmodelled
from mock_services.dataverse.urls import read_path
from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange, exchange_of

app = FastAPI(title="Fake Dataverse Web API", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"]


@app.api_route("/{path:path}", methods=_METHODS)
async def serve(request: Request) -> Response:
    """Every request to an organisation's host."""
    exchange = exchange_of(request.scope)
    try:
        return render(exchange, await _answer(request, exchange), request.headers)
    except Refusal as refusal:
        exchange.code = refusal.code or str(refusal.status)
        annotated = read_preferences(request.headers.get("prefer", "")).wants(facts.ERROR_ANNOTATION)
        return render_refusal(exchange, refusal, request.headers, annotated=annotated)
    except Unmodelled as problem:
        exchange.code = "unmodelled"
        return render_unmodelled(problem)


async def _answer(request: Request, exchange: Exchange) -> Answer:
    found = exchange.worlds.organisation_at(exchange.host)
    if found is None:
        raise Unmodelled(f"a Dataverse host without an organisation ({exchange.host})")
    tenant, organisation = found
    exchange.tenant = tenant
    exchange.operation = "dataverse.admit"
    caller = admit(exchange, tenant, organisation, request.headers.get("authorization", ""))
    raw_path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    raw_path = raw_path.partition(b"?")[0]
    raw_query: bytes = request.scope["query_string"]
    address = exchange.base + raw_path.decode("latin-1")
    url = address + (f"?{raw_query.decode('latin-1')}" if raw_query else "")
    if len(url) > facts.LONGEST_URL:
        raise Refusal("0x80060888", "Request URL Too Long", status=414)
    call = Call(
        exchange=exchange,
        tenant=tenant,
        organisation=organisation,
        caller=caller,
        method=request.method,
        raw_query=raw_query,
        headers=request.headers,
        raw_body=await _body(request),
        url=url,
    )
    call.path = read_path(raw_path, address)
    if call.path.segments and call.path.head.name == batch.SET:
        exchange.operation = "dataverse.$batch"
        return batch.answer(call, act)
    return act(call)


async def _body(request: Request) -> bytes:
    """The whole body, read no further than the limit. Raises Refusal."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > facts.MOST_BYTES:
            raise Refusal("0x8004418a", facts.TOO_LARGE)
    return bytes(body)
