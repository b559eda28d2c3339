"""Azure Resource Manager's own words: refusals with their evidence, versions, headers and clouds."""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_services.hosts import MANAGEMENT_AUDIENCES


@dataclass(frozen=True)
class Refusal:
    """One refusal: HTTP status, code, text with `{placeholders}`, and where that is known from."""

    status: int
    code: str
    template: str
    evidence: str
    seen: str = ""


VERSION_MISSING = Refusal(
    400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.",
    "a whole body in test data of public clients of Logic Apps and Cognitive Services", "2019-03",
)  # fmt: skip
VERSION_INVALID = Refusal(
    400, "InvalidApiVersionParameter", "The api-version '{version}' is invalid. The supported versions are '{known}'.",
    "Azure/azure-cli#31331", "2025",
)  # fmt: skip
TOKEN_MISSING = Refusal(
    401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.",
    "hashicorp/terraform-provider-azurerm#3612, microsoftgraph/msgraph-sdk-javascript#1562", "2023-12",
)  # fmt: skip
HEADER_INVALID = Refusal(
    401, "AuthenticationFailedInvalidHeader",
    "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    "Azure/azure-sdk-for-python#4124; the status inferred", "2019-01",
)  # fmt: skip
TOKEN_INVALID = Refusal(
    401, "InvalidAuthenticationToken", "The access token is invalid.",
    "Azure/azure-powershell#27882; said here of a bad signature, a token before its time and a tenant that is gone",
    "2025-06",
)  # fmt: skip
TOKEN_WITHOUT_IDENTITY = Refusal(
    401, "InvalidAuthenticationToken",
    "The received access token is not valid: at least one of the claims 'puid' or 'altsecid' or 'oid' should be"
    " present. If you are accessing as application please make sure service principal is properly created in the"
    " tenant.",
    "Azure/azure-sdk-for-java#1714", "2017-05",
)  # fmt: skip
TOKEN_EXPIRED = Refusal(
    401, "ExpiredAuthenticationToken",
    "The access token expiry UTC time '{expiry}' is earlier than current UTC time '{now}'.",
    "hashicorp/terraform-provider-azurerm#20867, whole body with its headers", "2023-03",
)  # fmt: skip
AUDIENCE_WRONG = Refusal(
    401, "InvalidAuthenticationTokenAudience",
    "The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match with one"
    " of the allowed audiences {allowed}.",
    "Azure-Samples/active-directory-dotnetcore-daemon-v2#145, JetBrains/azure-tools-for-intellij#16", "2022-11",
)  # fmt: skip
SUBSCRIPTION_INVALID = Refusal(
    400, "InvalidSubscriptionId", "The provided subscription identifier '{subscription}' is malformed or invalid.",
    "terraform's azurerm backend and the Azure Red Hat OpenShift resource provider quote it", "2024",
)  # fmt: skip
SUBSCRIPTION_NOT_FOUND = Refusal(
    404, "SubscriptionNotFound", "The subscription '{subscription}' could not be found.",
    "microsoft-365-agents-toolkit matches these words; that they come before any look at the token is what tools for"
    " finding a subscription's tenant rely on",
)  # fmt: skip

CHALLENGE_DESCRIPTIONS: dict[str, str] = {
    TOKEN_MISSING.code: "The authentication failed because of missing 'Authorization' header.",
}
"""What a challenge says where that differs from the body: Azure/azure-sdk-for-net's tests quote this one whole."""

SUPPORTED_VERSIONS_TEXT = (
    "2024-10-01-preview,2024-11-01,2024-08-01,2024-07-01,2024-06-01-preview,2024-03-01,2023-07-01,2023-07-01-preview,"
    "2023-03-01-preview,2022-12-01,2022-11-01-preview,2022-09-01,2022-06-01,2022-05-01,2022-03-01-preview,2022-01-01,"
    "2021-04-01,2021-01-01,2020-10-01,2020-09-01,2020-08-01,2020-07-01,2020-06-01,2020-05-01,2020-01-01,2019-11-01,"
    "2019-10-01,2019-09-01,2019-08-01,2019-07-01,2019-06-01,2019-05-10,2019-05-01,2019-03-01,2018-11-01,2018-09-01,"
    "2018-08-01,2018-07-01,2018-06-01,2018-05-01,2018-02-01,2018-01-01,2017-12-01,2017-08-01,2017-06-01,2017-05-10,"
    "2017-05-01,2017-03-01,2016-09-01,2016-07-01,2016-06-01,2016-02-01,2015-11-01,2015-01-01,2014-04-01-preview,"
    "2014-04-01,2014-01-01,2013-03-01,2014-02-26,2014-04"
)
"""As a refusal lists them, in its order (Azure/azure-cli#31331, 2025)."""
SUPPORTED_VERSIONS = tuple(SUPPORTED_VERSIONS_TEXT.split(","))

