"""Which symptom points to which cause, as data. A later rule never overrules an earlier one of the same certainty.

Codes and sentences after the public tables: MicrosoftDocs/entra-docs reference-error-codes.md, the Dataverse
web-service-error-codes with statuses by compose-http-requests-handle-errors.md, and recordings in public issues
(microsoft/coe-starter-kit#6827 for the privilege sentence, Azure/azure-cli#22145 for 90002). Read 2026-11.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from provisioning.diagnosis.symptom import Probe, Trait
from provisioning.problems import Reach
from provisioning.said import Form

Certainty = Literal["certain", "likely", "possible"]


@dataclass(frozen=True)
class Rule:
    """Everything given must hold; what is left empty does not matter."""

    ailment: str
    certainty: Certainty
    probes: frozenset[Probe] = frozenset()
    codes: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    forms: frozenset[Form] = frozenset()
    reaches: frozenset[Reach] = frozenset()
    words: re.Pattern[str] | None = None
    traits: frozenset[Trait] = frozenset()
    unless: frozenset[Trait] = frozenset()


_TOKEN: Final = frozenset[Probe]({"token"})
_READ: Final = frozenset[Probe]({"read_incidents"})
_DATAVERSE: Final = frozenset[Probe]({"read_incidents", "own_rights", "create_contact", "create_incident"})


def _aadsts(*numbers: int) -> frozenset[str]:
    return frozenset(f"AADSTS{number}" for number in numbers)


def _traits(*names: Trait) -> frozenset[Trait]:
    return frozenset(names)


_TENANT = _aadsts(90002, 900023, 900021, 50059)
_RESOURCE = _aadsts(500011, 50001)
_SCOPE = _aadsts(70011, 1002012)
_NOT_A_MEMBER = frozenset({"0x80072560"})
_PRIVILEGE = frozenset({"0x80040220", "0x80040299"})
_PAGE = frozenset[Form]({"html", "text", "empty"})
_NO_CONNECTION = frozenset[Reach]({"refused", "timeout", "lost"})
_NOT_HERE = frozenset({200, 301, 302, 307, 308, 400, 403, 404, 405, 410, 421})
_NO_SUCH_SET = re.compile(r"Resource not found for the segment|No HTTP resource was found", re.IGNORECASE)

_LOGIN_RULES: Final = (
    Rule("login.secret_missing", "certain", _TOKEN, _aadsts(7000216, 7000218)),
    Rule("login.secret_missing", "certain", _TOKEN, _aadsts(900144, 7000215), traits=_traits("secret_empty")),
    Rule("login.secret_expired", "certain", _TOKEN, _aadsts(7000222)),
    Rule("login.secret_id_pasted", "certain", _TOKEN, _aadsts(7000215), traits=_traits("secret_is_guid")),
    Rule(
        "login.secret_wrong",
        "certain",
        _TOKEN,
        _aadsts(7000215),
        unless=_traits("secret_is_guid", "secret_empty"),
    ),
    Rule("login.client_unknown", "certain", _TOKEN, _aadsts(700016), unless=_traits("environment_of_another_tenant")),
    Rule("login.tenant_unknown", "likely", _TOKEN, _aadsts(700016), traits=_traits("environment_of_another_tenant")),
    Rule("login.client_unknown", "possible", _TOKEN, _aadsts(700016), traits=_traits("environment_of_another_tenant")),
    Rule("login.service_principal_missing", "certain", _TOKEN, _aadsts(7000229)),
    Rule("login.app_disabled", "certain", _TOKEN, _aadsts(7000112)),
    Rule(
        "login.tenant_is_app_object_id",
        "certain",
        _TOKEN,
        _TENANT,
        traits=_traits("tenant_is_application_object"),
    ),
    Rule(
        "login.tenant_unknown",
        "certain",
        _TOKEN,
        _TENANT,
        traits=_traits("directory_seen"),
        unless=_traits("tenant_is_application_object"),
    ),
    Rule("login.tenant_unknown", "certain", _TOKEN, _TENANT, traits=_traits("tenant_is_client")),
    Rule(
        "login.tenant_unknown",
        "likely",
        _TOKEN,
        _TENANT,
        unless=_traits("directory_seen", "tenant_is_application_object", "tenant_is_client"),
    ),
    # On the wire an app's object id is as unknown a tenant as any other; only a look into the directory decides.
    Rule(
        "login.tenant_is_app_object_id",
        "possible",
        _TOKEN,
        _TENANT,
        unless=_traits("directory_seen", "tenant_is_application_object", "tenant_is_client"),
    ),
    Rule("login.tenant_unknown", "likely", _TOKEN, reaches=frozenset({"url"})),
    Rule("login.consent_missing", "certain", _TOKEN, _aadsts(65001, 650056, 650057)),
    Rule("login.conditional_access", "certain", _TOKEN, _aadsts(53003, 530035, 53000, 53001)),
    Rule("login.throttled_or_transient", "certain", _TOKEN, _aadsts(90033, 90024, 90006, 90012, 50033, 90055, 50196)),
    Rule("login.throttled_or_transient", "certain", _TOKEN, statuses=frozenset({429, 500, 502, 503, 504})),
    Rule("network.tls_or_proxy", "likely", _TOKEN, forms=_PAGE, statuses=frozenset({200, 302, 403, 404, 407})),
    Rule("network.dns", "likely", _TOKEN, reaches=frozenset({"dns"})),
)

# The token service refuses a resource: the environment URL is its name there.
_RESOURCE_RULES: Final = (
    Rule("dataverse.url_with_path", "certain", _TOKEN, _RESOURCE | _SCOPE, traits=_traits("url_has_path")),
    Rule(
        "dataverse.domain_mistyped",
        "certain",
        _TOKEN,
        _RESOURCE,
        traits=_traits("host_not_dataverse"),
        unless=_traits("url_has_path", "url_has_space", "url_without_https"),
    ),
    Rule(
        "dataverse.url_trailing_slash",
        "likely",
        _TOKEN,
        _RESOURCE | _SCOPE,
        traits=_traits("url_trailing_slash"),
        unless=_traits("url_has_space", "url_without_https", "host_not_dataverse"),
    ),
    Rule("login.scope_or_resource_wrong", "certain", _TOKEN, _SCOPE, traits=_traits("url_has_space")),
    Rule("login.scope_or_resource_wrong", "certain", _TOKEN, _SCOPE, traits=_traits("url_without_https")),
    Rule("login.scope_or_resource_wrong", "certain", _TOKEN, _RESOURCE, traits=_traits("environment_answers")),
    Rule("login.scope_or_resource_wrong", "certain", _TOKEN, _aadsts(500014, 500013)),
    Rule("dataverse.wrong_region", "certain", _TOKEN, _RESOURCE, traits=_traits("label_in_other_region")),
    Rule(
        "dataverse.host_mistyped",
        "likely",
        _TOKEN,
        _RESOURCE,
        unless=_traits(
            "environment_answers",
            "label_in_other_region",
            "url_has_path",
            "url_trailing_slash",
            "host_not_dataverse",
            "url_without_https",
        ),
    ),
    Rule("login.scope_or_resource_wrong", "possible", _TOKEN, _RESOURCE | _SCOPE),
)

# The environment does not answer as Dataverse does: the URL, or the way to it.
_URL_RULES: Final = (
    Rule(
        "dataverse.url_with_path",
        "certain",
        _READ,
        traits=_traits("url_has_path"),
        statuses=_NOT_HERE,
        words=_NO_SUCH_SET,
    ),
    Rule("dataverse.url_with_path", "certain", _READ, traits=_traits("url_has_path"), statuses=_NOT_HERE, forms=_PAGE),
    Rule(
        "dataverse.url_trailing_slash",
        "certain",
        _READ,
        traits=_traits("url_trailing_slash"),
        statuses=_NOT_HERE,
        words=_NO_SUCH_SET,
    ),
    Rule(
        "dataverse.url_trailing_slash",
        "likely",
        _READ,
        traits=_traits("url_trailing_slash"),
        statuses=_NOT_HERE | {401},
        unless=_traits("environment_of_another_tenant"),
        codes=frozenset({"", "0x0", "0x80060888", "0x8006088a"}),
    ),
    Rule("dataverse.wrong_region", "certain", _READ, traits=_traits("label_in_other_region")),
    Rule("dataverse.host_mistyped", "certain", _READ, traits=_traits("environment_of_another_tenant")),
    Rule(
        "dataverse.host_mistyped",
        "certain",
        _READ,
        forms=_PAGE,
        statuses=_NOT_HERE,
        traits=_traits("environments_seen"),
        unless=_traits("label_in_other_region", "url_has_path", "url_trailing_slash"),
    ),
    Rule(
        "dataverse.host_mistyped",
        "certain",
        _READ,
        reaches=frozenset({"dns"}),
        traits=_traits("environments_seen"),
        unless=_traits("label_in_other_region"),
    ),
    Rule(
        "dataverse.host_mistyped",
        "likely",
        _READ,
        forms=_PAGE,
        statuses=_NOT_HERE,
        unless=_traits("label_in_other_region", "environments_seen", "url_has_path", "url_trailing_slash"),
    ),
    Rule(
        "dataverse.host_mistyped",
        "likely",
        _READ,
        reaches=frozenset({"dns", "url"}),
        unless=_traits("label_in_other_region", "environments_seen"),
    ),
    Rule(
        "dataverse.wrong_region",
        "possible",
        _READ,
        forms=_PAGE,
        statuses=_NOT_HERE,
        unless=_traits("environments_seen", "url_has_path", "url_trailing_slash"),
    ),
    Rule("dataverse.wrong_region", "possible", _READ, reaches=frozenset({"dns"}), unless=_traits("environments_seen")),
    Rule("network.dns", "possible", _READ, reaches=frozenset({"dns"}), unless=_traits("label_in_other_region")),
    Rule(
        "dataverse.token_refused",
        "likely",
        _DATAVERSE,
        statuses=frozenset({401}),
        unless=_traits("environment_of_another_tenant"),
        codes=frozenset({"", "0x80041d50", "0x80041d52", "0x8005f101"}),
    ),
)

_RIGHTS_RULES: Final = (
    Rule(
        "dataverse.user_of_another_app",
        "likely",
        _DATAVERSE,
        _NOT_A_MEMBER,
        traits=_traits("another_app_has_a_user"),
    ),
    Rule(
        "dataverse.user_missing",
        "possible",
        _DATAVERSE,
        _NOT_A_MEMBER,
        traits=_traits("another_app_has_a_user"),
    ),
    Rule(
        "dataverse.user_missing",
        "certain",
        _DATAVERSE,
        _NOT_A_MEMBER,
        traits=_traits("users_seen"),
        unless=_traits("another_app_has_a_user"),
    ),
    Rule("dataverse.user_missing", "likely", _DATAVERSE, _NOT_A_MEMBER, unless=_traits("users_seen")),
    Rule("dataverse.user_of_another_app", "possible", _DATAVERSE, _NOT_A_MEMBER, unless=_traits("users_seen")),
    Rule("dataverse.user_disabled", "certain", _DATAVERSE, frozenset({"0x80040225"})),
    Rule(
        "dataverse.user_disabled",
        "certain",
        _DATAVERSE,
        statuses=frozenset({400, 403}),
        words=re.compile(r"^The user with SystemUserId=.* is disabled", re.IGNORECASE),
    ),
    Rule("dataverse.user_without_role", "certain", _DATAVERSE, frozenset({"0x80042f09"})),
    Rule("dataverse.vendor_role_list", "certain", _DATAVERSE, _PRIVILEGE, traits=_traits("vendor_list_held")),
    Rule("dataverse.role_lacks_privilege", "certain", _DATAVERSE, _PRIVILEGE, unless=_traits("vendor_list_held")),
    Rule(
        "dataverse.vendor_role_list",
        "possible",
        _READ,
        _PRIVILEGE,
        words=re.compile(r"missing prvReadIncident\b", re.IGNORECASE),
        unless=_traits("rights_seen"),
    ),
    Rule("dataverse.depth_too_small", "certain", _DATAVERSE, frozenset({"0x80048306"})),
    Rule(
        "dataverse.table_missing",
        "certain",
        _DATAVERSE,
        frozenset({"0x80060888", "0x8006088a"}),
        statuses=frozenset({404}),
        unless=_traits("url_has_path", "url_trailing_slash"),
    ),
    Rule("dataverse.environment_closed", "certain", _DATAVERSE, frozenset({"0x8004a104", "0x8004a113"})),
    Rule("dataverse.throttled", "certain", _DATAVERSE, statuses=frozenset({429})),
)

_WIRE_RULES: Final = (
    Rule("network.tls_or_proxy", "certain", reaches=frozenset({"tls", "proxy"})),
    Rule("network.tls_or_proxy", "likely", reaches=_NO_CONNECTION),
)

RULES: Final[tuple[Rule, ...]] = (*_LOGIN_RULES, *_RESOURCE_RULES, *_URL_RULES, *_RIGHTS_RULES, *_WIRE_RULES)
