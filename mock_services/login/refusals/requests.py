"""Refused for how or what was asked: the shape of a request, the tenant, the scope and its resource."""

from mock_services.login.refusals.row import Refusal

# Shape of the request ----------------------------------------------------------------------------------------------

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

# Tenant ------------------------------------------------------------------------------------------------------------

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
CLIENT_ACROSS_CLOUDS = Refusal(
    900382, "invalid_request", 400, "Confidential Client is not supported in Cross Cloud request.",
    "body with error and status webprofusion/certify#553 (2021), text again OfficeDev/microsoft-teams-library-js#3121;"
    " a tenant of US Government asked for at the public host", "2026-08",
)  # fmt: skip
SIGN_IN_ACROSS_CLOUDS = Refusal(
    90038, "invalid_request", 400, "Tenant '{tenant}' request is being redirected to the National Cloud '{cloud}'.",
    "text microsoft/powercat-creator-kit#452, pnp/pnpassessment#34; error and status as MSAL told them for the same"
    " mistake in microsoftgraph/msgraph-cli#396", "2024-03",
)  # fmt: skip
TENANT_BLOCKED = Refusal(
    5000225, "invalid_request", 400,
    "This tenant has been blocked due to inactivity. To learn more about tenant lifecycle policies, see"
    " https://aka.ms/TenantLifecycle.",
    "entra-docs reactivate-tenant page and several public reports of the text; error and status inferred", "2026",
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

SINGLE_TENANT = Refusal(
    50194, "invalid_request", 400,
    "Application '{application}'({name}) is not configured as a multi-tenant application. Usage of the /common endpoint"
    " is not supported for such applications created after '10/15/2018'. Use a tenant-specific endpoint or configure"
    " the application to be multi-tenant.",
    "entra-docs reference-error-codes.md and breaking changes of 2018-10; error and status inferred", "2025",
)  # fmt: skip

# Scope and resource ------------------------------------------------------------------------------------------------

SCOPE_MALFORMED = Refusal(
    70011, "invalid_scope", 400,
    "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope'"
    " is not valid. The scope {scope} is not valid.",
    "Power-Maverick/DataverseDevTools-VSCode#226 (no scheme), Azure/azure-sdk-for-net#9076 and"
    " microsoft-authentication-library-for-js#6069 (two resources)", "2025-03",
)  # fmt: skip
SCOPES_OF_SEVERAL = Refusal(
    700022, "invalid_scope", 400,
    "Provided value for the input parameter scope is not valid because it contains more than one resource. Scope"
    " {scope} is not valid.",
    "AzureAD/microsoft-authentication-library-for-js#523 (authorize); error and status inferred; device codes too"
    " (inferred)", "2024",
)  # fmt: skip
SCOPES_OF_SEVERAL_REDEEMED = Refusal(
    28000, "invalid_scope", 400,
    "Provided value for the input parameter scope is not valid because it contains more than one resource. Scope"
    " {scope} is not valid.",
    "Earlybyte/aad_oauth#328 (redemption of a code); error and status inferred; refresh tokens too (inferred)", "2024",
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
RESOURCE_IS_CLIENT = Refusal(
    90009, "invalid_request", 400,
    "Application '{application}'({name}) is requesting a token for itself. This scenario is supported only if resource"
    " is specified using the GUID based App Identifier.",
    "text AzureAD/microsoft-authentication-library-for-dotnet#2498, with a password in its sibling for Java (#735);"
    " error Azure-Samples/ms-identity-javascript-react-tutorial#94, status damienbod/angular-auth-oidc-client#1844",
    "2024",
)  # fmt: skip
RESOURCE_ABSENT = Refusal(
    650052, "invalid_client", 302,
    "The app is trying to access a service '{resource}'({resource_name}) that your organization '{tenant}' lacks a"
    " service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent"
    " to the application in order to create the required service principal.",
    "PostHog/posthog#43486 (the whole redirect back to the client), microsoft/GraphNotificationBroker#5; people's"
    " sign-ins only", "2025-12",
)  # fmt: skip
SCOPE_UNKNOWN = Refusal(
    650053, "invalid_client", 302,
    "The application '{name}' asked for scope '{scope}' that doesn't exist on the resource '{resource}'. Contact the"
    " app vendor.",
    "damienbod/AspNetCoreMicrosoftGraph#1 and many others: the redirect of an authorize request; the page of an"
    " administrator's consent shows it too (inferred)", "2025",
)  # fmt: skip
RESOURCE_NOT_REQUESTED = Refusal(
    650057, "invalid_client", 302,
    "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions"
    " in the client's application registration. Client app ID: {application}({name}). Resource value from request:"
    " {resource}. Resource app ID: {resource_application}. List of valid resources from app registration: {listed}.",
    "a whole redirect in a public walk-through of 2026-02, ploomber/msal_streamlit_authentication#43,"
    " Azure/azure-cli#33887 (2026-08)", "2026-08",
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

# Too often, or not just now ----------------------------------------------------------------------------------------

LOOP = Refusal(
    50196, "invalid_grant", 400,
    "The server terminated an operation because it encountered a client request loop. Please contact your app vendor.",
    "azure-docs reference-breaking-changes (2018-10): 15 requests of one client in 5 minutes; text"
    " Azure/azure-sdk-for-net#23324 (a password), pnp/powershell#2995 (a browser); status by the rule for"
    " invalid_grant",
    "2023-04",
)  # fmt: skip
TRANSIENT = Refusal(
    90033, "temporarily_unavailable", 503, "A transient error has occurred. Please try again.",
    "entra-docs reference-error-codes.md; status as third-party tests have it, no recording; by planned fault only",
)  # fmt: skip

# Metadata ----------------------------------------------------------------------------------------------------------

INSTANCE_UNKNOWN = Refusal(
    50049, "invalid_instance", 400, "Unknown or invalid instance.",
    "microsoft-authentication-library-for-dotnet TestConstants.cs and AadAuthorityTests.cs", "2024",
)  # fmt: skip
