"""Queries that come whole: FetchXML or SQL in the URL, or a view that was saved with one."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import bad_query, does_not_exist
from mock_services.dataverse.querying.faults import refusing
from mock_services.dataverse.urls import as_guid
from mock_services.errors import Unmodelled
from mock_services.odata.apply import read_apply
from mock_services.odata.fetchxml import read_fetchxml
from mock_services.odata.model import Ordered, Query, Selected
from mock_services.odata.options import Order, read_orderby, read_top
from mock_services.odata.problems import BadQuery, UnknownProperty
from mock_services.state.organisation.definitions import Table


def whole_query(call: Call) -> Query | None:
    """The query that the request carries whole; None where it has OData's options alone. Raises Refusal."""
    given = {name.lower(): value for name, value in call.given.items()}
    named = [name for name in _READERS if name in given]
    if not named:
        return None
    if "$skip" in given:
        raise bad_query(facts.SKIP_REFUSED)
    language = named[0] if len(named) == 1 else ""
    beside = {name for name in given if not name.startswith("@") and name != language}
    if beside - _BESIDE.get(language, set()):
        if language == "$apply" and beside <= _AFTER_APPLY:
            raise Unmodelled(f"$apply with {', '.join(sorted(beside & _AFTER_APPLY))}")
        raise bad_query(f"The query parameter {named[-1]} cannot be combined with other query options.")
    with refusing(call):
        return _READERS[language](call, given[language])


_BESIDE: Mapping[str, set[str]] = {
    "fetchxml": {"$count"},
    "sql": {"$count", "$skiptoken"},
    "savedquery": {"$count", "$skiptoken"},
    "userquery": {"$count", "$skiptoken"},
    "$apply": {"$count", "$orderby", "$top", "$skiptoken"},
}
"""Which options each language takes beside itself."""
_AFTER_APPLY = {"$filter", "$select", "$count", "$orderby", "$top", "$skiptoken"}


def _view(table: str) -> Callable[[Call, str], Query]:
    def read(call: Call, text: str) -> Query:
        """The query of a saved view that the caller may read."""
        from mock_services.dataverse.writing import existing

        id_ = as_guid(text)
        definition = call.schema.table(table)
        if id_ is None:
            raise does_not_exist(definition.schema, text[:100])
        row = existing(call, definition, id_, "Read")
        return read_fetchxml(str(row["fetchxml"] or ""))

    return read


def _sql(_call: Call, text: str) -> Query:
    from mock_services.odata.sql_text import read_sql  # its parser takes a sixth of a second to import

    return read_sql(text)


def _applied(call: Call, text: str) -> Query:
    """`$apply`; a column behind a lookup is answered as `contact_fullname`, by the name of the table it lies in."""
    table = call.schema.by_set[call.path.head.name]
    query = read_apply(text, table.logical, call.aliases)
    _refuse_instants(table, query)
    query = replace(query, columns=tuple(_renamed(table, each) for each in query.columns))
    given = call.given
    orders = tuple(_grouped(query, key) for key in read_orderby(given["$orderby"])) if given.get("$orderby") else ()
    return replace(query, orders=orders, top=read_top(given["$top"]) if "$top" in given else None)


def _refuse_instants(table: Table, query: Query) -> None:
    """Grouping by instants is not supported (aggregate-data.md); what is said then is not written down."""
    for each in query.columns:
        column = table.columns.get(each.path[0]) if each.grouped and len(each.path) == 1 else None
        if column is not None and column.type in ("datetime", "date"):
            raise Unmodelled("the refusal of groupby with a date in $apply")


def _grouped(query: Query, key: Order) -> Ordered:
    """An order by a grouped column; by an aggregate there is none (aggregate-data.md)."""
    for each in query.columns:
        if each.grouped and each.path == key.path:
            return Ordered(descending=key.descending, alias=each.alias)
    if any(key.path == (each.alias,) for each in query.columns):
        raise BadQuery("The query node SingleValueOpenPropertyAccess is not supported")
    raise UnknownProperty("/".join(key.path), f"Microsoft.Dynamics.CRM.{query.table}")


def _renamed(table: Table, selected: Selected) -> Selected:
    if not selected.grouped or len(selected.path) == 1 or selected.path[0] not in table.navigation:
        return selected
    target = table.navigation[selected.path[0]][1][0]
    return replace(selected, alias=f"{target}_{selected.path[-1]}")


_READERS: Mapping[str, Callable[[Call, str], Query]] = {
    "fetchxml": lambda _, text: read_fetchxml(text),
    "sql": _sql,
    "savedquery": _view("savedquery"),
    "userquery": _view("userquery"),
    "$apply": _applied,
}
