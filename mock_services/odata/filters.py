"""`$filter` text into a syntax tree (odata-query's grammar) and the tree into SQL over a service's own columns.

A comparison is true or false, never unknown: what has no value is equal to nothing but null, and different from
everything else. That is how Dataverse answers `ne` (rows without a value are among the answers).
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

import sqlalchemy as sa
from odata_query import ast
from odata_query.exceptions import (
    ArgumentCountException,
    ODataException,
    ParsingException,
    TokenizingException,
    UnknownFunctionException,
)
from odata_query.grammar import ODataLexer, ODataParser

from mock_services.errors import Unmodelled
from mock_services.odata.problems import BadQuery, TooManyConditions

MOST_CONDITIONS = 500
_DEEPEST = 100
_LARGEST = 2**63 - 1
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_KINDS = {
    "text": "Edm.String", "number": "Edm.Int32", "bool": "Edm.Boolean", "guid": "Edm.Guid",
    "instant": "Edm.DateTimeOffset", "date": "Edm.Date",
}  # fmt: skip
_OPERATORS: Mapping[type, str] = {
    ast.Eq: "Equal", ast.NotEq: "NotEqual", ast.Lt: "LessThan", ast.LtE: "LessThanOrEqual",
    ast.Gt: "GreaterThan", ast.GtE: "GreaterThanOrEqual",
}  # fmt: skip
_LITERALS = (
    ast.Null, ast.Integer, ast.Float, ast.Boolean, ast.String, ast.Geography, ast.Date, ast.Time, ast.DateTime,
    ast.Duration, ast.GUID, ast.List,
)  # fmt: skip
_COMPARISONS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_MIRRORED: Mapping[type, type] = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_NO_SIGNATURE = "No function signature for the function with name '{}' matches the specified arguments."
_PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}


@dataclass(frozen=True)
class Operand:
    """A column as SQL sees it, and what kind of value it holds: text number bool guid instant or date."""

    expression: sa.ColumnElement[Any]
    kind: str


class Resolver(Protocol):
    """How a service finds the column behind a property path."""

    def operand(self, path: tuple[str, ...]) -> Operand:
        """The column of a path such as `("primarycontactid", "fullname")`. Raises UnknownProperty."""


def where(text: str, resolver: Resolver, aliases: Mapping[str, str] | None = None) -> sa.ColumnElement[bool]:
    """The SQL condition of a `$filter`. `aliases` are the values of `@p1` and the like.

    Raises BadQuery (UnknownProperty, TooManyConditions) and Unmodelled.
    """
    return _condition(parse(_substitute(text.strip(), aliases or {})), resolver, 0)


@lru_cache(maxsize=512)
def parse(text: str) -> Any:
    """The syntax tree of a `$filter`. Raises BadQuery and Unmodelled."""
    _refuse_early(text)
    spaced = _outside_quotes(text, lambda part: re.sub(r"\bnot\(", "not (", part))
    try:
        return ODataParser().parse(ODataLexer().tokenize(spaced))
    except UnknownFunctionException as problem:
        raise BadQuery(
            f"An unknown function with name '{problem.function_name}' was found. This may also be a function import or"
            " a key lookup on a navigation property, which is not allowed."
        ) from None
    except ArgumentCountException as problem:
        raise BadQuery(_NO_SIGNATURE.format(problem.function_name)) from None
    except (TokenizingException, ParsingException) as problem:
        position = problem.token.index if problem.token is not None else len(text)
        raise BadQuery(f"Syntax error at position {position} in '{text}'.") from None
    except ODataException as problem:
        raise BadQuery(f"Syntax error: {problem} in '{text}'.") from None


def _refuse_early(text: str) -> None:
    """What the grammar would misread, and the families of functions that are not modelled."""
    bare = _QUOTED.sub("''", text)
    if text.count("'") % 2:
        raise BadQuery(f"There is an unterminated literal at position {len(text)} in '{text}'.")
    if old := re.search(r"\bguid'[^']*'", text):
        raise BadQuery(f"Unrecognized 'Edm.String' literal '{old[0]}' at '{old.start()}' in '{text}'.")
    if "Microsoft.Dynamics.CRM." in bare:
        raise Unmodelled("a $filter with the Microsoft.Dynamics.CRM query functions")
    if re.search(r"/(?:any|all)\s*\(", bare):
        raise Unmodelled("a $filter with any() or all()")
    if "\x00" in text:
        raise BadQuery(f"Syntax error at position {text.index(chr(0))} in '{text}'.")


def _outside_quotes(text: str, change: Callable[[str], str]) -> str:
    parts, last = [], 0
    for quoted in _QUOTED.finditer(text):
        parts += [change(text[last : quoted.start()]), quoted[0]]
        last = quoted.end()
    return "".join([*parts, change(text[last:])])


def _substitute(text: str, aliases: Mapping[str, str]) -> str:
    if not aliases or "@" not in text:
        return text
    return _outside_quotes(text, lambda part: re.sub(r"@\w+", lambda hit: aliases.get(hit[0], "null"), part))


def _condition(node: Any, resolver: Resolver, depth: int) -> sa.ColumnElement[bool]:
    if depth > _DEEPEST:
        raise BadQuery("The recursion limit has been exceeded.")
    if isinstance(node, ast.BoolOp):
        return _chain(node, resolver, depth)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ~sa.func.coalesce(_condition(node.operand, resolver, depth + 1), sa.false())
    if isinstance(node, ast.Compare):
        return _compare(node, resolver, depth)
    if isinstance(node, ast.Call):
        return _match(node, resolver)
    if isinstance(node, ast.Boolean):
        return sa.true() if node.py_val else sa.false()
    if isinstance(node, (ast.Identifier, ast.Attribute)):
        operand = resolver.operand(_path(node))
        if operand.kind == "bool":
            return operand.expression == sa.true()
    raise BadQuery("The $filter expression must evaluate to a single boolean value.")


def _chain(node: Any, resolver: Resolver, depth: int) -> sa.ColumnElement[bool]:
    """`a and b and c` leans left in the tree, however long: walked without recursion."""
    kind, parts = type(node.op), []
    while isinstance(node, ast.BoolOp) and isinstance(node.op, kind):
        parts.append(node.right)
        node = node.left
        if len(parts) >= MOST_CONDITIONS:
            raise TooManyConditions
    conditions = [_condition(part, resolver, depth + 1) for part in (node, *reversed(parts))]
    return sa.and_(*conditions) if kind is ast.And else sa.or_(*conditions)


def _compare(node: Any, resolver: Resolver, depth: int) -> sa.ColumnElement[bool]:
    if type(node.comparator) not in _OPERATORS:
        raise BadQuery("The 'in' operator is not supported in $filter.")
    left, comparator, right = _column_first(node)
    if isinstance(left, (ast.Call, ast.Compare, ast.BoolOp)) and isinstance(right, ast.Boolean):
        same = right.py_val is (comparator is ast.Eq)
        condition = _condition(left, resolver, depth + 1)
        return condition if same else ~sa.func.coalesce(condition, sa.false())
    if not isinstance(left, (ast.Identifier, ast.Attribute)):
        raise Unmodelled("a $filter that compares anything but columns and literals")
    operand = resolver.operand(_path(left))
    if isinstance(right, (ast.Identifier, ast.Attribute)):
        return _compare_columns(comparator, operand, resolver.operand(_path(right)))
    if isinstance(right, ast.Null):
        return _compare_null(comparator, operand)
    return _compare_literal(comparator, operand, right)


def _column_first(node: Any) -> tuple[Any, type, Any]:
    """A comparison with its literal on the right: `5 lt x` is `x gt 5`."""
    comparator: type = type(node.comparator)
    if isinstance(node.left, _LITERALS) and not isinstance(node.right, _LITERALS):
        return node.right, _MIRRORED.get(comparator, comparator), node.left
    return node.left, comparator, node.right


def _path(node: Any) -> tuple[str, ...]:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.owner
    if not isinstance(node, ast.Identifier) or len(names) > 10:
        raise Unmodelled("a $filter on the properties of anything but a column")
    return (_name(node), *reversed(names))


def _name(identifier: Any) -> str:
    return ".".join((*identifier.namespace, identifier.name))


def _compare_columns(comparator: type, left: Operand, right: Operand) -> sa.ColumnElement[bool]:
    if left.kind != right.kind:
        raise _incompatible(left.kind, right.kind, comparator)
    if comparator is ast.NotEq:
        return left.expression.is_distinct_from(right.expression)
    return _sql(comparator, left.expression, right.expression)


def _compare_null(comparator: type, operand: Operand) -> sa.ColumnElement[bool]:
    if comparator is ast.Eq:
        return operand.expression.is_(None)
    return operand.expression.is_not(None) if comparator is ast.NotEq else sa.false()


def _compare_literal(comparator: type, operand: Operand, literal: Any) -> sa.ColumnElement[bool]:
    value = _value(operand.kind, literal, comparator)
    if isinstance(value, _Never):
        return sa.false() if comparator is ast.Eq else sa.true()
    if comparator is ast.NotEq:
        return sa.or_(operand.expression != value, operand.expression.is_(None))
    return _sql(comparator, operand.expression, value)


def _sql(comparator: type, left: sa.ColumnElement[Any], right: Any) -> sa.ColumnElement[bool]:
    condition: sa.ColumnElement[bool] = _COMPARISONS[comparator](left, right)
    return condition


class _Never:
    """A literal that no column can equal: an instant between two seconds."""


def _value(kind: str, literal: Any, comparator: type) -> Any:
    """The literal as the column keeps its values. Raises BadQuery for a literal of another type."""
    if isinstance(literal, ast.Boolean) and kind == "bool":
        return literal.py_val
    if isinstance(literal, (ast.Integer, ast.Float)) and kind == "number":
        return _number(literal)
    if isinstance(literal, ast.GUID) and kind == "guid":
        return literal.val.lower()
    if isinstance(literal, ast.String):
        if kind == "text":
            return literal.val
        if kind == "guid":  # tolerated in practice, though the grammar wants them bare
            return literal.val.strip("{}").lower()
    if isinstance(literal, (ast.DateTime, ast.Date)) and kind in ("instant", "date"):
        return _instant(kind, literal, comparator)
    raise _incompatible(kind, _literal_kind(literal), comparator)


def _number(literal: Any) -> int | float:
    value = literal.py_val if len(literal.val) < 400 else float("inf")
    if abs(value) > _LARGEST:
        raise BadQuery(f"Unrecognized 'Edm.Int64' literal '{literal.val}'.")
    return value


def _instant(kind: str, literal: Any, comparator: type) -> Any:
    try:
        moment = datetime.fromisoformat(literal.val) if isinstance(literal, ast.DateTime) else _midnight(literal.val)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadQuery(f"Unrecognized 'Edm.DateTimeOffset' literal '{literal.val}'.") from None
    if kind == "date":
        return moment.date().isoformat()
    if moment.microsecond:
        if comparator in (ast.Eq, ast.NotEq):
            return _Never()
        if comparator in (ast.GtE, ast.Lt):
            moment = moment.replace(microsecond=0) + timedelta(seconds=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _midnight(text: str) -> datetime:
    day = date.fromisoformat(text)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _literal_kind(literal: Any) -> str:
    names = {
        ast.String: "text", ast.Integer: "number", ast.Float: "number", ast.Boolean: "bool", ast.GUID: "guid",
        ast.DateTime: "instant", ast.Date: "date",
    }  # fmt: skip
    return names.get(type(literal), "text")


def _incompatible(left: str, right: str, comparator: type) -> BadQuery:
    return BadQuery(
        "A binary operator with incompatible types was detected. Found operand types"
        f" '{_KINDS[left]}' and '{_KINDS[right]}' for operator kind '{_OPERATORS[comparator]}'."
    )


def _match(node: Any, resolver: Resolver) -> sa.ColumnElement[bool]:
    """`contains`, `startswith` and `endswith`: LIKE, without regard to case, `%` and `_` being wildcards there too."""
    name = _name(node.func).lower()
    if name not in _PATTERNS:
        raise Unmodelled(f"the $filter function {name}")
    column, value = node.args
    if not isinstance(column, (ast.Identifier, ast.Attribute)) or not isinstance(value, ast.String):
        raise Unmodelled(f"{name} of anything but a column and a text")
    operand = resolver.operand(_path(column))
    if operand.kind != "text":
        raise BadQuery(_NO_SIGNATURE.format(name))
    if "[" in value.val:
        raise Unmodelled("a set of characters ([…]) as a wildcard in a $filter")
    return operand.expression.like(_PATTERNS[name].format(value.val))
