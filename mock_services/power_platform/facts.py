"""The Power Platform's own words: refusals with their evidence, and the audiences of its tokens.

Abbreviations in the evidence: TF is microsoft/terraform-provider-power-platform, PS is Microsoft's PowerShell module
Microsoft.PowerApps.Administration.PowerShell 2.0.64, CLI is pnp/cli-microsoft365, ARM's words are those of Azure
Resource Manager, whose front end the admin API shares.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """One refusal: HTTP status, code, text with `{placeholders}`, and where that is known from."""

    status: int
    code: str
    template: str
    evidence: str
    seen: str = ""


# The admin API (api.bap.microsoft.com)

TOKEN_MISSING = Refusal(
    401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.",
    "ARM's words; for this API inferred",
)  # fmt: skip
TOKEN_INVALID = Refusal(
    401, "InvalidAuthenticationToken", "The access token is invalid.",
    "ARM's words; for this API inferred",
)  # fmt: skip
TOKEN_EXPIRED = Refusal(
    401, "ExpiredAuthenticationToken",
    "The access token expiry UTC time '{expiry}' is earlier than current UTC time '{now}'.",
    "ARM's words; for this API inferred",
)  # fmt: skip
AUDIENCE_WRONG = Refusal(
    401, "InvalidAuthenticationAudience",
    "The received access token has been obtained from wrong audience or resource '{audience}'. It should exactly match"
    " (including forward slash) with one of the allowed audiences {allowed}.",
    "microsoft/Power-Fx#2986 (whole body, a sister API); code seen from api.bap.microsoft.com with a Graph token",
    "2025-10",
)  # fmt: skip
VERSION_MISSING = Refusal(
    400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.",
    "ARM's words; for this API inferred",
)  # fmt: skip
VERSION_INVALID = Refusal(
    400, "InvalidApiVersionParameter",
    "The api-version '{version}' is invalid. The supported versions are dates such as '2020-10-01' and '2023-06-01'.",
    "the code is ARM's; wording and this API inferred",
)  # fmt: skip
PRINCIPAL_FORBIDDEN = Refusal(
    403, "Forbidden",
    "The service principal with id '{object_id}' for application {application} does not have permission to access"
    " the path '{url}' in tenant {tenant}.",
    "whole bodies: MicrosoftDocs/power-platform#1260, TF#665 (with detailUrlType),"
    " microsoft/powerplatform-build-tools#531 and #892 (a path outside the admin scope too)",
    "2025-03",
)  # fmt: skip
USER_FORBIDDEN = Refusal(
    403, "Forbidden",
    "The user with object id '{object_id}' in tenant '{tenant}' does not have permission to access the path '{url}'.",
    "the status is documented (tenant administrators only); wording inferred from the service principal's",
)  # fmt: skip
ENVIRONMENT_ACCESS = Refusal(
    403, "EnvironmentAccess",
    "The user with object id '{object_id}' in tenant '{tenant}' does not have access to permission '{permission}' in"
    " environment '{environment}'. Error Code: 'UserMissingRequiredPermission'.",
    "wording with another error code quoted in microsoft/coe-starter-kit; code and error code quoted together in a"
    " public deployment log; the names of the permissions inferred",
    "2026-05",
)  # fmt: skip
ROLES_ARE_DATAVERSES = Refusal(
    403, "Forbidden",
    "The role assignments of environment '{environment}' cannot be read or changed here, because it has a linked"
    " Common Data Service instance.",
    "the status: PS (403 for environments with a database), MicrosoftDocs/power-platform#2154; wording inferred",
    "2023-09",
)  # fmt: skip
ENVIRONMENT_NOT_FOUND = Refusal(
    404, "EnvironmentNotFound", "The environment '{id}' could not be found in the tenant.",
    "TF test fixtures, with detailUrlType", "2025",
)  # fmt: skip
LOCATION_NOT_FOUND = Refusal(
    404, "LocationNotFound", "The location '{location}' could not be found.",
    "inferred",
)  # fmt: skip
APPLICATION_NOT_REGISTERED = Refusal(
    404, "AdminApplicationNotFound", "The admin application '{application}' could not be found in the tenant.",
    "the status: TF api_admin_management_application.go; code and words inferred",
)  # fmt: skip
APPLICATION_ID_INVALID = Refusal(
    400, "InvalidApplicationId", "The application id '{application}' is not a valid GUID.",
    "inferred",
)  # fmt: skip
BODY_INVALID = Refusal(
    400, "InvalidRequestContent", "The request content was invalid and could not be deserialized: '{problem}'.",
    "ARM's words; for this API inferred",
)  # fmt: skip
PRINCIPAL_NOT_FOUND = Refusal(
    400, "ServicePrincipalNotFound",
    "The service principal for application '{application}' could not be found in tenant '{tenant}'.",
    "that the application must be present in the tenant follows from what the call makes; code and words inferred",
)  # fmt: skip
USER_NOT_FOUND = Refusal(
    400, "UserNotFound", "The user with object id '{object_id}' could not be found in tenant '{tenant}'.",
    "inferred",
)  # fmt: skip
ASSIGNEE_NOT_FOUND = Refusal(
    400, "PrincipalNotFound", "Principal not found: '{principal}'.",
    "status and first words: a public set-up guide (what the object id of an app registration is answered);"
    " the code inferred",
    "2026",
)  # fmt: skip
ROLE_ASSIGNMENT_NOT_FOUND = Refusal(
    404, "RoleAssignmentNotFound", "The role assignment '{assignment}' could not be found in the environment.",
    "inferred",
)  # fmt: skip
METHOD_NOT_ALLOWED = Refusal(
    405, "MethodNotAllowed", "The requested resource does not support http method '{method}'.",
    "the words of ASP.NET; inferred",
)  # fmt: skip

# The Power Platform API (api.powerplatform.com): these are its inner errors, below `Unauthorized`, `Forbidden` and the
# like (errors.py).

API_HEADER_INVALID = Refusal(
    401, "AuthorizationHeaderInvalid", "The authorization header is missing or invalid.",
    "the code: a public set-up guide (a token that has ended); words inferred", "2026",
)  # fmt: skip
API_KEY_NOT_FOUND = Refusal(
    401, "SignatureKeyNotFound", "The signing key of the token could not be found.",
    "the code: the same guide; words inferred", "2026",
)  # fmt: skip
API_AUDIENCE_WRONG = Refusal(
    401, "InvalidAudience", "The token was issued for '{audience}' and not for 'https://api.powerplatform.com'.",
    "inferred",
)  # fmt: skip
API_SCOPE_MISSING = Refusal(
    403, "InsufficientDelegatedPermissions",
    "Authorization denied: Application missing required delegated permissions: [{permission}, All.All.ReadWrite]",
    "several whole bodies in public guides (an Azure CLI or PowerShell token; for other permissions), each of whose"
    " lists ends so, often after one more; the list for these paths inferred",
    "2026",
)  # fmt: skip
API_PRINCIPAL_FORBIDDEN = Refusal(
    403, "InsufficientPrincipalPermissions",
    "Authorization denied: Principal missing required permissions: [{permission}, All.All.ReadWrite]",
    "microsoft/coe-starter-kit#8119, whole body with its outer code and words (for another permission)", "2024-06",
)  # fmt: skip
API_ENVIRONMENT_NOT_FOUND = Refusal(
    404, "EnvironmentNotFound", "The environment '{id}' could not be found in the tenant.",
    "the admin API's; for this API inferred",
)  # fmt: skip
API_VERSION_MISSING = Refusal(
    400, "ApiVersionMissing", "The api-version query parameter is required.",
    "that it is required: Learn's reference of the API; code and words inferred",
)  # fmt: skip

# Global discovery. Its code is in no body: it is what the journal shows.

DISCOVERY_TOKEN_MISSING = Refusal(
    401, "Unauthorized", "Authorization has been denied for this request.",
    "powerapps-docs, discovery service (a challenge that names `common` and the resource); the words as below",
)  # fmt: skip
DISCOVERY_TOKEN_UNFIT = Refusal(
    401, "Unauthorized", "Authorization has been denied for this request.",
    "MicrosoftDocs/dynamics-365-customer-engagement#518, as `Message`; for applications inferred: all evidence of"
    " discovery is of people",
    "2018-11",
)  # fmt: skip

AUDIENCES = (
    "https://service.powerapps.com/",
    "https://service.powerapps.com",
    "https://api.bap.microsoft.com/",
    "https://api.bap.microsoft.com",
    "475226c6-020e-4fb2-8a90-7a972cbfc1d4",
)
"""Of the admin API. TF: service.powerapps.com; CLI: the API itself; the bare app id inferred."""

API_AUDIENCES = (
    "https://api.powerplatform.com",
    "https://api.powerplatform.com/",
    "8578e004-a5c6-46e7-913e-12f58912df43",
)
"""Of the Power Platform API: the first in a public token (2026); the others inferred."""

ENVIRONMENTS_READ = "EnvironmentManagement.Environments.Read"
SETTINGS_READ = "EnvironmentManagement.Settings.Read"
"""Delegated permissions of the Power Platform API, as its public clients ask for them."""

INNER_NODE = "https://10.0.5.55:20043"
"""The admin API names the path by the address of a machine inside; every recorded one is another (TF#665's)."""

PERMISSION_NAMES = {"read": "ReadEnvironment", "manage": "ManageEnvironment"}

SERVER_VERSION = "9.2.24083.00206"
"""Of the organisations; the shape is that of recorded environments (`9.2.23092.00206`)."""
