"""Paths as real clients spell them, and paths that lead nowhere."""

import httpx
import pytest

from contract_tests.graph.asking import EVERYTHING, GRAPH, Graph, claims_of_app, said
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant


@pytest.mark.parametrize(
    "path",
    [
        "/v1.0/applications",
        "/v1.0//applications",
        "//v1.0/applications/",
        "/V1.0/Applications",
        "/v1.0/myorganization/applications",
        "/v1.0/myOrganization/APPLICATIONS",
        "/beta/applications",
    ],
)
async def test_every_spelling_of_a_collection_leads_to_it(graph: Graph, path: str) -> None:
    answer = await graph.wire.get(GRAPH + path, headers=graph.headers)
    assert answer.status_code == 200
    assert answer.json()["value"]


@pytest.mark.parametrize(
    "template",
    [
        "/applications/{id}",
        "/applications('{id}')",
        "/applications({id})",
        "/applications(appId='{appId}')",
        "/applications(appId=%27{appId}%27)",
        "/Applications(appId='{appId}')",
    ],
)
async def test_every_spelling_of_a_key_leads_to_the_object(graph: Graph, template: str) -> None:
    made = await graph.register()
    answer = await graph.get(template.format(**made))
    assert answer.json()["id"] == made["id"]


async def test_ids_are_found_in_upper_case_too(graph: Graph) -> None:
    made = await graph.register()
    assert (await graph.get(f"/applications/{made['id'].upper()}")).json()["id"] == made["id"]
    assert (await graph.get(f"/applications(appId='{made['appId'].upper()}')")).json()["id"] == made["id"]


@pytest.mark.parametrize("name", ["my app/1", "it's", "a%b", "ünïcode", "a(b)='c'"])
async def test_a_unique_name_may_hold_anything(graph: Graph, name: str) -> None:
    from urllib.parse import quote

    key = quote(name.replace("'", "''"), safe="")
    path = f"/applications(uniqueName='{key}')"
    made = await graph.patch(path, {"displayName": "x"}, Prefer="return=minimal, Create-If-Missing")
    assert (made.status_code, made.json()["uniqueName"]) == (201, name)
    assert (await graph.get(path)).json()["id"] == made.json()["id"]


@pytest.mark.parametrize(
    ("path", "segment"), [("/applicationz", "applicationz"), ("/applications/{id}/colours", "colours")]
)
async def test_a_path_that_graph_does_not_have_is_refused_as_graph_does(graph: Graph, path: str, segment: str) -> None:
    made = await graph.register()
    assert said(await graph.get(path.format(**made))) == (
        400,
        "BadRequest",
        f"Resource not found for the segment '{segment}'.",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/devices",
        "/$metadata",
        "/policies/tokenLifetimePolicies",
        "/applications/{id}/extensionProperties",
        "/applications/{id}/owners/$ref",
        "/applications/delta",
        "/applications?$format=xml",
        "/directory/deletedItems",
        "/",
    ],
)
async def test_a_path_that_only_these_fakes_lack_says_so(graph: Graph, path: str) -> None:
    made = await graph.register()
    status, code, message = said(await graph.get(path.format(**made)))
    assert (status, code) == (501, "NotImplemented")
    assert "not modelled by these fakes" in message


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/applications"),
        ("PATCH", "/applications"),
        ("HEAD", "/applications"),
        ("POST", "/organization"),
        ("DELETE", "/me"),
    ],
)
async def test_a_verb_that_a_path_does_not_take_is_405(graph: Graph, method: str, path: str) -> None:
    answer = await graph.ask(method, path)
    assert answer.status_code == 405
    if method != "HEAD":
        assert said(answer)[1:] == (
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        )


async def test_an_unknown_version_is_refused(graph: Graph) -> None:
    answer = await graph.wire.get(f"{GRAPH}/v3.0/applications", headers=graph.headers)
    assert said(answer)[:2] == (400, "BadRequest")


async def test_beta_links_lead_to_beta(wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant) -> None:
    beta = Graph(wire, cloud, claims_of_app(tenant, *EVERYTHING), version="beta")
    assert (await beta.register())[
        "@odata.context"
    ] == "https://graph.microsoft.com/beta/$metadata#applications/$entity"


async def test_a_client_request_id_comes_back(graph: Graph) -> None:
    answer = await graph.get("/applications/nothing", client_request_id="mine")
    assert answer.headers["client-request-id"] == "mine"
    assert answer.json()["error"]["innerError"]["client-request-id"] == "mine"
    plain = await graph.get("/applications")
    assert plain.headers["client-request-id"] == plain.headers["request-id"]


async def test_every_answer_carries_the_recorded_headers(graph: Graph) -> None:
    for answer in (await graph.get("/applications"), await graph.get("/applications/x")):
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["x-ms-ags-diagnostic"].startswith('{"ServerInfo":')
        assert int(answer.headers["x-ms-resource-unit"]) > 0
    assert (await graph.get("/applications")).headers["content-type"] == (
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    )


async def test_a_page_in_a_browser_may_ask_and_read_the_headers_it_needs(graph: Graph) -> None:
    asking = {"Origin": "https://app.example", "Access-Control-Request-Method": "PATCH"}
    named = {"Access-Control-Request-Headers": "authorization,content-type"}
    leave = await graph.wire.options(f"{GRAPH}/v1.0/applications", headers=asking | named)
    assert (leave.status_code, leave.headers["access-control-allow-origin"]) == (200, "*")
    assert leave.headers["access-control-allow-methods"] == "PATCH"
    assert leave.headers["access-control-allow-headers"] == "authorization,content-type"
    answer = await graph.get("/applications", Origin="https://app.example")
    assert "request-id" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in (await graph.get("/applications")).headers
    assert said(await graph.ask("OPTIONS", "/applications"))[0] == 405


async def test_who_wants_no_metadata_gets_none(graph: Graph) -> None:
    """CLI for Microsoft 365 asks for everything so."""
    bare = "application/json;odata.metadata=none"
    listed = await graph.get("/applications?$top=1", accept=bare)
    assert listed.headers["content-type"].startswith("application/json;odata.metadata=none;")
    assert listed.json().keys() == {"value"}
    one = await graph.get(f"/applications/{listed.json()['value'][0]['id']}", accept=bare)
    assert not [name for name in one.json() if name.startswith("@")]
    assert (await graph.get("/applications?$format=json")).status_code == 200
