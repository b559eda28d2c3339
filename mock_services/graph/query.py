"""The options of a read, over documents as the wire shows them: filter, select, top, orderby, count and paging.

What may be asked without the advanced query's parameters and what not is DOC concepts/aad-advanced-queries and the
members' doc strings in msgraph-sdk; the rest is refused in Graph's words, never passed over.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mock_services.errors import Unmodelled
from mock_services.graph import facts
from mock_services.graph.errors import Refused
from mock_services.graph.filters import Filterable, compile_filter
from mock_services.graph.refusals import queries
from mock_services.graph.search import found_by
from mock_services.odata.options import Expansion, read_expand, read_query, read_select
from mock_services.odata.problems import BadQuery

Document = dict[str, Any]
_KNOWN = ("$select", "$filter", "$top", "$orderby", "$count", "$skiptoken", "$search", "$expand", "$format", "$skip")
_SKIP_PREFIX = b"DSpt"
_TERM = re.compile(r"[\w./-]+|\*")
_ORDER_TERM = re.compile(r"^(\w+)(?:\s+(asc|desc))?$", re.IGNORECASE)


@dataclass(frozen=True)
class Entity:
    """A kind of object as reads see it: its name in refusals, its set in links, what may be filtered and sorted."""

    name: str
    collection: str
    filters: Mapping[str, Filterable]
    sortable: frozenset[str] = frozenset()
    """Without the advanced query's parameters."""
    sortable_advanced: frozenset[str] = frozenset()
    searchable: frozenset[str] = frozenset()
    unselected: frozenset[str] = frozenset()
    """Members that show only when selected."""
    is_mixed: bool = False
    """Objects of several kinds: a member that is selected shows where a kind has it."""


@dataclass(frozen=True)
class Options:
    """The options of one request, names in lower case, not yet checked against an entity."""

    given: Mapping[str, str]
    is_eventual: bool
    raw: tuple[tuple[str, str], ...]

    @property
    def is_advanced(self) -> bool:
        """Both of an advanced query's parameters are there: the header, and `$count=true`."""
        return self.is_eventual and self.given.get("$count", "").lower() == "true"

    def select(self) -> tuple[str, ...]:
        """The members wanted; empty for all. Raises Refused."""
        if "$select" not in self.given:
            return ()
        try:
            names = read_select(self.given["$select"])
        except BadQuery as problem:
            raise Refused(queries.SELECT_UNREADABLE, problem=problem.sentence) from None
        unreadable = next((name for name in names if not _TERM.fullmatch(name)), None)
        if unreadable is not None:
            sentence = f"Term '{unreadable}' is not valid in a $select or $expand expression."
            raise Refused(queries.SELECT_UNREADABLE, problem=sentence)
        return names

    def expand(self, entity: Entity) -> Expansion | None:
        """The one relation to show with each object; the directory takes no second. Raises Refused, Unmodelled."""
        text = self.given.get("$expand")
        if text is None:
            return None
        try:
            wanted = read_expand(text)
        except BadQuery as problem:
            raise Refused(queries.SELECT_UNREADABLE, problem=problem.sentence) from None
        if len(wanted) != 1 or not wanted[0].name or wanted[0].is_reference or wanted[0].options.keys() - {"$select"}:
            raise Unmodelled(f"$expand={text} of Graph")
        if wanted[0].name.lower() not in facts.REAL_NAVIGATIONS:
            raise _no_property(wanted[0].name, entity)
        return wanted[0]

    def top(self) -> int:
        """The size of a page. Raises Refused."""
        text = self.given.get("$top")
        if text is None:
            return facts.DEFAULT_PAGE
        if not (text.isascii() and text.isdigit()):
            raise Refused(queries.TOP_UNREADABLE, text=text)
        if not 1 <= int(text[:9]) <= facts.LARGEST_PAGE:
            raise Refused(queries.PAGE_SIZE_INVALID, top=text)
        return int(text)


def read_options(query_string: bytes, consistency_level: str) -> Options:
    """The `$` options of a query string; other parameters are passed over, as Graph does.

    Raises Refused for a repeated option, Unmodelled for one that these fakes do not know.
    """
    raw = read_query(query_string)
    given: dict[str, str] = {}
    for name, value in raw:
        option = name.lower()
        if not option.startswith("$"):
            continue
        if option not in _KNOWN:
            raise Unmodelled(f"the query option {name} of Graph")
        if option in given:
            raise Refused(queries.OPTION_TWICE, option=option)
        given[option] = value
    is_eventual = consistency_level.strip().lower() == "eventual"
    if "$search" in given and not is_eventual:
        raise Refused(queries.SEARCH_NEEDS_HEADER)
    if given.get("$format", "json").lower() not in ("json", "application/json"):
        raise Unmodelled("a $format other than JSON of Graph")
    if "$skip" in given:
        raise Unmodelled("the query option $skip of Graph")
    return Options(given, is_eventual, tuple(raw))


