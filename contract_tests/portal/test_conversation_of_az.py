"""What az 2.91 says from signing a person in to admin consent, request by request, as it was overheard."""

from typing import Any

import httpx
import pytest

from mock_services.state.well_known import AZURE_CLI, DATAVERSE, PORTAL, USER_IMPERSONATION
from mock_services.tenant import FakeTenant

LOGIN = "https://login.microsoftonline.com"
ARM = "https://management.azure.com"
GRAPH = "https://graph.microsoft.com/v1.0"
SIGN_IN = "offline_access openid profile"
CLAIMS = '{"access_token": {"xms_cc": {"values": ["CP1"]}}}'


class Az:
    """The few habits of az that matter: one refresh token for every resource, doubled slashes in scopes."""

    def __init__(self, wire: httpx.AsyncClient) -> None:
        self._wire = wire
        self._refresh_token = ""

    async def sign_in(self, username: str, password: str) -> dict[str, str]:
        """By name and password, without knowing the tenant yet; the bearer for Resource Manager."""
        form = {"grant_type": "password", "username": username, "password": password}
        return await self._ask("organizations", "https://management.core.windows.net//.default", form)

    async def bearer(self, tenant: str, scope: str) -> dict[str, str]:
        """A bearer for another resource, by the refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        return await self._ask(tenant, scope, form)

    async def _ask(self, tenant: str, scope: str, form: dict[str, str]) -> dict[str, str]:
        usual = {"client_id": AZURE_CLI, "client_info": "1", "claims": CLAIMS, "scope": f"{scope} {SIGN_IN}"}
        answer = await self._wire.post(f"{LOGIN}/{tenant}/oauth2/v2.0/token", data={**usual, **form})
        assert answer.status_code == 200, answer.text
        self._refresh_token = answer.json()["refresh_token"]
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def found(wire: httpx.AsyncClient, url: str, bearer: dict[str, str]) -> list[dict[str, Any]]:
    answer = await wire.get(url, headers=bearer)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["value"]
    return items


@pytest.fixture
def az(wire: httpx.AsyncClient) -> Az:
    """One az with an empty cache."""
    return Az(wire)


async def test_a_person_signs_in_finds_the_tenant_and_consents_to_a_registration(
    wire: httpx.AsyncClient, tenant: FakeTenant, az: Az
) -> None:
    operator = tenant.operator
    first = await az.sign_in(operator.username, operator.password)
    (there,) = await found(wire, f"{ARM}/tenants?api-version=2022-12-01", first)
    home = there["tenantId"]
    second = await az.bearer(home, "https://management.core.windows.net//.default")
    assert await found(wire, f"{ARM}/subscriptions?api-version=2022-12-01", second) == []

    graph = await az.bearer(home, "https://graph.microsoft.com//.default")
    made = await wire.post(f"{GRAPH}/applications", json={"displayName": "Vendor", "keyCredentials": []}, headers=graph)
    required = [{"resourceAppId": DATAVERSE, "resourceAccess": [{"id": USER_IMPERSONATION, "type": "Scope"}]}]
    changed = await wire.patch(
        f"{GRAPH}/applications/{made.json()['id']}", json={"requiredResourceAccess": required}, headers=graph
    )
    assert (made.status_code, changed.status_code) == (201, 204)

    app_id = made.json()["appId"]
    consented = await wire.post(
        f"https://main.iam.ad.ext.azure.com/api/RegisteredApplications/{app_id}/Consent?onBehalfOfAll=true",
        headers=await az.bearer(home, f"{PORTAL}/.default"),
    )
    assert consented.status_code == 204
    (client,) = await found(wire, f"{GRAPH}/servicePrincipals?$filter=appId eq '{app_id}'", graph)
    (grant,) = await found(wire, f"{GRAPH}/oauth2PermissionGrants?$filter=clientId eq '{client['id']}'", graph)
    assert (grant["consentType"], grant["scope"]) == ("AllPrincipals", "user_impersonation")
