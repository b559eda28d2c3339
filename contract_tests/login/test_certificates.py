"""Applications that sign in with a certificate: what is taken, and what each flaw is told."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from contract_tests.login.asking import GRAPH, LOGIN, Registered, ask, claims_of, said
from contract_tests.login.certificates import OTHER_KEY, Certificate, form
from contract_tests.self_signed import base64url
from mock_services.tenant import FakeTenant

SCOPE = f"{GRAPH}/.default"


@pytest.fixture
def certificate(tenant: FakeTenant, registered: Registered) -> Certificate:
    """A certificate that the application has registered, in force by the tenant's clock."""
    made = Certificate(tenant.clock.now() - timedelta(days=1))
    made.register(tenant, registered.application.id)
    return made


async def test_a_certificate_signs_in_and_the_token_says_so(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, certificate: Certificate
) -> None:
    answer = await ask(
        wire, tenant.id, form(registered.client_id, certificate.assertion(tenant, registered.client_id), SCOPE)
    )
    claims = await claims_of(wire, tenant, answer)
    assert (claims["appid"], claims["appidacr"], claims["idtyp"]) == (registered.client_id, "2", "app")


async def test_every_habit_of_real_libraries_is_taken(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, certificate: Certificate
) -> None:
    """MSAL Python pads `x5t`, signs RS256 and sends fractions; azure-identity sends the first endpoint's audience."""
    client_id, thumbprint = registered.client_id, base64url(certificate.sha1, padded=True)
    now = tenant.clock.now().timestamp()
    for assertion in (
        certificate.assertion(tenant, client_id, headers={"x5t": thumbprint}, algorithm="RS256", exp=now + 600.25),
        certificate.assertion(tenant, client_id, headers={"x5t": base64url(certificate.sha1)}),
        certificate.assertion(tenant, client_id, aud=f"{LOGIN}/{tenant.id}/oauth2/token"),
        certificate.assertion(tenant, client_id, aud=f"{LOGIN}/{tenant.id}/v2.0"),
        certificate.assertion(tenant, client_id, aud=f"https://login.windows.net/{tenant.domain}/oauth2/v2.0/token"),
        certificate.assertion(tenant, client_id, aud=[f"{LOGIN}/{tenant.id}/oauth2/v2.0/token"]),
        certificate.assertion(tenant, client_id, exp=now + 10 * 365 * 86_400),
        certificate.assertion(tenant, client_id.upper()),
    ):
        answer = await ask(wire, tenant.id, form(client_id, assertion, SCOPE))
        assert answer.status_code == 200, answer.text


async def test_an_assertion_may_be_shown_again_as_msal_does(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, certificate: Certificate
) -> None:
    assertion = certificate.assertion(tenant, registered.client_id)
    for _ in range(2):
        assert (await ask(wire, tenant.id, form(registered.client_id, assertion, SCOPE))).status_code == 200


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"aud": "https://example.com/"}, 700023, "audience claim does not match Realm issuer"),
        ({"aud": "https://login.microsoftonline.us/{tenant}/oauth2/v2.0/token"}, 700023, "audience"),
        ({"iss": "11111111-2222-4333-8444-555555555555"}, 700021, "doesn't match 'client_id'"),
        ({"sub": "somebody"}, 700021, "doesn't match 'client_id'"),
        ({"exp": 1}, 700024, "not within its valid time range"),
        ({"exp": None}, 50027, "malformed"),
        ({"exp": "soon"}, 50027, "malformed"),
        ({"exp": 1}, 700024, "assertion valid from 1970-01-01T00:00:00.0000000Z, expiry"),
        ({"nbf": 99_999_999_999}, 700024, "assertion valid from 5138-11-16T09:46:39"),
        ({"headers": {}}, 5002723, "No certificate SHA-1 thumbprint"),
        ({"headers": {"x5t": "AAAA"}}, 700027, "not found., Thumbprint of key used by client: '000000', Please visit"),
        ({"headers": {"kid": "of-another-service"}}, 700027, "[Reason - The key was not found., Please visit"),
        ({"headers": {"x5t#S256": "é"}}, 700027, "[Reason - The key was not found."),
        ({"key": OTHER_KEY}, 700027, "did not match the expected signature value"),
    ],
)
async def test_each_flaw_is_told_by_its_own_code(
    wire: httpx.AsyncClient,
    tenant: FakeTenant,
    registered: Registered,
    certificate: Certificate,
    changes: dict[str, Any],
    code: int,
    words: str,
) -> None:
    if isinstance(changes.get("aud"), str):
        changes = {**changes, "aud": changes["aud"].format(tenant=tenant.id)}
    assertion = certificate.assertion(tenant, registered.client_id, **changes)
    answer = await ask(wire, tenant.id, form(registered.client_id, assertion, SCOPE))
    assert said(answer) == (401, "invalid_client", code)
    assert words in answer.json()["error_description"]


