"""What an organisation made of the standard schema: own tables, own columns, own keys; kept in its database."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache

import sqlalchemy as sa
from pydantic import TypeAdapter

from mock_services.errors import Missing
from mock_services.state.organisation.definitions import Choice, Table, standard_tables
from mock_services.state.organisation.rows import SHARES, Rows
from mock_services.state.organisation.schema import (
    Schema,
    activity_view,
    alterations,
    sql_table,
    standard_schema,
)

_RESERVED = {"settings", "definitions", "choices"}
"""Tables of the database that are the fake's own."""


class Customisation:
    """The schema of one organisation and how it changes. `Rows.schema` is always the present one."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._store = rows.store

    def open(self, solutions: frozenset[str]) -> None:
        """Take up the schema that the database stands for, with these solutions."""
        own, choices = self._kept("definitions", "logical"), self._kept("choices", "name")
        self._rows.schema = _schema(solutions, own, choices) if own or choices else standard_schema(solutions)

    def define(self, tables: Iterable[Table]) -> None:
        """Add or change tables. Raises ValueError for a name that the fake keeps for itself."""
        defined = {table.logical: table for table in tables}
        if not defined:
            return
        if reserved := _RESERVED & set(defined):
            raise ValueError(f"a table may not be called {min(reserved)}")
        with self._store.transaction():
            sql = sql_table("definitions")
            self._store.write(sa.delete(sql).where(sql.c.logical.in_(list(defined))))
            self._store.write(sql.insert(), [_row(table) for table in defined.values()])
            self._change(self._schema({**self._rows.schema.own, **defined}), defined)

    def undefine(self, logical: str) -> None:
        """Drop a table of this organisation's own, its shares too. Raises Missing, also for a standard table."""
        if logical not in self._rows.schema.own or logical in standard_tables():
            raise Missing("table", logical)
        own = {name: table for name, table in self._rows.schema.own.items() if name != logical}
        with self._store.transaction():
            sql = sql_table("definitions")
            self._store.write(sa.delete(sql).where(sql.c.logical == logical))
            self._change(self._schema(own), [logical])
            shares = sql_table(SHARES)
            self._store.write(sa.delete(shares).where(shares.c.objecttypecode == logical))

    def choose(self, choice: Choice) -> None:
        """Add or change a global choice, and the options of the columns that use it."""
        sql = sql_table("choices")
        with self._store.transaction():
            self._store.write(sa.delete(sql).where(sql.c.name == choice.name))
            definition = _choice_adapter().dump_json(choice).decode()
            self._store.write(sql.insert().values(name=choice.name, definition=definition))
            before = self._rows.schema
            self._rows.schema = Schema(before.solutions, before.own, {**before.choices, choice.name: choice})
            if users := [_following(table, choice) for table in before.tables.values() if uses(table, choice.name)]:
                self.define(users)

    def unchoose(self, name: str) -> None:
        """Drop a global choice. Raises Missing."""
        before = self._rows.schema
        if name not in before.choices:
            raise Missing("choice", name)
        sql = sql_table("choices")
        self._store.write(sa.delete(sql).where(sql.c.name == name))
        left = {kept: choice for kept, choice in before.choices.items() if kept != name}
        self._rows.schema = Schema(before.solutions, before.own, left)

    def _schema(self, own: Mapping[str, Table]) -> Schema:
        present = self._rows.schema
        return Schema(present.solutions, own, present.choices)

    def _change(self, after: Schema, changed: Iterable[str]) -> None:
        before, self._rows.schema = self._rows.schema, after
        try:
            self._store.write(sa.text("DROP VIEW IF EXISTS activitypointer"))
            for logical in changed:
                for statement in alterations(after, logical, self._columns(logical)):
                    self._store.write(statement)
            self.show_activities()
        except BaseException:
            self._rows.schema = before
            raise

    def show_activities(self) -> None:
        """Make `activitypointer` show the rows of the activity tables that there are now."""
        for statement in activity_view(self._rows.schema):
            self._store.write(statement)

    def _columns(self, logical: str) -> frozenset[str]:
        found = self._store.rows(sa.text("SELECT name FROM pragma_table_info(:logical)"), {"logical": logical})
        return frozenset(row["name"] for row in found)

    def _kept(self, table: str, key: str) -> tuple[tuple[str, str], ...]:
        found = self._store.rows(sa.select(sql_table(table)))
        return tuple((row[key], row["definition"]) for row in found)


@lru_cache(maxsize=8)
def _schema(
    solutions: frozenset[str], own: tuple[tuple[str, str], ...], choices: tuple[tuple[str, str], ...]
) -> Schema:
    """The schema of what a database keeps; read once for all copies of an organisation with hundreds of own tables."""
    tables = {logical: _adapter().validate_json(definition) for logical, definition in own}
    chosen = {name: _choice_adapter().validate_json(definition) for name, definition in choices}
    return Schema(solutions, tables, chosen)


def uses(table: Table, choice: str) -> bool:
    """Whether a column of this table takes its options from a global choice."""
    return any(column.global_options == choice for column in table.columns.values())


def _following(table: Table, choice: Choice) -> Table:
    columns = {
        name: replace(column, options=choice.options) if column.global_options == choice.name else column
        for name, column in table.columns.items()
    }
    return replace(table, columns=columns)


@cache
def _choice_adapter() -> TypeAdapter[Choice]:
    return TypeAdapter(Choice)


@cache
def _adapter() -> TypeAdapter[Table]:
    return TypeAdapter(Table)


def _row(table: Table) -> Mapping[str, str]:
    return {"logical": table.logical, "definition": _adapter().dump_json(table, exclude_defaults=True).decode()}
