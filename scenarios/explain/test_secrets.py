"""Secrets in a paste never come out again: neither in the letter nor in the JSON."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioning.explaining.explanation import explain
from provisioning.explaining.letter import letter

CANARY = "Zk8Q~canary7hW2pLr9sVb3xNcMd5tYfGjKeQaUo"
ERROR = "AADSTS7000215: Invalid client secret provided. https://contoso.crm4.dynamics.com"
CARRIERS = (
    "client_secret={}",
    "grant_type=client_credentials&client_secret={}&scope=x",
    '"client_secret": "{}"',
    "{{'client_secret': '{}'}}",
    '\\"clientSecret\\":\\"{}\\"',
    "AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;Secret={};ClientId=x",
    "password: {}",
    '"access_token":"{}"',
    "refresh_token={}",
    "Authorization: Bearer {}",
    "authorization: Basic {}",
    "Cookie: ESTSAUTH={}; path=/",
    "Set-Cookie: ReqClientId={}; secure",
    "curl -u user:{} https://contoso.crm4.dynamics.com",
    "https://localhost/?code={}&session_state=1",
    "pac auth create --clientSecret {}",
    "az login --service-principal -u x -p {} --tenant y",
    "Connect-CrmOnline -ClientSecret {} -OAuthClientId x",
    "client_assertion={}",
)


def told(text: str) -> str:
    explanation = explain(text)
    return letter(explanation) + json.dumps(explanation.to_json())


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_secret_is_not_repeated(carrier: str) -> None:
    for text in (f"{carrier.format(CANARY)}\n{ERROR}", f"{ERROR} {carrier.format(CANARY)}"):
        assert CANARY not in told(text)
        assert CANARY not in told(json.dumps({"log": text}))
        assert explain(text).causes, "the error beside it is still explained"


@given(
    carrier=st.sampled_from(CARRIERS), secret=st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=16)
)
@settings(max_examples=80, deadline=None)
def test_no_secret_of_letters_and_digits_is_repeated(carrier: str, secret: str) -> None:
    assert secret not in told(f"{carrier.format(secret)}\n{ERROR}")


def test_a_secret_shaped_like_an_id_is_not_told_as_one() -> None:
    secret_id = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
    assert secret_id not in told(f"client_id=x&client_secret={secret_id}&y=z\n{ERROR}")


def test_of_a_token_only_claims_are_told_and_no_persons_name() -> None:
    claims = {"aud": "https://graph.microsoft.com", "tid": "t", "appid": "a", "exp": 1, "upn": "maria@contoso.com"}
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "RS256"}, claims)
    )
    answer = told(
        f"Authorization: Bearer {head}.{body}.c2lnbmF0dXJl\n401 https://contoso.crm4.dynamics.com/api/data/v9.2"
    )
    assert "https://graph.microsoft.com" in answer
    assert body not in answer
    assert "maria" not in answer


def test_customers_names_are_not_repeated() -> None:
    answer = told(f"Maria Sommer (maria.sommer@contoso.com), Contoso GmbH, writes: {ERROR}")
    assert "Maria" not in answer
    assert "Sommer" not in answer
    assert "@contoso" not in answer


@pytest.mark.parametrize("blacked_out", ["<redacted>", "***", "[hidden]", "{secret}", "$SECRET"])
def test_a_secret_that_was_blacked_out_is_not_taken_for_an_empty_one(blacked_out: str) -> None:
    assert explain(f"client_secret={blacked_out}\n{ERROR}").causes[0].name == "login.secret_wrong"


@pytest.mark.parametrize("empty", ["client_secret=&scope=x", '"client_secret": ""', "{'client_secret': ''}"])
def test_an_empty_secret_is_seen(empty: str) -> None:
    assert explain(f"{empty}\n{ERROR}").causes[0].name == "login.secret_missing"
