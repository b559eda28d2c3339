"""What an operator can reach: Graph, the environment, and the admin API, all as one sign-in."""

from dataclasses import dataclass

from provisioning import dataverse, graph, power_platform
from provisioning.authorised import Caller, TokenSource
from provisioning.clock import Clock
from provisioning.clouds import Endpoints
from provisioning.dataverse import API_PATH, DataverseClient
from provisioning.graph import GraphClient
from provisioning.power_platform import PowerPlatformClient
from provisioning.problems import BadInput
from provisioning.settings import Settings
from provisioning.sign_in import SignIn
from provisioning.transport import Transport


@dataclass(frozen=True)
class Access:
    """The three services as one identity sees them."""

    sign_in: SignIn
    graph: GraphClient
    dataverse: DataverseClient
    power_platform: PowerPlatformClient


def operator_access(settings: Settings, transport: Transport, clock: Clock) -> Access:
    """Access as the operator of these settings; BadInput where they name none."""
    if settings.operator is None:
        remedy = "write an [operator] table with client_id and client_secret, or set D365_ADMIN_CLIENT_ID and _SECRET"
        raise BadInput("operator", "is missing", remedy)
    bases = settings.bases()
    sign_in = SignIn(
        transport=transport,
        clock=clock,
        login=bases.login,
        tenant_id=settings.tenant_id,
        client_id=settings.operator.client_id,
        client_secret=settings.operator.client_secret,
    )
    return access_as(sign_in, transport, bases, settings.environment_url)


def access_as(sign_in: SignIn, transport: Transport, bases: Endpoints, environment_url: str) -> Access:
    """Access with a given sign-in, to the environment at this URL (no trailing slash)."""
    directory = Caller(
        transport,
        sign_in,
        service="graph",
        resource=bases.graph_resource,
        root=f"{bases.graph}/v1.0",
        explain=graph.explain,
    )
    admin = Caller(
        transport,
        sign_in,
        service="power_platform",
        resource=bases.power_platform_resource,
        root=bases.power_platform,
        explain=power_platform.explain,
    )
    return Access(
        sign_in,
        GraphClient(directory),
        dataverse_as(sign_in, transport, environment_url),
        PowerPlatformClient(admin),
    )


def dataverse_as(sign_in: TokenSource, transport: Transport, environment_url: str) -> DataverseClient:
    """One environment with a given sign-in."""
    environment = Caller(
        transport,
        sign_in,
        service="dataverse",
        resource=environment_url,
        root=f"{environment_url}/{API_PATH}",
        explain=dataverse.explain,
    )
    return DataverseClient(environment)
