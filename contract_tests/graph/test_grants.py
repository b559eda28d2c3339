"""Consent by API: delegated grants and application roles."""

import base64
import uuid

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.graph.asking import Graph, claims_of_app, claims_of_person, said
from mock_services.cloud import FakeCloud
from mock_services.state import well_known
from mock_services.state.directory.grants import joined_id
from mock_services.state.well_known import DATAVERSE, GRAPH_PERMISSIONS, MICROSOFT_GRAPH
from mock_services.tenant import FakeTenant

READ_ALL, _ = GRAPH_PERMISSIONS["Application.Read.All"]


async def consent(graph: Graph, **changes: object) -> tuple[httpx.Response, dict[str, object]]:
    """Grant user_impersonation to a new registration; the answer and the request."""
    made = await graph.register()
    client = await graph.principal(made["appId"])
    wanted: dict[str, object] = {
        "clientId": client["id"],
        "consentType": "AllPrincipals",
        "resourceId": await graph.known(DATAVERSE),
        "scope": "user_impersonation",
    }
    wanted |= changes
    return await graph.post("/oauth2PermissionGrants", wanted), wanted


async def test_a_grant_is_read_back_by_the_filter_that_clients_use(graph: Graph) -> None:
    answer, wanted = await consent(graph, principalId=None)
    made = answer.json()
    assert answer.status_code == 201
    assert list(made) == ["@odata.context", "clientId", "consentType", "id", "principalId", "resourceId", "scope"]
    found = await graph.get(
        "/oauth2PermissionGrants", {"$filter": f"clientId eq '{wanted['clientId']}' and consentType eq 'AllPrincipals'"}
    )
    [held] = found.json()["value"]
    assert held == {name: value for name, value in made.items() if name != "@odata.context"}
    of_client = await graph.get(f"/servicePrincipals/{wanted['clientId']}/oauth2PermissionGrants")
    assert of_client.json()["value"] == [held]


async def test_a_grants_id_follows_from_its_ends(graph: Graph) -> None:
    answer, wanted = await consent(graph)
    first = answer.json()["id"]
    parts = b"".join(uuid.UUID(str(wanted[end])).bytes_le for end in ("clientId", "resourceId"))
    assert first == base64.urlsafe_b64encode(parts).rstrip(b"=").decode()
    assert (await graph.delete(f"/oAuth2PermissionGrants/{first}")).status_code == 204
    assert said(await graph.get(f"/oauth2PermissionGrants/{first}"))[0] == 404
    again = await graph.post("/oauth2PermissionGrants", wanted)
    assert again.json()["id"] == first


@given(st.lists(st.uuids(), min_size=2, max_size=3))
def test_joined_ids_hold_their_parts_and_nothing_else(parts: list[uuid.UUID]) -> None:
    joined = joined_id(*map(str, parts))
    assert len(joined) == {2: 43, 3: 64}[len(parts)]
    raw = base64.urlsafe_b64decode(joined + "=" * (-len(joined) % 4))
    assert [uuid.UUID(bytes_le=raw[at : at + 16]) for at in range(0, len(raw), 16)] == parts


async def test_the_same_grant_twice_is_a_conflict_whatever_its_scope(graph: Graph) -> None:
    _, wanted = await consent(graph)
    assert said(await graph.post("/oauth2PermissionGrants", wanted | {"scope": "other"})) == (
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        "Permission entry already exists.",
    )


async def test_a_change_replaces_the_whole_scope_text_and_nothing_else(graph: Graph) -> None:
    answer, wanted = await consent(graph)
    path = f"/oauth2PermissionGrants/{answer.json()['id']}"
    assert (await graph.patch(path, {"scope": "a b"})).status_code == 204
    assert (await graph.get(path)).json()["scope"] == "a b"
    assert said(await graph.patch(path, {"consentType": "Principal"}))[0] == 400
    assert (await graph.get(path)).json()["consentType"] == wanted["consentType"]


async def test_a_grant_for_one_person_names_the_person(graph: Graph, tenant: FakeTenant) -> None:
    user = tenant.directory.add_user(f"adele@{tenant.domain}", "Adele Vance", "no matter")
    answer, _ = await consent(graph, consentType="Principal", principalId=user.id)
    assert len(answer.json()["id"]) == 64
    assert answer.json()["principalId"] == user.id


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"clientId": str(uuid.UUID(int=3))}, 404),
        ({"clientId": "nonsense"}, 404),
        ({"resourceId": DATAVERSE}, 404),  # an app id where an object id belongs
        ({"clientId": None}, 400),
        ({"consentType": "Everybody"}, 400),
        ({"consentType": "Principal"}, 400),
        ({"principalId": str(uuid.UUID(int=3))}, 400),
        ({"startTime": "2026-01-01T00:00:00Z"}, 400),
        ({"scope": "x" * 3851}, 400),
        ({"scope": ["user_impersonation"]}, 400),
    ],
)
async def test_a_grant_that_cannot_be_is_refused_and_not_kept(
    graph: Graph, tenant: FakeTenant, changes: dict[str, object], status: int
) -> None:
    answer, _ = await consent(graph, **changes)
    assert said(answer)[0] == status
    assert tenant.directory.delegated_grants() == []


async def test_a_scope_is_stored_though_the_resource_has_no_such_scope(graph: Graph) -> None:
    answer, _ = await consent(graph, scope=" anything /at all")
    assert answer.json()["scope"] == " anything /at all"


