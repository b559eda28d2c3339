"""The schema of one organisation: which tables it has, how they hang together, and the SQL tables behind them."""

from collections.abc import Collection as Names
from collections.abc import Container, Mapping
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa

from mock_services.state.organisation.definitions import (
    Association,
    Choice,
    Collection,
    Column,
    Lookup,
    Table,
    standard_tables,
)
from mock_services.state.organisation.privileges import Privilege, privileges_of_tables

_TEXT = ("string", "memo", "multiselect", "entityname")
_INTEGERS = ("int", "bigint", "picklist", "state", "status")
_FRACTIONS = ("money", "decimal", "double")
_POINTER = "activitypointer"


class Schema:
    """The tables of an organisation with its solutions and its own customisations. Immutable: a change is a new one."""

    def __init__(
        self,
        solutions: frozenset[str],
        own: Mapping[str, Table] | None = None,
        choices: Mapping[str, Choice] | None = None,
    ) -> None:
        """`own` are tables that the organisation made, or standard ones that it changed; `choices` its global ones."""
        self.solutions = solutions
        self.own = own or {}
        self.choices = choices or {}
        every = {**standard_tables(), **self.own}
        here = {t.logical: t for t in every.values() if t.solution is None or t.solution in solutions}
        self.tables: Mapping[str, Table] = {logical: _within(table, here) for logical, table in here.items()}
        self.by_set: Mapping[str, Table] = {table.set: table for table in self.tables.values()}
        self._collections: dict[str, dict[str, Collection]] = {logical: {} for logical in here}
        self._associations: dict[str, dict[str, Association]] = {logical: {} for logical in here}
        for table in self.tables.values():
            self._lead_back(table)
            self._join(table)
        self._sql: dict[str, sa.Table] = {}

    def table(self, logical: str) -> Table:
        """The table of this logical name. Raises KeyError when there is none here."""
        return self.tables[logical]

    def collections_of(self, logical: str) -> Mapping[str, Collection]:
        """The collection-valued navigation properties of a table that follow lookups backwards, by name."""
        return self._collections[logical]

    def associations_of(self, logical: str) -> Mapping[str, Association]:
        """The many-to-many navigation properties of a table, by name."""
        return self._associations[logical]

    def sql(self, logical: str) -> sa.Table:
        """The SQL table (or view) behind a table. Raises KeyError."""
        if logical not in self._sql:
            own = self.own.get(logical)
            self._sql[logical] = sql_table(logical) if own is None else _add(sa.MetaData(), own)
        return self._sql[logical]

    @cached_property
    def privileges(self) -> Mapping[str, Privilege]:
        """Every privilege that there is here, by name."""
        if not self.own:
            return _standard_privileges(self.solutions)
        return privileges_of_tables(self.tables.values())

    @cached_property
    def _privileges_by_folded_name(self) -> Mapping[str, Privilege]:
        return {name.lower(): privilege for name, privilege in self.privileges.items()}

    @cached_property
    def privileges_by_id(self) -> Mapping[str, Privilege]:
        """The same by id."""
        return {privilege.id: privilege for privilege in self.privileges.values()}

    def privilege(self, name: str) -> Privilege | None:
        """A privilege by name; Microsoft's own samples vary the case, so it does not matter."""
        return self._privileges_by_folded_name.get(name.lower())

    def _lead_back(self, table: Table) -> None:
        for lookup in table.lookups.values():
            for target, name in lookup.collections.items():
                if target in self._collections:
                    self._collections[target][name] = Collection(name, table.logical, lookup.name)

    def _join(self, table: Table) -> None:
        for near, far in (table.ends, table.ends[::-1]) if table.ends else ():
            if near.table in self.tables and far.table in self.tables:
                way = Association(near.navigation, table.logical, near.column, far.column, far.table)
                self._associations[near.table][near.navigation] = way


@cache
def standard_schema(solutions: frozenset[str]) -> Schema:
    """The schema of an organisation that has customised nothing."""
    return Schema(solutions)


@cache
def _standard_privileges(solutions: frozenset[str]) -> Mapping[str, Privilege]:
    return privileges_of_tables(standard_schema(solutions).tables.values())


@cache
def metadata() -> sa.MetaData:
    """Every SQL table that an organisation is founded with, whatever its solutions."""
    made = sa.MetaData()
    for table in standard_tables().values():
        if not table.view:
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
    # Tables that this organisation made or changed, and its global choices, as JSON; most organisations have none.
    for kept, key in (("definitions", "logical"), ("choices", "name")):
        columns = (sa.Column(key, sa.String, primary_key=True), sa.Column("definition", sa.String))
        sa.Table(kept, made, *columns, sqlite_with_rowid=False)
    return made


