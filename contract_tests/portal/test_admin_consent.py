"""The consent call that the portal and az make: who may, what it grants, and how it refuses."""

import json
from typing import Any

import httpx
import pytest

from contract_tests.power_platform.asking import Bearers
from mock_services.state import well_known as known
from mock_services.state.directory import Application
from mock_services.tenant import FakeTenant

BACK_END = "https://main.iam.ad.ext.azure.com"
SCOPE = f"{known.PORTAL}/.default"
EVERYBODY = {"onBehalfOfAll": "true"}
ROLE, _ = known.GRAPH_PERMISSIONS["Application.Read.All"]
CORRELATION = "38fc3999-5f71-4c15-a82c-358a0b4d84f9"


def url(app_id: str) -> str:
    return f"{BACK_END}/api/RegisteredApplications/{app_id}/Consent"


@pytest.fixture
def application(tenant: FakeTenant) -> Application:
    """A registration that lists Dataverse's scope and one of Graph's application roles, without a principal."""
    return tenant.directory.add_application(
        "Integration",
        required_resource_access=[
            {
                "resourceAppId": known.DATAVERSE,
                "resourceAccess": [{"id": known.USER_IMPERSONATION, "type": "Scope"}],
            },
            {"resourceAppId": known.MICROSOFT_GRAPH, "resourceAccess": [{"id": ROLE, "type": "Role"}]},
        ],
    )


async def person(bearers: Bearers, *directory_roles: str) -> dict[str, str]:
    """A bearer of a new person with these directory roles."""
    directory = bearers.tenant.directory
    name = f"ada@{bearers.tenant.domain}"
    user = directory.add_user(name, "Ada", "fake-ada")
    for role in directory_roles:
        directory.give_directory_role(user.id, role)
    return await bearers.person(SCOPE, username=name, password="fake-ada")


async def test_an_administrators_consent_shows_in_the_next_tokens(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, application: Application
) -> None:
    answer = await wire.post(url(application.app_id), params=EVERYBODY, headers=await bearers.person(SCOPE))
    assert (answer.status_code, answer.content) == (204, b"")
    directory = tenant.directory
    client = directory.service_principal(app_id=application.app_id)
    graph = directory.service_principal(app_id=known.MICROSOFT_GRAPH)
    assert client is not None
    assert graph is not None
    assert [grant.scope for grant in directory.delegated_grants(client_id=client.id)] == ["user_impersonation"]
    assert directory.app_role_values(client.id, graph.id) == ["Application.Read.All"]
    assert list(tenant.journal)[-1].operation == "portal.admin_consent"


async def test_the_path_is_taken_in_any_case_and_with_doubled_slashes(
    wire: httpx.AsyncClient, bearers: Bearers, application: Application
) -> None:
    spelt = f"{BACK_END}//API/registeredApplications/{application.app_id.upper()}/consent/?onBehalfOfAll=True"
    assert (await wire.post(spelt, headers=await bearers.person(SCOPE))).status_code == 204


async def test_who_is_no_administrator_is_refused_in_the_recorded_words(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, application: Application
) -> None:
    headers = {**await person(bearers), "x-ms-client-request-id": CORRELATION}
    answer = await wire.post(url(application.app_id), params=EVERYBODY, headers=headers)
    assert answer.status_code == 403
    body: dict[str, Any] = answer.json()
    text = (
        "This operation can only be performed by an administrator. Sign out and sign in as an administrator or contact"
        " one of your organization's administrators."
    )
    head, _, inner = body["Message"].partition(", response = ")
    assert head == (
        "Graph call failed with httpCode=Forbidden, errorCode=Authorization_RequestDenied,"
        f" errorMessage={text}, reason=Forbidden, correlationId = {CORRELATION}"
    )
    assert json.loads(inner)["odata.error"]["message"] == {"lang": "en", "value": text}
    assert list(body) == [
        "ClassName", "Message", "Data", "HResult", "XMsServerRequestId", "Source", "HttpStatusCode", "ClientData"
    ]  # fmt: skip
    told = body["ClientData"]
    assert (told["errorCode"], told["exceptionType"]) == ("Authorization_RequestDenied", "AADGraphException")
    assert (told["tenantId"], told["clientRequestId"]) == (tenant.id, CORRELATION)
    assert tenant.directory.service_principal(app_id=application.app_id) is None
    assert list(tenant.journal)[-1].code == "Authorization_RequestDenied"


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (known.CLOUD_APPLICATION_ADMINISTRATOR, 403),
        (known.APPLICATION_ADMINISTRATOR, 403),
        (known.PRIVILEGED_ROLE_ADMINISTRATOR, 204),
        (known.GLOBAL_READER, 403),
    ],
)
async def test_graphs_application_roles_need_a_higher_directory_role(
    wire: httpx.AsyncClient, bearers: Bearers, application: Application, role: str, status: int
) -> None:
    headers = await person(bearers, role)
    assert (await wire.post(url(application.app_id), params=EVERYBODY, headers=headers)).status_code == status


