"""Every collection that has a door: it can be listed, cast and counted, and says what it is."""

from dataclasses import dataclass

import httpx
import pytest

from contract_tests.graph.asking import Graph, claims_of_app, claims_of_person
from mock_services.cloud import FakeCloud
from mock_services.graph.door import Door
from mock_services.graph.doors import DOORS, MEMBER
from mock_services.state.well_known import ANY_ROLE, GLOBAL_ADMINISTRATOR, GRAPH_PERMISSIONS
from mock_services.tenant import FakeTenant

ALL_ROLES = tuple(name for name, (role, _) in GRAPH_PERMISSIONS.items() if role)
ALL_SCOPES = tuple(name for name, (_, scope) in GRAPH_PERMISSIONS.items() if scope)
SINGLE_READS = ("/appManagementPolicies/*", "/federatedIdentityCredentials/*")


@dataclass(frozen=True)
class Inhabited:
    """A tenant in which every collection has something, and a key for each first segment."""

    keys: dict[str, str]

    def path(self, door: Door) -> str:
        """A door's path with keys in it."""
        segments = door.path.split("/")
        return "/" + "/".join(self.keys[segments[0]] if segment == "*" else segment for segment in segments)


@pytest.fixture
def inhabited(tenant: FakeTenant) -> Inhabited:
    """One of each, owning and holding one another."""
    directory = tenant.directory
    admin = directory.user(user_principal_name=tenant.operator.username)
    assert admin is not None
    application = directory.add_application("Integration")
    principal = directory.add_service_principal(application.app_id)
    group = directory.add_group("People", mail_nickname="people", is_assignable_to_role=True)
    directory.add_member(group.id, admin.id)
    for owned in (application.id, principal.id, group.id):
        directory.add_owner(owned, admin.id)
    directory.give_directory_role(group.id, GLOBAL_ADMINISTRATOR)
    binned = directory.add_application("Gone")
    directory.delete_application(binned.id)
    role = next(each for each in directory.directory_roles() if each.template_id == GLOBAL_ADMINISTRATOR)
    return Inhabited(
        {
            "applications": application.id,
            "servicePrincipals": principal.id,
            "groups": group.id,
            "users": admin.id,
            "organization": tenant.id,
            "domains": tenant.domain,
            "directoryRoles": role.id,
            "roleManagement": GLOBAL_ADMINISTRATOR,
        }
    )


def _is_collection(door: Door) -> bool:
    ends_in_key = door.path.endswith("/*") and door.segments[0] not in {"organization", "domains"}
    if door.method != "GET" or MEMBER in door.path or ends_in_key:
        return False
    keyless = {"policies", "me", "oauth2PermissionGrants", "directory", "directoryRoleTemplates"}
    return door.path.count("*") <= 1 and (door.path.split("/")[0] in keyless or "roleAssignments/*" not in door.path)


COLLECTIONS = [door for door in DOORS if _is_collection(door) and "policies/appManagementPolicies/*" not in door.path]


@pytest.mark.parametrize("door", COLLECTIONS, ids=lambda door: door.path)
async def test_it_is_answered(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, inhabited: Inhabited, door: Door
) -> None:
    is_mine = door.path.startswith("me")
    claims = claims_of_person(tenant, *ALL_SCOPES) if is_mine else claims_of_app(tenant, *ALL_ROLES)
    graph = Graph(wire, cloud, claims)
    answer = await graph.get(inhabited.path(door), ConsistencyLevel="eventual")
    assert answer.status_code == 200, answer.text
    if door.path.endswith("$count"):
        assert int(answer.text) >= 0
    else:
        assert answer.json()["@odata.context"].startswith("https://graph.microsoft.com/v1.0/$metadata#")
        assert "value" in answer.json() or {"id", "displayName"} & answer.json().keys()