def _no_property(name: str, entity: Entity) -> Refused:
    return Refused(queries.PROPERTY_UNKNOWN, name=name, type=f"{entity.name[0].lower()}{entity.name[1:]}")


def selected(document: Document, names: Sequence[str], entity: Entity) -> Document:
    """The document's wanted members, its `id` only when asked for. Raises Refused for an unknown member."""
    if not names:
        return document
    if entity.is_mixed and "*" not in names:
        return {name: value for name, value in document.items() if name.startswith("@") or name in names}
    for name in names:
        if name not in document and name not in entity.unselected and name != "*":
            raise _no_property(name, entity)
    if "*" in names:
        return document
    annotations = {name: value for name, value in document.items() if name.startswith("@")}
    return annotations | {name: document.get(name) for name in names}


def context(root: str, entity: Entity, names: Sequence[str], *, is_single: bool) -> str:
    """The `@odata.context` of an answer; `$select` shows in it."""
    members = f"({','.join(names)})" if names else ""
    return f"{root}/$metadata#{entity.collection}{members}{'/$entity' if is_single else ''}"


def page(
    documents: Sequence[Document],
    options: Options,
    entity: Entity,
    *,
    root: str,
    url: str,
    related: Callable[[Document], Document] = lambda _: {},
) -> Document:
    """A collection's answer: filtered, sorted, counted, cut to a page with its link to the next.

    `related` gives the members that `$expand` adds to a document. Raises Refused.
    """
    names, size = options.select(), options.top()
    found = _sorted(_filtered(documents, options, entity), options, entity)
    total = len(found)
    rest = found[_start(found, options) :]
    answer: Document = {"@odata.context": context(root, entity, names, is_single=False)}
    if options.is_advanced:
        answer["@odata.count"] = total
    if len(rest) > size:
        answer["@odata.nextLink"] = _next_link(url, options, str(rest[size - 1]["id"]))
    if names:
        _check_names(names, documents, entity)
    answer["value"] = [selected(each, names, entity) | related(each) for each in rest[:size]]
    return answer


def count(documents: Sequence[Document], options: Options, entity: Entity) -> int:
    """The number for `/$count`. Raises Refused without the eventual header."""
    if not options.is_eventual:
        raise Refused(queries.COUNT_UNSUPPORTED)
    return len(_filtered(documents, options, entity))


def _check_names(names: Sequence[str], documents: Sequence[Document], entity: Entity) -> None:
    if documents:
        selected(documents[0], names, entity)


def _filtered(documents: Sequence[Document], options: Options, entity: Entity) -> list[Document]:
    documents = found_by(options.given.get("$search"), documents, entity.searchable)
    text = options.given.get("$filter")
    if text is None:
        return list(documents)
    holds: Callable[[Document], bool] = compile_filter(
        text, entity.filters, entity.name, is_advanced=options.is_advanced
    )
    return [each for each in documents if holds(each)]


def _sorted(documents: list[Document], options: Options, entity: Entity) -> list[Document]:
    text = options.given.get("$orderby")
    if text is None:
        return documents
    for term in reversed(text.split(",")):
        read = _ORDER_TERM.match(term.strip())
        if read is None:
            raise Refused(queries.ORDER_UNREADABLE, position=len(term), text=text)
        allowed = entity.sortable | (entity.sortable_advanced if options.is_advanced else frozenset())
        if read[1] not in allowed or ("$filter" in options.given and not options.is_advanced):
            raise Refused(queries.SORTING_UNSUPPORTED)
        documents = sorted(
            documents, key=lambda each: str(each[read[1]] or "").casefold(), reverse=(read[2] or "").lower() == "desc"
        )
    return documents


def _start(found: Sequence[Document], options: Options) -> int:
    token = options.given.get("$skiptoken")
    if token is None:
        return 0
    try:
        decoded = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        decoded = b""
    last = decoded.removeprefix(_SKIP_PREFIX).decode("latin-1")
    position = next((index for index, each in enumerate(found) if each["id"] == last), None)
    if not decoded.startswith(_SKIP_PREFIX) or position is None:
        raise Refused(queries.SKIP_TOKEN_UNREADABLE)
    return position + 1


def _next_link(url: str, options: Options, last: str) -> str:
    token = base64.urlsafe_b64encode(_SKIP_PREFIX + last.encode()).rstrip(b"=").decode()
    kept = [f"{name}={quote(value)}" for name, value in options.raw if name.lower() != "$skiptoken"]
    return f"{url}?{'&'.join([*kept, f'$skiptoken={token}'])}"
