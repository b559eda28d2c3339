"""Global discovery: the organisations of the person who asks, as OData with a few of its options."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from mock_services.errors import Unmodelled

_KEY = re.compile(r"instances\((?:(?P<name>[a-z]+)=)?(?P<quote>'?)(?P<value>[^']+)(?P=quote)\)", re.IGNORECASE)
_COMPARISON = re.compile(r"\s*(?P<name>\w+)\s+eq\s+(?:'(?P<text>(?:[^']|'')*)'|(?P<bare>[\w-]+))\s*")
_OPTIONS = frozenset({"$select", "$filter"})


def answer(base: str, items: list[dict[str, Any]], segment: str, options: Mapping[str, str]) -> dict[str, Any] | None:
    """The body for `Instances`, `Instances(<id>)` or `Instances(UniqueName='…')`; None where there is no such one.

    Raises Unmodelled for other options and for a `$filter` that is more than equalities joined by `and`.
    """
    if unknown := sorted(name for name in options if name not in _OPTIONS):
        raise Unmodelled(f"the option {unknown[0]} of global discovery")
    chosen = [name.strip() for name in options.get("$select", "").split(",") if name.strip()]
    context = f"{base}/api/discovery/v2.0/$metadata#Instances"
    key = _KEY.fullmatch(unquote(segment))
    if key is not None:
        name = (key["name"] or "Id").lower()
        found = next((item for item in items if _text(item, name) == key["value"].lower()), None)
        if found is None:
            return None
        return {"@odata.context": f"{context}/$entity", **_picked(found, chosen)}
    matches = _filter(options.get("$filter", ""))
    return {"@odata.context": context, "value": [_picked(item, chosen) for item in items if matches(item)]}


def _filter(text: str) -> Callable[[dict[str, Any]], bool]:
    if not text.strip():
        return lambda _item: True
    wanted: list[tuple[str, str]] = []
    for part in re.split(r"\s+and\s+", text):
        comparison = _COMPARISON.fullmatch(part)
        if comparison is None:
            raise Unmodelled(f"the filter {text!r} of global discovery")
        value = comparison["bare"] if comparison["text"] is None else comparison["text"].replace("''", "'")
        wanted.append((comparison["name"].lower(), value.lower()))
    return lambda item: all(_text(item, name) == value for name, value in wanted)


def _text(item: Mapping[str, Any], name: str) -> str | None:
    """A member's value for comparing, whatever the case of its name; None where there is no such member."""
    return next((str(value).lower() for member, value in item.items() if member.lower() == name), None)


def _picked(item: dict[str, Any], names: list[str]) -> dict[str, Any]:
    wanted = {name.lower() for name in names}
    return {name: value for name, value in item.items() if not wanted or name.lower() in wanted}
