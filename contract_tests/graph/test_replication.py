"""What lag really causes: objects that flicker, old members, and refusals that name the wrong cause."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from contract_tests.graph.asking import Graph, claims_of_app, said
from mock_services.cloud import FakeCloud
from mock_services.state import well_known
from mock_services.tenant import FakeTenant

REPLICAS = 3


async def rotation(ask: Callable[[], Awaitable[httpx.Response]]) -> list[httpx.Response]:
    """The same request asked of each replica in turn."""
    return [await ask() for _ in range(REPLICAS)]


async def settle(tenant: FakeTenant) -> None:
    """Until every replica shows the same."""
    tenant.clock.advance(tenant.replication.longest)


def grant_of(client: str, resource: str) -> dict[str, str]:
    """The body of a tenant-wide grant."""
    return {"clientId": client, "consentType": "AllPrincipals", "resourceId": resource, "scope": "user_impersonation"}


@pytest.fixture
async def application(graph: Graph, tenant: FakeTenant) -> dict[str, Any]:
    """A registration that every replica knows, in a directory that lags from now on."""
    made = await graph.register()
    tenant.clock.advance(minutes=30)
    tenant.replication.use("typical")
    return made


async def test_a_young_grant_flickers_and_then_stands(
    graph: Graph, tenant: FakeTenant, application: dict[str, Any]
) -> None:
    dataverse = await graph.known(well_known.DATAVERSE)
    client = (await graph.principal(application["appId"]))["id"]
    await settle(tenant)
    made = (await graph.post("/oauth2PermissionGrants", grant_of(client, dataverse))).json()
    read = f"/oauth2PermissionGrants/{made['id']}"
    assert {each.status_code for each in await rotation(lambda: graph.get(read))} == {200, 404}
    await settle(tenant)
    assert {each.status_code for each in await rotation(lambda: graph.get(read))} == {200}


async def test_a_grant_to_a_young_principal_is_refused_and_made_all_the_same(
    graph: Graph, tenant: FakeTenant, application: dict[str, Any]
) -> None:
    """Asked again it exists: a client that takes 404 for "nothing happened" stumbles here."""
    dataverse = await graph.known(well_known.DATAVERSE)
    client = (await graph.principal(application["appId"]))["id"]
    body = grant_of(client, dataverse)
    answers = [said(each) for each in await rotation(lambda: graph.post("/oauth2PermissionGrants", body))]
    assert (404, "Directory_ObjectNotFound", "Unable to read the company information from the directory.") in answers
    assert "Request_ResourceNotFound" in {code for _, code, _ in answers}
    await settle(tenant)
    assert said(await graph.post("/oauth2PermissionGrants", body))[2] == "Permission entry already exists."
    assert [each.scope for each in tenant.directory.delegated_grants(client_id=client)] == ["user_impersonation"]


async def test_a_role_for_a_young_principal_is_no_valid_reference(
    graph: Graph, tenant: FakeTenant, application: dict[str, Any]
) -> None:
    resource = await graph.known(well_known.MICROSOFT_GRAPH)
    client = (await graph.principal(application["appId"]))["id"]
    role, _ = well_known.GRAPH_PERMISSIONS["Application.Read.All"]
    body = {"principalId": client, "resourceId": resource, "appRoleId": role}
    answers = await rotation(lambda: graph.post(f"/servicePrincipals/{resource}/appRoleAssignedTo", body))
    refused = [said(each) for each in answers if each.status_code == 400]
    assert (400, "Request_BadRequest", "Not a valid reference update.") in refused
    assert 201 in {each.status_code for each in answers}


async def test_a_young_registration_backs_no_principal_on_some_replicas(graph: Graph, tenant: FakeTenant) -> None:
    tenant.replication.use("typical")
    app_id = (await graph.register())["appId"]
    answers = await rotation(lambda: graph.post("/servicePrincipals", {"appId": app_id}))
    late = [each.json()["error"] for each in answers if each.status_code == 400]
    assert (
        late[0]["message"]
        == f"The appId '{app_id}' of the service principal does not reference a valid application object."
    )
    assert late[0]["details"][0]["code"] == "NoBackingApplicationObject"
    assert [each.status_code for each in answers].count(201) == 1


async def test_one_who_reaches_only_its_own_is_told_of_another_tenant(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    owner = Graph(wire, cloud, claims_of_app(tenant, "Application.ReadWrite.OwnedBy"))
    tenant.replication.use("typical")
    app_id = (await owner.register())["appId"]
    answers = await rotation(lambda: owner.post("/servicePrincipals", {"appId": app_id}))
    assert "must in the local tenant" in next(said(each)[2] for each in answers if each.status_code == 403)


async def test_a_young_secret_cannot_be_removed_where_it_is_not_seen(
    graph: Graph, tenant: FakeTenant, application: dict[str, Any]
) -> None:
    path = f"/applications/{application['id']}"
    key_id = (await graph.post(f"{path}/addPassword")).json()["keyId"]
    tenant.clock.advance(seconds=2)  # later than the moment in which writes collide
    listed = [len(each.json()["passwordCredentials"]) for each in await rotation(lambda: graph.get(path))]
    for _ in range(listed.index(0)):
        await graph.get(path)  # on to a replica that does not have it
    words = f"No password credential found with keyId '{key_id}'."
    assert said(await graph.post(f"{path}/removePassword", {"keyId": key_id})) == (400, "Request_BadRequest", words)
    await settle(tenant)
    assert (await graph.post(f"{path}/removePassword", {"keyId": key_id})).status_code == 204


async def test_a_removed_secret_is_listed_by_late_replicas(
    graph: Graph, tenant: FakeTenant, application: dict[str, Any]
) -> None:
    path = f"/applications/{application['id']}"
    key_id = (await graph.post(f"{path}/addPassword")).json()["keyId"]
    await settle(tenant)
    assert (await graph.post(f"{path}/removePassword", {"keyId": key_id})).status_code == 204
    listed = [len(each.json()["passwordCredentials"]) for each in await rotation(lambda: graph.get(path))]
    assert sorted(set(listed)) == [0, 1]
    await settle(tenant)
    assert [len(each.json()["passwordCredentials"]) for each in await rotation(lambda: graph.get(path))] == [0] * 3


async def test_a_changed_member_is_seen_late_and_never_goes_back_on_one_replica(
    graph: Graph, tenant: FakeTenant, application: dict[str, Any]
) -> None:
    path = f"/applications/{application['id']}"
    for number in range(1, 4):
        assert (await graph.patch(path, {"notes": str(number)})).status_code == 204
        tenant.clock.advance(seconds=2)
    seen: list[list[str | None]] = [[], [], []]
    for _ in range(5):
        for replica in range(REPLICAS):
            seen[replica].append((await graph.get(path)).json()["notes"])
        tenant.clock.advance(seconds=2)
    assert all(each == sorted(each, key=lambda notes: notes or "") for each in seen)
    assert {each[0] for each in seen} > {"3"}
    assert [each[-1] for each in seen] == ["3"] * 3


async def test_changes_build_on_what_was_written_last_whoever_answers(
    graph: Graph, tenant: FakeTenant, application: dict[str, Any]
) -> None:
    path = f"/applications/{application['id']}"
    for change in ({"notes": "kept"}, {"description": "kept too"}, {"web": {"logoutUrl": "https://a.example/out"}}):
        assert (await graph.patch(path, change)).status_code == 204
        tenant.clock.advance(seconds=2)
    await settle(tenant)
    read = (await graph.get(path)).json()
    assert (read["notes"], read["description"], read["web"]["logoutUrl"]) == (
        "kept", "kept too", "https://a.example/out",
    )  # fmt: skip


async def test_a_deleted_registration_lingers_and_can_no_longer_be_changed(
    graph: Graph, tenant: FakeTenant, application: dict[str, Any]
) -> None:
    path = f"/applications/{application['id']}"
    assert (await graph.delete(path)).status_code == 204
    assert {each.status_code for each in await rotation(lambda: graph.get(path))} == {200, 404}
    tenant.clock.advance(seconds=1)
    assert {each.status_code for each in await rotation(lambda: graph.patch(path, {"notes": "late"}))} == {404}
    await settle(tenant)
    assert {each.status_code for each in await rotation(lambda: graph.get(path))} == {404}


@pytest.mark.parametrize(("status", "code"), [(409, "Directory_ConcurrencyViolation"), (400, "Request_BadRequest")])
async def test_two_changes_at_once_on_two_replicas_are_one_too_many(
    graph: Graph, tenant: FakeTenant, application: dict[str, Any], status: int, code: str
) -> None:
    tenant.quirks.graph_concurrency_status = status
    path = f"/applications/{application['id']}"
    assert (await graph.patch(path, {"notes": "first"})).status_code == 204
    assert said(await graph.patch(path, {"notes": "second"})) == (
        status,
        code,
        "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.",
    )
    tenant.clock.advance(seconds=1)
    assert (await graph.patch(path, {"notes": "second"})).status_code == 204


async def test_a_tenant_put_back_has_forgotten_what_was_changed(
    graph: Graph, tenant: FakeTenant, application: dict[str, Any]
) -> None:
    before = tenant.snapshot()
    assert (await graph.delete(f"/applications/{application['id']}")).status_code == 204
    tenant.restore(before)
    read = await rotation(lambda: graph.get(f"/applications/{application['id']}"))
    assert {each.status_code for each in read} == {200}
