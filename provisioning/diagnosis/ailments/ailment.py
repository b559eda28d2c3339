"""What an ailment is: a cause by name."""

from dataclasses import dataclass
from typing import Literal

Family = Literal[
    "login.tenant_unknown",
    "login.client_unknown",
    "login.secret_wrong",
    "login.secret_id_pasted",
    "login.secret_expired",
    "login.secret_missing",
    "login.scope_or_resource_wrong",
    "login.service_principal_missing",
    "login.app_disabled",
    "login.certificate_problem",
    "login.federated_credential_problem",
    "login.conditional_access",
    "login.consent_missing",
    "login.throttled_or_transient",
    "graph.permission_missing",
    "graph.replication_lag",
    "graph.duplicate",
    "graph.policy_blocks_secret",
    "graph.bad_request",
    "dataverse.user_missing",
    "dataverse.user_disabled",
    "dataverse.no_role",
    "dataverse.privilege_missing",
    "dataverse.depth_too_small",
    "dataverse.wrong_environment_url",
    "dataverse.wrong_audience_or_token",
    "dataverse.table_missing",
    "dataverse.bad_payload_property",
    "dataverse.bad_bind",
    "dataverse.bad_value",
    "dataverse.not_found",
    "dataverse.duplicate",
    "dataverse.throttled",
    "dataverse.license_or_admin_mode",
    "power_platform.permission",
    "network.tls_or_proxy",
    "network.dns",
    "other",
]
"""The kinds of trouble that `--json` speaks of; each ailment belongs to one."""


@dataclass(frozen=True)
class Ailment:
    """A cause by name. Words in braces in its remedy are facts of the case, see GENERAL_FACTS."""

    name: str
    family: Family
    whose_turn: str
    remedy: str
