"""What a tenant forbids although every value is right: policies, assignments, lock-outs, loops, limits, clouds."""

import httpx
import pytest

from contract_tests.login.asking import GRAPH, LOGIN, Registered, ask, claims_of, said
from contract_tests.login.browser import Browser
from mock_services.cloud import FakeCloud
from mock_services.faults import Fault, Kind
from mock_services.hosts import NationalCloud, Service
from mock_services.state.well_known import ANY_ROLE, AZURE_CLI, DATAVERSE, MICROSOFT_GRAPH
from mock_services.tenant import FakeTenant


def password_form(tenant: FakeTenant, **changes: str) -> dict[str, str]:
    return {
        "grant_type": "password",
        "client_id": AZURE_CLI,
        "username": tenant.operator.username,
        "password": tenant.operator.password,
        "scope": f"{GRAPH}/.default",
    } | changes


@pytest.mark.parametrize("named", ["all", "one", "another"])
async def test_conditional_access_blocks_a_workload(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, named: str
) -> None:
    assert registered.principal is not None
    who = {"all": "ServicePrincipalsInMyTenant", "one": registered.principal.id, "another": ANY_ROLE}[named]
    policy = tenant.directory.add_access_policy("Block", principals=(who,), resources=(DATAVERSE,))
    answer = await ask(wire, tenant.id, registered.form())
    if named == "another":
        assert answer.status_code == 200
        return
    assert said(answer) == (400, "invalid_grant", 53003)
    assert (await ask(wire, tenant.id, registered.form(scope=f"{GRAPH}/.default"))).status_code == 200
    tenant.directory.enable_access_policy(policy.id, enabled=False)
    assert (await ask(wire, tenant.id, registered.form())).status_code == 200


@pytest.mark.parametrize(("version", "error"), [("oauth2/v2.0", "invalid_grant"), ("oauth2", "interaction_required")])
async def test_conditional_access_blocks_a_person_or_asks_for_more(
    wire: httpx.AsyncClient, tenant: FakeTenant, version: str, error: str
) -> None:
    named = {} if version == "oauth2/v2.0" else {"resource": GRAPH}
    form = password_form(tenant, **named)
    policy = tenant.directory.add_access_policy("MFA", users=("All",), control="mfa")
    more = await ask(wire, tenant.id, form, version=version)
    assert said(more) == (400, error, 50076)
    assert more.json()["suberror"] == "basic_action"
    assert f"to access '{MICROSOFT_GRAPH}'" in more.json()["error_description"]
    tenant.directory.remove_access_policy(policy.id)
    tenant.directory.add_access_policy("Block", users=("All",))
    blocked = await ask(wire, tenant.id, form, version=version)
    assert said(blocked) == (400, error, 53003)
    assert blocked.json()["suberror"] == "message_only"


async def test_an_application_for_assigned_people_only(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered, browser: Browser
) -> None:
    directory, principal = tenant.directory, registered.principal
    graph = directory.service_principal(app_id=MICROSOFT_GRAPH)
    user = directory.user(user_principal_name=tenant.operator.username)
    assert principal is not None
    assert graph is not None
    assert user is not None
    directory.grant_delegated(principal.id, graph.id, "User.Read")
    directory.change_service_principal(principal.id, app_role_assignment_required=True)
    form = password_form(tenant, client_id=registered.client_id, client_secret=registered.text)
    refused = await ask(wire, tenant.id, form)
    assert said(refused) == (400, "invalid_grant", 50105)
    assert f"The signed in user '{tenant.operator.username}' is blocked" in refused.json()["error_description"]

    directory.change_application(registered.application.id, web={"redirectUris": ["https://app.example/"]})
    asked = {"client_id": registered.client_id, "response_type": "code", "scope": f"{GRAPH}/User.Read"}
    await browser.open(f"{LOGIN}/{tenant.id}/oauth2/v2.0/authorize", **asked)
    await browser.sign_in(tenant)
    assert browser.problem.startswith("AADSTS50105: ")

    directory.assign_app_role(user.id, principal.id, ANY_ROLE)
    assert (await ask(wire, tenant.id, form)).status_code == 200


