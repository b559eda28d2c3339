"""Entra's own words: every refusal a client can meet here, one row each, and the headers of an answer.

Microsoft says that codes and texts may change at any time and that clients are to branch on `error` alone
(entra-docs reference-error-codes.md). `seen` is the year or month of the newest public sighting of the text;
an empty one means that the wording is known from documentation or memory only, and the evidence says so.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """One refusal: number, OAuth error, HTTP status, text with `{placeholders}`, and where that is known from."""

    code: int
    error: str
    status: int
    template: str
    evidence: str
    seen: str = ""


# Shape of the request ------------------------------------------------------------------------------------------

WRONG_VERB = Refusal(
    900561, "invalid_request", 400,
    "The endpoint only accepts {allowed} requests. Received a {method} request.",
    "text reported for the token endpoint in public issues; status and error inferred", "2023",
)  # fmt: skip
MALFORMED = Refusal(
    9002313, "invalid_request", 400, "Invalid request. Request is malformed or invalid.",
    "entra-docs reference-error-codes.md; used here for undecodable and oversized bodies and repeated parameters"
    " (inferred)",
)  # fmt: skip
PARAMETER_MISSING = Refusal(
    900144, "invalid_request", 400, "The request body must contain the following parameter: '{name}'.",
    "recorded for grant_type with a JSON body (microsoftgraph/microsoft-graph-docs#20272, with all headers) and with"
    " JSON under a form's content type (#20350); before the client is looked up", "2025-05",
)  # fmt: skip
RESOURCE_NOT_FOR_V2 = Refusal(
    901002, "invalid_request", 400, "The 'resource' request parameter is not supported.",
    "entra-docs reference-error-codes.md",
)  # fmt: skip
GRANT_UNSUPPORTED = Refusal(
    70003, "unsupported_grant_type", 400, "The app requested an unsupported grant type '{grant_type}'.",
    "code and error: entra-docs reference-error-codes.md; wording from memory",
)  # fmt: skip
CREDENTIAL_MISSING = Refusal(
    7000216, "invalid_client", 401,
    "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    "recorded by azure-sdk-for-js against a tenant called 'undefined': it comes before the tenant is looked up",
    "2021",
)  # fmt: skip
CONFIDENTIAL_CLIENT = Refusal(
    7000218, "invalid_client", 401,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    "haystackeditor/haystack-editor#41, tamhinsf/ChannelSurf#38", "2024",
)  # fmt: skip

# Tenant --------------------------------------------------------------------------------------------------------

TENANT_MALFORMED = Refusal(
    900023, "invalid_request", 400,
    "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain.",
    "caddy-dns/azure#3, microsoft/Analysis-Services#194", "2025",
)  # fmt: skip
_TENANT_NOT_FOUND = (
    "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct"
    " cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for"
    " the tenant."
)
TENANT_UNKNOWN = Refusal(
    90002, "invalid_request", 400, _TENANT_NOT_FOUND,
    "error and status recorded at the token endpoint by azure-sdk-for-js (2021); text Azure/azure-cli#22145", "2025-08",
)  # fmt: skip
TENANT_UNKNOWN_IN_METADATA = Refusal(
    90002, "invalid_tenant", 400, _TENANT_NOT_FOUND,
    "recorded at the metadata endpoint by azure-sdk-for-js (2021); the same code has another `error` there", "2025-08",
)  # fmt: skip
TENANT_EMPTY_GUID = Refusal(
    90002, "invalid_request", 400,
    "Requested tenant identifier '{tenant}' is not valid. Tenant identifiers may not be an empty GUID.",
    "Azure-Samples/billing-dotnet-usage-api#7", "2017",
)  # fmt: skip
TENANT_NOT_IMPLIED = Refusal(
    50059, "invalid_request", 400,
    "No tenant-identifying information found in either the request or implied by any provided credentials.",
    "MicrosoftDocs/azure-docs#24064, AzureAD/microsoft-identity-web#462 (client credentials on common); error and"
    " status inferred, and other years saw other answers", "2020",
)  # fmt: skip
ENDPOINT_UNSUPPORTED = Refusal(
    9001023, "invalid_request", 400,
    "The grant type isn't supported over the /common or /consumers endpoints. Please use the /organizations or"
    " tenant-specific endpoint.",
    "entra-docs reference-error-codes.md; that client credentials on /consumers meet it is inferred",
)  # fmt: skip

# Scope and resource --------------------------------------------------------------------------------------------

SCOPE_MALFORMED = Refusal(
    70011, "invalid_scope", 400,
    "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope'"
    " is not valid. The scope {scope} is not valid.",
    "Power-Maverick/DataverseDevTools-VSCode#226 (no scheme), Azure/azure-sdk-for-net#9076 and"
    " microsoft-authentication-library-for-js#6069 (two resources)", "2025-03",
)  # fmt: skip
SCOPE_NOT_DEFAULT = Refusal(
    1002012, "invalid_scope", 400,
    "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with"
    " /.default suffixed to the resource identifier (application ID URI).",
    "MicrosoftDocs/azure-docs#99862, microsoftgraph/microsoft-graph-docs#14323", "2025-07",
)  # fmt: skip
RESOURCE_MISSING = Refusal(
    500013, "invalid_resource", 400, "Resource identifier is not provided.",
    "text from MicrosoftDocs/powerapps-docs#1161 (authorize); the v1 token endpoint, error and status inferred",
)  # fmt: skip
RESOURCE_UNKNOWN = Refusal(
    500011, "invalid_resource", 400,
    "The resource principal named {resource} was not found in the tenant named {directory}. This can happen if the"
    " application has not been installed by the administrator of the tenant or consented to by any user in the"
    " tenant. You might have sent your authentication request to the wrong tenant.",
    "microsoft/coe-starter-kit#3080, Azure/logicapps#1213; the resource is echoed, not the scope", "2024",
)  # fmt: skip
RESOURCE_DISABLED = Refusal(
    500014, "invalid_resource", 400,
    "The service principal for resource '{resource}' is disabled. This indicate that a subscription within the tenant"
    " has lapsed, or that the administrator for this tenant has disabled the application, preventing tokens from"
    " being issued for it.",
    "Cloud-Architekt/AzureAD-Attack-Defense#43 ('indicate' is Microsoft's); error and status inferred", "2023",
)  # fmt: skip
NOT_ASSIGNED = Refusal(
    501051, "invalid_grant", 400,
    "Application '{application}'({name}) is not assigned to a role for the application '{resource}'({resource_name}).",
    "azure-docs scenario-protected-web-api-app-registration documents invalid_client, NAV's platform saw invalid_grant",
    "2023",
)  # fmt: skip
CONSENT_MISSING = Refusal(
    65001, "invalid_grant", 400,
    "The user or administrator has not consented to use the application with ID '{application}' named '{name}'. Send"
    " an interactive authorization request for this user and resource.",
    "MicrosoftDocs/dynamics-365-customer-engagement#614; app-only requests meet it only by quirk", "2022",
)  # fmt: skip

# Client --------------------------------------------------------------------------------------------------------

CLIENT_UNKNOWN = Refusal(
    700016, "unauthorized_client", 400,
    "Application with identifier '{application}' was not found in the directory '{directory}'. This can happen if the"
    " application has not been installed by the administrator of the tenant or consented to by any user in the"
    " tenant. You may have sent your authentication request to the wrong tenant.",
    "ALM4Dataverse/Rnwood.Dataverse.Data.PowerShell#23; the directory is its display name since 2022", "2024-12",
)  # fmt: skip
CLIENT_EMPTY_GUID = Refusal(
    700038, "unauthorized_client", 400, "{application} is not a valid application identifier.",
    "text seen in public bug reports about placeholder ids; error and status inferred", "2026-05",
)  # fmt: skip
CLIENT_WITHOUT_PRINCIPAL = Refusal(
    7000229, "invalid_client", 401,
    "The client application {application} is missing service principal in the tenant {tenant}. See instructions here:"
    " https://go.microsoft.com/fwlink/?linkid=2225119",
    "Azure/Commercial-Marketplace-SaaS-Accelerator#830, Azure/azure-sdk-for-net#46762; error and status inferred",
    "2024",
)  # fmt: skip
CLIENT_DISABLED = Refusal(
    7000112, "unauthorized_client", 400, "Application '{application}'({name}) is disabled.",
    "Worklytics/psoxy#74 (error); status inferred", "2023",
)  # fmt: skip
SECRET_WRONG = Refusal(
    7000215, "invalid_client", 401,
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the"
    " client secret ID, for a secret added to app '{application}'.",
    "OfficeDev/microsoft-365-agents-toolkit#8621, Azure/sap-automation#418", "2024-12",
)  # fmt: skip
SECRET_EXPIRED = Refusal(
    7000222, "invalid_client", 401,
    "The provided client secret keys for app '{application}' are expired. Visit the Azure portal to create new keys"
    " for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security:"
    " https://aka.ms/certCreds.",
    "liprec/vsts-release-aas#119, microsoft/botframework-sdk#6221; that it needs the expired value itself is inferred",
    "2023",
)  # fmt: skip

# User ----------------------------------------------------------------------------------------------------------

USER_UNKNOWN = Refusal(
    50034, "invalid_grant", 400,
    "The user account {user} does not exist in the {directory} directory. To sign into this application, the account"
    " must be added to the directory.",
    "documented code; text as password-spraying tools quote it (MartinIngesen/MSOLSpray#5)", "2021",
)  # fmt: skip
PASSWORD_WRONG = Refusal(
    50126, "invalid_grant", 400, "Error validating credentials due to invalid username or password.",
    "a response logged whole in a public issue, error and status included", "2022-01",
)  # fmt: skip
USER_DISABLED = Refusal(
    50057, "invalid_grant", 400, "The user account is disabled.",
    "entra-docs reference-error-codes.md; error and status inferred",
)  # fmt: skip

# Metadata ------------------------------------------------------------------------------------------------------

INSTANCE_UNKNOWN = Refusal(
    50049, "invalid_instance", 400, "Unknown or invalid instance.",
    "microsoft-authentication-library-for-dotnet TestConstants.cs and AadAuthorityTests.cs", "2024",
)  # fmt: skip

REFUSALS: tuple[Refusal, ...] = tuple(row for row in list(globals().values()) if isinstance(row, Refusal))
"""Every row above, in order."""

# Words of the protocol -----------------------------------------------------------------------------------------

EMPTY_GUID = "00000000-0000-0000-0000-000000000000"
OIDC_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})
REAL_GRANTS_NOT_BUILT = frozenset(
    {
        "authorization_code",
        "refresh_token",
        "device_code",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:saml1_1-bearer",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
    }
)
"""Grants that Entra knows and these fakes do not play yet."""

PARAMETERS = frozenset(
    {
        "assertion", "claims", "client_assertion", "client_assertion_type", "client_id", "client_secret", "code",
        "code_verifier", "device_code", "grant_type", "password", "redirect_uri", "refresh_token",
        "requested_token_use", "resource", "scope", "username",
    }
)  # fmt: skip
"""What must not be repeated. Anything else in a body is ignored, as recorded requests with unknown fields show."""

# Recorded on every answer of the token endpoint, whatever its status: azure-sdk-for-js (2021-08) and
# microsoftgraph/microsoft-graph-docs#20272 (2023-03, which adds X-XSS-Protection).
TOKEN_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store, no-cache"),
    (b"pragma", b"no-cache"),
    (b"content-type", b"application/json; charset=utf-8"),
    (b"expires", b"-1"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"p3p", b'CP="DSP CUR OTPi IND OTRi ONL FIN"'),
    (b"x-ms-ests-server", b"2.1.14816.6 - NEULR2 ProdSlices"),
    (b"x-xss-protection", b"0"),
)
GATEWAY_COOKIES: tuple[bytes, ...] = (
    b"x-ms-gateway-slice=estsfd; path=/; secure; samesite=none; httponly",
    b"stsservicecookie=estsfd; path=/; secure; samesite=none; httponly",
)
# The metadata endpoints differ in caching and CORS, on refusals too: azure-sdk-for-js (2021-08).
METADATA_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"max-age=86400, private"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, OPTIONS"),
    *(pair for pair in TOKEN_HEADERS if pair[0] not in {b"cache-control", b"pragma", b"expires"}),
)
