"""JSON values as the state keeps them, by the type of their column."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.errors import payload
from mock_services.dataverse.urls import as_guid
from mock_services.state.organisation.definitions import Column, Table

EDM = {
    "string": "Edm.String", "memo": "Edm.String", "multiselect": "Edm.String", "entityname": "Edm.String",
    "int": "Edm.Int32", "picklist": "Edm.Int32", "state": "Edm.Int32", "status": "Edm.Int32", "bigint": "Edm.Int64",
    "bool": "Edm.Boolean", "guid": "Edm.Guid", "organization": "Edm.Guid", "datetime": "Edm.DateTimeOffset",
    "date": "Edm.Date", "money": "Edm.Decimal", "decimal": "Edm.Decimal", "double": "Edm.Double",
    "managed": "mscrm.BooleanManagedProperty",
}  # fmt: skip
"""How OData calls the type of a column."""
_INTEGER_TEXT = re.compile(r"^[+-]?\d{1,18}$")


def convert(table: Table, column: Column, value: Any) -> Any:
    """A JSON value as the state keeps it. Raises Refusal for another type."""
    if value is None:
        return None
    try:
        return read_value(column, value)
    except (ValueError, TypeError, OverflowError):
        literal = str(value)[:200].encode("utf-8", "replace").decode()
        inner = facts.NOT_CONVERTED.format(literal=literal, type=EDM.get(column.type, "Edm.String"))
        raise payload(table.set, inner) from None


def read_value(column: Column, value: Any) -> Any:
    """A value of this column. Raises ValueError, TypeError and OverflowError for another type."""
    return _CONVERTERS.get(column.type, _text)(value)


def _guid(value: Any) -> str:
    guid = as_guid(_exactly(value, str))
    if guid is None:
        raise ValueError(value)
    return guid


def _instant(value: Any) -> str:
    moment = datetime.fromisoformat(_exactly(value, str))
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return _spell(moment, "%Y-%m-%dT%H:%M:%SZ")


def _day(value: Any) -> str:
    return _spell(datetime.fromisoformat(_exactly(value, str)), "%Y-%m-%d")


def _managed(value: Any) -> Any:
    return _exactly(_exactly(value, dict).get("Value"), bool)


def _spell(moment: datetime, form: str) -> str:
    if moment.year < 1753:  # the first year of SQL Server's datetime, which the platform keeps
        raise ValueError(moment)
    return moment.strftime(form)


def _exactly(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(value)
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise TypeError(value)
    if isinstance(value, str) and not _INTEGER_TEXT.match(value):
        raise ValueError(value)
    number = int(value)
    if abs(number) >= 2**63:
        raise OverflowError(value)
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(value)
    return float(value)


def _text(value: Any) -> Any:
    return _exactly(value, str)


def _flag(value: Any) -> Any:
    return _exactly(value, bool)


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("int", "bigint", "picklist", "state", "status"), _integer),
    **dict.fromkeys(("money", "decimal", "double"), _number),
    **dict.fromkeys(("guid", "organization"), _guid),
    "bool": _flag,
    "managed": _managed,
    "datetime": _instant,
    "date": _day,
}
"""Column type -> how its JSON is read; texts are the rest."""
