"""Linked tables of a query: joins for those whose columns may be shown, conditions for those that only ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import refused
from mock_services.dataverse.querying.conditions import SUBQUERY, compile_condition
from mock_services.dataverse.querying.scopes import Scope, SqlCondition, reach_of
from mock_services.dataverse.refusals import queries as rows
from mock_services.dataverse.resolver import Operand
from mock_services.odata.fetchxml import aliases_of
from mock_services.odata.model import Linked, Selected
from mock_services.odata.problems import Fault
from mock_services.state.organisation.definitions import Table

_ASKING = {"any", "not any", "all", "not all", "exists", "in"}
"""Kinds of link that show no columns and only ask what is there."""


@dataclass
class Part:
    """A table of the query, and what of it goes into the answer."""

    scope: Scope
    alias: str
    """Of a linked table; "" for the query's own."""
    columns: tuple[Selected, ...]
    all_columns: bool
    prefix: str
    """Before the names of its columns in the statement."""


def table_named(call: Call, logical: str) -> Table:
    """A table by its logical name. Raises Refusal."""
    found = call.schema.tables.get(logical)
    if found is None:
        raise refused(rows.NO_ENTITY, name=logical)
    return found


def own_operand(scope: Scope, name: str) -> Operand:
    """A column of a scope's own table. Raises UnknownProperty."""
    return scope.resolver.operand((name,))


@dataclass
class Joining:
    """The tables that a query links, one by one."""

    call: Call
    root: Scope
    parts: list[Part]
    conditions: list[SqlCondition]
    aliases: Mapping[int, str]
    depth: int = 0
    """How deep the statement is nested here."""

    def join(self, joined: Any, above: Scope, link: Linked) -> Any:
        """The join with a link and those below it. Raises Refusal, BadQuery and Unmodelled."""
        if link.kind in _ASKING:
            self.conditions.append(asked(link, above, self.depth))
            return joined
        alias = self.aliases[id(link)]
        if alias in self.root.links or alias == self.root.table.logical:
            raise Fault("QueryBuilderDuplicateAlias")
        scope, on = _linked(link, above, self.root.links)
        self.root.links[alias] = scope
        if link.condition is not None:
            on.append(compile_condition(link.condition, scope, self.depth))
        self.parts.append(Part(scope, alias, link.columns, link.all_columns, f"l{len(self.parts)}_"))
        is_first = link.kind == "matchfirstrowusingcrossapply"
        if is_first:
            on.append(_is_first(scope, above, link))
        joined = joined.join(scope.source, sa.and_(*on), isouter=is_first or link.kind == "outer")
        for below in link.links:
            joined = self.join(joined, scope, below)
        return joined


def asked(link: Linked, above: Scope, depth: int = 0) -> SqlCondition:
    """A condition on what is linked, by the documentation's own reading of the names (fetchxml/filter-rows.md).

    any, exists, in and, despite its name, not all: some linked row passes the filter. not any: none does. all: there
    are linked rows, and none of them passes. Raises Refusal, BadQuery and Unmodelled.
    """
    depth += SUBQUERY
    scope, on = _linked(link, above, {})
    inner: Any = scope.source
    joining = Joining(above.call, scope, [], on, aliases_of(link.links), depth)
    for below in link.links:
        inner = joining.join(inner, scope, below)
    there = sa.select(sa.literal(1)).select_from(inner).where(*on)
    passing = there
    if link.condition is not None:
        passing = there.where(compile_condition(link.condition, scope, depth))
    around = (above.source, *(each.source for each in above.links.values()))
    is_passing: SqlCondition = passing.correlate(*around).exists()
    if link.kind == "all":
        return sa.and_(~is_passing, there.correlate(*around).exists())
    return ~is_passing if link.kind == "not any" else is_passing


def _linked(link: Linked, above: Scope, links: dict[str, Scope]) -> tuple[Scope, list[SqlCondition]]:
    """The scope of a link's table, and what ties its rows to those above: the columns, and the caller's reach."""
    table = table_named(above.call, link.table)
    source = above.call.schema.sql(link.table).alias()
    scope = Scope(above.call, table, source, above.by_attribute, links)
    there, here = own_operand(scope, link.there), own_operand(above, link.here)
    if there.kind != here.kind:
        raise Fault("QueryBuilderAttributePairMismatch")
    on: list[SqlCondition] = [there.expression == here.expression]
    if (reach := reach_of(above.call, table, source)) is not None:
        on.append(reach)
    return scope, on


def _is_first(scope: Scope, above: Scope, link: Linked) -> SqlCondition:
    """That a row is the first of those that match, by its key."""
    key = scope.table.primary_id
    twin, ties = _linked(link, above, {})
    if link.condition is not None:
        ties.append(compile_condition(link.condition, twin, SUBQUERY))
    first = sa.select(sa.func.min(twin.source.c[key])).where(*ties)
    return scope.source.c[key] == first.correlate(above.source).scalar_subquery()
