"""The Power Platform's own words: refusals with their evidence, audiences, and where its regions lie."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """One refusal: HTTP status, code, text with `{placeholders}`, and where that is known from."""

    status: int
    code: str
    template: str
    evidence: str
    seen: str = ""


TOKEN_MISSING = Refusal(
    401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.",
    "the words of Azure Resource Manager, whose front end this API shares; for this API inferred",
)  # fmt: skip
TOKEN_INVALID = Refusal(
    401, "InvalidAuthenticationToken", "The access token is invalid.",
    "as above; inferred",
)  # fmt: skip
TOKEN_EXPIRED = Refusal(
    401, "ExpiredAuthenticationToken",
    "The access token expiry UTC time '{expiry}' is earlier than current UTC time '{now}'.",
    "as above; inferred",
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
    "the words of Azure Resource Manager; for this API inferred",
)  # fmt: skip
VERSION_INVALID = Refusal(
    400, "InvalidApiVersionParameter",
    "The api-version '{version}' is invalid. The supported versions are dates such as '2020-10-01' and '2023-06-01'.",
    "the code is Azure Resource Manager's; wording and this API inferred",
)  # fmt: skip
PRINCIPAL_FORBIDDEN = Refusal(
    403, "Forbidden",
    "The service principal with id '{object_id}' for application '{application}' does not have permission to access"
    " the path '{url}' in tenant '{tenant}'.",
    "microsoft/terraform-provider-power-platform client.go matches 'does not have permission to access the path';"
    " the beginning as in microsoft/PowerAppsCodeApps#440",
    "2026",
)  # fmt: skip
USER_FORBIDDEN = Refusal(
    403, "Forbidden",
    "The user with object id '{object_id}' in tenant '{tenant}' does not have permission to access the path '{url}'.",
    "the status is documented (tenant administrators only); wording inferred from the service principal's",
)  # fmt: skip
ENVIRONMENT_NOT_FOUND = Refusal(
    404, "EnvironmentNotFound", "The environment '{id}' could not be found in the tenant.",
    "microsoft/terraform-provider-power-platform test fixtures, with detailUrlType", "2025",
)  # fmt: skip
APPLICATION_NOT_REGISTERED = Refusal(
    404, "AdminApplicationNotFound", "The admin application '{application}' could not be found in the tenant.",
    "the status: microsoft/terraform-provider-power-platform api_admin_management_application.go; code and words"
    " inferred",
)  # fmt: skip
APPLICATION_ID_INVALID = Refusal(
    400, "InvalidApplicationId", "The application id '{application}' is not a valid GUID.",
    "inferred",
)  # fmt: skip
BODY_INVALID = Refusal(
    400, "InvalidRequestContent", "The request content was invalid and could not be deserialized: '{problem}'.",
    "the words of Azure Resource Manager; for this API inferred",
)  # fmt: skip
PRINCIPAL_NOT_FOUND = Refusal(
    400, "ServicePrincipalNotFound",
    "The service principal for application '{application}' could not be found in tenant '{tenant}'.",
    "that the application must be present in the tenant follows from what the call makes; code and words inferred",
)  # fmt: skip
METHOD_NOT_ALLOWED = Refusal(
    405, "MethodNotAllowed", "The requested resource does not support http method '{method}'.",
    "the words of ASP.NET; inferred",
)  # fmt: skip

AUDIENCES = (
    "https://service.powerapps.com/",
    "https://service.powerapps.com",
    "https://api.bap.microsoft.com/",
    "https://api.bap.microsoft.com",
    "475226c6-020e-4fb2-8a90-7a972cbfc1d4",
)
"""Terraform provider: service.powerapps.com; CLI for Microsoft 365: the API itself; the bare app id inferred."""

DISCOVERY_DENIED = "Authorization has been denied for this request."
"""MicrosoftDocs/dynamics-365-customer-engagement#518: what an unfit token is told, as `Message`, with 401."""

SERVER_VERSION = "9.2.24083.00206"
"""Of the organisations; the shape is that of recorded environments (`9.2.23092.00206`)."""


@dataclass(frozen=True)
class Place:
    """Where a Dataverse region lies, in the admin API's and in discovery's words."""

    location: str
    azure_region: str
    geo: str
    discovery_region: str
    flow: str


# Locations as the admin API spells them (Terraform provider fixtures; Power Platform "regions overview"), discovery
# regions as in MicrosoftDocs/powerapps-docs discovery pages; Azure regions are one of each location's pair.
PLACES: dict[str, Place] = {
    "crm": Place("unitedstates", "westus", "US", "NA", "unitedstates"),
    "crm2": Place("southamerica", "brazilsouth", "SA", "SAM", "southamerica"),
    "crm3": Place("canada", "canadacentral", "CA", "CAN", "canada"),
    "crm4": Place("europe", "northeurope", "EU", "EMEA", "emea"),
    "crm5": Place("asia", "southeastasia", "AS", "APAC", "asia"),
    "crm6": Place("australia", "australiaeast", "AU", "OCE", "australia"),
    "crm7": Place("japan", "japaneast", "JP", "JPN", "japan"),
    "crm8": Place("india", "centralindia", "IN", "IND", "india"),
    "crm11": Place("unitedkingdom", "uksouth", "UK", "GBR", "unitedkingdom"),
    "crm12": Place("france", "francecentral", "FR", "FRA", "france"),
    "crm14": Place("southafrica", "southafricanorth", "ZA", "ZAF", "southafrica"),
    "crm15": Place("unitedarabemirates", "uaenorth", "AE", "UAE", "unitedarabemirates"),
    "crm16": Place("germany", "germanywestcentral", "DE", "GER", "germany"),
    "crm17": Place("switzerland", "switzerlandnorth", "CH", "CHE", "switzerland"),
    "crm19": Place("norway", "norwayeast", "NO", "NOR", "norway"),
    "crm20": Place("singapore", "southeastasia", "SG", "SGP", "singapore"),
    "crm21": Place("korea", "koreacentral", "KR", "KOR", "korea"),
}
