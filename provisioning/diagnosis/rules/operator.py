"""What the refusals of an operator mean: Graph, the Power Platform, a person's sign-in.

Graph's codes and sentences as hashicorp/terraform-provider-azuread, azure-cli and public captures have them; the admin
API's as MicrosoftDocs/power-platform#1260 and microsoft/terraform-provider-power-platform do. Read 2026-11.
"""

from typing import Final

from provisioning.diagnosis.rules.rule import GRAPH, OPERATOR_TOKEN, POWER_PLATFORM, Rule, aadsts, rivals, words

_DENIED: Final = frozenset({"Authorization_RequestDenied"})
_BAD: Final = frozenset({"Request_BadRequest"})
_TWIN: Final = frozenset({"Request_MultipleObjectsWithSameKeyValue", "Request_BadRequest"})
_ABSENT: Final = frozenset({"Request_ResourceNotFound"})
_INSUFFICIENT: Final = words("Insufficient privileges")
_BACKING: Final = words("backing application of the service principal")
_SERVER: Final = frozenset({500, 502, 503, 504})

_PERMISSION_RULES: Final = (
    Rule(
        "graph.cannot_register_apps",
        "likely",
        GRAPH,
        _DENIED,
        words=_INSUFFICIENT,
        request=words(r"^(POST|PATCH|DELETE) .*applications(?!.*/(?:add|remove)(?:Password|Key))"),
    ),
    Rule(
        "graph.cannot_add_secrets",
        "likely",
        GRAPH,
        _DENIED,
        words=_INSUFFICIENT,
        request=words(r"/(?:add|remove)(?:Password|Key)$"),
    ),
    Rule(
        "graph.cannot_create_principals",
        "likely",
        GRAPH,
        _DENIED,
        words=_INSUFFICIENT,
        request=words(r"^(POST|PATCH) .*servicePrincipals[^/]*$"),
    ),
    Rule(
        "graph.cannot_grant_consent",
        "likely",
        GRAPH,
        _DENIED,
        words=_INSUFFICIENT,
        request=words("oauth2PermissionGrants|appRoleAssign"),
    ),
    *rivals(
        GRAPH,
        _DENIED,
        "graph.cannot_register_apps",
        "graph.cannot_add_secrets",
        "graph.cannot_create_principals",
        "graph.cannot_grant_consent",
        said=_INSUFFICIENT,
    )[1:],
    *rivals(GRAPH, _DENIED, "graph.backing_application_seen_late", "graph.cannot_create_principals", said=_BACKING),
    Rule("graph.quota_exceeded", "certain", GRAPH, frozenset({"Directory_QuotaExceeded"})),
    Rule(
        "graph.token_refused",
        "certain",
        GRAPH,
        frozenset({"InvalidAuthenticationToken", "Authorization_IdentityNotFound"}),
    ),
)

_LAG_RULES: Final = (
    *rivals(
        GRAPH,
        _BAD,
        "graph.application_seen_late",
        "graph.application_absent",
        said=words("does not reference a valid application object"),
    ),
    *rivals(GRAPH, _ABSENT, "graph.object_seen_late", "graph.object_absent"),
    Rule("graph.principal_seen_late", "likely", GRAPH, _BAD, words=words("Not a valid reference update")),
    Rule("graph.directory_busy", "certain", GRAPH, frozenset({"Directory_ObjectNotFound"})),
    Rule("graph.concurrent_writes", "certain", GRAPH, frozenset({"Directory_ConcurrencyViolation"})),
    Rule("graph.concurrent_writes", "certain", GRAPH, _BAD, words=words("concurrent requests being made")),
    Rule("graph.personal_app_seen_late", "certain", GRAPH, frozenset({"Error_MsaAppDoesNotExist"})),
    Rule("graph.secret_seen_late", "likely", GRAPH, _BAD, words=words("No password credential found with keyId")),
)

