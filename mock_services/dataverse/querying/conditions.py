"""Conditions into SQL over an organisation's tables, whichever language they were written in.

A comparison is true or false, never unknown: what has no value is equal to nothing but null, and different from
everything else. That is how Dataverse answers `ne` and the negated operators: rows without a value are among the
answers.
"""

import operator as comparing
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.util import ClauseAdapter

from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.querying import dates, people
from mock_services.dataverse.refusals import queries as rows
from mock_services.dataverse.resolver import ColumnResolver, Operand
from mock_services.dataverse.urls import as_guid
from mock_services.odata.model import Comparison, Condition, Constant, Group, Not, Some, Value
from mock_services.odata.problems import BadQuery, TooManyConditions, UnknownProperty
from mock_services.state.organisation.definitions import Association, Table
from mock_services.state.organisation.schema import type_column

SqlCondition = sa.ColumnElement[bool]
MOST_VALUES = 2_000
"""Of one condition; the real number is not stated on any page read. [inferred]"""
_EDM = {
    "text": "Edm.String", "number": "Edm.Int32", "bool": "Edm.Boolean", "guid": "Edm.Guid",
    "instant": "Edm.DateTimeOffset", "date": "Edm.Date", "null": "Edm.String", "untyped": "Edm.String",
}  # fmt: skip
_NAMES = {
    "eq": "Equal", "ne": "NotEqual", "lt": "LessThan", "le": "LessThanOrEqual", "gt": "GreaterThan",
    "ge": "GreaterThanOrEqual",
}  # fmt: skip
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": comparing.eq, "lt": comparing.lt, "le": comparing.le, "gt": comparing.gt, "ge": comparing.ge
}  # fmt: skip
_NEGATED = {
    "not-in": "in", "not-between": "between", "not-like": "like", "not-begin-with": "begins-with",
    "not-end-with": "ends-with", "not-contain-values": "contain-values", "not-under": "under",
    "ne-userid": "eq-userid", "ne-businessid": "eq-businessid",
}  # fmt: skip
_PATTERNS = {"begins-with": "{}%", "ends-with": "%{}"}
_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
_DEEPEST = 120


@dataclass(frozen=True)
class Scope:
    """A table of the query as SQL has it there, and the linked ones by their aliases."""

    call: Call
    table: Table
    source: sa.FromClause
    by_attribute: bool = False
    """FetchXML and SQL call lookups by their own names."""
    links: dict[str, "Scope"] = field(default_factory=dict)

    @property
    def resolver(self) -> ColumnResolver:
        """The columns of the table."""
        return ColumnResolver(self.call.organisation, self.table, self.source, by_attribute=self.by_attribute)

    def other(self, alias: str) -> "Scope":
        """The scope of a linked table, this one for "". Raises BadQuery."""
        if not alias:
            return self
        if alias not in self.links:
            raise BadQuery(f"Link entity with name or alias {alias} is not found")
        return self.links[alias]


def scope_of(call: Call, table: Table, *, by_attribute: bool = False) -> Scope:
    """The scope of a query over one table."""
    return Scope(call, table, call.schema.sql(table.logical), by_attribute)


def reach_of(call: Call, table: Table, source: sa.FromClause) -> SqlCondition | None:
    """The rows of a table, under the name it has in the query, that the caller may read. Raises Refusal."""
    reach = call.security.demand("Read", table).condition(table)
    base = call.schema.sql(table.logical)
    return reach if reach is None or source is base else ClauseAdapter(source).traverse(reach)


def compile_condition(condition: Condition, scope: Scope, depth: int = 0) -> SqlCondition:
    """The SQL of a condition. Raises BadQuery, UnknownProperty and Refusal."""
    if depth > _DEEPEST:
        raise BadQuery("The recursion limit has been exceeded.")
    if isinstance(condition, Comparison):
        return _comparison(condition, scope)
    if isinstance(condition, Group):
        parts = [compile_condition(part, scope, depth + 1) for part in condition.parts]
        return sa.or_(*parts) if condition.is_or else sa.and_(*parts)
    if isinstance(condition, Not):
        return _not(compile_condition(condition.part, scope, depth + 1))
    if isinstance(condition, Some):
        return _some(condition, scope, depth)
    return sa.true() if condition.value else sa.false()


def _not(condition: SqlCondition) -> SqlCondition:
    return ~sa.func.coalesce(condition, sa.false())


