"""Service principals: one a registration, in the recorded shape, refused for the right reason."""

import uuid

import httpx
import pytest

from contract_tests.graph.asking import Graph, claims_of_app, said
from mock_services.cloud import FakeCloud
from mock_services.state.well_known import DATAVERSE, GRAPH_PERMISSIONS, MICROSOFT_GRAPH
from mock_services.tenant import FakeTenant

RECORDED_MEMBERS = (
    "@odata.context id deletedDateTime accountEnabled alternativeNames appDisplayName appDescription appId"
    " applicationTemplateId appOwnerOrganizationId appRoleAssignmentRequired createdDateTime description"
    " disabledByMicrosoftStatus displayName homepage loginUrl logoutUrl notes notificationEmailAddresses"
    " preferredSingleSignOnMode preferredTokenSigningKeyThumbprint replyUrls servicePrincipalNames servicePrincipalType"
    " signInAudience tags tokenEncryptionKeyId samlSingleSignOnSettings addIns appRoles info keyCredentials"
    " oauth2PermissionScopes passwordCredentials resourceSpecificApplicationPermissions verifiedPublisher"
)

TAKEN = (
    "The service principal cannot be created, updated, or restored because the service principal name {} is already in"
    " use."
)
FOREIGN = (
    "When using this permission, the backing application of the service principal being created must in the local"
    " tenant"
)


async def test_a_new_principal_reads_as_recorded_in_2025(graph: Graph, tenant: FakeTenant) -> None:
    made = await graph.register("Integration")
    await graph.post(f"/applications/{made['id']}/addPassword", {})
    answer = await graph.post("/servicePrincipals", {"appId": made["appId"], "accountEnabled": True})
    principal = answer.json()
    assert answer.status_code == 201
    assert list(principal) == RECORDED_MEMBERS.split()
    assert principal["servicePrincipalNames"] == [made["appId"]]
    assert principal["appOwnerOrganizationId"] == tenant.id
    assert principal["passwordCredentials"] == []  # the application's secrets are not mirrored
    assert answer.headers["location"].endswith(f"/{principal['id']}/Microsoft.DirectoryServices.ServicePrincipal")


async def test_a_registration_has_one_principal(graph: Graph) -> None:
    made = await graph.register()
    await graph.principal(made["appId"])
    assert said(await graph.post("/servicePrincipals", {"appId": made["appId"]})) == (
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        TAKEN.format(made["appId"]),
    )


async def test_a_principal_of_nothing_names_the_missing_backing_application(graph: Graph) -> None:
    nothing = str(uuid.UUID(int=9))
    answer = await graph.post("/servicePrincipals", {"appId": nothing})
    message = f"The appId '{nothing}' of the service principal does not reference a valid application object."
    assert said(answer) == (400, "Request_BadRequest", message)
    assert answer.json()["error"]["details"] == [
        {"code": "NoBackingApplicationObject", "message": message, "target": "appId"}
    ]


async def test_the_upsert_by_app_id_creates_once(graph: Graph) -> None:
    made = await graph.register()
    path = f"/servicePrincipals(appId='{made['appId']}')"
    assert said(await graph.patch(path, {}))[0] == 404
    first = await graph.patch(path, {"notes": "one"}, Prefer="create-if-missing")
    second = await graph.patch(path, {"notes": "two"}, Prefer="create-if-missing")
    assert (first.status_code, second.status_code) == (201, 204)
    assert (await graph.get(path)).json()["notes"] == "two"


@pytest.mark.parametrize(
    "condition", ["appId eq '{}'", "servicePrincipalNames/any(c:c eq '{}')", "servicePrincipalNames/any(x: x eq '{}')"]
)
async def test_a_principal_is_found_as_the_known_clients_look_for_it(graph: Graph, condition: str) -> None:
    found = (await graph.get("/servicePrincipals", {"$filter": condition.format(DATAVERSE)})).json()["value"]
    assert [each["appId"] for each in found] == [DATAVERSE]


