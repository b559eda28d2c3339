"""The way through Graph: check the bearer, find the act, read the body, authorise, act, answer in Graph's manner."""

import json
from dataclasses import replace
from typing import Any, NoReturn

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from mock_services.errors import Missing, Unmodelled
from mock_services.exchange import SCOPE_KEY, Exchange, exchange_of
from mock_services.graph import answers, batch, facts
from mock_services.graph.addressing import read_path
from mock_services.graph.bearer import authenticate
from mock_services.graph.call import Answer, Call
from mock_services.graph.door import Act
from mock_services.graph.doors import find_door
from mock_services.graph.errors import Refused, TookEffect
from mock_services.graph.permissions import Reach, authorise
from mock_services.graph.query import read_options
from mock_services.graph.refusals import gateway, objects
from mock_services.graph.throttle import Charge, charge


async def _raw_body(request: Request) -> bytes:
    """The bytes of a body, read no further than the gateway would. Raises Refused."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > facts.LARGEST_BODY_BYTES:
            raise batch.too_large()
        parts.append(part)
    return b"".join(parts)


async def _body(request: Request, *, needs_body: bool) -> dict[str, Any]:
    """The JSON object of a request. Raises Refused."""
    if request.method not in ("POST", "PATCH"):
        return {}
    raw = await _raw_body(request)
    if not raw.strip():
        if needs_body:
            raise Refused(gateway.BODY_EMPTY)
        return {}
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refused(gateway.BODY_UNREADABLE)
    try:
        body = json.loads(raw.decode(), parse_constant=_no_constant)
        json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise Refused(gateway.BODY_UNREADABLE) from None
    if not isinstance(body, dict):
        raise Refused(gateway.BODY_UNREADABLE)
    return body


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


async def _act(request: Request, exchange: Exchange, charged: Charge) -> Answer:
    """The order of refusal: bearer, path, body, query, pace, permission, then the act's own."""
    caller = authenticate(exchange, request.headers.get("authorization", ""))
    raw_path = _raw_path(request)
    address = read_path(raw_path)
    if address.segments and address.segments[0] == "$batch":
        return await _batch(request, exchange, raw_path)
    door, keys = find_door(request.method, address)
    exchange.operation = door.operation
    body = await _body(request, needs_body=door.needs_body)
    options = read_options(request.scope["query_string"], request.headers.get("consistencylevel", ""))
    charge(caller, charged, units=door.cost(options), is_write=door.is_write)
    reach: Reach = authorise(caller, door.purpose)
    call = Call(
        exchange=exchange,
        caller=caller,
        reach=reach,
        version=address.version,
        path=raw_path,
        keys=keys,
        options=options,
        body=body,
        prefer=request.headers.get("prefer", ""),
    )
    return _written(door.act, call) if door.is_write else door.act(call)


def _written(act: Act, call: Call) -> Answer:
    """What an act that changes something says. A refusal half way leaves nothing, unless it says so itself."""
    directory = call.directory
    with directory.store.transaction():
        try:
            answer: Answer | TookEffect = act(call)
        except TookEffect as refused:
            answer = refused
        except Missing as missing:  # seen by this replica, but gone in truth
            raise Refused(objects.NOT_FOUND, key=missing.key) from None
    for each in call.touched:
        directory.replication.wrote(each, call.tenant.clock.now())
    if isinstance(answer, TookEffect):
        raise answer
    return answer


def _raw_path(request: Request) -> str:
    raw: bytes = request.scope.get("raw_path", request.scope["path"].encode())
    return raw.decode("latin-1").partition("?")[0]


async def _batch(request: Request, exchange: Exchange, raw_path: str) -> Answer:
    """POST /$batch: each of its requests goes the whole way by itself, with this one's bearer. Raises Refused."""
    exchange.operation = "graph.batch"
    if request.method != "POST":
        raise Refused(gateway.METHOD_NOT_ALLOWED)
    steps = batch.read_steps(await _body(request, needs_body=True))
    root = raw_path.rstrip("/").rpartition("/")[0].rstrip("/")

    async def ask(step: batch.Step) -> Response:
        return await _everything(_inner(request, exchange, step, root))

    return Answer(200, await batch.run(steps, ask))


def _inner(request: Request, exchange: Exchange, step: batch.Step, root: str) -> Request:
    """A request of a batch as one that came by itself."""
    path, _, query = step.url.partition("?")
    shared = {name: request.headers[name] for name in ("authorization", "client-request-id") if name in request.headers}
    scope = dict(request.scope) | {
        "method": step.method,
        "path": root + path,
        "raw_path": (root + path).encode(),
        "query_string": query.encode(),
        "headers": [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in ({**step.headers} | shared).items()
        ],
        # Each is read from a replica of its own, so the tenant is found anew.
        SCOPE_KEY: replace(exchange, _tenant=None),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": step.body, "more_body": False}

    return Request(scope, receive)


async def _everything(request: Request) -> Response:
    exchange = exchange_of(request.scope)
    charged = Charge()
    try:
        if answers.is_preflight(request):
            response = answers.preflight(request)
        else:
            response = answers.success(request, await _act(request, exchange, charged))
    except Refused as refused:
        response = answers.refusal(request, exchange, refused)
    except Unmodelled as gap:
        response = answers.refusal(request, exchange, Refused(gateway.NOT_MODELLED, sentence=gap))
    return answers.finish(request, exchange, response, charged)


async def _front(scope: Scope, receive: Receive, send: Send) -> None:
    """Any verb at any path: routing is by Graph's own rules, not by a framework's."""
    response = await _everything(Request(scope, receive))
    await response(scope, receive, send)


app = FastAPI(title="Microsoft Graph", openapi_url=None, docs_url=None, redoc_url=None)
app.router.redirect_slashes = False
app.router.default = _front
