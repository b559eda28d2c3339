"""`$filter` text into the conditions of a query: odata-query's grammar, Dataverse's functions and lambdas around it."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

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
from mock_services.odata.model import Comparison, Condition, Constant, Group, Not, Path, Some, Value
from mock_services.odata.problems import BadQuery, TooManyConditions
from mock_services.odata.query_functions import FUNCTIONS, NAMESPACE

MOST_CONDITIONS = 500
_DEEPEST = 100
_LARGEST = 2**63 - 1
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_COMPARATORS: Mapping[type, str] = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"
}  # fmt: skip
_MIRRORED: Mapping[str, str] = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_LITERALS = (
    ast.Null, ast.Integer, ast.Float, ast.Boolean, ast.String, ast.Geography, ast.Date, ast.Time, ast.DateTime,
    ast.Duration, ast.GUID, ast.List,
)  # fmt: skip
_NO_SIGNATURE = "No function signature for the function with name '{}' matches the specified arguments."
_PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
_CALL = re.compile(re.escape(NAMESPACE) + r"(\w+)\s*\(")
_STAND_IN = "crmfunction"
_MISREAD = re.compile(r"(?<![\w.@])(?:any|all|null|true|false)(?=\w)", re.IGNORECASE)
"""Beginnings of names that the grammar would take for words of its own: `allotmenttype`."""
_MARK = "crmname_"


def read_filter(text: str, aliases: Mapping[str, str] | None = None) -> Condition:
    """The condition of a `$filter`. `aliases` are the values of `@p1` and the like.

    Raises BadQuery (TooManyConditions) and Unmodelled.
    """
    bare, functions = _lift_functions(_substitute(text.strip(), aliases or {}))
    return _Reader(functions).condition(parse(bare), 0)


@lru_cache(maxsize=512)
def parse(text: str) -> Any:
    """The syntax tree of a `$filter`. Raises BadQuery."""
    _refuse_early(text)
    spaced = _outside_quotes(text, lambda part: _MISREAD.sub(rf"{_MARK}\g<0>", re.sub(r"\bnot\(", "not (", part)))
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
    except (ODataException, AttributeError, TypeError, RecursionError):
        # The grammar's own actions take some shapes for granted, and recurse along a path.
        raise BadQuery(f"Syntax error at position {len(text)} in '{text}'.") from None


def _refuse_early(text: str) -> None:
    """What the grammar would misread."""
    if text.count("'") % 2:
        raise BadQuery(f"There is an unterminated literal at position {len(text)} in '{text}'.")
    if old := re.search(r"\bguid'[^']*'", text):
        raise BadQuery(f"Unrecognized 'Edm.String' literal '{old[0]}' at '{old.start()}' in '{text}'.")
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


def _lift_functions(text: str) -> tuple[str, list[Comparison]]:
    """Dataverse's query functions, each replaced by a name that the grammar can read: their arguments it cannot."""
    parts: list[str] = []
    lifted: list[Comparison] = []
    position = start = 0
    while hit := _CALL.search(text, start):
        if _is_quoted(text[position : hit.start()]):
            start = hit.end()
            continue
        end = _closing(text, hit.end())
        lifted.append(_query_function(hit[1], text[hit.end() : end], text))
        parts += [text[position : hit.start()], f"{_STAND_IN}{len(lifted) - 1}"]
        position = start = end + 1
    return "".join([*parts, text[position:]]), lifted


def _is_quoted(before: str) -> bool:
    """Whether what follows this text, which begins outside quotes, stands in quotes."""
    return before.count("'") % 2 == 1


def _closing(text: str, start: int) -> int:
    """Where the bracket that was opened before `start` closes; quotes of both kinds hide brackets. Raises BadQuery."""
    quote, depth = "", 1
    for position in range(start, len(text)):
        character = text[position]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if not depth:
                return position
    raise BadQuery(f"Found an unbalanced bracket expression in '{text}'.")


