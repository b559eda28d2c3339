"""The national clouds as the token service names them in its documents.

Sources: entra-docs authentication-national-cloud.md (authorities), MSAL's own list of known clouds (aliases). The
`sts` hosts of the tokens' issuer outside the public cloud are from memory.
"""

from dataclasses import dataclass

from mock_services.hosts import NationalCloud


@dataclass(frozen=True)
class Cloud:
    """One national cloud."""

    login_host: str
    cache_host: str
    aliases: tuple[str, ...]
    sts_host: str
    graph_host: str
    legacy_graph_host: str

    @property
    def instance_name(self) -> str:
        """`cloud_instance_name` of the metadata."""
        return self.login_host.removeprefix("login.")

    @property
    def redirect_name(self) -> str:
        """The cloud as the refusal of a sign-in names it (microsoft/powercat-creator-kit#452)."""
        end = self.login_host.rpartition(".")[2]
        return f"MicrosoftOnline.{end.upper()}"


PUBLIC = Cloud(
    "login.microsoftonline.com", "login.windows.net",
    ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"),
    "sts.windows.net", "graph.microsoft.com", "graph.windows.net",
)  # fmt: skip
CHINA = Cloud(
    "login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn",
    ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
    "sts.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn", "graph.chinacloudapi.cn",
)  # fmt: skip
GERMANY = Cloud(
    "login.microsoftonline.de", "login.microsoftonline.de", ("login.microsoftonline.de",),
    "sts.microsoftonline.de", "graph.microsoft.de", "graph.cloudapi.de",
)  # fmt: skip
GOVERNMENT = Cloud(
    "login.microsoftonline.us", "login.microsoftonline.us", ("login.microsoftonline.us", "login.usgovcloudapi.net"),
    "sts.windows.net", "graph.microsoft.us", "graph.windows.net",
)  # fmt: skip
LEGACY_GOVERNMENT = Cloud(
    "login-us.microsoftonline.com", "login-us.microsoftonline.com", ("login-us.microsoftonline.com",),
    "sts.windows.net", "graph.microsoft.com", "graph.windows.net",
)  # fmt: skip

CLOUDS = (PUBLIC, CHINA, GERMANY, GOVERNMENT, LEGACY_GOVERNMENT)
"""In the order in which instance discovery lists them (recorded by azure-sdk-for-js, 2021-08)."""


_HOMES = {NationalCloud.PUBLIC: PUBLIC, NationalCloud.US_GOVERNMENT: GOVERNMENT, NationalCloud.CHINA: CHINA}


def cloud_of_tenant(national_cloud: NationalCloud) -> Cloud:
    """The cloud as the token service names it, of a tenant that lives there."""
    return _HOMES[national_cloud]


def cloud_of(host: str) -> Cloud | None:
    """The cloud that a login host belongs to, or None for a host that no cloud knows."""
    name = host.lower()
    return next((each for each in CLOUDS if name in each.aliases), None)
