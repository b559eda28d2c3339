"""The SQL tables behind the definitions, and the one row of settings that makes a database an organisation."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.state.organisation.definitions import Column, Table, tables

_TEXT = ("string", "memo", "multiselect", "entityname")
_INTEGERS = ("int", "bigint", "picklist", "state", "status")
_FRACTIONS = ("money", "double")


@cache
def metadata() -> sa.MetaData:
    """Every SQL table of an organisation."""
    made = sa.MetaData()
    for table in tables().values():
        _add(made, table)
    sa.Table(
        "settings",
        made,
        sa.Column("host", sa.String),
        sa.Column("organisation_id", sa.String(36)),
        sa.Column("environment_id", sa.String(36)),
        sa.Column("tenant_id", sa.String(36)),
        sa.Column("display_name", sa.String),
        sa.Column("unique_name", sa.String),
        sa.Column("solutions", sa.String),
        sa.Column("state", sa.String),
        sa.Column("root_business_unit", sa.String(36)),
        sa.Column("system_user", sa.String(36)),
        sa.Column("version", sa.Integer),
        sa.Column("ticket", sa.Integer),
    )
    return made


def sql_table(logical: str) -> sa.Table:
    """The SQL table of this logical name, or `settings`. Raises KeyError."""
    return metadata().tables[logical]


def type_column(lookup: str) -> str:
    """The SQL column that keeps which table a polymorphic lookup points at."""
    return f"{lookup}_type"


def _add(made: sa.MetaData, table: Table) -> None:
    keys = table.unique or (table.primary_id,)
    columns = [_column(each, is_key=each.name in keys) for each in table.columns.values() if each.stored]
    for lookup in table.lookups.values():
        if lookup.virtual:
            continue
        columns.append(sa.Column(lookup.name, sa.String(36), index=lookup.index))
        if lookup.polymorphic:
            columns.append(sa.Column(type_column(lookup.name), sa.String(64)))
    # An intersect is kept by its two ends alone: a third of the room, and that is how it is looked up.
    sa.Table(table.logical, made, *columns, sqlite_with_rowid=not table.unique)


def _column(column: Column, *, is_key: bool) -> sa.Column[Any]:
    return sa.Column(column.name, _type(column.type), primary_key=is_key, index=column.index)


def _type(name: str) -> sa.types.TypeEngine[Any]:
    """Text compares without regard to case, as the platform's default collation does.

    Instants are kept as the wire spells them (ISO 8601 in UTC, whole seconds), which sort as they should.
    """
    if name in _TEXT:
        return sa.String(collation="NOCASE")
    if name in _INTEGERS:
        return sa.BigInteger()
    if name in _FRACTIONS:
        return sa.Float()
    if name in ("bool", "managed"):
        return sa.Boolean(create_constraint=False)
    return sa.String(36)
