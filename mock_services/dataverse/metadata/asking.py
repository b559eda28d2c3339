"""The query options of metadata requests, answered over the objects in memory: `$select`, `$filter`, `$expand`."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import bad_query, refused
from mock_services.dataverse.metadata.definitions import base_members
from mock_services.dataverse.refusals import metadata as rows
from mock_services.errors import Unmodelled
from mock_services.odata.filters import read_filter
from mock_services.odata.model import Comparison, Condition, Constant, Group, Not
from mock_services.odata.options import Expansion, read_expand, read_select
from mock_services.odata.problems import BadQuery, UnknownProperty

Members = dict[str, Any]
Parts = Callable[[str], Any]
"""What a navigation property of an object leads to: a list, one object, or None. Raises KeyError."""
_OPTIONS = {"$select", "$filter", "$expand", "$count", "LabelLanguages"}
_TYPES = {
    "Attributes": "AttributeMetadata",
    "Keys": "EntityKeyMetadata",
    "OneToManyRelationships": "OneToManyRelationshipMetadata",
    "ManyToOneRelationships": "OneToManyRelationshipMetadata",
    "ManyToManyRelationships": "ManyToManyRelationshipMetadata",
}
_ENUM = re.compile(r"Microsoft\.Dynamics\.CRM\.\w+'([^']*)'")
_QUOTED = re.compile("'[^']*'")
_FUNCTION = re.compile(r"\b(startswith|endswith|contains|substring|tolower|toupper)\s*\(")
_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: bool(a == b), "ne": lambda a, b: bool(a != b), "gt": lambda a, b: a is not None and a > b,
    "ge": lambda a, b: a is not None and a >= b, "lt": lambda a, b: a is not None and a < b,
    "le": lambda a, b: a is not None and a <= b,
}  # fmt: skip


def check_options(call: Call) -> None:
    """Refuse what metadata does not take: it is not paged, and cannot be ordered. Raises Refusal."""
    for name, _ in call.query:
        if not name.startswith("@") and name not in _OPTIONS:
            raise bad_query(f"The query parameter {name} is not supported")


def selected(given: Mapping[str, str]) -> str:
    """`(LogicalName)` for a context, empty without a `$select`."""
    return f"({given['$select']})" if given.get("$select") else ""


def filtered(objects: Iterable[Members], text: str, type_name: str) -> list[Members]:
    """The objects for which a `$filter` holds. Definitions take no functions of strings. Raises Refusal, Unmodelled."""
    if function := _FUNCTION.search(_QUOTED.sub("''", text)):
        raise refused(rows.FUNCTION_REFUSED, name=function[1])
    try:
        condition = read_filter(_ENUM.sub(lambda hit: f"'{hit[1]}'", text))
        return [each for each in objects if _holds(condition, each, type_name)]
    except BadQuery as problem:
        raise bad_query(problem.sentence) from None


def _holds(condition: Condition, each: Members, type_name: str) -> bool:
    if isinstance(condition, Group):
        parts = (_holds(part, each, type_name) for part in condition.parts)
        return any(parts) if condition.is_or else all(parts)
    if isinstance(condition, Not):
        return not _holds(condition.part, each, type_name)
    if isinstance(condition, Constant):
        return condition.value
    if not isinstance(condition, Comparison) or condition.other is not None:
        raise Unmodelled("a $filter on metadata with any() or all(), or between properties")
    value = _value(each, condition.path, type_name)
    if condition.operator == "is-true":
        return value is True
    wanted = condition.values[0].value
    if condition.operator not in _TESTS:
        raise Unmodelled(f"the operator {condition.operator} in a $filter on metadata")
    try:
        return _TESTS[condition.operator](value, wanted)
    except TypeError:
        raise BadQuery("A binary operator with incompatible types was detected.") from None


def _value(each: Members, path: tuple[str, ...], type_name: str) -> Any:
    value: Any = each
    _refuse_derived(path[0], type_name)
    for name in path:
        if not isinstance(value, dict) or name not in value:
            raise UnknownProperty(name, f"Microsoft.Dynamics.CRM.{type_name}")
        value = value[name]
    return value


def _refuse_derived(name: str, type_name: str) -> None:
    """A member that only one type of columns has takes a path that ends in that type. Raises UnknownProperty."""
    known = base_members(type_name)
    if known is not None and name not in known and name != "*":
        raise UnknownProperty(name, f"Microsoft.Dynamics.CRM.{type_name}")


def shaped(each: Members, given: Mapping[str, str], type_name: str, parts: Parts) -> Members:
    """An object with the members that `$select` names, its id always, and what `$expand` asks for. Raises Refusal."""
    try:
        made = _selected(each, given.get("$select", ""), type_name)
        for expansion in read_expand(given.get("$expand", "")):
            made[expansion.name] = _expanded(expansion, type_name, parts)
    except BadQuery as problem:
        raise bad_query(problem.sentence) from None
    return made


def _selected(each: Members, text: str, type_name: str) -> Members:
    if not text.strip():
        return dict(each)
    names = read_select(text)
    for name in names:
        _refuse_derived(name, type_name)
        if name not in each and name != "*":
            raise UnknownProperty(name, f"Microsoft.Dynamics.CRM.{type_name}")
    if "*" in names:
        return dict(each)
    kept = {"@odata.type", "MetadataId", *names}
    return {name: value for name, value in each.items() if name in kept}


def _expanded(expansion: Expansion, type_name: str, parts: Parts) -> Any:
    try:
        found = parts(expansion.name)
    except KeyError:
        raise UnknownProperty(expansion.name, f"Microsoft.Dynamics.CRM.{type_name}") from None
    unknown = set(expansion.options) - {"$select", "$filter", "$expand"}
    if unknown:
        raise BadQuery(f"Term '{expansion.name}({min(unknown)})' is not valid in a $select or $expand expression.")
    inner = {name: expansion.options.get(name, "") for name in ("$select", "$expand")}
    if isinstance(found, list):
        inside = _TYPES.get(expansion.name, expansion.name)
        if "$filter" in expansion.options:
            found = filtered(found, expansion.options["$filter"], inside)
        return [shaped(one, inner, inside, _nothing) for one in found]
    if found is None:
        return None
    if inner["$select"]:
        names = read_select(inner["$select"])
        return {name: value for name, value in found.items() if name in (*names, "MetadataId")}
    return found


def _nothing(name: str) -> Any:
    raise KeyError(name)
