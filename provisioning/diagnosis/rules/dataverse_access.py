"""What Dataverse's refusals of a caller mean: token, user, role, state, limits.

Codes after MicrosoftDocs web-service-error-codes, statuses by compose-http-requests-handle-errors.md; the privilege
sentence as recorded in microsoft/coe-starter-kit#6827; texts of the challenge by PowerPlatform-DataverseServiceClient.
Read 2026-11.
"""

from typing import Final

from provisioning.diagnosis.rules.rule import (
    DATAVERSE,
    ENVIRONMENT,
    HANDOFF,
    OPERATOR_ENVIRONMENT,
    READ,
    Rule,
    rivals,
    traits,
    words,
)

_NOT_A_MEMBER: Final = frozenset({"0x80072560"})
_PRIVILEGE: Final = frozenset({"0x80040220", "0x80040299"})
_NO_ROLE: Final = frozenset({"0x80042f09"})
_UNAUTHORIZED: Final = frozenset({401})
_TOKEN_CODES: Final = frozenset({"", "0x80041d50", "0x80041d52", "0x8005f101"})
_OWNER: Final = words("Privilege Check For Owner failed")


def _lacks(ailment: str, privileges: str) -> Rule:
    """A handoff's own call names the privilege that it lacks."""
    pattern = rf"(?:missing|Privilege:|PrivilegeName:) (?:{privileges})\b"
    return Rule(ailment, "certain", HANDOFF, _PRIVILEGE, words=words(pattern))


_TOKEN_RULES: Final = (
    Rule(
        "dataverse.token_expired",
        "certain",
        ENVIRONMENT,
        statuses=_UNAUTHORIZED,
        challenge=words("Security Token Expired"),
        unless=traits("environment_of_another_tenant"),
    ),
    Rule(
        "dataverse.token_for_another_resource",
        "likely",
        ENVIRONMENT,
        statuses=_UNAUTHORIZED,
        challenge=words("Error during token validation|Security Token Validation Failed"),
        unless=traits("environment_of_another_tenant"),
    ),
    Rule(
        "dataverse.token_missing",
        "likely",
        OPERATOR_ENVIRONMENT,
        statuses=_UNAUTHORIZED,
        challenge=words("^(?!.*error).*authorization_uri"),
    ),
    Rule(
        "dataverse.token_refused",
        "possible",
        ENVIRONMENT,
        statuses=_UNAUTHORIZED,
        unless=traits("environment_of_another_tenant"),
        codes=_TOKEN_CODES,
    ),
)

_USER_RULES: Final = (
    Rule("dataverse.user_in_another_environment", "certain", DATAVERSE, _NOT_A_MEMBER, traits=traits("user_elsewhere")),
    Rule("dataverse.user_deleted", "certain", DATAVERSE, _NOT_A_MEMBER, traits=traits("user_in_bin")),
    Rule("dataverse.user_of_another_app", "likely", DATAVERSE, _NOT_A_MEMBER, traits=traits("another_app_has_a_user")),
    Rule("dataverse.user_missing", "possible", DATAVERSE, _NOT_A_MEMBER, traits=traits("another_app_has_a_user")),
    Rule(
        "dataverse.user_missing",
        "certain",
        DATAVERSE,
        _NOT_A_MEMBER,
        traits=traits("users_seen"),
        unless=traits("another_app_has_a_user", "user_elsewhere", "user_in_bin"),
    ),
    Rule(
        "dataverse.user_in_another_environment",
        "possible",
        DATAVERSE,
        _NOT_A_MEMBER,
        traits=traits("users_seen"),
        unless=traits("environments_seen", "user_in_bin"),
    ),
    *rivals(
        DATAVERSE,
        _NOT_A_MEMBER,
        "dataverse.user_missing",
        "dataverse.user_of_another_app",
        "dataverse.user_in_another_environment",
        "dataverse.user_deleted",
        unless=traits("users_seen"),
    ),
    Rule("dataverse.operator_not_a_member", "certain", OPERATOR_ENVIRONMENT, _NOT_A_MEMBER),
    Rule("dataverse.user_disabled", "certain", ENVIRONMENT, frozenset({"0x80040225", "0x8004a112"})),
    Rule(
        "dataverse.user_disabled",
        "certain",
        ENVIRONMENT,
        statuses=frozenset({400, 403}),
        words=words("^The user with SystemUserId=.* is disabled"),
    ),
)

