"""Business units, teams, users and the roles that Microsoft keeps: what may not be done to them."""

from mock_services.dataverse.refusals.row import Row

_CODES = "[codes]"

UNIT_NAME_TAKEN = Row(
    400,
    "0x8004022a",
    "Duplicate record exists. {detail}",
    "[codes]; that a second business unit of one name says it, and its end, are inferred",
    name="BusinessManagementObjectAlreadyExists",
)
UNIT_DISABLED = Row(
    400,
    "0x8004032c",
    "The specified business unit : '{unit}' is disabled.",
    "[codes]; that what is put into a disabled business unit is refused so, and that its id is told, are inferred",
    name="BusinessNotEnabled",
)
UNIT_LOOP = Row(
    400,
    "0x80041d21",
    "Creating this parental association would create a loop in business hierarchy.",
    _CODES,
    name="BusinessManagementLoopBeingCreated",
)
ROOT_UNIT_ENABLED = Row(
    400, "0x80041d63", "Root Business unit cannot be disabled.", _CODES, name="RootBusinessUnitCannotBeDisabled"
)
UNIT_OF_ALL_ADMINISTRATORS = Row(
    400,
    "0x80041d59",
    "Business unit cannot be disabled: no active user with system admin role exists outside of business unit subtree.",
    _CODES,
    name="BusinessUnitCannotBeDisabled",
)
UNIT_ENABLED = Row(
    400,
    "0x80041d60",
    "Not disabled business unit cannot be deleted.",
    _CODES,
    name="BusinessUnitIsNotDisabledAndCannotBeDeleted",
)
UNIT_WITH_CHILDREN = Row(
    400,
    "0x80041d61",
    "Business unit has a child business unit and cannot be deleted.",
    _CODES,
    name="BusinessUnitHasChildAndCannotBeDeleted",
)
UNIT_TEAM_OWNS = Row(
    400,
    "0x80041d62",
    "Business unit default team owns records. Business unit (Id = {unit}) cannot be deleted."
    " Reassign the records owned by default team and try again.",
    _CODES,
    name="BusinessUnitDefaultTeamOwnsRecords",
)

DEFAULT_TEAM_DELETED = Row(
    400,
    "0x80048307",
    "The default business unit team can't be deleted (TeamId = {team}).",
    _CODES,
    name="CannotDeleteDefaultTeam",
)
DEFAULT_TEAM_MOVED = Row(
    400,
    "0x80048308",
    "The default business unit team parent can't be set (TeamId = {team}).",
    _CODES,
    name="CannotSetParentDefaultTeam",
)
DEFAULT_TEAM_RENAMED = Row(
    400,
    "0x8004830a",
    "The default business unit team name can't be updated (TeamId = {team}).",
    _CODES,
    name="CannotUpdateNameDefaultTeam",
)
DEFAULT_TEAM_JOINED = Row(
    400,
    "0x8004830b",
    "Can't add members to the default business unit team (TeamId = {team}).",
    _CODES,
    name="CannotAddMembersToDefaultTeam",
)
DEFAULT_TEAM_LEFT = Row(
    400,
    "0x8004830c",
    "Can't remove members from the default business unit team (TeamId = {team}).",
    _CODES,
    name="CannotRemoveMembersFromDefaultTeam",
)
TEAM_OWNS = Row(
    400,
    "0x8004830e",
    "Can't delete a team which owns records. Reassign or delete the records and try again (TeamId = {team}).",
    _CODES,
    name="CannotDeleteTeamOwningRecords",
)
ACCESS_TEAM_OWNS = Row(
    400,
    "0x80048340",
    "You cannot assign a record to the access team. You can assign a record to the owner team.",
    _CODES,
    name="CannotAssignToAccessTeam",
)
ACCESS_TEAM_HOLDS = Row(
    400,
    "0x80048331",
    "Cannot assign roles or profiles to an access team (TeamId = {team}).",
    _CODES,
    name="CannotAssignRolesOrProfilesToAccessTeam",
)
GROUP_TEAM_HOLDS = Row(
    400,
    "0x80048350",
    'Cannot assign security role with "Team Privileges only" Inheritance to AAD Group or Office Group teams.'
    " (TeamId = {team})",
    _CODES,
    name="AadGroupTeamsCanOnlyAssignInheritableRoles",
)
GROUP_TEAM_MEMBERS = Row(
    400,
    "0x80040203",
    "The members of a group team are managed in Microsoft Entra ID (TeamId = {team}).",
    "power-platform admin manage-group-teams.md: members come from the group; code and wording inferred",
    name="InvalidArgument",
)
GROUP_UNKNOWN = Row(
    400,
    "0x80041d68",
    "The Azure AD Group was not found in your Azure Active Directory. Please validate the Group ID and try again.",
    "[codes]; that a group team without its group says it is inferred",
    name="ADResourceNotFound",
)
TEAM_ADMINISTRATOR_BLIND = Row(
    400,
    "0x80041d0a",
    "The team administrator does not have privilege read team.",
    _CODES,
    name="TeamAdministratorMissedPrivilege",
)
TEAM_WITHOUT_ROLES = Row(
    403,
    "0x80042f0a",
    "The team has not been assigned any roles.",
    "[codes]; the status by its kind",
    name="TeamNotAssignedRoles",
)
TEAM_LACKS = Row(
    403,
    "0x80040220",
    "Principal team (Id={team}, type=9, roleCount={roles}, privilegeCount={privileges},"
    " businessUnitId={business_unit}), is missing {privilege} privilege (Id={privilege_id}) on OTC={code} for entity"
    " '{entity}' (LocalizedName='{label}'). context.Caller={caller}."
    " Consider adding missed privilege to one of the principal (user/team) roles.",
    "its beginning and end: an issue of 2020; the counts between by analogy with the sentence about users",
    name="PrivilegeDenied",
)

