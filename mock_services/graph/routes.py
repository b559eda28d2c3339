"""The doors of Graph: check the bearer, find the act, read the body, authorise, act, answer in Graph's manner."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as AnyPath

from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange, exchange_of
from mock_services.graph import applications, bin, credentials, facts, grants, owners, people, principals  # noqa: A004 - the directory's bin
from mock_services.graph.addressing import Address, Key, read_path
from mock_services.graph.bearer import authenticate
from mock_services.graph.call import Answer, Call
from mock_services.graph.errors import Refused, bad_odata, envelope
from mock_services.graph.permissions import Reach, authorise
from mock_services.graph.query import read_options

Act = Callable[[Call], Answer]


@dataclass(frozen=True)
class Door:
    """A verb at a path (`*` stands for a key), what it is called in the journal, and what the caller needs for it."""

    method: str
    path: str
    operation: str
    purpose: str
    act: Act
    units: int = 1
    """Resource units it costs (throttling-limits)."""
    needs_body: bool = True
    """A POST or PATCH without a body is refused."""
    segments: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "segments", tuple(self.path.lower().split("/")))


def _secretless(_call: Call) -> NoReturn:
    raise Unmodelled("a secret on a service principal; put it on the application")


_SECRETS = (
    Door("POST", "applications/*/addPassword", "graph.applications.add_password", "write applications",
         lambda call: credentials.add_password(call, applications.managed(call)), needs_body=False),
    Door("POST", "applications/*/removePassword", "graph.applications.remove_password", "write applications",
         lambda call: credentials.remove_password(call, applications.managed(call))),
    Door("POST", "servicePrincipals/*/addPassword", "graph.service_principals.add_password", "write applications",
         _secretless, needs_body=False),
    Door("POST", "servicePrincipals/*/removePassword", "graph.service_principals.remove_password", "write applications",
         _secretless, needs_body=False),
)  # fmt: skip

_REGISTRATIONS = (
    Door("POST", "applications", "graph.applications.create", "create applications", applications.create),
    Door("GET", "applications", "graph.applications.list", "read applications", applications.read_all, 2),
    Door("GET", "applications/$count", "graph.applications.count", "read applications", applications.count_all, 2),
    Door("GET", "applications/*", "graph.applications.read", "read applications", applications.read),
    Door("PATCH", "applications/*", "graph.applications.change", "write applications", applications.change),
    Door("DELETE", "applications/*", "graph.applications.delete", "write applications", applications.delete),
    Door("GET", "applications/*/owners", "graph.applications.owners.list", "read applications",
         lambda call: owners.read_all(call, applications.find(call).id)),
    Door("POST", "applications/*/owners/$ref", "graph.applications.owners.add", "write applications",
         lambda call: owners.add(call, applications.managed(call).id)),
    Door("DELETE", "applications/*/owners/*/$ref", "graph.applications.owners.remove", "write applications",
         lambda call: owners.remove(call, applications.managed(call).id)),
)  # fmt: skip

_PRINCIPALS = (
    Door("POST", "servicePrincipals", "graph.service_principals.create", "create applications", principals.create),
    Door("GET", "servicePrincipals", "graph.service_principals.list", "read applications", principals.read_all),
    Door("GET", "servicePrincipals/$count", "graph.service_principals.count", "read applications",
         principals.count_all),
    Door("GET", "servicePrincipals/*", "graph.service_principals.read", "read applications", principals.read),
    Door("PATCH", "servicePrincipals/*", "graph.service_principals.change", "write applications", principals.change),
    Door("DELETE", "servicePrincipals/*", "graph.service_principals.delete", "write applications", principals.delete),
    Door("GET", "servicePrincipals/*/owners", "graph.service_principals.owners.list", "read applications",
         lambda call: owners.read_all(call, principals.find(call).id)),
    Door("POST", "servicePrincipals/*/owners/$ref", "graph.service_principals.owners.add", "write applications",
         lambda call: owners.add(call, principals.managed(call).id)),
    Door("DELETE", "servicePrincipals/*/owners/*/$ref", "graph.service_principals.owners.remove", "write applications",
         lambda call: owners.remove(call, principals.managed(call).id)),
)  # fmt: skip

_CONSENT = (
    Door("POST", "oauth2PermissionGrants", "graph.grants.create", "write grants", grants.grant),
    Door("GET", "oauth2PermissionGrants", "graph.grants.list", "read grants", grants.read_grants, 2),
    Door("GET", "oauth2PermissionGrants/*", "graph.grants.read", "read grants", grants.read_grant, 2),
    Door("PATCH", "oauth2PermissionGrants/*", "graph.grants.change", "write grants", grants.change_grant),
    Door("DELETE", "oauth2PermissionGrants/*", "graph.grants.delete", "write grants", grants.revoke),
    Door("GET", "servicePrincipals/*/oauth2PermissionGrants", "graph.grants.list_of_client", "read grants",
         grants.read_grants_of, 2),
    Door("GET", "servicePrincipals/*/appRoleAssignments", "graph.app_roles.list_of_client", "read app roles",
         grants.read_roles_of, 2),
    Door("POST", "servicePrincipals/*/appRoleAssignments", "graph.app_roles.assign", "write app roles",
         grants.assign_to),
    Door("DELETE", "servicePrincipals/*/appRoleAssignments/*", "graph.app_roles.remove", "write app roles",
         grants.take_from),
    Door("GET", "servicePrincipals/*/appRoleAssignedTo", "graph.app_roles.list_by_resource", "read app roles",
         grants.read_roles_by, 2),
    Door("POST", "servicePrincipals/*/appRoleAssignedTo", "graph.app_roles.assign", "write app roles",
         grants.assign_by),
    Door("DELETE", "servicePrincipals/*/appRoleAssignedTo/*", "graph.app_roles.remove", "write app roles",
         grants.take_by),
)  # fmt: skip

_TENANT = (
    Door("GET", "organization", "graph.organization.list", "read organization", people.read_organizations),
    Door("GET", "organization/*", "graph.organization.read", "read organization", people.read_organization),
    Door("GET", "domains", "graph.domains.list", "read domains", people.read_domains),
    Door("GET", "domains/*", "graph.domains.read", "read domains", people.read_domain),
    Door("GET", "me", "graph.me.read", "read me", people.read_me),
    Door("GET", "me/memberOf", "graph.me.member_of", "read me", people.read_my_roles, 2),
    Door("GET", "me/memberOf/microsoft.graph.directoryRole", "graph.me.member_of", "read me", people.read_my_roles, 2),
    Door("GET", "me/transitiveMemberOf", "graph.me.member_of", "read me", people.read_my_roles, 2),
    Door("GET", "me/transitiveMemberOf/microsoft.graph.directoryRole", "graph.me.member_of", "read me",
         people.read_my_roles, 2),
    Door("GET", "users", "graph.users.list", "read users", people.read_users, 2),
    Door("GET", "users/*", "graph.users.read", "read a user", people.read_user),
    Door("GET", "users/*/memberOf", "graph.users.member_of", "read users", people.read_roles_of, 2),
    Door("GET", "directory/deletedItems/microsoft.graph.application", "graph.deleted.list", "read applications",
         bin.read_applications),
    Door("GET", "directory/deletedItems/microsoft.graph.servicePrincipal", "graph.deleted.list", "read applications",
         bin.read_principals),
    Door("GET", "directory/deletedItems/*", "graph.deleted.read", "read applications", bin.read),
    Door("POST", "directory/deletedItems/*/restore", "graph.deleted.restore", "restore applications", bin.restore,
         needs_body=False),
    Door("DELETE", "directory/deletedItems/*", "graph.deleted.purge", "write applications", bin.purge),
)  # fmt: skip

DOORS: tuple[Door, ...] = (*_REGISTRATIONS, *_SECRETS, *_PRINCIPALS, *_CONSENT, *_TENANT)
# The more of a path is spelt out, the earlier it is tried: `applications/$count` before `applications/*`.
_BY_EXACTNESS = sorted(DOORS, key=lambda door: door.segments.count("*"))
_OUR_ROOTS = frozenset(door.segments[0] for door in DOORS)


def _find(method: str, address: Address) -> tuple[Door, tuple[Key, ...]]:
    """The door at an address, and the keys in it. Raises Refused (405, unknown segment) or Unmodelled."""
    open_to_others = False
    for door in _BY_EXACTNESS:
        keys = _keys(door, address)
        if keys is None:
            continue
        if door.method == method:
            return door, keys
        open_to_others = True
    if open_to_others:
        raise Refused(405, facts.BAD_REQUEST, facts.METHOD_NOT_ALLOWED)
    raise _unknown(method, address)


def _keys(door: Door, address: Address) -> tuple[Key, ...] | None:
    if len(door.segments) != len(address.segments):
        return None
    keys: list[Key] = []
    for name, segment in zip(door.segments, address.segments, strict=True):
        if name == "*":
            if isinstance(segment, str) and segment.startswith("$"):
                return None
            keys.append(segment if isinstance(segment, Key) else Key(segment))
        elif isinstance(segment, Key) or segment.lower() != name:
            return None
    return tuple(keys)


def _unknown(method: str, address: Address) -> Exception:
    """What no door has: a gap of these fakes where the real service has something, otherwise Graph's own refusal."""
    names = [segment for segment in address.segments if isinstance(segment, str)]
    first, last = (names[0].lower(), names[-1].lower()) if names else ("", "")
    is_real = first in facts.REAL_ROOTS or (
        first in _OUR_ROOTS and (last in facts.REAL_NAVIGATIONS or last.startswith("microsoft.graph."))
    )
    if not names or is_real:
        return Unmodelled(f"{method} /{address.version}/{'/'.join(names)} of Graph")
    return bad_odata(facts.NO_SEGMENT.format(segment=names[0] if first not in _OUR_ROOTS else names[-1]))


