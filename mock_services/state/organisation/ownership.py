"""Who owns what, across every table whose rows have an owner."""

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from mock_services.state.organisation.definitions import Table
from mock_services.state.organisation.rows import Rows
from mock_services.state.organisation.schema import type_column


class Ownership:
    """The rows that users and teams of one organisation own."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._store = rows.store

    def owns(self, principal: str, *, besides: Collection[str] = ()) -> bool:
        """Whether a user or team owns a row other than these ids."""
        for table in self._owned():
            sql = self._rows.schema.sql(table.logical)
            key = sql.c[table.primary_id]
            some = sa.select(key).where(sql.c.ownerid == principal, key.not_in(besides)).limit(1)
            if self._store.row(some) is not None:
                return True
        return False

    def follow(self, principal: str, business_unit: str) -> None:
        """Count what a user or team owns to the business unit that it has moved to."""
        for table in self._owned():
            sql = self._rows.schema.sql(table.logical)
            self._store.write(sa.update(sql).where(sql.c.ownerid == principal).values(owningbusinessunit=business_unit))

    def hand_over(self, principal: str, heir: str, kind: str, *, by: str | None = None) -> None:
        """Make another user or team (`kind`) the owner of all that a principal owns but its own queue."""
        own = {
            row["queueid"]
            for row in (self._rows.get("systemuser", principal), self._rows.get("team", principal))
            if row
        }
        with self._store.transaction():
            for table in self._owned():
                for row in self._rows.find(table.logical, ownerid=principal):
                    if row[table.primary_id] not in own:
                        changed = {"ownerid": heir, type_column("ownerid"): kind}
                        self._rows.update(table.logical, row[table.primary_id], changed, by=by)

    def _owned(self) -> Iterator[Table]:
        return (table for table in self._rows.schema.tables.values() if table.ownership == "User" and not table.view)
