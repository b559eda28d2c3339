"""What every section of a directory stands on: its database, the tenant's clock and chance."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.state.directory.tables import ORGANISATION
from mock_services.state.replicas import Kind, Replication
from mock_services.state.store import Row, Store

KEPT_IN_BIN = timedelta(days=30)
"""How long a soft-deleted object can be restored (Entra service limits)."""


class Section:
    """One part of a directory."""

    def __init__(self, store: Store, *, clock: FakeClock, chance: Chance) -> None:
        self.store = store
        self.clock = clock
        self.chance = chance
        self.replication = Replication(seed=chance.seed)
        self._settings: Row | None = None

    @property
    def tenant_id(self) -> str:
        """The tenant's GUID."""
        return str(self._setting("tenant_id"))

    @property
    def display_name(self) -> str:
        """The organisation's name."""
        return str(self._setting("display_name"))

    @property
    def domain(self) -> str:
        """The verified default domain."""
        return str(self._setting("domain"))

    @property
    def created(self) -> datetime:
        """When the tenant was founded."""
        created: datetime = self._setting("created")
        return created

    def _setting(self, name: str) -> Any:
        if self._settings is None:
            try:
                self._settings = self.store.row(sa.select(ORGANISATION))
            except sa.exc.OperationalError:  # no such table
                self._settings = None
        if self._settings is None:
            raise LookupError("this directory was never founded")
        return self._settings[name]

    def seen(self, kind: Kind, row: Row, written: datetime | None) -> bool:
        """Whether the replica that answers the present request has this row yet; Microsoft's own have no date."""
        if written is None or not self.replication.lags:
            return True
        return self.replication.seen(kind, row["id"], written, self.clock.now())

    def in_bin(self, deleted: sa.Column[datetime]) -> sa.ColumnElement[bool]:
        """The condition for objects that are soft-deleted and not yet gone for good."""
        return sa.and_(deleted.is_not(None), deleted > self.clock.now() - KEPT_IN_BIN)


def divide(
    members: Mapping[str, Any], table: sa.Table, details: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Members split into the table's own columns and the details; raises TypeError for one that is neither."""
    columns = {name: value for name, value in members.items() if name in table.c}
    rest = {name: value for name, value in members.items() if name not in table.c}
    unknown = sorted(rest.keys() - details.keys())
    if unknown:
        raise TypeError(f"{table.name} has no member {', '.join(unknown)}")
    return columns, rest
