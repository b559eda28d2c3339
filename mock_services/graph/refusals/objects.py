"""What the directory says about its objects: rights, keys, members, references, quotas."""

from mock_services.graph.refusals.row import Refusal

_BAD = "Request_BadRequest"
_SAME_KEY = "Request_MultipleObjectsWithSameKeyValue"
_DENIED = "Authorization_RequestDenied"
_CONCURRENT = "Error due to concurrent requests being made to the tenant. Please wait briefly and retry."

# Rights --------------------------------------------------------------------------------------------------------

DENIED = Refusal(403, _DENIED, "Insufficient privileges to complete the operation.", "REC 2025-02", "2025-02")
BACKING_NOT_LOCAL = Refusal(
    403, _DENIED,
    "When using this permission, the backing application of the service principal being created must in the local"
    " tenant",
    "Azure/azure-cli#28009, whole body, sic; TF calls it misleading: the registration is merely not seen yet",
)  # fmt: skip
ONLY_DELEGATED = Refusal(
    400, _BAD, "/me request is only valid with delegated authentication flow.", "remembered",
)  # fmt: skip
QUOTA_EXCEEDED = Refusal(
    403, "Directory_QuotaExceeded",
    "The directory object quota limit for the Principal has been exceeded. Please ask your administrator to increase"
    " the quota limit or delete objects to reduce the used quota.",
    "limit: entra-docs service limits; text captured; status by analogy with the captured quota of owners",
)  # fmt: skip

OWNERS_TOO_MANY = Refusal(
    403, "Directory_QuotaExceeded",
    "Unable to perform operation as '{count}' would exceed the maximum quota count '{limit}' for forward-link"
    " 'owners'.",
    "a provisioning tool's recorded answers; limit: entra-docs service limits",
)  # fmt: skip

# Keys ----------------------------------------------------------------------------------------------------------

NOT_FOUND = Refusal(
    404, "Request_ResourceNotFound",
    "Resource '{key}' does not exist or one of its queried reference-property objects are not present.",
    "REC 2025-02; also what an object looks like before it has replicated", "2025-02",
)  # fmt: skip
ID_INVALID = Refusal(
    400, _BAD, "Invalid object identifier '{id}'.", "a plugin's code matches the pattern",
)  # fmt: skip
PRINCIPAL_EXISTS = Refusal(
    409, _SAME_KEY,
    "The service principal cannot be created, updated, or restored because the service principal name {app_id} is"
    " already in use.",
    "Azure/reliable-web-app-pattern-java#185, KelvinTegelaar/CIPP#1142",
)  # fmt: skip
GRANT_EXISTS = Refusal(
    409, _SAME_KEY, "Permission entry already exists.",
    "hashicorp/terraform-provider-azuread#690; the commoner of the two that are seen",
)  # fmt: skip
GRANT_EXISTS_AS_BAD_REQUEST = Refusal(
    400, _BAD, "Permission entry already exists.", "a build log and a field note; by quirk",
)  # fmt: skip
CONCURRENT = Refusal(
    409, "Directory_ConcurrencyViolation", _CONCURRENT,
    "nais/azurerator#448, whole body: a secret added soon after a certificate", "2026",
)  # fmt: skip
CONCURRENT_AS_BAD_REQUEST = Refusal(
    400, _BAD, _CONCURRENT, "a public capture; another has this status with the other code; by quirk",
)  # fmt: skip
PERSONAL_UNSEEN = Refusal(
    409, "Error_MsaAppDoesNotExist", "The corresponding MSA application does not exist.",
    "hashicorp/terraform-provider-azuread#1764: a change soon after a create for personal accounts",
)  # fmt: skip
PARTITION_BUSY = Refusal(
    404, "Directory_ObjectNotFound", "Unable to read the company information from the directory.",
    "two public captures; a build log shows it for a grant that was written all the same and then existed already",
)  # fmt: skip
OBJECT_CONFLICT = Refusal(
    400, _BAD, "Another object with the same value for property {member} already exists.",
    "whole bodies for a user's userPrincipalName (microsoft-graph-docs#1508) and proxyAddresses (#8421 of"
    " microsoft-graph-docs-contrib); Azure AD Graph capture for identifierUris", "2023-08",
    detail="ObjectConflict", target="{member}",
)  # fmt: skip
CONFLICTING = Refusal(
    400, _BAD,
    "A conflicting object with one or more of the specified property values is present in the directory.",
    "a whole body for a second roleAssignments, dod-ccpo/atat#1554, status inferred; for an active role inferred",
    "2020-05",
)  # fmt: skip

