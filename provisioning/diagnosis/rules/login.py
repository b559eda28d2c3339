"""What the token service's refusals of the integration mean.

Codes and sentences after MicrosoftDocs/entra-docs reference-error-codes.md and recordings in public issues
(Azure/azure-cli#22145 for 90002, OfficeDev/microsoft-365-agents-toolkit#8621 for 7000215). Read 2026-11.
"""

from typing import Final

from provisioning.diagnosis.rules.rule import TOKEN, Rule, aadsts, rivals, traits, words
from provisioning.said import Form

_TENANT: Final = aadsts(90002, 900021)
_CLIENT: Final = aadsts(700016, 70001)
_SECRET: Final = aadsts(7000215, 70002, 50012)
_CONSENT: Final = aadsts(65001)
_DOCUMENT: Final = frozenset[Form]({"html"})
_PAGE: Final = frozenset[Form]({"html", "text", "empty"})

_TENANT_RULES: Final = (
    Rule("login.tenant_is_client_id", "certain", TOKEN, _TENANT, traits=traits("tenant_is_client")),
    Rule("login.tenant_is_app_object_id", "certain", TOKEN, _TENANT, traits=traits("tenant_is_application_object")),
    Rule(
        "login.tenant_unknown",
        "certain",
        TOKEN,
        _TENANT,
        traits=traits("directory_seen"),
        unless=traits("tenant_is_application_object", "tenant_is_client"),
    ),
    # On the wire an app's object id is as unknown a tenant as any other; only a look into the directory decides.
    *rivals(
        TOKEN,
        _TENANT,
        "login.tenant_unknown",
        "login.tenant_is_app_object_id",
        unless=traits("directory_seen", "tenant_is_application_object", "tenant_is_client"),
    ),
    Rule("login.tenant_unknown", "likely", TOKEN, reaches=frozenset({"url"})),
    Rule("login.tenant_malformed", "certain", TOKEN, aadsts(900023)),
    Rule("login.tenant_not_named", "certain", TOKEN, aadsts(50059, 50194, 9001023)),
    Rule("login.tenant_in_another_cloud", "certain", TOKEN, aadsts(900382, 90038, 900432)),
    Rule("login.tenant_blocked", "certain", TOKEN, aadsts(5000225)),
)

_CLIENT_RULES: Final = (
    Rule("login.client_is_object_id", "certain", TOKEN, _CLIENT, traits=traits("client_is_object")),
    Rule("login.client_is_principal_id", "certain", TOKEN, _CLIENT, traits=traits("client_is_principal")),
    Rule("login.app_deleted", "certain", TOKEN, _CLIENT, traits=traits("app_in_bin")),
    Rule("login.tenant_of_another_customer", "likely", TOKEN, _CLIENT, traits=traits("environment_of_another_tenant")),
    Rule("login.client_unknown", "possible", TOKEN, _CLIENT, traits=traits("environment_of_another_tenant")),
    Rule(
        "login.client_unknown",
        "certain",
        TOKEN,
        _CLIENT,
        traits=traits("client_sought"),
        unless=traits("client_is_object", "client_is_principal", "app_in_bin", "environment_of_another_tenant"),
    ),
    *rivals(
        TOKEN,
        _CLIENT,
        "login.client_unknown",
        "login.client_is_object_id",
        "login.app_deleted",
        "login.client_is_principal_id",
        "login.tenant_of_another_customer",
        unless=traits("client_sought", "environment_of_another_tenant"),
    ),
    Rule("login.client_is_placeholder", "certain", TOKEN, aadsts(700038)),
    Rule(
        "login.client_missing", "certain", TOKEN, aadsts(900144), words=words("'client_id'"), unless=traits("url_empty")
    ),
    Rule("login.request_malformed", "certain", TOKEN, aadsts(9002313, 70003, 900561, 90013, 90014)),
    Rule("login.request_malformed", "possible", TOKEN, aadsts(900144)),
    Rule("login.service_principal_missing", "certain", TOKEN, aadsts(7000229)),
    Rule("login.app_disabled", "certain", TOKEN, aadsts(7000112)),
)

_SECRET_RULES: Final = (
    Rule("login.secret_missing", "certain", TOKEN, aadsts(7000216, 7000218)),
    Rule("login.secret_missing", "certain", TOKEN, aadsts(900144, 7000215), traits=traits("secret_empty")),
    Rule("login.secret_expired", "certain", TOKEN, aadsts(7000222)),
    Rule("login.client_is_public", "certain", TOKEN, aadsts(700025)),
    Rule("login.secret_id_pasted", "certain", TOKEN, _SECRET, traits=traits("secret_is_guid")),
    Rule("login.secret_not_seen_yet", "certain", TOKEN, _SECRET, traits=traits("secret_flickers")),
    Rule(
        "login.secret_with_space",
        "certain",
        TOKEN,
        _SECRET,
        traits=traits("secret_has_space"),
        unless=traits("secret_flickers", "secret_empty"),
    ),
    Rule(
        "login.secret_cut_short",
        "likely",
        TOKEN,
        _SECRET,
        traits=traits("secret_is_short"),
        unless=traits("secret_flickers", "secret_is_guid", "secret_has_space", "secret_empty"),
    ),
    Rule("login.secret_not_seen_yet", "likely", TOKEN, _SECRET, traits=traits("secret_is_young")),
    Rule("login.secret_removed", "likely", TOKEN, _SECRET, traits=traits("secret_not_listed")),
    *rivals(
        TOKEN,
        _SECRET,
        "login.secret_wrong",
        "login.secret_removed",
        "login.secret_of_another_app",
        "login.secret_not_seen_yet",
        unless=traits("secret_is_guid", "secret_empty", "secret_flickers", "secret_has_space", "secret_is_short"),
    ),
    Rule(
        "login.secret_wrong",
        "possible",
        TOKEN,
        _SECRET,
        traits=traits("secret_is_short"),
        unless=traits("secret_is_guid", "secret_empty", "secret_flickers"),
    ),
)

