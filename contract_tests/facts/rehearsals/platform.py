"""People with other roles, and Power Platform, Azure and the portal as they see them."""

from typing import Final

from pydantic import SecretStr

from contract_tests.facts.place import Person
from contract_tests.facts.rehearsals.rehearsal import Fakes, Rehearsal
from contract_tests.facts.world import World
from mock_services.power_platform.facts import ENVIRONMENTS_READ, SETTINGS_READ
from mock_services.state.power_platform import Environments, ManagementApplications
from mock_services.state.well_known import (
    APPLICATION_ADMINISTRATOR,
    DATAVERSE,
    GRAPH_PERMISSIONS,
    MICROSOFT_GRAPH,
    POWER_PLATFORM_API,
    PRIVILEGED_ROLE_ADMINISTRATOR,
    USER_IMPERSONATION,
)


async def _clerk(fakes: Fakes, world: World, name: str) -> None:
    """Somebody without a role in the directory, who is no user of the environment."""
    directory, password = fakes.tenant.directory, f"fake-{name}"
    user = directory.add_user(f"{name}@{directory.domain}", "Clara Clerk", password)
    world.people[name] = Person(username=user.user_principal_name, password=SecretStr(password))
    world.values |= {f"{name}.id": user.id, f"{name}.username": user.user_principal_name}
    world.rails.know([user.id])


async def _application_administrator(fakes: Fakes, world: World, name: str) -> None:
    await _clerk(fakes, world, name)
    fakes.tenant.directory.give_directory_role(world.values[f"{name}.id"], APPLICATION_ADMINISTRATOR)


async def _privileged_role_administrator(fakes: Fakes, world: World, name: str) -> None:
    await _clerk(fakes, world, name)
    fakes.tenant.directory.give_directory_role(world.values[f"{name}.id"], PRIVILEGED_ROLE_ADMINISTRATOR)


async def _management_application(fakes: Fakes, world: World, name: str) -> None:
    """An application that an administrator has registered with Power Platform."""
    await world.stage("without_user")
    world.credentials[name] = world.credentials["without_user"]
    app_id = world.values[f"{name}.client_id"] = world.values["without_user.client_id"]
    ManagementApplications(fakes.tenant.directory).register(app_id, by="an administrator")


async def _deleted_environment(fakes: Fakes, world: World, name: str) -> None:
    environments = Environments(fakes.tenant.directory)
    made = environments.add("Playground")
    environments.delete(made.id)
    world.values[f"{name}.id"] = made.id


async def _platform_api(fakes: Fakes, _world: World, _name: str) -> None:
    """The Power Platform API's principal, which not every tenant has from the start."""
    fakes.tenant.directory.add_service_principal(POWER_PLATFORM_API)


async def _admin_tool(fakes: Fakes, world: World, name: str) -> None:
    """The operator's person, who signs in by a client with the Power Platform API's permissions."""
    directory, operator = fakes.tenant.directory, fakes.tenant.operator
    client = directory.add_application("Admin tool", is_fallback_public_client=True)
    principal = directory.add_service_principal(client.app_id)
    resource = directory.add_service_principal(POWER_PLATFORM_API)
    directory.grant_delegated(principal.id, resource.id, f"{ENVIRONMENTS_READ} {SETTINGS_READ}")
    password = SecretStr(str(operator.password))
    world.people[name] = Person(username=operator.username, password=password, client_id=client.app_id)
    world.values[f"{name}.client_id"] = client.app_id


async def _listed(fakes: Fakes, world: World, name: str) -> None:
    """An application without a principal that lists a delegated permission and one of Graph's application roles."""
    role, _ = GRAPH_PERMISSIONS["Application.Read.All"]
    required = [
        {"resourceAppId": DATAVERSE, "resourceAccess": [{"id": USER_IMPERSONATION, "type": "Scope"}]},
        {"resourceAppId": MICROSOFT_GRAPH, "resourceAccess": [{"id": role, "type": "Role"}]},
    ]
    made = fakes.tenant.directory.add_application("Integration", required_resource_access=required)
    world.values |= {f"{name}.client_id": made.app_id, f"{name}.application_id": made.id}
    world.rails.know([made.app_id, made.id])


async def _nameless_token(fakes: Fakes, world: World, name: str) -> None:
    """A token for Resource Manager that is signed and in time, and names no principal."""
    now = fakes.tenant.clock.now().timestamp()
    claims = {"aud": "https://management.azure.com/", "tid": fakes.tenant.id, "nbf": now - 1, "exp": now + 600}
    world.values[f"{name}.token"] = fakes.cloud.signing_keys.sign(claims)


_SOMEBODY: Final = frozenset({"id", "username"})

REHEARSALS: Final[dict[str, Rehearsal]] = {
    "clerk": Rehearsal(_clerk, _SOMEBODY),
    "application_administrator": Rehearsal(_application_administrator, _SOMEBODY),
    "privileged_role_administrator": Rehearsal(_privileged_role_administrator, _SOMEBODY),
    "management_application": Rehearsal(_management_application, frozenset({"client_id"})),
    "deleted_environment": Rehearsal(_deleted_environment, frozenset({"id"})),
    "platform_api": Rehearsal(_platform_api),
    "admin_tool": Rehearsal(_admin_tool, frozenset({"client_id"})),
    "listed": Rehearsal(_listed, frozenset({"client_id", "application_id"})),
    "nameless_token": Rehearsal(_nameless_token, frozenset({"token"})),
}
