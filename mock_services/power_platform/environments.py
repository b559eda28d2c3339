"""The environments of a tenant: what is recorded of each together with its database, and who may see and manage it."""

import re
from dataclasses import dataclass

from mock_services.power_platform.callers import Caller
from mock_services.power_platform.places import Place, place_of
from mock_services.state.organisation import Organisation
from mock_services.state.power_platform import (
    ENVIRONMENT_ADMIN,
    PROVISIONED,
    EnvironmentRecord,
    Environments,
    RoleAssignment,
)
from mock_services.tenant import FakeTenant

GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
ADMINISTRATOR = "System Administrator"
_DEFAULT_ALIAS = "~default"


@dataclass(frozen=True)
class Environment:
    """An environment of a tenant, with its database where it has one."""

    tenant: FakeTenant
    record: EnvironmentRecord
    organisation: Organisation | None

    @property
    def id(self) -> str:
        """Its id, as URLs and bodies spell it."""
        return self.record.id

    @property
    def display_name(self) -> str:
        """Its name: its own, or that of its database."""
        return self.record.display_name or (self.organisation.display_name if self.organisation else "")

    @property
    def place(self) -> Place:
        """Where it lies: with its database, or where it was made, or where the tenant's first database is."""
        first = next(iter(self.tenant.organisations), None)
        home = self.organisation or first
        return place_of(self.record.region or (home.region if home else None))

    @property
    def database(self) -> Organisation | None:
        """Its database once that is there: while it is being provisioned, nobody is told of it (TF waits for it)."""
        return self.organisation if self.record.provisioning == PROVISIONED else None

    def assignments(self) -> list[RoleAssignment]:
        """Who has which role in it; nobody where Dataverse decides."""
        return [] if self.organisation else Environments(self.tenant.directory).assignments(self.id)

    def has_user(self, caller: Caller) -> bool:
        """Whether a person (or application) may use it: an enabled user of its database, or somebody with a role in it.

        Everybody is a maker in the default environment (power-platform "environments overview").
        """
        if self.organisation is not None:
            return is_user(self.organisation, caller)
        return self.record.is_default or any(self._names(each, caller) for each in self.assignments())

    def is_managed_by(self, caller: Caller) -> bool:
        """Whether somebody manages this environment without a role in the tenant: its System or Environment Admins.

        An application that is System Administrator is refused all the same (powerplatform-build-tools#531).
        """
        if self.organisation is not None:
            is_person = is_user(self.organisation, caller) and not caller.is_application
            return is_person and is_system_administrator(self.organisation, caller)
        return any(each.role == ENVIRONMENT_ADMIN and self._names(each, caller) for each in self.assignments())

    def _names(self, assignment: RoleAssignment, caller: Caller) -> bool:
        if assignment.principal_type == "Tenant":
            return not caller.is_application
        groups = caller.tenant.directory.groups_of(caller.object_id, transitive=True) if caller.object_id else []
        return assignment.principal_id in {caller.object_id.lower(), *groups}


def environments_of(tenant: FakeTenant, *, deleted: bool = False) -> list[Environment]:
    """Every environment of a tenant that is there, or every one that lies in the bin; the default one comes first."""
    recorded = {each.id.lower(): each for each in Environments(tenant.directory).recorded()}
    with_database = {each.environment_id.lower(): each for each in tenant.organisations}
    for identity in with_database:
        recorded.setdefault(identity, EnvironmentRecord(identity))
    return [
        Environment(tenant, record, with_database.get(identity))
        for identity, record in recorded.items()
        if (record.deleted is not None) is deleted
    ]


def find(tenant: FakeTenant, identity: str) -> Environment | None:
    """The environment with this id (any case) or the default one for `~Default`; None where there is none."""
    wanted = identity.lower()
    for each in environments_of(tenant):
        if each.id.lower() == wanted or (wanted == _DEFAULT_ALIAS and each.record.is_default):
            return each
    return None


def is_user(organisation: Organisation, caller: Caller) -> bool:
    """Whether the caller is an enabled user of this database."""
    user = organisation.user_of(caller.object_id)
    return user is not None and not user["isdisabled"]


def is_system_administrator(organisation: Organisation, caller: Caller) -> bool:
    """Whether the caller's user has that role itself."""
    user = organisation.user_of(caller.object_id)
    return user is not None and holds_administrator(organisation, user["systemuserid"])


def holds_administrator(organisation: Organisation, user: str) -> bool:
    """Whether a user has System Administrator itself."""
    return any(role["name"] == ADMINISTRATOR for role in organisation.roles_of(user))
