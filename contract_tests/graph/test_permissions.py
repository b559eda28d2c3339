"""Who may do what, by kind of caller."""

import httpx
import pytest

from contract_tests.graph.asking import EVERYTHING, Graph, claims_of_app, claims_of_person, said
from mock_services.cloud import FakeCloud
from mock_services.state import well_known
from mock_services.state.well_known import DATAVERSE
from mock_services.tenant import FakeTenant

DENIED = (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


@pytest.mark.parametrize(
    ("door", "enough"),
    [
        (("GET", "/applications"), "Application.Read.All"),
        (("GET", "/applications"), "Directory.Read.All"),
        (("GET", "/servicePrincipals"), "Application.ReadWrite.OwnedBy"),
        (("POST", "/applications"), "Application.ReadWrite.All"),
        (("POST", "/applications"), "Application.ReadWrite.OwnedBy"),
        (("GET", "/oauth2PermissionGrants"), "DelegatedPermissionGrant.Read.All"),
        (("GET", "/organization"), "Organization.Read.All"),
        (("GET", "/domains"), "Domain.Read.All"),
        (("GET", "/users"), "User.Read.All"),
        (("GET", "/directory/deletedItems/microsoft.graph.application"), "Application.Read.All"),
    ],
)
async def test_one_permission_opens_a_door_and_the_lack_of_it_closes_it(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, door: tuple[str, str], enough: str
) -> None:
    method, path = door
    body = {"displayName": "x"} if method == "POST" else None
    without = Graph(wire, cloud, claims_of_app(tenant))
    unrelated = Graph(wire, cloud, claims_of_app(tenant, "Policy.Read.All"))
    with_it = Graph(wire, cloud, claims_of_app(tenant, enough))
    assert said(await without.ask(method, path, body)) == DENIED
    assert said(await unrelated.ask(method, path, body)) == DENIED
    assert (await with_it.ask(method, path, body)).is_success


@pytest.mark.parametrize("readers", [("Application.Read.All",), ("Directory.Read.All",), EVERYTHING[1:]])
async def test_readers_do_not_write(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, graph: Graph, readers: tuple[str, ...]
) -> None:
    made = await graph.register()
    reader = Graph(wire, cloud, claims_of_app(tenant, *readers))
    assert said(await reader.post("/applications", {"displayName": "x"})) == DENIED
    assert said(await reader.patch(f"/applications/{made['id']}", {"displayName": "x"})) == DENIED
    assert said(await reader.post(f"/applications/{made['id']}/addPassword", {})) == DENIED
    assert said(await reader.delete(f"/applications/{made['id']}")) == DENIED
    assert (await graph.get(f"/applications/{made['id']}")).json()["displayName"] == "Integration"


async def test_the_right_is_asked_for_before_the_object(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    nobody = Graph(wire, cloud, claims_of_app(tenant))
    assert said(await nobody.get(f"/applications/{tenant.id}")) == DENIED


@pytest.fixture
def adele(wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant) -> Graph:
    """Graph as a person without any role meets it through the Azure CLI."""
    name = f"adele@{tenant.domain}"
    tenant.directory.add_user(name, "Adele Vance", "no matter")
    return Graph(wire, cloud, claims_of_person(tenant, "Directory.AccessAsUser.All", username=name))


def give(tenant: FakeTenant, role: str) -> None:
    user = tenant.directory.user(user_principal_name=f"adele@{tenant.domain}")
    assert user is not None
    tenant.directory.give_directory_role(user.id, role)


async def test_a_person_may_register_and_manage_an_app_of_their_own(adele: Graph, graph: Graph) -> None:
    foreign = await graph.register("Somebody else's")
    own = await adele.register("Own")
    assert (await adele.post(f"/applications/{own['id']}/addPassword", {})).status_code == 200
    assert (await adele.post("/servicePrincipals", {"appId": own["appId"]})).status_code == 201
    assert said(await adele.post(f"/applications/{foreign['id']}/addPassword", {})) == DENIED


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (None, False),
        (well_known.APPLICATION_DEVELOPER, False),
        (well_known.GLOBAL_READER, False),
        (well_known.APPLICATION_ADMINISTRATOR, True),
        (well_known.CLOUD_APPLICATION_ADMINISTRATOR, True),
        (well_known.GLOBAL_ADMINISTRATOR, True),
    ],
)
async def test_consent_for_everybody_and_foreign_apps_take_an_administrator(
    adele: Graph, graph: Graph, tenant: FakeTenant, role: str | None, may: bool
) -> None:
    foreign = await graph.register("Somebody else's")
    client = await graph.principal(foreign["appId"])
    if role:
        give(tenant, role)
    grant = {
        "clientId": client["id"],
        "consentType": "AllPrincipals",
        "resourceId": await graph.known(DATAVERSE),
        "scope": "user_impersonation",
    }
    secret = await adele.post(f"/applications/{foreign['id']}/addPassword", {})
    consented = await adele.post("/oauth2PermissionGrants", grant)
    assert secret.is_success is may
    assert consented.is_success is may
    if not may:
        assert said(secret) == DENIED
        assert said(consented) == DENIED


async def test_a_privileged_role_administrator_consents_but_manages_no_apps(
    adele: Graph, graph: Graph, tenant: FakeTenant
) -> None:
    give(tenant, well_known.PRIVILEGED_ROLE_ADMINISTRATOR)
    foreign = await graph.register("Somebody else's")
    client = await graph.principal(foreign["appId"])
    grant = {
        "clientId": client["id"],
        "consentType": "AllPrincipals",
        "resourceId": await graph.known(DATAVERSE),
        "scope": "user_impersonation",
    }
    assert (await adele.post("/oauth2PermissionGrants", grant)).status_code == 201
    assert said(await adele.post(f"/applications/{foreign['id']}/addPassword", {})) == DENIED


async def test_a_role_without_the_scope_is_not_enough(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    administrator = Graph(wire, cloud, claims_of_person(tenant, "User.Read"))
    assert said(await administrator.post("/applications", {"displayName": "x"})) == DENIED
    assert (await administrator.get("/me")).status_code == 200


async def test_a_role_taken_away_counts_at_once(adele: Graph, tenant: FakeTenant, graph: Graph) -> None:
    foreign = await graph.register("Somebody else's")
    give(tenant, well_known.APPLICATION_ADMINISTRATOR)
    assert (await adele.patch(f"/applications/{foreign['id']}", {"notes": "a"})).status_code == 204
    user = tenant.directory.user(user_principal_name=f"adele@{tenant.domain}")
    assert user is not None
    tenant.directory.take_directory_role(user.id, well_known.APPLICATION_ADMINISTRATOR)
    assert said(await adele.patch(f"/applications/{foreign['id']}", {"notes": "b"})) == DENIED
