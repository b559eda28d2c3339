"""FetchXML into the query model.

Elements and attributes: powerapps-docs developer/data-platform/fetchxml/reference. What is not known there is refused,
as the platform's own schema does; which of the published codes a mistake has is inferred from their texts.
"""

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from mock_services.errors import Unmodelled
from mock_services.odata.model import Comparison, Condition, Group, Linked, Ordered, Query, Selected, Value, all_of
from mock_services.odata.problems import BadQuery, Fault

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
_CHILDREN = {"attribute", "all-attributes", "order", "filter", "link-entity", "no-attrs"}
_AGGREGATES = {"count", "countcolumn", "sum", "avg", "min", "max"}
_DATE_PARTS = {"day", "week", "month", "quarter", "year", "fiscal-period", "fiscal-year"}
_FILTER_KINDS = {"any", "not any", "all", "not all"}
"""Kinds of link that stand in a filter: fetchxml/reference/link-entity.md."""
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
    """The query in a FetchXML text. Raises BadQuery (Fault, TooManyLinks) and Unmodelled."""
    fetch = _parse(text)
    if fetch.tag != "fetch":
        raise Fault("QueryBuilderDeserializeInvalidNode")
    _only(fetch, _FETCH)
    if fetch.get("datasource"):
        raise Unmodelled("FetchXML over another data source than the table itself")
    entities = [child for child in fetch if child.tag == "entity"]
    if len(entities) != 1:
        raise Fault("QueryBuilderElementNotFound")
    if len(list(fetch)) > 1:
        raise Fault("QueryBuilderDeserializeInvalidNode")
    (entity,) = entities
    _only(entity, {"name", "enableprefiltering", "prefilterparametername"})
    _only_children(entity)
    aggregates = _flag(fetch, "aggregate", "QueryBuilderDeserializeInvalidAggregate")
    if len(list(entity.iter("link-entity"))) > MOST_LINKS:
        raise TooManyLinks
    links = tuple(_links(entity, aggregates, 1))
    top, page_size = _number(fetch, "top"), _number(fetch, "count")
    if top is not None and (page_size is not None or fetch.get("page")):
        raise BadQuery("The top attribute can't be specified with paging attribute page")
    _flag(fetch, "no-lock", "QueryBuilderDeserializeInvalidNoLock")
    return Query(
        table=_name(entity, "name"),
        columns=tuple(_columns(entity, aggregates)),
        all_columns=entity.find("all-attributes") is not None,
        condition=_filters(entity, 1),
        links=links,
        orders=tuple(_orders(entity, aggregates)),
        top=top,
        page=_number(fetch, "page") or 1,
        page_size=page_size,
        cookie=fetch.get("paging-cookie", ""),
        distinct=_flag(fetch, "distinct", "QueryBuilderDeserializeInvalidDistinct"),
        aggregates=aggregates,
        aggregate_limit=_number(fetch, "aggregatelimit"),
        counts=_flag(fetch, "returntotalrecordcount"),
    )


def _parse(text: str) -> ElementTree.Element:
    if len(text) > LONGEST or "<!" in text.replace("<!--", ""):  # no declarations of types and entities
        raise Fault("InvalidXml")
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - bounded, and without declarations of entities
    except (ElementTree.ParseError, ValueError):
        raise Fault("InvalidXml") from None


def _only(element: ElementTree.Element, known: set[str]) -> None:
    if set(element.attrib) - known:
        raise Fault("QueryBuilderDeserializeInvalidNode")


def _only_children(element: ElementTree.Element) -> None:
    if any(child.tag not in _CHILDREN for child in element):
        raise Fault("QueryBuilderDeserializeInvalidNode")


def _name(element: ElementTree.Element, attribute: str) -> str:
    value = element.get(attribute, "").strip()
    if not value:
        raise Fault("QueryBuilderAttributeNotFound")
    return value


def _flag(element: ElementTree.Element, attribute: str, fault: str = "QueryBuilderInvalid_Value") -> bool:
    text = element.get(attribute, "false").strip().lower()
    if text not in ("true", "false", "1", "0"):
        raise Fault(fault)
    return text in ("true", "1")


def _number(element: ElementTree.Element, attribute: str) -> int | None:
    text = element.get(attribute)
    if text is None or not text.strip():
        return None
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not int(text):
        raise Fault("QueryBuilderValue_GreaterThanZero")
    return int(text)


def _columns(parent: ElementTree.Element, aggregates: bool) -> Iterator[Selected]:
    for element in parent:
        if element.tag == "attribute":
            _only(element, _ATTRIBUTE)
            if element.get("rowaggregate"):
                raise Unmodelled("rowaggregate in FetchXML")
            yield _column(element, aggregates)
        elif element.tag == "all-attributes" and aggregates:
            raise Fault("QueryBuilderAttribute_With_Aggregate")