NO_SIGN_IN_NAME = Row(
    400,
    "0x80041d01",
    "The user's domain name was unexpectedly missing.",
    _CODES,
    name="unManagedidsbizmgmtmissuserdomainname",
)
NOT_IN_DIRECTORY = Row(
    400,
    "0x80041d4b",
    "This is not a valid Microsoft Online Services ID for this organization.",
    "[codes]; that a person unknown to the directory is refused so is inferred",
    name="CannotCreateSyncUserObjectMissing",
)
USER_EXISTS = Row(
    400,
    "0x80041d2c",
    "The specified Active Directory user already exists as a Dynamics 365 user.",
    _CODES,
    name="UserAlreadyExists",
)
SUPPORT_ACCESS = Row(
    400, "0x80041d41", "The support user cannot be updated", _CODES, name="SupportUserCannotBeCreateNorUpdated"
)
DELEGATED_ACCESS = Row(
    400,
    "0x80041d67",
    "The delegated admin user cannot be updated",
    "[handle, codes]",
    name="DelegatedAdminUserCannotBeCreateNorUpdated",
)
LICENCE_AT_CREATION = Row(
    400,
    "0x80041d4d",
    "The property IsLicensed cannot be set for Sync User Creation.",
    _CODES,
    name="CannotCreateSyncUserIsLicensedField",
)
LICENCE_FIXED = Row(
    400, "0x80041d4c", "The property IsLicensed cannot be modified.", _CODES, name="CannotUpdateSyncUserIsLicensedField"
)
SYNC_FIXED = Row(
    400,
    "0x80041d4e",
    "The property IsSyncUserWithDirectory cannot be modified.",
    _CODES,
    name="CannotUpdateSyncUserIsSyncWithDirectoryField",
)

LAST_ADMINISTRATOR_DISABLED = Row(
    400,
    "0x80041d2f",
    "A user cannot be disabled if they are the only user that has the System Administrator Role.",
    _CODES,
    name="CannotDisableSysAdmin",
)
LAST_ADMINISTRATOR_REMOVED = Row(
    400,
    "0x80041d30",
    "A user cannot be removed from the System Administrator Role if they are the only user that has the role.",
    _CODES,
    name="CannotRemoveFromSysAdmin",
)
CUSTOMIZER_KEPT = Row(
    400, "0x80041d4a", "The System Customizer Role cannot be deleted.", _CODES, name="CannotDeleteSystemCustomizer"
)
BASIC_USER_KEPT = Row(400, "0x80041d5a", "The Basic User Role cannot be deleted.", _CODES, name="CannotDeleteBasicUser")
SUPPORT_ROLE_KEPT = Row(
    400, "0x80041d42", "The Support User Role cannot be deleted.", _CODES, name="CannotDeleteSupportUser"
)
SUPPORT_ROLE_MODIFIED = Row(
    400,
    "0x80041d43",
    "The Support User Role cannot be modified.",
    "[codes]; that a change of its privileges says it is inferred",
    name="CannotModifySupportUser",
)
SUPPORT_ROLE_UPDATED = Row(
    400,
    "0x80041d47",
    "Cannot update the Support User Role.",
    "[codes]; that a change of its members says it is inferred",
    name="CannotUpdateSupportUser",
)
SUPPORT_ROLE_ASSIGNED = Row(
    400, "0x80041d44", "The Support User Role cannot be assigned to a user.", _CODES, name="CannotAssignSupportUser"
)
SUPPORT_ROLE_TAKEN = Row(
    400,
    "0x80041d45",
    "A user cannot be removed from the Support User Role.",
    _CODES,
    name="CannotRemoveFromSupportUser",
)
SUPPORT_USER_ASSIGNED = Row(
    400,
    "0x80041d51",
    "The support user are read-only, which cannot be assigned with other roles",
    _CODES,
    name="CannotAssignRolesToSupportUser",
)
ROLE_READ_ONLY = Row(
    400,
    "0x80040228",
    "The object cannot be deleted because it is read-only.",
    "[codes]; that a role whose canbedeleted is false says it is inferred",
    name="CannotDeleteAsItIsReadOnly",
)
