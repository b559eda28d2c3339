"""Security groups: their life, their members and owners, and the roles that people hold through them."""

from typing import Any

import httpx
import pytest

from contract_tests.graph.asking import EVERYTHING, GRAPH, Graph, claims_of_app, claims_of_person, said
from mock_services.cloud import FakeCloud
from mock_services.state.well_known import CLOUD_APPLICATION_ADMINISTRATOR, GROUPS_ADMINISTRATOR
from mock_services.tenant import FakeTenant

PLAIN = {"displayName": "Operators", "mailEnabled": False, "mailNickname": "operators", "securityEnabled": True}
FOR_ROLES = PLAIN | {"isAssignableToRole": True}
ASSIGNMENTS = "/roleManagement/directory/roleAssignments"


@pytest.fixture
def keeper(wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant) -> Graph:
    """Graph as an application that may do anything to groups meets it."""
    permissions = ("Group.ReadWrite.All", "RoleManagement.ReadWrite.Directory")
    return Graph(wire, cloud, claims_of_app(tenant, *EVERYTHING, *permissions))


@pytest.fixture
def as_adele(wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, adele: str) -> Graph:
    """Graph as she meets it through the Azure CLI."""
    scopes = ("Directory.AccessAsUser.All", "User.Read")
    return Graph(wire, cloud, claims_of_person(tenant, *scopes, username=f"adele@{tenant.domain}"))


async def made(graph: Graph, **members: object) -> dict[str, Any]:
    """A new group's document."""
    answer = await graph.post("/groups", PLAIN | members)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def reference(identity: str) -> dict[str, str]:
    """The body that names an object."""
    return {"@odata.id": f"{GRAPH}/v1.0/directoryObjects/{identity}"}


async def test_a_group_lives_through_create_read_change_bin_and_return(keeper: Graph) -> None:
    group = await made(keeper, description="People on call")
    assert group["@odata.context"] == f"{GRAPH}/v1.0/$metadata#groups/$entity"
    assert (group["securityEnabled"], group["mailEnabled"], group["groupTypes"]) == (True, False, [])
    path = f"/groups/{group['id']}"
    assert (await keeper.patch(path, {"displayName": "Night shift"})).status_code == 204
    assert (await keeper.get(path)).json() == {**group, "displayName": "Night shift"}
    assert (await keeper.delete(path)).status_code == 204
    assert said(await keeper.get(path))[:2] == (404, "Request_ResourceNotFound")
    [binned] = (await keeper.get("/directory/deletedItems/microsoft.graph.group")).json()["value"]
    assert (binned["id"], "@odata.type" in binned) == (group["id"], False)
    restored = await keeper.post(f"/directory/deletedItems/{group['id']}/restore")
    assert restored.json()["@odata.type"] == "#microsoft.graph.group"
    assert (await keeper.get(path)).json()["displayName"] == "Night shift"


async def test_a_groups_security_identifier_follows_from_its_id(keeper: Graph, tenant: FakeTenant) -> None:
    """The pair of a public sample: d61efd38-0b40-488a-8e4d-ed7508504b27."""
    tenant.chance.guid = lambda: "d61efd38-0b40-488a-8e4d-ed7508504b27"  # type: ignore[method-assign] # the sample's id
    assert (await made(keeper))["securityIdentifier"] == "S-1-12-1-3592355128-1217006400-1978486158-659247112"


@pytest.mark.parametrize("member", ["displayName", "mailEnabled", "mailNickname", "securityEnabled"])
async def test_a_group_needs_four_members(keeper: Graph, member: str) -> None:
    body = {name: value for name, value in PLAIN.items() if name != member}
    assert said(await keeper.post("/groups", body)) == (
        400,
        "Request_BadRequest",
        f"A value is required for property '{member}' of resource 'Group'.",
    )


@pytest.mark.parametrize("nickname", ["", "with space", "a@b", "x" * 65, "é"])
async def test_a_nickname_that_no_mailbox_could_have_is_refused(keeper: Graph, nickname: str) -> None:
    answer = await keeper.post("/groups", PLAIN | {"mailNickname": nickname})
    assert said(answer)[2] == "Invalid value specified for property 'mailNickname' of resource 'Group'."


