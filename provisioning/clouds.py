"""Where each national cloud answers.

Evidence: hashicorp go-azure-sdk environments (login, Graph), Azure/azure-cli core/cloud.py,
microsoft/terraform-provider-power-platform internal/constants/constants.go (admin API and its audience),
microsoft/PowerPlatform-DataverseServiceClient DiscoveryServers.cs (discovery and regions). Read 2026-11.
"""

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

CloudName = Literal["public", "gcc", "gcc_high", "dod", "china"]


@dataclass(frozen=True)
class Endpoints:
    """Base URLs without a trailing slash, and the names that tokens are asked for.

    A base may be moved (to a fake on localhost); the resource that a token is asked for stays the vendor's.
    """

    login: str
    graph: str
    power_platform: str
    discovery: str
    graph_resource: str
    power_platform_resource: str

    def moved(
        self,
        *,
        login: str | None = None,
        graph: str | None = None,
        power_platform: str | None = None,
        discovery: str | None = None,
    ) -> "Endpoints":
        """The same cloud with some bases elsewhere; a bare host gets https, as azure-identity allows it."""
        moves = {"login": login, "graph": graph, "power_platform": power_platform, "discovery": discovery}
        return replace(self, **{name: base_url(base) for name, base in moves.items() if base})


def base_url(text: str) -> str:
    """A base as it is joined with paths: with a scheme, without a trailing slash."""
    with_scheme = text if "://" in text else f"https://{text}"
    return with_scheme.rstrip("/")


def _cloud(login: str, graph: str, power_platform: str, discovery: str, power_apps: str) -> Endpoints:
    return Endpoints(
        login=f"https://{login}",
        graph=f"https://{graph}",
        power_platform=f"https://{power_platform}",
        discovery=f"https://{discovery}",
        graph_resource=f"https://{graph}",
        power_platform_resource=f"https://{power_apps}",
    )


CLOUDS: Final[dict[CloudName, Endpoints]] = {
    "public": _cloud(
        "login.microsoftonline.com",
        "graph.microsoft.com",
        "api.bap.microsoft.com",
        "globaldisco.crm.dynamics.com",
        "service.powerapps.com",
    ),
    "gcc": _cloud(
        "login.microsoftonline.com",
        "graph.microsoft.com",
        "gov.api.bap.microsoft.us",
        "globaldisco.crm9.dynamics.com",
        "service.powerapps.us",
    ),
    "gcc_high": _cloud(
        "login.microsoftonline.us",
        "graph.microsoft.us",
        "high.api.bap.microsoft.us",
        "globaldisco.crm.microsoftdynamics.us",
        "high.service.apps.appsplatform.us",
    ),
    "dod": _cloud(
        "login.microsoftonline.us",
        "dod-graph.microsoft.us",
        "api.bap.appsplatform.us",
        "globaldisco.crm.appsplatform.us",
        "service.apps.appsplatform.us",
    ),
    "china": _cloud(
        "login.partner.microsoftonline.cn",
        "microsoftgraph.chinacloudapi.cn",
        "api.bap.partner.microsoftonline.cn",
        "globaldisco.crm.dynamics.cn",
        "service.powerapps.cn",
    ),
}

# The regions of the public cloud (MicrosoftDocs/power-platform new-datacenter-regions.md and DiscoveryServers.cs).
PUBLIC_REGIONS: Final = (
    "crm", "crm2", "crm3", "crm4", "crm5", "crm6", "crm7", "crm8", "crm9", "crm11", "crm12", "crm14", "crm15",
    "crm16", "crm17", "crm19", "crm20", "crm21",
)  # fmt: skip

# Hosts of this machine, where fakes are served.
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_DATAVERSE_HOST = re.compile(
    r"^(?P<label>[a-z0-9-]+)(?P<api>\.api)?\.(?P<region>crm\d*)"
    r"\.(?P<domain>dynamics\.com|dynamics\.cn|microsoftdynamics\.(?:us|de)|appsplatform\.us)$"
)


@dataclass(frozen=True)
class DataverseHost:
    """The parts of an environment's host name."""

    label: str
    region: str
    domain: str

    @property
    def url(self) -> str:
        """The environment's URL as the vendor's form wants it."""
        return f"https://{self.label}.{self.region}.{self.domain}"


def dataverse_host(host: str) -> DataverseHost | None:
    """Take a host name apart, the Web API spelling `org.api.crm4…` included; None when it is no Dataverse host."""
    found = _DATAVERSE_HOST.match(host.lower())
    if found is None:
        return None
    return DataverseHost(found["label"], found["region"], found["domain"])


_CLOUD_BY_DOMAIN: Final[dict[str, CloudName]] = {
    "dynamics.cn": "china",
    "microsoftdynamics.us": "gcc_high",
    "appsplatform.us": "dod",
}


def cloud_of(environment_url: str) -> CloudName:
    """The national cloud that an environment's URL belongs to; the public one where the URL does not tell.

    GCC signs in at the public authority and is known by its region alone (MicrosoftDocs/power-platform
    new-datacenter-regions.md).
    """
    host = dataverse_host(environment_url.partition("://")[2].partition("/")[0].partition(":")[0])
    if host is None:
        return "public"
    return _CLOUD_BY_DOMAIN.get(host.domain, "gcc" if host.region == "crm9" else "public")
