"""The way through the token service: find the door, act, answer in Entra's manner."""

import uuid
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange, exchange_of
from mock_services.front import application
from mock_services.login import facts
from mock_services.login.authorities import known_tenant
from mock_services.login.doors import Call, Door, find_door, raw_path
from mock_services.login.errors import Refused, told, unmodelled_body
from mock_services.login.pace import COOKIE, TooOften
from mock_services.login.pages import page
from mock_services.login.refusals import requests

_COOKIE_LIFE = timedelta(days=30)


async def _everything(request: Request) -> Response:
    exchange = exchange_of(request.scope)
    path = raw_path(request)
    found = find_door(path)
    if found is None:
        return _unmodelled(Unmodelled(f"{request.method} {path} of the token service"))
    door, tenant, key = found
    exchange.operation = door.operation
    exchange.tenant = known_tenant(exchange, tenant) if tenant else None
    call = Call(request, exchange, tenant, key)
    try:
        return _finish(call, door, await _through(call, door))
    except Refused as refused:
        return _finish(call, door, _refusal(call, door, refused))
    except TooOften as too_often:
        return _finish(call, door, too_often.response())
    except Unmodelled as gap:
        return _unmodelled(gap)


async def _through(call: Call, door: Door) -> Response:
    method = call.request.method
    allowed = ", ".join((*door.methods, "OPTIONS"))
    if method == "OPTIONS":
        return Response(status_code=200, headers={"Allow": allowed})
    if method not in door.methods and not (method == "HEAD" and "GET" in door.methods):
        raise Refused(requests.WRONG_VERB, allowed=allowed, method=method)
    return await door.answer(call)


def _refusal(call: Call, door: Door, refused: Refused) -> Response:
    """The envelope for programs; for people a page, which Entra sends with 200 (remembered)."""
    call.exchange.code = f"AADSTS{refused.row.code}"
    said = told(refused, call.exchange, offered_correlation=call.request.headers.get("client-request-id", ""))
    if door.kind == "page":
        return page("refused", told=said)
    return Response(said.body(), status_code=refused.row.status)


def _finish(call: Call, door: Door, response: Response) -> Response:
    """Put on the headers that every answer of this door carries."""
    asked, exchange = call.request.headers, call.exchange
    kept = list(response.raw_headers)
    present = {name for name, _ in kept}
    headers = kept + [pair for pair in door.headers if pair[0] not in present]
    if door.kind == "token" and "origin" in asked:  # single-page applications redeem from a browser
        headers.append((b"access-control-allow-origin", b"*"))
    headers.append((b"x-ms-request-id", exchange.request_id.encode()))
    if asked.get("return-client-request-id", "").lower() == "true" and (sent := asked.get("client-request-id")):
        headers.append((b"client-request-id", sent.encode("latin-1", "replace")))
    if "x-client-current-telemetry" in asked:
        headers.append((b"x-ms-clitelem", f"1,{exchange.code.removeprefix('AADSTS') or 0},0,,".encode()))
    expires = _now(exchange) + _COOKIE_LIFE
    cookie = "esctx" if door.kind == "document" else COOKIE
    value = call.request.cookies.get(cookie) or uuid.UUID(exchange.request_id).hex
    dated = f"{cookie}={value}; expires={expires:%a, %d-%b-%Y %H:%M:%S} GMT; path=/; secure; HttpOnly; SameSite=None"
    headers += [(b"set-cookie", each) for each in (dated.encode(), *facts.GATEWAY_COOKIES)]
    response.raw_headers = headers
    return response


def _unmodelled(gap: Unmodelled) -> Response:
    return Response(unmodelled_body(str(gap)), status_code=501, media_type="application/json; charset=utf-8")


def _now(exchange: Exchange) -> datetime:
    return (exchange.tenant.clock if exchange.tenant else exchange.worlds.clock).now()


app = application("Entra token service", _everything)