# Members -------------------------------------------------------------------------------------------------------

VALUE_REQUIRED = Refusal(
    400, _BAD, "A value is required for property '{member}' of resource '{kind}'.",
    "captured for User and Group; for other kinds inferred",
)  # fmt: skip
PROPERTY_INVALID = Refusal(400, _BAD, "Invalid property '{member}'.", "remembered")
VALUE_INVALID = Refusal(
    400, _BAD, "Invalid value specified for property '{member}' of resource '{kind}'.", "remembered",
)  # fmt: skip
READ_ONLY = Refusal(400, _BAD, "Property '{member}' is read-only and cannot be set.", "remembered")
DOMAIN_FOREIGN = Refusal(
    400, _BAD,
    "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in"
    " your organization.",
    "quoted with status and code in public scripts",
)  # fmt: skip
ACCESS_VERSION_INVALID = Refusal(
    400, _BAD, "Property api.requestedAccessTokenVersion is invalid.", "the portal's words in public guides"
)
ENTITLEMENT_ENABLED = Refusal(
    400, "CannotDeleteOrUpdateEnabledEntitlement",
    "Permission (scope or role) cannot be deleted or updated unless disabled first.",
    "code: TeamsFx's constants; text: TF's vendored go-azure-sdk matches it", "2026-08",
)  # fmt: skip
HOST_NOT_VERIFIED = Refusal(
    400, "HostNameNotOnVerifiedDomain",
    "Values of identifierUris property must use a verified domain of the organization or its subdomain: '{uri}'",
    "quoted with its code in public source; status inferred",
)  # fmt: skip

# References ----------------------------------------------------------------------------------------------------

NO_BACKING = Refusal(
    400, _BAD, "The appId '{app_id}' of the service principal does not reference a valid application object.",
    "several public captures, microsoftgraph/msgraph-sdk-dotnet#3108; for a wrong appId and for one not yet seen",
    "2026-05", detail="NoBackingApplicationObject", target="appId",
)  # fmt: skip
ADDED_TWICE = Refusal(
    400, _BAD, "One or more added object references already exist for the following modified properties: '{member}'.",
    "azure-cli's custom.py for owners, a capture for members",
)  # fmt: skip
REMOVED_ABSENT = Refusal(
    400, _BAD,
    "One or more removed object references do not exist for the following modified properties: '{member}'.",
    "TF's vendored go-azure-sdk matches the first words", "2026-08",
)  # fmt: skip
ROLE_HELD = Refusal(
    400, _BAD, "Permission being assigned already exists on the object", "two independent captures",
)  # fmt: skip
ROLE_UNKNOWN = Refusal(
    400, _BAD, "Permission being assigned was not found on application '{app_id}'.", "remembered",
)  # fmt: skip
GROUP_NESTED = Refusal(
    400, _BAD, "Nesting is currently not supported for groups that can be assigned to a role.",
    "hashicorp/terraform-provider-azuread#651, MicrosoftDocs/azure-docs#88710", "2022-02",
)  # fmt: skip
GROUP_NOT_ASSIGNABLE = Refusal(
    400, _BAD, "Groups without IsAssignableToRole property set cannot be assigned to roles.",
    "Microsoft365DSC/Microsoft365DSC#879, with its code; status inferred", "2020-10",
)  # fmt: skip
GROUP_NOT_PRIVATE = Refusal(
    400, _BAD, "Visibility can only be set to Private for groups assignable to role.",
    "microsoftgraph/microsoft-graph-docs#19616, with its status; code inferred", "2022-12",
)  # fmt: skip
LAST_OWNER = Refusal(
    400, _BAD, "The group must have at least one owner, hence this owner cannot be removed.",
    "a provisioning tool's recorded answers and five others that match it; that only people count is from a field"
    " note of 2024", "2024-07",
)  # fmt: skip
REFERENCE_INVALID = Refusal(
    400, _BAD, "Not a valid reference update.",
    "TF approleassignments retries it: an end of the assignment that is wrong, or not seen yet", "2026-08",
)  # fmt: skip
