"""Graph's own words: codes, messages, headers and limits, each with where it was seen.

REC: wire captures in Azure/azure-cli (role/tests/latest/recordings, 2022 to 2025-04). DOC: microsoft-graph-docs.
TF: hashicorp/terraform-provider-azuread (2026-08). OData: the texts of Microsoft's own OData library, which Graph
passes on. "Remembered": widely met, found in no public capture; a live run should settle it.
"""

from datetime import timedelta

# Bearer refusals, all 401 and all with this code.
INVALID_BEARER = "InvalidAuthenticationToken"
BEARER_EMPTY = "Access token is empty."  # capture 2017
BEARER_MALFORMED = (  # newer gateways; the older say "CompactToken parsing failed with error code: 80049217"
    "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact"
    " Serialization Format. (JWS): 'EncodedHeader.EncodedPayload.EncodedSignature'. (JWE): 'EncodedProtectedHeader."
    "EncodedEncryptedKey.EncodedInitializationVector.EncodedCiphertext.EncodedAuthenticationTag'."
)
BEARER_FORGED = "Access token validation failure. Invalid signature."  # remembered
BEARER_FOR_OTHERS = "Access token validation failure. Invalid audience."  # full body captured
BEARER_EXPIRED = "Lifetime validation failed, the token is expired."
BEARER_EARLY = "Lifetime validation failed, the token is not yet valid."  # remembered
IDENTITY_NOT_FOUND = "Authorization_IdentityNotFound"  # seen for tokens whose identity the tenant does not have
IDENTITY_NOT_FOUND_TEXT = "The identity of the calling application could not be established."  # remembered
# RFC 9110 wants a challenge with every 401; this form is remembered from the gateways, not captured.
CHALLENGE = (
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize",'
    ' client_id="00000003-0000-0000-c000-000000000000"'
)

DENIED = "Authorization_RequestDenied"
DENIED_TEXT = "Insufficient privileges to complete the operation."  # REC 2025-02
BACKING_NOT_LOCAL = (  # sic, Azure/azure-cli#28009
    "When using this permission, the backing application of the service principal being created must in the local"
    " tenant"
)

NOT_FOUND = "Request_ResourceNotFound"
NOT_FOUND_TEXT = (
    "Resource '{key}' does not exist or one of its queried reference-property objects are not present."  # REC
)

BAD_REQUEST = "Request_BadRequest"
BAD_ID = "Invalid object identifier '{id}'."
METHOD_NOT_ALLOWED = "Specified HTTP method is not allowed for the request target."  # DOC json-batching, 405
VALUE_REQUIRED = "A value is required for property '{member}' of resource '{kind}'."  # captured for User and Group
INVALID_PROPERTY = "Invalid property '{member}'."  # remembered
INVALID_VALUE = "Invalid value specified for property '{member}' of resource '{kind}'."  # remembered
READ_ONLY = "Property '{member}' is read-only and cannot be set."  # remembered
OBJECT_CONFLICT = "Another object with the same value for property {member} already exists."  # AAD Graph capture
NO_BACKING = "The appId '{app_id}' of the service principal does not reference a valid application object."
NO_BACKING_CODE = "NoBackingApplicationObject"
ADDED_TWICE = "One or more added object references already exist for the following modified properties: '{member}'."
REMOVED_ABSENT = "One or more removed object references do not exist for the following modified properties: '{member}'."
ROLE_HELD = "Permission being assigned already exists on the object"  # two independent captures, 400
ROLE_UNKNOWN = "Permission being assigned was not found on application '{app_id}'."  # remembered
BAD_REFERENCE = "Not a valid reference update."  # TF approleassignments
CREDENTIAL_ABSENT = "No password credential found with keyId '{key_id}'."
CREDENTIAL_EDITED = "Update to existing credential with KeyId '{key_id}' is not allowed."
CREDENTIAL_BY_PATCH = "New password credentials must be generated with service actions."  # graph-docs#6179
CREDENTIALS_TOO_MANY = (
    "The number of password credentials exceeds the maximum of 2 for this sign-in audience."  # own words
)
ACCESS_VERSION_INVALID = "Property api.requestedAccessTokenVersion is invalid."  # remembered
ONLY_DELEGATED = "/me request is only valid with delegated authentication flow."  # remembered
NO_COUNT = "$count is not currently supported."  # DOC application-list

