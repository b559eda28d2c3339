"""How much one application may ask in one tenant: what each call costs, and what too many are told."""

from typing import Any

import httpx
import pytest

from contract_tests.graph.asking import EVERYTHING, Graph, claims_of_app, claims_of_person
from mock_services.cloud import FakeCloud
from mock_services.graph.throttle import UNITS, WRITES
from mock_services.tenant import FakeTenant

BODY = {"displayName": "Mine"}


def spend(tenant: FakeTenant, share: float, limit: Any = UNITS[0]) -> None:
    """As if so much of a limit of the operator's application had just been used."""
    bucket = tenant.throttling.bucket(limit, tenant.operator.client_id, tenant.clock.now())
    bucket.left = bucket.amount * (1 - share)


@pytest.mark.parametrize(
    ("path", "units"),
    [
        ("/applications", "2"),
        ("/applications?$select=id", "1"),
        ("/applications?$top=5", "1"),
        ("/applications?$top=5&$select=id", "1"),
        ("/applications?$top=20", "2"),
        ("/applications?$expand=owners", "3"),
        ("/applications?$expand=owners&$select=id", "2"),
        ("/servicePrincipals", "1"),
        ("/servicePrincipals?$select=id", "1"),
        ("/oauth2PermissionGrants", "2"),
        ("/users", "2"),
        ("/users/nobody@example.com", "1"),
    ],
)
async def test_what_a_read_costs(graph: Graph, path: str, units: str) -> None:
    assert (await graph.get(path)).headers["x-ms-resource-unit"] == units


async def test_what_a_write_and_a_look_up_of_many_cost(graph: Graph) -> None:
    assert (await graph.post("/applications", BODY)).headers["x-ms-resource-unit"] == "1"
    many = await graph.post("/directoryObjects/getByIds", {"ids": ["0bea7ed0-5e70-4f0b-9c0d-e5e4b11500de"]})
    assert many.headers["x-ms-resource-unit"] == "5"


async def test_too_many_units_are_refused_until_enough_has_come_back(graph: Graph, tenant: FakeTenant) -> None:
    spend(tenant, 1)
    answer = await graph.get("/applications")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["message"]) == (
        429,
        "TooManyRequests",
        "Please retry again later.",
    )
    inner = error["innerError"]
    assert (inner["code"], inner["message"], inner["status"]) == ("429", "Please retry after", "429")
    assert inner["request-id"] == answer.headers["request-id"]
    assert answer.headers["retry-after"] == "1"
    operator = tenant.operator.client_id
    assert answer.headers["x-ms-throttle-scope"] == f"Tenant_Application/ReadWrite/{operator}/{tenant.id}"
    assert answer.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert answer.headers["x-ms-throttle-limit-percentage"] == "1.00"
    tenant.clock.advance(seconds=1)
    assert (await graph.get("/applications")).status_code == 200


async def test_the_nearness_of_the_limit_is_told_above_four_fifths(graph: Graph, tenant: FakeTenant) -> None:
    assert "x-ms-throttle-limit-percentage" not in (await graph.get("/applications")).headers
    spend(tenant, 0.9)
    assert (await graph.get("/applications")).headers["x-ms-throttle-limit-percentage"] == "0.90"
    refused = await graph.get(f"/applications/{tenant.id}")
    assert (refused.status_code, refused.headers["x-ms-throttle-limit-percentage"]) == (404, "0.90")


async def test_writes_have_a_limit_of_their_own_and_leave_reads_alone(graph: Graph, tenant: FakeTenant) -> None:
    spend(tenant, 1, WRITES)
    answer = await graph.post("/applications", BODY)
    assert (answer.status_code, answer.headers["x-ms-throttle-information"]) == (429, "WriteLimitExceeded")
    assert [each.display_name for each in tenant.directory.applications()] == ["Set-up operator"]
    assert (await graph.get("/applications")).status_code == 200
    tenant.clock.advance(seconds=int(answer.headers["retry-after"]))
    assert (await graph.post("/applications", BODY)).status_code == 201


async def test_registrations_for_personal_accounts_are_written_sixty_times_a_minute(
    graph: Graph, tenant: FakeTenant
) -> None:
    personal = {
        "displayName": "x",
        "signInAudience": "AzureADandPersonalMicrosoftAccount",
        "api": {"requestedAccessTokenVersion": 2},
    }
    made = await graph.register(**personal)  # type: ignore[arg-type] # a body's members
    for number in range(59):
        assert (await graph.patch(f"/applications/{made['id']}", {"notes": str(number)})).status_code == 204
    assert (await graph.patch(f"/applications/{made['id']}", {"notes": "late"})).status_code == 429
    assert (await graph.post("/applications", personal)).status_code == 429
    assert (await graph.post("/applications", BODY)).status_code == 201
    tenant.clock.advance(seconds=1)
    assert (await graph.patch(f"/applications/{made['id']}", {"notes": "in time"})).status_code == 204


async def test_each_application_has_its_own_budget(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, graph: Graph
) -> None:
    spend(tenant, 1)
    person = Graph(wire, cloud, claims_of_person(tenant, "Directory.AccessAsUser.All"))
    assert (await person.get("/applications")).status_code == 200
    elsewhere = cloud.create_tenant()
    there = Graph(wire, cloud, claims_of_app(elsewhere, *EVERYTHING))
    assert (await there.get("/applications")).status_code == 200
    assert (await graph.get("/applications")).status_code == 429


async def test_a_request_of_a_batch_is_refused_by_itself(graph: Graph, tenant: FakeTenant) -> None:
    bucket = tenant.throttling.bucket(UNITS[0], tenant.operator.client_id, tenant.clock.now())
    bucket.left = 2
    requests = [{"id": str(each), "method": "GET", "url": "/applications"} for each in range(2)]
    answer = await graph.post("/$batch", {"requests": requests})
    assert answer.status_code == 200
    by_id = {each["id"]: each for each in answer.json()["responses"]}
    assert (by_id["0"]["status"], by_id["1"]["status"]) == (200, 429)
    assert by_id["1"]["headers"]["Retry-After"] == "1"


async def test_a_larger_tenant_may_ask_more(graph: Graph, tenant: FakeTenant) -> None:
    for number in range(60):
        tenant.directory.add_user(f"person{number}@{tenant.domain}", "Somebody", "no matter")
    await graph.get("/applications")
    assert tenant.throttling.units == UNITS[1]


async def test_a_test_may_widen_the_limits_or_switch_them_off(graph: Graph, tenant: FakeTenant) -> None:
    spend(tenant, 1)
    tenant.throttling.is_on = False
    assert (await graph.get("/applications")).status_code == 200
    tenant.throttling.is_on, tenant.throttling.factor = True, 10
    assert (await graph.get("/applications")).status_code == 200
