"""Queries that come whole: FetchXML or SQL in the URL, or a view that was saved with one."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, bad_query, does_not_exist
from mock_services.dataverse.refusals import queries as rows
from mock_services.dataverse.urls import as_guid
from mock_services.odata.apply import read_apply
from mock_services.odata.fetchxml import TooManyLinks, read_fetchxml
from mock_services.odata.model import Query, Selected
from mock_services.odata.problems import BadQuery, TooManyConditions
from mock_services.state.organisation.definitions import Table


def whole_query(call: Call) -> Query | None:
    """The query that the request carries whole; None where it has OData's options alone. Raises Refusal."""
    given = {name.lower(): value for name, value in call.given.items()}
    named = [name for name in _READERS if name in given]
    if not named:
        return None
    if len(named) > 1 or any(name.startswith("$") and name not in ("$count", "$apply") for name in given):
        raise bad_query(f"The query parameter {named[-1]} cannot be combined with other query options.")
    try:
        return _READERS[named[0]](call, given[named[0]])
    except TooManyLinks:
        raise Refusal(rows.LINKS_TOO_MANY.code, rows.LINKS_TOO_MANY.template) from None
    except TooManyConditions:
        raise Refusal(rows.CONDITIONS_TOO_MANY.code, rows.CONDITIONS_TOO_MANY.template) from None
    except BadQuery as problem:
        raise bad_query(problem.sentence) from None


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
    return replace(query, columns=tuple(_renamed(table, each) for each in query.columns))


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
