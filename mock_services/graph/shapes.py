"""State to wire: what Graph shows of each object, members in the recorded order (azure-cli recordings, 2025-04)."""

import struct
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from mock_services.state.directory import (
    Application,
    AppRoleAssignment,
    DelegatedGrant,
    Directory,
    DirectoryRole,
    FederatedCredential,
    Group,
    KeyCredential,
    Secret,
    ServicePrincipal,
    User,
)

Document = dict[str, Any]

_INFO: Document = dict.fromkeys(("logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl"))
_VERIFIED_PUBLISHER: Document = dict.fromkeys(("displayName", "verifiedPublisherId", "addedDateTime"))
_WEB: Document = {
    "homePageUrl": None, "logoutUrl": None, "redirectUris": [],
    "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": False},
    "redirectUriSettings": [],
}  # fmt: skip
_API: Document = {
    "acceptMappedClaims": None, "knownClientApplications": [], "requestedAccessTokenVersion": None,
    "oauth2PermissionScopes": [], "preAuthorizedApplications": [],
}  # fmt: skip


def instant(moment: datetime | None) -> str | None:
    """Whole seconds with `Z`, as Graph shows stored instants."""
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def fine_instant(moment: datetime) -> str:
    """Seven fractional digits, as Graph shows the creation date in the answer to the create alone."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}0Z"


def merged(default: Mapping[str, Any], given: Mapping[str, Any] | None) -> Document:
    """A complex value over its defaults, nested ones likewise; a list replaces."""
    result = dict(default)
    for name, value in (given or {}).items():
        held = result.get(name)
        result[name] = merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return result


def application(
    held: Application, secrets: Iterable[Secret], keys: Iterable[KeyCredential], *, is_new: bool = False
) -> Document:
    """An application registration. Only the answer to its create keeps the order in which collections were sent."""
    more = held.details
    shown: Document = {
        "id": held.id,
        "deletedDateTime": instant(held.deleted),
        "appId": held.app_id,
        "applicationTemplateId": more["application_template_id"],
        "disabledByMicrosoftStatus": more["disabled_by_microsoft_status"],
        "createdDateTime": fine_instant(held.created) if is_new else instant(held.created),
        "displayName": held.display_name,
        "description": more["description"],
        "groupMembershipClaims": more["group_membership_claims"],
        "identifierUris": held.identifier_uris,
        "isDeviceOnlyAuthSupported": more["is_device_only_auth_supported"],
        "isFallbackPublicClient": more["is_fallback_public_client"],
        "nativeAuthenticationApisEnabled": more["native_authentication_apis_enabled"],
        "notes": more["notes"],
        "publisherDomain": held.publisher_domain,
        "serviceManagementReference": more["service_management_reference"],
        "signInAudience": held.sign_in_audience,
        "tags": more["tags"],
        "tokenEncryptionKeyId": more["token_encryption_key_id"],
        "uniqueName": held.unique_name,
        "samlMetadataUrl": more["saml_metadata_url"],
        "defaultRedirectUri": more["default_redirect_uri"],
        "certification": more["certification"],
        "optionalClaims": more["optional_claims"],
        "servicePrincipalLockConfiguration": more["service_principal_lock_configuration"],
        "requestSignatureVerification": more["request_signature_verification"],
        "addIns": more["add_ins"],
        "api": merged(_API, more["api"]) | {"oauth2PermissionScopes": held.scopes},
        "appRoles": held.app_roles,
        "info": merged(_INFO, more["info"]),
        "keyCredentials": [key_credential(each) for each in keys],
        "parentalControlSettings": merged(
            {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"}, more["parental_control_settings"]
        ),
        "passwordCredentials": [secret(each) for each in secrets],
        "publicClient": merged({"redirectUris": []}, more["public_client"]),
        "requiredResourceAccess": held.required_resource_access,
        "verifiedPublisher": merged(_VERIFIED_PUBLISHER, more["verified_publisher"]),
        "web": merged(_WEB, more["web"]),
        "spa": merged({"redirectUris": []}, more["spa"]),
    }
    return shown if is_new else _reordered(shown)


def _reordered(shown: Document) -> Document:
    """Later reads turn these round (azure-cli recordings, 2022): no client may compare lists by position."""
    turned = {name: shown[name][::-1] for name in ("appRoles", "requiredResourceAccess")}
    platforms = {
        name: {**shown[name], "redirectUris": shown[name]["redirectUris"][::-1]}
        for name in ("publicClient", "web", "spa")
        if shown[name].get("redirectUris")
    }
    return shown | turned | platforms


def secret(held: Secret, text: str | None = None) -> Document:
    """A client secret; its text only in the answer that makes it."""
    return {
        "customKeyIdentifier": None,
        "displayName": held.display_name,
        "endDateTime": instant(held.end),
        "hint": held.hint,
        "keyId": held.key_id,
        "secretText": text,
        "startDateTime": instant(held.start),
    }


def key_credential(held: KeyCredential) -> Document:
    """A certificate: its thumbprint, never its bytes."""
    return {
        "customKeyIdentifier": held.thumbprint,
        "displayName": held.display_name,
        "endDateTime": instant(held.end),
        "key": None,
        "keyId": held.key_id,
        "startDateTime": instant(held.start),
        "type": held.kind,
        "usage": held.usage,
    }


def service_principal(held: ServicePrincipal, secrets: Sequence[Secret] = ()) -> Document:
    """A service principal with its own secrets; the application's are not mirrored into it."""
    more = held.details
    return {
        "id": held.id,
        "deletedDateTime": instant(held.deleted),
        "accountEnabled": held.account_enabled,
        "alternativeNames": more["alternative_names"],
        "appDisplayName": held.display_name,
        "appDescription": more["app_description"],
        "appId": held.app_id,
        "applicationTemplateId": more["application_template_id"],
        "appOwnerOrganizationId": held.app_owner_tenant,
        "appRoleAssignmentRequired": held.app_role_assignment_required,
        "createdDateTime": instant(held.created),
        "description": more["description"],
        "disabledByMicrosoftStatus": more["disabled_by_microsoft_status"],
        "displayName": held.display_name,
        "homepage": more["homepage"],
        "loginUrl": more["login_url"],
        "logoutUrl": more["logout_url"],
        "notes": more["notes"],
        "notificationEmailAddresses": more["notification_email_addresses"],
        "preferredSingleSignOnMode": more["preferred_single_sign_on_mode"],
        "preferredTokenSigningKeyThumbprint": more["preferred_token_signing_key_thumbprint"],
        "replyUrls": more["reply_urls"],
        "servicePrincipalNames": held.names,
        "servicePrincipalType": more["service_principal_type"],
        "signInAudience": held.sign_in_audience,
        "tags": more["tags"],
        "tokenEncryptionKeyId": more["token_encryption_key_id"],
        "samlSingleSignOnSettings": more["saml_single_sign_on_settings"],
        "addIns": more["add_ins"],
        "appRoles": held.app_roles,
        "info": merged(_INFO, more["info"]),
        "keyCredentials": [],
        "oauth2PermissionScopes": held.scopes,
        "passwordCredentials": [secret(each) for each in secrets],
        "resourceSpecificApplicationPermissions": more["resource_specific_application_permissions"],
        "verifiedPublisher": merged(_VERIFIED_PUBLISHER, more["verified_publisher"]),
    }


