"""Signing in in a browser: the authorize page, what it sends back, and the code's redemption."""

import base64
import hashlib
from typing import Any

import httpx
import jwt
import pytest

from contract_tests.login.asking import GRAPH, LOGIN, Registered, ask, claims_of, said
from contract_tests.login.browser import Browser
from mock_services.cloud import FakeCloud
from mock_services.state.well_known import AZURE_CLI, GRAPH_PERMISSIONS, MICROSOFT_GRAPH, POWERAPPS
from mock_services.tenant import FakeTenant

VERIFIER = "a-verifier-of-sufficient-length-for-everybody-concerned"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
WEB = "https://app.contoso.example/signin"
NATIVE = "http://localhost"


def query(client_id: str, /, **changes: str) -> dict[str, str]:
    """An authorize request with changes; "-" leaves a parameter out."""
    usual = {
        "client_id": client_id, "response_type": "code", "redirect_uri": WEB, "state": "s t&ate", "nonce": "n1",
        "scope": f"{GRAPH}/User.Read openid profile offline_access",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    return {name: value for name, value in (usual | changes).items() if value != "-"}


def redemption(client_id: str, code: str, /, **changes: str) -> dict[str, str]:
    """The request that redeems a code."""
    usual = {
        "grant_type": "authorization_code", "client_id": client_id, "code": code, "redirect_uri": WEB,
        "code_verifier": VERIFIER,
    }  # fmt: skip
    return {name: value for name, value in (usual | changes).items() if value != "-"}


def authorize(tenant: FakeTenant | str) -> str:
    """The endpoint of a tenant."""
    return f"{LOGIN}/{tenant if isinstance(tenant, str) else tenant.id}/oauth2/v2.0/authorize"


@pytest.fixture
def application(tenant: FakeTenant, registered: Registered) -> Registered:
    """The registered application with redirects of every platform."""
    tenant.directory.change_application(
        registered.application.id,
        web={"redirectUris": [WEB]},
        public_client={"redirectUris": [NATIVE]},
        spa={"redirectUris": ["https://page.contoso.example/"]},
    )
    return registered


async def test_a_person_signs_in_consents_and_the_client_redeems(
    wire: httpx.AsyncClient, tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    assert application.principal is not None
    await browser.open(authorize(tenant), **query(application.client_id))
    assert "to continue to <strong>Integration</strong>" in browser.page.text
    await browser.sign_in(tenant)
    assert "Permissions requested" in browser.page.text
    assert "User.Read" in browser.page.text
    await browser.fill(press="accept")
    assert browser.returned.startswith(WEB)
    assert browser.brought["state"] == "s t&ate"
    assert browser.brought["session_state"]

    form = redemption(application.client_id, browser.brought["code"], client_secret=application.text)
    answer = await ask(wire, tenant.id, form)
    claims = await claims_of(wire, tenant, answer)
    assert (claims["scp"], claims["appidacr"], claims["upn"]) == ("User.Read", "1", tenant.operator.username)
    told = jwt.decode(answer.json()["id_token"], options={"verify_signature": False})
    assert (told["aud"], told["nonce"]) == (application.client_id, "n1")
    (grant,) = tenant.directory.delegated_grants(client_id=application.principal.id)
    assert (grant.scope, grant.principal_id) == ("User.Read", claims["oid"])


async def test_whoever_is_signed_in_and_has_consented_is_sent_straight_back(
    tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    await browser.open(authorize(tenant), **query(application.client_id))
    await browser.sign_in(tenant)
    await browser.fill(press="accept")
    for silent in ({}, {"prompt": "none"}):
        await browser.open(authorize(tenant), **query(application.client_id, **silent))
        assert "code" in browser.brought
    await browser.open(authorize(tenant), **query(application.client_id, prompt="login"))
    assert "Sign in" in browser.page.text
    await browser.sign_in(tenant)
    assert "code" in browser.brought


@pytest.mark.parametrize(
    ("signed_in", "error", "code"), [(False, "login_required", 50058), (True, "consent_required", 65001)]
)
async def test_a_silent_request_is_told_what_it_would_take(
    tenant: FakeTenant, application: Registered, browser: Browser, *, signed_in: bool, error: str, code: int
) -> None:
    if signed_in:
        await browser.open(authorize(tenant), **query(application.client_id))
        await browser.sign_in(tenant)
    await browser.open(authorize(tenant), **query(application.client_id, prompt="none"))
    assert browser.brought["error"] == error
    assert browser.brought["error_description"].startswith(f"AADSTS{code}: ")
    assert browser.brought["state"] == "s t&ate"


async def test_a_person_declines(tenant: FakeTenant, application: Registered, browser: Browser) -> None:
    assert application.principal is not None
    await browser.open(authorize(tenant), **query(application.client_id))
    await browser.sign_in(tenant)
    await browser.fill(press="cancel")
    assert (browser.brought["error"], browser.brought["error_subcode"]) == ("access_denied", "cancel")
    assert browser.brought["error_description"].startswith("AADSTS65004: ")
    assert tenant.directory.delegated_grants(client_id=application.principal.id) == []


async def test_an_administrator_consents_for_everybody(
    tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    assert application.principal is not None
    await browser.open(authorize(tenant), **query(application.client_id))
    await browser.sign_in(tenant)
    await browser.fill(press="accept", for_all="1")
    (grant,) = tenant.directory.delegated_grants(client_id=application.principal.id)
    assert grant.principal_id is None


@pytest.fixture
def plain(tenant: FakeTenant) -> dict[str, str]:
    """Somebody without any role."""
    name = f"plain@{tenant.domain}"
    tenant.directory.add_user(name, "Plain Person", "fake-password-of-theirs")
    return {"username": name, "password": "fake-password-of-theirs"}


@pytest.mark.parametrize("why", ["scope", "policy"])
async def test_what_only_an_administrator_may_grant_is_not_a_persons_to_give(
    tenant: FakeTenant, application: Registered, browser: Browser, plain: dict[str, str], why: str
) -> None:
    scope = f"{GRAPH}/Directory.Read.All" if why == "scope" else f"{GRAPH}/User.Read"
    if why == "policy":
        policy = tenant.directory.authorization_policy()
        permissions = {**policy["defaultUserRolePermissions"], "permissionGrantPoliciesAssigned": []}
        tenant.directory.set_authorization_policy({**policy, "defaultUserRolePermissions": permissions})
    await browser.open(authorize(tenant), **query(application.client_id, scope=scope))
    await browser.sign_in(tenant, **plain)
    assert "Need admin approval" in browser.page.text
    assert browser.problem.startswith("AADSTS90094: Integration needs permission")
    await browser.fill(press="refused")
    assert browser.brought["error"] == "access_denied"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"redirect_uri": "https://elsewhere.example/"}, 50011),
        ({"redirect_uri": WEB + "/"}, 50011),
        ({"redirect_uri": "http://localhost.evil.example"}, 50011),
        ({"client_id": "11111111-2222-4333-8444-555555555555"}, 700016),
        ({"client_id": "-"}, 900144),
        ({"scope": "-"}, 900144),
        ({"response_type": "-"}, 900144),
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(
    tenant: FakeTenant, application: Registered, browser: Browser, changes: dict[str, str], code: int
) -> None:
    await browser.open(authorize(tenant), **query(application.client_id, **changes))
    assert browser.returned == ""
    assert browser.problem.startswith(f"AADSTS{code}: ")


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"response_type": "nonsense"}, "unsupported_response_type", 70005),
        ({"response_type": "id_token"}, "unsupported_response_type", 700054),
        ({"response_mode": "pigeon"}, "invalid_request", 70007),
        ({"scope": f"{GRAPH}/User.Read https://contoso.crm4.dynamics.com/user_impersonation"}, "invalid_scope", 700022),
    ],
)
async def test_what_else_is_wrong_is_sent_back_to_the_client(
    tenant: FakeTenant, application: Registered, browser: Browser, changes: dict[str, str], error: str, code: int
) -> None:
    await browser.open(authorize(tenant), **query(application.client_id, **changes))
    assert browser.brought["error"] == error
    assert browser.brought["error_description"].startswith(f"AADSTS{code}: ")


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
async def test_the_code_comes_by_the_mode_asked_for(
    tenant: FakeTenant, application: Registered, browser: Browser, mode: str
) -> None:
    await browser.open(authorize(tenant), **query(application.client_id, response_mode=mode))
    await browser.sign_in(tenant)
    await browser.fill(press="accept")
    if mode == "form_post":
        assert browser.form.action == WEB
        assert browser.form.fields["code"]
        assert browser.form.fields["code"] not in str([vars(entry) for entry in tenant.journal])
    else:
        assert ("#" in browser.returned) == (mode == "fragment")
        assert browser.brought["code"]


