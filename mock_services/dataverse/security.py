"""The one privilege check: first whether any role holds the privilege, then whether its depth reaches the row.

Sources: Power Platform admin docs "How access to a record is determined" and "Security roles and privileges"; the texts
are in facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import facts
from mock_services.dataverse.errors import Refusal
from mock_services.quirks import Quirks
from mock_services.state.organisation import Organisation
from mock_services.state.organisation.definitions import Table
from mock_services.state.organisation.privileges import RIGHTS, Depth, Privilege, privilege_name
from mock_services.state.organisation.schema import Schema, sql_table
from mock_services.state.organisation.sharing import Shares

Row = Mapping[str, Any]
_PERMISSION = "fieldpermission"


@dataclass(frozen=True)
class Reach:
    """Which rows a privilege covers."""

    everything: bool
    business_units: frozenset[str]
    owners: frozenset[str]
    depth: Depth
    schema: Schema
    shares: Shares | None = None
    """What is shared besides."""
    also: "Reach | None" = None
    """A reach that must cover the row too."""

    def covers(self, table: Table, row: Row) -> bool:
        """Whether a row (its owner and business unit filled in) is covered."""
        return self._covers(table, row) and (self.also is None or self.also.covers(table, row))

    def _covers(self, table: Table, row: Row) -> bool:
        if self.everything or table.ownership in ("Organization", "None"):
            return True
        if table.ownership == "BusinessUnit":
            return row.get("businessunitid") in self.business_units
        if row.get("ownerid") in self.owners or row.get("owningbusinessunit") in self.business_units:
            return True
        id_ = row.get(table.primary_id)
        return self.shares is not None and id_ is not None and self.shares.cover(table, id_)

    def condition(self, table: Table) -> sa.ColumnElement[bool] | None:
        """The same as SQL over the table's columns; None for no restriction."""
        parts = [self._condition(table), self.also.condition(table) if self.also is not None else None]
        kept = [part for part in parts if part is not None]
        return sa.and_(*kept) if kept else None

    def _condition(self, table: Table) -> sa.ColumnElement[bool] | None:
        if self.everything:
            return None
        sql = self.schema.sql(table.logical)
        if table.logical == "queueitem":
            queue = self.schema.sql("queue")
            inner = self._condition(self.schema.table("queue"))
            return sql.c.queueid.in_(sa.select(queue.c.queueid).where(inner)) if inner is not None else None
        if table.ownership == "BusinessUnit":
            return sql.c.businessunitid.in_(sorted(self.business_units))
        if table.ownership == "User":
            mine = sql.c.ownerid.in_(sorted(self.owners))
            reached = sa.or_(mine, sql.c.owningbusinessunit.in_(sorted(self.business_units)))
            if self.shares is None:
                return reached
            return sa.or_(reached, self.shares.condition(table, sql.c[table.primary_id]))
        return None


def privilege_for(schema: Schema, verb: str, table: Table) -> Privilege | None:
    """The privilege that governs a verb on a table, or None where nothing does.

    A queue item has none of its own: reading it takes Read on Queue, everything else AppendTo on Queue
    (powerapps-docs queue-entities). An intersect is read with the table that governs it; what a column security
    profile permits is written with the profile (inferred).
    """
    if table.word:
        return schema.privileges.get(privilege_name(verb, table.word))
    if table.logical == "queueitem":
        return schema.privileges[privilege_name("Read" if verb == "Read" else "AppendTo", "Queue")]
    if not table.governed_by:
        return None
    governing = "Read" if verb == "Read" or table.logical != _PERMISSION else "Write"
    return schema.privileges[privilege_name(governing, table.governed_by)]


