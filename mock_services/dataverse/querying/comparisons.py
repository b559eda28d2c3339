"""One comparison into SQL: a column, an operator that says the positive, and literals.

A comparison is true or false, never unknown: what has no value is equal to nothing but null, and different from
everything else. That is how Dataverse answers `ne` and the negated operators: rows without a value are among the
answers.
"""

import operator as comparing
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse.querying import dates
from mock_services.dataverse.resolver import Operand
from mock_services.dataverse.urls import as_guid
from mock_services.odata.model import Comparison, Value
from mock_services.odata.problems import BadQuery, Fault

SqlCondition = sa.ColumnElement[bool]
_EDM = {
    "text": "Edm.String", "number": "Edm.Int32", "bool": "Edm.Boolean", "guid": "Edm.Guid",
    "instant": "Edm.DateTimeOffset", "date": "Edm.Date", "null": "Edm.String", "untyped": "Edm.String",
}  # fmt: skip
_CLR = {
    "text": "System.String", "number": "System.Int32", "bool": "System.Boolean", "guid": "System.Guid",
    "instant": "System.DateTime", "date": "System.DateTime",
}  # fmt: skip
_NAMES = {
    "eq": "Equal", "ne": "NotEqual", "lt": "LessThan", "le": "LessThanOrEqual", "gt": "GreaterThan",
    "ge": "GreaterThanOrEqual",
}  # fmt: skip
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": comparing.eq, "lt": comparing.lt, "le": comparing.le, "gt": comparing.gt, "ge": comparing.ge
}  # fmt: skip
_PATTERNS = {"begins-with": "{}%", "ends-with": "%{}"}
_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$", re.ASCII)
_AMERICAN = ("%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p")
"""How makers of views in Microsoft's own designers spell a day; fromisoformat reads the rest."""
_LONGEST_PATTERN = 40_000
"""Bytes; SQLite's own limit is 50,000."""


def compare(condition: Comparison, operand: Operand, now: datetime) -> SqlCondition:
    """A column against literals. Raises BadQuery."""
    if condition.operator in _NAMES:
        return _compared(condition.operator, operand, _one(condition))
    special = _SPECIAL.get(condition.operator)
    return special(condition, operand) if special else _dated(condition, operand, now)


def compare_columns(operator: str, left: Operand, right: Operand) -> SqlCondition:
    """Two columns of one type. Raises BadQuery."""
    if left.kind != right.kind:
        raise _incompatible(left.kind, right.kind, operator)
    if operator == "ne":
        return left.expression.is_distinct_from(right.expression)
    if operator not in _COMPARE:
        raise Fault("InvalidOperatorCode")
    found: SqlCondition = _COMPARE[operator](_orderable(left), _orderable(right))
    return found


def _orderable(operand: Operand) -> sa.ColumnElement[Any]:
    """Yes and no as the numbers they are kept as: SQLAlchemy orders numbers alone."""
    return sa.type_coerce(operand.expression, sa.Integer) if operand.kind == "bool" else operand.expression


def guid_of(condition: Comparison, operand: Operand) -> Any:
    """The one GUID that a condition names. Raises BadQuery."""
    return _typed(operand, _one(condition), condition.operator)


def _in(condition: Comparison, operand: Operand) -> SqlCondition:
    if not condition.values:
        raise Fault("QueryBuilderBad_Condition")
    kept = [_typed(operand, value, "eq") for value in condition.values if value.kind != "null"]
    found: SqlCondition = operand.expression.in_([each for each in kept if not isinstance(each, _Never)])
    if len(kept) < len(condition.values):
        found = sa.or_(found, operand.expression.is_(None))
    return found


def _between(condition: Comparison, operand: Operand) -> SqlCondition:
    low, high = _several(condition, 2)
    return sa.and_(_compared("ge", operand, low), _compared("le", operand, high))


def _without_value(condition: Comparison, operand: Operand) -> SqlCondition:
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
        raise Fault("QueryBuilderBad_Condition")
    return condition.values


