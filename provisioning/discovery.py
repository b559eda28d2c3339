"""Dataverse's global discovery: the environments in which a person is a user, in every region.

For people alone: docs and samples speak of users, and an app's token is refused with 401
(MicrosoftDocs/dynamics-365-customer-engagement#518).
"""

from typing import Final

from provisioning.authorised import Caller
from provisioning.power_platform import Environment
from provisioning.problems import DYNAMICS_ADMIN, NotPermitted, Problem, Refused
from provisioning.said import Said

# MicrosoftDocs/powerapps-docs webapi/discover-url-organization-web-api.md.
_INSTANCES: Final = "api/discovery/v2.0/Instances?$select=Url,FriendlyName,EnvironmentId"


def explain(tried: str, said: Said) -> Problem:
    """The letter for a refusal by discovery."""
    if said.status in (401, 403):
        return NotPermitted(tried, str(said), said=said, whose_turn=DYNAMICS_ADMIN, remedy="sign in as a person")
    return Refused(tried, said)


class DiscoveryClient:
    """Global discovery as one person."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def environments(self) -> list[Environment]:
        """Every environment in which the person is an enabled user."""
        rows = await self._caller.pages("ask for the environments you are a user of", _INSTANCES)
        found = [
            Environment(
                str(row.get("EnvironmentId") or ""),
                str(row.get("FriendlyName") or ""),
                str(row.get("Url") or "").rstrip("/"),
            )
            for row in rows
        ]
        return [environment for environment in found if environment.url]