async def _body(request: Request, door: Door) -> dict[str, Any]:
    """The JSON object of a request. Raises Refused."""
    if door.method not in ("POST", "PATCH"):
        return {}
    raw = await request.body()
    if not raw.strip():
        if door.needs_body:
            raise bad_odata(facts.EMPTY_BODY)
        return {}
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise bad_odata(facts.UNREADABLE_BODY)
    try:
        body = json.loads(raw.decode(), parse_constant=_no_constant)
        json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise bad_odata(facts.UNREADABLE_BODY) from None
    if not isinstance(body, dict):
        raise bad_odata(facts.UNREADABLE_BODY)
    return body


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


async def _act(request: Request, exchange: Exchange) -> tuple[Answer, int]:
    """The order of refusal: bearer, path, body, permission, then the act's own; with the units it cost."""
    caller = authenticate(exchange, request.headers.get("authorization", ""))
    raw_path = request.scope.get("raw_path", request.scope["path"].encode()).decode("latin-1").partition("?")[0]
    address = read_path(raw_path)
    door, keys = _find(request.method, address)
    exchange.operation = door.operation
    body = await _body(request, door)
    options = read_options(request.scope["query_string"], request.headers.get("consistencylevel", ""))
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
    saved = int("$select" in options.given) + int(options.given.get("$top", "").isdecimal() and options.top() < 20)
    if request.method == "GET":
        return door.act(call), max(1, door.units - saved)
    with call.directory.store.transaction():  # a refusal half way leaves nothing
        return door.act(call), 1


