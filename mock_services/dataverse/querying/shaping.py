"""Rows of a whole query as JSON: without nulls, linked columns by their aliases, groups with what they stand for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mock_services.dataverse.calls import Call
from mock_services.dataverse.column_security import veil
from mock_services.dataverse.querying.aggregates import FISCAL_PERIODS
from mock_services.dataverse.querying.links import Part
from mock_services.dataverse.querying.statements import Statement
from mock_services.dataverse.shapes import FORMATTED, formatted_value, shape_rows, wire_names
from mock_services.odata.model import Query, Selected
from mock_services.state.organisation.definitions import Lookup, Table
from mock_services.state.organisation.schema import type_column

ATTRIBUTE_NAME = "OData.Community.Display.V1.AttributeName"
"""Beside a column that goes by another name than its own: powerapps-docs webapi/query/sql.md."""
Row = Mapping[str, Any]


def shaped(call: Call, query: Query, statement: Statement, found: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows of a query that is no aggregate."""
    made: list[dict[str, Any]] = [{} for _ in found]
    for part in statement.parts:
        if part.columns or part.all_columns or not part.alias:
            for one, members in zip(made, _members(call, part, found, distinct=query.distinct), strict=True):
                one.update(members)
    return made


def names_of(query: Query, statement: Statement) -> list[str]:
    """What the members of the answer are called, for its context."""
    if query.aggregates:
        return list(statement.aggregated)
    names: list[str] = []
    for part in statement.parts:
        aliases = _aliases(part)
        names += [_member(part, name, aliases) for name in _names(part, distinct=query.distinct)]
    key = statement.parts[0].scope.table.primary_id
    return [*(name for name in names if name != key), *([key] if key in names else [])]


def _members(call: Call, part: Part, found: Sequence[Row], *, distinct: bool) -> Iterator[dict[str, Any]]:
    """What one table of the query gives to each row of the answer: no nulls, and for linked ones no etag."""
    table, length = part.scope.table, len(part.prefix)
    own = [{k[length:]: v for k, v in row.items() if k.startswith(part.prefix)} for row in found]
    is_there = [any(value is not None for value in row.values()) for row in own]
    there = [_whole(table, row) for row, is_so in zip(own, is_there, strict=True) if is_so]
    seen = veil(call, table, there)
    made = iter(shape_rows(call.organisation, table, seen, _names(part, distinct=distinct), call.prefer))
    aliases = _aliases(part)
    for is_so in is_there:
        yield dict(_renamed(call, part, next(made), aliases, distinct=distinct)) if is_so else {}


def _whole(table: Table, row: Row) -> Row:
    """A row with every name that shaping may ask for; a distinct query has only some."""
    return {**dict.fromkeys(table.columns), **dict.fromkeys(table.lookups), **row}


def _names(part: Part, *, distinct: bool) -> list[str]:
    table = part.scope.table
    if part.all_columns:
        return [name for name in wire_names(table, ()) if name != "ownerid" or table.base != "principal"]
    chosen = [_wire(table, each.path[0]) for each in part.columns]
    return chosen if part.alias or distinct else list(dict.fromkeys([table.primary_id, *chosen]))


def _wire(table: Table, name: str) -> str:
    return table.lookups[name].value_name if name in table.lookups else name


def _aliases(part: Part) -> dict[str, str]:
    return {_wire(part.scope.table, each.path[0]): each.alias for each in part.columns if each.alias}


def _own(table: Table, name: str) -> str:
    return table.values[name].name if name in table.values else name


def _member(part: Part, name: str, aliases: Mapping[str, str]) -> str:
    if name in aliases:
        return aliases[name]
    return f"{part.alias}.{_own(part.scope.table, name)}" if part.alias else name


def _renamed(
    call: Call, part: Part, row: Row, aliases: Mapping[str, str], *, distinct: bool
) -> Iterator[tuple[str, Any]]:
    absent = {name for name, value in row.items() if value is None}
    wants = call.prefer.wants(ATTRIBUTE_NAME)
    for name, value in row.items():
        plain, at, annotation = name.partition("@")
        if value is None or plain in absent:
            continue
        if not plain:  # the row's own etag
            if not part.alias and not distinct:
                yield name, value
            continue
        new = _member(part, plain, aliases)
        if wants and not at and new != plain:
            yield f"{new}@{ATTRIBUTE_NAME}", _own(part.scope.table, plain)
        yield new + at + annotation, value


def grouped(call: Call, statement: Statement, found: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows of an aggregate."""
    columns = {
        alias: list(_column(call, part, selected, [_value(row, alias) for row in found]))
        for alias, (part, selected) in statement.aggregated.items()
    }
    return [{name: v for column in columns.values() for name, v in column[i].items()} for i in range(len(found))]


def _value(row: Row, alias: str) -> tuple[Any, Any]:
    return row[alias], row.get(f"{alias}@type")


def _column(call: Call, part: Part, selected: Selected, values: Sequence[tuple[Any, Any]]) -> Iterator[dict[str, Any]]:
    """One column of an aggregate, each value with its annotations; a group without a value is left out."""
    table, name, alias = part.scope.table, selected.path[-1], selected.alias
    lookup = table.values.get(name) or table.lookups.get(name)
    if lookup is not None and selected.grouped and len(selected.path) == 1:
        yield from _references(call, table, lookup, alias, values)
        return
    for value, _ in values:
        text = _text(call, part, selected, value) if call.prefer.wants(FORMATTED) and value is not None else None
        made = {f"{alias}@{FORMATTED}": text} if text is not None else {}
        yield {} if value is None else {**made, alias: value}


def _references(
    call: Call, table: Table, lookup: Lookup, alias: str, values: Sequence[tuple[Any, Any]]
) -> Iterator[dict[str, Any]]:
    rows = [{lookup.name: value, type_column(lookup.name): target} for value, target in values]
    for row in shape_rows(call.organisation, table, rows, [lookup.value_name], call.prefer):
        yield {
            alias + name.removeprefix(lookup.value_name): value
            for name, value in row.items()
            if row[lookup.value_name] is not None
        }


def _text(call: Call, part: Part, selected: Selected, value: Any) -> str | None:
    if selected.date_part == "fiscal-year":
        return f"FY{value}"
    if selected.date_part == "fiscal-period":
        year, quarter = divmod(value, FISCAL_PERIODS)
        return f"Quarter {quarter} FY{year}"
    column = part.scope.table.columns.get(selected.path[-1]) if len(selected.path) == 1 else None
    if selected.aggregate in ("count", "countcolumn") or selected.date_part or column is None:
        return f"{value:,}" if isinstance(value, int) else None
    # A sum of choices is a number, not a choice.
    plain = replace(column, options={}) if selected.aggregate else column
    return formatted_value(call.organisation, plain, value, "$")
