"""For scenarios of the set-up: an onlooker who asks the services directly, answers that get lost, and operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioning.access import operator_access
from provisioning.engine import Engine
from provisioning.guard import TenantGuard
from provisioning.receipt import Receipt
from scenarios.setup.scripted_person import ScriptedPerson

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_services.cloud import FakeCloud
    from provisioning.person_sign_in import Remembered
    from provisioning.settings import Operator, Settings
    from provisioning.transport import Transport
    from scenarios.tenant_clock import TenantClock


class Onlooker:
    """The customer's admin with a plain HTTP client: sees and changes what is there, without the engine."""

    def __init__(self, wire: httpx.AsyncClient, settings: Settings) -> None:
        self._wire = wire
        self._settings = settings
        self._graph = "https://graph.microsoft.com"
        self._dataverse = settings.environment_url

    async def graph(self, path: str) -> Any:
        return await self._read(self._graph, f"/v1.0/{path}")

    async def dataverse(self, path: str) -> Any:
        return await self._read(self._dataverse, f"/api/data/v9.2/{path}")

    async def tell_graph(self, method: str, path: str, body: object = None) -> httpx.Response:
        return await self._tell(self._graph, method, f"/v1.0/{path}", body)

    async def tell_dataverse(self, method: str, path: str, body: object = None) -> httpx.Response:
        return await self._tell(self._dataverse, method, f"/api/data/v9.2/{path}", body)

    async def applications(self, name: str = "OpenCX Dynamics Integration") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.graph(f"applications?$filter=displayName eq '{name}'")
        return found

    async def users_of(self, app_id: str) -> list[dict[str, Any]]:
        expand = "$expand=systemuserroles_association($select=roleid,name)"
        found: list[dict[str, Any]] = await self.dataverse(f"systemusers?$filter=applicationid eq {app_id}&{expand}")
        return found

    async def grants_of(self, app_id: str) -> list[dict[str, Any]]:
        [principal] = await self.graph(f"servicePrincipals?$filter=appId eq '{app_id}'")
        found: list[dict[str, Any]] = await self.graph(
            f"oauth2PermissionGrants?$filter=clientId eq '{principal['id']}'"
        )
        return found

    async def _read(self, resource: str, path: str) -> Any:
        body = (await self._tell(resource, "GET", path, None)).json()
        return body.get("value", body)

    async def _tell(self, resource: str, method: str, path: str, body: object) -> httpx.Response:
        operator = self._settings.operator
        assert operator is not None
        form = {
            "grant_type": "client_credentials",
            "client_id": operator.client_id,
            "client_secret": operator.client_secret.get_secret_value(),
            "scope": f"{resource}/.default",
        }
        login = f"https://login.microsoftonline.com/{self._settings.tenant_id}/oauth2/v2.0/token"
        token = (await self._wire.post(login, data=form)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = await self._wire.request(method, f"{resource}{path}", json=body, headers=headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer


@pytest.fixture
def onlooker(wire: httpx.AsyncClient, operator_settings: Settings) -> Onlooker:
    return Onlooker(wire, operator_settings)


class Losses:
    """Answers that are lost on the way back, after the request took effect."""

    def __init__(self, wire: httpx.AsyncClient) -> None:
        self._awaited: list[tuple[str, str]] = []
        self._hidden_path = ""
        self._struck = False
        self.hidden_looks = 0
        self.sent: list[tuple[str, str]] = []
        wire.event_hooks = {"response": [self._lose, self._hide]}

    def next(self, method: str, path_end: str) -> None:
        """Lose the answer to the next request of this kind."""
        self._awaited.append((method, path_end))

    def hide_after_loss(self, path_end: str, *, looks: int) -> None:
        """After a loss answer so many reads of this collection as a stale replica would: empty."""
        self._hidden_path, self.hidden_looks = path_end, looks

    @property
    def outstanding(self) -> list[tuple[str, str]]:
        """Losses that never struck."""
        return self._awaited

    async def _lose(self, response: httpx.Response) -> None:
        method, path = response.request.method, response.request.url.path
        self.sent.append((method, path))
        for awaited in self._awaited:
            if method == awaited[0] and path.endswith(awaited[1]):
                self._awaited.remove(awaited)
                self._struck = True
                raise httpx.ReadError("connection reset by peer")

    async def _hide(self, response: httpx.Response) -> None:
        is_look = response.request.method == "GET" and response.request.url.path.endswith(self._hidden_path)
        if self._struck and self.hidden_looks and is_look:
            await response.aread()
            self.hidden_looks -= 1
            # httpx offers no public way to change a body in a hook; a fresh response lends its own.
            empty = httpx.Response(200, json={"value": []})
            response._content = empty.content
            response.headers["content-type"] = "application/json"


@pytest.fixture
def losses(wire: httpx.AsyncClient) -> Losses:
    return Losses(wire)


@pytest.fixture
def person(cloud: FakeCloud, tenant: Any) -> ScriptedPerson:
    """The tenant's administrator."""
    return ScriptedPerson(cloud, tenant.operator.username, tenant.operator.password)


@pytest.fixture
def engine_as(operator_settings: Settings, transport: Transport, clock: TenantClock) -> Callable[..., Engine]:
    """An engine whose operator signs in as said."""

    def build(operator: Operator, person: ScriptedPerson | None = None, remembered: Remembered | None = None) -> Engine:
        settings = operator_settings.model_copy(update={"operator": operator})
        receipt = Receipt()
        transport.guard = TenantGuard(settings, receipt)  # what is right live is right here
        access = operator_access(settings, transport, clock, person=person, remembered=remembered)
        return Engine(settings, transport, clock, receipt, access=access)

    return build
