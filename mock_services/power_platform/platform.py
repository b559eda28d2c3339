"""The doors of the Power Platform API on `api.powerplatform.com`: environments and their settings, for reading."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange
from mock_services.power_platform import facts, shapes
from mock_services.power_platform.answers import answered, path_of, segments_of
from mock_services.power_platform.callers import Caller, platform_caller
from mock_services.power_platform.environments import Environment, environments_of, find
from mock_services.power_platform.errors import Refused

_LIST_OPTIONS = frozenset({"api-version", "$select", "$filter", "$top", "$skip"})
_ITEM_OPTIONS = frozenset({"api-version", "$select"})
_FILTERABLE = {"dataverseid", "type", "geo", "state", "environmentgroupid", "domainname"}
"""What Learn's reference says can be filtered by, in lower case."""
_EQUALITY = re.compile(r"\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*")
_IDENTITIES = {"id", "tenantid"}


@dataclass(frozen=True)
class Call:
    """An authorised request to the Power Platform API, at a known path."""

    query: Mapping[str, str]
    exchange: Exchange
    caller: Caller
    key: str


def _list_environments(call: Call) -> dict[str, Any]:
    _refuse_options(call, _LIST_OPTIONS)
    matches = _filter(call.query.get("$filter", ""))
    items = [_shown(call, each) for each in environments_of(call.caller.tenant) if _sees(call.caller, each)]
    found = [item for item in items if matches(item)]
    skip, top = _count(call, "$skip", 0), _count(call, "$top", len(found))
    return {"value": [_picked(call, item) for item in found[skip : skip + top]]}


def _read_environment(call: Call) -> dict[str, Any]:
    _refuse_options(call, _ITEM_OPTIONS)
    return _picked(call, _shown(call, _environment(call)))


def _read_settings(call: Call) -> dict[str, Any]:
    """Only the id unless `$select` names settings (public clients say so); one that nobody set is null (inferred)."""
    _refuse_options(call, _ITEM_OPTIONS)
    environment = _environment(call)
    names = [name for name in _selected(call) if name.lower() not in _IDENTITIES]
    settings = {"Id": environment.id} | dict.fromkeys(names)
    return {"objectResult": [settings], "nextLink": None, "responseMessage": None, "errors": None}


_ENVIRONMENTS = ("environmentmanagement", "environments")
Reader = Callable[[Call], dict[str, Any]]

DOORS: tuple[tuple[tuple[str, ...], str, str, Reader], ...] = (
    (_ENVIRONMENTS, "api_list_environments", facts.ENVIRONMENTS_READ, _list_environments),
    ((*_ENVIRONMENTS, "*"), "api_read_environment", facts.ENVIRONMENTS_READ, _read_environment),
    ((*_ENVIRONMENTS, "*", "settings"), "api_read_settings", facts.SETTINGS_READ, _read_settings),
)
"""Path in lower case with `*` for a key, the operation's name, the delegated permission it takes, and what reads it."""


def find_door(segments: list[str]) -> tuple[tuple[str, ...], str, str, Reader] | None:
    """The door of these parts of a path, or None."""
    for door in DOORS:
        pairs = list(zip(door[0], segments, strict=False))
        if len(door[0]) == len(segments) and all(name in ("*", part.lower()) for name, part in pairs):
            return door
    return None


def read_platform(request: Request, exchange: Exchange) -> Response:
    """The Power Platform API's answer. Raises Refused and Unmodelled.

    Whoever lacks the permission is refused before any id is looked at (a public report of live tests, 2026).
    """
    segments = segments_of(path_of(request))
    door = find_door(segments) if request.method in {"GET", "HEAD"} else None
    if door is None:
        raise Unmodelled(f"{request.method} {path_of(request)} of {exchange.host}")
    _, operation, permission, read = door
    exchange.operation = f"power_platform.{operation}"
    caller = platform_caller(exchange, request.headers.get("authorization", ""))
    if not request.query_params.get("api-version"):
        raise Refused(facts.API_VERSION_MISSING)
    _check_permission(caller, permission)
    key = segments[2] if len(segments) > 2 else ""
    return answered(read(Call(dict(request.query_params), exchange, caller, key)))


def _check_permission(caller: Caller, permission: str) -> None:
    """A person's token must carry the delegated permission; there are no application permissions to carry.

    An application is let in by being registered for management (Learn: service principals of this API have roles
    and no permissions; role assignments are not modelled, and registered applications act as administrators).
    """
    if not caller.is_application:
        if permission.lower() not in caller.scopes:
            raise Refused(facts.API_SCOPE_MISSING, permission=permission)
    elif not caller.is_administrator():
        raise Refused(facts.API_PRINCIPAL_FORBIDDEN, permission=permission)


def _sees(caller: Caller, environment: Environment) -> bool:
    return caller.is_administrator() or environment.is_managed_by(caller) or environment.has_user(caller)


def _environment(call: Call) -> Environment:
    found = find(call.caller.tenant, call.key)
    if found is None or not _sees(call.caller, found):
        raise Refused(facts.API_ENVIRONMENT_NOT_FOUND, id=call.key)
    return found


def _shown(call: Call, environment: Environment) -> dict[str, Any]:
    return shapes.platform_environment(call.exchange, environment)


def _filter(text: str) -> Callable[[dict[str, Any]], bool]:
    if not text.strip():
        return lambda _item: True
    wanted: list[tuple[str, str]] = []
    for part in re.split(r"\s+and\s+", text):
        equality = _EQUALITY.fullmatch(part)
        if equality is None or equality[1].lower() not in _FILTERABLE:
            raise Unmodelled(f"the filter {text!r} of the Power Platform API")
        wanted.append((equality[1].lower(), equality[2].replace("''", "'").lower()))
    return lambda item: all(_text(item, name) == value for name, value in wanted)


def _text(item: Mapping[str, Any], name: str) -> str | None:
    return next((str(value).lower() for member, value in item.items() if member.lower() == name), None)


def _count(call: Call, name: str, otherwise: int) -> int:
    text = call.query.get(name, "")
    if not text:
        return otherwise
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise Unmodelled(f"{name}={text} of the Power Platform API")
    return int(text)


def _selected(call: Call) -> list[str]:
    return [name.strip() for name in call.query.get("$select", "").split(",") if name.strip()]


def _picked(call: Call, item: dict[str, Any]) -> dict[str, Any]:
    """`$select` narrows an environment to the members it names."""
    wanted = {name.lower() for name in _selected(call)}
    known = {member.lower() for member in item}
    if unknown := sorted(wanted - known - {"dataverseid", "url", "version", "domainname", *_FILTERABLE}):
        raise Unmodelled(f"$select={unknown[0]} of the Power Platform API")
    return {name: value for name, value in item.items() if not wanted or name.lower() in wanted}


def _refuse_options(call: Call, known: frozenset[str]) -> None:
    if unknown := sorted(name for name in call.query if name.lower() not in known):
        raise Unmodelled(f"the option {unknown[0]} of the Power Platform API")
