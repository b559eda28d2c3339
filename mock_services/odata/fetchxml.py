"""FetchXML into the query model.

Elements and attributes: powerapps-docs developer/data-platform/fetchxml/reference. What is not known there is refused,
as the platform's own schema does.
"""

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from mock_services.errors import Unmodelled
from mock_services.odata.model import Comparison, Condition, Group, Linked, Ordered, Query, Selected, Value, all_of
from mock_services.odata.problems import BadQuery

LONGEST = 200_000
"""Characters; a URL holds less, a batch not much more."""
MOST_LINKS = 15
_DEEPEST = 20
_FETCH = {
    "version", "mapping", "output-format", "aggregate", "aggregatelimit", "count", "page", "paging-cookie", "distinct",
    "top", "returntotalrecordcount", "latematerialize", "no-lock", "options", "datasource", "min-active-row-version",
    "useraworderby", "utc-offset",
}  # fmt: skip
_ATTRIBUTE = {
    "name", "alias", "aggregate", "groupby", "distinct", "dategrouping", "usertimezone", "rowaggregate", "addedby",
    "build",
}  # fmt: skip
_CONDITION = {
    "attribute", "operator", "value", "valueof", "entityname", "column", "uiname", "uitype", "uihidden"
}  # fmt: skip
_AGGREGATES = {"count", "countcolumn", "sum", "avg", "min", "max"}
_DATE_PARTS = {"day", "week", "month", "quarter", "year", "fiscal-period", "fiscal-year"}
_KINDS = {
    "inner", "outer", "any", "not any", "all", "not all", "exists", "in", "matchfirstrowusingcrossapply", "natural"
}  # fmt: skip
_PLAIN = {"neq": "ne", "ne": "ne"}
_WITHOUT_VALUES = {"null", "not-null"}
_NUMBERED = ("hours", "days", "weeks", "months", "years", "fiscal-years", "fiscal-periods")
_SPANS = ("week", "month", "year", "fiscal-year", "fiscal-period")
OPERATORS = frozenset(
    [
        *("eq", "neq", "ne", "gt", "ge", "lt", "le", "like", "not-like", "in", "not-in", "between", "not-between"),
        *("null", "not-null", "begins-with", "not-begin-with", "ends-with", "not-end-with"),
        *("contain-values", "not-contain-values", "under", "eq-or-under", "not-under", "above", "eq-or-above"),
        *("yesterday", "today", "tomorrow", "last-seven-days", "next-seven-days", "on", "on-or-before", "on-or-after"),
        *("eq-userid", "ne-userid", "eq-userteams", "eq-useroruserteams", "eq-useroruserhierarchy"),
        *("eq-useroruserhierarchyandteams", "eq-businessid", "ne-businessid", "eq-userlanguage"),
        *("in-fiscal-year", "in-fiscal-period", "in-fiscal-period-and-year"),
        *("in-or-before-fiscal-period-and-year", "in-or-after-fiscal-period-and-year"),
        *(f"{which}-{span}" for which in ("last", "this", "next") for span in _SPANS),
        *(f"{which}-x-{unit}" for which in ("last", "next") for unit in _NUMBERED),
        *(f"olderthan-x-{unit}" for unit in ("minutes", "hours", "days", "weeks", "months", "years")),
    ]
)
"""Condition operators: fetchxml/reference/operators.md."""


class TooManyLinks(BadQuery):
    """More linked tables than one query may have."""

    def __init__(self) -> None:
        super().__init__("Number of link entities in query exceeded maximum limit.")