async def code_for(browser: Browser, tenant: FakeTenant, client_id: str, **changes: str) -> str:
    """Sign in, consent if asked, and take the code."""
    await browser.open(authorize(tenant), **query(client_id, **changes))
    if not browser.returned:
        await browser.sign_in(tenant)
    if not browser.returned:
        await browser.fill(press="accept")
    return browser.brought["code"]


async def test_a_narrower_scope_at_redemption_keeps_what_the_person_was_asked_of_openid(
    wire: httpx.AsyncClient, tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    code = await code_for(browser, tenant, application.client_id)
    form = redemption(application.client_id, code, client_secret=application.text, scope=f"{GRAPH}/User.Read")
    answer = await ask(wire, tenant.id, form)
    assert answer.status_code == 200, answer.text
    assert answer.json()["refresh_token"]
    assert answer.json()["id_token"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"code": "nonsense"}, (400, "invalid_grant", 9002313)),
        ({"code": "-"}, (400, "invalid_request", 900144)),
        ({"redirect_uri": NATIVE}, (401, "invalid_client", 500112)),
        ({"code_verifier": "other"}, (400, "invalid_grant", 501481)),
        ({"code_verifier": "-"}, (400, "invalid_grant", 501481)),
        ({"client_secret": "-"}, (401, "invalid_client", 7000218)),
        ({"scope": f"{GRAPH}/User.Read https://x.example/y"}, (400, "invalid_scope", 28000)),
        ({"client_secret": "wrong"}, (401, "invalid_client", 7000215)),
        ({"client_id": AZURE_CLI}, (400, "invalid_grant", 70000)),
    ],
)
async def test_a_code_is_redeemed_by_its_own_client_as_it_was_asked_for(
    wire: httpx.AsyncClient,
    tenant: FakeTenant,
    application: Registered,
    browser: Browser,
    changes: dict[str, str],
    refusal: tuple[int, str, int],
) -> None:
    code = await code_for(browser, tenant, application.client_id)
    asked = {"client_secret": application.text, **changes}
    assert said(await ask(wire, tenant.id, redemption(application.client_id, code, **asked))) == refusal
    good = redemption(application.client_id, code, client_secret=application.text)
    assert (await ask(wire, tenant.id, good)).status_code == 200
    assert said(await ask(wire, tenant.id, good)) == (400, "invalid_grant", 54005)


