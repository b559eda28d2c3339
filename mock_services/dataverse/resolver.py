"""Names and paths of one table into SQL columns, for every language a query is asked in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from mock_services.odata.problems import BadQuery, UnknownProperty
from mock_services.state.organisation import Organisation
from mock_services.state.organisation.definitions import Column, Lookup, Table
from mock_services.state.organisation.schema import type_column

_KINDS = {
    "string": "text", "memo": "text", "multiselect": "text", "entityname": "text", "bool": "bool", "guid": "guid",
    "datetime": "instant", "date": "date", "organization": "guid",
}  # fmt: skip
_NUMBERS = {"int", "bigint", "picklist", "state", "status", "money", "decimal", "double"}
LONGEST_PATH = 5


@dataclass(frozen=True)
class Operand:
    """A column as SQL sees it, and what kind of value it holds: text number bool guid instant or date."""

    expression: sa.ColumnElement[Any]
    kind: str
    name: str = ""
    """`table.column`, for a refusal to name."""


class ColumnResolver:
    """The columns of a table, and of the tables its lookups lead to."""

    def __init__(
        self,
        organisation: Organisation,
        table: Table,
        source: sa.FromClause | None = None,
        *,
        by_attribute: bool = False,
        reach: Callable[[Table, sa.FromClause], sa.ColumnElement[bool] | None] | None = None,
        guard: Callable[[Table, str], None] | None = None,
    ) -> None:
        """`source` stands for the table in the query; the SQL table itself when None.

        `by_attribute`: lookups go by their own names, as FetchXML and SQL call them, not by `_name_value`.
        `reach` says which rows of a table behind a lookup may be seen; without it, all.
        `guard` raises for a column that may not be asked about.
        """
        self._by_attribute = by_attribute
        self._reach = reach
        self._guard = guard
        self._organisation = organisation
        self._table = table
        self._source = organisation.schema.sql(table.logical) if source is None else source

    def operand(self, path: tuple[str, ...]) -> Operand:
        """The column of a path. Raises UnknownProperty and BadQuery."""
        if len(path) > LONGEST_PATH:
            raise BadQuery("The path is too long.")
        found = self._own(path[0]) if len(path) == 1 else self._beyond(path)
        return replace(found, name=found.name or f"{self._table.logical}.{path[0]}")

    def _own(self, name: str) -> Operand:
        table = self._table
        if name in table.columns:
            return self._column(table.columns[name])
        if self._by_attribute:
            if name in table.lookups:
                return self._lookup(table.lookups[name])
            raise UnknownProperty(name, f"Microsoft.Dynamics.CRM.{table.logical}")
        if name in table.values:
            return self._lookup(table.values[name])
        if name in table.navigation:  # `parentbusinessunitid eq null`, as Microsoft's own provider asks
            return self._lookup(table.navigation[name][0])
        if name == "ownerid" and table.base == "principal":
            return Operand(self._source.c[table.primary_id], "guid")
        raise UnknownProperty(name, f"Microsoft.Dynamics.CRM.{table.logical}")

    def _column(self, column: Column) -> Operand:
        if self._guard is not None:
            self._guard(self._table, column.name)
        if column.type == "managed":
            raise BadQuery(f"The property '{column.name}' cannot be used in a query: it is a complex value.")
        kind = "number" if column.type in _NUMBERS else _KINDS[column.type]
        if column.type == "organization":
            return Operand(sa.literal(self._organisation.id), kind)
        if column.fixed is not None:
            return Operand(sa.literal(column.fixed), kind)
        if column.mirrors is not None:
            return Operand(self._source.c[type_column(column.mirrors)].collate("NOCASE"), kind)
        return Operand(self._source.c[column.name], kind)

    def _lookup(self, lookup: Lookup) -> Operand:
        if self._guard is not None:
            self._guard(self._table, lookup.name)
        if lookup.virtual:
            return Operand(sa.literal(self._organisation.id), "guid")
        return Operand(self._source.c[lookup.name], "guid")

    def _beyond_principal(self, lookup: Lookup, path: tuple[str, ...]) -> Operand:
        """A column that user and team both have (`ownerid/name` has neither): of whichever the owner is."""
        found = []
        for target in lookup.targets:
            try:
                found.append(self._far(lookup, target, path[1:]))
            except UnknownProperty:
                continue
        if not found:
            raise UnknownProperty(path[1], "Microsoft.Dynamics.CRM.principal")
        expression: sa.ColumnElement[Any] = sa.func.coalesce(*(each.expression for each in found), sa.null())
        kind = found[0].kind
        return Operand(expression.collate("NOCASE") if kind == "text" else expression, kind)

    def _beyond(self, path: tuple[str, ...]) -> Operand:
        """A column at the far end of a lookup, as a subquery by primary key."""
        if path[0] not in self._table.navigation:
            raise UnknownProperty(path[0], f"Microsoft.Dynamics.CRM.{self._table.logical}")
        lookup, targets = self._table.navigation[path[0]]
        if len(targets) > 1:
            return self._beyond_principal(lookup, path)
        return self._far(lookup, targets[0], path[1:])

    def _far(self, lookup: Lookup, target: str, path: tuple[str, ...]) -> Operand:
        schema = self._organisation.schema
        there = schema.table(target)
        alias = schema.sql(target).alias()
        far = ColumnResolver(self._organisation, there, alias, reach=self._reach, guard=self._guard).operand(path)
        link: sa.ColumnElement[Any] = self._lookup(lookup).expression
        query = sa.select(far.expression).select_from(alias).where(alias.c[there.primary_id] == link)
        if lookup.polymorphic:
            query = query.where(self._source.c[type_column(lookup.name)] == target)
        if self._reach is not None and (reach := self._reach(there, alias)) is not None:
            query = query.where(reach)
        found: sa.ColumnElement[Any] = query.correlate(self._source).scalar_subquery()
        return Operand(found.collate("NOCASE") if far.kind == "text" else found, far.kind)
