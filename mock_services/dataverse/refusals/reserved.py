"""Codes of the reference that nothing in the fakes brings about: their statuses are known all the same."""

from mock_services.dataverse.refusals.row import Row

_TABLE = "[handle, codes]: the server's own table of statuses"


def _rows(status: int, *codes: tuple[str, str, str], evidence: str = _TABLE) -> tuple[Row, ...]:
    return tuple(Row(status, code, text, evidence, name=name) for code, name, text in codes)


ROWS: tuple[Row, ...] = (
    *_rows(
        400,
        ("0x8004700c", "InvalidDisplayName", "The specified display name is not valid"),
        (
            "0x80060890",
            "EntityKeyNotDefined",
            "The specified key attributes are not a defined key for the {table} entity",
        ),
    ),
    *_rows(
        400,
        ("0x80040265", "IsvAborted", "{text}"),
        (
            "0x80040299",
            "",
            (
                "SecLib::CrmCheckPrivilege failed. Returned hr = -2147220839 on UserId: {user} and"
                " Privilege: {privilege}"
            ),
        ),
        evidence="powerapps-docs; SupportArticles-docs; the status by the rule for codes outside the table",
    ),
    *_rows(
        401,
        ("0x8004a102", "BadAuthTicket", "The ticket specified for authentication is invalid"),
        ("0x8004a101", "ExpiredAuthTicket", "The ticket specified for authentication is expired"),
        ("0x8004a103", "InsufficientAuthTicket", "The ticket specified for authentication didn't meet policy"),
        ("0x8004a100", "InvalidAuthTicket", "The ticket specified for authentication didn't pass validation"),
        (
            "0x8004a105",
            "TamperedAuthTicket",
            ("The ticket specified for authentication has been tampered with or invalidated."),
        ),
        ("0x80040204", "InvalidUserAuth", "User does not have the privilege to perform this action."),
        ("0x80044300", "MissingCrmAuthenticationToken", "CrmAuthenticationToken is missing."),
        (
            "0x80044308",
            "MissingCrmAuthenticationTokenOrganizationName",
            ("Organization Name must be specified in CrmAuthenticationToken."),
        ),
        ("0x80044302", "RequestIsNotAuthenticated", "Request is not authenticated."),
        ("0x80040277", "UnauthorizedAccess", "Attempted to perform an unauthorized operation."),
        ("0x800404d2", "unManagedinvalidsecurityprincipal", "The security principal is invalid or missing."),
    ),
    *_rows(
        401,
        ("0x80041d50", "InvalidOAuthToken", "The OAuth token is invalid"),
        ("0x80041d52", "ExpiredOAuthToken", "The OAuth token has expired"),
        ("0x8005f101", "AccessTokenExpired", "The requested resource requires authentication."),
        ("0x8004a112", "SystemUserDisabled", "The system user was disabled therefore the ticket expired."),
        evidence="[codes]; never seen in a recording of the Web API, the status by their kind",
    ),
    *_rows(
        403,
        ("0x80048405", "AccessDenied", "Access is denied."),
        (
            "0x8004ed43",
            "CannotAddOrActonBehalfAnotherUserPrivilege",
            ("Act on Behalf of Another User privilege cannot be added or removed."),
        ),
        ("0x80040256", "CrmSecurityError", "A failure occurred in CrmSecurity."),
        (
            "0x8004f504",
            "AttributePermissionReadIsMissing",
            (
                "The user does not have read permissions to a secured field. The requested operation could not be"
                " completed."
            ),
        ),
        ("0x80040231", "PrincipalPrivilegeDenied", "Target user or team does not hold required privileges."),
        ("0x80040276", "PrivilegeCreateIsDisabledForOrganization", "Privilege Create is disabled for organization."),
        ("0x8004049e", "unManagedinvalidprincipal", "The principal id is missing or invalid."),
        ("0x800404bb", "unManagedinvalidprivilegeedepth", "Invalid privilege depth for user."),
    ),
    *_rows(
        403,
        ("0x80072561", "CAPolicyValidationFailedLateBind", "The user is in an admin restricted location."),
        evidence="[codes]; the status by their kind",
    ),
    *_rows(404, ("0x8006088a", "CrmHttpError", "Resource not found for the segment '{segment}'."), evidence="[client]"),
    *_rows(
        405,
        ("0x8004023b", "InvalidOperation", "Invalid Operation performed."),
        ("0x80040315", "NotSupported", "This action is not supported."),
    ),
    *_rows(
        500,
        ("0x80040216", "UnExpected", "An unexpected error occurred."),
        ("0x80040224", "IsvUnExpected", "An unexpected error occurred from ISV code."),
        ("0x80044151", "unManagedidssqltimeouterror", "SQL timeout expired."),
        ("0x80044150", "unManagedidssqlerror", "Generic SQL error."),
        evidence="[codes]; statuses inferred",
    ),
)
