"""Why a cause is named, in words, and which further look would decide between causes that look alike."""

from collections.abc import Iterable, Mapping
from typing import Final

from provisioning.diagnosis.symptom import Symptom, Trait

_TRAIT_WORDS: Final[Mapping[Trait, str]] = {
    "secret_empty": "no secret was given",
    "secret_is_guid": "the value has the form of a Secret ID",
    "secret_has_space": "the value has white space around it",
    "secret_is_short": "the value is shorter than Entra's secrets",
    "secret_flickers": "one of several sign-ins in a row succeeded",
    "tenant_is_client": "tenant ID and client ID are the same",
    "url_empty": "no environment URL was given",
    "url_has_path": "the URL goes on after the host name",
    "url_has_scope": "the URL ends in a scope",
    "url_trailing_slash": "the URL ends in a slash",
    "url_has_space": "the URL has white space in it",
    "url_without_https": "the URL does not begin with https://",
    "url_without_scheme": "the URL has no https:// before it",
    "url_is_http": "the URL begins with http://",
    "url_of_another_service": "the host is another service of Microsoft's",
    "host_not_dataverse": "the host is none of Dynamics'",
    "rights_are_newer": "asked for its newest state (Consistency: Strong), Dataverse lets the integration read",
    "environment_answers": "the environment itself answers, and names this tenant as its own",
    "environment_of_another_tenant": "the environment names another tenant as its own",
    "label_in_other_region": "an environment of this name answers in another region",
    "vendor_list_held": "the integration holds just the vendor's list",
    "rights_seen": "the integration's own privileges were read",
    "directory_seen": "the directory has no such object",
    "tenant_is_application_object": "the directory has an app with this Object ID",
    "client_sought": "the directory was searched for it",
    "client_is_object": "the directory has an app with this Object ID",
    "client_is_principal": "the directory has an enterprise application with this Object ID",
    "app_in_bin": "the app is among the deleted ones",
    "secret_is_young": "the app lists a secret that begins like it and was made minutes ago",
    "secret_not_listed": "the app lists no secret that begins like it",
    "certificates_sought": "the app's certificates were listed",
    "no_certificate_held": "the app has no certificate",
    "consent_sought": "the app's grants were listed",
    "consent_of_one_person": "the scope is granted to one person",
    "dataverse_absent": "the directory has no service principal of Dataverse",
    "environments_seen": "the tenant's environments were listed",
    "users_seen": "the environment's application users were listed",
    "another_app_has_a_user": "another app of this tenant has a user there",
    "user_in_bin": "the app's user is there, deleted",
    "user_elsewhere": "the integration gets into another environment of this tenant",
}

_DECIDING: Final = (
    (
        {"login.tenant_unknown", "login.tenant_is_app_object_id"},
        "an operator's look for the value among the app's object ids (--with-operator)",
    ),
    (
        {
            "login.client_unknown",
            "login.client_is_object_id",
            "login.client_is_principal_id",
            "login.app_deleted",
            "login.tenant_of_another_customer",
        },
        "an operator's look into the directory and its bin (--with-operator)",
    ),
    (
        {
            "login.secret_wrong",
            "login.secret_removed",
            "login.secret_of_another_app",
            "login.secret_not_seen_yet",
            "login.secret_cut_short",
        },
        "signing in again in a minute, and an operator's look at how the app's secrets begin (--with-operator)",
    ),
    ({"login.certificate_unknown", "login.certificate_removed"}, "an operator's look at the app's certificates"),
    ({"login.consent_missing", "login.consent_of_one_person"}, "an operator's look at the app's grants"),
    (
        {"login.dataverse_absent", "login.scope_or_resource_wrong", "dataverse.host_mistyped"},
        "an operator's look for Dataverse's service principal (--with-operator)",
    ),
    (
        {
            "dataverse.user_missing",
            "dataverse.user_of_another_app",
            "dataverse.user_in_another_environment",
            "dataverse.user_deleted",
        },
        "an operator's look at the environment's application users (--with-operator)",
    ),
    ({"dataverse.user_without_role", "dataverse.team_role_lost"}, "asking whether the role came from a team"),
    ({"dataverse.role_lacks_privilege", "dataverse.vendor_role_list"}, "reading what the integration holds"),
    (
        {"dataverse.host_mistyped", "dataverse.wrong_region", "dataverse.environment_deleted", "network.dns"},
        "an operator's list of the tenant's environments (--with-operator)",
    ),
    (
        {"dataverse.property_unknown", "dataverse.property_miscased"},
        "looking the column up in the environment's $metadata",
    ),
    ({"dataverse.label_for_option", "dataverse.number_as_text"}, "the column's type in the environment's $metadata"),
    ({"graph.application_seen_late", "graph.application_absent"}, "asking again in a minute: lag passes"),
    ({"graph.object_seen_late", "graph.object_absent"}, "asking again in a minute: lag passes"),
    (
        {"graph.backing_application_seen_late", "graph.cannot_create_principals"},
        "asking again in a minute, and then the permissions in the operator's token (d365 plan)",
    ),
    (
        {
            "graph.cannot_register_apps",
            "graph.cannot_add_secrets",
            "graph.cannot_create_principals",
            "graph.cannot_grant_consent",
        },
        "the permissions in the operator's token (d365 plan)",
    ),
    (
        {"network.proxy_page", "login.throttled_or_transient"},
        "the same request from another network",
    ),
    (
        {"network.connection_refused", "network.timeout", "network.connection_lost", "network.tls_or_proxy"},
        "the same request from another network",
    ),
    (
        {"dataverse.token_for_another_resource", "dataverse.token_refused", "dataverse.token_missing"},
        "the token's own aud and tid, and whether the Authorization header arrives",
    ),
)


def why(symptom: Symptom, traits: Iterable[Trait]) -> str:
    """What speaks for a cause: the answer, and what was seen besides."""
    said = symptom.said
    heard = f"{said.service} answered {said.status} {said.code}".rstrip() if said is not None else ""
    if symptom.reach is not None:
        heard = "nothing answered"
    seen = [_TRAIT_WORDS[trait] for trait in sorted(traits)]
    return "; ".join([*filter(None, [heard]), *seen])


def decided_by(names: Iterable[str]) -> str:
    """The further look that would decide between these causes; "" where none is known."""
    ranked = list(names)
    best: tuple[int, str] = (1, "")
    for rivals, probe in _DECIDING:
        if ranked and ranked[0] in rivals and len(rivals & set(ranked)) > best[0]:
            best = (len(rivals & set(ranked)), probe)
    return best[1]
