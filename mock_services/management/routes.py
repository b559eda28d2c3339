"""The doors of Resource Manager: find the door, check the version, authorise, answer."""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange, exchange_of
from mock_services.front import application
from mock_services.management import facts, shapes
from mock_services.management.callers import authenticate
from mock_services.management.errors import Refused, challenge, refusal_body, unmodelled_body

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:-[a-z]+)?", re.IGNORECASE)
_LISTED_SINCE = "2019-05-01"
"""From this version on the endpoints are a list of clouds in today's members (azure-cli core/cloud.py)."""
_ONE_CLOUD_SINCE = "2022-09-01"
"""From this version on they are those of the cloud that is asked, and no list (azure-cli cloud/custom.py)."""


async def _everything(request: Request) -> Response:
    exchange = exchange_of(request.scope)
    try:
        answer = _json(_answered(request, exchange))
    except Refused as refused:
        exchange.code = refused.row.code
        answer = _raw(refusal_body(refused), refused.row.status)
        answer.headers["x-ms-failure-cause"] = "gateway"
        if refused.row.status == 401:
            answer.headers["WWW-Authenticate"] = challenge(refused, _authority(exchange))
    except Unmodelled as gap:
        return _raw(unmodelled_body(str(gap)), 501)
    return _finish(request, exchange, answer)


def _answered(request: Request, exchange: Exchange) -> dict[str, Any] | list[dict[str, Any]]:
    """The body of the answer. Raises Refused and Unmodelled."""
    segments = [unquote(part) for part in _path(request).split("/") if part]
    where = [part.lower() for part in segments]
    if where[:1] == ["subscriptions"] and len(where) > 1:
        exchange.operation = "management.subscriptions"
        _given_version(request)  # each provider has versions of its own, and none is looked at
        _refuse_subscription(segments[1])
    found = DOORS.get(tuple(where)) if request.method in {"GET", "HEAD"} else None
    if found is None:
        raise Unmodelled(f"{request.method} {_path(request)} of Azure Resource Manager")
    exchange.operation, answer = found
    return answer(request, exchange, _version(request))


def _refuse_subscription(identity: str) -> NoReturn:
    """No tenant here has a subscription, so whatever lies in one is not found, whoever asks."""
    row = facts.SUBSCRIPTION_NOT_FOUND if _GUID.fullmatch(identity) else facts.SUBSCRIPTION_INVALID
    raise Refused(row, subscription=identity)


def _tenants(request: Request, exchange: Exchange, version: str) -> dict[str, Any]:
    caller = authenticate(exchange, request.headers.get("authorization", ""))
    return {"value": [shapes.tenant(caller, version)]}


def _subscriptions(request: Request, exchange: Exchange, _version: str) -> dict[str, Any]:
    authenticate(exchange, request.headers.get("authorization", ""))
    return {"value": [], "count": {"type": "Total", "value": 0}}


def _endpoints(_request: Request, exchange: Exchange, version: str) -> dict[str, Any] | list[dict[str, Any]]:
    if version < _LISTED_SINCE:
        raise Unmodelled(f"the endpoints of api-version {version}, whose members have other names,")
    if version < _ONE_CLOUD_SINCE:
        return shapes.all_endpoints(exchange)
    return shapes.endpoints(exchange, facts.cloud_at(exchange.host))


DOORS: dict[tuple[str, ...], tuple[str, Callable[[Request, Exchange, str], dict[str, Any] | list[dict[str, Any]]]]] = {
    ("tenants",): ("management.tenants", _tenants),
    ("subscriptions",): ("management.subscriptions", _subscriptions),
    ("metadata", "endpoints"): ("management.endpoints", _endpoints),
}
"""What can be read, with the operation's name. The endpoints ask for no token: they say where to get one."""


def _given_version(request: Request) -> str:
    """The api-version, whose parameter is spelt in any case. Raises Refused where there is none."""
    for name, value in request.query_params.multi_items():
        if name.lower() == "api-version" and value:
            return value
    raise Refused(facts.VERSION_MISSING)


def _version(request: Request) -> str:
    """The api-version, known to Resource Manager itself. Raises Refused, and Unmodelled for one from the future."""
    version = _given_version(request)
    if version in facts.SUPPORTED_VERSIONS:
        return version
    if _DATE.fullmatch(version) and version > max(facts.SUPPORTED_VERSIONS):
        raise Unmodelled(f"api-version {version} of Azure Resource Manager, newer than those known here,")
    raise Refused(facts.VERSION_INVALID, version=version, known=facts.SUPPORTED_VERSIONS_TEXT)


def _authority(exchange: Exchange) -> str:
    cloud = facts.cloud_at(exchange.host)
    if exchange.came_direct:
        return exchange.as_seen(f"https://{cloud.login_host}") + "/"
    return f"https://{cloud.challenge_host}/"


def _path(request: Request) -> str:
    raw: bytes = request.scope.get("raw_path", request.scope["path"].encode())
    return raw.decode("latin-1").partition("?")[0]


def _json(body: dict[str, Any] | list[dict[str, Any]]) -> Response:
    return _raw(json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode(), 200)


def _raw(body: bytes, status: int) -> Response:
    return Response(body, status_code=status, media_type="application/json; charset=utf-8")


def _finish(request: Request, exchange: Exchange, answer: Response) -> Response:
    answer.headers.update(facts.HEADERS)
    request_id = exchange.request_id
    correlation = request.headers.get("x-ms-correlation-request-id", request_id)
    now = (exchange.tenant.clock if exchange.tenant else exchange.worlds.clock).now()
    answer.headers["x-ms-request-id"] = request_id
    answer.headers["x-ms-correlation-request-id"] = correlation
    answer.headers["x-ms-routing-request-id"] = f"{facts.ROUTED_THROUGH}:{now:%Y%m%dT%H%M%SZ}:{request_id}"
    if answer.status_code == 200 and exchange.tenant is not None:
        answer.headers["x-ms-ratelimit-remaining-tenant-reads"] = facts.REMAINING_READS
    return answer


app = application("Azure Resource Manager", _everything)