async def test_a_code_lives_ten_minutes_and_in_one_tenant(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    code = await code_for(browser, tenant, application.client_id)
    form = redemption(application.client_id, code, client_secret=application.text)
    assert said(await ask(wire, cloud.create_tenant("Fabrikam").id, form)) == (400, "invalid_grant", 700005)
    tenant.clock.advance(minutes=10)
    assert said(await ask(wire, tenant.id, form)) == (400, "invalid_grant", 70008)


async def test_a_native_client_comes_back_to_any_port_and_has_no_secret(
    wire: httpx.AsyncClient, tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    back = {"redirect_uri": f"{NATIVE}:53682/"}
    code = await code_for(browser, tenant, application.client_id, **back)
    with_secret = redemption(application.client_id, code, client_secret=application.text, **back)
    assert said(await ask(wire, tenant.id, with_secret)) == (401, "invalid_client", 700025)
    answer = await ask(wire, tenant.id, redemption(application.client_id, code, **back))
    assert (await claims_of(wire, tenant, answer))["appidacr"] == "0"


async def test_a_single_page_application_redeems_from_its_browser_alone(
    wire: httpx.AsyncClient, tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    back = {"redirect_uri": "https://page.contoso.example/"}
    form = redemption(application.client_id, await code_for(browser, tenant, application.client_id, **back), **back)
    url, origin = f"{LOGIN}/{tenant.id}/oauth2/v2.0/token", {"origin": "https://page.contoso.example"}
    assert said(await wire.post(url, data=form)) == (400, "invalid_request", 9002327)
    answer = await wire.post(url, data=form, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"

    web = await code_for(browser, tenant, application.client_id)
    wrong = redemption(application.client_id, web, client_secret=application.text)
    assert said(await wire.post(url, data=wrong, headers=origin)) == (400, "invalid_request", 9002326)
    bare = await code_for(browser, tenant, application.client_id, code_challenge="-", **back)
    unproven = redemption(application.client_id, bare, code_verifier="-", **back)
    assert said(await wire.post(url, data=unproven, headers=origin)) == (400, "invalid_request", 9002325)

    renewing = {"grant_type": "refresh_token", "client_id": application.client_id}
    first = await ask(wire, tenant.id, {**renewing, "refresh_token": answer.json()["refresh_token"]})
    tenant.clock.advance(hours=24)
    late = await ask(wire, tenant.id, {**renewing, "refresh_token": first.json()["refresh_token"]})
    assert said(late)[2] == 700082


async def test_the_azure_cli_signs_in_at_organizations(
    wire: httpx.AsyncClient, tenant: FakeTenant, browser: Browser
) -> None:
    asked = query(AZURE_CLI, redirect_uri="http://localhost:8400", scope=f"{GRAPH}/.default openid offline_access")
    await browser.open(authorize("organizations"), **asked)
    await browser.sign_in(tenant)
    form = redemption(AZURE_CLI, browser.brought["code"], redirect_uri="http://localhost:8400")
    answer = await ask(wire, "organizations", form)
    assert (await claims_of(wire, tenant, answer))["tid"] == tenant.id


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"username": "nobody@{domain}"}, 50034),
        ({"username": "admin@nowhere.example"}, 50034),
        ({"password": "wrong"}, 50126),
    ],
)
async def test_the_sign_in_page_says_what_is_wrong_and_asks_again(
    tenant: FakeTenant, application: Registered, browser: Browser, typed: dict[str, str], code: int
) -> None:
    await browser.open(authorize(tenant), **query(application.client_id))
    await browser.sign_in(tenant, **{name: value.format(domain=tenant.domain) for name, value in typed.items()})
    assert browser.problem.startswith(f"AADSTS{code}: ")
    await browser.sign_in(tenant)
    assert "Permissions requested" in browser.page.text


