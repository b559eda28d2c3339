"""The kinds of object that reads know, with what each lets be filtered and sorted (msgraph-sdk doc strings, 1.65)."""

from mock_services.graph.filters import can
from mock_services.graph.query import Entity

_NAME = can("eq startswith in ge le", "ne endswith contains")
_ID = can("eq in", "ne")
# DOC concepts/search-query-parameter: what of a directory object is indexed for $search.
_SEARCHED = frozenset(("displayName", "description"))

APPLICATION = Entity(
    name="Application",
    collection="applications",
    filters={
        "appId": _ID,
        "applicationTemplateId": can("eq", "ne"),
        "createdDateTime": can("eq ge le", "ne gt lt in", "instant"),
        "displayName": _NAME,
        "id": _ID,
        "identifierUris": can("eq startswith", is_list=True),
        "publisherDomain": can("eq ge le startswith", "ne"),
        "signInAudience": can("eq", "ne"),
        "tags": can("eq ge le startswith", is_list=True),
    },
    sortable_advanced=frozenset(("displayName", "createdDateTime")),
    searchable=_SEARCHED | {"tags"},
    unselected=frozenset(("authenticationBehaviors", "createdByAppId", "isDisabled", "managerApplications")),
)

SERVICE_PRINCIPAL = Entity(
    name="ServicePrincipal",
    collection="servicePrincipals",
    filters={
        "accountEnabled": can("eq", "ne", "bool"),
        "appId": _ID,
        "appOwnerOrganizationId": can("eq", "ne", "guid"),
        "createdDateTime": can("eq ge le", "ne gt lt", "instant"),
        "displayName": _NAME,
        "id": _ID,
        "servicePrincipalNames": can("eq startswith", is_list=True),
        "servicePrincipalType": can("eq", "ne"),
        "tags": can("eq ge le startswith", is_list=True),
    },
    sortable_advanced=frozenset(("displayName", "createdDateTime")),
    searchable=_SEARCHED | {"tags"},
)

GRANT = Entity(
    name="OAuth2PermissionGrant",
    collection="oauth2PermissionGrants",
    filters={name: can("eq") for name in ("clientId", "consentType", "principalId", "resourceId")},
)

ROLE_ASSIGNMENT = Entity(
    name="AppRoleAssignment",
    collection="appRoleAssignments",
    filters={
        "appRoleId": can("", "eq", "guid"),
        "principalId": can("eq", kind="guid"),
        "resourceId": can("eq", kind="guid"),
        "principalDisplayName": can("eq startswith"),
    },
)

USER = Entity(
    name="User",
    collection="users",
    filters={
        "displayName": _NAME,
        "id": _ID,
        "mail": can("eq startswith in ge le", "ne endswith"),
        "userPrincipalName": can("eq startswith in ge le", "ne endswith"),
    },
    sortable=frozenset(("displayName", "userPrincipalName")),
    searchable=frozenset(("displayName", "mail", "userPrincipalName")),
)

GROUP = Entity(
    name="Group",
    collection="groups",
    filters={
        "createdDateTime": can("eq ge le", "ne gt lt in", "instant"),
        "description": can("eq startswith in ge le", "ne"),
        "displayName": _NAME,
        "groupTypes": can("eq", is_list=True),
        "id": _ID,
        "isAssignableToRole": can("eq", "ne", "bool"),
        "mailEnabled": can("eq", "ne", "bool"),
        "mailNickname": can("eq startswith in ge le", "ne endswith"),
        "securityEnabled": can("eq", "ne", "bool"),
    },
    sortable=frozenset(("displayName",)),
    searchable=_SEARCHED | {"mailNickname"},
)

DIRECTORY_OBJECT = Entity(
    name="DirectoryObject", collection="directoryObjects", filters={"id": can("eq in")}, is_mixed=True
)
ORGANIZATION = Entity(name="Organization", collection="organization", filters={})
DOMAIN = Entity(name="Domain", collection="domains", filters={})

FEDERATED_CREDENTIAL = Entity(
    name="FederatedIdentityCredential",
    collection="federatedIdentityCredentials",
    filters={"name": can("eq"), "issuer": can("eq"), "subject": can("eq")},
)
APP_POLICY = Entity(name="AppManagementPolicy", collection="policies/appManagementPolicies", filters={})
DIRECTORY_ROLE = Entity(
    name="DirectoryRole", collection="directoryRoles", filters={"roleTemplateId": can("eq"), "displayName": can("eq")}
)
ROLE_TEMPLATE = Entity(name="DirectoryRoleTemplate", collection="directoryRoleTemplates", filters={})
ROLE_DEFINITION = Entity(
    name="UnifiedRoleDefinition",
    collection="roleManagement/directory/roleDefinitions",
    filters={"displayName": can("eq startswith"), "id": can("eq in"), "isBuiltIn": can("eq", kind="bool")},
)
UNIFIED_ASSIGNMENT = Entity(
    name="UnifiedRoleAssignment",
    collection="roleManagement/directory/roleAssignments",
    filters={name: can("eq in") for name in ("principalId", "roleDefinitionId")},
)
