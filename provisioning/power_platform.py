"""The Power Platform admin API as the set-up needs it: which environments there are."""

from dataclasses import dataclass

from provisioning.authorised import Caller
from provisioning.problems import DYNAMICS_ADMIN, NotPermitted, Problem, Refused
from provisioning.said import Said

# microsoft/terraform-provider-power-platform internal/services/environment, api-version as it sends it (2026-11).
_LIST = "providers/Microsoft.BusinessAppPlatform/scopes/admin/environments?api-version=2023-06-01"


@dataclass(frozen=True)
class Environment:
    """An environment with a database; `url` has no trailing slash."""

    id: str
    name: str
    url: str


def explain(tried: str, said: Said) -> Problem:
    """The letter for a refusal by the admin API."""
    if said.status in (401, 403):
        remedy = "register the operator's app as a management application, or look the URL up in the admin center"
        return NotPermitted(tried, str(said), said=said, whose_turn=DYNAMICS_ADMIN, remedy=remedy)
    return Refused(tried, said)


class PowerPlatformClient:
    """The admin API as one identity; an app must be registered there by an admin before it may ask."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def environments(self) -> list[Environment]:
        """Every environment of the tenant that has a Dataverse database."""
        found = []
        for row in await self._caller.pages("list the environments", _LIST):
            properties = row.get("properties") or {}
            linked = properties.get("linkedEnvironmentMetadata") or {}
            url = str(linked.get("instanceUrl") or "").rstrip("/")
            if url:
                found.append(Environment(row.get("name", ""), properties.get("displayName", ""), url))
        return found
