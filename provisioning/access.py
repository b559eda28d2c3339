"""What an operator can reach: Graph, the environment, the admin API and discovery, all as one sign-in."""

from dataclasses import dataclass

from provisioning import dataverse, discovery, graph, power_platform
from provisioning.authorised import Caller, TokenSource
from provisioning.clock import Clock
from provisioning.clouds import CLOUDS, Endpoints
from provisioning.dataverse import API_PATH, DataverseClient
from provisioning.discovery import DiscoveryClient
from provisioning.graph import GraphClient
from provisioning.operator_sign_in import operator_sign_in
from provisioning.person import Person
from provisioning.person_sign_in import Remembered
from provisioning.power_platform import Environment, PowerPlatformClient
from provisioning.problems import NotPermitted, NotReached, Refused
from provisioning.settings import Settings, Tenancy
from provisioning.sign_in import TenantSignIn
from provisioning.transport import Transport


@dataclass(frozen=True)
class Access:
    """The services as one identity sees them."""

    sign_in: TenantSignIn
    graph: GraphClient
    dataverse: DataverseClient
    power_platform: PowerPlatformClient
    discovery: DiscoveryClient

    async def environments(self) -> list[Environment]:
        """The environments that this identity can see, asked of whoever answers; [] where nobody does."""
        return await environments_seen(self.power_platform, self.discovery)


def operator_access(
    settings: Settings,
    transport: Transport,
    clock: Clock,
    *,
    person: Person | None = None,
    remembered: Remembered | None = None,
) -> Access:
    """Access as the operator of these settings; BadInput where they name none.

    `person` completes a sign-in that needs one; `remembered` holds who has signed in already.
    """
    sign_in = operator_sign_in(settings, transport, clock, person=person, remembered=remembered)
    bases = settings.bases()
    directory = Caller(
        transport,
        sign_in,
        service="graph",
        resource=bases.graph_resource,
        root=f"{bases.graph}/v1.0",
        explain=graph.explain,
    )
    admin, instances = platform_as(sign_in, transport, settings)
    environment = dataverse_as(sign_in, transport, settings.environment_url, is_person=sign_in.is_person)
    return Access(sign_in, GraphClient(directory), environment, admin, instances)


def platform_as(
    sign_in: TokenSource, transport: Transport, tenancy: Tenancy
) -> tuple[PowerPlatformClient, DiscoveryClient]:
    """The admin API and discovery with a given sign-in: what can be asked before an environment is known."""
    bases: Endpoints = tenancy.bases()
    admin = Caller(
        transport,
        sign_in,
        service="power_platform",
        resource=bases.power_platform_resource,
        root=bases.power_platform,
        explain=power_platform.explain,
    )
    instances = Caller(
        transport,
        sign_in,
        service="discovery",
        resource=CLOUDS[tenancy.cloud].discovery,  # also where the base is moved
        root=bases.discovery,
        explain=discovery.explain,
    )
    return PowerPlatformClient(admin), DiscoveryClient(instances)


async def environments_seen(admin: PowerPlatformClient, instances: DiscoveryClient) -> list[Environment]:
    """What the admin API lists, else what discovery tells a person of; [] where both are closed."""
    for ask in (admin.environments, instances.environments):
        try:
            found = await ask()
        except (Refused, NotPermitted, NotReached):
            continue
        if found:
            return found
    return []


def dataverse_as(
    sign_in: TokenSource, transport: Transport, environment_url: str, *, is_person: bool = False
) -> DataverseClient:
    """One environment with a given sign-in; a person is told other remedies than an app."""
    environment = Caller(
        transport,
        sign_in,
        service="dataverse",
        resource=environment_url,
        root=f"{environment_url}/{API_PATH}",
        explain=dataverse.explain_to_person if is_person else dataverse.explain,
    )
    return DataverseClient(environment)
