"""The doors of the admin API on `api.bap.microsoft.com` and its regional names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from mock_services.errors import Missing, Unmodelled
from mock_services.exchange import Exchange
from mock_services.power_platform import catalogue, facts, membership, shapes
from mock_services.power_platform.answers import answered, path_of, segments_of
from mock_services.power_platform.callers import Caller, admin_caller
from mock_services.power_platform.environments import GUID, Environment, environments_of, find
from mock_services.power_platform.errors import Refused
from mock_services.power_platform.places import place_of
from mock_services.state.power_platform import ManagementApplications

_VERSION = re.compile(r"20\d\d-\d\d-\d\d(?:-preview)?")
_BODY_LIMIT_BYTES = 1024 * 1024
_EXPANSIONS = frozenset(
    {"permissions", "properties.permissions", "properties.capacity", "properties.addons"}
    | {"properties.billingPolicy", "properties.copilotPolicies"}
)
"""What clients expand. Permissions are left out (their names are recorded nowhere); billing and Copilot policies are
nothing where none exists, and none can exist here."""


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
        """The URL as refusals name it: by a machine inside, with its query."""
        query = self.request.scope["query_string"].decode("latin-1")
        return unquote(f"{facts.INNER_NODE}{path_of(self.request)}{'?' + query if query else ''}")


def _list_environments(call: Call) -> Response:
    shown = [each for each in environments_of(call.caller.tenant) if _sees(call, each)]
    return answered({"value": [_shown(call, each) for each in shown]})


def _list_deleted(call: Call) -> Response:
    shown = [each for each in environments_of(call.caller.tenant, deleted=True) if _sees(call, each)]
    return answered({"value": [_shown(call, each) for each in shown]})


def _read_environment(call: Call) -> Response:
    return answered(_shown(call, _environment(call, "read")))


def _add_application_user(call: Call) -> Response:
    membership.add_application_user(_environment(call, "manage"), call.body)
    return Response(status_code=200)


def _add_user(call: Call) -> Response:
    membership.add_user(_environment(call, "manage"), call.body)
    return Response(status_code=200)


def _list_roles(call: Call) -> Response:
    return answered({"value": membership.list_roles(_environment(call, "manage"))})


def _change_roles(call: Call) -> Response:
    return answered(membership.change_roles(_environment(call, "manage"), call.body))


def _list_locations(call: Call) -> Response:
    return answered({"value": catalogue.locations(_home(call))})


def _list_languages(call: Call) -> Response:
    return answered({"value": catalogue.languages(call.key)})


def _list_currencies(call: Call) -> Response:
    return answered({"value": catalogue.currencies(call.key)})


def _read_tenant(call: Call) -> Response:
    """Members as recorded (TF get_tenant.json); all geographies are the tenant's own."""
    home = _home(call)
    geographies = dict.fromkeys(("location", "aadCountryGeo", "dataStorageGeo", "defaultEnvironmentGeo"), home)
    body = {"tenantId": call.caller.tenant.id, "state": "Enabled", **geographies}
    return answered(body | {"aadDataBoundary": "none", "fedRAMPHighCertificationRequired": False})


def _list_applications(call: Call) -> Response:
    found = _registrations(call).all()
    return answered({"value": [{"applicationId": each.app_id} for each in found]})


def _read_application(call: Call) -> Response:
    held = _registrations(call).get(_application_key(call))
    if held is None:
        raise Refused(facts.APPLICATION_NOT_REGISTERED, application=call.key)
    return answered({"applicationId": held.app_id})


def _register_application(call: Call) -> Response:
    """Only a person may: an application cannot register itself, nor another (Terraform provider, CLI for M365)."""
    if call.caller.is_application:
        raise call.caller.forbidden(call.url)
    made = _registrations(call).register(_application_key(call), by=call.caller.object_id)
    return answered({"applicationId": made.app_id})


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
    if not GUID.fullmatch(call.key):
        raise Refused(facts.APPLICATION_ID_INVALID, application=call.key)
    return call.key.lower()


def _home(call: Call) -> str:
    """The location of the tenant: that of its first database."""
    first = next(iter(call.caller.tenant.organisations), None)
    return place_of(first.region if first else None).location


def _sees(call: Call, environment: Environment) -> bool:
    """In the admin's list: what the caller manages. In the other: what they may use, and nothing more for an admin.

    PS and CLI say so of people ("only environments you explicitly are assigned permissions to"); that a registered
    application sees all in both is inferred.
    """
    if call.caller.is_application or call.as_admin:
        return call.caller.is_administrator() or environment.is_managed_by(call.caller)
    return environment.has_user(call.caller)


def _environment(call: Call, permission: str) -> Environment:
    """The environment of this call, which the caller may see or manage. Raises Refused (403, 404).

    An unregistered application is refused before anything is looked up, unless it manages the very environment.
    """
    found = find(call.caller.tenant, call.key)
    if found is not None and (call.caller.is_administrator() or found.is_managed_by(call.caller)):
        return found
    if call.caller.is_application and not call.caller.is_administrator():
        raise call.caller.forbidden(call.url)
    if found is None:
        raise Refused(facts.ENVIRONMENT_NOT_FOUND, id=call.key)
    if not call.as_admin and found.has_user(call.caller):
        return found
    raise Refused(
        facts.ENVIRONMENT_ACCESS,
        object_id=call.caller.object_id,
        tenant=call.caller.tenant.id,
        permission=facts.PERMISSION_NAMES[permission],
        environment=found.id,
    )