ENABLED_ENTITLEMENT = "CannotDeleteOrUpdateEnabledEntitlement"  # TeamsFx's constants
ENABLED_ENTITLEMENT_TEXT = "Permission (scope or role) cannot be deleted or updated unless disabled first."
HOST_NOT_VERIFIED = "HostNameNotOnVerifiedDomain"  # code from TeamsFx's constants, text remembered
HOST_NOT_VERIFIED_TEXT = (
    "Values of identifierUris property must use a verified domain of the organization or its subdomain: '{uri}'"
)

SAME_KEY = "Request_MultipleObjectsWithSameKeyValue"  # 409
PRINCIPAL_EXISTS = (
    "The service principal cannot be created, updated, or restored because the service principal name {app_id}"
    " is already in use."
)  # Azure/reliable-web-app-pattern-java#185
# TF#690. The same text was also seen as 400 Request_BadRequest; no rule is known, so the commoner one is played.
GRANT_EXISTS = "Permission entry already exists."

ODATA = "BadRequest"
UNREADABLE_BODY = (
    "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."
)
EMPTY_BODY = "Empty Payload. JSON content expected."  # remembered
NO_SEGMENT = "Resource not found for the segment '{segment}'."  # remembered
NO_VERSION = "Invalid version: {version}"  # remembered

UNSUPPORTED = "Request_UnsupportedQuery"
NEEDS_ADVANCED = (  # DOC aad-advanced-queries
    "Operator '{operator}' is not supported because the required parameters might be missing. Try adding $count=true"
    " query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for"
    " more information"
)
NEEDS_HEADER_FOR_SEARCH = (
    "Request with $search query parameter only works through MSGraph with a special request header:"
    " 'ConsistencyLevel: eventual'"
)
BAD_CLAUSE = "Unsupported or invalid query filter clause specified for property '{member}' of resource '{kind}'."
NO_SORTING = "Sorting not supported for current query."  # remembered
BAD_PAGE = "Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive."  # remembered
BAD_SKIP = "Invalid skip token."  # own words

BAD_SEARCH = "Syntax error: character '{character}' is not valid at position {position} in '{text}'."  # captured widely
NO_PAGE_SIZE = "This resource does not support custom page sizes. Please retry without a page size argument."
CONFLICTING = (  # remembered, for a role given twice
    "A conflicting object with one or more of the specified property values is present in the directory."
)

# Federated credentials: both captured, Azure/azure-workload-identity#434 (2022) and Azure/azure-dev#1482 (2023).
BAD_FEDERATED_VALUE = "InvalidFederatedIdentityCredentialValue"
FEDERATED_SUBJECT_TAKEN = (
    "The combination of issuer and subject must be unique for the application. Issuer {issuer} and Subject: {subject}"
    " already exist. paramName: FederatedIdentityCredential.Subject, paramValue: {subject}, objectType:"
    " Microsoft.Online.DirectoryServices.Application"
)
FEDERATED_NAME_TAKEN = "FederatedIdentityCredential with name {name} already exists."
BAD_FEDERATED_TEXT = (  # the captured pattern, the first sentence in own words
    "The value is not valid. paramName: FederatedIdentityCredential.{member}, paramValue: {value}, objectType:"
    " Microsoft.Online.DirectoryServices.Application"
)
FEDERATED_TOO_MANY = "The number of federated identity credentials exceeds the maximum of 20."  # own words
FEDERATED_CREDENTIALS_OF_APPLICATION = 20  # entra-docs workload-identity-federation-considerations
LONGEST_FEDERATED_VALUE = 600  # DOC federatedidentitycredential

# App management policies: codes from TeamsFx's constants, texts from several public captures.
TYPE_NOT_ALLOWED = "CredentialTypeNotAllowedAsPerAppPolicy"
TYPE_NOT_ALLOWED_TEXT = "Credential type not allowed as per assigned policy '{policy_id}'."
LIFETIME_NOT_ALLOWED = "CredentialInvalidLifetimeAsPerAppPolicy"
LIFETIME_NOT_ALLOWED_TEXT = "Credential lifetime exceeds the max value allowed as per assigned policy '{policy_id}'."

# entra-docs service limits: objects of a creator without an administrator's role, the bin included. The text was
# captured; the status is by analogy with the captured quota of owners.
QUOTA_EXCEEDED = "Directory_QuotaExceeded"
QUOTA_EXCEEDED_TEXT = (
    "The directory object quota limit for the Principal has been exceeded. Please ask your administrator to increase"
    " the quota limit or delete objects to reduce the used quota."
)
OBJECTS_OF_CREATOR = 250