def _query_function(name: str, arguments: str, text: str) -> Comparison:
    function = FUNCTIONS.get(name)
    if function is None:
        raise BadQuery(
            f"An unknown function with name '{NAMESPACE}{name}' was found. This may also be a function import or a key"
            " lookup on a navigation property, which is not allowed."
        )
    given = dict(_argument(part, text) for part in _split(arguments))
    expected = {"PropertyName", *function.parameters}
    if set(given) != expected or not isinstance(given["PropertyName"], str):
        raise BadQuery(_NO_SIGNATURE.format(NAMESPACE + name))
    values = [given[parameter] for parameter in function.parameters]
    listed = values[0] if function.parameters == ("PropertyValues",) else values
    if not isinstance(listed, list):
        raise BadQuery(_NO_SIGNATURE.format(NAMESPACE + name))
    return Comparison((given["PropertyName"],), function.operator, tuple(Value("untyped", str(v)) for v in listed))


def _split(arguments: str) -> list[str]:
    parts, quote, depth, start = [], "", 0, 0
    for position, character in enumerate(arguments):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
        elif character == "," and not depth:
            parts.append(arguments[start:position])
            start = position + 1
    last = arguments[start:]
    return [*parts, last] if last.strip() else parts


def _argument(part: str, text: str) -> tuple[str, Any]:
    name, equals, value = part.partition("=")
    value = value.strip()
    if not equals:
        raise BadQuery(f"Syntax error at position {text.find(part)} in '{text}'.")
    if value.startswith("["):
        return name.strip(), _list(value)
    if value.startswith("'") and value.endswith("'") and len(value) > 1:
        return name.strip(), value[1:-1].replace("''", "'")
    return name.strip(), value


def _list(text: str) -> list[str]:
    """`["a","b"]`, or the same in single quotes. Raises BadQuery in the words that Dataverse has for it."""
    try:
        found = json.loads(text)
    except ValueError:
        inside = text[1:-1] if text.endswith("]") else text[1:]
        quoted = re.fullmatch(r"\s*(?:'(?:[^']|'')*'\s*(?:,\s*'(?:[^']|'')*'\s*)*)?", inside)
        if quoted is None:
            raise BadQuery(
                "Invalid JSON. A comma character ',' was expected in scope 'Array'. Every two elements in an array and"
                " properties of an object must be separated by commas."
            ) from None
        return [part[1:-1].replace("''", "'") for part in _QUOTED.findall(inside)]
    if not isinstance(found, list):
        raise BadQuery("Invalid JSON. An array was expected.")
    return [str(each) for each in found]


