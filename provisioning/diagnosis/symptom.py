"""What a symptom is: one call that did not go as it should, what was pasted, and what a closer look showed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from provisioning.clouds import LOOPBACK, dataverse_host
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
    "host_not_dataverse",
    # seen by a closer look, with the integration's own means
    "environment_answers",
    "environment_of_another_tenant",
    "label_in_other_region",
    "vendor_list_held",
    "rights_seen",
    # seen by an operator
    "directory_seen",
    "tenant_is_application_object",
    "environments_seen",
    "users_seen",
    "another_app_has_a_user",
]


@dataclass(frozen=True)
class Symptom:
    """One failed call. `said` is None where nothing answered, then `reach` says how far it came.

    `facts` are words for the remedy, such as the right URL or the missing privileges.
    """

    probe: Probe
    said: Said | None = None
    reach: Reach | None = None
    traits: frozenset[Trait] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)

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
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
    except ValueError:
        return {"host_not_dataverse": True}
    host = (parts.hostname or "").lower()
    after = parts.path.strip("/") or parts.query or parts.fragment
    return {
        "url_has_path": bool(after),
        "url_trailing_slash": not after and parts.path.startswith("/"),
        "url_has_space": any(character.isspace() for character in url),
        "url_without_https": not given.lower().startswith("https://"),
        "host_not_dataverse": dataverse_host(host) is None and host not in LOOPBACK,
    }