@pytest.mark.parametrize("field", ["iss", "aud"])
async def test_an_assertion_says_who_it_is_of_and_whom_it_is_for(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, certificate: Certificate, field: str
) -> None:
    missing: dict[str, Any] = {field: None}
    assertion = certificate.assertion(tenant, registered.client_id, **missing)
    answer = await ask(wire, tenant.id, form(registered.client_id, assertion, SCOPE))
    assert said(answer) == (400, "invalid_request", 90014)
    assert f"The required field '{field}' is missing from the credential." in answer.json()["error_description"]


async def test_a_key_may_be_named_by_its_thumbprint_as_kid(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, certificate: Certificate
) -> None:
    for key_id in (base64url(certificate.sha1), certificate.sha1.hex().upper()):
        assertion = certificate.assertion(tenant, registered.client_id, headers={"kid": key_id}, algorithm="RS512")
        answer = await ask(wire, tenant.id, form(registered.client_id, assertion, SCOPE))
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("text", ["eyJ.x.y", "x", "a.b.c", "....", "eyJhbGciOiJub25lIn0.e30."])
async def test_what_is_no_assertion_is_malformed(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, certificate: Certificate, text: str
) -> None:
    del certificate
    assert said(await ask(wire, tenant.id, form(registered.client_id, text, SCOPE)))[2] in {50027, 90014}


async def test_a_certificate_of_hmac_or_none_vouches_for_nothing(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, certificate: Certificate
) -> None:
    import jwt

    now = tenant.clock.now().timestamp()
    claims = {"iss": registered.client_id, "sub": registered.client_id, "exp": now + 60, "aud": LOGIN}
    headers = {"x5t#S256": base64url(certificate.sha256)}
    for assertion in (
        jwt.encode(claims, "k" * 64, algorithm="HS256", headers=headers),
        jwt.encode(claims, "", algorithm="none", headers=headers),
    ):
        answer = await ask(wire, tenant.id, form(registered.client_id, assertion, SCOPE))
        assert said(answer) == (401, "invalid_client", 5002738)
        algorithm = jwt.get_unverified_header(assertion)["alg"]
        assert f"'{algorithm}' is not a supported signature algorithm." in answer.json()["error_description"]


async def test_a_certificate_expires_by_the_tenants_clock(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, certificate: Certificate
) -> None:
    tenant.clock.advance(days=400)
    assertion = certificate.assertion(tenant, registered.client_id)
    answer = await ask(wire, tenant.id, form(registered.client_id, assertion, SCOPE))
    assert said(answer) == (401, "invalid_client", 700027)
    assert "[Reason - The key used is expired., Found key 'Start=" in answer.json()["error_description"]


async def test_clocks_may_differ_by_five_minutes(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, certificate: Certificate
) -> None:
    assertion = certificate.assertion(tenant, registered.client_id)
    tenant.clock.advance(minutes=14)
    assert (await ask(wire, tenant.id, form(registered.client_id, assertion, SCOPE))).status_code == 200
    tenant.clock.advance(minutes=2)
    assert said(await ask(wire, tenant.id, form(registered.client_id, assertion, SCOPE)))[2] == 700024


async def test_the_type_of_an_assertion_must_be_named(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, certificate: Certificate
) -> None:
    asked = form(registered.client_id, certificate.assertion(tenant, registered.client_id), SCOPE)
    missing = await ask(wire, tenant.id, {name: asked[name] for name in asked if name != "client_assertion_type"})
    assert said(missing) == (400, "invalid_request", 900144)
    assert "'client_assertion_type'" in missing.json()["error_description"]
    other = await ask(wire, tenant.id, {**asked, "client_assertion_type": "saml"})
    assert said(other) == (400, "invalid_request", 9002313)


async def test_no_assertion_reaches_the_journal(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, certificate: Certificate
) -> None:
    assertion = certificate.assertion(tenant, registered.client_id)
    await ask(wire, tenant.id, form(registered.client_id, assertion, SCOPE))
    assert assertion.rpartition(".")[2] not in str([vars(entry) for entry in tenant.journal])