def grant(held: DelegatedGrant) -> Document:
    """A delegated grant: no start or expiry in v1.0."""
    return {
        "clientId": held.client_id,
        "consentType": "Principal" if held.principal_id else "AllPrincipals",
        "id": held.id,
        "principalId": held.principal_id,
        "resourceId": held.resource_id,
        "scope": held.scope,
    }


def role_assignment(held: AppRoleAssignment, directory: Directory) -> Document:
    """An application role given to a principal, with both ends' names."""
    person = directory.user(id=held.principal_id)
    principal = person or directory.service_principal(id=held.principal_id)
    resource = directory.service_principal(id=held.resource_id)
    return {
        "id": held.id,
        "deletedDateTime": None,
        "appRoleId": held.app_role_id,
        "createdDateTime": fine_instant(held.created),
        "principalDisplayName": principal.display_name if principal else None,
        "principalId": held.principal_id,
        "principalType": "User" if person else "ServicePrincipal",
        "resourceDisplayName": resource.display_name if resource else None,
        "resourceId": held.resource_id,
    }


def user(held: User) -> Document:
    """The members of a user that Graph shows unasked."""
    given, _, family = held.display_name.partition(" ")
    return {
        "businessPhones": [],
        "displayName": held.display_name,
        "givenName": given or None,
        "jobTitle": None,
        "mail": held.user_principal_name,
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
        "surname": family or None,
        "userPrincipalName": held.user_principal_name,
        "id": held.id,
    }


