"""What the Power Platform keeps about a tenant besides its databases: environments, who manages them, and what with.

An environment around a Dataverse organisation needs no row of its own until something is said about it; the tenant's
default environment is there without one too.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mock_services.errors import Missing, Taken
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
_ENVIRONMENTS = sa.Table(
    "power_platform_environments",
    _METADATA,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("display_name", sa.String),
    sa.Column("description", sa.String),
    sa.Column("region", sa.String),
    sa.Column("sku", sa.String, nullable=False),
    sa.Column("provisioning", sa.String, nullable=False),
    sa.Column("created", Instant),
    sa.Column("created_by", sa.String),
    sa.Column("deleted", Instant),
)
_ROLE_ASSIGNMENTS = sa.Table(
    "power_platform_role_assignments",
    _METADATA,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("environment_id", sa.String, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("principal_id", sa.String, nullable=False),
    sa.Column("principal_type", sa.String, nullable=False),
)

SKUS = ("Production", "Sandbox", "Trial", "Developer", "SubscriptionBasedTrial", "Default", "Teams")
PROVISIONED = "Succeeded"
PROVISIONING_DATABASE = "LinkedDatabaseProvisioning"
ENVIRONMENT_ADMIN = "EnvironmentAdmin"
ENVIRONMENT_MAKER = "EnvironmentMaker"


@dataclass(frozen=True)
class ManagementApplication:
    """An application that may manage the tenant's environments. `registered_by` is a user's object id."""

    app_id: str
    registered: datetime
    registered_by: str


class ManagementApplications:
    """The management applications of one tenant, kept beside its directory."""

    def __init__(self, directory: Directory) -> None:
        """Use the directory's store; its tables are made on first use."""
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


@dataclass(frozen=True)
class EnvironmentRecord:
    """What is known of an environment besides its database; None where the database says it, or nobody does."""

    id: str
    display_name: str | None = None
    description: str | None = None
    region: str | None = None
    """The region's part of a Dataverse host, as `crm4`."""
    sku: str = "Production"
    provisioning: str = PROVISIONED
    created: datetime | None = None
    created_by: str | None = None
    """A user's object id; None for the platform itself."""
    deleted: datetime | None = None

    @property
    def is_default(self) -> bool:
        """Whether this is the one environment that every tenant has from the start."""
        return self.id.lower().startswith("default-")


@dataclass(frozen=True)
class RoleAssignment:
    """A principal's role in an environment that has no database (with one, Dataverse's roles count)."""

    id: str
    environment_id: str
    role: str
    principal_id: str
    principal_type: str


class Environments:
    """The environments of one tenant as far as they are not Dataverse's, kept beside its directory."""

    def __init__(self, directory: Directory) -> None:
        """Use the directory's store; its tables are made on first use."""
        self._directory = directory
        self._store = directory.store
        self._store.create(_METADATA)

    @property
    def default_id(self) -> str:
        """The id of the tenant's default environment."""
        return f"Default-{self._directory.tenant_id}"

    def recorded(self) -> list[EnvironmentRecord]:
        """Every environment that has a row, and the default one, the oldest first; deleted ones too."""
        rows = self._store.rows(sa.select(_ENVIRONMENTS).order_by(_ENVIRONMENTS.c.created, _ENVIRONMENTS.c.id))
        found = [EnvironmentRecord(**row) for row in rows]
        if not any(each.is_default for each in found):
            found.insert(0, self._default())
        return found

    def record(self, identity: str) -> EnvironmentRecord | None:
        """The row of this environment (any case), or None."""
        return next((each for each in self.recorded() if each.id.lower() == identity.lower()), None)

    def add(
        self,
        display_name: str,
        *,
        region: str | None = None,
        sku: str = "Sandbox",
        description: str | None = None,
        created_by: str | None = None,
    ) -> EnvironmentRecord:
        """Make an environment without a database. Raises ValueError for an unknown SKU."""
        made = EnvironmentRecord(
            id=self._directory.chance.guid(),
            display_name=display_name,
            description=description,
            region=region,
            sku=_known_sku(sku),
            created=self._directory.clock.now(),
            created_by=created_by,
        )
        self._store.write(sa.insert(_ENVIRONMENTS).values(**vars(made)))
        return made

    def describe(self, identity: str, **changes: Any) -> EnvironmentRecord:
        """Say something of an environment, with a database or without: `sku`, `description`, `provisioning`.

        Raises ValueError for an unknown SKU.
        """
        _known_sku(changes.get("sku", "Production"))
        held = self.record(identity)
        changed = replace(held or EnvironmentRecord(identity.lower()), **changes)
        with self._store.transaction():
            self._store.write(sa.delete(_ENVIRONMENTS).where(_ENVIRONMENTS.c.id == changed.id))
            self._store.write(sa.insert(_ENVIRONMENTS).values(**vars(changed)))
        return changed

    def delete(self, identity: str) -> None:
        """Put an environment into the bin. Raises ValueError for the default one, which cannot be deleted."""
        if identity.lower() == self.default_id.lower():
            raise ValueError("the default environment cannot be deleted")
        self.describe(identity, deleted=self._directory.clock.now())

    def recover(self, identity: str) -> None:
        """Take an environment out of the bin. Raises Missing where it does not lie there."""
        held = self.record(identity)
        if held is None or held.deleted is None:
            raise Missing("deleted environment", identity)
        self.describe(identity, deleted=None)

    def assignments(self, environment_id: str) -> list[RoleAssignment]:
        """Who has which role in an environment, by id of the assignment."""
        table = _ROLE_ASSIGNMENTS
        mine = table.c.environment_id == environment_id.lower()
        return [RoleAssignment(**row) for row in self._store.rows(sa.select(table).where(mine).order_by(table.c.id))]

    def assign(self, environment_id: str, role: str, principal_id: str, principal_type: str) -> RoleAssignment:
        """Give a principal a role in an environment. Raises Taken where it has it."""
        principal_id = principal_id.lower()
        for each in self.assignments(environment_id):
            if (each.role, each.principal_id) == (role, principal_id):
                raise Taken("role assignment", each.id)
        identity = self._directory.chance.guid()
        made = RoleAssignment(identity, environment_id.lower(), role, principal_id, principal_type)
        self._store.write(sa.insert(_ROLE_ASSIGNMENTS).values(**vars(made)))
        return made

    def unassign(self, environment_id: str, identity: str) -> RoleAssignment:
        """Take a role assignment away; what it was. Raises Missing."""
        found = next((each for each in self.assignments(environment_id) if each.id == identity.lower()), None)
        if found is None:
            raise Missing("role assignment", identity)
        self._store.write(sa.delete(_ROLE_ASSIGNMENTS).where(_ROLE_ASSIGNMENTS.c.id == found.id))
        return found

    def _default(self) -> EnvironmentRecord:
        name = f"{self._directory.display_name} (default)"
        return EnvironmentRecord(self.default_id, name, sku="Default", created=self._directory.created)


def _known_sku(sku: str) -> str:
    if sku not in SKUS:
        raise ValueError(f"no SKU called {sku}; there are {', '.join(SKUS)}")
    return sku