def _compared(operator: str, operand: Operand, value: Value) -> SqlCondition:
    if value.kind == "null":
        if operator == "eq":
            return operand.expression.is_(None)
        return operand.expression.is_not(None) if operator == "ne" else sa.false()
    typed = _typed(operand, value, operator)
    if isinstance(typed, _Never):
        return sa.false() if operator == "eq" else sa.true()
    if operator == "ne":
        return sa.or_(operand.expression != typed, operand.expression.is_(None))
    if operand.kind == "bool" and operator != "eq":
        return _COMPARE[operator](_orderable(operand), int(typed))  # type: ignore[no-any-return]
    found: SqlCondition = _COMPARE[operator](operand.expression, typed)
    return found


class _Never:
    """A literal that no column can equal: an instant between two seconds."""


def _typed(operand: Operand, value: Value, operator: str) -> Any:
    """The literal as the column keeps its values. Raises BadQuery for a literal of another type."""
    kind = operand.kind
    if value.kind == "untyped":
        value = _read(operand, str(value.value))
    if value.kind == "guid" and kind == "guid":
        return value.value
    if value.kind == "text" and kind == "guid":  # tolerated in practice, though the grammar wants them bare
        return str(value.value).strip("{}").lower()
    if value.kind in ("instant", "date") and kind in ("instant", "date"):
        return _spelt(kind, value.value, operator)
    if value.kind == kind and kind in ("text", "number", "bool"):
        return value.value
    raise _incompatible(kind, value.kind, operator)


def _read(operand: Operand, text: str) -> Value:
    """An untyped text as what its column holds. Raises Fault."""
    kind = operand.kind
    if kind == "text":
        return Value("text", text)
    stripped = text.strip()
    if kind == "number" and _NUMBER.match(stripped) and len(stripped) < 19:
        return Value("number", float(stripped) if "." in stripped else int(stripped))
    if kind == "bool" and stripped.lower() in ("0", "1", "true", "false"):
        return Value("bool", stripped.lower() in ("1", "true"))
    if kind == "guid" and (guid := as_guid(stripped)) is not None:
        return Value("guid", guid)
    if kind in ("instant", "date") and (moment := _instant(stripped)) is not None:
        return Value("instant", moment)
    if kind in ("instant", "date"):
        raise Fault("InvalidDateTime")
    raise Fault("InvalidArgument", operand.name, _CLR[kind])


def _instant(text: str) -> datetime | None:
    """An instant, in UTC where nothing else is said."""
    for read in (datetime.fromisoformat, *(_by(form) for form in _AMERICAN)):
        try:
            moment = read(text)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            continue
    return None


def _by(form: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, form)  # noqa: DTZ007 - its zone comes after


def _spelt(kind: str, moment: datetime, operator: str) -> Any:
    """As the state keeps it. An instant between two seconds moves to the next where that finds the same rows."""
    if kind == "date":
        day = moment.date()
        # A day is its midnight: what begins later that day begins, for days, on the next.
        later = operator in ("ge", "lt") and moment.time() != datetime.min.time() and day < day.max
        return (day + timedelta(days=1) if later else day).isoformat()
    if moment.microsecond:
        if operator in ("eq", "ne"):
            return _Never()
        if operator in ("ge", "lt"):
            moment = dates.next_second(moment)
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _like(condition: Comparison, operand: Operand) -> SqlCondition:
    value = _one(condition)
    pattern = _PATTERNS.get(condition.operator, "{}").format(value.value)
    if operand.kind != "text" and value.kind == "text":  # OData's functions; FetchXML's operators have untyped values
        name = "contains" if pattern.startswith("%") and pattern.endswith("%") else "startswith"
        raise BadQuery(f"No function signature for the function with name '{name}' matches the specified arguments.")
    if operand.kind != "text":
        raise Fault("InvalidOperatorCode")
    if len(pattern.encode()) > _LONGEST_PATTERN:
        raise BadQuery("The pattern of a condition is too long.")
    if "[" not in pattern:
        return operand.expression.like(pattern)
    return operand.expression.regexp_match(regular(pattern))