class _Reader:
    """A syntax tree into conditions; `functions` are those that were lifted out of the text."""

    def __init__(self, functions: list[Comparison]) -> None:
        self._functions = functions
        self._ranges: dict[str, None] = {}

    def condition(self, node: Any, depth: int) -> Condition:
        """One node of the tree."""
        if depth > _DEEPEST:
            raise BadQuery("The recursion limit has been exceeded.")
        if isinstance(node, ast.Boolean):
            return Constant(bool(node.py_val))
        if isinstance(node, (ast.Identifier, ast.Attribute)):
            return self._named(node)
        readers: Mapping[type, Callable[[Any, int], Condition]] = {
            ast.BoolOp: self._chain, ast.UnaryOp: self._not, ast.Compare: self._compare, ast.Call: self._match,
            ast.CollectionLambda: self._some,
        }  # fmt: skip
        if type(node) in readers:
            return readers[type(node)](node, depth)
        raise BadQuery("The $filter expression must evaluate to a single boolean value.")

    def _named(self, node: Any) -> Condition:
        path = self._path(node)
        if (lifted := self._lifted(path)) is not None:
            return lifted
        return Comparison(path, "is-true")

    def _lifted(self, path: Path) -> Comparison | None:
        """A function that stands at the end of a path: its column lies where the path leads."""
        if not path[-1].startswith(_STAND_IN) or not path[-1][len(_STAND_IN) :].isdigit():
            return None
        number = int(path[-1][len(_STAND_IN) :])
        if number >= len(self._functions):
            return None
        found = self._functions[number]
        return Comparison((*path[:-1], *found.path), found.operator, found.values)

    def _not(self, node: Any, depth: int) -> Condition:
        if not isinstance(node.op, ast.Not):
            raise Unmodelled("arithmetic in a $filter")
        if isinstance(node.operand, (ast.Identifier, ast.Attribute)) and self._lifted(self._path(node.operand)):
            raise BadQuery("Not operator along with the Custom Named Condition operators is not allowed")
        return Not(self.condition(node.operand, depth + 1))

    def _chain(self, node: Any, depth: int) -> Condition:
        """`a and b and c` leans left in the tree, however long: walked without recursion."""
        kind, parts = type(node.op), []
        while isinstance(node, ast.BoolOp) and isinstance(node.op, kind):
            parts.append(node.right)
            node = node.left
            if len(parts) >= MOST_CONDITIONS:
                raise TooManyConditions
        return Group(kind is not ast.And, tuple(self.condition(part, depth + 1) for part in (node, *reversed(parts))))

    def _some(self, node: Any, depth: int) -> Condition:
        path = self._path(node.owner)
        if node.lambda_ is None:
            return Some(path, None)
        name = _name(node.lambda_.identifier)
        self._ranges[name] = None
        inner = self.condition(node.lambda_.expression, depth + 1)
        del self._ranges[name]
        return Some(path, inner, every=isinstance(node.operator, ast.All))

    def _compare(self, node: Any, depth: int) -> Condition:
        operator = _COMPARATORS.get(type(node.comparator))
        if operator is None:
            raise BadQuery("The 'in' operator is not supported in $filter.")
        left, right = node.left, node.right
        if isinstance(left, _LITERALS) and not isinstance(right, _LITERALS):
            left, right, operator = right, left, _MIRRORED.get(operator, operator)
        if isinstance(right, ast.Boolean) and isinstance(
            left, (ast.Call, ast.Compare, ast.BoolOp, ast.CollectionLambda)
        ):
            inner = self.condition(left, depth + 1)
            return inner if right.py_val is (operator == "eq") else Not(inner)
        if not isinstance(left, (ast.Identifier, ast.Attribute)):
            raise Unmodelled("a $filter that compares anything but columns and literals")
        path = self._path(left)
        if isinstance(right, (ast.Identifier, ast.Attribute)):
            return Comparison(path, operator, other=self._path(right))
        return Comparison(path, operator, (literal(right),))

    def _match(self, node: Any, _depth: int) -> Condition:
        """`contains`, `startswith` and `endswith`, wildcards being wildcards there too."""
        name = _name(node.func).lower()
        if name not in _PATTERNS:
            raise Unmodelled(f"the $filter function {name}")
        column, value = node.args
        if not isinstance(column, (ast.Identifier, ast.Attribute)) or not isinstance(value, ast.String):
            raise Unmodelled(f"{name} of anything but a column and a text")
        return Comparison(self._path(column), "like", (Value("text", _PATTERNS[name].format(value.val)),))

    def _path(self, node: Any) -> Path:
        """The names of a path, without the variable of the lambda that it begins with."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr.removeprefix(_MARK))
            node = node.owner
        if not isinstance(node, ast.Identifier) or len(names) > 10:
            raise Unmodelled("a $filter on the properties of anything but a column")
        first = _name(node)
        if first in self._ranges and names:
            if first != list(self._ranges)[-1]:
                raise Unmodelled("a lambda that speaks of an outer one's variable")
            return tuple(reversed(names))
        return (first, *reversed(names))


def _name(identifier: Any) -> str:
    return ".".join((*identifier.namespace, identifier.name)).removeprefix(_MARK)


def literal(node: Any) -> Value:
    """A literal with its kind. Raises BadQuery for one that cannot be."""
    if isinstance(node, ast.Null):
        return Value("null", None)
    if isinstance(node, ast.Boolean):
        return Value("bool", bool(node.py_val))
    if isinstance(node, (ast.Integer, ast.Float)):
        value = node.py_val if len(node.val) < 400 else float("inf")
        if abs(value) > _LARGEST:
            raise BadQuery(f"Unrecognized 'Edm.Int64' literal '{node.val}'.")
        return Value("number", value)
    if isinstance(node, ast.GUID):
        return Value("guid", node.val.lower())
    if isinstance(node, ast.String):
        return Value("text", node.val)
    if isinstance(node, (ast.DateTime, ast.Date)):
        return Value("instant" if isinstance(node, ast.DateTime) else "date", _moment(node))
    raise Unmodelled("a literal of this kind in a $filter")


def _moment(node: Any) -> datetime:
    try:
        if isinstance(node, ast.DateTime):
            moment = datetime.fromisoformat(node.val)
        else:
            day = date.fromisoformat(node.val)
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadQuery(f"Unrecognized 'Edm.DateTimeOffset' literal '{node.val}'.") from None