async def test_ten_wrong_passwords_lock_an_account_for_a_minute(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    for number in range(10):
        wire.cookies.clear()
        assert said(await ask(wire, tenant.id, password_form(tenant, password=f"wrong {number}")))[2] == 50126
    assert said(await ask(wire, tenant.id, password_form(tenant))) == (400, "invalid_grant", 50053)
    tenant.clock.advance(minutes=1)
    assert (await ask(wire, tenant.id, password_form(tenant))).status_code == 200


async def test_a_lock_is_of_one_tenants_account(wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant) -> None:
    other = cloud.create_tenant("Fabrikam")
    for number in range(10):
        wire.cookies.clear()
        await ask(wire, tenant.id, password_form(tenant, password=f"wrong {number}"))
    assert (await ask(wire, other.id, password_form(other))).status_code == 200


async def test_a_client_that_keeps_sending_an_old_password_locks_nobody_out(
    wire: httpx.AsyncClient, tenant: FakeTenant
) -> None:
    for number in range(30):
        wire.cookies.clear()
        old = password_form(tenant, password=f"old {number % 3}")
        assert said(await ask(wire, tenant.id, old))[2] == 50126
    assert (await ask(wire, tenant.id, password_form(tenant))).status_code == 200


async def test_an_expired_password_signs_nobody_in(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    user = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert user is not None
    tenant.directory.change_user(user.id, must_change_password=True)
    assert said(await ask(wire, tenant.id, password_form(tenant))) == (400, "invalid_grant", 50055)


async def test_an_application_that_microsoft_disabled_gets_nothing(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    status = "DisabledDueToViolationOfServicesAgreement"
    tenant.directory.change_application(registered.application.id, disabled_by_microsoft_status=status)
    assert said(await ask(wire, tenant.id, registered.form())) == (400, "unauthorized_client", 7000112)


async def test_a_tenant_closed_for_inactivity_answers_nobody(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    tenant.directory.block()
    assert said(await ask(wire, tenant.id, registered.form())) == (400, "invalid_request", 5000225)
    tenant.directory.block(blocked=False)
    assert (await ask(wire, tenant.id, registered.form())).status_code == 200


async def test_a_client_with_cookies_that_loops_is_cut_off_for_five_minutes(
    wire: httpx.AsyncClient, tenant: FakeTenant
) -> None:
    await ask(wire, tenant.id, password_form(tenant, scope=f"{GRAPH}/User.Read.All"))  # brings the cookie
    for _ in range(15):
        assert (await ask(wire, tenant.id, password_form(tenant))).status_code == 200
    assert said(await ask(wire, tenant.id, password_form(tenant))) == (400, "invalid_grant", 50196)
    wire.cookies.clear()
    assert (await ask(wire, tenant.id, password_form(tenant))).status_code == 200


async def test_the_loop_is_forgotten_after_five_minutes(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    for _ in range(17):
        await ask(wire, tenant.id, password_form(tenant))
    tenant.clock.advance(minutes=5)
    assert (await ask(wire, tenant.id, password_form(tenant))).status_code == 200


async def test_an_application_that_asks_for_itself_is_never_seen_to_loop(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    for _ in range(30):
        assert (await ask(wire, tenant.id, registered.form())).status_code == 200


async def test_beyond_a_limit_the_answer_is_plain_text_and_says_when_to_come_back(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    tenant.sign_ins_a_minute = 2
    for _ in range(2):
        assert (await ask(wire, tenant.id, registered.form())).status_code == 200
    answer = await ask(wire, tenant.id, registered.form())
    assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (429, "Too Many Requests", "60")
    assert answer.headers["content-type"].startswith("text/plain")
    tenant.clock.advance(seconds=61)
    assert (await ask(wire, tenant.id, registered.form())).status_code == 200


async def test_an_outage_speaks_in_the_services_own_envelope(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, registered: Registered
) -> None:
    with cloud.faults.planned(Fault(Kind.UNAVAILABLE, Service.LOGIN)):
        answer = await ask(wire, tenant.id, registered.form())
    assert said(answer) == (503, "temporarily_unavailable", 90033)
    assert answer.json()["trace_id"] == answer.headers["x-ms-request-id"]


@pytest.mark.parametrize("home", list(NationalCloud))
@pytest.mark.parametrize(
    ("host", "of"),
    [
        ("login.microsoftonline.com", NationalCloud.PUBLIC),
        ("login.windows.net", NationalCloud.PUBLIC),
        ("login.microsoft.com", NationalCloud.PUBLIC),
        ("login.microsoftonline.us", NationalCloud.US_GOVERNMENT),
        ("login.usgovcloudapi.net", NationalCloud.US_GOVERNMENT),
        ("login.partner.microsoftonline.cn", NationalCloud.CHINA),
        ("login.chinacloudapi.cn", NationalCloud.CHINA),
    ],
)
async def test_a_tenant_signs_in_at_its_own_national_cloud_only(
    wire: httpx.AsyncClient, cloud: FakeCloud, home: NationalCloud, host: str, of: NationalCloud
) -> None:
    tenant = cloud.create_tenant(national_cloud=home)
    answer = await ask(wire, tenant.id, Registered(tenant).form(), host=f"https://{host}")
    document = await wire.get(f"https://{host}/{tenant.id}/v2.0/.well-known/openid-configuration")
    if home is of:
        assert answer.status_code == document.status_code == 200
        assert (await claims_of(wire, tenant, answer, host=host))["aud"] == f"https://{tenant.organisation.host}"
    elif NationalCloud.CHINA in {home, of}:
        assert said(answer) == (400, "invalid_request", 90002)
        assert "are signing into the correct cloud" in answer.json()["error_description"]
        assert said(document) == (400, "invalid_tenant", 90002)
    else:  # the public and the government's cloud know of each other
        assert said(answer) == (400, "invalid_request", 900382)
        authority = {NationalCloud.PUBLIC: "com", NationalCloud.US_GOVERNMENT: "us"}[home]
        assert (
            document.json()["token_endpoint"]
            == f"https://login.microsoftonline.{authority}/{tenant.id}/oauth2/v2.0/token"
        )


async def test_a_person_of_another_cloud_is_told_where_to_sign_in(wire: httpx.AsyncClient, cloud: FakeCloud) -> None:
    tenant = cloud.create_tenant(national_cloud=NationalCloud.US_GOVERNMENT)
    answer = await ask(wire, tenant.domain, password_form(tenant))
    assert said(answer) == (400, "invalid_request", 90038)
    told = f"Tenant '{tenant.domain}' request is being redirected to the National Cloud 'MicrosoftOnline.US'."
    assert told in answer.json()["error_description"]


async def test_a_resource_of_another_cloud_is_unknown(
    wire: httpx.AsyncClient, cloud: FakeCloud, registered: Registered, tenant: FakeTenant
) -> None:
    for resource in ("https://graph.microsoft.us", "https://contoso.crm.dynamics.cn"):
        assert said(await ask(wire, tenant.id, registered.form(scope=f"{resource}/.default")))[2] == 500011
    government = cloud.create_tenant(national_cloud=NationalCloud.US_GOVERNMENT)
    form = Registered(government).form(scope="https://graph.microsoft.us/.default")
    answer = await ask(wire, government.id, form, host="https://login.microsoftonline.us")
    assert answer.status_code == 200
    me = await wire.get(
        "https://graph.microsoft.us/v1.0/organization",
        headers={"authorization": f"Bearer {answer.json()['access_token']}"},
    )
    assert me.status_code == 403  # known there, and without any permission


async def test_a_trace_id_is_found_again_in_the_journal(
    wire: httpx.AsyncClient, tenant: FakeTenant, registered: Registered
) -> None:
    answer = await ask(wire, tenant.id, registered.form(client_secret="wrong"))
    entry = tenant.journal.find(answer.json()["trace_id"])
    assert entry is not None
    assert (entry.operation, entry.status, entry.code) == ("login.token", 401, "AADSTS7000215")