_REQUEST_RULES: Final = (
    Rule("graph.principal_exists", "certain", GRAPH, _TWIN, words=words("service principal name .* is already in use")),
    Rule("graph.grant_exists", "certain", GRAPH, _TWIN, words=words("Permission entry already exists")),
    Rule("graph.owner_exists", "certain", GRAPH, _BAD, words=words("added object references already exist")),
    Rule("graph.role_assignment_exists", "certain", GRAPH, _BAD, words=words("being assigned already exists")),
    Rule("graph.identifier_uri_taken", "certain", GRAPH, _TWIN, words=words("same value for property identifierUris")),
    Rule("graph.identifier_uri_unverified", "certain", GRAPH, frozenset({"HostNameNotOnVerifiedDomain"})),
    Rule("graph.policy_blocks_secret", "certain", GRAPH, frozenset({"CredentialTypeNotAllowedAsPerAppPolicy"})),
    Rule("graph.policy_caps_secret", "certain", GRAPH, frozenset({"CredentialInvalidLifetimeAsPerAppPolicy"})),
    Rule("graph.id_malformed", "certain", GRAPH, _BAD, words=words("Invalid object identifier")),
    Rule(
        "graph.body_malformed",
        "certain",
        GRAPH,
        frozenset({"BadRequest"}),
        words=words("Unable to read JSON|Empty Payload"),
    ),
    Rule("graph.body_malformed", "likely", GRAPH, _BAD, words=words("Invalid property '|Invalid value specified")),
    Rule("graph.value_missing", "certain", GRAPH, _BAD, words=words("A value is required for property")),
    Rule("graph.throttled", "certain", GRAPH, statuses=frozenset({429})),
    Rule("graph.unavailable", "likely", GRAPH, statuses=_SERVER),
)

_POWER_PLATFORM_RULES: Final = (
    Rule(
        "power_platform.app_not_registered",
        "certain",
        POWER_PLATFORM,
        frozenset({"Forbidden", "Unauthorized"}),
        words=words("service principal with id .* does not have permission"),
    ),
    Rule(
        "power_platform.not_an_administrator",
        "certain",
        POWER_PLATFORM,
        frozenset({"Forbidden"}),
        words=words("The user with object id .* does not have permission"),
    ),
    Rule("power_platform.not_environment_administrator", "certain", POWER_PLATFORM, frozenset({"EnvironmentAccess"})),
    Rule(
        "power_platform.token_refused",
        "certain",
        POWER_PLATFORM,
        frozenset(
            {
                "InvalidAuthenticationAudience",
                "InvalidAuthenticationToken",
                "ExpiredAuthenticationToken",
                "AuthenticationFailed",
            }
        ),
    ),
    Rule("power_platform.environment_unknown", "certain", POWER_PLATFORM, frozenset({"EnvironmentNotFound"})),
    Rule("power_platform.principal_unknown", "certain", POWER_PLATFORM, frozenset({"ServicePrincipalNotFound"})),
)

_SIGN_IN_RULES: Final = (
    Rule("login.operator_needs_mfa", "certain", OPERATOR_TOKEN, aadsts(50076, 50079, 50158)),
    Rule("login.operator_blocked_by_policy", "certain", OPERATOR_TOKEN, aadsts(53003, 53000, 53001, 530035)),
    Rule("login.operator_password_wrong", "certain", OPERATOR_TOKEN, aadsts(50126, 50055, 50053)),
    Rule("login.operator_unknown", "certain", OPERATOR_TOKEN, aadsts(50034, 50020, 90072)),
    Rule("login.operator_code_expired", "certain", OPERATOR_TOKEN, aadsts(70019, 70020)),
    Rule("login.operator_declined", "certain", OPERATOR_TOKEN, aadsts(65004)),
    Rule("login.operator_needs_admin_consent", "certain", OPERATOR_TOKEN, aadsts(90094, 65001, 650052)),
)

OPERATOR_RULES: Final = (
    *_PERMISSION_RULES,
    *_LAG_RULES,
    *_REQUEST_RULES,
    *_POWER_PLATFORM_RULES,
    *_SIGN_IN_RULES,
)
