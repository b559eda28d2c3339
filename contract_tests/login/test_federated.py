"""Applications that show another issuer's token: workload identity federation."""

import httpx
import jwt
import pytest

from contract_tests.login.asking import GRAPH, Registered, ask, claims_of, said
from contract_tests.login.certificates import OTHER_KEY, form
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant

SCOPE = f"{GRAPH}/.default"
ISSUER = "https://token.actions.githubusercontent.com"
SUBJECT = "repo:contoso/integration:ref:refs/heads/main"
EXCHANGE = "api://AzureADTokenExchange"


@pytest.fixture
def trusting(tenant: FakeTenant, registered: Registered) -> Registered:
    """An application that trusts one subject of one issuer."""
    tenant.directory.add_federated_credential(
        registered.application.id, name="ci", issuer=ISSUER, subject=SUBJECT, audiences=[EXCHANGE], description=None
    )
    return registered


async def test_another_issuers_token_signs_in(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, trusting: Registered
) -> None:
    token = cloud.issuers.open(ISSUER).token(SUBJECT)
    answer = await ask(wire, tenant.id, form(trusting.client_id, token, SCOPE))
    claims = await claims_of(wire, tenant, answer)
    assert (claims["appid"], claims["appidacr"]) == (trusting.client_id, "2")


@pytest.mark.parametrize(
    ("subject", "audience", "issuer", "code"),
    [
        (SUBJECT.upper(), EXCHANGE, ISSUER, 7002138),
        ("repo:contoso/other:ref:refs/heads/main", EXCHANGE, ISSUER, 700213),
        (SUBJECT, "api://other", ISSUER, 700212),
        (SUBJECT, EXCHANGE, ISSUER + "/", 700211),
        (SUBJECT, EXCHANGE, "https://gitlab.example", 700211),
    ],
)
async def test_issuer_subject_and_audience_must_match_to_the_letter(
    wire: httpx.AsyncClient,
    cloud: FakeCloud,
    tenant: FakeTenant,
    trusting: Registered,
    subject: str,
    audience: str,
    issuer: str,
    code: int,
) -> None:
    token = cloud.issuers.open(issuer).token(subject, audience)
    answer = await ask(wire, tenant.id, form(trusting.client_id, token, SCOPE))
    assert said(answer) == (401, "invalid_client", code)
    named = {700211: issuer, 700212: audience, 700213: subject, 7002138: subject}[code]
    assert f"'{named}'" in answer.json()["error_description"]


async def test_an_issuer_out_of_reach_or_with_other_keys_vouches_for_nothing(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, trusting: Registered
) -> None:
    token = cloud.issuers.open(ISSUER).token(SUBJECT)
    cloud.issuers.close(ISSUER)
    unreachable = await ask(wire, tenant.id, form(trusting.client_id, token, SCOPE))
    assert said(unreachable) == (400, "invalid_request", 90061)

    cloud.issuers.open(ISSUER)
    rotated = await ask(wire, tenant.id, form(trusting.client_id, token, SCOPE))
    assert said(rotated) == (401, "invalid_client", 7000272)
    assert f"could not be found in the metadata of identity provider {ISSUER}." in rotated.json()["error_description"]

    genuine = cloud.issuers.open(ISSUER).token(SUBJECT)
    claims = jwt.decode(genuine, options={"verify_signature": False})
    forged = jwt.encode(
        claims, OTHER_KEY, algorithm="RS256", headers={"kid": jwt.get_unverified_header(genuine)["kid"]}
    )
    assert said(await ask(wire, tenant.id, form(trusting.client_id, forged, SCOPE)))[2] == 50013


async def test_another_issuers_token_ages_by_the_tenants_clock(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, trusting: Registered
) -> None:
    issuer = cloud.issuers.open(ISSUER)
    token = issuer.token(SUBJECT)
    tenant.clock.advance(hours=1)
    assert said(await ask(wire, tenant.id, form(trusting.client_id, token, SCOPE)))[2] == 700024
    young = issuer.token(SUBJECT, at=tenant.clock.now())
    assert (await ask(wire, tenant.id, form(trusting.client_id, young, SCOPE))).status_code == 200


async def test_an_application_that_trusts_nobody_says_so(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, registered: Registered
) -> None:
    token = cloud.issuers.open(ISSUER).token(SUBJECT)
    answer = await ask(wire, tenant.id, form(registered.client_id, token, SCOPE))
    assert said(answer) == (401, "invalid_client", 70025)
    assert registered.client_id in answer.json()["error_description"]