def regular(pattern: str) -> str:
    """A pattern of SQL Server, with its sets of characters, as a regular expression of Python's.

    Between two `%` the leftmost match will do, so each stretch is matched once and for all: no pattern takes long.
    """
    stretches, position = [""], 0
    while position < len(pattern):
        character = pattern[position]
        end = pattern.find("]", position + 1) if character == "[" else -1
        if end > 0 and pattern[position + 1 : end].strip("^"):
            stretches[-1] += _set(pattern[position + 1 : end])
            position = end
        elif end > 0:
            stretches[-1] += re.escape(pattern[position : end + 1])
            position = end
        elif character == "%":
            stretches.append("")
        else:
            stretches[-1] += "." if character == "_" else re.escape(character)
        position += 1
    first, *rest = stretches
    if not rest:
        return f"(?is)^{first}\\Z"
    middle = "".join(f"(?>.*?{stretch})" for stretch in rest[:-1])
    return f"(?is)^{first}{middle}.*{rest[-1]}\\Z"


def _set(inside: str) -> str:
    """`[a-f]` and `[^a-f]`; a range that runs backwards holds nothing."""
    negated = inside.startswith("^")
    members = inside[1:] if negated else inside
    parts, position = "", 0
    while position < len(members):
        if members[position + 1 : position + 2] == "-" and position + 2 < len(members):
            low, high = members[position], members[position + 2]
            parts += f"{re.escape(low)}-{re.escape(high)}" if low <= high else ""
            position += 3
        else:
            parts += re.escape(members[position])
            position += 1
    if not parts:
        return "." if negated else "(?!)"
    return f"[{'^' if negated else ''}{parts}]"


def _contains(condition: Comparison, operand: Operand) -> SqlCondition:
    """A choice of several, kept as `1,2,3`, that holds any of these."""
    if operand.kind != "text":
        raise Fault("InvalidOperatorCode")
    listed = "," + operand.expression + ","
    texts = [str(value.value).strip() for value in condition.values]
    if not all(re.fullmatch(r"-?[0-9]{1,10}", text) for text in texts):
        raise Fault("InvalidArgument", operand.name, _CLR["number"])
    parts = [listed.like(f"%,{int(text)},%") for text in texts]
    return sa.or_(*parts) if parts else sa.false()


def _dated(condition: Comparison, operand: Operand, now: datetime) -> SqlCondition:
    """The operators about days and spans of time, by the tenant's clock."""
    if operand.kind not in ("instant", "date"):
        raise Fault("InvalidOperatorCode")
    operator = condition.operator
    if operator in ("on", "on-or-after", "on-or-before"):
        day = dates.midnight(_moment(operand, _one(condition)))
        start = None if operator == "on-or-before" else day
        end = None if operator == "on-or-after" else dates.following(day)
        return _within(operand, start, end)
    if "fiscal" in operator and operator.startswith("in-"):
        return _fiscal(operator, operand, [_whole(operand, each) for each in condition.values])
    number = _whole(operand, _one(condition)) if dates.needs_number(operator) else 0
    span = dates.span_of(operator, number, now)
    if span is None:
        raise Fault("QueryBuilderInvalidConditionOperator")
    return _within(operand, *span)


def _moment(operand: Operand, value: Value) -> datetime:
    read = _read(operand, str(value.value)) if value.kind in ("untyped", "text") else value
    moment: datetime = read.value
    return moment


def _whole(operand: Operand, value: Value) -> int:
    text = str(value.value).strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not int(text):
        raise Fault("InvalidArgument", operand.name, _CLR["number"])
    return int(text)


def _fiscal(operator: str, operand: Operand, numbers: Sequence[int]) -> SqlCondition:
    try:
        if operator == "in-fiscal-year":
            return _within(operand, *dates.fiscal(numbers[0]))
        if operator == "in-fiscal-period":
            dates.fiscal(2000, numbers[0])  # that there is such a period
            months = [f"{month:02d}" for month in range(numbers[0] * 3 - 2, numbers[0] * 3 + 1)]
            return sa.func.substr(operand.expression, 6, 2).in_(months)
        start, end = dates.fiscal(numbers[1], numbers[0])
    except (ValueError, IndexError):
        raise Fault("InvalidArgument", operand.name, _CLR["number"]) from None
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


_SPECIAL: Mapping[str, Callable[[Comparison, Operand], SqlCondition]] = {
    **dict.fromkeys(("null", "not-null", "is-true"), _without_value),
    **dict.fromkeys(("like", *_PATTERNS), _like),
    "in": _in,
    "between": _between,
    "contain-values": _contains,
}
"""Operators with a shape of their own; what is neither here nor a comparison is about time."""
