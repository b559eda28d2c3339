"""The answer to a FetchXML or SQL query: rows without nulls, linked columns by their aliases, cookies, totals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.errors import Refusal, bad_query
from mock_services.dataverse.querying.pages import Cookie, after, read_values
from mock_services.dataverse.querying.statements import Part, Statement, no_attribute, statement_of
from mock_services.dataverse.refusals import queries as rows
from mock_services.dataverse.shapes import FORMATTED, formatted_value, shape_rows, wire_names
from mock_services.odata.fetchxml import TooManyLinks
from mock_services.odata.model import Query, Selected
from mock_services.odata.problems import BadQuery, TooManyConditions, UnknownProperty
from mock_services.state.organisation.definitions import Table

_COOKIE = "Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
_MORE = "Microsoft.Dynamics.CRM.morerecords"
_TOTAL = "Microsoft.Dynamics.CRM.totalrecordcount"
_EXCEEDED = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"
Row = Mapping[str, Any]


def answer(call: Call, table: Table, query: Query) -> Answer:
    """The page of a query that was asked of this table's set. Raises Refusal and Unmodelled."""
    if query.table != table.logical:
        sentence = f"The entity {query.table} of the query does not fit the entity set {table.set}."
        raise bad_query(sentence)
    try:
        return _answer(call, table, query)
    except TooManyConditions:
        raise _refusal(rows.CONDITIONS_TOO_MANY) from None
    except TooManyLinks:
        raise _refusal(rows.LINKS_TOO_MANY) from None
    except UnknownProperty as problem:
        raise no_attribute(problem) from None
    except BadQuery as problem:
        raise bad_query(problem.sentence) from None


def _refusal(row: Any) -> Refusal:
    return Refusal(row.code, row.template)


def _answer(call: Call, table: Table, query: Query) -> Answer:
    statement = statement_of(call, query)
    if query.aggregates:
        found = call.organisation.store.rows(statement.sql.limit(facts.MOST_ROWS))
        return _told(call, table, [_aggregate(call, statement, row) for row in found], {})
    size = min(query.top or query.page_size or call.prefer.page_size or facts.MOST_ROWS, facts.MOST_ROWS)
    found = call.organisation.store.rows(_page(query, statement, size))
    shown = found[:size]
    extra = _paging(call, table, query, statement, shown, more=len(found) > size and query.top is None)
    if query.counts or call.given.get("$count") == "true":
        extra |= _totals(call, statement)
    return _told(call, table, _shaped(call, query, statement, shown), extra)


def _told(call: Call, table: Table, value: list[dict[str, Any]], extra: Mapping[str, Any]) -> Answer:
    names = sorted({name for row in value for name in row if "@" not in name})
    context = call.context(f"{table.set}({','.join(names)})" if names and "$apply" not in call.given else table.set)
    applied = [each for each in call.prefer.applied if not each.startswith("return")]
    body = {"@odata.context": context, **extra, "value": value}
    return Answer(200, body, headers=tuple(("Preference-Applied", each) for each in applied))


def _page(query: Query, statement: Statement, size: int) -> sa.Select[Any]:
    sql = statement.sql.limit(size + 1)
    if query.skip:
        return sql.offset(query.skip)
    if query.top is not None or query.page == 1:
        return sql
    last = read_values(query.cookie)
    if last and len(last) == len(statement.keys):
        return sql.where(after(statement.keys, last))
    return sql.offset((query.page - 1) * size)


def _paging(
    call: Call, table: Table, query: Query, statement: Statement, shown: Sequence[Row], *, more: bool
) -> dict[str, Any]:
    """Whether there is more and where it begins, as far as the request prefers to know."""
    extra: dict[str, Any] = {}
    if more and call.prefer.wants(_COOKIE) and statement.order_columns is not None:
        first, last = ({k.removeprefix("r_"): v for k, v in row.items()} for row in (shown[0], shown[-1]))
        if all(name in last for name in (*statement.order_columns, table.primary_id)):
            cookie = Cookie.between(table, query.page, statement.order_columns, first=first, last=last)
            extra[f"@{_COOKIE}"] = cookie.spelt(times=2)
    if call.prefer.wants(_MORE):
        extra[f"@{_MORE}"] = more
    return extra


def _totals(call: Call, statement: Statement) -> dict[str, Any]:
    some = statement.sql.order_by(None).limit(facts.MOST_ROWS + 1).subquery()
    number = int(call.organisation.store.value(sa.select(sa.func.count()).select_from(some)))
    shown = min(number, facts.MOST_ROWS)
    extra: dict[str, Any] = {"@odata.count": shown}
    if call.prefer.wants(_TOTAL):
        extra[f"@{_TOTAL}"] = shown
    if call.prefer.wants(_EXCEEDED):
        extra[f"@{_EXCEEDED}"] = number > facts.MOST_ROWS
    return extra


def _shaped(call: Call, query: Query, statement: Statement, found: Sequence[Row]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [{} for _ in found]
    for part in statement.parts:
        if part.columns or part.all_columns or not part.alias:
            for one, members in zip(made, _members(call, part, found, distinct=query.distinct), strict=True):
                one.update(members)
    return made


def _members(call: Call, part: Part, found: Sequence[Row], *, distinct: bool) -> Iterator[dict[str, Any]]:
    """What one table of the query gives to each row of the answer: no nulls, and for linked ones no etag."""
    table = part.scope.table
    length = len(part.prefix)
    own = [{k[length:]: v for k, v in row.items() if k.startswith(part.prefix)} for row in found]
    names = _names(part, distinct=distinct)
    there = [row for row in own if any(value is not None for value in row.values())]
    shaped = iter(shape_rows(call.organisation, table, [_whole(table, row) for row in there], names, call.prefer))
    for row in own:
        if row not in there:
            yield {}
            continue
        yield dict(_renamed(part, next(shaped), distinct=distinct))


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


def _renamed(part: Part, shaped: Row, *, distinct: bool) -> Iterator[tuple[str, Any]]:
    table = part.scope.table
    aliases = {_wire(table, each.path[0]): each.alias for each in part.columns if each.alias}
    absent = {name for name, value in shaped.items() if value is None}
    for name, value in shaped.items():
        plain, at, annotation = name.partition("@")
        if value is None or plain in absent:
            continue
        if not plain:  # the row's own etag
            if not part.alias and not distinct:
                yield name, value
            continue
        new = aliases.get(plain, plain)
        if part.alias and plain not in aliases:
            new = f"{part.alias}.{table.values[plain].name if plain in table.values else plain}"
        yield new + at + annotation, value


def _aggregate(call: Call, statement: Statement, row: Row) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for alias, (part, selected) in statement.aggregated.items():
        value = row[alias]
        if value is None:
            continue
        text = _text(call, part, selected, value) if call.prefer.wants(FORMATTED) else None
        if text is not None:
            made[f"{alias}@{FORMATTED}"] = text
        made[alias] = value
    return made


def _text(call: Call, part: Part, selected: Selected, value: Any) -> str | None:
    column = part.scope.table.columns.get(selected.path[-1])
    if selected.aggregate in ("count", "countcolumn") or selected.date_part or column is None:
        return f"{value:,}" if isinstance(value, int) else None
    plain = replace(column, type="double") if selected.aggregate == "avg" and column.type == "int" else column
    return formatted_value(call.organisation, plain, value, "$")
