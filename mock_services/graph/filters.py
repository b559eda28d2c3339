"""Graph's `$filter`: the clauses the directory takes, each member with its own operators, evaluated over documents.

Strings compare without regard to case. A clause the directory does not take is refused before anything is read.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mock_services.graph import facts
from mock_services.graph.errors import Refused
from mock_services.graph.refusals import queries

if TYPE_CHECKING:
    from odata_query import ast

Document = dict[str, Any]
Condition = Callable[[Document], bool]

_QUOTED = re.compile(r"'(?:[^']|'')*'")
_FUNCTION = re.compile(r"\b(startswith|endswith|contains|any|all|in|not|and|or|eq|ne|gt|ge|lt|le)\b", re.IGNORECASE)
_ONE_IN_LIST = re.compile(r"\bin\s*\(\s*('(?:[^']|'')*')\s*\)")
_KINDS = {"text": "Edm.String", "bool": "Edm.Boolean", "instant": "Edm.DateTimeOffset", "guid": "Edm.Guid"}
_NAMES = {"Eq": "eq", "NotEq": "ne", "Lt": "lt", "LtE": "le", "Gt": "gt", "GtE": "ge", "In": "in"}
_LONG_NAMES = {
    "eq": "Equal", "ne": "NotEqual", "lt": "LessThan", "le": "LessThanOrEqual", "gt": "GreaterThan",
    "ge": "GreaterThanOrEqual", "in": "In",
}  # fmt: skip
_LONGEST = 8_000
_DEEPEST = 100


@dataclass(frozen=True)
class Filterable:
    """What may be asked of one member: always, and with an advanced query's parameters besides."""

    operators: frozenset[str]
    advanced: frozenset[str] = frozenset()
    kind: str = "text"
    is_list: bool = False


def can(always: str, advanced: str = "", kind: str = "text", *, is_list: bool = False) -> Filterable:
    """A row of a filter table, operators separated by blanks."""
    return Filterable(frozenset(always.split()), frozenset(advanced.split()), kind, is_list)


@dataclass(frozen=True)
class _Reading:
    members: Mapping[str, Filterable]
    entity: str
    is_advanced: bool

    def member(self, node: Any, operator: str) -> tuple[str, Filterable]:
        """The member a clause is about, with leave to use the operator on it. Raises Refused."""
        from odata_query import ast

        if not isinstance(node, ast.Identifier) or node.namespace:
            raise Refused(queries.CLAUSE_UNSUPPORTED, member=_spelt(node), kind=self.entity)
        name = node.name
        member = self.members.get(name)
        if member is None:
            raise Refused(queries.CLAUSE_UNSUPPORTED, member=name, kind=self.entity)
        if operator in member.advanced and not self.is_advanced:
            spelling = {"endswith": "endsWith", "startswith": "startsWith"}.get(operator, operator)
            raise Refused(queries.NEEDS_ADVANCED, operator=spelling)
        if operator not in member.operators | member.advanced:
            raise Refused(queries.CLAUSE_UNSUPPORTED, member=name, kind=self.entity)
        return name, member


def compile_filter(text: str, members: Mapping[str, Filterable], entity: str, *, is_advanced: bool) -> Condition:
    """A `$filter` as a condition over documents. Raises Refused."""
    return _condition(_parse(text), _Reading(members, entity, is_advanced), 0)


def _parse(text: str) -> Any:
    # Imported on first use: the grammar costs a tenth of a second to load.
    from odata_query.exceptions import ODataException
    from odata_query.grammar import ODataLexer, ODataParser

    if len(text) > _LONGEST or "\x00" in text:
        raise Refused(queries.FILTER_TOO_LONG)
    try:
        return ODataParser().parse(ODataLexer().tokenize(_normal(text.strip())))
    except (ODataException, RecursionError, ValueError, TypeError, AttributeError):
        # The library trips over some malformed texts in its own ways; all of them are one refusal on the wire.
        raise Refused(queries.FILTER_UNREADABLE, text=text) from None


