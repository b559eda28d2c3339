"""The doors of the admin API and of global discovery: tell them apart by host, authorise, act, answer."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from mock_services.errors import Missing, Unmodelled
from mock_services.exchange import Exchange, exchange_of
from mock_services.front import application
from mock_services.hosts import Service, service_of
from mock_services.power_platform import discovery, environments, facts, shapes
from mock_services.power_platform.callers import Caller, admin_caller, discovery_caller
from mock_services.power_platform.errors import DiscoveryDenied, Refused, refusal_body, unmodelled_body
from mock_services.state.power_platform import ManagementApplications

_ADMIN_HOST = "api.bap.microsoft.com"
_VERSION = re.compile(r"20\d\d-\d\d-\d\d(?:-preview)?")
_BODY_LIMIT_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Call:
    """An authorised request to the admin API, at a known path."""

    request: Request
    exchange: Exchange
    caller: Caller
    as_admin: bool
    key: str
    """What stands in the path's variable part; empty where there is none."""
    body: bytes

    @property
    def url(self) -> str:
        """The URL as refusals name it, without its query."""
        return f"{self.exchange.base}{unquote(_path(self.request))}"


def _list_environments(call: Call) -> Response:
    found = environments.listed(call.exchange, call.caller, as_admin=call.as_admin, url=call.url)
    return _json({"value": [_selected(call, item) for item in found]})


def _read_environment(call: Call) -> Response:
    found = environments.one(call.exchange, call.caller, call.key, as_admin=call.as_admin, url=call.url)
    return _json(_selected(call, found))


def _add_application_user(call: Call) -> Response:
    environments.add_application_user(call.caller, call.key, call.body, url=call.url)
    return Response(status_code=200)


def _list_applications(call: Call) -> Response:
    found = _registrations(call).all()
    return _json({"value": [{"applicationId": each.app_id} for each in found]})


def _read_application(call: Call) -> Response:
    held = _registrations(call).get(_application_key(call))
    if held is None:
        raise Refused(facts.APPLICATION_NOT_REGISTERED, application=call.key)
    return _json({"applicationId": held.app_id})


def _register_application(call: Call) -> Response:
    """Only a person may: an application cannot register itself, nor another (Terraform provider, CLI for M365)."""
    if call.caller.is_application:
        raise call.caller.forbidden(call.url)
    made = _registrations(call).register(_application_key(call), by=call.caller.object_id)
    return _json({"applicationId": made.app_id})


def _unregister_application(call: Call) -> Response:
    if call.caller.is_application:
        raise call.caller.forbidden(call.url)
    try:
        _registrations(call).unregister(_application_key(call))
    except Missing:
        raise Refused(facts.APPLICATION_NOT_REGISTERED, application=call.key) from None
    return Response(status_code=204)


def _registrations(call: Call) -> ManagementApplications:
    if not call.caller.is_administrator():
        raise call.caller.forbidden(call.url)
    return ManagementApplications(call.caller.tenant.directory)


def _application_key(call: Call) -> str:
    if not environments.GUID.fullmatch(call.key):
        raise Refused(facts.APPLICATION_ID_INVALID, application=call.key)
    return call.key.lower()


def _selected(call: Call, item: dict[str, Any]) -> dict[str, Any]:
    query = call.request.query_params
    for name in ("$filter", "$top", "$orderby", "$skiptoken"):
        if name in query:
            raise Unmodelled(f"the option {name} of the Power Platform admin API")
    for wanted in (each.strip() for each in query.get("$expand", "").split(",")):
        # What these add is nothing where no billing or Copilot policy exists, and none can exist here.
        if wanted and wanted.replace("/", ".") not in {"properties.billingPolicy", "properties.copilotPolicies"}:
            raise Unmodelled(f"$expand={wanted} of the Power Platform admin API")
    paths = [path for path in query.get("$select", "").split(",") if path.strip()]
    return shapes.picked(item, paths) if paths else item


Verbs = dict[str, tuple[str, Callable[[Call], Response]]]
"""HTTP verb -> the operation's name and what does it."""
_ENVIRONMENTS: Verbs = {"GET": ("list_environments", _list_environments)}
_ENVIRONMENT: Verbs = {"GET": ("read_environment", _read_environment)}

DOORS: tuple[tuple[tuple[str, ...], Verbs], ...] = (
    (("scopes", "admin", "environments"), _ENVIRONMENTS),
    (("scopes", "admin", "environments", "*"), _ENVIRONMENT),
    (("environments",), _ENVIRONMENTS),
    (("environments", "*"), _ENVIRONMENT),
    (
        ("scopes", "admin", "environments", "*", "addappuser"),
        {"POST": ("add_application_user", _add_application_user)},
    ),
    (("adminapplications",), {"GET": ("list_applications", _list_applications)}),
    (
        ("adminapplications", "*"),
        {
            "GET": ("read_application", _read_application),
            "PUT": ("register_application", _register_application),
            "DELETE": ("unregister_application", _unregister_application),
        },
    ),
)
"""Paths below the provider, in lower case with `*` for a key, and what their verbs do."""