async def test_a_role_taken_away_counts_at_once_whatever_the_token_says(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, application: Application
) -> None:
    headers = await bearers.person(SCOPE)
    admin = tenant.directory.user(user_principal_name=tenant.operator.username)
    assert admin is not None
    tenant.directory.take_directory_role(admin.id, known.GLOBAL_ADMINISTRATOR)
    assert (await wire.post(url(application.app_id), params=EVERYBODY, headers=headers)).status_code == 403


async def test_an_application_cannot_consent_by_itself(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, application: Application
) -> None:
    headers = await bearers.application(SCOPE)
    answer = await wire.post(url(application.app_id), params=EVERYBODY, headers=headers)
    assert (answer.status_code, answer.content) == (503, b"")
    assert tenant.directory.service_principal(app_id=application.app_id) is None


async def test_a_permission_that_does_not_exist_is_refused_whole(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, application: Application
) -> None:
    wrong = [{"resourceAppId": known.DATAVERSE, "resourceAccess": [{"id": ROLE, "type": "Scope"}]}]
    tenant.directory.change_application(application.id, required_resource_access=wrong)
    answer = await wire.post(url(application.app_id), params=EVERYBODY, headers=await bearers.person(SCOPE))
    assert answer.status_code == 400
    assert (
        f"Application '{application.app_id}' is requesting permissions that are either invalid or out of date."
        in answer.json()["Message"]
    )


async def test_an_application_that_is_not_there_is_not_found(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    answer = await wire.post(url(tenant.id), params=EVERYBODY, headers=await bearers.person(SCOPE))
    assert answer.status_code == 404
    assert answer.json()["ClientData"]["errorCode"] == "Request_ResourceNotFound"


async def test_earlier_grants_stay_where_the_quirk_says_so(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, application: Application
) -> None:
    headers = await bearers.person(SCOPE)
    await wire.post(url(application.app_id), params=EVERYBODY, headers=headers)
    tenant.directory.change_application(application.id, required_resource_access=[])

    tenant.quirks.admin_consent_replaces = False
    await wire.post(url(application.app_id), params=EVERYBODY, headers=headers)
    assert len(tenant.directory.delegated_grants()) == 1

    tenant.quirks.admin_consent_replaces = True
    await wire.post(url(application.app_id), params=EVERYBODY, headers=headers)
    assert tenant.directory.delegated_grants() == []


async def test_only_a_good_token_for_the_portal_is_let_in(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers, application: Application
) -> None:
    where = url(application.app_id)
    late = await bearers.person(SCOPE)
    foreign = await bearers.person()
    for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer a.b.c"}, foreign):
        answer = await wire.post(where, params=EVERYBODY, headers=headers)
        assert (answer.status_code, answer.content) == (401, b"")
    tenant.clock.advance(hours=2)
    assert (await wire.post(where, params=EVERYBODY, headers=late)).status_code == 401


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", f"/api/RegisteredApplications/{CORRELATION}/Consent?onBehalfOfAll=true"),
        ("POST", f"/api/RegisteredApplications/{CORRELATION}/Consent"),
        ("POST", f"/api/RegisteredApplications/{CORRELATION}/Consent?onBehalfOfAll=false"),
        ("POST", "/api/RegisteredApplications/mine/Consent?onBehalfOfAll=true"),
        ("PUT", "/api/Directories/PropertiesV2"),
    ],
)
async def test_what_is_not_played_says_so(wire: httpx.AsyncClient, verb: str, path: str) -> None:
    answer = await wire.request(verb, f"{BACK_END}{path}")
    assert answer.status_code == 501
    assert "not modelled" in answer.json()["Message"]
