"""Bodies that are none: refused as Graph does, quickly, and nothing changed."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.graph.asking import GRAPH, Graph, said
from mock_services.graph.members import APPLICATION
from mock_services.tenant import FakeTenant

UNREADABLE = (
    400,
    "BadRequest",
    (
        "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is"
        " of valid JSON format."
    ),
)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'"text"', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b'{"displayName": NaN}', "application/json"),
        (b'{"displayName": "\\ud800"}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"displayName": "x"}', "text/plain"),
        (b"displayName=x", "application/x-www-form-urlencoded"),
        (b'{"displayName": "x"}', ""),
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(
    graph: Graph, tenant: FakeTenant, content: bytes, media_type: str
) -> None:
    before = len(tenant.directory.applications())
    headers = graph.headers | ({"Content-Type": media_type} if media_type else {})
    answer = await graph.wire.post(f"{GRAPH}/v1.0/applications", content=content, headers=headers)
    assert said(answer) == UNREADABLE
    assert len(tenant.directory.applications()) == before


async def test_a_create_without_a_body_is_refused(graph: Graph) -> None:
    assert said(await graph.post("/applications"))[:2] == (400, "BadRequest")


async def test_a_media_type_with_parameters_is_json_too(graph: Graph) -> None:
    answer = await graph.wire.post(
        f"{GRAPH}/v1.0/applications",
        content=b'{"displayName": "x"}',
        headers=graph.headers | {"Content-Type": "Application/JSON; odata.metadata=minimal; charset=utf-8"},
    )
    assert answer.status_code == 201


async def test_a_refused_create_leaves_nothing_of_itself(graph: Graph, tenant: FakeTenant) -> None:
    before = len(tenant.directory.applications())
    nobody = f"{GRAPH}/v1.0/directoryObjects/{tenant.id}"
    body = {"displayName": "x", "passwordCredentials": [{}], "owners@odata.bind": [nobody]}
    assert said(await graph.post("/applications", body))[0] == 404
    assert len(tenant.directory.applications()) == before


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)
bodies = st.dictionaries(st.sampled_from([*APPLICATION, "id", "owners@odata.bind", "@odata.type"]), values, max_size=4)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies)
async def test_no_body_breaks_a_create_or_a_change(graph: Graph, tenant: FakeTenant, body: dict[str, object]) -> None:
    text = json.dumps({"displayName": "x"} | body)
    headers = graph.headers | {"Content-Type": "application/json"}
    made = await graph.wire.post(f"{GRAPH}/v1.0/applications", content=text, headers=headers)
    assert made.status_code in (201, 400, 404, 501)
    if made.status_code != 201:
        said(made)
    [operator] = [each for each in tenant.directory.applications() if each.app_id == tenant.operator.client_id]
    changed = await graph.wire.patch(f"{GRAPH}/v1.0/applications/{operator.id}", content=text, headers=headers)
    assert changed.status_code in (204, 400, 501)
    assert (await graph.get(f"/applications/{operator.id}")).status_code == 200