@pytest.mark.parametrize(
    "more", [{"groupTypes": ["Unified"], "mailEnabled": True}, {"membershipRule": "user.city -eq 'Ede'"}]
)
async def test_other_kinds_of_group_are_a_gap_that_is_named(keeper: Graph, more: dict[str, object]) -> None:
    assert said(await keeper.post("/groups", PLAIN | more))[0] == 501


async def test_members_come_and_go_by_reference(keeper: Graph, adele: str) -> None:
    members = f"/groups/{(await made(keeper))['id']}/members"
    assert (await keeper.post(f"{members}/$ref", reference(adele))).status_code == 204
    assert said(await keeper.post(f"{members}/$ref", reference(adele))) == (
        400,
        "Request_BadRequest",
        "One or more added object references already exist for the following modified properties: 'members'.",
    )
    [listed] = (await keeper.get(members)).json()["value"]
    assert (listed["@odata.type"], listed["id"]) == ("#microsoft.graph.user", adele)
    assert (await keeper.delete(f"{members}/{adele}/$ref")).status_code == 204
    assert said(await keeper.delete(f"{members}/{adele}/$ref"))[0] == 404
    assert (await keeper.get(members)).json()["value"] == []


async def test_members_are_counted_and_told_apart_by_kind(keeper: Graph, adele: str, tenant: FakeTenant) -> None:
    operator = tenant.directory.service_principal(app_id=tenant.operator.client_id)
    assert operator is not None
    inner = await made(keeper, displayName="Inner")
    bound = [f"{GRAPH}/v1.0/directoryObjects/{each}" for each in (adele, operator.id, inner["id"])]
    members = f"/groups/{(await made(keeper, **{'members@odata.bind': bound}))['id']}/members"
    for kind, identity in (("user", adele), ("servicePrincipal", operator.id), ("group", inner["id"])):
        found = (await keeper.get(f"{members}/microsoft.graph.{kind}")).json()["value"]
        assert [each["id"] for each in found] == [identity]
    counted = await keeper.get(f"{members}/$count", ConsistencyLevel="eventual")
    assert (counted.text, counted.headers["content-type"]) == ("3", "text/plain")
    assert said(await keeper.get(f"{members}/$count"))[2] == "$count is not currently supported."


async def test_memberships_reach_through_groups_when_asked_to(keeper: Graph, adele: str) -> None:
    inner = await made(keeper, displayName="Inner", **{"members@odata.bind": [f"{GRAPH}/v1.0/users/{adele}"]})
    outer = await made(keeper, displayName="Outer", **{"members@odata.bind": [f"{GRAPH}/v1.0/groups/{inner['id']}"]})
    # Groups may contain each other: the way through them ends all the same.
    assert (await keeper.post(f"/groups/{inner['id']}/members/$ref", reference(outer["id"]))).status_code == 204

    async def names(path: str) -> set[str]:
        return {each["displayName"] for each in (await keeper.get(path)).json()["value"]}

    assert await names(f"/users/{adele}/memberOf") == {"Inner"}
    assert await names(f"/users/{adele}/transitiveMemberOf") == {"Inner", "Outer"}
    assert await names(f"/groups/{outer['id']}/transitiveMembers") == {"Adele Vance", "Inner", "Outer"}
    assert await names(f"/groups/{inner['id']}/memberOf/microsoft.graph.group") == {"Outer"}