async def test_owned_objects_are_ones_own_by_kind(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, inhabited: Inhabited
) -> None:
    me = Graph(wire, cloud, claims_of_person(tenant, "User.Read", "Directory.Read.All"))
    owned = (await me.get("/me/ownedObjects")).json()["value"]
    assert {each["@odata.type"] for each in owned} == {
        "#microsoft.graph.application", "#microsoft.graph.servicePrincipal", "#microsoft.graph.group"
    }  # fmt: skip
    cast = (await me.get("/me/ownedObjects/microsoft.graph.application")).json()["value"]
    assert [each["id"] for each in cast] == [inhabited.keys["applications"]]
    app = Graph(wire, cloud, claims_of_app(tenant, "Directory.Read.All"))
    assert (await app.get("/me/ownedObjects")).status_code == 400


@pytest.mark.parametrize("root", ["applications", "servicePrincipals", "groups"])
async def test_owners_come_and_go(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, inhabited: Inhabited, root: str
) -> None:
    graph = Graph(wire, cloud, claims_of_app(tenant, *ALL_ROLES))
    person = tenant.directory.add_user(f"owner@{tenant.domain}", "Owner", "fake-password")
    path = f"/{root}/{inhabited.keys[root]}/owners"
    body = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{person.id}"}
    assert (await graph.post(f"{path}/$ref", body)).status_code == 204
    assert person.id in {each["id"] for each in (await graph.get(path)).json()["value"]}
    assert (await graph.delete(f"{path}/{person.id}/$ref")).status_code == 204
    assert person.id not in {each["id"] for each in (await graph.get(path)).json()["value"]}


async def test_a_single_role_and_a_single_assignment_can_be_read(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    graph = Graph(wire, cloud, claims_of_app(tenant, *ALL_ROLES))
    root = "/roleManagement/directory"
    definition = await graph.get(f"{root}/roleDefinitions/{GLOBAL_ADMINISTRATOR}")
    assert definition.json()["displayName"] == "Global Administrator"
    [assignment] = (await graph.get(f"{root}/roleAssignments")).json()["value"]
    read = await graph.get(f"{root}/roleAssignments/{assignment['id']}")
    assert read.json()["roleDefinitionId"] == GLOBAL_ADMINISTRATOR


async def test_an_assignment_is_taken_back_by_its_resource(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, inhabited: Inhabited
) -> None:
    graph, principal = Graph(wire, cloud, claims_of_app(tenant, *ALL_ROLES)), inhabited.keys["servicePrincipals"]
    body = {"principalId": principal, "resourceId": principal, "appRoleId": ANY_ROLE}
    made = (await graph.post(f"/servicePrincipals/{principal}/appRoleAssignedTo", body)).json()
    path = f"/servicePrincipals/{principal}/appRoleAssignedTo"
    assert (await graph.delete(f"{path}/{made['id']}")).status_code == 204
    assert (await graph.get(path)).json()["value"] == []


async def test_a_member_has_a_path_of_its_own(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, inhabited: Inhabited
) -> None:
    """CLI for Microsoft 365 reads the permissions that a resource offers this way."""
    graph = Graph(wire, cloud, claims_of_app(tenant, *ALL_ROLES))
    dataverse = await graph.known("00000007-0000-0000-c000-000000000000")
    scopes = await graph.get(f"/servicePrincipals/{dataverse}/oauth2PermissionScopes")
    assert scopes.json()["@odata.context"].endswith(f"#servicePrincipals('{dataverse}')/oauth2PermissionScopes")
    assert [each["value"] for each in scopes.json()["value"]] == ["user_impersonation"]

    path = f"/applications/{inhabited.keys['applications']}"
    assert (await graph.get(f"{path}/displayName")).json()["value"] == "Integration"
    assert (await graph.get(f"{path}/appRoles")).json()["value"] == []
    assert (await graph.get(f"{path}/web")).json()["redirectUris"] == []
    assert (await graph.get(f"{path}/notes")).status_code == 204
    assert (await graph.get(f"{path}/nonsense")).status_code == 400
