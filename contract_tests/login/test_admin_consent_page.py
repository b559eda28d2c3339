"""The admin-consent pages: what an administrator sees, what a yes and a no send back, and who is no administrator."""

from typing import Any

import pytest

from contract_tests.login.asking import GRAPH, LOGIN, Registered
from contract_tests.login.browser import Browser
from mock_services.state.well_known import DATAVERSE, GRAPH_PERMISSIONS, MICROSOFT_GRAPH, USER_IMPERSONATION
from mock_services.tenant import FakeTenant

BACK = "https://app.contoso.example/consented"


def access(app_id: str, *permissions: tuple[str | None, str]) -> dict[str, Any]:
    """An entry of requiredResourceAccess."""
    return {"resourceAppId": app_id, "resourceAccess": [{"id": id_, "type": kind} for id_, kind in permissions]}


@pytest.fixture
def application(tenant: FakeTenant, registered: Registered) -> Registered:
    """An application that wants Dataverse on behalf of people, and to read applications by itself."""
    tenant.directory.change_application(
        registered.application.id,
        web={"redirectUris": [BACK]},
        required_resource_access=[
            access(DATAVERSE, (USER_IMPERSONATION, "Scope")),
            access(MICROSOFT_GRAPH, (GRAPH_PERMISSIONS["Application.Read.All"][0], "Role")),
        ],
    )
    return registered


async def ask_consent(browser: Browser, tenant: FakeTenant, application: Registered, **more: str) -> None:
    version = "v2.0/" if "scope" in more else ""
    asked = {"client_id": application.client_id, "redirect_uri": BACK, "state": "12345", **more}
    await browser.open(f"{LOGIN}/{tenant.id}/{version}adminconsent", **asked)


async def test_an_administrator_grants_what_the_registration_lists(
    tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    principal = application.principal
    assert principal is not None
    await ask_consent(browser, tenant, application)
    await browser.sign_in(tenant)
    assert "Dataverse: user_impersonation" in browser.page.text
    assert "Microsoft Graph: Application.Read.All" in browser.page.text
    await browser.fill(press="accept")
    assert browser.returned == f"{BACK}?tenant={tenant.id}&state=12345&admin_consent=True"
    graph = tenant.directory.service_principal(app_id=MICROSOFT_GRAPH)
    assert graph is not None
    (grant,) = tenant.directory.delegated_grants(client_id=principal.id)
    assert (grant.scope, grant.principal_id) == ("user_impersonation", None)
    assert tenant.directory.app_role_values(principal.id, graph.id) == ["Application.Read.All"]


async def test_the_second_page_grants_what_the_request_names_and_takes_nothing_back(
    tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    principal = application.principal
    assert principal is not None
    await ask_consent(browser, tenant, application, scope=f"{GRAPH}/User.Read")
    await browser.sign_in(tenant)
    await browser.fill(press="accept")
    assert browser.returned.startswith(f"{BACK}?admin_consent=True&tenant={tenant.id}&scope=https%3a%2f%2fgraph")
    await ask_consent(browser, tenant, application, scope=f"https://{tenant.organisation.host}/.default")
    await browser.fill(press="accept")
    scopes = {grant.scope for grant in tenant.directory.delegated_grants(client_id=principal.id)}
    assert scopes == {"User.Read", "user_impersonation"}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "error=permission_denied&error_description=The+admin+canceled+the+request&state=12345"),
        (
            {"scope": f"{GRAPH}/User.Read"},
            "admin_consent=True&error=consent_required&error_description=AADSTS65004%3a+",
        ),
    ],
)
async def test_a_no_is_sent_back_in_each_pages_own_form(
    tenant: FakeTenant, application: Registered, browser: Browser, more: dict[str, str], told: str
) -> None:
    assert application.principal is not None
    await ask_consent(browser, tenant, application, **more)
    await browser.sign_in(tenant)
    await browser.fill(press="cancel")
    assert browser.returned.startswith(f"{BACK}?{told}")
    assert ("%0d%0aTrace+ID%3a+" in browser.returned) == bool(more)
    assert tenant.directory.delegated_grants(client_id=application.principal.id) == []


async def test_who_is_no_administrator_is_told_whom_to_ask(
    tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    tenant.directory.add_user(f"plain@{tenant.domain}", "Plain", "fake-plain-password")
    await ask_consent(browser, tenant, application)
    await browser.sign_in(tenant, f"plain@{tenant.domain}", "fake-plain-password")
    assert browser.problem.startswith("AADSTS90094: Integration needs permission")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"redirect_uri": "https://elsewhere.example/"}, 50011),
        ({"client_id": "11111111-2222-4333-8444-555555555555"}, 700016),
        ({"client_id": ""}, 900144),
        ({"scope": f"{GRAPH}/No.Such.Scope"}, 650053),
    ],
)
async def test_a_wish_that_makes_no_sense_is_shown_to_the_administrator(
    tenant: FakeTenant, application: Registered, browser: Browser, changes: dict[str, str], code: int
) -> None:
    await ask_consent(browser, tenant, application, **changes)
    if not browser.problem:
        await browser.sign_in(tenant)
    assert browser.problem.startswith(f"AADSTS{code}: ")


async def test_a_registration_that_lists_what_does_not_exist_is_misconfigured(
    tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    listed = [access(DATAVERSE, ("11111111-2222-4333-8444-555555555555", "Scope"))]
    tenant.directory.change_application(application.application.id, required_resource_access=listed)
    await ask_consent(browser, tenant, application)
    await browser.sign_in(tenant)
    await browser.fill(press="accept")
    assert browser.problem.startswith("AADSTS650056: Misconfigured application.")


async def test_without_a_redirect_the_page_says_what_became_of_it(
    tenant: FakeTenant, application: Registered, browser: Browser
) -> None:
    await browser.open(f"{LOGIN}/{tenant.id}/adminconsent", client_id=application.client_id)
    await browser.sign_in(tenant)
    await browser.fill(press="accept")
    assert "Consent was granted" in browser.page.text
