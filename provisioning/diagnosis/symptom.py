"""What a symptom is: one call that did not go as it should, what was pasted, and what a closer look showed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from provisioning.clouds import LOOPBACK, dataverse_host
from provisioning.key_pair import is_key_pair
from provisioning.problems import Reach
from provisioning.said import Said

if TYPE_CHECKING:
    from provisioning.settings import Integration

Probe = Literal[
    # Test & Save, and what the integration may see of itself
    "token",
    "read_incidents",
    "own_rights",
    # a handoff
    "find_contact",
    "create_contact",
    "create_incident",
    "create_note",
    "add_to_queue",
    "create_conversation",
    # the operator's calls
    "operator_token",
    "operator_graph",
    "operator_environment",
    "operator_power_platform",
]

Trait = Literal[
    # seen in the values themselves
    "secret_empty",
    "secret_is_guid",
    "tenant_is_client",
    "url_has_path",
    "url_trailing_slash",
    "url_has_space",
    "url_without_https",
    "url_without_scheme",
    "url_is_http",
    "url_empty",
    "url_has_scope",
    "url_of_another_service",
    "secret_has_space",
    "secret_is_short",
    "host_not_dataverse",
    # seen by a closer look, with the integration's own means
    "secret_flickers",
    "rights_are_newer",
    "environment_answers",
    "environment_of_another_tenant",
    "label_in_other_region",
    "vendor_list_held",
    "rights_seen",
    # seen by an operator
    "directory_seen",
    "tenant_is_application_object",
    "client_sought",
    "client_is_object",
    "client_is_principal",
    "app_in_bin",
    "secret_is_young",
    "secret_not_listed",
    "certificates_sought",
    "no_certificate_held",
    "consent_sought",
    "consent_of_one_person",
    "dataverse_absent",
    "environments_seen",
    "users_seen",
    "another_app_has_a_user",
    "user_in_bin",
    "user_elsewhere",
]


# Entra's own secrets have 40 characters, older ones 32 to 44 (azure-docs and the portal).
_SHORTEST_SECRET: Final = 30
_SCOPES: Final = ("/user_impersonation", "/.default")
_OTHER_SERVICES: Final = frozenset(
    {
        "make.powerapps.com",
        "make.powerautomate.com",
        "admin.powerplatform.microsoft.com",
        "portal.azure.com",
        "entra.microsoft.com",
        "home.dynamics.com",
        "graph.microsoft.com",
    }
)


@dataclass(frozen=True)
class Symptom:
    """One failed call. `said` is None where nothing answered, then `reach` says how far it came.

    `request` is its method and path where that is known. `facts` are words for the remedy, such as the right URL or the
    missing privileges.
    """

    probe: Probe
    said: Said | None = None
    reach: Reach | None = None
    traits: frozenset[Trait] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)
    request: str = ""

    def seen(self, *traits: Trait, **facts: str) -> "Symptom":
        """The same symptom with what a closer look added."""
        return replace(self, traits=self.traits | set(traits), facts={**self.facts, **facts})


def traits_of(integration: "Integration") -> frozenset[Trait]:
    """What can be told from the four values without asking anybody."""
    from provisioning.settings import is_guid

    secret = integration.client_secret.get_secret_value()
    found: dict[Trait, bool] = {
        "secret_empty": not secret.strip(),
        "secret_is_guid": is_guid(secret),
        "secret_has_space": secret.strip() != secret and not is_key_pair(secret),
        "secret_is_short": 0 < len(secret.strip()) < _SHORTEST_SECRET,
        "tenant_is_client": integration.tenant_id.strip().lower() == integration.client_id.strip().lower(),
    }
    found.update(_traits_of_url(integration.environment_url))
    return frozenset(trait for trait, present in found.items() if present)


def host_of(url: str) -> str:
    """The host in a pasted URL, in lower case; "" where there is none."""
    given = url.strip()
    try:
        return (urlsplit(given if "://" in given else f"https://{given}").hostname or "").lower()
    except ValueError:
        return ""


def _traits_of_url(url: str) -> dict[Trait, bool]:
    given = url.strip()
    if not given:
        return {"url_empty": True}
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
    except ValueError:
        return {"host_not_dataverse": True, "url_without_https": True}
    host = (parts.hostname or "").lower()
    after = parts.path.strip("/") or parts.query or parts.fragment
    return {
        "url_has_path": bool(after),
        "url_trailing_slash": not after and parts.path.startswith("/"),
        "url_has_space": any(character.isspace() for character in url),
        "url_without_https": not given.lower().startswith("https://"),
        "url_without_scheme": "://" not in given,
        "url_is_http": given.lower().startswith("http://"),
        "url_has_scope": parts.path.rstrip("/").lower().endswith(_SCOPES),
        "url_of_another_service": host in _OTHER_SERVICES,
        "host_not_dataverse": dataverse_host(host) is None and host not in LOOPBACK,
    }
