"""The user-name-and-password grant: the operator's person signs in without a browser."""

import httpx
import jwt
import pytest

from contract_tests.login.asking import GRAPH, Registered, ask, claims_of, said
from mock_services.state.well_known import AZURE_CLI, GLOBAL_ADMINISTRATOR, MICROSOFT_GRAPH
from mock_services.tenant import FakeTenant


def form(tenant: FakeTenant, **changes: str) -> dict[str, str]:
    usual = {
        "grant_type": "password",
        "client_id": AZURE_CLI,
        "username": tenant.operator.username,
        "password": tenant.operator.password,
        "scope": f"{GRAPH}/.default",
    }
    return {name: value for name, value in (usual | changes).items() if value != "-"}


async def test_the_operator_signs_in_with_the_azure_cli_client(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    answer = await ask(wire, tenant.id, form(tenant))
    claims = await claims_of(wire, tenant, answer)
    user = tenant.directory.user(user_principal_name=tenant.operator.username)

    assert user is not None
    assert (claims["oid"], claims["upn"], claims["idtyp"]) == (user.id, tenant.operator.username, "user")
    assert (claims["appid"], claims["appidacr"]) == (AZURE_CLI, "0")
    assert claims["wids"] == [GLOBAL_ADMINISTRATOR]
    assert "Directory.AccessAsUser.All" in str(claims["scp"]).split()
    assert claims["sub"] != claims["oid"]
    assert "roles" not in claims
    assert list(answer.json())[:2] == ["token_type", "scope"]


@pytest.mark.parametrize("scope", ["https://{host}//.default", "https://{host}/user_impersonation"])
async def test_a_dataverse_token_carries_user_impersonation(
    wire: httpx.AsyncClient, tenant: FakeTenant, scope: str
) -> None:
    host = tenant.organisation.host
    answer = await ask(wire, tenant.id, form(tenant, scope=scope.format(host=host)))
    claims = await claims_of(wire, tenant, answer)
    assert claims["scp"] == "user_impersonation"
    assert str(claims["aud"]).rstrip("/") == f"https://{host}"


async def test_msals_own_scopes_bring_an_id_token_and_client_info(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    scope = f"{GRAPH}/.default offline_access openid profile"
    body = (await ask(wire, tenant.id, form(tenant, scope=scope, client_info="1"))).json()
    told = jwt.decode(body["id_token"], options={"verify_signature": False})
    assert (told["aud"], told["tid"], told["preferred_username"]) == (AZURE_CLI, tenant.id, tenant.operator.username)
    assert body["client_info"]


async def test_organizations_finds_the_tenant_by_the_user_names_domain(
    wire: httpx.AsyncClient, tenant: FakeTenant
) -> None:
    answer = await ask(wire, "organizations", form(tenant))
    assert (await claims_of(wire, tenant, answer))["tid"] == tenant.id
    stranger = await ask(wire, "organizations", form(tenant, username="a@nobody.example"))
    assert said(stranger)[2] == 50059
    assert said(await ask(wire, "common", form(tenant)))[2] == 9001023


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"password": "wrong"}, (400, "invalid_grant", 50126)),
        ({"username": "nobody@contoso.onmicrosoft.com"}, (400, "invalid_grant", 50034)),
        ({"username": "-"}, (400, "invalid_request", 900144)),
        ({"password": ""}, (400, "invalid_request", 900144)),
        ({"scope": "-"}, (400, "invalid_request", 900144)),
        ({"scope": f"{GRAPH}/Mail.Send"}, (400, "invalid_grant", 65001)),
        ({"scope": "https://nothing.example/.default"}, (400, "invalid_resource", 500011)),
        ({"client_id": "11111111-2222-4333-8444-555555555555"}, (400, "unauthorized_client", 700016)),
    ],
)
async def test_what_is_wrong_is_refused_by_its_own_code(
    wire: httpx.AsyncClient, tenant: FakeTenant, changes: dict[str, str], refusal: tuple[int, str, int]
) -> None:
    assert said(await ask(wire, tenant.id, form(tenant, **changes))) == refusal


