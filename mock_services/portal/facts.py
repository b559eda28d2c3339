"""The portal back end's own words. It is documented nowhere: each line says which sighting it follows.

The envelope is that of two bodies quoted whole in public (2020-04 and 2021-09): a serialised .NET exception around a
refusal of Azure AD Graph's, which the back end calls in the user's name.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """A refusal of the directory behind the portal: status, its reason phrase, code, text and evidence."""

    status: int
    name: str
    """The status as .NET's HttpStatusCode names it."""
    reason: str
    code: str
    template: str
    evidence: str
    seen: str = ""


NOT_ADMINISTRATOR = Refusal(
    403, "Forbidden", "Forbidden", "Authorization_RequestDenied",
    "This operation can only be performed by an administrator. Sign out and sign in as an administrator or contact one"
    " of your organization's administrators.",
    "Azure/azure-cli#16422; a whole body in a public set-up script. Said here also of an application administrator who"
    " consents to Graph's application roles (inferred)",
    "2021-01",
)  # fmt: skip
PERMISSIONS_INVALID = Refusal(
    400, "BadRequest", "Bad Request", "Request_BadRequest",
    "Application '{application}' is requesting permissions that are either invalid or out of date.",
    "microsoft/AzureTRE#802, whole body", "2021-09",
)  # fmt: skip
APPLICATION_NOT_FOUND = Refusal(
    404, "NotFound", "Not Found", "Request_ResourceNotFound",
    "Resource '{application}' does not exist or one of its queried reference-property objects are not present.",
    "the directory's words for what is not there, in the envelope of the others; inferred",
)  # fmt: skip

HRESULT = -2146233088
"""In both whole bodies."""

AUDIENCES = ("74658136-14ec-4630-ad9b-26e160ff0fc6", "https://main.iam.ad.ext.azure.com")
"""azure-cli role/custom.py asks for the id; Azure/azure-cli#29424 (2024-07) calls the host a resource too."""

APPLICATION_STATUS = 503
"""What an application gets that signs in by itself, with nothing in the body: Azure/azure-cli#15967 (2020-11).

A year before it was AADSTS50058 in a 400 (#11159); that only a person can consent here is stated in #29424 (2024-07).
"""
CONSENTED_STATUS = 204
"""The status of `consentToApp` behind it (MicrosoftDocs/azure-docs#39562); that it is passed on is inferred."""