def read_fetchxml(text: str) -> Query:
    """The query in a FetchXML text. Raises BadQuery (TooManyLinks) and Unmodelled."""
    fetch = _parse(text)
    if fetch.tag != "fetch":
        raise BadQuery(f"Invalid XML: the root element is <{fetch.tag}>, not <fetch>.")
    _only(fetch, _FETCH)
    entities = [child for child in fetch if child.tag == "entity"]
    if len(entities) != 1 or len(entities) != len(list(fetch)):
        raise BadQuery("Invalid XML: <fetch> holds exactly one <entity>.")
    (entity,) = entities
    _only(entity, {"name", "enableprefiltering", "prefilterparametername"})
    aggregates = _flag(fetch, "aggregate")
    links = tuple(_links(entity, aggregates, 1))
    if _count(links) > MOST_LINKS:
        raise TooManyLinks
    top, page_size = _number(fetch, "top"), _number(fetch, "count")
    if top is not None and (page_size is not None or fetch.get("page")):
        raise BadQuery("The top attribute can't be specified with paging attribute page")
    return Query(
        table=_name(entity, "name"),
        columns=tuple(_columns(entity, aggregates)),
        all_columns=entity.find("all-attributes") is not None,
        condition=_filters(entity, 1),
        links=links,
        orders=tuple(_orders(entity)),
        top=top,
        page=_number(fetch, "page") or 1,
        page_size=page_size,
        cookie=fetch.get("paging-cookie", ""),
        distinct=_flag(fetch, "distinct"),
        aggregates=aggregates,
        aggregate_limit=_number(fetch, "aggregatelimit"),
        counts=_flag(fetch, "returntotalrecordcount"),
    )


def _parse(text: str) -> ElementTree.Element:
    if len(text) > LONGEST:
        raise BadQuery("Invalid XML: the query is too long.")
    if "<!" in text.replace("<!--", ""):
        raise BadQuery("Invalid XML: declarations of types and entities are not allowed.")
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - bounded, and without declarations of entities
    except (ElementTree.ParseError, ValueError) as problem:
        raise BadQuery(f"Invalid XML: {problem}") from None


def _only(element: ElementTree.Element, known: set[str]) -> None:
    unknown = sorted(set(element.attrib) - known)
    if unknown:
        raise BadQuery(f"Invalid Child Node, valid attributes of <{element.tag}> do not include '{unknown[0]}'.")


def _name(element: ElementTree.Element, attribute: str) -> str:
    value = element.get(attribute, "").strip()
    if not value:
        raise BadQuery(f"Invalid XML: <{element.tag}> has no {attribute}.")
    return value


def _flag(element: ElementTree.Element, attribute: str) -> bool:
    text = element.get(attribute, "false").strip().lower()
    if text not in ("true", "false", "1", "0"):
        raise BadQuery(f"Invalid XML: {attribute}='{text[:50]}' is neither true nor false.")
    return text in ("true", "1")


def _number(element: ElementTree.Element, attribute: str) -> int | None:
    text = element.get(attribute)
    if text is None or not text.strip():
        return None
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not int(text):
        raise BadQuery(f"Invalid XML: {attribute}='{text[:50]}' is not a whole number above zero.")
    return int(text)


def _columns(parent: ElementTree.Element, aggregates: bool) -> Iterator[Selected]:
    for element in parent:
        if element.tag != "attribute":
            continue
        _only(element, _ATTRIBUTE)
        aggregate, date_part = element.get("aggregate", ""), element.get("dategrouping", "")
        grouped = _flag(element, "groupby")
        if element.get("rowaggregate"):
            raise Unmodelled("rowaggregate in FetchXML")
        if aggregate and (aggregate not in _AGGREGATES or not aggregates):
            raise BadQuery(f"The aggregate '{aggregate}' is not valid here.")
        if date_part and date_part not in _DATE_PARTS:
            raise BadQuery(f"The dategrouping '{date_part}' is not valid.")
        if aggregates and not (aggregate or grouped):
            raise BadQuery(f"Attribute {element.get('name')} must be aggregated or grouped in an aggregate query.")
        if aggregates and not element.get("alias"):
            raise BadQuery(f"Attribute {element.get('name')} needs an alias in an aggregate query.")
        yield Selected(
            (_name(element, "name"),),
            element.get("alias", ""),
            aggregate,
            distinct=_flag(element, "distinct"),
            grouped=grouped,
            date_part=date_part,
        )


def _orders(parent: ElementTree.Element) -> Iterator[Ordered]:
    for element in parent:
        if element.tag == "order":
            _only(element, {"attribute", "alias", "descending", "entityname"})
            name, alias = element.get("attribute", ""), element.get("alias", "")
            if element.get("entityname"):
                raise Unmodelled("an order by entityname in FetchXML")
            if not (name or alias):
                raise BadQuery("Invalid XML: <order> has neither attribute nor alias.")
            yield Ordered((name,) if name else (), _flag(element, "descending"), alias)


