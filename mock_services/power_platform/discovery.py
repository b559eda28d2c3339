"""Global discovery: the organisations of the person who asks, as OData with a few of its options."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange
from mock_services.hosts import organisation_host
from mock_services.power_platform import shapes
from mock_services.power_platform.answers import answered, path_of, segments_of
from mock_services.power_platform.callers import Caller, discovery_caller
from mock_services.power_platform.environments import environments_of, is_system_administrator, is_user
from mock_services.state.organisation import Organisation

OPERATION = "discovery.instances"
ROOT = ("api", "discovery", "v2.0")
_KEY = re.compile(r"instances\((?:(?P<name>[a-z]+)=)?(?P<quote>'?)(?P<value>[^']+)(?P=quote)\)", re.IGNORECASE)
_COMPARISON = re.compile(r"\s*(?P<name>\w+)\s+(?P<operator>eq|ne)\s+(?:'(?P<text>(?:[^']|'')*)'|(?P<bare>[\w-]+))\s*")
_CALL = re.compile(r"\s*(?P<function>contains|startswith|endswith)\((?P<name>\w+)\s*,\s*'(?P<text>(?:[^']|'')*)'\)\s*")
_OPTIONS = frozenset({"$select", "$filter"})
_KEYS = frozenset({"id", "uniquename", "urlname"})
_FUNCTIONS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": str.__contains__, "startswith": str.startswith, "endswith": str.endswith,
}  # fmt: skip
_GCC = "crm9"
"""A region of the public cloud with a discovery of its own (ServiceClient's DiscoveryServers.cs)."""


def is_instances(segments: list[str]) -> bool:
    """Whether a path is that of the instances or of one of them."""
    parts = [part.lower() for part in segments]
    return tuple(parts[:3]) == ROOT and len(parts) == 4 and parts[3].startswith("instances")


def discover(request: Request, exchange: Exchange) -> Response:
    """Discovery's answer. Raises Refused and Unmodelled."""
    segments = segments_of(path_of(request))
    if not is_instances(segments) or request.method not in {"GET", "HEAD"}:
        raise Unmodelled(f"{request.method} {path_of(request)} of global discovery")
    exchange.operation = OPERATION
    caller = discovery_caller(exchange, request.headers.get("authorization", ""))
    body = answer(exchange.base, _instances(exchange, caller), segments[3], dict(request.query_params))
    return Response(status_code=404) if body is None else answered(body, **{"OData-Version": "4.0"})


def _instances(exchange: Exchange, caller: Caller) -> list[dict[str, Any]]:
    """What a person is told of: the instances of this discovery's part of the world in which they are an enabled user.

    Being an administrator of the tenant shows nobody anything here (powerapps-docs, discovery service).
    """
    found = [each.database for each in environments_of(caller.tenant)]
    return [
        shapes.instance(exchange, each, is_administrator=is_system_administrator(each, caller))
        for each in found
        if each is not None and _is_here(exchange, each) and is_user(each, caller)
    ]


def _is_here(exchange: Exchange, organisation: Organisation) -> bool:
    """`globaldisco.crm.dynamics.com` covers the commercial regions; every other host covers its own domain alone."""
    domain = exchange.host.removeprefix("globaldisco.")
    host = organisation_host(organisation.host).partition(".")[2]
    if domain == "crm.dynamics.com":
        return host.endswith(".dynamics.com") and organisation.region != _GCC
    return host == domain


def answer(base: str, items: list[dict[str, Any]], segment: str, options: Mapping[str, str]) -> dict[str, Any] | None:
    """The body for `Instances`, `Instances(<id>)`, `Instances(UniqueName='…')`, and `Instances(Region=…)`: a list too.

    None where there is no such one. Raises Unmodelled for other options, for unknown members and for a `$filter`
    that is more than comparisons joined by `and`.
    """
    if unknown := sorted(name for name in options if name.startswith("$") and name not in _OPTIONS):
        raise Unmodelled(f"the option {unknown[0]} of global discovery")
    chosen = [name.strip() for name in options.get("$select", "").split(",") if name.strip()]
    _refuse_unknown(chosen)
    context = f"{base}/api/discovery/v2.0/$metadata#Instances"
    matches = _filter(options.get("$filter", ""))
    key = _KEY.fullmatch(unquote(segment))
    if key is None and segment.lower() != "instances":
        raise Unmodelled(f"the key {segment!r} of global discovery")
    if key is not None:
        name, value = (key["name"] or "Id").lower(), key["value"].lower()
        if name in _KEYS:
            found = next((item for item in items if _text(item, name) == value), None)
            return None if found is None else {"@odata.context": f"{context}/$entity", **_picked(found, chosen)}
        if name != "region":
            raise Unmodelled(f"the key {key['name']} of global discovery")
        items = [item for item in items if _text(item, name) == value]
    return {"@odata.context": context, "value": [_picked(item, chosen) for item in items if matches(item)]}


def _filter(text: str) -> Callable[[dict[str, Any]], bool]:
    if not text.strip():
        return lambda _item: True
    conditions = [_condition(part, text) for part in re.split(r"\s+and\s+", text)]
    return lambda item: all(holds(item) for holds in conditions)


def _condition(part: str, text: str) -> Callable[[dict[str, Any]], bool]:
    if called := _CALL.fullmatch(part):
        _refuse_unknown([called["name"]])
        name, value, function = called["name"].lower(), _unquoted(called["text"]), _FUNCTIONS[called["function"]]
        return lambda item: function(_text(item, name) or "", value)
    comparison = _COMPARISON.fullmatch(part)
    if comparison is None:
        raise Unmodelled(f"the filter {text!r} of global discovery")
    _refuse_unknown([comparison["name"]])
    name, is_equal = comparison["name"].lower(), comparison["operator"] == "eq"
    value = comparison["bare"].lower() if comparison["text"] is None else _unquoted(comparison["text"])
    return lambda item: (_text(item, name) == value) is is_equal


def _unquoted(text: str) -> str:
    return text.replace("''", "'").lower()


def _refuse_unknown(names: list[str]) -> None:
    for name in names:
        if name.lower() not in shapes.INSTANCE_MEMBERS:
            raise Unmodelled(f"the member {name} of an instance, in global discovery,")


def _text(item: Mapping[str, Any], name: str) -> str | None:
    """A member's value for comparing, whatever the case of its name; null is spelt as OData spells it."""
    for member, value in item.items():
        if member.lower() == name:
            return "null" if value is None else str(value).lower()
    return None


def _picked(item: dict[str, Any], names: list[str]) -> dict[str, Any]:
    wanted = {name.lower() for name in names}
    return {name: value for name, value in item.items() if not wanted or name.lower() in wanted}
