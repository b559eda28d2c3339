"""Microsoft's own client library, its requests carried to the fakes in this process by an adapter."""

import warnings
from typing import Any

import httpx
import msal
import pytest

from contract_tests.login.asking import GRAPH, LOGIN, Registered
from mock_services.cloud import FakeCloud
from mock_services.intercept import intercept
from mock_services.state.well_known import AZURE_CLI
from mock_services.tenant import FakeTenant


class Adapter:
    """MSAL's idea of an HTTP client, over httpx."""

    def __init__(self) -> None:
        self._client = httpx.Client()

    def get(self, url: str, params: Any = None, headers: Any = None, **_: object) -> httpx.Response:
        return self._client.get(url, params=params, headers=headers)

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: object) -> httpx.Response:
        return self._client.post(url, params=params, data=data, headers=headers)

    def close(self) -> None:
        self._client.close()


@pytest.mark.parametrize("spelling", ["id", "domain"])
def test_an_application_signs_in_and_reads_its_refusal(cloud: FakeCloud, tenant: FakeTenant, spelling: str) -> None:
    registered = Registered(tenant)
    with intercept(cloud):
        app = msal.ConfidentialClientApplication(
            registered.client_id,
            client_credential=registered.text,
            authority=f"{LOGIN}/{getattr(tenant, spelling)}",
            http_client=Adapter(),
        )
        told = app.acquire_token_for_client([f"https://{tenant.organisation.host}/.default"])
        assert (told["token_type"], told["token_source"]) == ("Bearer", "identity_provider")
        assert told["expires_in"] >= 3599
        refused = app.acquire_token_for_client(["https://nothing.example/.default"])
        assert (refused["error"], refused["error_codes"]) == ("invalid_resource", [500011])
        sent = list(tenant.journal)[-1].request_headers["client-request-id"]
        assert refused["correlation_id"] == sent


def test_a_person_signs_in_with_a_password(cloud: FakeCloud, tenant: FakeTenant) -> None:
    with intercept(cloud):
        app = msal.PublicClientApplication(AZURE_CLI, authority=f"{LOGIN}/{tenant.id}", http_client=Adapter())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # MSAL discourages the password grant
            told = app.acquire_token_by_username_password(
                tenant.operator.username, tenant.operator.password, [f"{GRAPH}/.default"]
            )
        assert told["id_token_claims"]["preferred_username"] == tenant.operator.username
        (account,) = app.get_accounts()
        assert account["home_account_id"].endswith(f".{tenant.id}")


def test_a_wrong_tenant_shows_when_the_application_is_made(cloud: FakeCloud) -> None:
    with intercept(cloud), pytest.raises(ValueError, match="Unable to get authority configuration"):
        msal.ConfidentialClientApplication(
            "x", client_credential="y", authority=f"{LOGIN}/nobody.onmicrosoft.com", http_client=Adapter()
        )