async def test_a_role_held_through_a_group_opens_doors_and_shows_in_tokens(
    keeper: Graph, as_adele: Graph, adele: str, tenant: FakeTenant
) -> None:
    change = f"/applications/{(await keeper.register())['id']}", {"notes": "changed"}
    assert said(await as_adele.patch(*change))[0] == 403
    group = await made(keeper, isAssignableToRole=True)
    assert group["visibility"] == "Private"
    role = {"principalId": group["id"], "roleDefinitionId": CLOUD_APPLICATION_ADMINISTRATOR, "directoryScopeId": "/"}
    assert (await keeper.post(ASSIGNMENTS, role)).status_code == 201
    assert (await keeper.post(f"/groups/{group['id']}/members/$ref", reference(adele))).status_code == 204
    assert (await as_adele.patch(*change)).status_code == 204
    assert tenant.directory.directory_roles_of(adele) == [CLOUD_APPLICATION_ADMINISTRATOR]

    direct = (await as_adele.get("/me/memberOf/microsoft.graph.directoryRole")).json()["value"]
    through = (await as_adele.get("/me/transitiveMemberOf/microsoft.graph.directoryRole")).json()["value"]
    assert (direct, [each["roleTemplateId"] for each in through]) == ([], [CLOUD_APPLICATION_ADMINISTRATOR])

    assert (await keeper.delete(f"/groups/{group['id']}")).status_code == 204
    assert said(await as_adele.patch(*change))[0] == 403


async def test_a_role_goes_to_groups_made_for_roles_alone(keeper: Graph) -> None:
    group = await made(keeper)
    refusal = (400, "Request_BadRequest", "Groups without IsAssignableToRole property set cannot be assigned to roles.")
    role = {"principalId": group["id"], "roleDefinitionId": CLOUD_APPLICATION_ADMINISTRATOR, "directoryScopeId": "/"}
    assert said(await keeper.post(ASSIGNMENTS, role)) == refusal
    assert (await keeper.post("/directoryRoles", {"roleTemplateId": CLOUD_APPLICATION_ADMINISTRATOR})).is_success
    members = f"/directoryRoles(roleTemplateId='{CLOUD_APPLICATION_ADMINISTRATOR}')/members/$ref"
    assert said(await keeper.post(members, reference(group["id"]))) == refusal
    assert said(await keeper.patch(f"/groups/{group['id']}", {"isAssignableToRole": True}))[0] == 400


async def test_groups_made_for_roles_do_not_nest_and_stay_private(keeper: Graph) -> None:
    inner, outer = await made(keeper), await made(keeper, isAssignableToRole=True)
    assert said(await keeper.post(f"/groups/{outer['id']}/members/$ref", reference(inner["id"]))) == (
        400,
        "Request_BadRequest",
        "Nesting is currently not supported for groups that can be assigned to a role.",
    )
    for visibility in ("Public", "HiddenMembership"):
        answer = await keeper.post("/groups", FOR_ROLES | {"visibility": visibility})
        assert said(answer)[2] == "Visibility can only be set to Private for groups assignable to role."


async def test_groups_made_for_roles_are_out_of_reach_of_those_who_manage_groups(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, keeper: Graph, as_adele: Graph, adele: str
) -> None:
    lesser = Graph(wire, cloud, claims_of_app(tenant, "Group.ReadWrite.All", "Directory.Read.All"))
    assert said(await lesser.post("/groups", FOR_ROLES))[0] == 403
    group = await made(keeper, isAssignableToRole=True)
    tenant.directory.give_directory_role(adele, GROUPS_ADMINISTRATOR)
    for caller in (lesser, as_adele):
        assert said(await caller.post(f"/groups/{group['id']}/members/$ref", reference(adele)))[0] == 403
        assert said(await caller.delete(f"/groups/{group['id']}"))[0] == 403


async def test_a_person_owns_the_group_that_they_made_and_no_other(
    keeper: Graph, as_adele: Graph, adele: str, tenant: FakeTenant
) -> None:
    foreign, own = await made(keeper), await made(as_adele)
    assert said(await as_adele.patch(f"/groups/{foreign['id']}", {"description": "mine now"}))[0] == 403
    assert (await as_adele.patch(f"/groups/{own['id']}", {"description": "mine"})).status_code == 204
    owners = f"/groups/{own['id']}/owners"
    assert [each["id"] for each in (await as_adele.get(owners)).json()["value"]] == [adele]
    assert said(await as_adele.delete(f"{owners}/{adele}/$ref")) == (
        400,
        "Request_BadRequest",
        "The group must have at least one owner, hence this owner cannot be removed.",
    )
    policy = tenant.directory.authorization_policy()
    rights = policy["defaultUserRolePermissions"] | {"allowedToCreateSecurityGroups": False}
    tenant.directory.set_authorization_policy(policy | {"defaultUserRolePermissions": rights})
    assert said(await as_adele.post("/groups", PLAIN))[0] == 403


