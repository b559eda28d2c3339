"""Clients that reach the fakes by bases on localhost get links to those bases, and audiences spelt their way."""

from collections.abc import MutableMapping
from typing import Any

import httpx
import jwt

from contract_tests.login.asking import Registered
from mock_services.cloud import App, Arrival, FakeCloud, Receive, Send
from mock_services.tenant import FakeTenant

BASES = {
    "https://login.microsoftonline.com": "https://localhost:8443",
    "https://contoso.crm4.dynamics.com": "https://localhost:8444",
}


def directly(cloud: FakeCloud) -> App:
    """The token service as served on a port of its own."""

    async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        arrival = Arrival("login.microsoftonline.com", "https://localhost:8443", BASES, came_direct=True)
        await cloud.answer(scope, receive, send, arrival)

    return app


async def test_a_direct_client_finds_its_way_and_keeps_its_spelling(cloud: FakeCloud, tenant: FakeTenant) -> None:
    registered = Registered(tenant)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(directly(cloud)), base_url="https://localhost:8443"
    ) as client:
        document = (await client.get(f"/{tenant.id}/v2.0/.well-known/openid-configuration")).json()
        assert document["token_endpoint"] == f"https://localhost:8443/{tenant.id}/oauth2/v2.0/token"
        assert document["issuer"] == f"https://localhost:8443/{tenant.id}/v2.0"

        endpoint = f"https://localhost:8443/{tenant.id}/oauth2/v2.0/authorize"
        found = await client.get("/common/discovery/instance", params={"authorization_endpoint": endpoint})
        assert found.json()["tenant_discovery_endpoint"].startswith("https://localhost:8443/")

        answer = await client.post(
            document["token_endpoint"], data=registered.form(scope="https://localhost:8444/.default")
        )
        claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
        assert claims["aud"] == "https://localhost:8444"

        refused = await client.post(document["token_endpoint"], data=registered.form(client_secret="x"))
        assert refused.json()["error_uri"] == "https://localhost:8443/error?code=7000215"
