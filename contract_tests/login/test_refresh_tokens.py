"""Renewing a person's sign-in: what renews, for how long, and what ends it."""

import httpx
import pytest

from contract_tests.graph.asking import Graph, claims_of_person
from contract_tests.login.asking import GRAPH, Registered, ask, claims_of, said
from mock_services.cloud import FakeCloud
from mock_services.state.well_known import AZURE_CLI
from mock_services.tenant import FakeTenant


async def signed_in(wire: httpx.AsyncClient, tenant: FakeTenant, **changes: str) -> str:
    """The refresh token of the tenant's administrator, signed in with a password."""
    form = {
        "grant_type": "password",
        "client_id": AZURE_CLI,
        "username": tenant.operator.username,
        "password": tenant.operator.password,
        "scope": f"{GRAPH}/.default offline_access openid",
    }
    answer = await ask(wire, tenant.id, form | changes)
    token: str = answer.json()["refresh_token"]
    return token


def renewing(token: str, **changes: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "client_id": AZURE_CLI, "refresh_token": token} | changes


async def test_a_renewal_brings_a_new_token_and_leaves_the_old_one_good(
    wire: httpx.AsyncClient, tenant: FakeTenant
) -> None:
    token = await signed_in(wire, tenant)
    first = await ask(wire, tenant.id, renewing(token))
    assert first.json()["refresh_token"] != token
    assert first.json()["id_token"]
    assert (await claims_of(wire, tenant, first))["upn"] == tenant.operator.username
    for each in (token, first.json()["refresh_token"]):
        assert (await ask(wire, tenant.id, renewing(each))).status_code == 200


@pytest.mark.parametrize("where", ["organizations", "common", "domain"])
async def test_the_token_knows_its_tenant(wire: httpx.AsyncClient, tenant: FakeTenant, where: str) -> None:
    token = await signed_in(wire, tenant)
    answer = await ask(wire, tenant.domain if where == "domain" else where, renewing(token))
    assert (await claims_of(wire, tenant, answer))["tid"] == tenant.id


async def test_one_token_renews_for_other_resources_too(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    token, host = await signed_in(wire, tenant), tenant.organisation.host
    answer = await ask(wire, tenant.id, renewing(token, scope=f"https://{host}//user_impersonation offline_access"))
    claims = await claims_of(wire, tenant, answer)
    assert (claims["aud"], claims["scp"]) == (f"https://{host}/", "user_impersonation")
    first = await ask(wire, tenant.id, renewing(token, resource=f"https://{host}"), version="oauth2")
    assert (await claims_of(wire, tenant, first))["aud"] == f"https://{host}"


async def test_without_offline_access_there_is_nothing_to_renew_with(
    wire: httpx.AsyncClient, tenant: FakeTenant
) -> None:
    form = {
        "grant_type": "password", "client_id": AZURE_CLI, "username": tenant.operator.username,
        "password": tenant.operator.password, "scope": f"{GRAPH}/.default",
    }  # fmt: skip
    assert "refresh_token" not in (await ask(wire, tenant.id, form)).json()


async def test_ninety_days_unused_are_too_many(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    token = await signed_in(wire, tenant)
    tenant.clock.advance(days=89)
    young = (await ask(wire, tenant.id, renewing(token))).json()["refresh_token"]
    tenant.clock.advance(days=2)
    refused = await ask(wire, tenant.id, renewing(token))
    assert said(refused) == (400, "invalid_grant", 700082)
    assert "was inactive for 90.00:00:00." in refused.json()["error_description"]
    assert (await ask(wire, tenant.id, renewing(young))).status_code == 200


@pytest.mark.parametrize("how", ["revoked", "password"])
async def test_what_an_administrator_ends_is_ended_at_once_and_a_new_sign_in_helps(
    wire: httpx.AsyncClient, tenant: FakeTenant, how: str
) -> None:
    token = await signed_in(wire, tenant)
    user = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert user is not None
    if how == "revoked":
        tenant.directory.revoke_sign_ins(user.id)
    else:
        tenant.directory.set_password(user.id, tenant.operator.password)
    refused = await ask(wire, tenant.id, renewing(token))
    assert said(refused) == (400, "invalid_grant", 50173)
    assert "TokensValidFrom date" in refused.json()["error_description"]
    again = await signed_in(wire, tenant)
    assert (await ask(wire, tenant.id, renewing(again))).status_code == 200


async def test_a_disabled_or_deleted_person_renews_nothing(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    token = await signed_in(wire, tenant)
    user = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert user is not None
    tenant.directory.change_user(user.id, account_enabled=False)
    assert said(await ask(wire, tenant.id, renewing(token)))[2] == 50057


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"refresh_token": "nonsense"}, (400, "invalid_grant", 9002313)),
        ({"refresh_token": ""}, (400, "invalid_request", 900144)),
        ({"client_id": ""}, (400, "invalid_request", 900144)),
        ({"scope": f"{GRAPH}/Mail.Send"}, (400, "invalid_grant", 65001)),
    ],
)
async def test_what_is_wrong_is_told(
    wire: httpx.AsyncClient, tenant: FakeTenant, changes: dict[str, str], refusal: tuple[int, str, int]
) -> None:
    token = await signed_in(wire, tenant)
    assert said(await ask(wire, tenant.id, renewing(token) | changes)) == refusal


