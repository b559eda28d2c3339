"""The bearer is judged before anything else, in Graph's words."""

import httpx
import jwt
import pytest

from contract_tests.graph.asking import EVERYTHING, GRAPH, Graph, claims_of_app, said
from mock_services.cloud import FakeCloud
from mock_services.signing import SigningKeys
from mock_services.tenant import FakeTenant

ANYTHING = f"{GRAPH}/v1.0/applications"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi"])
async def test_a_request_without_a_bearer_is_told_that_the_token_is_empty(
    wire: httpx.AsyncClient, header: str | None
) -> None:
    answer = await wire.get(ANYTHING, headers={} if header is None else {"Authorization": header})
    assert said(answer) == (401, "InvalidAuthenticationToken", "Access token is empty.")
    assert answer.headers["www-authenticate"].startswith("Bearer ")


async def test_what_has_no_dots_is_not_a_token(wire: httpx.AsyncClient) -> None:
    answer = await wire.get(ANYTHING, headers={"Authorization": "Bearer nonsense"})
    status, code, message = said(answer)
    assert (status, code) == (401, "InvalidAuthenticationToken")
    assert message.startswith("IDX14100: JWT is not well formed, there are no dots (.).\n")


async def test_a_token_signed_by_someone_else_is_refused(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    forged = SigningKeys().sign(claims_of_app(tenant, *EVERYTHING))
    answer = await wire.get(ANYTHING, headers={"Authorization": f"Bearer {forged}"})
    assert said(answer)[:2] == (401, "InvalidAuthenticationToken")
    assert "signature" in said(answer)[2]


async def test_a_token_that_is_not_signed_at_all_is_refused(wire: httpx.AsyncClient, tenant: FakeTenant) -> None:
    unsigned = jwt.encode(claims_of_app(tenant, *EVERYTHING), key="", algorithm="none")
    answer = await wire.get(ANYTHING, headers={"Authorization": f"Bearer {unsigned}"})
    assert said(answer)[:2] == (401, "InvalidAuthenticationToken")


async def test_a_token_for_dataverse_is_no_token_for_graph(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant
) -> None:
    claims = claims_of_app(tenant, *EVERYTHING) | {"aud": f"https://{tenant.organisation.host}"}
    answer = await Graph(wire, cloud, claims).get("/applications")
    assert said(answer) == (
        401,
        "InvalidAuthenticationToken",
        "Access token validation failure. Invalid audience.",
    )


@pytest.mark.parametrize("audience", [GRAPH, f"{GRAPH}/", "00000003-0000-0000-c000-000000000000"])
async def test_each_spelling_of_graphs_own_audience_is_accepted(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, audience: str
) -> None:
    answer = await Graph(wire, cloud, claims_of_app(tenant, *EVERYTHING) | {"aud": audience}).get("/applications")
    assert answer.status_code == 200


async def test_a_token_ages_by_the_tenants_clock(wire: httpx.AsyncClient, graph: Graph, tenant: FakeTenant) -> None:
    tenant.clock.advance(seconds=3598)
    assert (await graph.get("/applications")).status_code == 200
    tenant.clock.advance(seconds=1)
    assert said(await graph.get("/applications")) == (
        401,
        "InvalidAuthenticationToken",
        "Lifetime validation failed, the token is expired.",
    )


async def test_a_token_of_a_principal_that_was_deleted_has_no_identity(graph: Graph, tenant: FakeTenant) -> None:
    principal = tenant.directory.service_principal(app_id=tenant.operator.client_id)
    assert principal is not None
    tenant.directory.delete_service_principal(principal.id)
    assert said(await graph.get("/applications"))[:2] == (401, "Authorization_IdentityNotFound")


async def test_a_bad_bearer_is_refused_before_a_bad_path(wire: httpx.AsyncClient) -> None:
    answer = await wire.put(f"{GRAPH}/v1.0/nothing", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401


async def test_a_refusal_stands_in_the_journal_of_its_tenant(graph: Graph, tenant: FakeTenant) -> None:
    tenant.clock.advance(days=1)
    answer = await graph.get("/applications")
    entry = list(tenant.journal)[-1]
    assert (entry.status, entry.code) == (401, "InvalidAuthenticationToken")
    assert entry.request_id == answer.headers["request-id"]
    assert graph.headers["Authorization"].removeprefix("Bearer ") not in repr(list(tenant.journal))


async def test_a_token_opens_its_own_tenant_only(graph: Graph, cloud: FakeCloud, wire: httpx.AsyncClient) -> None:
    made = await graph.register("Only here")
    other = cloud.create_tenant("Fabrikam")
    there = Graph(wire, cloud, claims_of_app(other, *EVERYTHING))
    assert (await there.get(f"/applications/{made['id']}")).status_code == 404
    assert (await graph.get(f"/applications/{made['id']}")).status_code == 200
