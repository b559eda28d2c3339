"""Rows into the JSON of the Web API: `_x_value` for lookups, etags, and annotations where they are preferred."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse.calls import Preferences
from mock_services.odata.problems import UnknownProperty
from mock_services.state.organisation import Organisation
from mock_services.state.organisation.definitions import Column, Lookup, Table
from mock_services.state.organisation.schema import type_column

Row = Mapping[str, Any]
FORMATTED = "OData.Community.Display.V1.FormattedValue"
NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty"
LOGICAL_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname"
# Lookups that a recorded row shows without these annotations.
_WITHOUT_NAVIGATION = {"createdby", "modifiedby", "owninguser", "createdonbehalfby", "modifiedonbehalfby"}
_WITHOUT_FORMATTED = {"owningbusinessunit"}


def etag(row: Row) -> str:
    """A row's etag: its version, weak."""
    return f'W/"{row["versionnumber"] or 1}"'


def target_of(lookup: Lookup, row: Row) -> str | None:
    """The table a row's lookup points at."""
    return row.get(type_column(lookup.name)) if lookup.polymorphic else lookup.only_target


def wire_names(table: Table, select: Iterable[str]) -> tuple[str, ...]:
    """What a `$select` names, as members of a row: all of them when it is empty, the key always.

    Raises UnknownProperty for a name the type does not have; a bare lookup name is one.
    """
    wanted = tuple(select)
    if not wanted or "*" in wanted:
        extra = ("ownerid",) if table.base == "principal" else ()
        return (*extra, *table.columns, *table.values)
    names = {table.primary_id: None}
    if table.base == "principal":
        names["ownerid"] = None
    for name in wanted:
        if name in table.columns or name in table.values or (name == "ownerid" and table.base == "principal"):
            names[name] = None
        elif name in table.navigation:
            names[table.navigation[name][0].value_name] = None
        else:
            raise UnknownProperty(name, f"Microsoft.Dynamics.CRM.{table.logical}")
    return tuple(names)


def shape_rows(
    organisation: Organisation, table: Table, rows: Sequence[Row], names: Sequence[str], prefer: Preferences
) -> list[dict[str, Any]]:
    """Rows as JSON objects with these members, each after its annotations."""
    lookups = [table.values[name] for name in names if name in table.values]
    wants_names = prefer.wants(FORMATTED)
    known = _names(organisation, rows, lookups) if wants_names else {}
    shaped = []
    has_money = wants_names and any(name in table.columns and table.columns[name].type == "money" for name in names)
    for row in rows:
        symbol = _symbol(organisation, row) if has_money else ""
        made: dict[str, Any] = {"@odata.etag": etag(row)} if "versionnumber" in row else {}
        for name in names:
            if name in table.values:
                _put_lookup(made, organisation, table.values[name], row, prefer=prefer, known=known)
            elif name in table.columns:
                value = column_value(organisation, table.columns[name], row)
                text = formatted_value(organisation, table.columns[name], value, symbol) if wants_names else None
                if text is not None:
                    made[f"{name}@{FORMATTED}"] = text
                made[name] = value
            else:  # `ownerid` of a user or team: the key it inherits
                made[name] = row[table.primary_id]
        shaped.append(made)
    return shaped


def column_value(organisation: Organisation, column: Column, row: Row) -> Any:
    """A column's value on the wire."""
    if column.type == "organization":
        return organisation.id
    if column.fixed is not None:
        return column.fixed
    if column.mirrors is not None:
        return row.get(type_column(column.mirrors))
    value = row.get(column.name)
    if column.type == "managed":
        return {"Value": bool(value), "CanBeChanged": True, "ManagedPropertyLogicalName": column.managed_name}
    return value


def lookup_value(organisation: Organisation, lookup: Lookup, row: Row) -> str | None:
    """The id a lookup holds."""
    return organisation.id if lookup.virtual else row.get(lookup.name)


def _put_lookup(
    made: dict[str, Any],
    organisation: Organisation,
    lookup: Lookup,
    row: Row,
    *,
    prefer: Preferences,
    known: Mapping[tuple[str, str], str],
) -> None:
    value, target = lookup_value(organisation, lookup, row), target_of(lookup, row)
    if value is not None and target is not None:
        name = lookup.value_name
        text = known.get((target, value))
        if text is not None and lookup.name not in _WITHOUT_FORMATTED:
            made[f"{name}@{FORMATTED}"] = text
        if prefer.wants(NAVIGATION) and lookup.name not in _WITHOUT_NAVIGATION:
            made[f"{name}@{NAVIGATION}"] = lookup.targets[target]
        if prefer.wants(LOGICAL_NAME):
            made[f"{name}@{LOGICAL_NAME}"] = target
    made[lookup.value_name] = value


def _names(organisation: Organisation, rows: Sequence[Row], lookups: Sequence[Lookup]) -> dict[tuple[str, str], str]:
    """The names of all rows pointed at: one query a table."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        for lookup in lookups:
            value, target = lookup_value(organisation, lookup, row), target_of(lookup, row)
            if value is not None and target is not None and organisation.schema.table(target).primary_name:
                wanted.setdefault(target, set()).add(value)
    found: dict[tuple[str, str], str] = {}
    for target, ids in wanted.items():
        table, sql = organisation.schema.table(target), organisation.schema.sql(target)
        key, name = sql.c[table.primary_id], sql.c[table.primary_name]
        for row in organisation.store.rows(sa.select(key.label("key"), name.label("name")).where(key.in_(sorted(ids)))):
            if row["name"] is not None:
                found[target, row["key"]] = row["name"]
    return found


def _symbol(organisation: Organisation, row: Row) -> str:
    """The sign of a row's currency; the dollar's where it has none."""
    currency = row.get("transactioncurrencyid")
    found = organisation.get("transactioncurrency", currency) if currency else None
    return str(found["currencysymbol"] or "") if found else "$"


def formatted_value(organisation: Organisation, column: Column, value: Any, symbol: str) -> str | None:
    """The text a person would read, in the locale of a stock organisation; none for texts and GUIDs."""
    if value is None:
        return None
    if column.type == "multiselect":
        labels = (column.options.get(int(part)) for part in str(value).split(",") if part.strip().isdigit())
        return "; ".join(label for label in labels if label)
    if column.type == "entityname":  # `activitytypecode` reads "Task", as in any recorded list of activities
        named = organisation.schema.tables.get(str(value))
        return named.label if named is not None else None
    if column.options:
        return column.options.get(value)
    if column.type == "money":
        return f"-{symbol}{-value:,.2f}" if value < 0 else f"{symbol}{value:,.2f}"
    return _FORMATS[column.type](value) if column.type in _FORMATS else None


def _spell_instant(value: str) -> str:
    moment = datetime.fromisoformat(value)
    return f"{moment.month}/{moment.day}/{moment.year} {moment.hour % 12 or 12}:{moment:%M %p}"


def _spell_day(value: str) -> str:
    day = datetime.fromisoformat(value)
    return f"{day.month}/{day.day}/{day.year}"


_FORMATS: Mapping[str, Callable[[Any], str]] = {
    "bool": lambda value: "Yes" if value else "No",
    "int": lambda value: f"{value:,}",
    "bigint": lambda value: f"{value:,}",
    "decimal": lambda value: f"{value:,.2f}",
    "double": lambda value: f"{value:,.2f}",
    "datetime": _spell_instant,
    "date": _spell_day,
}