def _column(element: ElementTree.Element, aggregates: bool) -> Selected:
    aggregate, date_part = element.get("aggregate", ""), element.get("dategrouping", "")
    grouped = _flag(element, "groupby", "QueryBuilderDeserializeInvalidGroupBy")
    if aggregate and (aggregate not in _AGGREGATES or not aggregates):
        raise Fault("QueryBuilderDeserializeInvalidAggregate")
    if aggregate and grouped:
        raise Fault("QueryBuilderAttributeCannotBeGroupByAndAggregate")
    if date_part and (date_part not in _DATE_PARTS or not grouped):
        raise Fault("QueryBuilderInvalidDateGrouping")
    if aggregates and not (aggregate or grouped):
        raise Fault("QueryBuilderAttribute_With_Aggregate")
    if aggregates and not element.get("alias"):
        raise Fault("QueryBuilderInvalid_Alias")
    return Selected(
        (_name(element, "name"),),
        element.get("alias", ""),
        aggregate,
        distinct=_flag(element, "distinct", "QueryBuilderDeserializeInvalidDistinct"),
        grouped=grouped,
        date_part=date_part,
    )


def _orders(parent: ElementTree.Element, aggregates: bool) -> Iterator[Ordered]:
    for element in parent:
        if element.tag != "order":
            continue
        _only(element, {"attribute", "alias", "descending", "entityname"})
        name, alias = element.get("attribute", ""), element.get("alias", "")
        if aggregates and not alias:
            at_all = "QueryBuilderAttributeNotAllowedForAggregateOrderBy"
            raise Fault(at_all if name else "QueryBuilderAliasRequiredForAggregateOrderBy")
        if not aggregates and not name:
            at_all = "QueryBuilderAliasNotAllowedForNonAggregateOrderBy"
            raise Fault(at_all if alias else "QueryBuilderAttributeRequiredForNonAggregateOrderBy")
        descending = _flag(element, "descending", "QueryBuilderDeserializeInvalidDescending")
        yield Ordered((name,) if name else (), descending, alias, element.get("entityname", ""))


def _links(parent: ElementTree.Element, aggregates: bool, depth: int) -> Iterator[Linked]:
    for element in parent:
        if element.tag == "link-entity":
            yield _link(element, aggregates, depth)


def _link(element: ElementTree.Element, aggregates: bool, depth: int, kinds: set[str] = _KINDS) -> Linked:
    if depth > _DEEPEST:
        raise TooManyLinks
    _only(element, {"name", "from", "to", "alias", "link-type", "intersect", "visible", "enableprefiltering"})
    _only_children(element)
    kind = element.get("link-type", "inner").strip().lower()
    if kind not in kinds:
        raise Fault("QueryBuilderDeserializeInvalidLinkType")
    columns, all_columns = tuple(_columns(element, aggregates)), element.find("all-attributes") is not None
    if kind in (*_FILTER_KINDS, "exists", "in") and (columns or all_columns):
        raise BadQuery(f"Columns of a link-entity of link-type '{kind}' cannot be selected.")
    if bool(element.get("from")) is not bool(element.get("to")):
        raise Fault("QueryBuilderAttributePairMismatch")
    if not element.get("from"):
        raise Unmodelled("a link-entity without from and to")
    return Linked(
        table=_name(element, "name"),
        there=_name(element, "from"),
        here=_name(element, "to"),
        alias=element.get("alias", ""),
        kind="inner" if kind == "natural" else kind,  # type: ignore[arg-type] # one of _KINDS
        columns=columns,
        all_columns=all_columns,
        condition=_filters(element, 1),
        orders=tuple(_orders(element, aggregates)),
        links=tuple(_links(element, aggregates, depth + 1)),
    )


def _filters(parent: ElementTree.Element, depth: int) -> Condition | None:
    """All the filters of an element together."""
    return all_of(*(_filter(element, depth) for element in parent if element.tag == "filter"))


def _filter(element: ElementTree.Element, depth: int) -> Condition | None:
    if depth > _DEEPEST:
        raise Fault("QueryBuilderBad_Condition")
    _only(element, {"type", "hint", "isquickfindfields", "overridequickfindrecordlimitenabled", "bypassquickfind"})
    kind = element.get("type", "and").strip().lower()
    if kind not in ("and", "or"):
        raise Fault("QueryBuilderInvalidFilterType")
    parts: list[Condition] = []
    for child in element:
        if child.tag == "condition":
            parts.append(_condition(child))
        elif child.tag == "filter":
            parts += [inner] if (inner := _filter(child, depth + 1)) is not None else []
        elif child.tag == "link-entity":
            parts.append(_link(child, False, depth + 1, _FILTER_KINDS))
        else:
            raise Fault("QueryBuilderDeserializeInvalidNode")
    return Group(kind == "or", tuple(parts)) if parts else None


def _condition(element: ElementTree.Element) -> Comparison:
    _only(element, _CONDITION)
    operator = _name(element, "operator").lower()
    if operator not in OPERATORS:
        raise Fault("QueryBuilderInvalidConditionOperator")
    operator = _PLAIN.get(operator, operator)
    path, source = (_name(element, "attribute"),), element.get("entityname", "")
    if (other := element.get("valueof")) is not None:
        alias, dot, column = other.rpartition(".")
        return Comparison(path, operator, other=(column,), source=source, other_source=alias if dot else source)
    if any(child.tag != "value" for child in element):
        raise Fault("QueryBuilderDeserializeInvalidNode")
    values = [child.text or "" for child in element]
    if element.get("value") is not None:
        values = [element.get("value", ""), *values]
    if operator in _WITHOUT_VALUES and values:
        raise Fault("QueryBuilderBad_Condition")
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