def _normal(text: str) -> str:
    """Function and operator names in lower case, and the two forms that the grammar misses, outside quotes."""
    parts, last = [], 0
    for quoted in _QUOTED.finditer(text):
        parts += [_plain(text[last : quoted.start()]), quoted[0]]
        last = quoted.end()
    whole = "".join([*parts, _plain(text[last:])])
    return _ONE_IN_LIST.sub(r"in (\1,\1)", whole)


def _plain(part: str) -> str:
    lowered = _FUNCTION.sub(lambda hit: hit[0].lower(), part)
    return re.sub(r"\bnot\(", "not (", lowered)


def _condition(node: Any, reading: _Reading, depth: int) -> Condition:  # noqa: PLR0911 - one way out a kind of node
    from odata_query import ast

    if depth > _DEEPEST:
        raise Refused(queries.FILTER_TOO_DEEP)
    if isinstance(node, ast.BoolOp):
        _check_alternatives(node)
        left = _condition(node.left, reading, depth + 1)
        right = _condition(node.right, reading, depth + 1)
        if isinstance(node.op, ast.And):
            return lambda document: left(document) and right(document)
        return lambda document: left(document) or right(document)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _negated(node, reading, depth)
    if isinstance(node, ast.Compare):
        return _compare(node, reading, depth)
    if isinstance(node, ast.Call):
        return _call(node, reading)
    if isinstance(node, ast.CollectionLambda):
        return _any(node, reading)
    if isinstance(node, ast.Identifier) and reading.members.get(node.name, can("")).kind == "bool":
        name, _ = reading.member(node, "eq")
        return lambda document: document[name] is True
    raise Refused(queries.FILTER_NOT_BOOLEAN)


def _check_alternatives(node: "ast.BoolOp") -> None:
    """Refuse a chain of `or` with too many clauses. Raises Refused."""
    from odata_query import ast

    chain: list[Any] = [node]
    count = 0
    while chain:
        each = chain.pop()
        if isinstance(each, ast.BoolOp) and isinstance(each.op, ast.Or):
            chain += [each.left, each.right]
        else:
            count += 1
    if count > facts.ALTERNATIVES_OF_FILTER:
        raise Refused(queries.ALTERNATIVES_TOO_MANY, count=count, limit=facts.ALTERNATIVES_OF_FILTER)


def _negated(node: "ast.UnaryOp", reading: _Reading, depth: int) -> Condition:
    if not reading.is_advanced:
        raise Refused(queries.NEEDS_ADVANCED, operator="not")
    inner = _condition(node.operand, reading, depth + 1)
    return lambda document: not inner(document)


def _compare(node: "ast.Compare", reading: _Reading, depth: int) -> Condition:
    from odata_query import ast

    operator = _NAMES[type(node.comparator).__name__]
    if isinstance(node.left, ast.Call) and isinstance(node.right, ast.Boolean) and operator in ("eq", "ne"):
        inner, wanted = _condition(node.left, reading, depth + 1), node.right.py_val is (operator == "eq")
        return lambda document: inner(document) is wanted
    name, member = reading.member(node.left, operator)
    if member.is_list:
        raise Refused(queries.CLAUSE_UNSUPPORTED, member=name, kind=reading.entity)
    if operator == "in":
        assert isinstance(node.right, ast.List)  # noqa: S101 - narrows the type: the grammar takes nothing else
        wanted_values = {_literal(each, member, "in") for each in node.right.val}
        return lambda document: _comparable(document[name], member) in wanted_values
    value = _literal(node.right, member, operator)
    return lambda document: _holds(operator, _comparable(document[name], member), value)


def _holds(operator: str, held: Any, value: Any) -> bool:
    if operator == "eq":
        return bool(held == value)
    if operator == "ne":
        return bool(held != value)
    if held is None or value is None:
        return False
    outcomes = {"lt": held < value, "le": held <= value, "gt": held > value, "ge": held >= value}
    return bool(outcomes[operator])


