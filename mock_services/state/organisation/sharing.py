"""Rows shared with users and teams: who holds which rights on which row besides what roles give."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.state.organisation.definitions import Table
from mock_services.state.organisation.rows import SHARES, Row, Rows
from mock_services.state.organisation.schema import sql_table
from mock_services.state.store import Store


class Sharing:
    """The shares of one organisation. Rights are masks, as `privilege.accessright` has them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def grant(self, table: str, id: str, kind: str, principal: str, rights: int) -> None:  # noqa: A002 - the usual word
        """Add rights on a row to those a user or team (`kind`) holds by sharing."""
        held = self._held(id, principal)
        self.replace(table, id, kind, principal, rights | (held["accessrightsmask"] if held else 0))

    def replace(self, table: str, id: str, kind: str, principal: str, rights: int) -> None:  # noqa: A002 - as above
        """Make these the rights held by sharing; none ends the share."""
        held, changed = self._held(id, principal), {"accessrightsmask": rights, "changedon": self._rows.now()}
        if not rights:
            self.revoke(id, principal)
        elif held is not None:
            self._rows.update(SHARES, held["principalobjectaccessid"], changed)
        else:
            ends = {"objectid": id, "objecttypecode": table, "principalid": principal, "principaltypecode": kind}
            self._rows.insert(SHARES, changed | ends)

    def revoke(self, id: str, principal: str) -> None:  # noqa: A002 - as above
        """End a share; nothing happens where there is none."""
        if (held := self._held(id, principal)) is not None:
            self._rows.delete(SHARES, held["principalobjectaccessid"])

    def of(self, table: str, id: str) -> Sequence[Row]:  # noqa: A002 - as above
        """The shares of a row."""
        return self._rows.find(SHARES, objectid=id, objecttypecode=table)

    def _held(self, id: str, principal: str) -> Row | None:  # noqa: A002 - as above
        found = self._rows.find(SHARES, objectid=id, principalid=principal)
        return found[0] if found else None


@dataclass(frozen=True)
class Shares:
    """What is shared with one user, itself or by its teams, for one right."""

    store: Store
    user: str
    right: int

    def cover(self, table: Table, id: str) -> bool:  # noqa: A002 - as above
        """Whether a row is shared so."""
        query, values = _shared_one(), {"user": self.user, "right": self.right, "id": id}
        rows = self.store.rows(query, values)
        return any(table.view or row["objecttypecode"] == table.logical for row in rows)

    def condition(self, table: Table, key: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """The same as SQL over the table's key."""
        shares = sql_table(SHARES).alias()
        query = sa.select(shares.c.objectid).where(
            *_held_by(shares, sa.literal(self.user), sa.literal(self.right)),
            *(() if table.view else (shares.c.objecttypecode == table.logical,)),
        )
        return key.in_(query)


def _held_by(
    shares: sa.FromClause, user: sa.ColumnElement[str], right: sa.ColumnElement[int]
) -> tuple[sa.ColumnElement[bool], ...]:
    members = sql_table("teammembership").alias()
    teams = sa.select(members.c.teamid).where(members.c.systemuserid == user)
    principal = sa.or_(shares.c.principalid == user, shares.c.principalid.in_(teams))
    return principal, shares.c.accessrightsmask.op("&")(right) != 0


@cache
def _shared_one() -> sa.Select[Any]:
    shares = sql_table(SHARES)
    user: sa.BindParameter[str] = sa.bindparam("user")
    right: sa.BindParameter[int] = sa.bindparam("right")
    held = _held_by(shares, user, right)
    return sa.select(shares.c.objecttypecode).where(shares.c.objectid == sa.bindparam("id"), *held)
