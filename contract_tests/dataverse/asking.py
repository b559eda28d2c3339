"""How these tests ask: a caller with a token of its own, and the integration's user made to measure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from mock_services.cloud import FakeCloud
from mock_services.state.organisation import Depth
from mock_services.tenant import FakeTenant

CLIENT_ID = "11111111-2222-4333-8444-555555555555"
ROOT = "/api/data/v9.2"


def claims(tenant: FakeTenant, client_id: str, **other: Any) -> dict[str, Any]:
    """The claims of a good app-only token for the tenant's organisation; `other` puts some of them wrong."""
    now = tenant.clock.now()
    good = {
        "aud": f"https://{tenant.organisation.host}",
        "iss": f"https://sts.windows.net/{tenant.id}/",
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + timedelta(hours=1)).timestamp()),
        "appid": client_id,
        "tid": tenant.id,
        "ver": "1.0",
    }
    return good | other


@dataclass
class Caller:
    """One app and its token, asking one organisation."""

    wire: httpx.AsyncClient
    host: str
    token: str

    async def ask(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        """A request below the service root, or of an absolute URL."""
        url = path if path.startswith("https:") else f"https://{self.host}{ROOT}/{path}"
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        content = {} if body is None else {"json": body}
        return await self.wire.request(method, url, headers=sent, **content, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """GET."""
        return await self.ask("GET", path, **options)

    async def make(self, set_name: str, body: Any) -> str:
        """POST that must succeed; the new row's id."""
        response = await self.ask("POST", set_name, body)
        if response.status_code != 204:
            raise AssertionError(f"{set_name} was refused: {response.text}")
        return response.headers["OData-EntityId"].rpartition("(")[2][:-1]


def caller(cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient, client_id: str) -> Caller:
    """A caller with a good token."""
    token = cloud.signing_keys.sign(claims(tenant, client_id))
    return Caller(wire, tenant.organisation.host, token)


def admit(tenant: FakeTenant, privileges: Mapping[str, Depth | str] | None, *, business_unit: str | None = None) -> str:
    """The integration's application user with one role of exactly these privileges (None: no role); its id."""
    organisation = tenant.organisation
    user = organisation.add_application_user(
        app_id=CLIENT_ID,
        object_id="99999999-2222-4333-8444-555555555555",
        name="Integration",
        tenant_domain=tenant.domain,
        business_unit=business_unit,
    )
    if privileges is not None:
        role = organisation.add_role("Made to measure", business_unit=business_unit)
        organisation.set_privileges(role, privileges)
        organisation.assign_role(user, role)
    return user


def error(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return response.status_code, response.json()["error"]["code"]
