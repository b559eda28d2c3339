"""Groups and aggregates of a query: powerapps-docs fetchxml/aggregate-data.md, webapi/query/aggregate-data.md."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse.errors import refused
from mock_services.dataverse.querying.links import Part
from mock_services.dataverse.refusals import queries as rows
from mock_services.dataverse.resolver import Operand
from mock_services.odata.model import Query, Selected
from mock_services.odata.problems import Fault
from mock_services.state.organisation.schema import type_column

MOST_AGGREGATED = 50_000
"""Rows that may be aggregated."""
FISCAL_PERIODS = 10
"""How many numbers a year has for its fiscal periods in `fiscal-period`: the year times this, and the quarter."""
_NUMBERED = {"sum", "avg"}
_TYPES = {
    "text": "String", "number": "Integer", "bool": "Boolean", "guid": "Lookup", "instant": "DateTime",
    "date": "DateTime",
}  # fmt: skip
_PARTS: Mapping[str, str] = {"day": "%d", "month": "%m", "year": "%Y", "fiscal-year": "%Y"}
"""The fiscal year is the calendar's, as a new organisation has it."""


def aggregated(
    query: Query, by_alias: Mapping[str, tuple[Part, Selected]], source: sa.Select[Any]
) -> dict[str, sa.ColumnElement[Any]]:
    """The value of each alias. Raises Refusal where `source`, the rows to aggregate, holds too many; BadQuery."""
    values = {alias: _value(part, selected) for alias, (part, selected) in by_alias.items()}
    limit = min(query.aggregate_limit or MOST_AGGREGATED, MOST_AGGREGATED)
    some = source.limit(limit + 1).subquery()
    store = next(iter(by_alias.values()))[0].scope.call.organisation.store
    if store.value(sa.select(sa.func.count()).select_from(some)) > limit:
        raise refused(rows.AGGREGATE_TOO_LARGE)
    return values


def group_type(part: Part, selected: Selected) -> list[sa.Label[Any]]:
    """The column beside a grouped lookup that says which table it points at."""
    table, name = part.scope.table, selected.path[-1]
    lookup = table.values.get(name) or table.lookups.get(name)
    if not selected.grouped or len(selected.path) > 1 or lookup is None or not lookup.polymorphic:
        return []
    return [part.scope.source.c[type_column(lookup.name)].label(f"{selected.alias}@type")]


def _value(part: Part, selected: Selected) -> sa.ColumnElement[Any]:
    if selected.aggregate == "count" and selected.path == ("*",):
        return sa.func.count()
    operand = part.scope.resolver.operand(selected.path)
    if selected.aggregate == "count":
        return sa.func.count()
    if not selected.aggregate:
        return _date_part(operand, selected) if selected.date_part else operand.expression
    if selected.aggregate in _NUMBERED and operand.kind != "number":
        raise Fault("QueryBuilderInvalidAggregateAttribute", selected.aggregate.title(), _TYPES[operand.kind])
    if selected.aggregate == "countcolumn":
        return sa.func.count(operand.expression.distinct() if selected.distinct else operand.expression)
    return _AGGREGATES[selected.aggregate](operand.expression)


def _average(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Of whole numbers a whole number, as SQL Server has it; the documentation's example shows 3,911 of 35,200 / 9."""
    if not isinstance(column.type, sa.Integer):
        return sa.func.avg(column)
    return sa.cast(sa.func.sum(column), sa.BigInteger) // sa.func.nullif(sa.func.count(column), 0)


_AGGREGATES: Mapping[str, Callable[[Any], sa.ColumnElement[Any]]] = {
    # A group without any value sums up to 0: the documentation's example.
    "sum": lambda column: sa.func.coalesce(sa.func.sum(column), 0),
    "avg": _average,
    "min": sa.func.min,
    "max": sa.func.max,
}


def _date_part(operand: Operand, selected: Selected) -> sa.ColumnElement[Any]:
    if operand.kind not in ("instant", "date"):
        raise Fault("QueryBuilderInvalidDateGrouping")
    column, part = operand.expression, selected.date_part
    if part in _PARTS:
        return _number(_PARTS[part], column)
    quarter = (_number("%m", column) + 2) // 3
    if part == "quarter":
        return quarter
    if part == "week":  # of SQL Server: the first is that of 1 January, and each begins on Sunday
        first_of_year = _number("%w", sa.func.date(column, "start of year"))
        return (_number("%j", column) - 1 + first_of_year) // 7 + 1
    return _number("%Y", column) * FISCAL_PERIODS + quarter


def _number(form: str, column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.strftime(form, column), sa.Integer)
