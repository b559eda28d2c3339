"""Which scopes and resources a token is given for."""

import httpx
import pytest

from contract_tests.login.asking import GRAPH, Registered, ask, claims_of, said
from mock_services.state.well_known import DATAVERSE
from mock_services.tenant import FakeTenant

BAD_SCOPE = (400, "invalid_scope", 70011)
NOT_DEFAULT = (400, "invalid_scope", 1002012)
NO_RESOURCE = (400, "invalid_resource", 500011)


@pytest.mark.parametrize(
    ("scope", "refusal"),
    [
        ("contoso.crm4.dynamics.com/.default", BAD_SCOPE),
        ("/.default", BAD_SCOPE),
        ("https:///.default", BAD_SCOPE),
        ("https://contoso.crm4.dynamics.com /.default", BAD_SCOPE),
        ("https://contoso.crm4.dynamics.com/.default https://graph.microsoft.com/.default", BAD_SCOPE),
        ("https://graph.microsoft.com/.default https://graph.microsoft.com/Mail.Read", BAD_SCOPE),
        ("https://graph.microsoft.com/.default Mail.Read", BAD_SCOPE),
        ("https://contoso.crm4.dynamics.com/user_impersonation", NOT_DEFAULT),
        ("https://contoso.crm4.dynamics.com", NOT_DEFAULT),
        ("https://contoso.crm4.dynamics.com/", NOT_DEFAULT),
        ("https://graph.microsoft.com/User.Read.All", NOT_DEFAULT),
        ("https://graph.microsoft.com/User.Read.All https://graph.microsoft.com/Mail.Read", NOT_DEFAULT),
        ("User.Read.All", NOT_DEFAULT),
        (".default", NOT_DEFAULT),
        ("openid", NOT_DEFAULT),
        ("https://contoso.crm4.dynamics.com/main.aspx/.default", NO_RESOURCE),
        ("https://contoso.crm4.dynamics.com/api/data/v9.2/.default", NO_RESOURCE),
        ("http://contoso.crm4.dynamics.com/.default", NO_RESOURCE),
        ("https%3A%2F%2Fcontoso.crm4.dynamics.com/.default", NO_RESOURCE),
        ("https://contoso.crm4.dynmics.com/.default", NO_RESOURCE),
        ("https://contoso.crm99.dynamics.com/.default", NO_RESOURCE),
        ("https://crm4.dynamics.com/.default", NO_RESOURCE),
        ("https://make.powerapps.com/.default", NO_RESOURCE),
        ("11111111-2222-4333-8444-555555555555/.default", NO_RESOURCE),
        ("api://anything/.default", NO_RESOURCE),
    ],
)
async def test_a_scope_is_refused_as_it_was_seen_to_be(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, scope: str, refusal: tuple[int, str, int]
) -> None:
    answer = await ask(wire, tenant.id, registered.form(scope=scope))
    assert said(answer) == refusal
    echoed = scope.removesuffix("/.default") if refusal == NO_RESOURCE else scope
    assert f" {echoed} " in answer.json()["error_description"]


async def test_a_refused_resource_names_the_tenant_by_its_display_name(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    answer = await ask(wire, tenant.id, registered.form(scope="https://nothing.example/.default"))
    assert (
        "The resource principal named https://nothing.example was not found in the tenant named Contoso."
        in answer.json()["error_description"]
    )


async def test_a_host_without_an_organisation_gets_a_token_unless_the_quirk_is_turned(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    form = registered.form(scope="https://contoso-typo.crm4.dynamics.com/.default")
    assert (await ask(wire, tenant.id, form)).status_code == 200

    tenant.quirks.token_for_unknown_organisation = False
    assert said(await ask(wire, tenant.id, form)) == NO_RESOURCE
    assert (await ask(wire, tenant.id, registered.form())).status_code == 200
    assert (await ask(wire, tenant.id, registered.form(scope=f"{GRAPH}/.default"))).status_code == 200


async def test_a_tenant_without_dataverse_has_no_such_resource(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    principal = tenant.directory.service_principal(app_id=DATAVERSE)
    assert principal is not None
    tenant.directory.change_service_principal(principal.id, account_enabled=False)
    disabled = await ask(wire, tenant.id, registered.form())
    assert said(disabled) == (400, "invalid_resource", 500014)
    assert "This indicate that" in disabled.json()["error_description"]

    tenant.directory.delete_service_principal(principal.id)
    assert said(await ask(wire, tenant.id, registered.form())) == NO_RESOURCE


async def test_consent_does_not_matter_unless_the_quirk_is_turned(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    directory = tenant.directory
    dataverse = directory.service_principal(app_id=DATAVERSE)
    assert dataverse is not None
    assert registered.principal is not None
    assert (await ask(wire, tenant.id, registered.form())).status_code == 200

    tenant.quirks.app_only_needs_consent = True
    assert said(await ask(wire, tenant.id, registered.form())) == (400, "invalid_grant", 65001)
    directory.grant_delegated(registered.principal.id, dataverse.id, " user_impersonation")
    assert (await ask(wire, tenant.id, registered.form())).status_code == 200


async def test_an_own_api_that_wants_an_assignment_refuses_who_has_none(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    directory = tenant.directory
    role = {"id": "6d2f5b5e-6f0a-4b87-9a3e-1d3e6f3b7c01", "value": "Read", "isEnabled": True, "displayName": "Read"}
    api = directory.add_application("Orders", identifier_uris=["api://orders"], app_roles=[role])
    principal = directory.add_service_principal(api.app_id, app_role_assignment_required=True)
    form = registered.form(scope="api://orders/.default")
    refused = await ask(wire, tenant.id, form)
    assert said(refused) == (400, "invalid_grant", 501051)
    assert f"'{api.app_id}'(Orders)" in refused.json()["error_description"]

    assert registered.principal is not None
    directory.assign_app_role(registered.principal.id, principal.id, str(role["id"]))
    claims = await claims_of(wire, tenant, await ask(wire, tenant.id, form))
    assert (claims["aud"], claims["roles"]) == ("api://orders", ["Read"])


async def test_an_own_api_that_wants_tokens_of_version_2_is_told_that_these_are_not_built(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    api = tenant.directory.add_application(
        "Orders", identifier_uris=["api://orders"], api={"requestedAccessTokenVersion": 2}
    )
    tenant.directory.add_service_principal(api.app_id)
    answer = await ask(wire, tenant.id, registered.form(scope="api://orders/.default"))
    assert answer.status_code == 501
    assert "version 2" in answer.json()["error_description"]
