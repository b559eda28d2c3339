"""Graph's own words besides its refusals: headers, limits, and names that it has and these fakes do not play.

REC: wire captures in Azure/azure-cli (role/tests/latest/recordings, 2022 to 2025-04). DOC: microsoft-graph-docs.
The refusals are rows of their own in `refusals/`.
"""

from datetime import timedelta

# RFC 9110 wants a challenge with every 401; this form is remembered from the gateways, not captured.
CHALLENGE = (
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize",'
    ' client_id="00000003-0000-0000-c000-000000000000"'
)

FEDERATED_CREDENTIALS_OF_APPLICATION = 20  # entra-docs workload-identity-federation-considerations
LONGEST_FEDERATED_VALUE = 600  # DOC federatedidentitycredential
OBJECTS_OF_CREATOR = 250  # entra-docs service limits: of one without an administrator's role, the bin included
OWNERS_OF_OBJECT = 100  # entra-docs service limits
LARGEST_BATCH = 20  # DOC json-batching
LARGEST_BODY_BYTES = 4 * 2**20  # the limit of the gateway for JSON, remembered from the upload guides
DEFAULT_PAGE = 100  # DOC application-list
LARGEST_PAGE = 999
ALTERNATIVES_OF_FILTER = 15  # a whole body of 2019-12
LONGEST_NAME = 256  # SDK metadata
LONGEST_NICKNAME = 64  # DOC resources/group
NOT_IN_NICKNAME = frozenset('@()\\[]";:<>, ')  # DOC resources/group; a full stop is allowed (TF#979)
IDS_AT_ONCE = 1_000  # DOC directoryobject-getbyids
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

# A whole answer's headers in a comment of a public repository's source; only for a request with an Origin.
FOR_BROWSERS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id,"
    " ReadWriteConsistencyToken, Retry-After, SdkVersion, WWW-Authenticate, x-ms-client-gcc-tenant,"
    " X-Planner-Operationid, x-ms-permissions-recommendations",
}

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
    "getmemberobjects members transitivemembers restore delta getbyids validateproperties manager directreports "
    "photo drive events messages "
    "calendar certificatebasedauthconfiguration branding domainnamereferences federationconfiguration rootdomain "
    "serviceconfigurationrecords verificationdnsrecords forcedelete promote verify microsoft.graph.group "
    "microsoft.graph.user microsoft.graph.device microsoft.graph.administrativeunit microsoft.graph.directoryrole "
    "administrativeunits attributesets customsecurityattributedefinitions devicelocalcredentials "
    "federationconfigurations onpremisessynchronization subscriptions"
)
REAL_NAVIGATIONS = frozenset(_NAVIGATIONS.split())
