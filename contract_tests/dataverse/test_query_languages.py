"""One query in `$filter` and in FetchXML: both find what a plain reading of the rows finds."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from xml.sax.saxutils import escape, quoteattr

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.dataverse.calls import Call
from mock_services.dataverse.querying.conditions import compile_condition, scope_of
from mock_services.dataverse.querying.statements import statement_of
from mock_services.dataverse.security import Security
from mock_services.odata.fetchxml import read_fetchxml
from mock_services.odata.filters import read_filter
from mock_services.quirks import Quirks
from mock_services.state.organisation import Organisation
from mock_services.state.store import Store

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
"""A Wednesday."""
Row = dict[str, Any]
Holds = Callable[[Row], bool]


@dataclass(frozen=True)
class Asked:
    """One condition in both languages, and what it means."""

    odata: str
    fetch: str
    holds: Holds


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    made = Organisation(Store.memory(), clock=FakeClock(NOW), chance=Chance(0))
    made.found(host="scratch.crm4.dynamics.com", tenant_id="t", display_name="Scratch")
    return made


@pytest.fixture(scope="module")
def system(organisation: Organisation) -> Call:
    """A call by SYSTEM, who may see everything."""
    user = organisation.get("systemuser", organisation.system_user)
    assert user is not None
    return cast(
        Call,
        SimpleNamespace(
            organisation=organisation,
            schema=organisation.schema,
            security=Security(organisation, user, Quirks()),
            tenant=SimpleNamespace(clock=organisation.clock),
            caller=user,
            caller_id=organisation.system_user,
        ),
    )


def _function(name: str, column: str, *values: str) -> str:
    if not values:
        return f"Microsoft.Dynamics.CRM.{name}(PropertyName='{column}')"
    if name in ("In", "NotIn", "Between", "NotBetween", "ContainValues", "DoesNotContainValues"):
        listed = ",".join(f'"{value}"' for value in values)
        return f"Microsoft.Dynamics.CRM.{name}(PropertyName='{column}',PropertyValues=[{listed}])"
    return f"Microsoft.Dynamics.CRM.{name}(PropertyName='{column}',PropertyValue='{values[0]}')"


def _condition(column: str, operator: str, *values: str) -> str:
    start = f"<condition attribute='{column}' operator='{operator}'"
    if not values:
        return f"{start} />"
    if len(values) == 1:
        return f"{start} value={quoteattr(values[0])} />"
    return f"{start}>{''.join(f'<value>{escape(value)}</value>' for value in values)}</condition>"


def _asked(function: str, operator: str, column: str, values: list[str], test: Callable[[Any], bool]) -> Asked:
    """A query function and its operator; a negated one is true of rows without a value, another is not."""
    negated = operator.startswith("not-")

    def holds(row: Row) -> bool:
        return negated if row[column] is None else test(row[column])

    return Asked(_function(function, column, *values), _condition(column, operator, *values), holds)


_WORDS = st.text("abAB%_'[ é", max_size=4)
_PLAIN_WORDS = st.text("abAB é", max_size=3)
_NUMBERS = st.integers(0, 5)
_MOMENTS = st.integers(-400 * 24 * 60, 400 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
_NEAR = st.integers(-40, 40).map(lambda days: NOW + timedelta(days=days))
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "lastname": st.none() | _WORDS,
            "numberofchildren": st.none() | _NUMBERS,
            "overriddencreatedon": st.none() | _MOMENTS | _NEAR,
        }
    ),
    max_size=8,
)  # fmt: skip


def _spelt(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _in(values: list[int]) -> Asked:
    return _asked("In", "in", "numberofchildren", [str(v) for v in values], lambda kept: kept in values)


def _not_in(values: list[int]) -> Asked:
    return _asked("NotIn", "not-in", "numberofchildren", [str(v) for v in values], lambda kept: kept not in values)


def _between(low: int, high: int) -> Asked:
    return _asked(
        "Between", "between", "numberofchildren", [str(low), str(high)], lambda kept: bool(low <= kept <= high)
    )


def _not_between(low: int, high: int) -> Asked:
    return _asked(
        "NotBetween", "not-between", "numberofchildren", [str(low), str(high)], lambda kept: not low <= kept <= high
    )


_COLUMN = "overriddencreatedon"
_DAY = datetime(2026, 3, 11, tzinfo=UTC)


def _on(moment: datetime) -> Asked:
    day = moment.date()
    return _asked("On", "on", _COLUMN, [day.isoformat()], lambda kept: kept.date() == day)


def _on_or_after(moment: datetime) -> Asked:
    day = moment.date()
    return _asked("OnOrAfter", "on-or-after", _COLUMN, [day.isoformat()], lambda kept: kept.date() >= day)


def _last_x_days(number: int) -> Asked:
    start = _DAY - timedelta(days=number)
    return _asked("LastXDays", "last-x-days", _COLUMN, [str(number)], lambda kept: start <= kept < NOW)


def _older_than_days(number: int) -> Asked:
    end = _DAY - timedelta(days=number)
    return _asked("OlderThanXDays", "olderthan-x-days", _COLUMN, [str(number)], lambda kept: kept < end)


_SPANS = [
    _asked("Today", "today", _COLUMN, [], lambda kept: kept.date() == NOW.date()),
    _asked("Yesterday", "yesterday", _COLUMN, [], lambda kept: (NOW.date() - kept.date()).days == 1),
    _asked("ThisMonth", "this-month", _COLUMN, [], lambda kept: (kept.year, kept.month) == (2026, 3)),
    _asked("LastMonth", "last-month", _COLUMN, [], lambda kept: (kept.year, kept.month) == (2026, 2)),
    _asked("NextYear", "next-year", _COLUMN, [], lambda kept: kept.year == 2027),
    _asked("ThisFiscalPeriod", "this-fiscal-period", _COLUMN, [], lambda kept: kept.year == 2026 and kept.month <= 3),
    # 8 March 2026 was a Sunday.
    _asked(
        "ThisWeek", "this-week", _COLUMN, [],
        lambda kept: datetime(2026, 3, 8, tzinfo=UTC) <= kept < datetime(2026, 3, 15, tzinfo=UTC),
    ),
]  # fmt: skip


def _compared(sign: str, value: int) -> Asked:
    tests: dict[str, Callable[[int], bool]] = {
        "eq": lambda kept: kept == value, "gt": lambda kept: kept > value, "le": lambda kept: kept <= value
    }  # fmt: skip
    return Asked(
        f"numberofchildren {sign} {value}",
        _condition("numberofchildren", sign, str(value)),
        lambda row: row["numberofchildren"] is not None and tests[sign](row["numberofchildren"]),
    )


def _named(value: str) -> Asked:
    quoted = value.replace("'", "''")
    return Asked(
        f"lastname eq '{quoted}'",
        _condition("lastname", "eq", value),
        lambda row: row["lastname"] is not None and row["lastname"].lower() == value.lower(),
    )


def _begins(value: str) -> Asked:
    return Asked(
        f"startswith(lastname,'{value}')",
        _condition("lastname", "begins-with", value),
        lambda row: row["lastname"] is not None and row["lastname"].lower().startswith(value.lower()),
    )


_LEAVES = st.one_of(
    st.lists(_NUMBERS, min_size=1, max_size=3).map(_in),
    st.lists(_NUMBERS, min_size=1, max_size=3).map(_not_in),
    st.builds(_between, _NUMBERS, _NUMBERS),
    st.builds(_not_between, _NUMBERS, _NUMBERS),
    st.builds(_compared, st.sampled_from(["eq", "gt", "le"]), _NUMBERS),
    _WORDS.map(_named),
    _PLAIN_WORDS.map(_begins),
    _MOMENTS.map(_on),
    _MOMENTS.map(_on_or_after),
    st.integers(1, 400).map(_last_x_days),
    st.integers(1, 400).map(_older_than_days),
    st.sampled_from(_SPANS),
)


def _both(kind: str, left: Asked, right: Asked) -> Asked:
    joined = any if kind == "or" else all
    return Asked(
        f"({left.odata} {kind} {right.odata})",
        f"<filter type='{kind}'>{left.fetch}{right.fetch}</filter>",
        lambda row: joined((left.holds(row), right.holds(row))),
    )


_CONDITIONS = st.recursive(
    _LEAVES, lambda inner: st.builds(_both, st.sampled_from(["and", "or"]), inner, inner), max_leaves=5
)


def _keep(organisation: Organisation, rows: list[Row]) -> None:
    contact = organisation.schema.sql("contact")
    organisation.store.write(sa.delete(contact))
    for number, row in enumerate(rows):
        moment = row[_COLUMN]
        kept = row | {"contactid": str(number), _COLUMN: _spelt(moment) if moment else None}
        organisation.store.write(contact.insert(), kept)


@settings(max_examples=60)
@given(rows=_ROWS, asked=_CONDITIONS)
def test_both_languages_find_what_a_plain_reading_finds(
    organisation: Organisation, system: Call, rows: list[Row], asked: Asked
) -> None:
    _keep(organisation, rows)
    expected = {str(number) for number, row in enumerate(rows) if asked.holds(row)}
    contact = organisation.schema.sql("contact")
    clause = compile_condition(read_filter(asked.odata), scope_of(system, organisation.schema.table("contact")))
    by_filter = {row["contactid"] for row in organisation.store.rows(sa.select(contact.c.contactid).where(clause))}
    xml = f"<fetch><entity name='contact'><attribute name='contactid'/><filter>{asked.fetch}</filter></entity></fetch>"
    statement = statement_of(system, read_fetchxml(xml))
    by_fetch = {row["r_contactid"] for row in organisation.store.rows(statement.sql)}
    assert by_filter == expected, asked.odata
    assert by_fetch == expected, asked.fetch


@given(pattern=st.text("ab[]^%_-", max_size=6), text=st.text("ab[]^-x", max_size=5))
def test_sets_of_characters_match_as_a_plain_reading_does(
    organisation: Organisation, system: Call, pattern: str, text: str
) -> None:
    _keep(organisation, [{"lastname": text, "numberofchildren": None, _COLUMN: None}])
    table = organisation.schema.table("contact")
    clause = compile_condition(read_filter(f"contains(lastname,'{pattern}')"), scope_of(system, table))
    found = organisation.store.rows(sa.select(organisation.schema.sql("contact").c.contactid).where(clause))
    assert bool(found) is _is_like(f"%{pattern}%", text)


def _is_like(pattern: str, text: str) -> bool:
    """SQL Server's LIKE, character by character."""
    if not pattern:
        return not text
    first, rest = pattern[0], pattern[1:]
    if first == "%":
        return any(_is_like(rest, text[start:]) for start in range(len(text) + 1))
    end = rest.find("]") if first == "[" else -1
    if end >= 0 and rest[:end].strip("^"):
        if not text:
            return False
        return _in_set(rest[:end], text[0]) and _is_like(rest[end + 1 :], text[1:])
    return bool(text) and (first == "_" or first == text[0]) and _is_like(rest, text[1:])


def _in_set(inside: str, character: str) -> bool:
    negated = inside.startswith("^")
    members = inside[1:] if negated else inside
    found, position = False, 0
    while position < len(members):
        if members[position + 1 : position + 2] == "-" and position + 2 < len(members):
            found = found or members[position] <= character <= members[position + 2]
            position += 3
        else:
            found = found or members[position] == character
            position += 1
    return found is not negated


def test_a_month_ends_where_the_calendar_says() -> None:
    from mock_services.dataverse.querying.dates import span_of

    start, end = span_of("next-month", 0, datetime(2027, 1, 31, 8, tzinfo=UTC)) or (None, None)
    assert start is not None
    assert end is not None
    assert (end - start).days == calendar.monthrange(2027, 2)[1]
