"""Paging cookies: where a page ended, in the form that Dataverse writes them and clients carry back.

`<cookie pagenumber="2" pagingcookie="…" istracking="False" />`, the inner one `<cookie page="1"><contactid last="{…}"
first="{…}" /></cookie>` percent-encoded (powerapps-docs webapi/query/page-results.md, fetchxml/page-results.md). The
names and values of the order's columns stand before the key's, as in recorded cookies of ordered queries.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

import sqlalchemy as sa

from mock_services.odata.problems import BadQuery
from mock_services.state.organisation.definitions import Table

Row = Mapping[str, Any]
_MALFORMED = "Malformed XML in the Paging Cookie"
_LONGEST = 20_000
_LONGEST_KEYS = 2_000
"""Of what tells a place: a link has to carry it, encoded twice. Beyond that the page goes by its number. [inferred]"""
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold."""
_NULL = "lastnull"


@dataclass(frozen=True)
class Cookie:
    """The page that comes next, and the values of the last row of the one before; none where only a number is known."""

    page: int
    last: tuple[str | None, ...] = ()
    inner: str = ""

    @classmethod
    def between(
        cls,
        table: Table,
        page: int,
        columns: Sequence[str] | None,
        *,
        first: Mapping[str, Any],
        last: Mapping[str, Any],
        number: int | None = None,
    ) -> "Cookie":
        """The cookie after page number `page`, which ran from `first` to `last` in the order of these columns.

        `columns` None: the order cannot be told by columns of the table, and only the number goes along. `number` is
        that of its rows, which is told of expanded collections alone.
        """
        count = "" if number is None else f' countOfRecords="{number}"'
        if columns is None:
            return cls(page + 1, (), f'<cookie page="{page}"{count} />')
        names = [*columns, *(table.unique or (table.primary_id,))]
        keys = "".join(_key(name, first.get(name), last.get(name)) for name in names)
        if len(keys) > _LONGEST_KEYS or _UNSPEAKABLE.search(keys):
            keys = ""
        return cls(page + 1, (), f'<cookie page="{page}"{count}>{keys}</cookie>')

    def spelt(self, *, times: int = 1) -> str:
        """The whole cookie, the inner one encoded so many times over, with hexadecimal digits in lower case."""
        inner = self.inner
        for _ in range(times):
            inner = re.sub("%[0-9A-F]{2}", lambda hit: hit[0].lower(), quote(inner, safe=""))
        return f'<cookie pagenumber="{self.page}" pagingcookie="{inner}" istracking="False" />'


def _key(name: str, first: Any, last: Any) -> str:
    marks = (f' {which}null="1"' if value is None else f" {which}={quoteattr(_spelt(value))}"
             for which, value in (("last", last), ("first", first)))  # fmt: skip
    return f"<{name}{''.join(marks)} />"


def _spelt(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    text = str(value)
    is_guid = re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)
    return f"{{{text.upper()}}}" if is_guid else text


def read_cookie(text: str) -> Cookie:
    """A cookie as it came back, whole (`$skiptoken`). Raises BadQuery."""
    outer = _element(text)
    page = outer.get("pagenumber", "")
    if not (page.isascii() and page.isdigit()) or len(page) > 7 or not int(page):
        raise BadQuery(_MALFORMED)
    return Cookie(int(page), read_values(outer.get("pagingcookie", "")))


def read_values(text: str) -> tuple[str | None, ...]:
    """The last row's values in an inner cookie, however often it is encoded. Raises BadQuery."""
    for _ in range(3):
        if text.lstrip().startswith("<"):
            break
        text = unquote(text)
    if not text.strip():
        return ()
    return tuple(_value(key) for key in _element(text))


def _value(key: ElementTree.Element) -> str | None:
    if key.get(_NULL):
        return None
    value = key.get("last")
    if value is None:
        raise BadQuery(_MALFORMED)
    return value[1:-1].lower() if re.fullmatch(r"\{[0-9A-Fa-f-]{36}\}", value) else value


def _element(text: str) -> ElementTree.Element:
    if len(text) > _LONGEST or "<!" in text:
        raise BadQuery(_MALFORMED)
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - short, and without declarations of entities
    except ElementTree.ParseError:
        raise BadQuery(_MALFORMED) from None


def after(keys: Sequence[tuple[sa.ColumnElement[Any], bool]], last: Sequence[str | None]) -> sa.ColumnElement[bool]:
    """The rows that come after one with these values; without a value is less than any.

    What all of them have in common, not to come before that row by the first key, is said too: an index on that key
    then begins there.
    """
    keys = [(_countable(column), descending) for column, descending in keys]
    alternatives = []
    for number, ((column, descending), value) in enumerate(zip(keys, last, strict=True)):
        same = [_same(key, each) for (key, _), each in zip(keys[:number], last, strict=False)]
        further = _further(column, _bound(column, value), descending)
        if further is not None:
            alternatives.append(sa.and_(*same, further))
    if not alternatives:
        return sa.false()
    (column, descending), value = keys[0], last[0]
    if len(alternatives) == 1 or descending or value is None:
        return sa.or_(*alternatives)
    return sa.and_(column >= _bound(column, value), sa.or_(*alternatives))


def _countable(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Yes and no as the numbers they are kept as: SQLAlchemy compares them no other way."""
    return sa.type_coerce(column, sa.Integer) if isinstance(column.type, sa.Boolean) else column


def _same(column: sa.ColumnElement[Any], value: str | None) -> sa.ColumnElement[bool]:
    return column.is_(None) if value is None else column == _bound(column, value)


def _further(column: sa.ColumnElement[Any], value: Any, descending: bool) -> sa.ColumnElement[bool] | None:
    if value is None:
        return None if descending else column.is_not(None)
    return sa.or_(column < value, column.is_(None)) if descending else column > value


def _bound(column: sa.ColumnElement[Any], value: str | None) -> Any:
    """A value of the cookie as the column keeps its own. Raises BadQuery."""
    kind = column.type
    try:
        if value is None or not isinstance(kind, (sa.Numeric, sa.Integer)):
            return value
        return int(value) if isinstance(kind, sa.Integer) else float(value)
    except (ValueError, OverflowError):
        raise BadQuery(_MALFORMED) from None