_ASSERTION_RULES: Final = (
    Rule("login.certificate_expired", "certain", TOKEN, aadsts(700027), words=words("is expired|key used is expired")),
    Rule(
        "login.certificate_key_mismatch",
        "certain",
        TOKEN,
        aadsts(700027, 50013),
        words=words("did not match the expected signature|verify the signature failed"),
    ),
    *rivals(
        TOKEN,
        aadsts(700027),
        "login.certificate_unknown",
        "login.certificate_removed",
        said=words("key was not found|not registered"),
        unless=traits("certificates_sought"),
    ),
    Rule("login.certificate_unknown", "certain", TOKEN, aadsts(700027), traits=traits("no_certificate_held")),
    Rule(
        "login.certificate_removed",
        "likely",
        TOKEN,
        aadsts(700027),
        words=words("key was not found|not registered"),
        traits=traits("certificates_sought"),
        unless=traits("no_certificate_held"),
    ),
    Rule("login.certificate_unknown", "possible", TOKEN, aadsts(700027), words=words("key was not found|registered")),
    Rule("login.certificate_revoked", "certain", TOKEN, aadsts(7000214)),
    Rule("login.certificate_subject_wrong", "certain", TOKEN, aadsts(700030)),
    Rule("login.assertion_out_of_time", "certain", TOKEN, aadsts(700024)),
    Rule("login.assertion_audience_wrong", "certain", TOKEN, aadsts(700023)),
    Rule("login.assertion_of_another_client", "certain", TOKEN, aadsts(700021)),
    Rule("login.assertion_malformed", "certain", TOKEN, aadsts(50027, 5002723, 5002738)),
    Rule("login.federated_credential_missing", "certain", TOKEN, aadsts(70025)),
    Rule("login.federated_issuer_wrong", "certain", TOKEN, aadsts(700211)),
    Rule("login.federated_subject_wrong", "certain", TOKEN, aadsts(700213, 7002138)),
    Rule("login.federated_audience_wrong", "certain", TOKEN, aadsts(700212)),
    *rivals(
        TOKEN,
        aadsts(70021),
        "login.federated_subject_wrong",
        "login.federated_issuer_wrong",
        "login.federated_audience_wrong",
    ),
    Rule("login.federated_issuer_unreachable", "certain", TOKEN, aadsts(90061)),
)

_POLICY_RULES: Final = (
    Rule("login.consent_of_one_person", "certain", TOKEN, _CONSENT, traits=traits("consent_of_one_person")),
    Rule(
        "login.consent_missing",
        "certain",
        TOKEN,
        _CONSENT,
        traits=traits("consent_sought"),
        unless=traits("consent_of_one_person"),
    ),
    *rivals(TOKEN, _CONSENT, "login.consent_missing", "login.consent_of_one_person", unless=traits("consent_sought")),
    Rule("login.consent_missing", "certain", TOKEN, aadsts(650056, 650057)),
    Rule("login.not_assigned", "certain", TOKEN, aadsts(501051)),
    Rule("login.conditional_access", "certain", TOKEN, aadsts(53003, 530035, 53000, 53001)),
    Rule("login.dataverse_disabled", "certain", TOKEN, aadsts(500014)),
)

_WEATHER_RULES: Final = (
    Rule("login.throttled", "certain", TOKEN, statuses=frozenset({429})),
    Rule("login.throttled", "likely", TOKEN, aadsts(50196, 90055)),
    Rule("login.unavailable", "certain", TOKEN, aadsts(90033)),
    Rule("login.throttled_or_transient", "certain", TOKEN, aadsts(90024, 90006, 90012, 50033, 90090)),
    Rule("network.proxy_page", "likely", TOKEN, forms=_DOCUMENT, statuses=frozenset({200, 302, 403, 404, 502, 503})),
    Rule("network.proxy_page", "possible", TOKEN, forms=_PAGE, statuses=frozenset({200, 302, 403, 404})),
    Rule("login.throttled_or_transient", "possible", TOKEN, statuses=frozenset({500, 502, 503, 504})),
    Rule("network.dns", "likely", TOKEN, reaches=frozenset({"dns"})),
)

LOGIN_RULES: Final = (
    *_TENANT_RULES,
    *_CLIENT_RULES,
    *_SECRET_RULES,
    *_ASSERTION_RULES,
    *_POLICY_RULES,
    *_WEATHER_RULES,
)