async def test_dataverse_has_one_scope_and_no_roles(graph: Graph) -> None:
    dataverse = (await graph.get(f"/servicePrincipals(appId='{DATAVERSE}')")).json()
    assert dataverse["displayName"] == "Dataverse"
    assert dataverse["appRoles"] == []
    [scope] = dataverse["oauth2PermissionScopes"]
    assert (scope["id"], scope["value"]) == ("78ce3f0f-a1ce-49c2-8cde-64b5c0896db4", "user_impersonation")
    assert f"{DATAVERSE}/*.crm4.dynamics.com" in dataverse["servicePrincipalNames"]
    assert dataverse["appOwnerOrganizationId"] == "f8cdef31-a31e-4b4a-93e4-5f571e91255a"


async def test_microsoft_graph_offers_every_permission_of_the_table(graph: Graph) -> None:
    shown = (await graph.get(f"/servicePrincipals(appId='{MICROSOFT_GRAPH}')")).json()
    roles = {each["value"]: each["id"] for each in shown["appRoles"]}
    scopes = {each["value"]: each["id"] for each in shown["oauth2PermissionScopes"]}
    assert roles == {name: role for name, (role, _) in GRAPH_PERMISSIONS.items() if role}
    assert scopes == {name: scope for name, (_, scope) in GRAPH_PERMISSIONS.items() if scope}
    assert shown["createdDateTime"] is None


async def test_a_principal_that_a_tenant_lacks_can_be_made_for_microsofts_own_app(
    graph: Graph, tenant: FakeTenant
) -> None:
    dataverse = await graph.known(DATAVERSE)
    assert (await graph.delete(f"/servicePrincipals/{dataverse}")).status_code == 204
    assert (await graph.get("/servicePrincipals", {"$filter": f"appId eq '{DATAVERSE}'"})).json()["value"] == []
    assert (await graph.principal(DATAVERSE))["displayName"] == "Dataverse"


async def test_a_renamed_registration_renames_its_principal(graph: Graph) -> None:
    made = await graph.register("Before")
    principal = await graph.principal(made["appId"])
    await graph.patch(f"/applications/{made['id']}", {"displayName": "After", "identifierUris": ["api://after"]})
    read = (await graph.get(f"/servicePrincipals/{principal['id']}")).json()
    assert read["displayName"] == "After"
    assert read["servicePrincipalNames"] == ["api://after", made["appId"]]


async def test_a_principal_can_be_disabled_and_its_app_id_never_changed(graph: Graph) -> None:
    made = await graph.register()
    principal = await graph.principal(made["appId"])
    path = f"/servicePrincipals/{principal['id']}"
    assert (await graph.patch(path, {"accountEnabled": False})).status_code == 204
    assert (await graph.get(path)).json()["accountEnabled"] is False
    assert said(await graph.patch(path, {"appId": DATAVERSE}))[0] == 400
    assert said(await graph.patch(path, {"accountEnabled": None}))[0] == 400


async def test_owned_by_reads_everything_and_writes_its_own_only(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, graph: Graph
) -> None:
    foreign = await graph.register("Somebody else's")
    caller = Graph(wire, cloud, claims_of_app(tenant, "Application.ReadWrite.OwnedBy"))
    own = await caller.register("Own")
    denied = (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")

    assert (await caller.get(f"/applications/{foreign['id']}")).status_code == 200
    assert (await caller.post(f"/applications/{own['id']}/addPassword", {})).status_code == 200
    assert (await caller.post("/servicePrincipals", {"appId": own["appId"]})).status_code == 201
    assert said(await caller.post(f"/applications/{foreign['id']}/addPassword", {})) == denied
    assert said(await caller.patch(f"/applications/{foreign['id']}", {"displayName": "Mine"})) == denied
    assert said(await caller.delete(f"/applications/{foreign['id']}")) == denied
    assert said(await caller.post("/servicePrincipals", {"appId": foreign["appId"]})) == denied
    assert said(await caller.post("/servicePrincipals", {"appId": str(uuid.UUID(int=9))})) == (
        403,
        "Authorization_RequestDenied",
        FOREIGN,
    )