async def test_one_who_may_not_read_groups_is_told_their_ids_alone(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, keeper: Graph, adele: str
) -> None:
    await made(keeper, **{"members@odata.bind": [f"{GRAPH}/v1.0/users/{adele}"]})
    person = Graph(wire, cloud, claims_of_person(tenant, "User.Read", username=f"adele@{tenant.domain}"))
    [group] = (await person.get("/me/memberOf")).json()["value"]
    assert {name for name, value in group.items() if value is not None} == {"@odata.type", "id"}


async def test_a_purged_group_takes_its_memberships_and_roles_along(
    keeper: Graph, adele: str, tenant: FakeTenant
) -> None:
    group = await made(keeper, isAssignableToRole=True, **{"members@odata.bind": [f"{GRAPH}/v1.0/users/{adele}"]})
    tenant.directory.give_directory_role(group["id"], CLOUD_APPLICATION_ADMINISTRATOR)
    await keeper.delete(f"/groups/{group['id']}")
    assert (await keeper.delete(f"/directory/deletedItems/{group['id']}")).status_code == 204
    assert said(await keeper.post(f"/directory/deletedItems/{group['id']}/restore"))[0] == 404
    assert tenant.directory.role_holders(CLOUD_APPLICATION_ADMINISTRATOR) == []
    assert tenant.directory.groups_of(adele) == []


async def test_the_bin_asks_for_the_permission_of_each_kind(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, keeper: Graph, graph: Graph
) -> None:
    group, application = await made(keeper), await keeper.register()
    await keeper.delete(f"/groups/{group['id']}")
    await keeper.delete(f"/applications/{application['id']}")
    only_groups = Graph(wire, cloud, claims_of_app(tenant, "Group.ReadWrite.All"))
    assert (await only_groups.get(f"/directory/deletedItems/{group['id']}")).status_code == 200
    assert said(await only_groups.get(f"/directory/deletedItems/{application['id']}"))[0] == 403
    assert said(await graph.delete(f"/directory/deletedItems/{group['id']}"))[0] == 403


async def test_any_object_is_found_by_its_id_alone(keeper: Graph, adele: str, tenant: FakeTenant) -> None:
    group, application = await made(keeper), await keeper.register()
    found = (await keeper.get(f"/directoryObjects/{application['id']}")).json()
    assert (found["@odata.type"], found["appId"]) == ("#microsoft.graph.application", application["appId"])
    assert said(await keeper.get(f"/directoryObjects/{tenant.id}"))[0] == 404
    ids = [group["id"], adele, tenant.id, adele]
    many = await keeper.post("/directoryObjects/getByIds", {"ids": ids})
    assert [each["id"] for each in many.json()["value"]] == [group["id"], adele]
    crowd = [tenant.directory.add_group(f"g{each}", mail_nickname=f"g{each}").id for each in range(120)]
    answer = (await keeper.post("/directoryObjects/getByIds", {"ids": crowd})).json()
    assert ([each["id"] for each in answer["value"]], "@odata.nextLink" in answer) == (crowd, False)
    people = await keeper.post("/directoryObjects/getByIds", {"ids": ids, "types": ["user"]})
    assert [each["id"] for each in people.json()["value"]] == [adele]
    assert said(await keeper.post("/directoryObjects/getByIds", {"ids": []}))[0] == 400
    assert said(await keeper.post("/directoryObjects/getByIds", {"ids": ["no id"]}))[0] == 400


async def test_groups_are_filtered_and_sorted_by_name(keeper: Graph) -> None:
    for name in ("Beta", "Alpha"):
        await made(keeper, displayName=name)
    found = await keeper.get("/groups", {"$orderby": "displayName", "$select": "id,displayName"})
    assert [each["displayName"] for each in found.json()["value"]] == ["Alpha", "Beta"]
    found = await keeper.get("/groups", {"$filter": "startswith(displayName,'Al') and securityEnabled eq true"})
    assert [each["displayName"] for each in found.json()["value"]] == ["Alpha"]
