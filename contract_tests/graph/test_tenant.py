"""The tenant itself, its people, and who is asking."""

import uuid

import httpx
import pytest

from contract_tests.graph.asking import EVERYTHING, Graph, claims_of_person, said
from mock_services.cloud import FakeCloud
from mock_services.state import well_known
from mock_services.tenant import FakeTenant


async def test_the_organization_is_the_tenant(graph: Graph, tenant: FakeTenant) -> None:
    [shown] = (await graph.get("/organization")).json()["value"]
    assert (shown["id"], shown["displayName"], shown["tenantType"]) == (tenant.id, tenant.display_name, "AAD")
    assert [each["name"] for each in shown["verifiedDomains"] if each["isDefault"]] == [tenant.domain]


async def test_with_user_read_alone_the_organization_is_mostly_null(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    person = Graph(wire, cloud, claims_of_person(tenant, "User.Read"))
    [shown] = (await person.get("/organization")).json()["value"]
    assert shown["id"] == tenant.id
    assert shown["verifiedDomains"]
    assert shown["tenantType"] is None


async def test_the_domain_is_listed_and_read(graph: Graph, tenant: FakeTenant) -> None:
    [shown] = (await graph.get("/domains")).json()["value"]
    assert (shown["id"], shown["isDefault"], shown["isVerified"]) == (tenant.domain, True, True)
    assert (await graph.get(f"/domains/{tenant.domain}")).json()["id"] == tenant.domain
    assert said(await graph.get("/domains/example.org"))[0] == 404


async def test_an_application_has_no_me(graph: Graph) -> None:
    assert said(await graph.get("/me")) == (
        400,
        "Request_BadRequest",
        "/me request is only valid with delegated authentication flow.",
    )


async def test_a_person_reads_themselves_and_their_roles(administrator: Graph, tenant: FakeTenant) -> None:
    me = (await administrator.get("/me")).json()
    assert me["userPrincipalName"] == tenant.operator.username
    assert me["@odata.context"].endswith("/v1.0/$metadata#users/$entity")
    cast = "/microsoft.graph.directoryRole"
    for path in ("/me/memberOf", f"/me/transitiveMemberOf{cast}", f"/users/{me['id']}/memberOf"):
        [role] = (await administrator.get(path)).json()["value"]
        # Where the path says the kind, the object does not.
        assert role.get("@odata.type") == (None if path.endswith(cast) else "#microsoft.graph.directoryRole")
        assert role["roleTemplateId"] == well_known.GLOBAL_ADMINISTRATOR
        assert role["id"] != role["roleTemplateId"]


async def test_people_are_found_by_id_by_name_and_by_filter(graph: Graph, tenant: FakeTenant) -> None:
    user = tenant.directory.add_user(f"adele@{tenant.domain}", "Adele Vance", "no matter")
    assert (await graph.get(f"/users/{user.id}")).json()["displayName"] == "Adele Vance"
    assert (await graph.get(f"/users/ADELE@{tenant.domain}")).json()["id"] == user.id
    found = await graph.get("/users", {"$filter": "startswith(displayName,'Adele')", "$select": "id"})
    assert found.json()["value"] == [{"id": user.id}]
    assert said(await graph.get(f"/users/{uuid.UUID(int=3)}"))[0] == 404
    assert "no matter" not in repr(user)


async def test_with_user_read_a_person_reads_nobody_else(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    user = tenant.directory.add_user(f"adele@{tenant.domain}", "Adele Vance", "no matter")
    adele = Graph(wire, cloud, claims_of_person(tenant, "User.Read", username=user.user_principal_name))
    assert (await adele.get(f"/users/{user.id}")).status_code == 200
    assert said(await adele.get(f"/users/{tenant.operator.username}"))[0] == 403


@pytest.fixture
async def binned(graph: Graph) -> tuple[str, str]:
    """A registration and its principal, both in the bin."""
    made = await graph.register("Binned", identifierUris=["api://binned"])
    principal = await graph.principal(made["appId"])
    await graph.delete(f"/applications/{made['id']}")
    return made["id"], principal["id"]


async def test_the_bin_lists_what_was_deleted(graph: Graph, binned: tuple[str, str]) -> None:
    for kind, identity in zip(("application", "servicePrincipal"), binned, strict=True):
        listed = (await graph.get(f"/directory/deletedItems/microsoft.graph.{kind}")).json()["value"]
        assert [each["id"] for each in listed] == [identity]
        assert listed[0]["deletedDateTime"] is not None
        read = (await graph.get(f"/directory/deletedItems/{identity}")).json()
        assert read["@odata.type"] == f"#microsoft.graph.{kind}"


async def test_a_registration_comes_back_first_and_then_its_principal(graph: Graph, binned: tuple[str, str]) -> None:
    application, principal = binned
    early = await graph.post(f"/directory/deletedItems/{principal}/restore")
    assert said(early)[0] == 400
    back = await graph.post(f"/directory/deletedItems/{application}/restore")
    assert (back.status_code, back.json()["@odata.type"]) == (200, "#microsoft.graph.application")
    assert (await graph.get(f"/applications/{application}")).json()["deletedDateTime"] is None
    assert (await graph.post(f"/directory/deletedItems/{principal}/restore")).status_code == 200
    assert (await graph.get(f"/servicePrincipals/{principal}")).status_code == 200


async def test_a_principal_with_a_successor_cannot_come_back(graph: Graph, binned: tuple[str, str]) -> None:
    application, principal = binned
    back = (await graph.post(f"/directory/deletedItems/{application}/restore")).json()
    await graph.principal(back["appId"])
    assert said(await graph.post(f"/directory/deletedItems/{principal}/restore"))[:2] == (
        409,
        "Request_MultipleObjectsWithSameKeyValue",
    )


async def test_a_registration_whose_uri_was_taken_meanwhile_cannot_come_back(
    graph: Graph, binned: tuple[str, str]
) -> None:
    await graph.register("Successor", identifierUris=["api://binned"])
    assert said(await graph.post(f"/directory/deletedItems/{binned[0]}/restore"))[0] == 400


async def test_purged_is_gone_for_good(graph: Graph, binned: tuple[str, str]) -> None:
    for identity in binned:
        assert (await graph.delete(f"/directory/deletedItems/{identity}")).status_code == 204
        assert said(await graph.delete(f"/directory/deletedItems/{identity}"))[0] == 404
        assert said(await graph.post(f"/directory/deletedItems/{identity}/restore"))[0] == 404


async def test_the_bin_is_emptied_after_thirty_days(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, graph: Graph, binned: tuple[str, str]
) -> None:
    from contract_tests.graph.asking import claims_of_app

    tenant.clock.advance(days=29)
    later = Graph(wire, cloud, claims_of_app(tenant, *EVERYTHING))
    assert (await later.get(f"/directory/deletedItems/{binned[0]}")).status_code == 200
    tenant.clock.advance(days=1)
    later = Graph(wire, cloud, claims_of_app(tenant, *EVERYTHING))
    assert said(await later.get(f"/directory/deletedItems/{binned[0]}"))[0] == 404


async def test_a_unique_name_in_the_bin_is_still_taken(graph: Graph) -> None:
    path, prefer = "/applications(uniqueName='once')", "create-if-missing"
    made = (await graph.patch(path, {"displayName": "x"}, Prefer=prefer)).json()
    await graph.delete(f"/applications/{made['id']}")
    assert said(await graph.patch(path, {"displayName": "x"}, Prefer=prefer))[0] == 400
    await graph.delete(f"/directory/deletedItems/{made['id']}")
    assert (await graph.patch(path, {"displayName": "x"}, Prefer=prefer)).status_code == 201


async def test_a_sign_in_name_that_is_taken_is_told_in_details_too(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    administrator = Graph(wire, cloud, claims_of_person(tenant, "User.ReadWrite.All"))
    tenant.directory.add_user(f"adele@{tenant.domain}", "Adele Vance", "no matter")
    taken = {"userPrincipalName": tenant.operator.username}
    person = {"accountEnabled": True, "displayName": "p", "mailNickname": "p", "passwordProfile": {"password": "fake"}}
    for answer in (
        await administrator.post("/users", person | taken),
        await administrator.patch(f"/users/adele@{tenant.domain}", taken),
    ):
        message = "Another object with the same value for property userPrincipalName already exists."
        assert said(answer) == (400, "Request_BadRequest", message)
        [detail] = answer.json()["error"]["details"]
        assert detail == {"code": "ObjectConflict", "message": message, "target": "userPrincipalName"}