@cache
def _views() -> sa.MetaData:
    made = sa.MetaData()
    for table in standard_tables().values():
        if table.view:
            _add(made, table)
    return made


def sql_table(logical: str) -> sa.Table:
    """The SQL table of a standard table, of `settings`, `definitions` or `choices`. Raises KeyError.

    For tables that the platform itself keeps; `Schema.sql` knows the columns that an organisation added.
    """
    found = metadata().tables.get(logical)
    return _views().tables[logical] if found is None else found


def type_column(lookup: str) -> str:
    """The SQL column that keeps which table a polymorphic lookup points at."""
    return f"{lookup}_type"


def alterations(schema: Schema, logical: str, present: Names[str]) -> list[sa.Executable]:
    """The statements that bring the database's table, with these columns `present`, to what a schema has.

    A column that is gone from the schema is dropped, so that one of its name made later starts empty.
    """
    if logical not in schema.tables:
        return [sa.text(f"DROP TABLE {_quoted(logical)}")] if present else []
    if schema.tables[logical].view:
        return []  # it is made anew after every change
    wanted = schema.sql(logical)
    indexes = sorted(wanted.indexes, key=lambda index: str(index.name))
    if not present:
        return [sa.schema.CreateTable(wanted), *(sa.schema.CreateIndex(index) for index in indexes)]
    altered = f"ALTER TABLE {_quoted(logical)}"
    made: list[sa.Executable] = []
    for name in sorted(set(present) - set(wanted.c.keys())):
        made.append(sa.text(f"DROP INDEX IF EXISTS {_quoted(f'ix_{logical}_{name}')}"))
        made.append(sa.text(f"{altered} DROP COLUMN {_quoted(name)}"))
    new = [column for column in wanted.c if column.name not in present]
    made += [sa.text(f"{altered} ADD COLUMN {sa.schema.CreateColumn(column)}") for column in new]
    made += [sa.schema.CreateIndex(index, if_not_exists=True) for index in indexes]
    return made


def activity_view(schema: Schema) -> list[sa.Executable]:
    """The statements that make `activitypointer` show the rows of this schema's activity tables."""
    pointer = schema.tables.get(_POINTER)
    if pointer is None or not pointer.view:
        return []
    activities = [table for table in schema.tables.values() if table.activity]
    parts = [_as_pointer(schema, pointer, table, names=not place) for place, table in enumerate(activities)]
    dropped = sa.text(f"DROP VIEW IF EXISTS {_POINTER}")
    return [dropped, sa.text(f"CREATE VIEW {_POINTER} AS " + " UNION ALL ".join(parts))] if parts else [dropped]


def _as_pointer(schema: Schema, pointer: Table, table: Table, *, names: bool) -> str:
    """One part of the union; `names`: the first part names the columns for all."""
    there = schema.sql(table.logical).c
    taken = []
    for column in schema.sql(pointer.logical).c:
        if column.name == "activitytypecode":
            source = f"'{table.logical}'"
        else:
            source = _quoted(column.name) if column.name in there else "NULL"
        taken.append(f"{source} AS {_quoted(column.name)}" if names else source)
    return f"SELECT {', '.join(taken)} FROM {_quoted(table.logical)}"  # noqa: S608 - names of our own, quoted


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _within(table: Table, here: Mapping[str, Table]) -> Table:
    """A table whose lookups lead only where there is something; one that leads nowhere any more is gone."""
    kept = {name: found for name, lookup in table.lookups.items() if (found := _leading(lookup, here)) is not None}
    return table if kept == table.lookups else replace(table, lookups=kept)


def _leading(lookup: Lookup, here: Container[str]) -> Lookup | None:
    if not lookup.targets or all(target in here for target in lookup.targets):
        return lookup
    targets = {target: navigation for target, navigation in lookup.targets.items() if target in here}
    return replace(lookup, targets=targets) if targets else None


def _add(made: sa.MetaData, table: Table) -> sa.Table:
    keys = table.unique or (table.primary_id,)
    columns = [_column(each, is_key=each.name in keys) for each in table.columns.values() if each.stored]
    for lookup in table.lookups.values():
        if lookup.virtual:
            continue
        columns.append(sa.Column(lookup.name, sa.String(36), index=lookup.index))
        if lookup.polymorphic:
            columns.append(sa.Column(type_column(lookup.name), sa.String(64)))
    # An intersect is kept by its two ends alone: a third of the room, and that is how it is looked up.
    # Other tables keep the order in which rows were made.
    return sa.Table(table.logical, made, *columns, sqlite_with_rowid=not table.unique)


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
