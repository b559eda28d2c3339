"""The answer to a query that came whole, in FetchXML or SQL or by a view's name: its page, cookies and totals."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call
from mock_services.dataverse.errors import refused
from mock_services.dataverse.querying.faults import refusing
from mock_services.dataverse.querying.pages import Cookie, after, read_cookie, read_values
from mock_services.dataverse.querying.shaping import grouped, names_of, shaped
from mock_services.dataverse.querying.statements import Statement, statement_of
from mock_services.dataverse.refusals import queries as rows
from mock_services.odata.model import Query
from mock_services.odata.options import read_count
from mock_services.odata.problems import Fault
from mock_services.state.organisation.definitions import Table

_COOKIE = "Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
_MORE = "Microsoft.Dynamics.CRM.morerecords"
_TOTAL = "Microsoft.Dynamics.CRM.totalrecordcount"
_EXCEEDED = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"
MOST_WITHOUT_COOKIE = 50_000
"""Rows that pages reach by their number alone: powerapps-docs fetchxml/page-results.md."""
Row = Mapping[str, Any]


def answer(call: Call, table: Table, query: Query) -> Answer:
    """The page of a query that was asked of this table's set. Raises Refusal and Unmodelled."""
    with refusing(call):
        if query.table != table.logical:
            raise refused(rows.NOT_THE_SET)
        return _answer(call, table, query)


def _answer(call: Call, table: Table, query: Query) -> Answer:
    statement = statement_of(call, query)
    page = _Page(call, table, query, statement)
    found = call.organisation.store.rows(page.sql())
    shown, more = found[: page.limit], len(found) > page.limit and page.goes_on
    value = grouped(call, statement, shown) if query.aggregates else shaped(call, query, statement, shown)
    extra = page.annotations(shown, more=more)
    if query.counts or ("$count" in call.given and read_count(call.given["$count"])):
        extra |= _totals(call, statement)
    else:
        extra |= total_annotations(call, None)
    names = names_of(query, statement)
    context = table.set if "$apply" in call.given or not names else f"{table.set}({','.join(names)})"
    body = {"@odata.context": call.context(context), **extra, "value": value}
    if more and "fetchxml" not in {name.lower() for name in call.given}:
        body["@odata.nextLink"] = next_link(call, page.cookie(shown))
    applied = [each for each in call.prefer.applied if not each.startswith("return")]
    return Answer(200, body, headers=tuple(("Preference-Applied", each) for each in applied))


class _Page:
    """Which rows of a statement are asked for, and how the next ones will be."""

    def __init__(self, call: Call, table: Table, query: Query, statement: Statement) -> None:
        self._call, self._table, self._query, self._statement = call, table, query, statement
        token = read_cookie(call.given["$skiptoken"]) if "$skiptoken" in call.given else None
        self._number = token.page if token else query.page
        self._last = token.last if token else read_values(query.cookie)
        self._size = min(query.page_size or call.prefer.page_size or facts.MOST_ROWS, facts.MOST_ROWS)
        before = (self._number - 1) * self._size
        self._rest = None if query.top is None else max(query.top - before, 0)
        self.limit = self._size if self._rest is None else min(self._size, self._rest)

    @property
    def goes_on(self) -> bool:
        """Whether there may be a page after this one."""
        return self._rest is None or self._rest > self.limit

    def sql(self) -> sa.Select[Any]:
        """The statement of this page and one row more. Raises Refusal and BadQuery."""
        sql = self._statement.sql.limit(self.limit + 1)
        if self._last and self._statement.order_columns is not None:
            if len(self._last) != len(self._statement.keys):
                raise Fault("QueryBuilderPagingOrderBy")
            return sql.where(after(self._statement.keys, self._last))
        before = (self._number - 1) * self._size
        if before + self.limit > MOST_WITHOUT_COOKIE:
            raise refused(rows.PAGE_TOO_HIGH)
        return sql.offset(before + self._query.skip)

    def cookie(self, shown: Sequence[Row]) -> Cookie:
        """The one that leads to the next page."""
        columns = self._statement.order_columns
        first, last = ({k.removeprefix("r_"): v for k, v in row.items()} for row in (shown[0], shown[-1]))
        return Cookie.between(self._table, self._number, columns, first=first, last=last)

    def annotations(self, shown: Sequence[Row], *, more: bool) -> dict[str, Any]:
        """Whether there is more and where it begins, as far as the request prefers to know."""
        extra: dict[str, Any] = {}
        if more and self._call.prefer.wants(_COOKIE) and self._statement.order_columns is not None:
            extra[f"@{_COOKIE}"] = self.cookie(shown).spelt(times=2)
        if self._call.prefer.wants(_MORE):
            extra[f"@{_MORE}"] = more
        return extra


def _totals(call: Call, statement: Statement) -> dict[str, Any]:
    some = statement.sql.order_by(None).limit(facts.MOST_ROWS + 1).subquery()
    number = int(call.organisation.store.value(sa.select(sa.func.count()).select_from(some)))
    return {"@odata.count": min(number, facts.MOST_ROWS), **total_annotations(call, number)}


def total_annotations(call: Call, number: int | None) -> dict[str, Any]:
    """What a request prefers to know of the number of all rows; None where it was not counted (count-rows.md)."""
    extra: dict[str, Any] = {}
    if call.prefer.wants(_TOTAL):
        extra[f"@{_TOTAL}"] = -1 if number is None else min(number, facts.MOST_ROWS)
    if call.prefer.wants(_EXCEEDED):
        extra[f"@{_EXCEEDED}"] = number is not None and number > facts.MOST_ROWS
    return extra


def next_link(call: Call, cookie: Cookie) -> str:
    """The same URL with a cookie of the recorded form; counting is not asked for again."""
    kept = [part for part in call.raw_query.decode("latin-1").split("&") if part and "skiptoken=" not in part]
    kept = [part for part in kept if not re.match(r"(?:\$|%24)count=", part)]
    token = "$skiptoken=" + quote(cookie.spelt(), safe="=/")
    return f"{call.url.partition('?')[0]}?{'&'.join([*kept, token])}"
