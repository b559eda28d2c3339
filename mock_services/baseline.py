"""The frozen healthy tenant that every fresh one is a copy of."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.hosts import NationalCloud
from mock_services.state import well_known
from mock_services.state.directory import Directory
from mock_services.state.organisation import Organisation
from mock_services.state.store import Store
from mock_services.tenant import FakeTenant, Operator

if TYPE_CHECKING:
    from mock_services.state.organisation.csdl import Document

DEFAULT_SOLUTIONS = ("customer_service", "omnichannel")
OPERATOR_CLIENT_ID = "0bea7ed0-5e70-4f0b-9c0d-e5e4b11500de"
OPERATOR_NAME = "Set-up operator"
_FROZEN_DOMAIN = "baseline.onmicrosoft.com"
_ADMIN = "admin"
"""The operator as a person: `admin@` the tenant's domain."""

OPERATOR_PERMISSIONS = (
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.Read.All",
    "Domain.Read.All",
    "Organization.Read.All",
    "Policy.Read.All",
    "RoleManagement.Read.Directory",
    "User.Read.All",
)
"""What a set-up asks of Graph from end to end, granted to the operator's app."""


@dataclass(frozen=True)
class Frozen:
    """The bytes of a healthy tenant that has no name, no secrets and no past."""

    directory: bytes = field(repr=False)
    organisation: bytes = field(repr=False)


@lru_cache(maxsize=8)
def frozen(solutions: frozenset[str], document: "Document | None" = None) -> Frozen:
    """Build the tenant once a process, set of solutions and `$metadata`; a copy costs a thousandth of it.

    It is a year old, so that nothing in it is still on its way to a replica. Raises BadMetadata.
    """
    clock = FakeClock(datetime.now(UTC) - timedelta(days=365))
    chance = Chance("baseline")
    directory = Directory(Store.memory(), clock=clock, chance=chance)
    _found(directory, tenant_id=chance.guid(), name="Baseline", domain=_FROZEN_DOMAIN)
    organisation = Organisation(Store.memory(), clock=clock, chance=chance)
    organisation.found(
        host="baseline.crm4.dynamics.com",
        tenant_id=directory.tenant_id,
        display_name="Baseline",
        solutions=solutions,
    )
    if document is not None:
        from mock_services.state.organisation.csdl import tables_of

        organisation.define(*tables_of(document, organisation.schema))
    _admit_operator(directory, organisation)
    image = Frozen(directory.store.image(), organisation.store.image())
    directory.store.close()
    organisation.store.close()
    return image


def fresh(
    *,
    name: str,
    label: str,
    region: str,
    national_cloud: NationalCloud,
    solutions: frozenset[str],
    clock: FakeClock,
    chance: Chance,
    document: "Document | None" = None,
) -> FakeTenant:
    """A copy of the frozen tenant under its own name, ids and operator's secret. Raises BadMetadata."""
    image = frozen(solutions, document)
    directory = Directory(Store.memory(image.directory), clock=clock, chance=chance)
    domain = f"{label}.{national_cloud.tenant_suffix}"
    directory.personalise(tenant_id=chance.guid(), display_name=name, domain=domain)
    organisation = Organisation(Store.memory(image.organisation), clock=clock, chance=chance)
    organisation.people.move_domain(_FROZEN_DOMAIN, domain)
    host = f"{label}.{national_cloud.organisation_suffix(region)}"
    organisation.personalise(host=host, tenant_id=directory.tenant_id, display_name=name)
    return _open(directory, [organisation], clock, chance)


def kept(path: Path, *, name: str, label: str, clock: FakeClock, chance: Chance) -> FakeTenant:
    """The tenant kept in `path` (its organisation beside it, `<path>.dataverse`), founded when there is none yet."""
    image = frozen(frozenset(DEFAULT_SOLUTIONS))
    beside = path.with_name(path.name + ".dataverse")
    is_new = not path.exists()
    directory = Directory(Store.file(path, image.directory), clock=clock, chance=chance)
    organisation = Organisation(Store.file(beside, image.organisation), clock=clock, chance=chance)
    if is_new:
        directory.personalise(tenant_id=chance.guid(), display_name=name, domain=f"{label}.onmicrosoft.com")
        organisation.people.move_domain(_FROZEN_DOMAIN, directory.domain)
        organisation.personalise(host=f"{label}.crm4.dynamics.com", tenant_id=directory.tenant_id, display_name=name)
    return _open(directory, [organisation], clock, chance)


def _found(directory: Directory, *, tenant_id: str, name: str, domain: str) -> None:
    directory.found(tenant_id=tenant_id, display_name=name, domain=domain)
    application = directory.add_application(OPERATOR_NAME, app_id=OPERATOR_CLIENT_ID)
    principal = directory.add_service_principal(application.app_id)
    graph = directory.service_principal(app_id=well_known.MICROSOFT_GRAPH)
    assert graph is not None  # noqa: S101 - every directory is founded with it
    user = directory.add_user(f"{_ADMIN}@{directory.domain}", "Admin", directory.chance.secret())
    directory.give_directory_role(user.id, well_known.GLOBAL_ADMINISTRATOR)
    for permission in OPERATOR_PERMISSIONS:
        role_id, _ = well_known.GRAPH_PERMISSIONS[permission]
        assert role_id is not None  # noqa: S101 - only application permissions stand in the list above
        directory.assign_app_role(principal.id, graph.id, role_id)


def _admit_operator(directory: Directory, organisation: Organisation) -> None:
    principal = directory.service_principal(app_id=OPERATOR_CLIENT_ID)
    assert principal is not None  # noqa: S101 - made in _found
    user = organisation.add_application_user(
        app_id=OPERATOR_CLIENT_ID, object_id=principal.id, name=OPERATOR_NAME, tenant_domain=directory.domain
    )
    role = organisation.role_named("System Administrator")
    assert role is not None  # noqa: S101 - every organisation is founded with it
    organisation.assign_role(user, role["roleid"])
    admin = directory.user(user_principal_name=f"{_ADMIN}@{directory.domain}")
    assert admin is not None  # noqa: S101 - made in _found
    person = organisation.add_user(
        object_id=admin.id, user_principal_name=admin.user_principal_name, first_name="Admin", last_name="Contoso"
    )
    organisation.assign_role(person, role["roleid"])


def _open(directory: Directory, organisations: list[Organisation], clock: FakeClock, chance: Chance) -> FakeTenant:
    """Give the operator a new secret and password, and put the tenant together."""
    secret, password = chance.secret(), chance.secret()
    username = f"{_ADMIN}@{directory.domain}"
    application = directory.application(app_id=OPERATOR_CLIENT_ID)
    user = directory.user(user_principal_name=username)
    assert application is not None and user is not None  # noqa: PT018, S101 - every frozen tenant has both
    with directory.store.transaction():
        directory.set_password(user.id, password)
        # Known everywhere, and long-lived, so that a test which lets the integration's secret expire has an operator.
        long_ago, end = clock.now() - timedelta(days=365), clock.now() + timedelta(days=3650)
        directory.add_secret(
            application.id, display_name="operator", text=secret, start=long_ago, end=end, written=long_ago
        )
    tenant = FakeTenant(
        id=directory.tenant_id,
        display_name=directory.display_name,
        domain=directory.domain,
        clock=clock,
        chance=chance,
        directory=directory,
        organisations=organisations,
        operator=Operator(OPERATOR_CLIENT_ID, secret, username, password),
    )
    tenant.journal.guard(secret, password)
    return tenant