async def test_grants_sleep_while_their_client_is_in_the_bin(graph: Graph) -> None:
    answer, wanted = await consent(graph)
    client = wanted["clientId"]
    await graph.delete(f"/servicePrincipals/{client}")
    assert (await graph.get("/oauth2PermissionGrants")).json()["value"] == []
    await graph.post(f"/directory/deletedItems/{client}/restore")
    assert [each["id"] for each in (await graph.get("/oauth2PermissionGrants")).json()["value"]] == [
        answer.json()["id"]
    ]


async def assigned(graph: Graph) -> tuple[httpx.Response, dict[str, str]]:
    """Give a new registration Application.Read.All of Graph."""
    made = await graph.register()
    client = await graph.principal(made["appId"])
    resource = await graph.known(MICROSOFT_GRAPH)
    wanted = {"principalId": client["id"], "resourceId": resource, "appRoleId": str(READ_ALL)}
    return await graph.post(f"/servicePrincipals/{resource}/appRoleAssignedTo", wanted), wanted


async def test_a_role_given_shows_at_both_ends(graph: Graph) -> None:
    answer, wanted = await assigned(graph)
    made = answer.json()
    assert answer.status_code == 201
    assert (made["principalType"], made["resourceDisplayName"]) == ("ServicePrincipal", "Microsoft Graph")
    assert uuid.UUID(bytes_le=base64.urlsafe_b64decode(made["id"] + "=")[:16]) == uuid.UUID(wanted["principalId"])
    at_client = (await graph.get(f"/servicePrincipals/{wanted['principalId']}/appRoleAssignments")).json()["value"]
    at_resource = (await graph.get(f"/servicePrincipals/{wanted['resourceId']}/appRoleAssignedTo")).json()["value"]
    assert [each["id"] for each in at_client] == [made["id"]]
    assert made["id"] in [each["id"] for each in at_resource]


async def test_a_role_is_given_once_and_taken_back(graph: Graph) -> None:
    answer, wanted = await assigned(graph)
    path = f"/servicePrincipals/{wanted['principalId']}/appRoleAssignments"
    assert said(await graph.post(path, wanted)) == (
        400,
        "Request_BadRequest",
        "Permission being assigned already exists on the object",
    )
    assert (await graph.delete(f"{path}/{answer.json()['id']}")).status_code == 204
    assert (await graph.get(path)).json()["value"] == []
    assert said(await graph.delete(f"{path}/{answer.json()['id']}"))[0] == 404


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("principalId", "Not a valid reference update."),
        ("resourceId", "Not a valid reference update."),
        ("appRoleId", f"Permission being assigned was not found on application '{MICROSOFT_GRAPH}'."),
    ],
)
async def test_a_role_between_things_that_are_not_there_is_refused(graph: Graph, member: str, words: str) -> None:
    _, wanted = await assigned(graph)
    path = f"/servicePrincipals/{wanted['resourceId']}/appRoleAssignedTo"
    answer = await graph.post(path, wanted | {member: str(uuid.UUID(int=3))})
    assert said(answer) == (400, "Request_BadRequest", words)


async def test_giving_roles_needs_the_right_to_read_applications_too(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, graph: Graph
) -> None:
    _, wanted = await assigned(graph)
    path = f"/servicePrincipals/{wanted['principalId']}/appRoleAssignments"
    other = wanted | {"appRoleId": str(GRAPH_PERMISSIONS["User.Read.All"][0])}
    alone = Graph(wire, cloud, claims_of_app(tenant, "AppRoleAssignment.ReadWrite.All"))
    both = Graph(wire, cloud, claims_of_app(tenant, "AppRoleAssignment.ReadWrite.All", "Application.Read.All"))
    assert said(await alone.post(path, other))[0] == 403
    assert (await both.post(path, other)).status_code == 201


async def test_graphs_own_roles_are_given_by_the_highest_administrators_only(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, graph: Graph
) -> None:
    _, wanted = await assigned(graph)
    path = f"/servicePrincipals/{wanted['principalId']}/appRoleAssignments"
    other = wanted | {"appRoleId": str(GRAPH_PERMISSIONS["User.Read.All"][0])}
    user = tenant.directory.add_user(f"adele@{tenant.domain}", "Adele Vance", "no matter")
    adele = Graph(
        wire, cloud, claims_of_person(tenant, "Directory.AccessAsUser.All", username=user.user_principal_name)
    )
    tenant.directory.give_directory_role(user.id, well_known.CLOUD_APPLICATION_ADMINISTRATOR)
    assert said(await adele.post(path, other))[0] == 403
    tenant.directory.give_directory_role(user.id, well_known.PRIVILEGED_ROLE_ADMINISTRATOR)
    assert (await adele.post(path, other)).status_code == 201


async def test_a_role_given_shows_in_the_next_token(
    graph: Graph, tenant: FakeTenant, wire: httpx.AsyncClient, cloud: FakeCloud
) -> None:
    _, wanted = await assigned(graph)
    principal = tenant.directory.service_principal(id=wanted["principalId"])
    assert principal is not None
    application = tenant.directory.application(app_id=principal.app_id)
    assert application is not None
    text = (await graph.post(f"/applications/{application.id}/addPassword", {})).json()["secretText"]
    form = {
        "grant_type": "client_credentials",
        "client_id": principal.app_id,
        "client_secret": text,
        "scope": "https://graph.microsoft.com/.default",
    }
    answer = await wire.post(f"https://login.microsoftonline.com/{tenant.id}/oauth2/v2.0/token", data=form)
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    read = await wire.get("https://graph.microsoft.com/v1.0/applications", headers=bearer)
    assert read.status_code == 200