async def test_a_token_is_its_clients_alone_who_proves_itself_as_before(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    directory = tenant.directory
    graph = directory.service_principal(app_id="00000003-0000-0000-c000-000000000000")
    assert graph is not None
    assert registered.principal is not None
    directory.grant_delegated(registered.principal.id, graph.id, "User.Read")
    own = {"client_id": registered.client_id, "client_secret": registered.text}
    token = await signed_in(wire, tenant, **own, scope=f"{GRAPH}/User.Read offline_access")
    assert said(await ask(wire, tenant.id, renewing(token)))[2] == 70000
    unproven = renewing(token, client_id=registered.client_id)
    assert said(await ask(wire, tenant.id, unproven)) == (401, "invalid_client", 7000218)
    assert (await ask(wire, tenant.id, renewing(token, **own))).status_code == 200

    public = await signed_in(wire, tenant)
    stolen = renewing(public, client_secret="whatever")
    assert said(await ask(wire, tenant.id, stolen))[1] == "invalid_client"


async def test_no_refresh_token_is_kept_or_written_down(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    token = await signed_in(wire, tenant)
    await ask(wire, tenant.id, renewing(token))
    assert token not in str([vars(entry) for entry in tenant.journal])
    assert token.encode() not in tenant.directory.store.image()


@pytest.mark.parametrize("who", ["me", "user"])
async def test_graph_signs_a_person_out_everywhere(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, who: str
) -> None:
    token = await signed_in(wire, tenant)
    graph = Graph(wire, cloud, claims_of_person(tenant, "User.ReadWrite.All"))
    path = "/me" if who == "me" else f"/users/{tenant.operator.username}"
    answer = await graph.post(f"{path}/revokeSignInSessions")
    assert (answer.status_code, answer.json()["value"]) == (200, True)
    assert said(await ask(wire, tenant.id, renewing(token)))[2] == 50173


async def test_a_password_that_graph_says_must_be_changed_signs_nobody_in(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    graph = Graph(wire, cloud, claims_of_person(tenant, "User.ReadWrite.All"))
    profile = {"password": tenant.operator.password, "forceChangePasswordNextSignIn": True}
    path = f"/users/{tenant.operator.username}"
    assert (await graph.patch(path, {"passwordProfile": profile})).status_code == 204
    form = {
        "grant_type": "password", "client_id": AZURE_CLI, "username": tenant.operator.username,
        "password": tenant.operator.password, "scope": f"{GRAPH}/.default",
    }  # fmt: skip
    assert said(await ask(wire, tenant.id, form)) == (400, "invalid_grant", 50055)
    await graph.patch(path, {"passwordProfile": {"forceChangePasswordNextSignIn": False}})
    assert (await ask(wire, tenant.id, form)).status_code == 200
