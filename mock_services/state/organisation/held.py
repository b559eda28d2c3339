"""What a user holds, as the platform sees it: at once, or as it was up to a delay ago.

Dataverse keeps privileges for up to 30 seconds unless a request says `Consistency: Strong` (powerapps-docs
compose-http-requests-handle-errors.md; Microsoft.PowerPlatform.Dataverse.Client ForceServerMetadataCacheConsistency).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.clock import FakeClock
from mock_services.state.organisation.roles import effective_roles
from mock_services.state.organisation.schema import sql_table
from mock_services.state.store import Row, Store

AS_DOCUMENTED = timedelta(seconds=30)
"""The longest that a change of permissions takes to be seen."""


@dataclass(frozen=True)
class _Kept:
    """What one user held when it was last looked up."""

    at: datetime
    grants: Sequence[Row]
    roles: int


class Held:
    """The grants of an organisation's users.

    `delay` is how long what was looked up goes on being used, by the tenant's clock; zero, the default, looks anew
    each time. Set it to `AS_DOCUMENTED` to rehearse the half minute after a role was given or taken.
    """

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self._store = store
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self.delay = timedelta(0)

    def grants(self, user_id: str, privilege_id: str, *, strong: bool) -> Sequence[Row]:
        """Depth, business unit and source of every grant of one privilege to one user, its own and its teams'.

        `strong`: look now, and keep what is found.
        """
        if not self.delay:
            return self._store.rows(_grants(one=True), {"user": user_id, "privilege": privilege_id})
        return [row for row in self._of(user_id, strong=strong).grants if row["privilege"] == privilege_id]

    def role_count(self, user_id: str, *, strong: bool) -> int:
        """How many roles a user has, its own and its teams'."""
        if not self.delay:
            return len(self._store.rows(effective_roles(), {"user": user_id}))
        return self._of(user_id, strong=strong).roles

    def forget(self) -> None:
        """Look everything up anew."""
        self._kept.clear()

    def _of(self, user_id: str, *, strong: bool) -> _Kept:
        now, kept = self._clock.now(), self._kept.get(user_id)
        if strong or kept is None or not timedelta(0) <= now - kept.at < self.delay:
            roles = len(self._store.rows(effective_roles(), {"user": user_id}))
            kept = _Kept(now, self._store.rows(_grants(one=False), {"user": user_id}), roles)
            self._kept[user_id] = kept
        return kept


@cache
def _grants(*, one: bool) -> sa.CompoundSelect[Any]:
    """The grants of a user, of one privilege or of all.

    A role belongs to the business unit of who holds it, so the role's own tells where a depth is measured from.
    """
    link, role = sql_table("roleprivileges"), sql_table("role")
    own, teams, members = sql_table("systemuserroles"), sql_table("teamroles"), sql_table("teammembership")
    user: sa.BindParameter[str] = sa.bindparam("user")
    columns = (
        link.c.privilegedepthmask.label("mask"),
        link.c.privilegeid.label("privilege"),
        role.c.businessunitid,
        role.c.isinherited,
    )
    held = link.c.roleid == role.c.roleid
    if one:
        held = sa.and_(held, link.c.privilegeid == sa.bindparam("privilege"))
    direct = (
        sa.select(*columns, sa.null().label("team"))
        .join_from(own, role, role.c.roleid == own.c.roleid)
        .join(link, held)
        .where(own.c.systemuserid == user)
    )
    by_team = (
        sa.select(*columns, members.c.teamid.label("team"))
        .join_from(members, teams, teams.c.teamid == members.c.teamid)
        .join(role, role.c.roleid == teams.c.roleid)
        .join(link, held)
        .where(members.c.systemuserid == user)
    )
    return direct.union_all(by_team)