# $batch: the rules are DOC json-batching's; the texts are remembered, except those in own words.
BATCH_UNREADABLE = "Invalid batch payload format."
BATCH_TOO_LARGE = "Number of batch request steps exceeds the maximum value of 20."
BATCH_WITHOUT_BODY = "Write request id : {id} does not contain Content-Type header or body."
BATCH_ID_TWICE = "Request Id {id} has to be unique in a batch."  # own words
BATCH_DEPENDENCY_UNKNOWN = "Request {id} depends on a request that does not precede it."  # own words
DEPENDENCY_FAILED = "FailedDependency"  # own words; only the status 424 is documented
DEPENDENCY_FAILED_TEXT = "A request that this one depends on has failed."  # own words
LARGEST_BATCH = 20

BODY_TOO_LARGE = "RequestEntityTooLarge"  # own words, as is the text
BODY_TOO_LARGE_TEXT = "Maximum request length exceeded."
LARGEST_BODY_BYTES = 4 * 2**20  # the limit of the gateway for JSON, remembered from the upload guides

FOREIGN_DOMAIN = (  # remembered, widely met
    "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in"
    " your organization."
)

DEFAULT_PAGE = 100  # DOC application-list
LARGEST_PAGE = 999
LONGEST_NAME = 256  # SDK metadata
LONGEST_SCOPE = 3_850  # SDK
SECRETS_OF_PERSONAL_AUDIENCE = 2  # entra-docs supported-accounts-validation
LEEWAY = timedelta(minutes=5)  # the default of Microsoft's token libraries; remembered

AUDIENCES = ("AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount")
PERSONAL_AUDIENCES = AUDIENCES[2:]
# Captures of 2022 and 2023 show AzureADandPersonalMicrosoftAccount for a create without one; April 2025 this.
DEFAULT_AUDIENCE = "AzureADMyOrg"

# REC 2025-04, on every answer; an error has plain JSON and no odata-version (REC 2025-02).
SUCCESS_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
ERROR_TYPE = "application/json"
DIAGNOSTIC = (
    '{"ServerInfo":{"DataCenter":"West Europe","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"FAKE00000001"}}'
)

# Root segments and navigations that the metadata of v1.0 has and these fakes do not play: 501, not 400.
_ROOTS = (
    "$batch $metadata admin agreements appcatalogs applicationtemplates auditlogs authenticationmethodspolicy"
    " certificatebasedauthconfiguration chats communications compliance connections contacts contracts"
    " datapolicyoperations devicemanagement deviceappmanagement devices directory directoryobjects directoryroles"
    " directoryroletemplates domaindnsrecords drive drives education employeeexperience external"
    " grouplifecyclepolicies groups groupsettings groupsettingtemplates identity identitygovernance identityprotection"
    " informationprotection invitations permissiongrants places planner policies print privacy reports rolemanagement"
    " schemaextensions scopedrolememberships search security shares sites solutions storage subscribedskus"
    " subscriptions teams teamstemplates teamwork tenantrelationships"
)
REAL_ROOTS = frozenset(_ROOTS.split())
_NAVIGATIONS = (
    "$count $ref addkey removekey appmanagementpolicies claimsmappingpolicies createdonbehalfof createdobjects "
    "delegatedpermissionclassifications endpoints extensionproperties federatedidentitycredentials "
    "homerealmdiscoverypolicies logo memberof ownedobjects owners remotedesktopsecurityconfiguration "
    "setverifiedpublisher synchronization tokenissuancepolicies tokenlifetimepolicies transitivememberof "
    "unsetverifiedpublisher addpassword removepassword addtokensigningcertificate approleassignedto "
    "approleassignments oauth2permissiongrants checkmembergroups checkmemberobjects getmembergroups "
    "getmemberobjects restore delta getbyids validateproperties manager directreports photo drive events messages "
    "calendar certificatebasedauthconfiguration branding domainnamereferences federationconfiguration rootdomain "
    "serviceconfigurationrecords verificationdnsrecords forcedelete promote verify microsoft.graph.group "
    "microsoft.graph.user microsoft.graph.device microsoft.graph.administrativeunit microsoft.graph.directoryrole "
    "administrativeunits attributesets customsecurityattributedefinitions devicelocalcredentials "
    "federationconfigurations onpremisessynchronization subscriptions"
)
REAL_NAVIGATIONS = frozenset(_NAVIGATIONS.split())
