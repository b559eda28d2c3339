"""The doors of the token service: find the door, read the request, act, answer in Entra's manner."""

import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange, exchange_of
from mock_services.login import client_credentials, facts, metadata, password
from mock_services.login.authorities import known_tenant
from mock_services.login.clouds import Cloud
from mock_services.login.errors import Refused, correlation_id, refusal_body, unmodelled_body
from mock_services.login.form import Asked, basic_credentials, read_form
from mock_services.login.shapes import token_body
from mock_services.login.tokens import Issued

_GRANTS: dict[str, Callable[[Asked, Cloud], Issued]] = {
    "client_credentials": client_credentials.issue,
    "password": password.issue,
}
_COOKIE_LIFE = timedelta(days=30)


@dataclass(frozen=True)
class Call:
    """A request that found its door."""

    request: Request
    exchange: Exchange
    tenant: str
    """The tenant as the path spells it; empty where the path has none."""
    key: str
    """What stands last in a path that ends in a variable part; empty elsewhere."""


@dataclass(frozen=True)
class Door:
    """A path of the service: `*` stands for the tenant in front and for a key at the end.

    `method` is the one verb it takes besides OPTIONS (and HEAD for GET).
    """

    path: tuple[str, ...]
    method: str
    operation: str
    answer: Callable[[Call], Awaitable[Response]]

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The recorded headers of this door's answers, refusals included."""
        return facts.TOKEN_HEADERS if self.method == "POST" else facts.METADATA_HEADERS


async def _token(call: Call, version: int) -> Response:
    fields = await read_form(call.request)
    asked = Asked(
        exchange=call.exchange,
        version=version,
        tenant=call.tenant,
        fields=fields,
        basic=basic_credentials(call.request.headers.get("authorization", "")),
    )
    asked.demand("grant_type")
    grant_type = asked.value("grant_type")
    grant = _GRANTS.get(grant_type)
    if grant is None:
        if grant_type in facts.REAL_GRANTS_NOT_BUILT:
            raise Unmodelled(f"the grant {grant_type}")
        raise Refused(facts.GRANT_UNSUPPORTED, grant_type=grant_type)
    return _json(token_body(grant(asked, metadata.cloud_at(call.exchange)), version))


async def _first_token(call: Call) -> Response:
    return await _token(call, 1)


async def _second_token(call: Call) -> Response:
    return await _token(call, 2)


async def _first_configuration(call: Call) -> Response:
    cloud = metadata.cloud_at(call.exchange)
    return _json(metadata.first_openid_configuration(call.exchange, cloud, call.tenant))


async def _second_configuration(call: Call) -> Response:
    cloud = metadata.cloud_at(call.exchange)
    return _json(metadata.openid_configuration(call.exchange, cloud, call.tenant))


async def _first_keys(call: Call) -> Response:
    return _json(metadata.keys(call.exchange, metadata.cloud_at(call.exchange), call.tenant, version=1))


async def _second_keys(call: Call) -> Response:
    return _json(metadata.keys(call.exchange, metadata.cloud_at(call.exchange), call.tenant, version=2))


async def _instance(call: Call) -> Response:
    query = call.request.query_params
    asked = query.get("authorization_endpoint", ""), query.get("api-version", "")
    return _json(metadata.instance_discovery(call.exchange, *asked))


async def _user_realm(call: Call) -> Response:
    return _json(metadata.user_realm(call.exchange, metadata.cloud_at(call.exchange), call.key))


async def _error_page(call: Call) -> Response:
    page = metadata.error_page(call.request.query_params.get("code", ""))
    return Response(page, media_type="text/html; charset=utf-8")


DOORS: tuple[Door, ...] = (
    Door(("*", "oauth2", "v2.0", "token"), "POST", "login.token", _second_token),
    Door(("*", "oauth2", "token"), "POST", "login.token", _first_token),
    Door(("*", "v2.0", ".well-known", "openid-configuration"), "GET", "login.metadata", _second_configuration),
    Door(("*", ".well-known", "openid-configuration"), "GET", "login.metadata", _first_configuration),
    Door(("common", "discovery", "instance"), "GET", "login.instance_discovery", _instance),
    Door(("*", "discovery", "v2.0", "keys"), "GET", "login.keys", _second_keys),
    Door(("*", "discovery", "keys"), "GET", "login.keys", _first_keys),
    Door(("common", "userrealm", "*"), "GET", "login.user_realm", _user_realm),
    Door(("error",), "GET", "login.error_page", _error_page),
)