def _shown(call: Call, environment: Environment) -> dict[str, Any]:
    query = call.request.query_params
    for name in ("$filter", "$top", "$orderby", "$skiptoken"):
        if name in query:
            raise Unmodelled(f"the option {name} of the Power Platform admin API")
    wanted = [each.strip().replace("/", ".") for each in query.get("$expand", "").split(",") if each.strip()]
    if unknown := [each for each in wanted if each not in _EXPANSIONS]:
        raise Unmodelled(f"$expand={unknown[0]} of the Power Platform admin API")
    item = shapes.environment(call.exchange, environment, as_admin=call.as_admin, expanded=frozenset(wanted))
    paths = [path for path in query.get("$select", "").split(",") if path.strip()]
    return shapes.picked(item, paths) if paths else item


Verbs = dict[str, tuple[str, Callable[[Call], Response]]]
"""HTTP verb -> the operation's name and what does it."""
_ENVIRONMENTS: Verbs = {"GET": ("list_environments", _list_environments)}
_ENVIRONMENT: Verbs = {"GET": ("read_environment", _read_environment)}
_ADMIN = ("scopes", "admin", "environments")

DOORS: tuple[tuple[tuple[str, ...], Verbs], ...] = (
    (_ADMIN, _ENVIRONMENTS),
    ((*_ADMIN, "*"), _ENVIRONMENT),
    (("environments",), _ENVIRONMENTS),
    (("environments", "*"), _ENVIRONMENT),
    (("scopes", "admin", "deletedenvironments"), {"GET": ("list_deleted_environments", _list_deleted)}),
    ((*_ADMIN, "*", "addappuser"), {"POST": ("add_application_user", _add_application_user)}),
    ((*_ADMIN, "*", "adduser"), {"POST": ("add_user", _add_user)}),
    ((*_ADMIN, "*", "roleassignments"), {"GET": ("list_role_assignments", _list_roles)}),
    ((*_ADMIN, "*", "modifyroleassignments"), {"POST": ("change_role_assignments", _change_roles)}),
    (("adminapplications",), {"GET": ("list_applications", _list_applications)}),
    (
        ("adminapplications", "*"),
        {
            "GET": ("read_application", _read_application),
            "PUT": ("register_application", _register_application),
            "DELETE": ("unregister_application", _unregister_application),
        },
    ),
    (("locations",), {"GET": ("list_locations", _list_locations)}),
    (("locations", "*", "environmentlanguages"), {"GET": ("list_languages", _list_languages)}),
    (("locations", "*", "environmentcurrencies"), {"GET": ("list_currencies", _list_currencies)}),
    (("tenant",), {"GET": ("read_tenant", _read_tenant)}),
)
"""Paths below the provider, in lower case with `*` for a key, and what their verbs do."""


def find_door(segments: list[str]) -> tuple[tuple[str, ...], str, Verbs] | None:
    """The pattern that these parts of a path fit, the key in it, and what its verbs do."""
    if [part.lower() for part in segments[:2]] != segments_of(shapes.PROVIDER.lower()):
        return None
    below = segments[2:]
    for pattern, verbs in DOORS:
        pairs = list(zip(pattern, below, strict=False))
        if len(pattern) == len(below) and all(name in ("*", part.lower()) for name, part in pairs):
            return pattern, next((part for name, part in pairs if name == "*"), ""), verbs
    return None


async def administer(request: Request, exchange: Exchange) -> Response:
    """The admin API's answer. Raises Refused and Unmodelled."""
    found = find_door(segments_of(path_of(request)))
    if found is None:
        raise Unmodelled(f"{request.method} {path_of(request)} of the Power Platform admin API")
    pattern, key, verbs = found
    caller = admin_caller(exchange, request.headers.get("authorization", ""))
    method = "GET" if request.method == "HEAD" else request.method
    if method not in verbs:
        _refuse_verb(request.method, pattern)
    operation, act = verbs[method]
    exchange.operation = f"power_platform.{operation}"
    _check_version(request.query_params.get("api-version", ""))
    body = await _read_body(request)
    call = Call(request, exchange, caller, "scopes" in pattern, key, body)
    is_of_one = "environments" in pattern and "*" in pattern
    if caller.is_application and not is_of_one and not caller.is_administrator():
        raise caller.forbidden(call.url)
    return act(call)


def _refuse_verb(method: str, pattern: tuple[str, ...]) -> NoReturn:
    """Environments are made, changed and deleted here in reality; what else has no verb is refused."""
    if pattern[-1] in {"environments", "*"} and "environments" in pattern and method in {"POST", "PATCH", "DELETE"}:
        raise Unmodelled(f"{method} of environments by the Power Platform admin API")
    raise Refused(facts.METHOD_NOT_ALLOWED, method=method)


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