async def test_a_disabled_user_is_refused(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    user = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert user is not None
    tenant.directory.change_user(user.id, account_enabled=False)
    assert said(await ask(wire, tenant.id, form(tenant))) == (400, "invalid_grant", 50057)


async def test_an_own_client_needs_its_secret_or_leave_to_be_public_and_consent(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    directory, principal = tenant.directory, registered.principal
    graph = directory.service_principal(app_id=MICROSOFT_GRAPH)
    assert graph is not None
    assert principal is not None
    own = form(tenant, client_id=registered.client_id, scope=f"{GRAPH}/User.Read")
    assert said(await ask(wire, tenant.id, own)) == (401, "invalid_client", 7000218)
    assert said(await ask(wire, tenant.id, {**own, "client_secret": "wrong"}))[2] == 7000215

    directory.change_application(registered.application.id, is_fallback_public_client=True)
    assert said(await ask(wire, tenant.id, own)) == (400, "invalid_grant", 65001)

    grant = directory.grant_delegated(principal.id, graph.id, "User.Read openid")
    answer = await ask(wire, tenant.id, own)
    claims = await claims_of(wire, tenant, answer)
    assert (claims["scp"], claims["appidacr"]) == ("User.Read openid", "0")
    assert answer.json()["scope"] == f"{GRAPH}/User.Read openid"
    with_secret = await ask(wire, tenant.id, {**own, "client_secret": registered.text})
    assert (await claims_of(wire, tenant, with_secret))["appidacr"] == "1"

    directory.delete_delegated_grant(grant.id)
    assert said(await ask(wire, tenant.id, own))[2] == 65001


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("User.Read openid profile offline_access", "User.Read openid profile"),
        (f"{GRAPH}/User.Read openid", f"{GRAPH}/User.Read openid"),
        (f"{GRAPH}/.default", f"{GRAPH}/User.Read {GRAPH}/.default"),
        (f"{GRAPH}//.default offline_access", f"{GRAPH}//User.Read {GRAPH}//.default"),
    ],
)
async def test_scopes_come_back_as_they_were_asked_for(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, scope: str, told: str
) -> None:
    """By this a client's cache finds the token again; az asked for a new one with each command otherwise."""
    directory, principal = tenant.directory, registered.principal
    graph = directory.service_principal(app_id=MICROSOFT_GRAPH)
    assert graph is not None
    assert principal is not None
    directory.grant_delegated(principal.id, graph.id, "User.Read")
    own = form(tenant, client_id=registered.client_id, client_secret=registered.text, scope=scope)
    assert (await ask(wire, tenant.id, own)).json()["scope"] == told


async def test_an_application_asks_for_itself_by_its_id_alone(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    directory, principal = tenant.directory, registered.principal
    assert principal is not None
    directory.change_application(registered.application.id, identifier_uris=[f"api://{registered.client_id}"])
    directory.grant_delegated(principal.id, principal.id, "access_as_user")
    own = form(tenant, client_id=registered.client_id, client_secret=registered.text)
    by_uri = await ask(wire, tenant.id, own | {"scope": f"api://{registered.client_id}/access_as_user"})
    assert said(by_uri) == (400, "invalid_request", 90009)
    by_id = await ask(wire, tenant.id, own | {"scope": f"{registered.client_id}/access_as_user"})
    assert (await claims_of(wire, tenant, by_id))["aud"] == registered.client_id


async def test_microsofts_client_gets_its_principal_with_the_first_sign_in_that_succeeds(
    wire: httpx.AsyncClient, tenant: FakeTenant
) -> None:
    assert (await ask(wire, tenant.id, form(tenant, password="wrong"))).status_code == 400
    assert tenant.directory.service_principal(app_id=AZURE_CLI) is None
    assert (await ask(wire, tenant.id, form(tenant))).status_code == 200
    assert tenant.directory.service_principal(app_id=AZURE_CLI) is not None
