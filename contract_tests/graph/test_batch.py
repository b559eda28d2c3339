"""Several requests in one."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.graph.asking import GRAPH, Graph, said
from mock_services.tenant import FakeTenant

JSON = {"Content-Type": "application/json"}
NOWHERE = "/applications/00000000-0000-0000-0000-0000000000aa"


def get(identity: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": identity, "method": "GET", "url": url, **more}


def create(identity: str, name: str, **more: Any) -> dict[str, Any]:
    body = {"displayName": name}
    return {"id": identity, "method": "POST", "url": "/applications", "headers": JSON, "body": body, **more}


async def ask(graph: Graph, *requests: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers of a batch, by id."""
    answer = await graph.post("/$batch", {"requests": list(requests)})
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json()["responses"]}


async def test_each_request_is_answered_by_itself(graph: Graph) -> None:
    made = await graph.register("Known")
    answers = await ask(
        graph,
        get("a", f"/applications/{made['id']}?$select=displayName"),
        get("b", NOWHERE),
        get("c", "applications?$filter=displayName eq 'Known'&$select=id"),
        create("d", "New"),
        {"id": "e", "method": "DELETE", "url": f"/applications/{made['id']}"},
    )
    assert [answers[each]["status"] for each in "abcde"] == [200, 404, 200, 201, 204]
    assert answers["a"]["body"]["displayName"] == "Known"
    assert answers["b"]["body"]["error"]["code"] == "Request_ResourceNotFound"
    assert answers["c"]["body"]["value"] == [{"id": made["id"]}]
    assert "body" not in answers["e"]
    assert answers["a"]["headers"]["OData-Version"] == "4.0"
    assert answers["b"]["headers"]["Content-Type"] == "application/json"
    assert "OData-Version" not in answers["b"]["headers"]


async def test_what_depends_on_a_failure_is_not_done(graph: Graph) -> None:
    answers = await ask(
        graph, get("1", NOWHERE), create("2", "Never", dependsOn=["1"]), create("3", "Nor this", dependsOn=["2"])
    )
    assert [answers[each]["status"] for each in "123"] == [404, 424, 424]
    found = await graph.get("/applications", {"$filter": "displayName in ('Never','Nor this')"})
    assert found.json()["value"] == []


async def test_what_depends_on_a_success_sees_it(graph: Graph) -> None:
    url = "/applications?$filter=displayName eq 'First'&$select=displayName"
    answers = await ask(graph, create("1", "First"), get("2", url, dependsOn=["1"]))
    assert answers["2"]["body"]["value"] == [{"displayName": "First"}]


async def test_a_header_counts_for_its_own_request_alone(graph: Graph) -> None:
    with_it = get("1", "/applications/$count", headers={"ConsistencyLevel": "eventual"})
    answers = await ask(graph, with_it, get("2", "/applications/$count"))
    assert (answers["1"]["status"], answers["2"]["status"]) == (200, 400)


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        ([get(str(number), "/me") for number in range(21)], "exceeds the maximum value of 20"),
        ([get("a", "/me"), get("A", "/me")], "unique"),
        ([get("1", "/me", dependsOn=["2"]), get("2", "/me")], "does not precede"),
        ([{"id": "7", "method": "POST", "url": "/applications", "body": {}}], "Write request id : 7 does not contain"),
        ([{"id": "7", "method": "PATCH", "url": "/applications/x", "headers": JSON}], "Write request id : 7"),
        ([{"method": "GET", "url": "/me"}], "Invalid batch payload format."),
        ([{"id": 1, "method": "GET", "url": "/me"}], "Invalid batch payload format."),
        ([], "Invalid batch payload format."),
        ("requests", "Invalid batch payload format."),
    ],
)
async def test_a_malformed_batch_is_refused_whole(graph: Graph, requests: object, message: str) -> None:
    status, code, text = said(await graph.post("/$batch", {"requests": requests}))
    assert (status, code) == (400, "BadRequest")
    assert message in text


async def test_twenty_are_not_too_many(graph: Graph) -> None:
    assert len(await ask(graph, *(create(str(number), "Twenty") for number in range(20)))) == 20


async def test_a_batch_needs_a_bearer_and_is_only_posted(graph: Graph) -> None:
    nobody = await graph.wire.post(f"{GRAPH}/v1.0/$batch", json={"requests": [get("1", "/me")]})
    assert said(nobody)[0] == 401
    assert said(await graph.get("/$batch"))[0] == 405
    assert (await ask(graph, get("1", "/$batch")))["1"]["status"] == 405


SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8) | st.sampled_from(["GET", "POST", "/me"])
ITEMS = st.dictionaries(
    st.sampled_from(["id", "method", "url", "headers", "body", "dependsOn"]), SCALARS | st.lists(SCALARS)
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=SCALARS | st.lists(SCALARS | ITEMS, max_size=4))
async def test_no_batch_breaks_the_service(graph: Graph, requests: object) -> None:
    answer = await graph.post("/$batch", {"requests": requests})
    assert answer.status_code in (200, 400)
    assert "responses" in answer.json() or said(answer)[1] == "BadRequest"


async def test_a_body_beyond_the_gateways_limit_is_refused_before_it_is_read(graph: Graph) -> None:
    huge = {"displayName": "x" * (4 * 2**20)}
    assert said(await graph.post("/applications", huge))[0] == 413


async def test_each_request_of_a_batch_is_read_from_a_replica_of_its_own(graph: Graph, tenant: FakeTenant) -> None:
    tenant.directory.replication.use("slow")
    made = await graph.register()
    answers = await ask(graph, *(get(str(number), f"/applications/{made['id']}") for number in range(3)))
    assert sorted(each["status"] for each in answers.values()) == [200, 404, 404]
