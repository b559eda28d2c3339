"""What every section of a directory stands on: its database, the tenant's clock and chance."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.state.directory.tables import (
    APP_ROLE_ASSIGNMENTS,
    APPLICATIONS,
    DELEGATED_GRANTS,
    ORGANISATION,
    SECRETS,
    SERVICE_PRINCIPALS,
)
from mock_services.state.replicas import Kind, Replication
from mock_services.state.store import Row, Store

KEPT_IN_BIN = timedelta(days=30)
"""How long a soft-deleted object can be restored (Entra service limits)."""

_TABLES = {
    Kind.APPLICATION: APPLICATIONS,
    Kind.SERVICE_PRINCIPAL: SERVICE_PRINCIPALS,
    Kind.SECRET: SECRETS,
    Kind.APP_ROLE: APP_ROLE_ASSIGNMENTS,
    Kind.GRANT: DELEGATED_GRANTS,
}


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

    def view(self, kind: Kind, rows: Sequence[Row], belongs: Callable[[Row], bool]) -> Sequence[Row]:
        """The rows as the replica that answers the present request has them, which may be late.

        `belongs` says of a row as it was whether it is asked for; it repeats what selected the rows.
        """
        if not self.replication.lags:
            return rows
        return self.replication.view(kind, rows, belongs, self.clock.now())

    def remember(self, kind: Kind, *wanted: sa.ColumnElement[bool]) -> None:
        """Rows of a kind are about to be changed or removed: late replicas go on showing them as they are."""
        if not self.replication.lags:
            return
        for row in self.store.rows(sa.select(_TABLES[kind]).where(*wanted)):
            self.replication.remember(kind, row, self.clock.now())

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
