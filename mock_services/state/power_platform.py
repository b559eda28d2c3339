"""What the Power Platform keeps about a tenant besides its environments: the registered management applications."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from mock_services.errors import Missing
from mock_services.state.directory import Directory
from mock_services.state.directory.tables import Instant

_METADATA = sa.MetaData()
_MANAGEMENT_APPLICATIONS = sa.Table(
    "management_applications",
    _METADATA,
    sa.Column("app_id", sa.String, primary_key=True),
    sa.Column("registered", Instant, nullable=False),
    sa.Column("registered_by", sa.String, nullable=False),
)


@dataclass(frozen=True)
class ManagementApplication:
    """An application that may manage the tenant's environments. `registered_by` is a user's object id."""

    app_id: str
    registered: datetime
    registered_by: str


class ManagementApplications:
    """The management applications of one tenant, kept beside its directory."""

    def __init__(self, directory: Directory) -> None:
        """Use the directory's store; its table is made on first use."""
        self._store = directory.store
        self._clock = directory.clock
        self._store.create(_METADATA)

    def register(self, app_id: str, *, by: str) -> ManagementApplication:
        """Register an application for the user `by`; registering again changes nothing."""
        held = self.get(app_id)
        if held is not None:
            return held
        made = ManagementApplication(app_id.lower(), self._clock.now(), by)
        self._store.write(sa.insert(_MANAGEMENT_APPLICATIONS).values(**vars(made)))
        return made

    def unregister(self, app_id: str) -> None:
        """Take the registration away. Raises Missing."""
        mine = _MANAGEMENT_APPLICATIONS.c.app_id == app_id.lower()
        if not self._store.write(sa.delete(_MANAGEMENT_APPLICATIONS).where(mine)):
            raise Missing("management application", app_id)

    def get(self, app_id: str) -> ManagementApplication | None:
        """The registration of this application, or None."""
        mine = _MANAGEMENT_APPLICATIONS.c.app_id == app_id.lower()
        row = self._store.row(sa.select(_MANAGEMENT_APPLICATIONS).where(mine))
        return ManagementApplication(**row) if row else None

    def all(self) -> list[ManagementApplication]:
        """Every registration, the oldest first."""
        table = _MANAGEMENT_APPLICATIONS
        rows = self._store.rows(sa.select(table).order_by(table.c.registered, table.c.app_id))
        return [ManagementApplication(**row) for row in rows]
