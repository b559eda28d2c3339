"""Directory roles, and people made and changed."""

import base64
import uuid

import httpx
import pytest

from contract_tests.graph.asking import EVERYTHING, Graph, claims_of_app, claims_of_person, said
from mock_services.cloud import FakeCloud
from mock_services.state import well_known
from mock_services.state.well_known import CLOUD_APPLICATION_ADMINISTRATOR, GLOBAL_ADMINISTRATOR
from mock_services.tenant import FakeTenant

ASSIGNMENTS = "/roleManagement/directory/roleAssignments"


@pytest.fixture
def governor(wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant) -> Graph:
    """Graph as an application that may give roles and make people meets it."""
    permissions = ("RoleManagement.ReadWrite.Directory", "User.ReadWrite.All")
    return Graph(wire, cloud, claims_of_app(tenant, *EVERYTHING, *permissions))


async def test_the_roles_of_a_tenant_are_found_by_template(governor: Graph) -> None:
    [administrators] = (await governor.get("/directoryRoles")).json()["value"]
    assert administrators["roleTemplateId"] == GLOBAL_ADMINISTRATOR
    templates = {each["id"] for each in (await governor.get("/directoryRoleTemplates")).json()["value"]}
    for template in sorted(templates - {GLOBAL_ADMINISTRATOR}):
        assert said(await governor.get(f"/directoryRoles(roleTemplateId='{template}')"))[0] == 404
        made = await governor.post("/directoryRoles", {"roleTemplateId": template})
        assert (made.status_code, made.json()["roleTemplateId"]) == (201, template)
        assert said(await governor.post("/directoryRoles", {"roleTemplateId": template}))[0] == 400
    listed = (await governor.get("/directoryRoles")).json()["value"]
    assert {each["roleTemplateId"] for each in listed} == templates
    by_template = await governor.get(f"/directoryRoles(roleTemplateId='{GLOBAL_ADMINISTRATOR}')")
    assert by_template.json()["displayName"] == "Global Administrator"
    assert by_template.json()["id"] in {each["id"] for each in listed}


@pytest.mark.parametrize("path", ["/directoryRoles", "/directoryRoleTemplates"])
async def test_a_page_size_is_refused_where_graph_takes_none(governor: Graph, path: str) -> None:
    assert said(await governor.get(path, {"$top": "5"})) == (
        400,
        "Request_UnsupportedQuery",
        "This resource does not support custom page sizes. Please retry without a page size argument.",
    )


async def test_a_role_assignment_lives_through_create_read_and_delete(governor: Graph, adele: str) -> None:
    body = {"principalId": adele, "roleDefinitionId": CLOUD_APPLICATION_ADMINISTRATOR, "directoryScopeId": "/"}
    made = await governor.post(ASSIGNMENTS, body)
    raw = uuid.UUID(CLOUD_APPLICATION_ADMINISTRATOR).bytes_le + uuid.UUID(adele).bytes_le
    identity = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() + "-1"
    assert (made.status_code, made.json()["id"]) == (201, identity)
    found = (await governor.get(ASSIGNMENTS, {"$filter": f"principalId eq '{adele}'"})).json()["value"]
    assert [each["roleDefinitionId"] for each in found] == [CLOUD_APPLICATION_ADMINISTRATOR]
    assert said(await governor.post(ASSIGNMENTS, body))[0] == 400
    assert (await governor.delete(f"{ASSIGNMENTS}/{identity}")).status_code == 204
    assert said(await governor.get(f"{ASSIGNMENTS}/{identity}"))[0] == 404