async def test_the_first_endpoint_wants_the_resource_in_the_registration(
    wire: httpx.AsyncClient, tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    url = f"{LOGIN}/{tenant.id}/oauth2/authorize"
    asked = {"client_id": application.client_id, "response_type": "code", "redirect_uri": WEB, "resource": GRAPH}
    await browser.open(url, **asked)
    await browser.sign_in(tenant)
    assert (browser.brought["error"], browser.brought["error_description"][:12]) == ("invalid_client", "AADSTS650057")
    assert "&error_description=AADSTS650057%3a+Invalid+resource.+" in browser.returned
    assert f"+Client+app+ID%3a+{application.client_id}(Integration)." in browser.returned

    wanted: dict[str, Any] = {"id": GRAPH_PERMISSIONS["User.Read"][1], "type": "Scope"}
    listed = [{"resourceAppId": MICROSOFT_GRAPH, "resourceAccess": [wanted]}]
    tenant.directory.change_application(application.application.id, required_resource_access=listed)
    await browser.open(url, **asked)
    await browser.fill(press="accept")
    form = redemption(
        application.client_id, browser.brought["code"], client_secret=application.text, code_verifier="-",
        resource=GRAPH,
    )  # fmt: skip
    answer = await ask(wire, tenant.id, form, version="oauth2")
    assert (await claims_of(wire, tenant, answer))["scp"] == "User.Read"
    assert answer.json()["refresh_token"]


async def test_a_service_that_the_tenant_lacks_is_named(
    tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    power_apps = tenant.directory.service_principal(app_id=POWERAPPS)
    assert power_apps is not None
    tenant.directory.delete_service_principal(power_apps.id)
    scope = "https://service.powerapps.com//user_impersonation"
    await browser.open(authorize(tenant), **query(application.client_id, scope=scope))
    await browser.sign_in(tenant)
    assert browser.brought["error"] == "invalid_client"
    told = f"AADSTS650052: The app is trying to access a service '{POWERAPPS}'"
    assert browser.brought["error_description"].startswith(told)


async def test_an_application_without_an_address_cannot_be_come_back_to(
    tenant: FakeTenant, registered: Registered, browser: Browser
) -> None:
    await browser.open(authorize(tenant), **query(registered.client_id))
    assert browser.problem.startswith("AADSTS500113: ")


@pytest.mark.parametrize("version", ["oauth2/v2.0", "oauth2"])
async def test_signing_out_ends_the_session(
    tenant: FakeTenant, application: Registered, browser: Browser, version: str
) -> None:
    await code_for(browser, tenant, application.client_id)
    await browser.open(f"{LOGIN}/{tenant.id}/{version}/logout", post_logout_redirect_uri=WEB)
    assert browser.returned == WEB
    await browser.open(f"{LOGIN}/{tenant.id}/{version}/logout", post_logout_redirect_uri="https://evil.example/")
    assert "You signed out" in browser.page.text
    await browser.open(authorize(tenant), **query(application.client_id, prompt="none"))
    assert browser.brought["error"] == "login_required"


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "x", "", "/%00"])
async def test_a_page_sends_nobody_out_of_the_service(wire: httpx.AsyncClient, tenant: FakeTenant, where: str) -> None:
    typed = {"username": tenant.operator.username, "password": tenant.operator.password, "next": where}
    answer = await wire.post(f"{LOGIN}/{tenant.id}/login", data=typed)
    assert answer.headers.get("location", "/").startswith("/")
    assert "evil" not in answer.headers.get("location", "")