def _call(node: "ast.Call", reading: _Reading) -> Condition:
    from odata_query import ast

    function = node.func.name
    if function not in ("startswith", "endswith", "contains") or len(node.args) != 2:
        raise Refused(queries.CLAUSE_UNSUPPORTED, member=function, kind=reading.entity)
    name, _ = reading.member(node.args[0], function)
    if not isinstance(node.args[1], ast.String):
        raise Refused(queries.FILTER_ARGUMENTS_WRONG, function=function)
    text = node.args[1].val
    return lambda document: _matches(function, document[name], text)


def _matches(function: str, held: Any, text: str) -> bool:
    if not isinstance(held, str):
        return False
    whole, part = held.casefold(), text.casefold()
    return {"startswith": whole.startswith(part), "endswith": whole.endswith(part)}.get(function, part in whole)


def _any(node: "ast.CollectionLambda", reading: _Reading) -> Condition:
    """`names/any(n:n eq 'x')` and `any(n:startswith(n,'x'))` over lists of strings."""
    from odata_query import ast

    variable = node.lambda_.identifier.name if node.lambda_ else ""
    clause = node.lambda_.expression if node.lambda_ else None
    if not isinstance(node.operator, ast.Any):
        raise Refused(queries.CLAUSE_UNSUPPORTED, member=_spelt(node.owner), kind=reading.entity)
    if isinstance(clause, ast.Compare):
        subject, operator, literal = clause.left, _NAMES[type(clause.comparator).__name__], clause.right
    elif isinstance(clause, ast.Call) and len(clause.args) == 2:
        subject, operator, literal = clause.args[0], clause.func.name, clause.args[1]
    else:
        raise Refused(queries.CLAUSE_UNSUPPORTED, member=_spelt(node.owner), kind=reading.entity)
    name, member = reading.member(node.owner, operator)
    is_about_it = isinstance(subject, ast.Identifier) and subject.name == variable
    if not member.is_list or not is_about_it or not isinstance(literal, ast.String):
        raise Refused(queries.CLAUSE_UNSUPPORTED, member=name, kind=reading.entity)
    if operator == "eq":
        wanted = literal.val.casefold()
        return lambda document: any(each.casefold() == wanted for each in document[name])
    return lambda document: any(_matches(operator, each, literal.val) for each in document[name])


def _literal(node: Any, member: Filterable, operator: str) -> Any:
    from odata_query import ast

    if isinstance(node, ast.Null):
        return None
    if member.kind == "text" and isinstance(node, ast.String):
        return node.val.casefold()
    if member.kind == "guid" and isinstance(node, (ast.GUID, ast.String)):
        return node.val.casefold()
    if member.kind == "bool" and isinstance(node, ast.Boolean):
        return node.py_val
    if member.kind == "instant" and isinstance(node, (ast.DateTime, ast.Date)):
        return _moment(node.val)
    given = {"GUID": "Edm.Guid", "Integer": "Edm.Int32", "Boolean": "Edm.Boolean", "String": "Edm.String"}
    raise Refused(
        queries.FILTER_TYPES_WRONG,
        left=_KINDS[member.kind],
        right=given.get(type(node).__name__, "Edm.Untyped"),
        operator=_LONG_NAMES[operator],
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _unreadable(text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _unreadable(text: str) -> Refused:
    return Refused(queries.FILTER_INSTANT_UNREADABLE, text=text)


def _comparable(value: Any, member: Filterable) -> Any:
    if value is None or member.kind == "bool":
        return value
    return datetime.fromisoformat(value) if member.kind == "instant" else str(value).casefold()


def _spelt(node: Any) -> str:
    """A member's path as the client wrote it, for a refusal."""
    names: list[str] = []
    while hasattr(node, "owner"):
        names.append(str(getattr(node, "attr", "any")))
        node = node.owner
    names.append(str(getattr(node, "name", "filter")))
    return "/".join(reversed(names))
