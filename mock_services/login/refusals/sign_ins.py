"""Refused in a sign-in of a person: the account, consent, a code, a token that renews."""

from mock_services.login.refusals.row import Refusal

# Account -----------------------------------------------------------------------------------------------------------

USER_UNKNOWN = Refusal(
    50034, "invalid_grant", 400,
    "The user account {user} does not exist in the {directory} directory. To sign into this application, the account"
    " must be added to the directory.",
    "documented code; text as password-spraying tools quote it (MartinIngesen/MSOLSpray#5)", "2021",
)  # fmt: skip
PASSWORD_WRONG = Refusal(
    50126, "invalid_grant", 400, "Error validating credentials due to invalid username or password.",
    "a response logged whole in a public issue, error and status included", "2022-01",
)  # fmt: skip
USER_DISABLED = Refusal(
    50057, "invalid_grant", 400, "The user account is disabled.",
    "entra-docs reference-error-codes.md; error and status inferred",
)  # fmt: skip
USER_LOCKED = Refusal(
    50053, "invalid_grant", 400,
    "You've tried to sign in too many times with an incorrect user ID or password.",
    "a whole body in Microsoft's Power BI troubleshooting page (2019, as unauthorized_client; its title says"
    " invalid_grant too)", "2019",
)  # fmt: skip
PASSWORD_EXPIRED = Refusal(
    50055, "invalid_grant", 400, "The password is expired.",
    "text from two public set-up guides; the error was user_password_expired in 2019, which is a suberror by now",
    "2025",
)  # fmt: skip
MFA_REQUIRED = Refusal(
    50076, "interaction_required", 400,
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must use"
    " multi-factor authentication to access '{resource}'.",
    "a whole body of the first token endpoint (az, 2020-11); error of redirects: azure-docs"
    " v2-conditional-access-dev-guide", "2020-11",
)  # fmt: skip
MFA_REQUIRED_AT_SECOND = Refusal(
    50076, "invalid_grant", 400, MFA_REQUIRED.template,
    "two whole bodies of the second endpoint's password grant (2023-11, 2024-03)", "2024-03",
)  # fmt: skip
USER_BLOCKED_BY_POLICY = Refusal(
    53003, "interaction_required", 400,
    "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    "dafthack/MSOLSpray#5 (body with suberror message_only), which asks the first token endpoint; so again in 2023-05",
    "2023-05",
)  # fmt: skip
USER_BLOCKED_AT_SECOND = Refusal(
    53003, "invalid_grant", 400, USER_BLOCKED_BY_POLICY.template,
    "a whole body that azure-identity was told at the second endpoint, with suberror message_only (2025-03)", "2025-03",
)  # fmt: skip
USER_NOT_ASSIGNED = Refusal(
    50105, "invalid_grant", 400,
    "Your administrator has configured the application {name} ('{application}') to block users unless they are"
    " specifically granted ('assigned') access to the application. The signed in user '{user}' is blocked because they"
    " are not a direct member of a group with access, nor had access directly assigned by an administrator. Please"
    " contact your administrator to assign access to this application.",
    "several public reports of sign-in pages; error from token responses quoted beside them", "2025",
)  # fmt: skip
USER_OF_OTHER_TENANT = Refusal(
    50020, "access_denied", 200,
    "User account '{user}' from identity provider 'https://sts.windows.net/{home}/' does not exist in tenant"
    " '{directory}' and cannot access the application '{application}'({name}) in that tenant. The account needs to be"
    " added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory"
    " user account.",
    "Microsoft's troubleshooting page for 50020 and many reports; shown on the page", "2025",
)  # fmt: skip
NOBODY_SIGNED_IN = Refusal(
    50058, "login_required", 302, "A silent sign-in request was sent but no user is signed in.",
    "microsoft/azure-spring-boot#549 (text), entra-docs v2-oauth2-auth-code-flow (error)", "2024",
)  # fmt: skip

# Consent -----------------------------------------------------------------------------------------------------------

DECLINED = Refusal(
    65004, "access_denied", 302, "User declined to consent to access the app.",
    "redirects quoted in public issues, with error_subcode=cancel", "2024",
)  # fmt: skip
ADMIN_CONSENT_DECLINED = Refusal(
    65004, "consent_required", 302, "User declined to consent to access the app.",
    "entra-docs v2-admin-consent.md: the redirect of a refused /v2.0/adminconsent; the first page is documented with"
    " permission_denied and no code", "2024",
)  # fmt: skip
ADMIN_NEEDED = Refusal(
    90094, "access_denied", 200,
    "{name} needs permission to access resources in your organization that only an admin can grant. Request an admin to"
    " grant permission to this app before you can use it.",
    "entra-docs application-sign-in-unexpected-user-consent-error page; error from a redirect quoted in public", "2026",
)  # fmt: skip
CONSENT_REQUIRED = Refusal(
    65001, "consent_required", 302,
    "The user or administrator has not consented to use the application with ID '{application}' named '{name}'. Send"
    " an interactive authorization request for this user and resource.",
    "entra-docs v2-oauth2-implicit-grant-flow: the answer to prompt=none", "2024",
)  # fmt: skip

MISCONFIGURED = Refusal(
    650056, "invalid_client", 200,
    "Misconfigured application. This could be due to one of the following: the client has not listed any permissions"
    " for '{resource}' in the requested permissions in the client's application registration. Or, the admin has not"
    " consented in the tenant. Or, check the application identifier in the request to ensure it matches the configured"
    " client application identifier. Please contact your admin to fix the configuration or consent on behalf"
    " of the tenant.",
    "aaddevsup's consent guide and entra-docs reference-error-codes.md; that an unknown permission in a registration"
    " meets it is inferred", "2024",
)  # fmt: skip

