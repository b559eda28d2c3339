"""The doors of the token service: which path leads where, and what each answers with."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange
from mock_services.login import (
    admin_consent,
    authorization_code,
    authorize,
    client_credentials,
    device,
    device_page,
    facts,
    metadata,
    pace,
    password,
    refreshing,
    sign_in_page,
)
from mock_services.login.clouds import Cloud
from mock_services.login.errors import Refused
from mock_services.login.form import Asked, basic_credentials, read_form
from mock_services.login.pages import found, page
from mock_services.login.refusals import REFUSALS, requests
from mock_services.login.shapes import token_body
from mock_services.login.tokens import Issued
from mock_services.login.visits import SESSION_COOKIE, Visit

_GRANTS: dict[str, Callable[[Asked, Cloud], Issued]] = {
    "authorization_code": authorization_code.issue,
    "client_credentials": client_credentials.issue,
    "device_code": device.issue,
    "password": password.issue,
    "refresh_token": refreshing.issue,
    "urn:ietf:params:oauth:grant-type:device_code": device.issue,
}


@dataclass(frozen=True)
class Call:
    """A request that found its door."""

    request: Request
    exchange: Exchange
    tenant: str
    """The tenant as the path spells it; empty where the path has none."""
    key: str
    """What stands last in a path that ends in a variable part; empty elsewhere."""

    @property
    def cloud(self) -> Cloud:
        """The cloud of the host that was called."""
        return metadata.cloud_at(self.exchange)

    @property
    def address(self) -> str:
        """Path and query as asked for."""
        query = self.request.scope["query_string"].decode("latin-1")
        return f"{raw_path(self.request)}{'?' + query if query else ''}"


@dataclass(frozen=True)
class Door:
    """A path of the service: `*` stands for the tenant in front and for a key at the end.

    `methods` are the verbs it takes besides OPTIONS (and HEAD for GET).
    """

    path: tuple[str, ...]
    methods: tuple[str, ...]
    operation: str
    answer: Callable[[Call], Awaitable[Response]]
    kind: str = "document"
    """`token` for what programs post to, `document` for what they read, `page` for people."""

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The recorded headers of this door's answers, refusals included."""
        return facts.METADATA_HEADERS if self.kind == "document" else facts.TOKEN_HEADERS


def raw_path(request: Request) -> str:
    """The path as it was sent."""
    path: bytes = request.scope.get("raw_path", request.scope["path"].encode())
    return path.decode("latin-1").partition("?")[0]


def _json(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, separators=(",", ":"), ensure_ascii=False))


# For programs ------------------------------------------------------------------------------------------------------


async def _asked(call: Call, version: int) -> Asked:
    headers = call.request.headers
    return Asked(
        exchange=call.exchange,
        version=version,
        tenant=call.tenant,
        fields=await read_form(call.request),
        basic=basic_credentials(headers.get("authorization", "")),
        origin=headers.get("origin", ""),
    )


async def _token(call: Call, version: int) -> Response:
    asked = await _asked(call, version)
    asked.demand("grant_type")
    grant_type = asked.value("grant_type")
    grant = _GRANTS.get(grant_type)
    if grant is None:
        if grant_type in facts.REAL_GRANTS_NOT_BUILT:
            raise Unmodelled(f"the grant {grant_type}")
        raise Refused(requests.GRANT_UNSUPPORTED, grant_type=grant_type)
    pace.check(asked, call.request.cookies.get(pace.COOKIE, ""))
    return _json(token_body(grant(asked, call.cloud), version))


async def _first_token(call: Call) -> Response:
    return await _token(call, 1)


async def _second_token(call: Call) -> Response:
    return await _token(call, 2)


async def _first_device_code(call: Call) -> Response:
    return _json(device.begin(await _asked(call, 1), call.cloud))


async def _second_device_code(call: Call) -> Response:
    return _json(device.begin(await _asked(call, 2), call.cloud))


async def _first_configuration(call: Call) -> Response:
    return _json(metadata.first_openid_configuration(call.exchange, call.cloud, call.tenant))


async def _second_configuration(call: Call) -> Response:
    return _json(metadata.openid_configuration(call.exchange, call.cloud, call.tenant))


async def _first_keys(call: Call) -> Response:
    return _json(metadata.keys(call.exchange, call.cloud, call.tenant, version=1))


async def _second_keys(call: Call) -> Response:
    return _json(metadata.keys(call.exchange, call.cloud, call.tenant, version=2))


async def _instance(call: Call) -> Response:
    query = call.request.query_params
    asked = query.get("authorization_endpoint", ""), query.get("api-version", "")
    return _json(metadata.instance_discovery(call.exchange, *asked))


async def _user_realm(call: Call) -> Response:
    return _json(metadata.user_realm(call.exchange, call.cloud, call.key))


# For people --------------------------------------------------------------------------------------------------------