class Security:
    """What one user may in one organisation, asked of the state each time."""

    def __init__(
        self,
        organisation: Organisation,
        user: Row,
        quirks: Quirks,
        *,
        caller: str = "",
        prefix: str = "",
        within: "Security | None" = None,
        strong: bool = False,
    ) -> None:
        """`caller` is who called, when it is not the user whose rights are judged; `prefix` starts every message.

        `within` is what somebody else may, beyond which this user may nothing. `strong`: roles are looked up now,
        whatever the platform still remembers.
        """
        self._strong = strong
        self._within = within
        self._organisation = organisation
        self.user = user
        self.user_id = str(user["systemuserid"])
        self._quirks = quirks
        self._caller = caller or self.user_id
        self._prefix = prefix

    def demand(self, verb: str, table: Table) -> Reach:
        """How far a verb reaches on a table. Raises Refusal when no role holds its privilege."""
        privilege = privilege_for(self._organisation.schema, verb, table)
        if privilege is None:
            return self._everything
        reach = self._reach(privilege)
        if reach is None:
            raise self._refusal(privilege, table)
        if self._within is None:
            return reach
        also = self._within.demand(verb, table)
        return replace(reach, also=also, depth=min(reach.depth, also.depth))

    def demand_row(self, verb: str, table: Table, row: Row) -> None:
        """As `demand`, and the row must be within reach. Raises Refusal."""
        self.require_covers(verb, table, row, self.demand(verb, table))

    def require_covers(self, verb: str, table: Table, row: Row, reach: Reach) -> None:
        """The row must be within a reach asked for earlier. Raises Refusal."""
        judged, owner = table, row
        if table.logical == "queueitem" and row.get("queueid"):
            judged, owner = (
                self._organisation.schema.table("queue"),
                self._organisation.get("queue", row["queueid"]) or {},
            )
        if not reach.covers(judged, owner):
            level = facts.LEVELS[min(reach.depth + 1, Depth.Global)]
            id_ = row.get(table.primary_id) or "00000000-0000-0000-0000-000000000000"
            message = facts.NO_ACCESS.format(user=self.user_id, right=verb, id=id_, entity=table.schema, level=level)
            raise Refusal("0x80048306", self._prefix + message)

    def demand_named(self, name: str) -> None:
        """A privilege that is not about one table. Raises Refusal."""
        privilege = self._organisation.schema.privileges[name]
        if self._reach(privilege) is None:
            raise self._refusal(privilege, None)
        if self._within is not None:
            self._within.demand_named(name)

    def holds(self, name: str) -> bool:
        """Whether a privilege that is not about one table is held."""
        try:
            self.demand_named(name)
        except Refusal:
            return False
        return True

    def privileges(self) -> Mapping[str, Depth]:
        """Everything that is held: name -> greatest depth."""
        own = self._organisation.privileges_of(self.user_id)
        if self._within is None:
            return own
        also = self._within.privileges()
        return {name: min(depth, also[name]) for name, depth in own.items() if name in also}

    def demand_any_role(self, privilege: str) -> None:
        """A call that needs no privilege but a user with some role; `privilege` is what the refusal names."""
        if not self._role_count():
            raise self._no_roles(privilege)
        if self._within is not None:
            self._within.demand_any_role(privilege)

    def _reach(self, privilege: Privilege) -> Reach | None:
        grants = self._organisation.held.grants(self.user_id, privilege.id, strong=self._strong)
        if not grants:
            return None
        depth = Depth(max(grant["mask"] for grant in grants).bit_length() - 1)
        if depth is Depth.Global:
            return self._everything
        units: set[str] = set()
        owners: set[str] = set()
        for grant in grants:
            if grant["team"]:
                owners.add(grant["team"])
            if not grant["team"] or grant["isinherited"]:
                owners.add(self.user_id)
            if not grant["team"]:
                owners |= self._teams()
            units |= self._units(Depth(grant["mask"].bit_length() - 1), grant["businessunitid"])
        shares = Shares(self._organisation.store, self.user_id, RIGHTS[privilege.right])
        return Reach(False, frozenset(units), frozenset(owners), depth, self._organisation.schema, shares)

    @property
    def _everything(self) -> Reach:
        return Reach(True, frozenset(), frozenset(), Depth.Global, self._organisation.schema)

    def _teams(self) -> set[str]:
        return {row["teamid"] for row in self._organisation.select("teammembership", systemuserid=self.user_id)}

    def _units(self, depth: Depth, unit: str) -> set[str]:
        """A business unit, with those below it at depth Deep; none at depth Basic."""
        if depth is Depth.Basic:
            return set()
        found, waiting = {unit}, [unit] if depth is Depth.Deep else []
        while waiting:
            below = self._organisation.select("businessunit", parentbusinessunitid=waiting.pop())
            new = {row["businessunitid"] for row in below} - found
            found |= new
            waiting += new
        return found

    def _role_count(self) -> int:
        return self._organisation.held.role_count(self.user_id, strong=self._strong)

    def _no_roles(self, privilege: str) -> Refusal:
        message = self._prefix + facts.NO_ROLES.format(user=self.user_id, privilege=privilege)
        return Refusal("0x80042f09", message, status=self._quirks.user_without_role_status)

    def _refusal(self, privilege: Privilege, table: Table | None) -> Refusal:
        roles = self._role_count()
        if not roles:
            return self._no_roles(privilege.name)
        count = sa.select(sa.func.count()).select_from(sql_table("privilege"))
        template = facts.MISSING_PRIVILEGE if table else facts.MISSING_PRIVILEGE_ALONE
        message = template.format(
            user=self.user_id,
            roles=roles,
            privileges=len(self._organisation.privileges_of(self.user_id)),
            access_mode=self.user["accessmode"],
            known=self._organisation.store.value(count),
            business_unit=self.user["businessunitid"],
            privilege=privilege.name,
            privilege_id=privilege.id,
            code=table.code if table else "",
            entity=table.logical if table else "",
            label=table.label if table else "",
            caller=self._caller,
        )
        return Refusal("0x80040220", self._prefix + message)