def _path(request: Request) -> str:
    raw: bytes = request.scope.get("raw_path", request.scope["path"].encode())
    return raw.decode("latin-1").partition("?")[0]


def _segments(request: Request) -> list[str]:
    """The decoded parts of the path. An empty key vanishes, so that reading no environment lists them all, as seen."""
    return [unquote(segment) for segment in _path(request).split("/") if segment]


def _find_door(segments: list[str]) -> tuple[tuple[str, ...], str, Verbs] | None:
    """The pattern that these parts of a path fit, the key in it, and what its verbs do."""
    if [part.lower() for part in segments[:2]] != shapes.PROVIDER.lower().split("/")[1:]:
        return None
    below = segments[2:]
    for pattern, verbs in DOORS:
        pairs = list(zip(pattern, below, strict=False))
        if len(pattern) == len(below) and all(name in ("*", part.lower()) for name, part in pairs):
            return pattern, next((part for name, part in pairs if name == "*"), ""), verbs
    return None


async def _administer(request: Request, exchange: Exchange) -> Response:
    found = _find_door(_segments(request))
    if found is None:
        raise Unmodelled(f"{request.method} {_path(request)} of the Power Platform admin API")
    pattern, key, verbs = found
    caller = admin_caller(exchange, request.headers.get("authorization", ""))
    method = "GET" if request.method == "HEAD" else request.method
    if method not in verbs:
        raise Refused(facts.METHOD_NOT_ALLOWED, method=request.method)
    operation, act = verbs[method]
    exchange.operation = f"power_platform.{operation}"
    _check_version(request.query_params.get("api-version", ""))
    body = await _read_body(request)
    return act(Call(request, exchange, caller, "scopes" in pattern, key, body))


def _check_version(version: str) -> None:
    if not version:
        raise Refused(facts.VERSION_MISSING)
    if not _VERSION.fullmatch(version):
        raise Refused(facts.VERSION_INVALID, version=version)


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_LIMIT_BYTES:
            raise Refused(facts.BODY_INVALID, problem="larger than 1 MiB")
    return bytes(body)


async def _discover(request: Request, exchange: Exchange) -> Response:
    segments = _segments(request)
    is_known = [part.lower() for part in segments[:3]] == ["api", "discovery", "v2.0"] and len(segments) == 4
    if not is_known or not segments[3].lower().startswith("instances") or request.method not in {"GET", "HEAD"}:
        raise Unmodelled(f"{request.method} {_path(request)} of global discovery")
    exchange.operation = "discovery.instances"
    caller = discovery_caller(exchange, request.headers.get("authorization", ""))
    items = environments.instances(exchange, caller)
    body = discovery.answer(exchange.base, items, segments[3], dict(request.query_params))
    return Response(status_code=404) if body is None else _json(body, **{"OData-Version": "4.0"})


async def _everything(request: Request) -> Response:
    exchange = exchange_of(request.scope)
    try:
        if service_of(exchange.host) is Service.DISCOVERY:
            answer = await _discover(request, exchange)
        elif exchange.host == _ADMIN_HOST:
            answer = await _administer(request, exchange)
        else:
            raise Unmodelled(f"the Power Platform API at {exchange.host}")
    except Refused as refused:
        exchange.code = refused.row.code
        answer = _raw(refusal_body(refused), refused.row.status)
    except DiscoveryDenied as denied:
        answer = _denied(exchange, denied)
    except Unmodelled as gap:
        answer = _raw(unmodelled_body(str(gap)), 501)
    answer.headers["x-ms-request-id"] = exchange.request_id
    answer.headers["x-ms-correlation-request-id"] = request.headers.get(
        "x-ms-correlation-request-id", exchange.request_id
    )
    return answer


def _denied(exchange: Exchange, denied: DiscoveryDenied) -> Response:
    """Without a token discovery challenges and names `common` and its resource id (powerapps-docs, discovery)."""
    exchange.code = "Unauthorized"
    answer = _json({"Message": facts.DISCOVERY_DENIED})
    answer.status_code = 401
    authority = exchange.as_seen("https://login.microsoftonline.com/common/oauth2/authorize")
    resource = f"{exchange.base}/"
    challenge = f"Bearer authorization_uri={authority}, resource_id={resource}" if denied.challenged else "Bearer"
    answer.headers["WWW-Authenticate"] = challenge
    return answer


def _json(body: dict[str, Any], **headers: str) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), headers=headers, media_type="application/json; charset=utf-8")


def _raw(body: bytes, status: int) -> Response:
    return Response(body, status_code=status, media_type="application/json; charset=utf-8")


app = application("Power Platform", _everything)