def _door(path: str) -> tuple[Door, str, str] | None:
    """The door at this path, segments in any case and slashes doubled or not, and the tenant and key in it."""
    segments = [segment for segment in path.split("/") if segment]
    for door in DOORS:
        if len(door.path) == len(segments) and all(
            name in ("*", segment.lower()) for name, segment in zip(door.path, segments, strict=True)
        ):
            tenant, key = (unquote(segments[at]) if door.path[at] == "*" else "" for at in (0, -1))
            return door, tenant, key
    return None


async def _everything(request: Request) -> Response:
    exchange = exchange_of(request.scope)
    path = request.scope.get("raw_path", request.scope["path"].encode()).decode("latin-1").partition("?")[0]
    found = _door(path)
    if found is None:
        return _unmodelled(Unmodelled(f"{request.method} {path} of the token service"))
    door, tenant, key = found
    exchange.operation = door.operation
    exchange.tenant = known_tenant(exchange, tenant) if tenant else None
    call = Call(request, exchange, tenant, key)
    try:
        return _finish(call, door, await _through(call, door))
    except Refused as refused:
        return _finish(call, door, _refusal(call, refused))
    except Unmodelled as gap:
        return _unmodelled(gap)


async def _through(call: Call, door: Door) -> Response:
    method = call.request.method
    if method == "OPTIONS":
        return Response(status_code=200, headers={"Allow": f"{door.method}, OPTIONS"})
    if method != door.method and (method, door.method) != ("HEAD", "GET"):
        raise Refused(facts.WRONG_VERB, allowed=f"{door.method}, OPTIONS", method=method)
    return await door.answer(call)


def _json(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, separators=(",", ":"), ensure_ascii=False))


def _refusal(call: Call, refused: Refused) -> Response:
    call.exchange.code = f"AADSTS{refused.row.code}"
    correlation = correlation_id(call.exchange, call.request.headers.get("client-request-id", ""))
    body = refusal_body(refused, exchange=call.exchange, correlation=correlation, at=_now(call.exchange))
    return Response(body, status_code=refused.row.status)


def _finish(call: Call, door: Door, response: Response) -> Response:
    """Put on the headers that every answer of this door carries."""
    asked, exchange = call.request.headers, call.exchange
    kept = [pair for pair in response.raw_headers if pair[0] in {b"content-type", b"content-length", b"allow"}]
    present = {name for name, _ in kept}
    headers = kept + [pair for pair in door.headers if pair[0] not in present]
    headers.append((b"x-ms-request-id", exchange.request_id.encode()))
    if asked.get("return-client-request-id", "").lower() == "true" and (sent := asked.get("client-request-id")):
        headers.append((b"client-request-id", sent.encode("latin-1", "replace")))
    if "x-client-current-telemetry" in asked:
        headers.append((b"x-ms-clitelem", f"1,{exchange.code.removeprefix('AADSTS') or 0},0,,".encode()))
    expires = _now(exchange) + _COOKIE_LIFE
    cookie = "fpc" if door.method == "POST" else "esctx"
    value = uuid.UUID(exchange.request_id).hex
    dated = f"{cookie}={value}; expires={expires:%a, %d-%b-%Y %H:%M:%S} GMT; path=/; secure; HttpOnly; SameSite=None"
    headers += [(b"set-cookie", each) for each in (dated.encode(), *facts.GATEWAY_COOKIES)]
    response.raw_headers = headers
    return response


def _unmodelled(gap: Unmodelled) -> Response:
    return Response(unmodelled_body(str(gap)), status_code=501, media_type="application/json; charset=utf-8")


def _now(exchange: Exchange) -> datetime:
    return (exchange.tenant.clock if exchange.tenant else exchange.worlds.clock).now()


async def _anything_else(request: Request, _problem: Exception) -> Response:
    """What the route's pattern misses, a line break in the path or an invented verb, goes the same way."""
    return await _everything(request)


_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

app = FastAPI(
    title="Entra token service",
    openapi_url=None,
    docs_url=None,
    redoc_url=None,
    exception_handlers={404: _anything_else, 405: _anything_else},
)
app.router.routes.append(Route("/{path:path}", _everything, methods=_METHODS))
