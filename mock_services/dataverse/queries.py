"""Collections: query options into SQL under the caller's reach, pages, counts and expansions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.column_security import veil
from mock_services.dataverse.errors import bad_query, refused
from mock_services.dataverse.expansions import check_expansions, expand_rows
from mock_services.dataverse.querying import fetch
from mock_services.dataverse.querying.conditions import compile_condition, count_conditions
from mock_services.dataverse.querying.faults import refusing
from mock_services.dataverse.querying.languages import whole_query
from mock_services.dataverse.querying.pages import Cookie, after, read_cookie
from mock_services.dataverse.querying.scopes import scope_of
from mock_services.dataverse.refusals.queries import COOKIE_MISMATCH, PAGE_TOO_HIGH
from mock_services.dataverse.shapes import shape_rows, wire_names
from mock_services.errors import Unmodelled
from mock_services.odata.filters import read_filter
from mock_services.odata.options import Expansion, Order, read_count, read_expand, read_orderby, read_select, read_top
from mock_services.state.organisation.definitions import Table

_UNMODELLED = {"$search", "$format", "$compute"}
_LANGUAGES = {"fetchxml": "fetchXml", "savedquery": "savedQuery", "userquery": "userQuery", "sql": "sql"}
"""Options that hold or name a whole query, by their folded names."""
_KNOWN = {"$select", "$filter", "$orderby", "$top", "$expand", "$count", "$skiptoken", "$id"}


@dataclass(frozen=True)
class Options:
    """The query options of one request, read and checked against a table."""

    select: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    condition: sa.ColumnElement[bool] | None = None
    order: tuple[Order, ...] = ()
    top: int | None = None
    expand: tuple[Expansion, ...] = ()
    count: bool = False
    cookie: Cookie | None = None
    given: Mapping[str, str] = field(default_factory=dict)


def read_options(call: Call, table: Table) -> Options:
    """The options of a request. Raises Refusal for what Dataverse refuses, Unmodelled for what is not there yet."""
    given = _given(call)
    with refusing(call):
        return _read(call, table, given)


def _given(call: Call) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in call.query:
        if name.startswith("@") or not name:
            continue
        if name == "$skip":
            raise bad_query(facts.SKIP_REFUSED)
        if name.lower() in _LANGUAGES:
            raise bad_query(f"The query parameter {name} is not supported")
        if name.lower() in _UNMODELLED:
            raise Unmodelled(f"the query option {name}")
        if name not in _KNOWN:
            raise bad_query(f"The query parameter {name} is not supported")
        if name in given:
            raise bad_query(
                f"Query option '{name}' was specified more than once, but it must be specified at most once."
            )
        given[name] = value
    return given


def _read(call: Call, table: Table, given: dict[str, str]) -> Options:
    resolver = scope_of(call, table).resolver
    select = read_select(given["$select"]) if given.get("$select") else ()
    expand = read_expand(given.get("$expand", ""))
    check_expansions(call, table, expand)
    order = read_orderby(given["$orderby"]) if given.get("$orderby") else ()
    for key in order:
        resolver.operand(key.path)
    return Options(
        select=select,
        names=wire_names(table, select),
        condition=_condition(call, table, given["$filter"]) if "$filter" in given else None,
        order=order,
        top=read_top(given["$top"]) if "$top" in given else None,
        expand=expand,
        count=read_count(given["$count"]) if "$count" in given else False,
        cookie=read_cookie(given["$skiptoken"]) if "$skiptoken" in given else None,
        given=given,
    )


def _condition(call: Call, table: Table, text: str) -> sa.ColumnElement[bool]:
    condition = read_filter(text, call.aliases)
    count_conditions(condition)
    return compile_condition(condition, scope_of(call, table))


def context_columns(options: Options) -> str:
    """`(title,customerid_contact(fullname))` for an `@odata.context`, empty without `$select` or `$expand`."""
    names = [*options.select, *(_expanded(each) for each in options.expand)]
    return f"({','.join(names)})" if names else ""


def _expanded(each: Expansion) -> str:
    if each.is_reference:
        return f"{each.name},{each.name}/$ref()"
    return f"{each.name}({','.join([*each.select, *(_expanded(inner) for inner in each.expand)])})"


def list_rows(call: Call, table: Table, *, within: sa.ColumnElement[bool] | None = None, context: str = "") -> Answer:
    """The rows of a table that the caller may read and the query asks for. Raises Refusal."""
    if "odata.track-changes" in call.headers.get("prefer", "").lower():
        raise Unmodelled("change tracking (Prefer: odata.track-changes)")  # whoever asks waits for the delta link
    if (query := whole_query(call)) is not None:
        if within is not None:
            raise Unmodelled("a query in FetchXML or SQL of a collection behind a row")
        return fetch.answer(call, table, query)
    options = read_options(call, table)
    conditions = _conditions(call, table, options, within)
    size = call.prefer.page_size or facts.MOST_ROWS
    limit = size if call.prefer.page_size or options.top is None else min(options.top, facts.MOST_ROWS)
    rows = veil(
        call, table, call.organisation.store.rows(_page(call, table, options, conditions, limit=limit, size=size))
    )
    body: dict[str, Any] = {"@odata.context": call.context(f"{context or table.set}{context_columns(options)}")}
    total = _count(call, table, conditions) if options.count else None
    if total is not None:
        body["@odata.count"] = min(total, facts.MOST_ROWS)
    body |= fetch.total_annotations(call, total)
    shaped = shape_rows(call.organisation, table, rows[:limit], options.names, call.prefer)
    if options.expand:
        expand_rows(call, table, rows[:limit], shaped, options.expand)
    body["value"] = shaped
    may_continue = call.prefer.page_size or options.top is None
    if may_continue and len(rows) > limit:
        body["@odata.nextLink"] = _next_link(call, table, options, rows[:limit])
    applied = [each for each in call.prefer.applied if not each.startswith("return")]
    return Answer(200, body, headers=tuple(("Preference-Applied", each) for each in applied))


def count_rows(call: Call, table: Table, *, within: sa.ColumnElement[bool] | None = None) -> Answer:
    """`/$count`: a bare number behind a byte order mark, as the documentation's samples have it."""
    options = read_options(call, table)
    total = _count(call, table, _conditions(call, table, options, within))
    return Answer(200, text="\ufeff" + str(min(total, facts.MOST_ROWS)))


