"""Refused for who the client is, or for what it shows to prove it."""

from mock_services.login.refusals.row import Refusal

# Client ------------------------------------------------------------------------------------------------------------

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
CLIENT_IS_PUBLIC = Refusal(
    700025, "invalid_client", 401,
    "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    "O365/python-o365#469, Dielee/teamsPresenceBridge#1; status by the rule for invalid_client", "2026",
)  # fmt: skip
BLOCKED_BY_POLICY = Refusal(
    53003, "invalid_grant", 400,
    "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    "microsoft/botbuilder-dotnet#6759 met it with client credentials (2024-03); error and status inferred", "2024-03",
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

# Certificates ------------------------------------------------------------------------------------------------------

_WHERE_TO_LOOK = (
    "Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id"
    " '{application}'. Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the"
    " corresponding service endpoint and https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0"
    "&tabs=http to build a query request URL, such as 'https://graph.microsoft.com/beta/applications/{application}']."
)
_REVIEW = "Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials ."
"""The address since 2024-10 (AzureAD/microsoft-authentication-library-for-dotnet#4951); before, it was another."""
CERTIFICATE_UNKNOWN = Refusal(
    700027, "invalid_client", 401,
    "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The"
    " key was not found., {named}" + _WHERE_TO_LOOK,
    "a whole body of 2023-07 in a public script's comments, AzureAD/microsoft-authentication-library-for-js#8339"
    " (2026-02); without a thumbprint where the header has only `kid` (keycloak/keycloak#19425); status by the rule for"
    " invalid_client, and as an onboarding tool's tests have it", "2026-02",
)  # fmt: skip
CERTIFICATE_EXPIRED = Refusal(
    700027, "invalid_client", 401,
    "The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key"
    " used is expired., Found key 'Start={start}, End={end}', " + _WHERE_TO_LOOK,
    "a public runbook quotes the lead (2026-09), Azure Stack HCI's troubleshooting page the dates; a key whose time has"
    " not come is told the same there", "2026-09",
)  # fmt: skip
SIGNATURE_WRONG = Refusal(
    700027, "invalid_client", 401,
    "Client assertion contains an invalid signature. [Reason - The provided signature value did not match the expected"
    " signature value., Thumbprint of key used by client: '{thumbprint}', Found key 'Start={start}, End={end}', "
    + _WHERE_TO_LOOK,
    "Azure/azure-sdk-for-net#29007 (lead and thumbprint), microsoftgraph/msgraph-sdk-php#1585 (reason)", "2023",
)  # fmt: skip
ASSERTION_OUT_OF_TIME = Refusal(
    700024, "invalid_client", 401,
    "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {start}, expiry"
    " time of assertion {end}. " + _REVIEW,
    "AzureAD/microsoft-authentication-library-for-java#984 (whole text), Azure/azure-sdk-for-go#18176 (status and"
    " error); a start that is not told reads 1970", "2025-08",
)  # fmt: skip
ASSERTION_FOR_OTHERS = Refusal(
    700023, "invalid_client", 401, "Client assertion audience claim does not match Realm issuer. " + _REVIEW,
    "azure-sdk's troubleshooting pages; a library's live tests met the code with another cloud's endpoint as audience"
    " (2026-09); the official code table has 700023 as a scope error; error and status inferred", "2026-09",
)  # fmt: skip
ASSERTION_OF_OTHERS = Refusal(
    700021, "invalid_client", 401,
    "Client assertion application identifier doesn't match 'client_id' parameter. " + _REVIEW,
    "a whole body in microsoft-authentication-library-for-dotnet's tests (2023-12, with the older address); status by"
    " the rule for invalid_client", "2023-12",
)  # fmt: skip
ASSERTION_MALFORMED = Refusal(
    50027, "invalid_client", 401, "JWT token is invalid or malformed.",
    "azure-sdk-for-java's troubleshooting page and entra-docs reference-error-codes.md; error and status inferred",
    "2023-08",
)  # fmt: skip
ASSERTION_WITHOUT_THUMBPRINT = Refusal(
    5002723, "invalid_client", 401,
    "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token"
    " header.",
    "a whole body in microsoft-authentication-library-for-dotnet's tests; status by the rule for invalid_client",
    "2023-12",
)  # fmt: skip
ASSERTION_INCOMPLETE = Refusal(
    90014, "invalid_request", 400,
    "The required field '{field}' is missing from the credential. Ensure that you have all the necessary parameters for"
    " the login request.",
    "whole bodies for 'iss' and 'aud' in microsoft-authentication-library-for-dotnet's tests; status by the rule for"
    " invalid_request", "2023-12",
)  # fmt: skip
ALGORITHM_UNSUPPORTED = Refusal(
    5002738, "invalid_client", 401,
    "Invalid JWT token. '{algorithm}' is not a supported signature algorithm. Supported signing algorithms are:"
    " 'RS256,RS384,RS512'",
    "a whole body in microsoft-authentication-library-for-dotnet's tests; status by the rule for invalid_client; that"
    " the list has no PS256 yet although it is taken is of that time", "2023-12",
)  # fmt: skip

# Federated credentials ---------------------------------------------------------------------------------------------

_CHECK_FEDERATED = (
    " Please check your federated identity credential Subject, Audience and Issuer against the presented assertion."
    " https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
)
FEDERATED_NONE = Refusal(
    70025, "invalid_client", 401,
    "The client '{application}'({name}) has no configured federated identity credentials.",
    "text reported by users of GitHub Actions and of workload identity; status by the rule for invalid_client", "2025",
)  # fmt: skip
FEDERATED_ISSUER = Refusal(
    700211, "invalid_client", 401,
    "No matching federated identity record found for presented assertion issuer '{issuer}'." + _CHECK_FEDERATED,
    "a whole body with its status, quoted in a public issue of external-secrets", "2025-07",
)  # fmt: skip
FEDERATED_SUBJECT = Refusal(
    700213, "invalid_client", 401,
    "No matching federated identity record found for presented assertion subject '{subject}'."
    " Check your federated identity credential Subject, Audience and Issuer against the presented assertion."
    " https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    "a whole body with its status in the tests of a public Terraform module (2026), dotnet/maui#31978 (2025-10); until"
    " 2024 with 'Please', as its siblings have it", "2026",
)  # fmt: skip
FEDERATED_SUBJECT_CASE = Refusal(
    7002138, "invalid_client", 401,
    "No matching federated identity record found for presented assertion subject '{subject}'. The subject matches with"
    " case-insensitive comparison, but not with case-sensitive comparison. Check your federated identity credential"
    " Subject, Audience and Issuer against the presented assertion. See documentation at:"
    " https://learn.microsoft.com/entra/workload-id/workload-identity-federation. See breaking change notification and"
    " remediation at:"
    " https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes#august-2024.",
    "Azure/login#497, #515, #573 (2026-02); error and status as its siblings have them", "2026-02",
)  # fmt: skip
FEDERATED_AUDIENCE = Refusal(
    700212, "invalid_client", 401,
    "No matching federated identity record found for presented assertion audience '{audience}'." + _CHECK_FEDERATED,
    "a whole body in the tests of a public token provider (2024-04)", "2024-04",
)  # fmt: skip
ISSUER_UNREACHABLE = Refusal(
    90061, "invalid_request", 400, "Request to External OIDC endpoint failed.",
    "a whole body with its status in Azure/azure-workload-identity's troubleshooting page (2022-10); others met the"
    " same words as 50166 and 501661 (2022-11 to 2024-05)", "2024-05",
)  # fmt: skip
FEDERATED_KEY_UNKNOWN = Refusal(
    7000272, "invalid_client", 401,
    "The certificate with identifier {key} used to sign the federated credential could not be found in the metadata of"
    " identity provider {issuer}. Please validate that your Identity Provider's metadata exposes the key used to sign"
    " the incoming token.",
    "a whole body: Azure/azure-workload-identity#1232; status by the rule for invalid_client", "2024-01",
)  # fmt: skip
FEDERATED_SIGNATURE = Refusal(
    50013, "invalid_client", 401,
    "Assertion failed signature validation. [Reason - The provided signature value did not match the expected signature"
    " value.]",
    "code and reason: Azure/azure-sdk-for-java#25109 (another flow); that another issuer's token meets it is inferred",
    "2021-10",
)  # fmt: skip
