"""The Power Platform admin API as the set-up needs it: which environments there are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from provisioning.authorised import Caller
from provisioning.problems import DYNAMICS_ADMIN, NotPermitted, Problem, Refused
from provisioning.said import Said

# microsoft/terraform-provider-power-platform internal/services/environment, api-version as it sends it (2026-11).
_VERSION: Final = "api-version=2023-06-01"
_PLATFORM: Final = "providers/Microsoft.BusinessAppPlatform"
_AS_ADMIN: Final = f"{_PLATFORM}/scopes/admin/environments"
_AS_USER: Final = f"{_PLATFORM}/environments"
# A GUID, in the default environment behind a word.
_ID: Final = re.compile(r"[0-9a-zA-Z-]{36,48}")


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
        rows = await self._caller.pages("list the environments", f"{_AS_ADMIN}?{_VERSION}")
        return [environment for environment in map(_environment, rows) if environment.url]

    async def environment(self, id_: str) -> Environment | None:
        """One environment by its id, as an admin, else as one of its users; None where neither sees it.

        Its `url` is empty where it has no Dataverse database. Raises NotPermitted for an app that is not registered.
        """
        if not _ID.fullmatch(id_):
            raise ValueError(id_)  # an empty id would make it the list
        row = await self._caller.read("look up the environment", f"{_AS_ADMIN}/{id_}?{_VERSION}")
        row = row or await self._caller.read("look up the environment", f"{_AS_USER}/{id_}?{_VERSION}")
        return _environment(row) if row else None


def _environment(row: Mapping[str, Any]) -> Environment:
    properties = row.get("properties") or {}
    linked = properties.get("linkedEnvironmentMetadata") or {}
    url = str(linked.get("instanceUrl") or "").rstrip("/")
    return Environment(str(row.get("name") or ""), str(properties.get("displayName") or ""), url)
