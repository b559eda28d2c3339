"""The operator's calls, one request each: what a script or a tool sends, without the engine's patience."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.access import Access
from provisioning.diagnosis.symptom import Probe
from provisioning.said import Service
from provisioning.settings import Settings
from provisioning.transport import Answer, Transport
from scenarios.failure_modes.scene import Scene

_ADMIN = "providers/Microsoft.BusinessAppPlatform/scopes/admin"
_ADMIN_VERSION = "api-version=2020-10-01"
_PROBES: Mapping[Service, Probe] = {
    "login": "operator_token",
    "graph": "operator_graph",
    "dataverse": "operator_environment",
    "power_platform": "operator_power_platform",
}


def probe_of(answer: Answer) -> Probe:
    """Which of an operator's calls an answer is to."""
    return _PROBES[answer.service]


@dataclass(frozen=True)
class OperatorWire:
    """An operator signed in, and the scene to act on."""

    scene: Scene
    access: Access
    settings: Settings
    transport: Transport

    async def graph(self, method: str, path: str, body: object = None, *, token: str | None = None) -> Answer:
        """One request to Microsoft Graph; with the operator's token unless another is given."""
        bases = self.settings.bases()
        bearer = token if token is not None else await self._token(bases.graph_resource)
        return await self._send("graph", method, f"{bases.graph}/v1.0/{path}", body, bearer)

    async def environment(self, method: str, path: str, body: object = None, *, token: str | None = None) -> Answer:
        """One request to the environment's Web API."""
        url = self.settings.environment_url
        bearer = token if token is not None else await self._token(url)
        return await self._send("dataverse", method, f"{url}/api/data/v9.2/{path}", body, bearer)

    async def admin(self, method: str, path: str, body: object = None, *, token: str | None = None) -> Answer:
        """One request to the Power Platform's admin API."""
        bases = self.settings.bases()
        bearer = token if token is not None else await self._token(bases.power_platform_resource)
        url = f"{bases.power_platform}/{_ADMIN}/{path}?{_ADMIN_VERSION}"
        return await self._send("power_platform", method, url, body, bearer)

    async def token(self, tenant: str, **form: str) -> Answer:
        """One request to the token endpoint."""
        url = f"{self.settings.bases().login}/{tenant}/oauth2/v2.0/token"
        return await self.transport.send("POST", url, service="login", form=form, attempts=1)

    async def token_for(self, resource: str) -> str:
        """The operator's own token for a resource."""
        return await self._token(resource)

    async def made(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """What Graph answered to a request that goes well."""
        return (await self.graph(method, path, body)).object or {}

    async def _token(self, resource: str) -> str:
        return await self.access.sign_in.token(resource)

    async def _send(self, service: Service, method: str, url: str, body: object, bearer: str) -> Answer:
        headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/json"}
        return await self.transport.send(method, url, service=service, json=body, headers=headers, attempts=1)