DESCRIBED_SINCE = "2017-08-01"
"""The version from which a tenant has more than its id (Azure/azure-sdk-for-node#2330)."""

HEADERS: dict[str, str] = {
    "Cache-Control": "no-cache",
    "Pragma": "no-cache",
    "Expires": "-1",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer (azure-sdk-for-js recordings of tenant reads, 2021-03 and 2021-12)."""
REMAINING_READS = "11999"
"""`x-ms-ratelimit-remaining-tenant-reads` of those recordings; here it never goes down."""
ROUTED_THROUGH = "WESTEUROPE"


@dataclass(frozen=True)
class Cloud:
    """A national cloud's endpoints: azure-cli core/cloud.py (2.91) for the values."""

    name: str
    management_host: str
    audience_hosts: tuple[str, ...]
    login_host: str
    challenge_host: str
    """Where a 401 sends its caller for a token."""
    graph_host: str
    legacy_graph_host: str
    portal: str
    suffixes: Mapping[str, str]

    @property
    def audiences(self) -> tuple[str, ...]:
        """What a token may be for, in the order in which a refusal lists them."""
        return tuple(f"https://{host}{slash}" for host in self.audience_hosts for slash in ("/", ""))


PUBLIC = Cloud(
    name="AzureCloud",
    management_host="management.azure.com",
    audience_hosts=MANAGEMENT_AUDIENCES[0:2],
    login_host="login.microsoftonline.com",
    challenge_host="login.windows.net",
    graph_host="graph.microsoft.com",
    legacy_graph_host="graph.windows.net",
    portal="https://portal.azure.com",
    suffixes={
        "acrLoginServer": "azurecr.io",
        "attestationEndpoint": "attest.azure.net",
        "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
        "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
        "keyVaultDns": "vault.azure.net",
        "mhsmDns": "managedhsm.azure.net",
        "sqlServerHostname": "database.windows.net",
        "storage": "core.windows.net",
        "storageSyncEndpointSuffix": "afs.azure.net",
        "synapseAnalytics": "dev.azuresynapse.net",
    },
)
GOVERNMENT = Cloud(
    name="AzureUSGovernment",
    management_host="management.usgovcloudapi.net",
    audience_hosts=MANAGEMENT_AUDIENCES[2:4],
    login_host="login.microsoftonline.us",
    challenge_host="login.microsoftonline.us",
    graph_host="graph.microsoft.us",
    legacy_graph_host="graph.windows.net",
    portal="https://portal.azure.us",
    suffixes={
        "acrLoginServer": "azurecr.us",
        "keyVaultDns": "vault.usgovcloudapi.net",
        "sqlServerHostname": "database.usgovcloudapi.net",
        "storage": "core.usgovcloudapi.net",
    },
)
CHINA = Cloud(
    name="AzureChinaCloud",
    management_host="management.chinacloudapi.cn",
    audience_hosts=MANAGEMENT_AUDIENCES[4:6],
    login_host="login.chinacloudapi.cn",
    challenge_host="login.chinacloudapi.cn",
    graph_host="microsoftgraph.chinacloudapi.cn",
    legacy_graph_host="graph.chinacloudapi.cn",
    portal="https://portal.azure.cn",
    suffixes={
        "acrLoginServer": "azurecr.cn",
        "keyVaultDns": "vault.azure.cn",
        "sqlServerHostname": "database.chinacloudapi.cn",
        "storage": "core.chinacloudapi.cn",
    },
)

CLOUDS = (PUBLIC, CHINA, GOVERNMENT)


def cloud_at(host: str) -> Cloud:
    """The cloud whose Resource Manager has this host name; the public one for any other."""
    return next((each for each in CLOUDS if each.management_host == host), PUBLIC)
