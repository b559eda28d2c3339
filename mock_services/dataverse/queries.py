"""Collections: query options into SQL under the caller's reach, pages, counts and expansions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.errors import Refusal, bad_query
from mock_services.dataverse.expansions import check_expansions, expand_rows
from mock_services.dataverse.resolver import ColumnResolver
from mock_services.dataverse.shapes import shape_rows, wire_names
from mock_services.errors import Unmodelled
from mock_services.odata import filters
from mock_services.odata.options import Expansion, Order, read_count, read_expand, read_orderby, read_select, read_top
from mock_services.odata.problems import BadQuery, TooManyConditions
from mock_services.state.organisation.definitions import Table

_UNMODELLED = {"$apply", "fetchxml", "savedquery", "userquery", "sql", "$search", "$format", "$compute"}
_KNOWN = {"$select", "$filter", "$orderby", "$top", "$expand", "$count", "$skiptoken", "$id"}
_PAGE = re.compile(r'pagenumber="(\d{1,7})"')


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
    page: int = 1
    given: Mapping[str, str] = field(default_factory=dict)


def read_options(call: Call, table: Table) -> Options:
    """The options of a request. Raises Refusal for what Dataverse refuses, Unmodelled for what is not there yet."""
    given = _given(call)
    try:
        return _read(call, table, given)
    except TooManyConditions as problem:
        raise Refusal("0x8004430c", problem.sentence) from None
    except BadQuery as problem:
        raise bad_query(problem.sentence) from None


def _given(call: Call) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in call.query:
        if name.startswith("@") or not name:
            continue
        if name == "$skip":
            raise bad_query(facts.SKIP_REFUSED)
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
    resolver = ColumnResolver(call.organisation, table)
    select = read_select(given["$select"]) if given.get("$select") else ()
    expand = read_expand(given.get("$expand", ""))
    check_expansions(call.organisation, table, expand)
    order = read_orderby(given["$orderby"]) if given.get("$orderby") else ()
    for key in order:
        resolver.operand(key.path)
    page = _PAGE.search(given.get("$skiptoken", ""))
    if "$skiptoken" in given and not page:
        raise BadQuery("Malformed XML in the Paging Cookie")
    return Options(
        select=select,
        names=wire_names(table, select),
        condition=filters.where(given["$filter"], resolver, call.aliases) if "$filter" in given else None,
        order=order,
        top=read_top(given["$top"]) if "$top" in given else None,
        expand=expand,
        count=read_count(given["$count"]) if "$count" in given else False,
        page=max(1, int(page[1])) if page else 1,
        given=given,
    )


def context_columns(options: Options) -> str:
    """`(title,customerid_contact(fullname))` for an `@odata.context`, empty without `$select` or `$expand`."""
    names = [*options.select, *(f"{each.name}({','.join(each.select)})" for each in options.expand)]
    return f"({','.join(names)})" if names else ""


def list_rows(call: Call, table: Table, *, within: sa.ColumnElement[bool] | None = None, context: str = "") -> Answer:
    """The rows of a table that the caller may read and the query asks for. Raises Refusal."""
    options = read_options(call, table)
    conditions = _conditions(call, table, options, within)
    size = call.prefer.page_size or facts.MOST_ROWS
    limit = size if call.prefer.page_size or options.top is None else min(options.top, facts.MOST_ROWS)
    rows = call.organisation.store.rows(_page(call, table, options, conditions, limit=limit, size=size))
    body: dict[str, Any] = {"@odata.context": call.context(f"{context or table.set}{context_columns(options)}")}
    if options.count:
        body["@odata.count"] = _count(call, table, conditions)
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
    return Answer(200, text="\ufeff" + str(_count(call, table, _conditions(call, table, options, within))))


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
    sql = call.schema.sql(table.logical)
    resolver = ColumnResolver(call.organisation, table)
    keys: list[sa.ColumnElement[Any]] = []
    for key in options.order:
        column = resolver.operand(key.path).expression
        keys.append(column.desc() if key.descending else column.asc())
    query = sa.select(sql).where(*conditions).order_by(*keys, *sql.primary_key.columns)
    return query.limit(limit + 1).offset((options.page - 1) * size)


def _count(call: Call, table: Table, conditions: Sequence[sa.ColumnElement[bool]]) -> int:
    """The number of rows, 5,000 at most whatever the truth: powerapps-docs count-rows.md."""
    sql = call.schema.sql(table.logical)
    some = sa.select(sa.literal(1)).select_from(sql).where(*conditions).limit(facts.MOST_ROWS).subquery()
    return int(call.organisation.store.value(sa.select(sa.func.count()).select_from(some)))


def _next_link(call: Call, table: Table, options: Options, rows: Sequence[Mapping[str, Any]]) -> str:
    """The same URL with a cookie of the recorded form; the inner one is encoded twice over, its GUIDs in upper case."""
    last, first = (f"{{{str(row[table.primary_id]).upper()}}}" for row in (rows[-1], rows[0]))
    inner = f'<cookie page="{options.page}"><{table.primary_id} last="{last}" first="{first}" /></cookie>'
    encoded = re.sub("%[0-9A-F]{2}", lambda hit: hit[0].lower(), quote(inner, safe=""))
    cookie = f'<cookie pagenumber="{options.page + 1}" pagingcookie="{encoded}" istracking="False" />'
    kept = [part for part in call.raw_query.decode("latin-1").split("&") if part and "skiptoken" not in part]
    kept = [part for part in kept if not re.match(r"(?:\$|%24)count=", part)]
    token = "$skiptoken=" + quote(cookie, safe="=/")
    return f"{call.url.partition('?')[0]}?{'&'.join([*kept, token])}"
