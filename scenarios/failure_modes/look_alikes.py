"""Failure modes that one answer on the wire cannot tell apart, and the further probe that can."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class LookAlikes:
    """A group with one symptom."""

    names: tuple[str, ...]
    told_apart_by: str


LOOK_ALIKES: Final = (
    LookAlikes(
        ("login.tenant_unknown", "login.tenant_is_app_object_id", "login.tenant_is_client_id"),
        "compare the value with the client ID, and look for it among the app's object ids as an operator",
    ),
    LookAlikes(
        (
            "login.client_unknown",
            "login.client_is_object_id",
            "login.client_is_principal_id",
            "login.app_deleted",
            "login.tenant_of_another_customer",
        ),
        "ask the environment which tenant it belongs to; look the id up in the directory and its bin as an operator",
    ),
    LookAlikes(
        (
            "login.secret_wrong",
            "login.secret_removed",
            "login.secret_of_another_app",
            "login.secret_with_space",
            "login.secret_cut_short",
            "login.secret_not_seen_yet",
            "login.secret_id_pasted",
        ),
        "look at the value; sign in several times in a row; compare its first characters with the app's secrets",
    ),
    LookAlikes(
        ("login.certificate_unknown", "login.certificate_removed"),
        "list the app's certificates as an operator",
    ),
    LookAlikes(
        ("login.consent_missing", "login.consent_of_one_person"),
        "list the grants of the app's service principal as an operator",
    ),
    LookAlikes(
        (
            "dataverse.user_missing",
            "dataverse.user_of_another_app",
            "dataverse.user_in_another_environment",
            "dataverse.user_deleted",
        ),
        "list the environment's application users, and try the integration on the tenant's other environments",
    ),
    LookAlikes(
        ("dataverse.user_without_role", "dataverse.team_role_lost", "dataverse.role_seen_late"),
        "read again with Consistency: Strong; ask the administrator whether the role came from a team",
    ),
    LookAlikes(
        ("dataverse.role_lacks_privilege", "dataverse.vendor_role_list"),
        "read what the integration holds with its own token",
    ),
    LookAlikes(
        ("dataverse.host_mistyped", "dataverse.wrong_region", "dataverse.environment_deleted"),
        "ask for the same name in other regions; list the tenant's environments as an operator",
    ),
    LookAlikes(
        ("graph.application_seen_late", "graph.application_absent"),
        "wait and ask again: lag passes within minutes",
    ),
    LookAlikes(
        ("graph.object_seen_late", "graph.object_absent"),
        "wait and ask again: lag passes within minutes",
    ),
    LookAlikes(
        ("graph.cannot_create_principals", "graph.backing_application_seen_late"),
        "wait and ask again; then read the operator's permissions in its token",
    ),
)
"""The groups. A mode stands in at most one."""


def group_of(name: str) -> LookAlikes | None:
    """The group that a failure mode stands in; None where its symptom is its own."""
    return next((group for group in LOOK_ALIKES if name in group.names), None)


def looking_like(name: str) -> tuple[str, ...]:
    """The others of its group."""
    group = group_of(name)
    return tuple(other for other in group.names if other != name) if group is not None else ()