def _some(condition: Some, scope: Scope, depth: int) -> SqlCondition:
    """A lambda: rows of a collection that the caller may read. A collection behind a lookup is not supported."""
    schema, table = scope.call.schema, scope.table
    if len(condition.path) != 1:
        raise BadQuery("Any/All on a collection behind a single-valued navigation property is not supported.")
    (name,) = condition.path
    way = schema.associations_of(table.logical).get(name) or schema.collections_of(table.logical).get(name)
    if way is None:
        raise UnknownProperty(name, f"Microsoft.Dynamics.CRM.{table.logical}")
    there = schema.table(way.table)
    source = schema.sql(way.table).alias()
    key = scope.source.c[table.primary_id]
    query = sa.select(sa.literal(1)).select_from(source)
    if isinstance(way, Association):
        via = schema.sql(way.via).alias()
        joined = via.c[way.far] == source.c[there.primary_id]
        query = query.join(via, joined).where(via.c[way.near] == key)
    else:
        query = query.where(source.c[way.lookup] == key)
        if there.lookups[way.lookup].polymorphic:
            query = query.where(source.c[type_column(way.lookup)] == table.logical)
    if (reach := reach_of(scope.call, there, source)) is not None:
        query = query.where(reach)
    inner = Scope(scope.call, there, source, scope.by_attribute)
    if condition.condition is not None:
        holds = compile_condition(condition.condition, inner, depth + 1)
        query = query.where(_not(holds) if condition.every else holds)
    found = query.correlate(scope.source).exists()
    return ~found if condition.every else found


def _comparison(condition: Comparison, scope: Scope) -> SqlCondition:
    where = scope.other(condition.source)
    operand = where.resolver.operand(condition.path)
    if condition.other is not None:
        other = scope.other(condition.other_source).resolver.operand(condition.other)
        return _columns(condition.operator, operand, other)
    if len(condition.values) > MOST_VALUES:
        row = rows.VALUES_TOO_MANY
        raise Refusal(row.code, row.template)
    if condition.operator in _NEGATED:
        plain = Comparison(condition.path, _NEGATED[condition.operator], condition.values)
        return _not(_positive(plain, where, operand))
    return _positive(condition, where, operand)


def _columns(operator: str, left: Operand, right: Operand) -> SqlCondition:
    if left.kind != right.kind:
        raise _incompatible(left.kind, right.kind, operator)
    if operator == "ne":
        return left.expression.is_distinct_from(right.expression)
    if operator not in _COMPARE:
        raise BadQuery(f"The operator {operator} cannot compare columns.")
    found: SqlCondition = _COMPARE[operator](left.expression, right.expression)
    return found


def _positive(condition: Comparison, scope: Scope, operand: Operand) -> SqlCondition:
    operator, values = condition.operator, condition.values
    if operator in _NAMES:
        return _compared(operator, operand, _one(condition))
    if operator == "in":
        return sa.or_(*(_compared("eq", operand, value) for value in values)) if values else sa.false()
    if operator in people.OPERATORS:
        return people.condition(scope.call, operator, operand.expression)
    special = _SPECIAL.get(operator)
    return special(condition, scope, operand) if special else _dated(condition, scope, operand)


def _between(condition: Comparison, _scope: Scope, operand: Operand) -> SqlCondition:
    low, high = _several(condition, 2)
    return sa.and_(_compared("ge", operand, low), _compared("le", operand, high))


def _without_value(condition: Comparison, _scope: Scope, operand: Operand) -> SqlCondition:
    if condition.operator == "null":
        return operand.expression.is_(None)
    if condition.operator == "not-null":
        return operand.expression.is_not(None)
    if operand.kind != "bool":
        raise BadQuery("The $filter expression must evaluate to a single boolean value.")
    return operand.expression == sa.true()


def _one(condition: Comparison) -> Value:
    return _several(condition, 1)[0]


def _several(condition: Comparison, number: int) -> Sequence[Value]:
    if len(condition.values) != number:
        raise BadQuery(
            f"The condition operator {condition.operator} on {'/'.join(condition.path)} takes {number} value(s), not"
            f" {len(condition.values)}."
        )
    return condition.values


def _compared(operator: str, operand: Operand, value: Value) -> SqlCondition:
    if value.kind == "null":
        if operator == "eq":
            return operand.expression.is_(None)
        return operand.expression.is_not(None) if operator == "ne" else sa.false()
    typed = _typed(operand.kind, value, operator)
    if isinstance(typed, _Never):
        return sa.false() if operator == "eq" else sa.true()
    if operator == "ne":
        return sa.or_(operand.expression != typed, operand.expression.is_(None))
    if operand.kind == "bool" and operator != "eq":  # SQLAlchemy orders numbers alone
        return _COMPARE[operator](sa.type_coerce(operand.expression, sa.Integer), int(typed))  # type: ignore[no-any-return]
    found: SqlCondition = _COMPARE[operator](operand.expression, typed)
    return found