def _links(parent: ElementTree.Element, aggregates: bool, depth: int) -> Iterator[Linked]:
    if depth > _DEEPEST:
        raise TooManyLinks
    for element in parent:
        if element.tag != "link-entity":
            continue
        _only(element, {"name", "from", "to", "alias", "link-type", "intersect", "visible", "enableprefiltering"})
        kind = element.get("link-type", "inner").strip().lower()
        if kind not in _KINDS:
            raise BadQuery(f"Invalid link-type '{kind[:50]}' specified.")
        yield Linked(
            table=_name(element, "name"),
            there=_name(element, "from"),
            here=_name(element, "to"),
            alias=element.get("alias", ""),
            kind="inner" if kind == "natural" else kind,  # type: ignore[arg-type] # one of _KINDS
            columns=tuple(_columns(element, aggregates)),
            all_columns=element.find("all-attributes") is not None,
            condition=_filters(element, 1),
            orders=tuple(_orders(element)),
            links=tuple(_links(element, aggregates, depth + 1)),
        )


def _count(links: tuple[Linked, ...]) -> int:
    return sum(1 + _count(link.links) for link in links)


def _filters(parent: ElementTree.Element, depth: int) -> Condition | None:
    """All the filters of an element together."""
    return all_of(*(_filter(element, depth) for element in parent if element.tag == "filter"))


def _filter(element: ElementTree.Element, depth: int) -> Condition | None:
    if depth > _DEEPEST:
        raise BadQuery("Invalid XML: filters are nested too deeply.")
    _only(element, {"type", "hint", "isquickfindfields", "overridequickfindrecordlimitenabled", "bypassquickfind"})
    kind = element.get("type", "and").strip().lower()
    if kind not in ("and", "or"):
        raise BadQuery(f"Invalid filter type '{kind[:50]}' specified.")
    parts: list[Condition] = []
    for child in element:
        if child.tag == "condition":
            parts.append(_condition(child))
        elif child.tag == "filter":
            parts += [inner] if (inner := _filter(child, depth + 1)) is not None else []
        elif child.tag == "link-entity":
            raise Unmodelled("a link-entity inside a filter in FetchXML")
        else:
            raise BadQuery(f"Invalid Child Node, <{child.tag}> cannot stand in <filter>.")
    return Group(kind == "or", tuple(parts)) if parts else None


def _condition(element: ElementTree.Element) -> Comparison:
    _only(
        element, {"attribute", "operator", "value", "valueof", "entityname", "column", "uiname", "uitype", "uihidden"}
    )
    operator = _name(element, "operator").lower()
    if operator not in OPERATORS:
        raise BadQuery(f"'{operator[:50]}' is not a valid condition operator.")
    operator = _PLAIN.get(operator, operator)
    path, source = (_name(element, "attribute"),), element.get("entityname", "")
    if (other := element.get("valueof")) is not None:
        alias, dot, column = other.rpartition(".")
        return Comparison(path, operator, other=(column,), source=source, other_source=alias if dot else source)
    values = [child.text or "" for child in element if child.tag == "value"]
    if element.get("value") is not None:
        values = [element.get("value", ""), *values]
    if operator in _WITHOUT_VALUES and values:
        raise BadQuery(f"The condition operator {operator} takes no value.")
    return Comparison(path, operator, tuple(Value("untyped", value) for value in values), source=source)


def aliases_of(links: tuple[Linked, ...]) -> Mapping[int, str]:
    """The alias of each link, by its identity: its own, or the table's name and a number (`contact1`)."""
    named: dict[int, str] = {}
    counts: dict[str, int] = {}
    waiting = list(links)
    while waiting:
        link = waiting.pop(0)
        counts[link.table] = counts.get(link.table, 0) + 1
        named[id(link)] = link.alias or f"{link.table}{counts[link.table]}"
        waiting += link.links
    return named
