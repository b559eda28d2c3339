"""What the Power Platform's tests share: bearers and URLs."""

from dataclasses import dataclass
from typing import Any

import httpx

from mock_services.state.well_known import AZURE_CLI
from mock_services.tenant import FakeTenant

BAP = "https://api.bap.microsoft.com/providers/Microsoft.BusinessAppPlatform"
DISCOVERY = "https://globaldisco.crm.dynamics.com"
VERSION = {"api-version": "2023-06-01"}
SERVICE = "https://service.powerapps.com//.default"


@dataclass
class Bearers:
    """Gets Authorization headers from the fake token service."""

    wire: httpx.AsyncClient
    tenant: FakeTenant

    async def application(self, scope: str = SERVICE) -> dict[str, str]:
        """The operator's application."""
        operator = self.tenant.operator
        return await self._ask(
            grant_type="client_credentials",
            client_id=operator.client_id,
            client_secret=operator.client_secret,
            scope=scope,
        )

    async def person(
        self, scope: str = SERVICE, *, username: str | None = None, password: str | None = None
    ) -> dict[str, str]:
        """The operator's person, or another."""
        operator = self.tenant.operator
        return await self._ask(
            grant_type="password",
            client_id=AZURE_CLI,
            username=username or operator.username,
            password=password or operator.password,
            scope=scope,
        )

    async def _ask(self, **form: str) -> dict[str, str]:
        url = f"https://login.microsoftonline.com/{self.tenant.id}/oauth2/v2.0/token"
        answer = await self.wire.post(url, data=form)
        answer.raise_for_status()
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """A refusal in short: status and code."""
    error: dict[str, Any] = answer.json()["error"]
    return answer.status_code, str(error["code"])