async def _visit(call: Call) -> Visit:
    return Visit(
        exchange=call.exchange,
        cloud=call.cloud,
        spelling=call.tenant or "common",
        address=call.address,
        query=dict(call.request.query_params),
        form=await read_form(call.request) if call.request.method == "POST" else {},
        cookie=call.request.cookies.get(SESSION_COOKIE, ""),
    )


async def _first_authorize(call: Call) -> Response:
    return authorize.answer(await _visit(call), 1)


async def _second_authorize(call: Call) -> Response:
    return authorize.answer(await _visit(call), 2)


async def _first_admin_consent(call: Call) -> Response:
    return admin_consent.answer(await _visit(call), 1)


async def _second_admin_consent(call: Call) -> Response:
    return admin_consent.answer(await _visit(call), 2)


async def _sign_in(call: Call) -> Response:
    return sign_in_page.submit(await _visit(call))


async def _sign_out(call: Call) -> Response:
    return sign_in_page.sign_out(await _visit(call))


async def _consent(call: Call) -> Response:
    """Where both consent pages post the answer to: back to the request that asked."""
    visit = await _visit(call)
    back = visit.elsewhere(visit.form.get("next", ""))
    segments = [segment.lower() for segment in back.address.partition("?")[0].split("/") if segment]
    decide = admin_consent.decide if segments[-1] == "adminconsent" else authorize.decide
    return decide(back, 2 if "v2.0" in segments else 1)


async def _device_page(call: Call) -> Response:
    return device_page.answer(await _visit(call))


async def _short_device_page(call: Call) -> Response:
    """The address that devices show leads to the page where the browser's session is."""
    query = call.request.scope["query_string"].decode("latin-1")
    where = call.exchange.as_seen(f"https://{call.cloud.login_host}/common/oauth2/deviceauth")
    return found(f"{where}?{query}" if query else where)


async def _error_page(call: Call) -> Response:
    """The look-up page that `error_uri` points at: what the refusals tell of a code."""
    number = call.request.query_params.get("code", "").upper().removeprefix("AADSTS").strip()
    title = f"AADSTS{number}" if number else "Error look-up"
    return page("error_code", title=title, rows=[row for row in REFUSALS if str(row.code) == number])


_GET, _POST = ("GET",), ("POST",)
DOORS: tuple[Door, ...] = (
    Door(("*", "oauth2", "v2.0", "token"), _POST, "login.token", _second_token, "token"),
    Door(("*", "oauth2", "token"), _POST, "login.token", _first_token, "token"),
    Door(("*", "oauth2", "v2.0", "devicecode"), _POST, "login.device_code", _second_device_code, "token"),
    Door(("*", "oauth2", "devicecode"), _POST, "login.device_code", _first_device_code, "token"),
    Door(("*", "v2.0", ".well-known", "openid-configuration"), _GET, "login.metadata", _second_configuration),
    Door(("*", ".well-known", "openid-configuration"), _GET, "login.metadata", _first_configuration),
    Door(("common", "discovery", "instance"), _GET, "login.instance_discovery", _instance),
    Door(("*", "discovery", "v2.0", "keys"), _GET, "login.keys", _second_keys),
    Door(("*", "discovery", "keys"), _GET, "login.keys", _first_keys),
    Door(("common", "userrealm", "*"), _GET, "login.user_realm", _user_realm),
    Door(("error",), _GET, "login.error_page", _error_page),
    Door(("*", "oauth2", "v2.0", "authorize"), _GET, "login.authorize", _second_authorize, "page"),
    Door(("*", "oauth2", "authorize"), _GET, "login.authorize", _first_authorize, "page"),
    Door(("*", "v2.0", "adminconsent"), _GET, "login.admin_consent", _second_admin_consent, "page"),
    Door(("*", "adminconsent"), _GET, "login.admin_consent", _first_admin_consent, "page"),
    Door(("*", "oauth2", "v2.0", "logout"), _GET, "login.sign_out", _sign_out, "page"),
    Door(("*", "oauth2", "logout"), _GET, "login.sign_out", _sign_out, "page"),
    Door(("*", "login"), _POST, "login.sign_in_page", _sign_in, "page"),
    Door(("*", "consent", "set"), _POST, "login.consent_page", _consent, "page"),
    Door(("common", "oauth2", "deviceauth"), ("GET", "POST"), "login.device_page", _device_page, "page"),
    Door(("device",), _GET, "login.device_page", _short_device_page, "page"),
)
"""The paths are Entra's own; those that pages post to are remembered, the rest documented."""


def find_door(path: str) -> tuple[Door, str, str] | None:
    """The door at this path, segments in any case and slashes doubled or not, and the tenant and key in it."""
    segments = [segment for segment in path.split("/") if segment]
    for door in DOORS:
        if len(door.path) == len(segments) and all(
            name in ("*", segment.lower()) for name, segment in zip(door.path, segments, strict=True)
        ):
            tenant, key = (unquote(segments[at]) if door.path[at] == "*" else "" for at in (0, -1))
            return door, tenant, key
    return None
