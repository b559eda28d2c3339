"""Microsoft's own sign-in libraries, unmodified, with the provisioned four values."""

import jwt
import msal
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential

from provisioning.settings import Integration

LOGIN = "https://login.microsoftonline.com"


def test_msal_signs_in_and_serves_the_second_token_from_its_cache(four_values: Integration) -> None:
    app = msal.ConfidentialClientApplication(
        four_values.client_id,
        client_credential=four_values.client_secret.get_secret_value(),
        authority=f"{LOGIN}/{four_values.tenant_id}",
    )
    scopes = [f"{four_values.environment_url}/.default"]
    first, second = app.acquire_token_for_client(scopes), app.acquire_token_for_client(scopes)
    assert "error" not in first
    assert first["token_source"] == "identity_provider"
    assert second["token_source"] == "cache"


def test_msal_hands_a_wrong_secrets_refusal_to_its_caller(four_values: Integration) -> None:
    app = msal.ConfidentialClientApplication(
        four_values.client_id, client_credential="fake-wrong", authority=f"{LOGIN}/{four_values.tenant_id}"
    )
    answer = app.acquire_token_for_client([f"{four_values.environment_url}/.default"])
    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [7000215])
    assert answer["error_description"].startswith("AADSTS7000215: Invalid client secret provided.")


def test_azure_identity_signs_in(four_values: Integration) -> None:
    with ClientSecretCredential(
        four_values.tenant_id, four_values.client_id, four_values.client_secret.get_secret_value()
    ) as credential:
        token = credential.get_token(f"{four_values.environment_url}/.default")
    claims = jwt.decode(token.token, options={"verify_signature": False})
    assert claims["aud"] == four_values.environment_url
    assert claims["appid"] == four_values.client_id


def test_azure_identity_names_the_code_of_a_refusal(four_values: Integration) -> None:
    with (
        ClientSecretCredential(four_values.tenant_id, four_values.client_id, "fake-wrong") as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS7000215"),
    ):
        credential.get_token(f"{four_values.environment_url}/.default")


def test_a_token_verifies_against_the_published_keys_with_pyjwt(four_values: Integration) -> None:
    with ClientSecretCredential(
        four_values.tenant_id, four_values.client_id, four_values.client_secret.get_secret_value()
    ) as credential:
        token = credential.get_token(f"{four_values.environment_url}/.default").token
    metadata = requests.get(f"{LOGIN}/{four_values.tenant_id}/v2.0/.well-known/openid-configuration", timeout=5).json()
    published = {
        key["kid"]: jwt.PyJWK(key, algorithm="RS256")
        for key in requests.get(metadata["jwks_uri"], timeout=5).json()["keys"]
    }
    claims = jwt.decode(
        token,
        published[jwt.get_unverified_header(token)["kid"]],
        algorithms=["RS256"],
        audience=four_values.environment_url,
    )
    assert claims["tid"] == four_values.tenant_id