async def _everything(request: Request) -> Response:
    exchange = exchange_of(request.scope)
    try:
        answer, units = await _act(request, exchange)
    except Refused as refused:
        return _finish(request, exchange, _refusal(request, exchange, refused), 1)
    except Unmodelled as gap:
        unknown = Refused(501, "NotImplemented", str(gap))
        return _finish(request, exchange, _refusal(request, exchange, unknown), 1)
    return _finish(request, exchange, _success(answer), units)


def _success(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status_code=answer.status)
    if isinstance(answer.body, str):
        return Response(answer.body, answer.status, {"content-type": "text/plain", "odata-version": "4.0"})
    headers = {"content-type": facts.SUCCESS_TYPE, "odata-version": "4.0"}
    if answer.location:
        headers["location"] = answer.location
    text = json.dumps(answer.body, separators=(",", ":"), ensure_ascii=False)
    return Response(text, answer.status, headers)


def _refusal(request: Request, exchange: Exchange, refused: Refused) -> Response:
    exchange.code = refused.code
    clock = exchange.tenant.clock if exchange.tenant else exchange.worlds.clock
    body = envelope(
        refused, at=clock.now(), request_id=exchange.request_id, client_request_id=_client_request_id(request, exchange)
    )
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    headers = {"content-type": facts.ERROR_TYPE, **refused.headers}
    return Response(text.encode("utf-8", "replace"), refused.status, headers)


def _client_request_id(request: Request, exchange: Exchange) -> str:
    """The caller's own id, otherwise the request's."""
    return request.headers.get("client-request-id") or exchange.request_id


def _finish(request: Request, exchange: Exchange, response: Response, units: int) -> Response:
    """The headers of every answer (azure-cli recording, 2025-04)."""
    response.headers.update(
        {
            "cache-control": "no-cache",
            "vary": "Accept-Encoding",
            "strict-transport-security": "max-age=31536000",
            "request-id": exchange.request_id,
            "client-request-id": _client_request_id(request, exchange),
            "x-ms-ags-diagnostic": facts.DIAGNOSTIC,
            "x-ms-resource-unit": str(units),
        }
    )
    return response


_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

app = FastAPI(title="Microsoft Graph", openapi_url=None, docs_url=None, redoc_url=None)
app.router.routes.append(AnyPath("/{path:path}", _everything, methods=_METHODS))