# Authorize ---------------------------------------------------------------------------------------------------------

REDIRECT_UNKNOWN = Refusal(
    50011, "invalid_request", 200,
    "The redirect URI '{redirect}' specified in the request does not match the redirect URIs configured for the"
    " application '{application}'. Make sure the redirect URI sent in the request matches one added to your application"
    " in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot"
    " this error.",
    "Microsoft's troubleshooting page for 50011 and many reports; shown on the page", "2025",
)  # fmt: skip
REDIRECT_UNREGISTERED = Refusal(
    500113, "invalid_request", 200, "No reply address is registered for the application.",
    "entra-docs reference-error-codes.md; shown on the page", "2025",
)  # fmt: skip
RESPONSE_TYPE_UNSUPPORTED = Refusal(
    70005, "unsupported_response_type", 302, "The response type '{response_type}' is not supported.",
    "code and error: entra-docs reference-error-codes.md; wording inferred",
)  # fmt: skip
RESPONSE_TYPE_DISABLED = Refusal(
    700054, "unsupported_response_type", 302,
    "response_type '{response_type}' is not enabled for the application.",
    "redirects quoted in many public issues", "2024",
)  # fmt: skip
RESPONSE_MODE_UNSUPPORTED = Refusal(
    70007, "invalid_request", 302, "The response mode '{response_mode}' is not supported.",
    "code: entra-docs reference-error-codes.md; wording and error inferred",
)  # fmt: skip

# Codes -------------------------------------------------------------------------------------------------------------

GRANT_MALFORMED = Refusal(
    9002313, "invalid_grant", 400, "Invalid request. Request is malformed or invalid.",
    "davidjrh/dnn.azureadprovider#112 and others: what is no code and no refresh token of Entra's at all", "2024-10",
)  # fmt: skip
GRANT_OF_ANOTHER_CLIENT = Refusal(
    70000, "invalid_grant", 400, "The provided value for the input parameter '{name}' is not valid.",
    "code and error: entra-docs reference-error-codes.md; text as mail clients quote it; the use here inferred", "2025",
)  # fmt: skip
CODE_OF_ANOTHER_TENANT = Refusal(
    700005, "invalid_grant", 400,
    "Provided Authorization Code is intended to use against other tenant, thus rejected.",
    "entra-docs reference-error-codes.md; error and status inferred", "2024",
)  # fmt: skip
CODE_EXPIRED = Refusal(
    70008, "invalid_grant", 400,
    "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive"
    " authorization request for this user and resource.",
    "entra-docs reference-error-codes.md and many reports", "2025",
)  # fmt: skip
CODE_REDEEMED = Refusal(
    54005, "invalid_grant", 400,
    "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh"
    " token.",
    "azure-docs scenario pages of MSAL", "2024",
)  # fmt: skip
REDIRECT_CHANGED = Refusal(
    500112, "invalid_client", 401,
    "The reply address '{redirect}' does not match the reply address '{original}' provided when requesting"
    " Authorization code.",
    "reports of proxied web applications, which name the error too; status by the rule for invalid_client", "2026",
)  # fmt: skip
VERIFIER_WRONG = Refusal(
    501481, "invalid_grant", 400,
    "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    "a whole body in a public library's documentation (2022-07)", "2022-07",
)  # fmt: skip
CROSS_ORIGIN_FORBIDDEN = Refusal(
    9002326, "invalid_request", 400,
    "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin:"
    " '{origin}'.",
    "many public issues of single-page applications", "2025",
)  # fmt: skip
CROSS_ORIGIN_ONLY = Refusal(
    9002327, "invalid_request", 400,
    "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
    "many public issues of single-page applications", "2025",
)  # fmt: skip

VERIFIER_NEEDED = Refusal(
    9002325, "invalid_request", 400,
    "Proof Key for Code Exchange is required for cross-origin authorization code redemption.",
    "many public issues of single-page applications", "2025",
)  # fmt: skip

# Device code -------------------------------------------------------------------------------------------------------

DEVICE_PENDING = Refusal(
    70016, "authorization_pending", 400, "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    "whole bodies in the documentation of a public client (2021) and in MSAL's tests", "2021-09",
)  # fmt: skip
DEVICE_DECLINED = Refusal(
    65004, "authorization_declined", 400, "User declined to consent to access the app.",
    "error: entra-docs v2-oauth2-device-code.md; its code and text are in no public body found: the page's are used",
)  # fmt: skip
DEVICE_EXPIRED = Refusal(
    70020, "expired_token", 400,
    "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    "text as several public clients' tests have it; error: entra-docs v2-oauth2-device-code.md", "2026",
)  # fmt: skip
DEVICE_UNKNOWN = Refusal(
    70018, "bad_verification_code", 400,
    "Invalid verification code due to User typing in wrong user code for device code flow. Authorization is not"
    " approved.",
    "entra-docs reference-error-codes.md and v2-oauth2-device-code.md (error)", "2024",
)  # fmt: skip
USER_CODE_UNKNOWN = Refusal(
    70019, "expired_token", 200, "Verification code expired.",
    "entra-docs reference-error-codes.md; shown on the page for a code that is unknown or too old",
)  # fmt: skip

# Refresh tokens ----------------------------------------------------------------------------------------------------

REFRESH_EXPIRED = Refusal(
    700082, "invalid_grant", 400,
    "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for {idle}.",
    "a whole text in a public library's source (2025-01)", "2025-01",
)  # fmt: skip
GRANT_REVOKED = Refusal(
    50173, "invalid_grant", 400,
    "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed"
    " or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before which tokens are"
    " not valid) for this user is '{valid_from}'.",
    "az's output in several public guides", "2025",
)  # fmt: skip