def group(held: Group) -> Document:
    """A security group (msgraph-metadata and DOC group-post-groups); `securityIdentifier` follows from the id."""
    return {
        "id": held.id,
        "deletedDateTime": instant(held.deleted),
        "classification": None,
        "createdDateTime": instant(held.created),
        "creationOptions": [],
        "description": held.description,
        "displayName": held.display_name,
        "expirationDateTime": None,
        "groupTypes": [],
        "isAssignableToRole": held.is_assignable_to_role,
        "mail": None,
        "mailEnabled": False,
        "mailNickname": held.mail_nickname,
        "membershipRule": None,
        "membershipRuleProcessingState": None,
        "onPremisesDomainName": None,
        "onPremisesLastSyncDateTime": None,
        "onPremisesNetBiosName": None,
        "onPremisesSamAccountName": None,
        "onPremisesSecurityIdentifier": None,
        "onPremisesSyncEnabled": None,
        "preferredDataLocation": None,
        "preferredLanguage": None,
        "proxyAddresses": [],
        "renewedDateTime": instant(held.created),
        "resourceBehaviorOptions": [],
        "resourceProvisioningOptions": [],
        "securityEnabled": True,
        "securityIdentifier": _security_identifier(held.id),
        "theme": None,
        "uniqueName": None,
        "visibility": held.visibility,
        "onPremisesProvisioningErrors": [],
        "serviceProvisioningErrors": [],
    }


def _security_identifier(identity: str) -> str:
    """Four numbers out of the GUID's little-endian bytes: recomputed and equal for a group of a public sample."""
    return "S-1-12-1-" + "-".join(map(str, struct.unpack("<4I", uuid.UUID(identity).bytes_le)))


def directory_role(held: DirectoryRole) -> Document:
    """An activated directory role."""
    return {
        "id": held.id,
        "deletedDateTime": None,
        "description": f"{held.display_name} (built-in role)",
        "displayName": held.display_name,
        "roleTemplateId": held.template_id,
    }


def organization(directory: Directory, *, is_whole: bool) -> Document:
    """The tenant. With User.Read alone everything but the id, the name and the domains is null."""
    shown: Document = {
        "id": directory.tenant_id,
        "deletedDateTime": None,
        "businessPhones": [],
        "city": None,
        "country": None,
        "countryLetterCode": "NL",
        "createdDateTime": instant(directory.created),
        "defaultUsageLocation": None,
        "displayName": directory.display_name,
        "isMultipleDataLocationsForServicesEnabled": None,
        "marketingNotificationEmails": [],
        "onPremisesLastSyncDateTime": None,
        "onPremisesSyncEnabled": None,
        "partnerTenantType": None,
        "postalCode": None,
        "preferredLanguage": "en",
        "securityComplianceNotificationMails": [],
        "securityComplianceNotificationPhones": [],
        "state": None,
        "street": None,
        "technicalNotificationMails": [],
        "tenantType": "AAD",
        "directorySizeQuota": {"used": 100, "total": 50_000},
        "assignedPlans": [],
        "privacyProfile": None,
        "provisionedPlans": [],
        "verifiedDomains": [
            {
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": True,
                "isInitial": True,
                "name": directory.domain,
                "type": "Managed",
            }
        ],
    }
    plain = ("id", "displayName", "verifiedDomains")
    return shown if is_whole else {name: value if name in plain else None for name, value in shown.items()}


def domain(directory: Directory) -> Document:
    """The tenant's one domain."""
    return {
        "id": directory.domain,
        "authenticationType": "Managed",
        "availabilityStatus": None,
        "isAdminManaged": True,
        "isDefault": True,
        "isInitial": True,
        "isRoot": True,
        "isVerified": True,
        "manufacturer": None,
        "model": None,
        "passwordNotificationWindowInDays": None,
        "passwordValidityPeriodInDays": None,
        "state": None,
        "supportedServices": ["Email", "OfficeCommunicationsOnline"],
    }


def federated_credential(held: FederatedCredential) -> Document:
    """An issuer's subject that a registration trusts."""
    return {
        "id": held.id,
        "name": held.name,
        "issuer": held.issuer,
        "subject": held.subject,
        "description": held.description,
        "audiences": held.audiences,
    }


def role_template(template_id: str, name: str) -> Document:
    """A directory role as every tenant has it."""
    return {"id": template_id, "deletedDateTime": None, "description": name, "displayName": name}


def role_definition(template_id: str, name: str) -> Document:
    """A built-in role as role management shows it; what it permits in detail is left out."""
    return {
        "id": template_id,
        "description": name,
        "displayName": name,
        "isBuiltIn": True,
        "isEnabled": True,
        "resourceScopes": ["/"],
        "templateId": template_id,
        "version": "1",
    }


def unified_assignment(identity: str, principal_id: str, role_id: str) -> Document:
    """A role in somebody's hands, over the whole tenant."""
    return {
        "id": identity,
        "principalId": principal_id,
        "resourceScope": "/",
        "directoryScopeId": "/",
        "roleDefinitionId": role_id,
    }