def references(call: Call, table: Table, within: sa.ColumnElement[bool]) -> Answer:
    """`/$ref` of a collection: the addresses of its rows."""
    options = replace(read_options(call, table), order=())
    conditions = _conditions(call, table, options, within)
    rows = call.organisation.store.rows(
        _page(call, table, options, conditions, limit=facts.MOST_ROWS, size=facts.MOST_ROWS)
    )
    links = [{"@odata.id": f"{call.root}/{table.set}({row[table.primary_id]})"} for row in rows]
    return Answer(200, {"@odata.context": call.context("Collection($ref)"), "value": links})


def _conditions(
    call: Call, table: Table, options: Options, within: sa.ColumnElement[bool] | None
) -> list[sa.ColumnElement[bool]]:
    reach = call.security.demand("Read", table).condition(table)
    return [condition for condition in (within, reach, options.condition) if condition is not None]


def _page(
    call: Call, table: Table, options: Options, conditions: Sequence[sa.ColumnElement[bool]], *, limit: int, size: int
) -> sa.Select[Any]:
    """A page: what comes after the row that the cookie names, so that no page costs more than the first."""
    sql = sql_of(call, table)
    keys = _keys(call, table, options)
    ordered = [key.desc() if descending else key.asc() for key, descending in keys]
    query = sa.select(sql).where(*conditions).order_by(*ordered).limit(limit + 1)
    if options.cookie is None:
        return query
    if options.cookie.last:
        if len(options.cookie.last) != len(keys):
            raise refused(COOKIE_MISMATCH)
        return query.where(after(keys, options.cookie.last))
    if options.cookie.page * size > fetch.MOST_WITHOUT_COOKIE:
        raise refused(PAGE_TOO_HIGH)
    return query.offset((options.cookie.page - 1) * size)


def _keys(call: Call, table: Table, options: Options) -> list[tuple[sa.ColumnElement[Any], bool]]:
    """What rows are ordered by, each with whether downwards; the key comes last and makes the order whole."""
    resolver = scope_of(call, table).resolver
    given = [(resolver.operand(key.path).expression, key.descending) for key in options.order]
    return [*given, *((column, False) for column in sql_of(call, table).primary_key.columns)]


def sql_of(call: Call, table: Table) -> sa.Table:
    """The SQL table (or view) behind a table."""
    return call.schema.sql(table.logical)


def _count(call: Call, table: Table, conditions: Sequence[sa.ColumnElement[bool]]) -> int:
    """The number of rows, as far as it is told (5,000: powerapps-docs count-rows.md) and one more."""
    sql = sql_of(call, table)
    some = sa.select(sa.literal(1)).select_from(sql).where(*conditions).limit(facts.MOST_ROWS + 1).subquery()
    return int(call.organisation.store.value(sa.select(sa.func.count()).select_from(some)))


def _next_link(call: Call, table: Table, options: Options, rows: Sequence[Mapping[str, Any]]) -> str:
    """The same URL with a cookie of the recorded form; counting is not asked for again."""
    names = [key.path for key in options.order]
    plain = all(len(path) == 1 for path in names)
    columns = [_stored_name(table, path[0]) for path in names] if plain else []
    page = options.cookie.page if options.cookie else 1
    cookie = Cookie.between(table, page, columns if plain else None, first=rows[0], last=rows[-1])
    return fetch.next_link(call, cookie)


def _stored_name(table: Table, name: str) -> str:
    """The column of a row behind a name of `$orderby`."""
    if name in table.values:
        return table.values[name].name
    return table.navigation[name][0].name if name in table.navigation else name
