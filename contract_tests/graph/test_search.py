"""`$search` and `$expand`."""

import pytest

from contract_tests.graph.asking import Graph, said
from mock_services.state.well_known import DATAVERSE
from mock_services.tenant import FakeTenant

ADVANCED = {"ConsistencyLevel": "eventual"}


@pytest.fixture
async def apps(graph: Graph) -> None:
    """Four registrations with telling names."""
    for name in ("Chat connector", "chatBot 365", "Voice-connector", "Billing"):
        await graph.register(name, tags=["live"] if name == "Billing" else [])


@pytest.mark.usefixtures("apps")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ('"displayName:chat"', {"Chat connector", "chatBot 365"}),
        ('"displayName:conn"', {"Chat connector", "Voice-connector"}),
        ('"displayName:bot"', {"chatBot 365"}),
        ('"displayName:36"', {"chatBot 365"}),
        ('"displayName:onnector"', set()),
        ('"displayName:chat connector"', {"Chat connector"}),
        ('"displayName:chat" AND "displayName:connector"', {"Chat connector"}),
        ('"displayName:bot" OR "displayName:voice"', {"chatBot 365", "Voice-connector"}),
        ('"tags:live"', {"Billing"}),
    ],
)
async def test_a_search_finds_words_by_their_beginnings(graph: Graph, search: str, found: set[str]) -> None:
    answer = await graph.get("/applications", {"$search": search, "$count": "true"}, **ADVANCED)
    assert {each["displayName"] for each in answer.json()["value"]} == found
    assert answer.json()["@odata.count"] == len(found)


@pytest.mark.parametrize(
    "search", ["displayName:x", '"displayName"', '"colour:x"', '"displayName:x" NOR "a:b"', "", '"']
)
async def test_a_search_that_cannot_be_read_is_refused(graph: Graph, search: str) -> None:
    assert said(await graph.get("/applications", {"$search": search}, **ADVANCED))[0] == 400


async def test_an_unquoted_search_is_told_where_it_went_wrong(graph: Graph) -> None:
    answer = await graph.get("/applications", {"$search": "displayName:Web"}, **ADVANCED)
    assert said(answer)[2] == "Syntax error: character ':' is not valid at position 11 in 'displayName:Web'."


async def test_owners_come_along_one_level(graph: Graph, administrator: Graph) -> None:
    made = await graph.register("Owned")
    owner = (await administrator.get("/me")).json()["id"]
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{owner}"}
    await graph.post(f"/applications/{made['id']}/owners/$ref", reference)
    read = (await graph.get(f"/applications/{made['id']}", {"$expand": "owners($select=id)", "$select": "id"})).json()
    assert read["owners"] == [{"@odata.type": "#microsoft.graph.user", "id": owner}]
    listed = (await graph.get("/applications", {"$filter": "displayName eq 'Owned'", "$expand": "owners"})).json()
    assert [each["owners"][0]["id"] for each in listed["value"]] == [owner]


async def test_members_come_along_with_a_group(graph: Graph, tenant: FakeTenant) -> None:
    outer, inner = (tenant.directory.add_group(each, mail_nickname=each) for each in ("outer", "inner"))
    tenant.directory.add_member(outer.id, inner.id)
    read = (await graph.get(f"/groups/{outer.id}", {"$expand": "members($select=id)", "$select": "id"})).json()
    assert read["members"] == [{"@odata.type": "#microsoft.graph.group", "id": inner.id}]


async def test_app_role_assignments_come_along(graph: Graph, tenant: FakeTenant) -> None:
    held = await graph.get(
        f"/servicePrincipals(appId='{tenant.operator.client_id}')", {"$expand": "appRoleAssignments"}
    )
    listed = await graph.get(f"/servicePrincipals/{held.json()['id']}/appRoleAssignments")
    assert held.json()["appRoleAssignments"] == listed.json()["value"]
    assert listed.json()["value"]


@pytest.mark.parametrize(
    ("expand", "status"), [("colour", 400), ("owners,appRoleAssignments", 501), ("memberOf", 501), ("owners(", 400)]
)
async def test_what_cannot_come_along_is_refused(graph: Graph, expand: str, status: int) -> None:
    answer = await graph.get(f"/servicePrincipals(appId='{DATAVERSE}')", {"$expand": expand})
    assert said(answer)[0] == status
