"""Which of Microsoft's host names belongs to which service: public facts, in one table.

Sources: Entra "National clouds" (authority and Graph hosts), Power Platform "Datacenter regions" and the
Dataverse "Discovery service" pages (organisation and discovery hosts), the Power Platform Terraform
provider's constants (admin API hosts), azure-cli core/cloud.py (Azure Resource Manager's hosts and audiences).
"""

import re
from enum import StrEnum


class Service(StrEnum):
    """The services that are faked."""

    LOGIN = "login"
    GRAPH = "graph"
    DATAVERSE = "dataverse"
    POWER_PLATFORM = "power_platform"
    DISCOVERY = "discovery"
    MANAGEMENT = "management"
    PORTAL = "portal"


class NationalCloud(StrEnum):
    """The clouds that Microsoft keeps apart; GCC is part of the public one."""

    PUBLIC = "public"
    US_GOVERNMENT = "us_government"
    CHINA = "china"

    @property
    def tenant_suffix(self) -> str:
        """What every tenant's first domain ends with."""
        return _SUFFIXES[self][0]

    def organisation_suffix(self, region: str) -> str:
        """What an organisation's host ends with; regions are told apart in the public cloud only."""
        return _SUFFIXES[self][1].format(region=region)


_SUFFIXES = {
    NationalCloud.PUBLIC: ("onmicrosoft.com", "{region}.dynamics.com"),
    NationalCloud.US_GOVERNMENT: ("onmicrosoft.us", "crm.microsoftdynamics.us"),
    NationalCloud.CHINA: ("partner.onmschina.cn", "crm.dynamics.cn"),
}


def national_cloud_of(name: str) -> NationalCloud:
    """The cloud that one of Microsoft's host names, or a tenant's first domain, belongs to: told by its end."""
    end = name.lower().rstrip(".").rpartition(".")[2]
    if end == "us" or name.lower().endswith(".usgovcloudapi.net"):
        return NationalCloud.US_GOVERNMENT
    return NationalCloud.CHINA if end == "cn" else NationalCloud.PUBLIC


HOSTS: dict[str, Service] = {
    "login.microsoftonline.com": Service.LOGIN,
    "login.windows.net": Service.LOGIN,
    "login.microsoft.com": Service.LOGIN,
    "sts.windows.net": Service.LOGIN,
    "login.microsoftonline.us": Service.LOGIN,
    "login.usgovcloudapi.net": Service.LOGIN,
    "login.partner.microsoftonline.cn": Service.LOGIN,
    "login.chinacloudapi.cn": Service.LOGIN,
    "login.microsoftonline.de": Service.LOGIN,
    "login-us.microsoftonline.com": Service.LOGIN,
    "graph.microsoft.com": Service.GRAPH,
    "graph.microsoft.us": Service.GRAPH,
    "dod-graph.microsoft.us": Service.GRAPH,
    "microsoftgraph.chinacloudapi.cn": Service.GRAPH,
    "api.bap.microsoft.com": Service.POWER_PLATFORM,
    "api.powerplatform.com": Service.POWER_PLATFORM,
    "globaldisco.crm.dynamics.com": Service.DISCOVERY,
    "globaldisco.crm9.dynamics.com": Service.DISCOVERY,
    "globaldisco.crm.microsoftdynamics.us": Service.DISCOVERY,
    "globaldisco.crm.appsplatform.us": Service.DISCOVERY,
    "globaldisco.crm.dynamics.cn": Service.DISCOVERY,
    "management.azure.com": Service.MANAGEMENT,
    "management.usgovcloudapi.net": Service.MANAGEMENT,
    "management.chinacloudapi.cn": Service.MANAGEMENT,
    "main.iam.ad.ext.azure.com": Service.PORTAL,
}

MANAGEMENT_AUDIENCES: tuple[str, ...] = (
    "management.core.windows.net", "management.azure.com",
    "management.core.usgovcloudapi.net", "management.usgovcloudapi.net",
    "management.core.chinacloudapi.cn", "management.chinacloudapi.cn",
)  # fmt: skip
"""Host names by which tokens for Azure Resource Manager are asked for; the older one of each cloud answers nowhere."""

CANONICAL: dict[Service, str] = {
    Service.LOGIN: "login.microsoftonline.com",
    Service.GRAPH: "graph.microsoft.com",
    Service.POWER_PLATFORM: "api.bap.microsoft.com",
    Service.DISCOVERY: "globaldisco.crm.dynamics.com",
    Service.MANAGEMENT: "management.azure.com",
    Service.PORTAL: "main.iam.ad.ext.azure.com",
}
"""The public cloud's own name of each service that has only one."""

# Region numbers seen in the datacenter table; `crm` without a number is North America.
REGIONS: tuple[str, ...] = (
    "crm", *(f"crm{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21)),
)  # fmt: skip

_DATAVERSE_SUFFIX = r"(?:dynamics\.com|dynamics\.cn|microsoftdynamics\.us|microsoftdynamics\.de|appsplatform\.us)"
_REGIONAL_ADMIN_HOST = re.compile(r"^[a-z]+\.api\.bap\.microsoft\.com$")
"""The admin API of one location, as an environment's `runtimeEndpoints` name it."""
_DATAVERSE_HOST = re.compile(rf"^(?P<org>[a-z0-9-]+)(?P<api>\.api)?\.(?P<region>crm\d*)\.{_DATAVERSE_SUFFIX}$")


def service_of(host: str) -> Service | None:
    """The service behind a host name (no port), or None for a host that these fakes do not play."""
    name = host.lower().rstrip(".")
    if name in HOSTS:
        return HOSTS[name]
    if _REGIONAL_ADMIN_HOST.match(name):
        return Service.POWER_PLATFORM
    return Service.DATAVERSE if _DATAVERSE_HOST.match(name) else None


def organisation_host(host: str) -> str:
    """A Dataverse host without its `.api` part: `org.api.crm4…` and `org.crm4…` are one organisation."""
    return host.lower().rstrip(".").replace(".api.crm", ".crm", 1)


def certificate_names() -> tuple[str, ...]:
    """Every name a server certificate must carry so that unmodified clients of the clouds accept it."""
    wildcards: list[str] = []
    for suffix in ("dynamics.com",):
        for region in REGIONS:
            wildcards += [f"*.{region}.{suffix}", f"*.api.{region}.{suffix}"]
    for suffix in ("dynamics.cn", "microsoftdynamics.us", "appsplatform.us"):
        wildcards += [f"*.crm.{suffix}", f"*.api.crm.{suffix}"]
    wildcards.append("*.api.bap.microsoft.com")
    return (*HOSTS, *wildcards, "localhost", "127.0.0.1", "::1")
