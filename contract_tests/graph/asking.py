"""What the tests of Graph share: callers with chosen permissions, and ways to ask."""

# ruff: noqa: S101 - part of the tests that use it

from typing import Any

import httpx

from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant

GRAPH = "https://graph.microsoft.com"
EVERYTHING = (
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.Read.All",
    "Domain.Read.All",
    "Organization.Read.All",
    "User.Read.All",
)


def claims_of_app(tenant: FakeTenant, *roles: str, app_id: str = "") -> dict[str, Any]:
    """The claims of an application by itself; the operator's unless another is named."""
    principal = tenant.directory.service_principal(app_id=app_id or tenant.operator.client_id)
    assert principal is not None
    return _claims(tenant, principal.id, principal.app_id) | {"idtyp": "app", "roles": list(roles)}


def claims_of_person(tenant: FakeTenant, *scopes: str, username: str = "") -> dict[str, Any]:
    """The claims of a person through the Azure CLI; the administrator unless another is named."""
    user = tenant.directory.user(user_principal_name=username or tenant.operator.username)
    assert user is not None
    shared = _claims(tenant, user.id, "04b07795-8ddb-461a-bbee-02f9e1bf7b46")
    return shared | {"scp": " ".join(scopes), "upn": user.user_principal_name}


def _claims(tenant: FakeTenant, object_id: str, app_id: str) -> dict[str, Any]:
    now = int(tenant.clock.now().timestamp())
    return {
        "aud": GRAPH,
        "iss": f"https://sts.windows.net/{tenant.id}/",
        "iat": now,
        "nbf": now,
        "exp": now + 3599,
        "appid": app_id,
        "oid": object_id,
        "tid": tenant.id,
        "ver": "1.0",
    }


class Graph:
    """Graph as one caller meets it."""

    def __init__(
        self, wire: httpx.AsyncClient, cloud: FakeCloud, claims: dict[str, Any], version: str = "v1.0"
    ) -> None:
        self.wire = wire
        self.headers = {"Authorization": f"Bearer {cloud.signing_keys.sign(claims)}"}
        self.version = version

    async def ask(
        self, method: str, path: str, body: object = None, params: dict[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        """Any request; header names with `_` for `-`."""
        spelt = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.wire.request(
            method, f"{GRAPH}/{self.version}{path}", json=body, params=params, headers=self.headers | spelt
        )

    async def get(self, path: str, params: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        """A read."""
        return await self.ask("GET", path, None, params, **headers)

    async def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        """A create or an action."""
        return await self.ask("POST", path, body, None, **headers)

    async def patch(self, path: str, body: object, **headers: str) -> httpx.Response:
        """A change."""
        return await self.ask("PATCH", path, body, None, **headers)

    async def delete(self, path: str) -> httpx.Response:
        """A removal."""
        return await self.ask("DELETE", path)

    async def register(self, name: str = "Integration", **members: object) -> dict[str, Any]:
        """A new registration's document."""
        answer = await self.post("/applications", {"displayName": name, **members})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def principal(self, app_id: str) -> dict[str, Any]:
        """A new service principal's document."""
        answer = await self.post("/servicePrincipals", {"appId": app_id})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def known(self, app_id: str) -> str:
        """The object id of a principal that is there."""
        answer = await self.get(f"/servicePrincipals(appId='{app_id}')")
        return str(answer.json()["id"])


def said(answer: httpx.Response) -> tuple[int, str, str]:
    """A refusal in short: status, code, message; its envelope is checked on the way."""
    error = answer.json()["error"]
    inner = error["innerError"]
    assert inner["request-id"] == answer.headers["request-id"]
    assert len(inner["date"]) == len("2025-02-20T10:52:24")
    assert answer.headers["content-type"] == "application/json"
    assert "odata-version" not in answer.headers
    return answer.status_code, error["code"], error["message"]
