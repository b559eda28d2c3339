"""Which members a body may set, of which type, and what they are called inside: the wire's schema as data.

Source: microsoftgraph/msgraph-metadata clean_v10_metadata (2026-08). Kinds: `text`, `bool`, `int`, `guid`, `instant`,
`binary`, `any`; a list holds one kind; a mapping is a complex type by member.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mock_services.graph.addressing import is_guid
from mock_services.graph.errors import Refused
from mock_services.graph.refusals import objects

Kind = str | list[Any] | dict[str, Any]


@dataclass(frozen=True)
class Member:
    """One member that may be written; `name` is ours."""

    name: str
    kind: Kind
    nullable: bool = True


_URIS: Kind = ["text"]
_APP_ROLE: Kind = {
    "allowedMemberTypes": ["text"], "description": "text", "displayName": "text", "id": "guid", "isEnabled": "bool",
    "origin": "text", "value": "text",
}  # fmt: skip
_SCOPE: Kind = {
    "adminConsentDescription": "text", "adminConsentDisplayName": "text", "id": "guid", "isEnabled": "bool",
    "origin": "text", "type": "text", "userConsentDescription": "text", "userConsentDisplayName": "text",
    "value": "text",
}  # fmt: skip
_INFO: Kind = {
    "logoUrl": "text", "marketingUrl": "text", "privacyStatementUrl": "text", "supportUrl": "text",
    "termsOfServiceUrl": "text",
}  # fmt: skip
_ADD_IN: Kind = {"id": "guid", "type": "text", "properties": [{"key": "text", "value": "text"}]}
_OPTIONAL_CLAIM: Kind = {"additionalProperties": ["text"], "essential": "bool", "name": "text", "source": "text"}
_KEY: Kind = {
    "customKeyIdentifier": "text", "displayName": "text", "endDateTime": "instant", "key": "binary", "keyId": "guid",
    "startDateTime": "instant", "type": "text", "usage": "text",
}  # fmt: skip
SECRET: Kind = {
    "customKeyIdentifier": "text", "displayName": "text", "endDateTime": "instant", "hint": "text", "keyId": "guid",
    "secretText": "text", "startDateTime": "instant",
}  # fmt: skip

APPLICATION: dict[str, Member] = {
    "addIns": Member("add_ins", [_ADD_IN], nullable=False),
    "api": Member("api", {
        "acceptMappedClaims": "bool", "knownClientApplications": ["guid"], "requestedAccessTokenVersion": "int",
        "oauth2PermissionScopes": [_SCOPE],
        "preAuthorizedApplications": [{"appId": "guid", "delegatedPermissionIds": ["guid"]}],
    }),
    "appRoles": Member("app_roles", [_APP_ROLE], nullable=False),
    "applicationTemplateId": Member("application_template_id", "text"),
    "defaultRedirectUri": Member("default_redirect_uri", "text"),
    "description": Member("description", "text"),
    "displayName": Member("display_name", "text", nullable=False),
    "groupMembershipClaims": Member("group_membership_claims", "text"),
    "identifierUris": Member("identifier_uris", _URIS, nullable=False),
    "info": Member("info", _INFO),
    "isDeviceOnlyAuthSupported": Member("is_device_only_auth_supported", "bool"),
    "isFallbackPublicClient": Member("is_fallback_public_client", "bool"),
    "keyCredentials": Member("key_credentials", [_KEY], nullable=False),
    "nativeAuthenticationApisEnabled": Member("native_authentication_apis_enabled", "text"),
    "notes": Member("notes", "text"),
    "optionalClaims": Member("optional_claims", {
        "accessToken": [_OPTIONAL_CLAIM], "idToken": [_OPTIONAL_CLAIM], "saml2Token": [_OPTIONAL_CLAIM],
    }),
    "parentalControlSettings": Member(
        "parental_control_settings", {"countriesBlockedForMinors": ["text"], "legalAgeGroupRule": "text"}
    ),
    "passwordCredentials": Member("password_credentials", [SECRET], nullable=False),
    "publicClient": Member("public_client", {"redirectUris": _URIS}),
    "requestSignatureVerification": Member(
        "request_signature_verification", {"allowedWeakAlgorithms": "text", "isSignedRequestRequired": "bool"}
    ),
    "requiredResourceAccess": Member("required_resource_access", [
        {"resourceAppId": "text", "resourceAccess": [{"id": "guid", "type": "text"}]}
    ], nullable=False),
    "samlMetadataUrl": Member("saml_metadata_url", "text"),
    "serviceManagementReference": Member("service_management_reference", "text"),
    "servicePrincipalLockConfiguration": Member("service_principal_lock_configuration", {
        "allProperties": "bool", "credentialsWithUsageSign": "bool", "credentialsWithUsageVerify": "bool",
        "identifierUris": "bool", "isEnabled": "bool", "tokenEncryptionKeyId": "bool",
    }),
    "signInAudience": Member("sign_in_audience", "text", nullable=False),
    "spa": Member("spa", {"redirectUris": _URIS}),
    "tags": Member("tags", ["text"], nullable=False),
    "tokenEncryptionKeyId": Member("token_encryption_key_id", "guid"),
    "web": Member("web", {
        "homePageUrl": "text", "logoutUrl": "text", "redirectUris": _URIS,
        "implicitGrantSettings": {"enableAccessTokenIssuance": "bool", "enableIdTokenIssuance": "bool"},
        "redirectUriSettings": [{"index": "int", "uri": "text"}],
    }),
}  # fmt: skip

SERVICE_PRINCIPAL: dict[str, Member] = {
    "accountEnabled": Member("account_enabled", "bool", nullable=False),
    "addIns": Member("add_ins", [_ADD_IN], nullable=False),
    "alternativeNames": Member("alternative_names", ["text"], nullable=False),
    "appId": Member("app_id", "text", nullable=False),
    "appRoleAssignmentRequired": Member("app_role_assignment_required", "bool", nullable=False),
    "appRoles": Member("app_roles", [_APP_ROLE], nullable=False),
    "description": Member("description", "text"),
    "displayName": Member("display_name", "text", nullable=False),
    "homepage": Member("homepage", "text"),
    "info": Member("info", _INFO),
    "loginUrl": Member("login_url", "text"),
    "logoutUrl": Member("logout_url", "text"),
    "notes": Member("notes", "text"),
    "notificationEmailAddresses": Member("notification_email_addresses", ["text"], nullable=False),
    "preferredSingleSignOnMode": Member("preferred_single_sign_on_mode", "text"),
    "replyUrls": Member("reply_urls", _URIS, nullable=False),
    "samlSingleSignOnSettings": Member("saml_single_sign_on_settings", {"relayState": "text"}),
    "servicePrincipalNames": Member("names", ["text"], nullable=False),
    "tags": Member("tags", ["text"], nullable=False),
    "tokenEncryptionKeyId": Member("token_encryption_key_id", "guid"),
}

GRANT: dict[str, Member] = {
    "clientId": Member("client_id", "text", nullable=False),
    "consentType": Member("consent_type", "text", nullable=False),
    "principalId": Member("principal_id", "text"),
    "resourceId": Member("resource_id", "text", nullable=False),
    "scope": Member("scope", "text"),
}

ROLE_ASSIGNMENT: dict[str, Member] = {
    "appRoleId": Member("app_role_id", "guid", nullable=False),
    "principalId": Member("principal_id", "guid", nullable=False),
    "resourceId": Member("resource_id", "guid", nullable=False),
}

FEDERATED_CREDENTIAL: dict[str, Member] = {
    "audiences": Member("audiences", ["text"], nullable=False),
    "claimsMatchingExpression": Member("claims_matching_expression", {"languageVersion": "int", "value": "text"}),
    "description": Member("description", "text"),
    "issuer": Member("issuer", "text", nullable=False),
    "name": Member("name", "text", nullable=False),
    "subject": Member("subject", "text", nullable=False),
}

# The policies are kept as the wire spells them.
_RESTRICTION: dict[str, Any] = {
    "excludeActors": {"customSecurityAttributes": ["any"]}, "maxLifetime": "text",
    "restrictForAppsCreatedAfterDateTime": "instant", "restrictionType": "text", "state": "text",
}  # fmt: skip
_KEY_RESTRICTION: dict[str, Any] = {**_RESTRICTION, "certificateBasedApplicationConfigurationIds": ["guid"]}
_IDENTIFIERS: Kind = {"nonDefaultUriAddition": {}, "uriAdditionWithoutUniqueTenantIdentifier": {}}
_CREDENTIALS: dict[str, Any] = {"keyCredentials": [_KEY_RESTRICTION], "passwordCredentials": [_RESTRICTION]}


def _same(name: str, kind: Kind, *, nullable: bool = True) -> tuple[str, Member]:
    return name, Member(name, kind, nullable)


APP_POLICY: dict[str, Member] = dict((
    _same("description", "text"),
    _same("displayName", "text", nullable=False),
    _same("isEnabled", "bool", nullable=False),
    _same("restrictions", {**_CREDENTIALS, "applicationRestrictions": {"identifierUris": _IDENTIFIERS}}),
))  # fmt: skip
TENANT_APP_POLICY: dict[str, Member] = dict((
    _same("applicationRestrictions", {**_CREDENTIALS, "identifierUris": _IDENTIFIERS}),
    _same("description", "text"),
    _same("displayName", "text", nullable=False),
    _same("isEnabled", "bool", nullable=False),
    _same("servicePrincipalRestrictions", _CREDENTIALS),
))  # fmt: skip
AUTHORIZATION_POLICY: dict[str, Member] = dict((
    _same("allowInvitesFrom", "text", nullable=False),
    _same("allowedToSignUpEmailBasedSubscriptions", "bool", nullable=False),
    _same("allowedToUseSSPR", "bool", nullable=False),
    _same("allowEmailVerifiedUsersToJoinOrganization", "bool", nullable=False),
    _same("allowUserConsentForRiskyApps", "bool"),
    _same("blockMsolPowerShell", "bool"),
    _same("defaultUserRolePermissions", {
        "allowedToCreateApps": "bool", "allowedToCreateSecurityGroups": "bool", "allowedToCreateTenants": "bool",
        "allowedToReadBitlockerKeysForOwnedDevice": "bool", "allowedToReadOtherUsers": "bool",
        "permissionGrantPoliciesAssigned": ["text"],
    }, nullable=False),
    _same("description", "text"),
    _same("displayName", "text", nullable=False),
    _same("guestUserRoleId", "guid"),
))  # fmt: skip

UNIFIED_ASSIGNMENT: dict[str, Member] = {
    "directoryScopeId": Member("directory_scope_id", "text", nullable=False),
    "principalId": Member("principal_id", "guid", nullable=False),
    "roleDefinitionId": Member("role_definition_id", "guid", nullable=False),
}

GROUP: dict[str, Member] = {
    "classification": Member("classification", "text"),
    "description": Member("description", "text"),
    "displayName": Member("display_name", "text", nullable=False),
    "groupTypes": Member("group_types", ["text"], nullable=False),
    "isAssignableToRole": Member("is_assignable_to_role", "bool"),
    "mailEnabled": Member("mail_enabled", "bool", nullable=False),
    "mailNickname": Member("mail_nickname", "text", nullable=False),
    "membershipRule": Member("membershipRule", "text"),
    "membershipRuleProcessingState": Member("membershipRuleProcessingState", "text"),
    "preferredDataLocation": Member("preferredDataLocation", "text"),
    "preferredLanguage": Member("preferredLanguage", "text"),
    "securityEnabled": Member("security_enabled", "bool", nullable=False),
    "theme": Member("theme", "text"),
    "uniqueName": Member("uniqueName", "text"),
    "visibility": Member("visibility", "text"),
}

GET_BY_IDS: dict[str, Member] = {"ids": Member("ids", ["text"]), "types": Member("types", ["text"])}

USER: dict[str, Member] = {
    "accountEnabled": Member("account_enabled", "bool", nullable=False),
    "displayName": Member("display_name", "text", nullable=False),
    "mailNickname": Member("mail_nickname", "text", nullable=False),
    "passwordProfile": Member("password_profile", {"forceChangePasswordNextSignIn": "bool", "password": "text"}),
    "userPrincipalName": Member("user_principal_name", "text", nullable=False),
}

ADD_PASSWORD: dict[str, Member] = {"passwordCredential": Member("secret", SECRET)}
REMOVE_PASSWORD: dict[str, Member] = {"keyId": Member("key_id", "guid", nullable=False)}

READ_ONLY = {
    "Application": "id appId createdDateTime deletedDateTime publisherDomain uniqueName certification verifiedPublisher"
    " disabledByMicrosoftStatus",
    "ServicePrincipal": "id createdDateTime deletedDateTime appDisplayName appDescription appOwnerOrganizationId"
    " signInAudience applicationTemplateId disabledByMicrosoftStatus oauth2PermissionScopes servicePrincipalType"
    " verifiedPublisher preferredTokenSigningKeyThumbprint resourceSpecificApplicationPermissions",
    "OAuth2PermissionGrant": "id",
    "AppManagementPolicy": "id",
    "TenantAppManagementPolicy": "id",
    "AuthorizationPolicy": "id",
    "FederatedIdentityCredential": "id",
    "UnifiedRoleAssignment": "id",
    "Group": "id createdDateTime deletedDateTime expirationDateTime mail onPremisesSyncEnabled proxyAddresses"
    " renewedDateTime securityIdentifier",
    "User": "id createdDateTime deletedDateTime mail",
    "AppRoleAssignment": "id createdDateTime deletedDateTime principalDisplayName principalType resourceDisplayName",
}


def read_members(body: Mapping[str, Any], members: Mapping[str, Member], resource: str) -> dict[str, Any]:
    """A body checked against the schema, by our names; annotations (`@odata.type`) are passed over.

    Raises Refused: an unknown member, a read-only one, or a value of the wrong type.
    """
    read: dict[str, Any] = {}
    for wire, value in body.items():
        if "@" in wire:
            continue
        member = members.get(wire)
        if member is None:
            known = wire in READ_ONLY.get(resource, "").split()
            raise Refused(objects.READ_ONLY if known else objects.PROPERTY_INVALID, member=wire)
        if value is None and not member.nullable:
            raise Refused(objects.VALUE_INVALID, member=wire, resource=resource, kind=resource)
        read[member.name] = _checked(value, member.kind, wire, resource)
    return read


def _checked(value: Any, kind: Kind, path: str, resource: str) -> Any:
    """The value, documents in it without annotations. Raises Refused."""
    if value is None:
        return None
    if isinstance(kind, list) and isinstance(value, list):
        if any(each is None for each in value):
            raise Refused(objects.VALUE_INVALID, member=path, kind=resource)
        return [_checked(each, kind[0], path, resource) for each in value]
    if isinstance(kind, dict) and isinstance(value, dict):
        unknown = next((name for name in value if "@" not in name and name not in kind), None)
        if unknown is not None:
            raise Refused(objects.PROPERTY_INVALID, member=unknown)
        return {
            name: _checked(each, kind[name], f"{path}.{name}", resource)
            for name, each in value.items()
            if "@" not in name
        }
    if isinstance(kind, str) and _fits(value, kind):
        return value
    raise Refused(objects.VALUE_INVALID, member=path, kind=resource)


def _fits(value: Any, kind: str) -> bool:
    if kind == "any":
        return True
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
    if not isinstance(value, str):
        return False
    if kind == "guid":
        return is_guid(value)
    return kind != "instant" or read_instant(value) is not None


def read_instant(text: str) -> datetime | None:
    """An Edm.DateTimeOffset: `Z` or an offset, up to seven fractional digits; None for anything else."""
    if "T" not in text.upper():
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