class _Never:
    """A literal that no column can equal: an instant between two seconds."""


def _typed(kind: str, value: Value, operator: str) -> Any:
    """The literal as the column keeps its values. Raises BadQuery for a literal of another type."""
    if value.kind == "untyped":
        value = _read(kind, str(value.value))
    if value.kind == "guid" and kind == "guid":
        return value.value
    if value.kind == "text" and kind == "guid":  # tolerated in practice, though the grammar wants them bare
        return str(value.value).strip("{}").lower()
    if value.kind in ("instant", "date") and kind in ("instant", "date"):
        return _spelt(kind, value.value, operator)
    if value.kind == kind and kind in ("text", "number", "bool"):
        return value.value
    raise _incompatible(kind, value.kind, operator)


def _read(kind: str, text: str) -> Value:
    """An untyped text as what its column holds. Raises BadQuery."""
    if kind == "text":
        return Value("text", text)
    stripped = text.strip()
    if kind == "number" and _NUMBER.match(stripped) and len(stripped) < 30:
        return Value("number", float(stripped) if "." in stripped else int(stripped))
    if kind == "bool" and stripped.lower() in ("0", "1", "true", "false"):
        return Value("bool", stripped.lower() in ("1", "true"))
    if kind == "guid" and (guid := as_guid(stripped)) is not None:
        return Value("guid", guid)
    if kind in ("instant", "date"):
        try:
            moment = datetime.fromisoformat(stripped)
            moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
            return Value("instant", moment)
        except (ValueError, OverflowError):
            pass
    raise BadQuery(f"The value '{text[:100]}' cannot be converted to {_EDM[kind]}.")