async def test_a_role_given_over_the_wire_opens_doors_at_once(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, governor: Graph, adele: str
) -> None:
    foreign = await governor.register("Somebody else's")
    claims = claims_of_person(tenant, "Directory.AccessAsUser.All", username=f"adele@{tenant.domain}")
    person = Graph(wire, cloud, claims)
    change = f"/applications/{foreign['id']}", {"notes": "changed"}
    assert said(await person.patch(*change))[0] == 403
    members = f"/directoryRoles/roleTemplateId={CLOUD_APPLICATION_ADMINISTRATOR}/members/$ref"
    assert said(await governor.post(members, {}))[0] == 400
    members = f"/directoryRoles(roleTemplateId='{CLOUD_APPLICATION_ADMINISTRATOR}')/members"
    assert (await governor.post("/directoryRoles", {"roleTemplateId": CLOUD_APPLICATION_ADMINISTRATOR})).is_success
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{adele}"}
    assert (await governor.post(f"{members}/$ref", reference)).status_code == 204
    assert said(await governor.post(f"{members}/$ref", reference))[0] == 400
    assert [each["id"] for each in (await governor.get(members)).json()["value"]] == [adele]
    assert (await person.patch(*change)).status_code == 204
    assert (await governor.delete(f"{members}/{adele}/$ref")).status_code == 204
    assert said(await governor.delete(f"{members}/{adele}/$ref"))[0] == 404
    assert said(await person.patch(*change))[0] == 403


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (None, (False, False, False, False)),
        (well_known.APPLICATION_DEVELOPER, (False, False, False, False)),
        (well_known.CLOUD_APPLICATION_ADMINISTRATOR, (True, True, False, False)),
        (well_known.PRIVILEGED_ROLE_ADMINISTRATOR, (False, True, True, True)),
        (well_known.GLOBAL_ADMINISTRATOR, (True, True, True, True)),
    ],
)
async def test_what_each_role_may_do_in_a_set_up(
    wire: httpx.AsyncClient,
    cloud: FakeCloud,
    tenant: FakeTenant,
    governor: Graph,
    adele: str,
    role: str | None,
    may: tuple[bool, ...],
) -> None:
    """A secret for a foreign app, a tenant-wide grant, an app role of Graph's, a directory role for another."""
    if role:
        tenant.directory.give_directory_role(adele, role)
    foreign = await governor.register()
    client = (await governor.principal(foreign["appId"]))["id"]
    dataverse, graph_ = await governor.known(well_known.DATAVERSE), await governor.known(well_known.MICROSOFT_GRAPH)
    claims = claims_of_person(tenant, "Directory.AccessAsUser.All", username=f"adele@{tenant.domain}")
    person = Graph(wire, cloud, claims)
    grant = {"clientId": client, "consentType": "AllPrincipals", "resourceId": dataverse, "scope": "user_impersonation"}
    app_role, _ = well_known.GRAPH_PERMISSIONS["Application.Read.All"]
    role_body = {"principalId": client, "resourceId": graph_, "appRoleId": app_role}
    reader = {"principalId": client, "roleDefinitionId": well_known.GLOBAL_READER, "directoryScopeId": "/"}
    answers = [
        await person.post(f"/applications/{foreign['id']}/addPassword", {}),
        await person.post("/oauth2PermissionGrants", grant),
        await person.post(f"/servicePrincipals/{client}/appRoleAssignments", role_body),
        await person.post(ASSIGNMENTS, reader),
    ]
    assert tuple(each.is_success for each in answers) == may
    assert {each.status_code for each in answers if not each.is_success} <= {403}


async def test_a_person_is_made_changed_and_signs_in_with_what_was_set(governor: Graph, tenant: FakeTenant) -> None:
    body = {
        "accountEnabled": True,
        "displayName": "Lee Gu",
        "mailNickname": "lee",
        "userPrincipalName": f"lee@{tenant.domain}",
        "passwordProfile": {"password": "fake-first", "forceChangePasswordNextSignIn": False},
    }
    made = await governor.post("/users", body)
    assert made.status_code == 201
    assert said(await governor.post("/users", body))[:2] == (400, "Request_BadRequest")
    assert said(await governor.post("/users", body | {"userPrincipalName": "lee@elsewhere.example"}))[0] == 400
    assert said(await governor.post("/users", {"displayName": "x"}))[0] == 400
    change = {"accountEnabled": False, "passwordProfile": {"password": "fake-second"}}
    assert (await governor.patch(f"/users/{made.json()['id']}", change)).status_code == 204
    user = tenant.directory.user(id=made.json()["id"])
    assert user is not None
    assert (user.account_enabled, user.matches("fake-second"), user.matches("fake-first")) == (False, True, False)
    assert "fake-second" not in tenant.journal.said(last=100)
