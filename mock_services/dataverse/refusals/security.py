"""Privileges, roles and the people who hold them."""

from mock_services.dataverse import facts
from mock_services.dataverse.refusals.row import Row

_CODES = "[codes]"

NO_ROLES = Row(
    403, "0x80042f09", facts.NO_ROLES, "[coe#678]; quirk user_without_role_status", "2021", "UserNotAssignedRoles"
)
PRIVILEGE_MISSING = Row(403, "0x80040220", facts.MISSING_PRIVILEGE, "[coe#6827]", "2023-10", "PrivilegeDenied")
PRIVILEGE_MISSING_ALONE = Row(
    403,
    "0x80040220",
    facts.MISSING_PRIVILEGE_ALONE,
    "by analogy with the sentence about a table",
    name="PrivilegeDenied",
)
ROW_OUT_OF_REACH = Row(
    403,
    "0x80048306",
    facts.NO_ACCESS,
    "recorded for BusinessUnitLevel; the other levels' names are inferred",
    "2023",
    "unManagedIdsAccessDenied",
)
CALLER_LACKS = Row(
    403,
    "0x80048d3b",
    facts.CALLER_LACKS,
    "an older recorded text, as a client's regular expression reads it; status by its kind",
)
CANNOT_IMPERSONATE = Row(
    403,
    "0x8004a110",
    "User does not have the privilege to act on behalf another user.",
    "[handle, codes]",
    name="CannotActOnBehalfOfAnotherUser",
)
NO_SUCH_USER = Row(
    400,
    "0x80041d1f",
    "The user Id(s) [{id}] is invalid.",
    "[codes]; XrmHttp expects 400",
    name="BusinessManagementInvalidUserId",
)
SECURED_QUERY = Row(
    400,
    "0x8004f506",
    "The Query contained a secured attribute to which the caller does not have access",
    "[codes]; outside the server's table of statuses, so 400",
    name="QueryContainedSecuredAttributeWithoutAccess",
)
SECURED_CREATE = Row(
    403,
    "0x8004f502",
    "The user does not have create permissions to a secured field. The requested operation could not be completed.",
    "[handle, codes]",
    name="AttributePrivilegeCreateIsMissing",
)
SECURED_UPDATE = Row(
    403,
    "0x8004f507",
    "The user doesn't have AttributePrivilegeUpdate and not granted shared access for a secured"
    " attribute during update operation",
    "[handle, codes]",
    name="AttributePermissionUpdateIsMissingDuringUpdate",
)
NOT_SECURED = Row(
    400,
    "0x8004f508",
    "One or more fields are not enabled for field level security. Field level security is not enabled until you publish"
    " the customizations.",
    _CODES,
    name="AttributeNotSecured",
)

APPLICATION_UNKNOWN = Row(
    400,
    "0x8004f510",
    facts.UNKNOWN_APPLICATION,
    "[codes]; a client that makes users by POST systemusers asks again on this code; the status is inferred",
    name="AzureApplicationIdNotFound",
)
APPLICATION_TAKEN = Row(400, "0x8004f511", facts.DUPLICATE_APPLICATION, "[codes]", "", "DuplicateApplicationUser")
ACCESS_MODE_FIXED = Row(400, "0x80040d40", facts.ACCESS_MODE_FIXED, _CODES)
OBJECT_ID_FIXED = Row(
    400, "0x80041d4f", facts.OBJECT_ID_FIXED, _CODES, name="CannotUpdateAzureActiveDirectoryObjectIdField"
)
APPLICATION_FIXED = Row(400, "0x80041d48", facts.APPLICATION_FIXED, _CODES, name="ApplicationUserCannotBeUpdated")
SPECIAL_USER = Row(
    400,
    "0x80041d33",
    "No modifications to the 'SYSTEM' or 'INTEGRATION' user are permitted.",
    "[handle, codes]",
    name="CannotModifySpecialUser",
)

OTHER_BUSINESS_UNIT = Row(400, "0x80041409", facts.OTHER_BUSINESS_UNIT, _CODES, name="UserInWrongBusiness")
TEAM_OTHER_BUSINESS_UNIT = Row(400, "0x8004140d", facts.TEAM_OTHER_BUSINESS_UNIT, _CODES, name="TeamInWrongBusiness")
ROLE_NAME_TAKEN = Row(400, "0x80041403", facts.ROLE_NAME_TAKEN, _CODES, name="RoleAlreadyExists")
ROLE_WITHOUT_UNIT = Row(
    400,
    "0x80041406",
    "The role's business unit ID was unexpectedly missing.",
    _CODES,
    name="unManagedidsrolesmissbusinessid",
)
ROLE_WITHOUT_NAME = Row(
    400, "0x80041407", "The role name was unexpectedly missing.", _CODES, name="unManagedidsrolesmissrolename"
)
ROLE_INHERITED = Row(400, "0x80044152", facts.INHERITED_ROLE, _CODES, name="RestrictInheritedRole")
ROLE_INHERITED_DELETE = Row(
    400, "0x8004140c", facts.INHERITED_ROLE_DELETE, _CODES, name="unManagedidsrolesdeletenonparentrole"
)
ADMINISTRATOR_FIXED = Row(400, "0x80041d31", facts.ADMINISTRATOR_MODIFY, _CODES, name="CannotModifySysAdmin")
ADMINISTRATOR_KEPT = Row(400, "0x80041d2e", facts.ADMINISTRATOR_DELETE, _CODES, name="CannotDeleteSysAdmin")
DEPTH_REFUSED = Row(400, "0x8004140b", facts.BAD_DEPTH, _CODES, name="InvalidPrivilegeDepth")
PRIVILEGE_REPEATED = Row(400, "0x8004140f", facts.REPEATED_PRIVILEGE, _CODES, name="DuplicatedPrivilege")
PRIVILEGE_UNKNOWN = Row(400, "0x800404ce", facts.UNKNOWN_PRIVILEGE, _CODES, name="unManagedinvalidprivilegeid")
SECOND_ROOT = Row(400, "0x80041d35", facts.SECOND_ROOT, _CODES, name="MultipleOrganizationsNotAllowed")
INVALID_RIGHTS = Row(
    403,
    "0x8004020d",
    "Invalid access rights.",
    "[handle, codes]; that sharing no right at all says it is inferred",
    name="InvalidAccessRights",
)
SHARED_WITH_OWNER = Row(
    400, "0x80040214", "An item cannot be shared with the owning user.", _CODES, name="CannotShareWithOwner"
)
