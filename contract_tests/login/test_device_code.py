"""Signing in on a device without a browser: the code, the page, and what polling is told until then."""

import httpx
import pytest

from contract_tests.login.asking import GRAPH, LOGIN, Registered, ask, claims_of, said
from contract_tests.login.browser import Browser
from mock_services.cloud import FakeCloud
from mock_services.state.well_known import AZURE_CLI
from mock_services.tenant import FakeTenant

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPE = f"{GRAPH}/.default offline_access openid profile"


async def begin(wire: httpx.AsyncClient, tenant: str, client_id: str = AZURE_CLI, scope: str = SCOPE) -> httpx.Response:
    return await wire.post(f"{LOGIN}/{tenant}/oauth2/v2.0/devicecode", data={"client_id": client_id, "scope": scope})


def polling(device_code: str, client_id: str = AZURE_CLI) -> dict[str, str]:
    return {"grant_type": GRANT, "client_id": client_id, "device_code": device_code}


async def test_the_answer_has_the_recorded_members(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    answer = await begin(wire, tenant.id)
    body = answer.json()
    assert list(body) == ["user_code", "device_code", "verification_uri", "expires_in", "interval", "message"]
    assert (body["expires_in"], body["interval"]) == (900, 5)
    assert len(body["user_code"]) == 9
    assert f"open the page {body['verification_uri']} and enter the code {body['user_code']}" in body["message"]


@pytest.mark.parametrize("spelling", ["tenant", "organizations", "common"])
async def test_a_person_enters_the_code_and_the_device_is_signed_in(
    wire: httpx.AsyncClient, tenant: FakeTenant, browser: Browser, spelling: str
) -> None:
    where = tenant.id if spelling == "tenant" else spelling
    begun = (await begin(wire, where)).json()
    assert said(await ask(wire, where, polling(begun["device_code"]))) == (400, "authorization_pending", 70016)

    await browser.open(begun["verification_uri"])
    await browser.fill(otc=begun["user_code"].lower())
    await browser.sign_in(tenant)
    assert "Microsoft Azure CLI" in browser.page.text
    assert said(await ask(wire, where, polling(begun["device_code"])))[2] == 70016
    await browser.fill(press="continue")
    assert "You have signed in to the Microsoft Azure CLI application" in browser.form.said["outcome"]

    answer = await ask(wire, where, {**polling(begun["device_code"]), "client_info": "1"})
    claims = await claims_of(wire, tenant, answer)
    assert (claims["upn"], claims["appidacr"], claims["amr"]) == (tenant.operator.username, "0", ["pwd"])
    assert {"access_token", "refresh_token", "id_token", "client_info"} <= answer.json().keys()
    assert said(await ask(wire, where, polling(begun["device_code"]))) == (400, "invalid_grant", 54005)


async def test_a_cancelled_sign_in_is_declined(wire: httpx.AsyncClient, tenant: FakeTenant, browser: Browser) -> None:
    begun = (await begin(wire, tenant.id)).json()
    await browser.open(f"{LOGIN}/common/oauth2/deviceauth")
    await browser.fill(otc=begun["user_code"])
    await browser.sign_in(tenant)
    await browser.fill(press="cancel")
    assert said(await ask(wire, tenant.id, polling(begun["device_code"])))[:2] == (400, "authorization_declined")


async def test_a_code_lives_a_quarter_of_an_hour(wire: httpx.AsyncClient, tenant: FakeTenant, browser: Browser) -> None:
    begun = (await begin(wire, tenant.id)).json()
    tenant.clock.advance(minutes=15)
    assert said(await ask(wire, tenant.id, polling(begun["device_code"]))) == (400, "expired_token", 70020)
    await browser.open(begun["verification_uri"])
    await browser.fill(otc=begun["user_code"])
    assert browser.problem.startswith("AADSTS70019")


async def test_what_was_never_issued_is_refused(wire: httpx.AsyncClient, tenant: FakeTenant, browser: Browser) -> None:
    assert said(await ask(wire, tenant.id, polling("nonsense"))) == (400, "bad_verification_code", 70018)
    assert said(await ask(wire, tenant.id, {"grant_type": GRANT, "client_id": AZURE_CLI}))[2] == 900144
    begun = (await begin(wire, tenant.id)).json()
    assert said(await ask(wire, tenant.id, polling(begun["device_code"], "other")))[1:] == ("invalid_grant", 70000)
    await browser.open(begun["verification_uri"])
    await browser.fill(otc="ABCDEFGHJ")
    assert browser.problem.startswith("AADSTS70019")


async def test_a_missing_scope_is_told_before_the_client_is_looked_up(
    wire: httpx.AsyncClient, tenant: FakeTenant
) -> None:
    answer = await wire.post(f"{LOGIN}/{tenant.id}/oauth2/v2.0/devicecode", data={"client_id": "nobody"})
    assert said(answer) == (400, "invalid_request", 900144)
    assert said(await begin(wire, tenant.id, "11111111-2222-4333-8444-555555555555"))[2] == 700016


async def test_a_single_tenants_application_is_not_for_organizations(
    wire: httpx.AsyncClient, registered: Registered
) -> None:
    assert said(await begin(wire, "organizations", registered.client_id)) == (400, "invalid_request", 50194)
    assert said(await begin(wire, "common", "11111111-2222-4333-8444-555555555555"))[2] == 700016
    assert said(await begin(wire, "consumers"))[2] == 9001023


async def test_an_own_client_must_be_public_and_is_consented_to_on_the_page(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, browser: Browser
) -> None:
    assert registered.principal is not None
    begun = (await begin(wire, tenant.id, registered.client_id, f"{GRAPH}/User.Read")).json()
    await browser.open(begun["verification_uri"])
    await browser.fill(otc=begun["user_code"])
    await browser.sign_in(tenant)
    assert "User.Read" in browser.page.text
    await browser.fill(press="continue")
    polled = polling(begun["device_code"], registered.client_id)
    assert said(await ask(wire, tenant.id, polled)) == (401, "invalid_client", 7000218)

    tenant.directory.change_application(registered.application.id, is_fallback_public_client=True)
    answer = await ask(wire, tenant.id, polled)
    assert (await claims_of(wire, tenant, answer))["scp"] == "User.Read"
    (grant,) = tenant.directory.delegated_grants(client_id=registered.principal.id)
    assert grant.principal_id is not None


async def test_a_person_of_another_tenant_is_sent_away(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, browser: Browser
) -> None:
    other = cloud.create_tenant("Fabrikam")
    begun = (await begin(wire, tenant.id)).json()
    await browser.open(begun["verification_uri"])
    await browser.fill(otc=begun["user_code"])
    await browser.sign_in(other)
    assert browser.problem.startswith("AADSTS50020: User account 'admin@fabrikam")


async def test_the_first_endpoint_speaks_its_own_words(
    wire: httpx.AsyncClient, tenant: FakeTenant, browser: Browser
) -> None:
    asked = {"client_id": AZURE_CLI, "resource": GRAPH}
    begun = (await wire.post(f"{LOGIN}/{tenant.id}/oauth2/devicecode", data=asked)).json()
    assert (begun["expires_in"], begun["interval"]) == ("900", "5")
    await browser.open(begun["verification_url"])
    await browser.fill(otc=begun["user_code"])
    await browser.sign_in(tenant)
    await browser.fill(press="continue")
    form = {"grant_type": "device_code", "client_id": AZURE_CLI, "code": begun["device_code"], "resource": GRAPH}
    answer = await ask(wire, tenant.id, form, version="oauth2")
    assert (await claims_of(wire, tenant, answer))["aud"] == GRAPH
    assert answer.json()["resource"] == GRAPH


async def test_more_than_a_password_is_asked_for_where_a_policy_says_so(
    wire: httpx.AsyncClient, tenant: FakeTenant, browser: Browser
) -> None:
    policy = tenant.directory.add_access_policy("MFA for admins", users=("All",), control="mfa")
    begun = (await begin(wire, tenant.id)).json()
    await browser.open(begun["verification_uri"])
    await browser.fill(otc=begun["user_code"])
    await browser.sign_in(tenant)
    assert "Approve sign in request" in browser.page.text
    await browser.fill()
    await browser.fill(press="continue")
    answer = await ask(wire, tenant.id, polling(begun["device_code"]))
    assert (await claims_of(wire, tenant, answer))["amr"] == ["pwd", "mfa"]
    assert policy.control == "mfa"
