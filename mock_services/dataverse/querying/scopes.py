"""The tables of a query as SQL has them, each under the caller's reach."""

from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.sql.util import ClauseAdapter

from mock_services.dataverse.calls import Call
from mock_services.dataverse.column_security import guarding
from mock_services.dataverse.resolver import ColumnResolver
from mock_services.odata.problems import Fault
from mock_services.state.organisation.definitions import Table

SqlCondition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Scope:
    """A table of the query as SQL has it there, and the linked ones by their aliases."""

    call: Call
    table: Table
    source: sa.FromClause
    by_attribute: bool = False
    """FetchXML and SQL call lookups by their own names."""
    links: dict[str, "Scope"] = field(default_factory=dict)

    @property
    def resolver(self) -> ColumnResolver:
        """The columns of the table."""
        return ColumnResolver(
            self.call.organisation,
            self.table,
            self.source,
            by_attribute=self.by_attribute,
            reach=reaching(self.call),
            guard=guarding(self.call),
        )

    def other(self, alias: str) -> "Scope":
        """The scope of a linked table, this one for "". Raises BadQuery."""
        if not alias:
            return self
        if alias not in self.links:
            raise Fault("QueryBuilderAlias_Does_Not_Exist")
        return self.links[alias]


def scope_of(call: Call, table: Table, *, by_attribute: bool = False) -> Scope:
    """The scope of a query over one table."""
    return Scope(call, table, call.schema.sql(table.logical), by_attribute)


def reach_of(call: Call, table: Table, source: sa.FromClause) -> SqlCondition | None:
    """The rows of a table, under the name it has in the query, that the caller may read. Raises Refusal."""
    reach = call.security.demand("Read", table).condition(table)
    base = call.schema.sql(table.logical)
    return reach if reach is None or source is base else ClauseAdapter(source).traverse(reach)


def reaching(call: Call) -> Callable[[Table, sa.FromClause], SqlCondition | None]:
    """The same for whatever table a path leads to."""
    return lambda table, source: reach_of(call, table, source)