_RIGHTS_RULES: Final = (
    Rule("dataverse.owner_cannot_read", "certain", HANDOFF, _NO_ROLE | _PRIVILEGE, words=_OWNER),
    Rule(
        "dataverse.role_seen_late",
        "certain",
        READ,
        _NO_ROLE | _PRIVILEGE,
        traits=traits("rights_are_newer"),
    ),
    Rule(
        "dataverse.user_without_role",
        "certain",
        READ | OPERATOR_ENVIRONMENT,
        _NO_ROLE,
        unless=traits("rights_are_newer"),
    ),
    Rule("dataverse.user_without_role", "likely", HANDOFF, _NO_ROLE),
    Rule("dataverse.team_role_lost", "possible", DATAVERSE, _NO_ROLE, unless=traits("rights_are_newer")),
    Rule("dataverse.vendor_role_list", "certain", READ, _PRIVILEGE, traits=traits("vendor_list_held")),
    _lacks("dataverse.cannot_read_contacts", "prvReadContact"),
    _lacks("dataverse.cannot_create_contacts", "prvCreateContact"),
    _lacks("dataverse.cannot_create_incidents", "prvCreateIncident"),
    _lacks("dataverse.cannot_append_incidents", "prvAppendIncident"),
    _lacks("dataverse.cannot_append_to_contacts", "prvAppendToContact"),
    _lacks("dataverse.cannot_create_notes", "prvCreateNote|prvReadNote|prvAppendNote"),
    _lacks("dataverse.cannot_assign_incidents", "prvAssignIncident"),
    _lacks("dataverse.cannot_add_to_queue", "prvAddToQueue|prvAppendToQueue"),
    _lacks("dataverse.cannot_create_conversations", "prv(?:Create|Read|Append)Activity"),
    Rule(
        "dataverse.role_lacks_privilege",
        "certain",
        READ,
        _PRIVILEGE,
        unless=traits("vendor_list_held", "rights_are_newer"),
    ),
    Rule("dataverse.role_lacks_privilege", "likely", DATAVERSE - READ, _PRIVILEGE),
    Rule(
        "dataverse.vendor_role_list",
        "possible",
        READ,
        _PRIVILEGE,
        words=words(r"missing prvReadIncident\b"),
        unless=traits("rights_seen", "rights_are_newer"),
    ),
    Rule(
        "dataverse.operator_cannot_create_users",
        "certain",
        OPERATOR_ENVIRONMENT,
        _PRIVILEGE,
        words=words(r"prv(?:Create|Write)User\b"),
    ),
    Rule(
        "dataverse.operator_cannot_make_roles",
        "certain",
        OPERATOR_ENVIRONMENT,
        _PRIVILEGE,
        words=words(r"prv(?:Create|Write|Assign|AppendTo)Role\b|VerifyCallerPrivileges failed"),
    ),
    Rule("dataverse.role_lacks_privilege", "likely", OPERATOR_ENVIRONMENT, _PRIVILEGE),
    Rule("dataverse.depth_too_small", "certain", ENVIRONMENT, frozenset({"0x80048306"})),
    Rule(
        "dataverse.column_secured",
        "certain",
        ENVIRONMENT,
        frozenset({"0x8004f502", "0x8004f504", "0x8004f506", "0x8004f507"}),
    ),
    Rule("dataverse.impersonation_forbidden", "certain", ENVIRONMENT, frozenset({"0x8004a110"})),
    Rule("dataverse.role_of_another_business_unit", "certain", OPERATOR_ENVIRONMENT, frozenset({"0x80041409"})),
    Rule("dataverse.user_exists_already", "certain", OPERATOR_ENVIRONMENT, frozenset({"0x8004f511"})),
    Rule(
        "dataverse.user_exists_already",
        "likely",
        OPERATOR_ENVIRONMENT,
        frozenset({"0x80040237"}),
        request=words("systemusers$"),
    ),
)

_STATE_RULES: Final = (
    Rule("dataverse.organisation_disabled", "certain", ENVIRONMENT, frozenset({"0x8004a104"})),
    Rule("dataverse.administration_mode", "certain", ENVIRONMENT, frozenset({"0x8004a113"})),
    Rule("dataverse.environment_closed", "possible", ENVIRONMENT, frozenset({"0x8004a104", "0x8004a113"})),
    Rule("dataverse.location_restricted", "certain", ENVIRONMENT, frozenset({"0x80072561"})),
    Rule("dataverse.throttled_by_time", "certain", ENVIRONMENT, frozenset({"0x80072321"})),
    Rule("dataverse.throttled_by_concurrency", "certain", ENVIRONMENT, frozenset({"0x80072326"})),
    Rule("dataverse.throttled", "certain", ENVIRONMENT, frozenset({"0x80072322"})),
    Rule("dataverse.throttled", "likely", ENVIRONMENT, frozenset({""}), statuses=frozenset({429})),
    Rule("dataverse.unavailable", "likely", ENVIRONMENT, statuses=frozenset({500, 502, 503, 504})),
)

DATAVERSE_ACCESS_RULES: Final = (*_TOKEN_RULES, *_USER_RULES, *_RIGHTS_RULES, *_STATE_RULES)