def _spelt(kind: str, moment: datetime, operator: str) -> Any:
    if kind == "date":
        return moment.date().isoformat()
    if moment.microsecond:
        if operator in ("eq", "ne"):
            return _Never()
        if operator in ("ge", "lt"):
            moment = moment.replace(microsecond=0) + timedelta(seconds=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _like(condition: Comparison, _scope: Scope, operand: Operand) -> SqlCondition:
    value = _one(condition)
    pattern = _PATTERNS.get(condition.operator, "{}").format(value.value)
    if operand.kind != "text" and value.kind == "text":  # OData's functions; FetchXML's operators have untyped values
        name = "contains" if pattern.startswith("%") and pattern.endswith("%") else "startswith"
        raise BadQuery(f"No function signature for the function with name '{name}' matches the specified arguments.")
    if operand.kind != "text":
        raise _incompatible(operand.kind, "text", condition.operator)
    if "[" not in pattern:
        return operand.expression.like(pattern)
    return operand.expression.regexp_match(_regular(pattern))


def _regular(pattern: str) -> str:
    """A pattern of SQL Server, with its sets of characters, as a regular expression of Python's."""
    parts, position = ["(?is)^"], 0
    while position < len(pattern):
        character = pattern[position]
        end = pattern.find("]", position + 1) if character == "[" else -1
        if end > 0:
            inside = pattern[position + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            parts.append(f"[{inside}]" if inside.strip("^") else re.escape(pattern[position : end + 1]))
            position = end
        else:
            parts.append({"%": ".*", "_": "."}.get(character, re.escape(character)))
        position += 1
    made = "".join([*parts, "$"])
    try:
        re.compile(made)
    except re.error:
        return "(?!)"  # a set that is none, as [z-a], matches nothing
    return made


def _contains(condition: Comparison, _scope: Scope, operand: Operand) -> SqlCondition:
    """A choice of several, kept as `1,2,3`, that holds any of these."""
    values = condition.values
    if operand.kind != "text":
        raise BadQuery("ContainValues can be used on choices of several values alone.")
    listed = "," + operand.expression + ","
    parts = [listed.like(f"%,{int(v.value)},%") for v in values if str(v.value).strip().lstrip("-").isdigit()]
    return sa.or_(*parts) if parts else sa.false()


def _hierarchy(condition: Comparison, scope: Scope, operand: Operand) -> SqlCondition:
    """Rows above or below one in the table's own tree, by a recursive query along its lookup to itself."""
    operator = condition.operator
    root = _typed("guid", _one(condition), operator)
    table, sql = scope.table, scope.call.schema.sql(scope.table.logical)
    parents = [n for n, lookup in table.lookups.items() if n.startswith("parent") and table.logical in lookup.targets]
    if not parents:
        raise BadQuery(f"The entity {table.logical} has no hierarchical relationship.")
    key, parent = sql.c[table.primary_id], sql.c[parents[0]]
    upwards = "above" in operator
    tree = sa.select(key.label("id"), parent.label("up")).where(key == root).cte("tree", recursive=True)
    step = key == tree.c.up if upwards else parent == tree.c.id
    # UNION, not UNION ALL: a loop in the data ends.
    tree = tree.union(sa.select(key, parent).where(step))
    within = operand.expression.in_(sa.select(tree.c.id))
    return within if operator.startswith("eq-or") else sa.and_(within, operand.expression != root)


def _dated(condition: Comparison, scope: Scope, operand: Operand) -> SqlCondition:
    """The operators about days and spans of time, by the tenant's clock."""
    if operand.kind not in ("instant", "date"):
        raise BadQuery(f"The condition operator {condition.operator} cannot be used on {'/'.join(condition.path)}.")
    now, operator = scope.call.tenant.clock.now(), condition.operator
    if operator in ("on", "on-or-after", "on-or-before"):
        day = dates.midnight(_moment(_one(condition)))
        start = None if operator == "on-or-before" else day
        end = None if operator == "on-or-after" else day + timedelta(days=1)
        return _within(operand, start, end)
    if "fiscal" in operator and operator.startswith("in-"):
        return _fiscal(operator, operand, [_whole(value) for value in condition.values])
    number = _whole(_one(condition)) if dates.needs_number(operator) else 0
    span = dates.span_of(operator, number, now)
    if span is None:
        raise BadQuery(f"'{operator}' is not a valid condition operator.")
    return _within(operand, *span)


def _moment(value: Value) -> datetime:
    read = _read("instant", str(value.value)) if value.kind in ("untyped", "text") else value
    moment: datetime = read.value
    return moment


def _whole(value: Value) -> int:
    text = str(value.value).strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not int(text):
        raise BadQuery(f"The value '{text[:100]}' is not a whole number above zero.")
    return int(text)


def _fiscal(operator: str, operand: Operand, numbers: Sequence[int]) -> SqlCondition:
    try:
        if operator == "in-fiscal-year":
            return _within(operand, *dates.fiscal(numbers[0]))
        if operator == "in-fiscal-period":
            months = [f"{month:02d}" for month in range(numbers[0] * 3 - 2, numbers[0] * 3 + 1)]
            return sa.func.substr(operand.expression, 6, 2).in_(months)
        start, end = dates.fiscal(numbers[1], numbers[0])
    except (ValueError, IndexError):
        raise BadQuery("The fiscal period or year is out of range.") from None
    if "or-after" in operator:
        return _within(operand, start, None)
    return _within(operand, None if "or-before" in operator else start, end)


def _within(operand: Operand, start: datetime | None, end: datetime | None) -> SqlCondition:
    parts: list[SqlCondition] = [operand.expression.is_not(None)]
    if start is not None:
        parts.append(operand.expression >= _spelt(operand.kind, start, "ge"))
    if end is not None:
        parts.append(operand.expression < _spelt(operand.kind, end, "lt"))
    return sa.and_(*parts)


def _incompatible(left: str, right: str, operator: str) -> BadQuery:
    return BadQuery(
        "A binary operator with incompatible types was detected. Found operand types"
        f" '{_EDM[left]}' and '{_EDM[right]}' for operator kind '{_NAMES.get(operator, operator)}'."
    )


_SPECIAL: Mapping[str, Callable[[Comparison, Scope, Operand], SqlCondition]] = {
    **dict.fromkeys(("null", "not-null", "is-true"), _without_value),
    **dict.fromkeys(("like", *_PATTERNS), _like),
    **dict.fromkeys(("above", "eq-or-above", "under", "eq-or-under"), _hierarchy),
    "between": _between,
    "contain-values": _contains,
}
"""Operators with a shape of their own; what is neither here nor a comparison is about time."""


def count_conditions(condition: Condition | None) -> int:
    """How many comparisons a condition holds. Raises TooManyConditions beyond what one query may have."""
    from mock_services.odata.filters import MOST_CONDITIONS

    waiting, number = [condition] if condition is not None else [], 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, Group):
            waiting += part.parts
        elif isinstance(part, Not):
            waiting.append(part.part)
        elif isinstance(part, Some):
            waiting += [part.condition] if part.condition is not None else []
        elif not isinstance(part, Constant):
            number += 1
    if number > MOST_CONDITIONS:
        raise TooManyConditions
    return number
