"""How much one user may ask of an organisation, and how large a request may be."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import ROOT, Caller, admit, error
from contract_tests.dataverse.batches import framed, part, send
from mock_services.clock import FakeClock
from mock_services.cloud import FakeCloud
from mock_services.control import control
from mock_services.dataverse.errors import Refusal
from mock_services.dataverse.limits import Visit, admitted
from mock_services.state.service_limits import Costs, ServiceLimits
from mock_services.tenant import FakeTenant

LEFT = "x-ms-ratelimit-burst-remaining-xrm-requests"
TIME_LEFT = "x-ms-ratelimit-time-remaining-xrm-requests"


async def test_every_answer_tells_what_is_left(administrator: Caller, tenant: FakeTenant) -> None:
    first, second = await administrator.get("WhoAmI"), await administrator.get("no_such_set")
    assert (first.headers[LEFT], second.headers[LEFT]) == ("5999", "5998")
    assert first.headers["x-ms-dop-hint"] == "4"
    assert first.headers[TIME_LEFT] == "1,199.90"
    tenant.clock.advance(timedelta(seconds=300))
    assert (await administrator.get("WhoAmI")).headers[LEFT] == "5999"


async def test_too_many_requests_are_told_when_to_come_back(administrator: Caller, tenant: FakeTenant) -> None:
    tenant.organisation.limits.requests = 2
    await administrator.get("WhoAmI")
    tenant.clock.advance(timedelta(seconds=100))
    await administrator.get("WhoAmI")
    refused = await administrator.get("WhoAmI")
    assert error(refused) == (429, "0x80072322")
    assert refused.json()["error"]["message"] == (
        "Number of requests exceeded the limit of 2 over time window of 300 seconds."
    )
    assert (refused.headers["Retry-After"], refused.headers[LEFT]) == ("200", "0")
    tenant.clock.advance(timedelta(seconds=int(refused.headers["Retry-After"])))
    assert (await administrator.get("WhoAmI")).status_code == 200


async def test_a_client_that_keeps_pushing_waits_longer(administrator: Caller, tenant: FakeTenant) -> None:
    tenant.organisation.limits.requests = 1
    await administrator.get("WhoAmI")
    waits = [int((await administrator.get("WhoAmI")).headers["Retry-After"]) for _ in range(4)]
    assert waits == sorted(set(waits))
    tenant.clock.advance(timedelta(seconds=waits[0]))
    assert error(await administrator.get("WhoAmI")) == (429, "0x80072322")
    tenant.clock.advance(timedelta(seconds=waits[-1]))
    assert (await administrator.get("WhoAmI")).status_code == 200


async def test_each_user_has_limits_of_its_own(administrator: Caller, integration: Caller, tenant: FakeTenant) -> None:
    admit(tenant, None)
    tenant.organisation.limits.requests = 1
    assert (await administrator.get("WhoAmI")).status_code == 200
    assert (await administrator.get("WhoAmI")).status_code == 429
    assert (await integration.get("WhoAmI")).status_code == 200


async def test_who_is_not_let_in_uses_nothing_up(
    administrator: Caller, tenant: FakeTenant, wire: httpx.AsyncClient
) -> None:
    tenant.organisation.limits.requests = 1
    stranger = await wire.get(f"https://{administrator.host}{ROOT}/WhoAmI")
    assert (stranger.status_code, LEFT in stranger.headers) == (401, False)
    assert (await administrator.get("WhoAmI")).status_code == 200


async def test_a_batch_is_one_request_whose_operations_take_their_time(
    administrator: Caller, tenant: FakeTenant
) -> None:
    tenant.organisation.limits.costs = Costs(operation=400_000)
    answered = await send(administrator, framed([part("GET", f"{ROOT}/WhoAmI") for _ in range(3)]))
    assert answered.status_code == 200
    assert (answered.headers[LEFT], answered.headers[TIME_LEFT]) == ("5999", "0.00")
    refused = await administrator.get("WhoAmI")
    assert error(refused) == (429, "0x80072321")
    assert refused.json()["error"]["message"] == (
        "Combined execution time of incoming requests exceeded limit of 1,200,000  milliseconds over time window of 300"
        " seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later."
    )
    assert refused.headers["Retry-After"] == "300"


async def test_the_rows_of_a_bulk_operation_take_their_time(administrator: Caller, tenant: FakeTenant) -> None:
    tenant.organisation.limits.costs = Costs(operation=0, row_in_bulk=1_000)
    rows = [{"@odata.type": "Microsoft.Dynamics.CRM.contact", "lastname": f"{each}"} for each in range(5)]
    made = await administrator.ask("POST", "contacts/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": rows})
    assert (made.status_code, made.headers[TIME_LEFT]) == (200, "1,195.00")


async def test_too_many_requests_at_once_are_refused_until_one_has_ended(
    administrator: Caller, tenant: FakeTenant, cloud: FakeCloud
) -> None:
    server = httpx.AsyncClient(transport=httpx.ASGITransport(app=cloud))  # reads a body as it comes in
    tenant.organisation.limits.concurrent = 2
    gate = asyncio.Event()

    async def post(under_way: asyncio.Event) -> httpx.Response:
        async def slowly() -> AsyncIterator[bytes]:
            under_way.set()
            await gate.wait()
            yield b'{"lastname": "Slow"}'

        headers = {"Authorization": f"Bearer {administrator.token}", "Content-Type": "application/json"}
        url = f"https://{administrator.host}{ROOT}/contacts"
        return await server.post(url, content=slowly(), headers=headers)

    begun = [asyncio.Event(), asyncio.Event()]
    uploads = [asyncio.create_task(post(each)) for each in begun]
    for each in begun:
        await asyncio.wait_for(each.wait(), 5)
    refused = await administrator.get("WhoAmI")
    gate.set()
    assert [answer.status_code for answer in await asyncio.gather(*uploads)] == [204, 204]
    assert error(refused) == (429, "0x80072326")
    assert refused.json()["error"]["message"] == "Number of concurrent requests exceeded the limit of 2."
    assert int(refused.headers["Retry-After"]) > 0
    assert (await administrator.get("WhoAmI")).status_code == 200
    await server.aclose()


async def test_limits_switched_off_refuse_nobody(administrator: Caller, tenant: FakeTenant) -> None:
    tenant.organisation.limits.is_on = False
    tenant.organisation.limits.requests = 1
    assert [(await administrator.get("WhoAmI")).status_code for _ in range(3)] == [200, 200, 200]


@settings(max_examples=50)
@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from(["ask", "wait", "obey"]), st.integers(0, 12), st.integers(0, 20_000))),
)
def test_no_window_holds_more_than_the_limits_and_who_obeys_is_served(
    most: int, steps: list[tuple[str, int, int]]
) -> None:
    window = timedelta(seconds=12)
    limits = ServiceLimits(requests=most, execution=timedelta(seconds=30), window=window)
    clock = FakeClock(datetime(2026, 1, 1, tzinfo=UTC))
    served: list[tuple[datetime, int]] = []
    wait = 0
    for step, seconds, cost in steps:
        obeys = step == "obey" and wait > 0
        clock.advance(seconds=wait if step == "obey" else seconds if step == "wait" else 0)
        within = [spent for at, spent in served if at > clock.now() - window]
        is_full = len(within) >= most or sum(within) >= 30_000
        try:
            with admitted(limits, "ada", clock.now, Visit(milliseconds=cost)):
                assert not is_full
                served.append((clock.now(), cost))
                wait = 0
        except Refusal as refusal:
            assert not obeys
            assert is_full or wait > 0
            wait = int(refusal.headers["Retry-After"])


async def test_the_control_listener_sets_limits_and_states(
    cloud: FakeCloud, tenant: FakeTenant, administrator: Caller, integration: Caller
) -> None:
    admit(tenant, {"prvReadIncident": "Global"})
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=control(cloud)), base_url="http://control"
    ) as outside:
        told = await outside.put("/service-limits", json={"requests": 1}, params={"environment": administrator.host})
        assert told.json()["requests"] == 1
        assert (await administrator.get("WhoAmI")).status_code == 200
        assert (await administrator.get("WhoAmI")).status_code == 429
        assert (await outside.put("/service-limits", json={"requests": 6_000})).status_code == 200
        assert (await outside.put("/environment-state", json={"state": "AdminMode"})).status_code == 200
        assert error(await integration.get("WhoAmI")) == (403, "0x8004a113")
        elsewhere = await outside.put(
            "/environment-state", json={"state": "Enabled"}, params={"environment": "no.crm4.dynamics.com"}
        )
        assert elsewhere.status_code == 404
        assert administrator.host in elsewhere.text
        assert (await outside.put("/environment-state", json={"state": "Odd"})).status_code == 422


async def test_a_url_that_is_too_long_gets_a_page_before_anyone_is_asked_who_they_are(
    administrator: Caller, wire: httpx.AsyncClient
) -> None:
    longest = f"https://{administrator.host}{ROOT}/WhoAmI?x="
    fitting = await wire.get(longest + "a" * (32_768 - len(longest)))
    assert fitting.status_code == 401
    refused = await wire.get(longest + "a" * (32_769 - len(longest)))
    assert (refused.status_code, refused.headers["Content-Type"]) == (414, "text/html; charset=us-ascii")
    assert "HTTP Error 414. The request URL is too long." in refused.text
    assert "REQ_ID" not in refused.headers


async def test_headers_that_are_too_long_get_a_page(administrator: Caller) -> None:
    refused = await administrator.get("WhoAmI", headers={"x-mine": "a" * 40_000})
    assert refused.status_code == 400
    assert "HTTP Error 400. The size of the request headers is too long." in refused.text


async def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(administrator: Caller) -> None:
    size = 16 * 1024 * 1024 + 1

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * 1024 * 1024

    for content in (b" " * size, unannounced()):
        refused = await administrator.ask("POST", "contacts", content=content)
        assert error(refused) == (413, "0x8004418a")


async def test_a_body_of_another_type_is_refused_and_changes_nothing(administrator: Caller) -> None:
    body = json.dumps({"lastname": "Typed"})
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        refused = await administrator.ask("POST", "contacts", content=body, headers={"Content-Type": kind})
        assert error(refused) == (415, "0x80060888")
        assert refused.json()["error"]["message"].endswith(f"matches the content type '{kind}'.")
    found = await administrator.get("contacts?$select=lastname&$filter=lastname eq 'Typed'")
    assert found.json()["value"] == []
    for kind in ("application/json", "application/json; charset=utf-8", "Application/JSON;odata.metadata=minimal"):
        made = await administrator.ask("POST", "contacts", content=body, headers={"Content-Type": kind})
        assert made.status_code == 204
    assert (await administrator.ask("POST", "contacts", content=body)).status_code == 204


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/json", 200),
        ("application/atom+xml, application/json;q=0.5", 200),
        ("application/json;odata.metadata=none;IEEE754Compatible=true", 200),
        ("application/atom+xml", 415),
        ("application/xml", 415),
        ("application/json;odata.metadata=some", 415),
    ],
)
async def test_only_json_is_produced(administrator: Caller, accept: str, status: int) -> None:
    answer = await administrator.get("contacts?$select=lastname", headers={"Accept": accept})
    assert answer.status_code == status
    if status == 415:
        assert error(answer) == (415, "0x80060888")


async def test_without_metadata_only_counts_and_links_remain(administrator: Caller) -> None:
    for name in ("Ada", "Grace"):
        await administrator.make("contacts", {"lastname": name})
    answer = await administrator.get(
        "contacts?$select=lastname&$count=true&$filter=lastname ne null",
        headers={"Accept": "application/json;odata.metadata=none", "Prefer": "odata.maxpagesize=1"},
    )
    assert answer.headers["Content-Type"] == "application/json; odata.metadata=none"
    assert {"@odata.context", "@odata.etag"} & (answer.json().keys() | answer.json()["value"][0].keys()) == set()
    assert {"@odata.count", "@odata.nextLink", "value"} <= answer.json().keys()


async def test_with_full_metadata_a_row_tells_its_type_its_links_and_the_types_of_its_values(
    administrator: Caller,
) -> None:
    account = await administrator.make("accounts", {"name": "A", "revenue": 5})
    contact = await administrator.make(
        "contacts", {"lastname": "Ada", "parentcustomerid_account@odata.bind": f"accounts({account})"}
    )
    full = {"Accept": "application/json;odata.metadata=full"}
    root = f"https://{administrator.host}{ROOT}"
    answer = await administrator.get(f"accounts({account})?$select=revenue,_ownerid_value", headers=full)
    assert answer.headers["Content-Type"] == "application/json; odata.metadata=full"
    row = answer.json()
    assert row["@odata.type"] == "#Microsoft.Dynamics.CRM.account"
    assert (row["@odata.id"], row["@odata.editLink"]) == (f"{root}/accounts({account})", f"accounts({account})")
    assert (row["accountid@odata.type"], row["revenue@odata.type"]) == ("#Guid", "#Decimal")
    assert row["ownerid@odata.navigationLink"] == f"{root}/accounts({account})/ownerid"
    assert (await administrator.get(row["ownerid@odata.associationLink"])).status_code == 200
    listed = await administrator.get(
        f"contacts?$select=lastname&$filter=contactid eq {contact}"
        "&$expand=parentcustomerid_account($select=name;$expand=contact_customer_accounts($select=lastname))",
        headers=full,
    )
    (found,) = listed.json()["value"]
    assert found["@odata.id"] == f"{root}/contacts({contact})"
    assert found["parentcustomerid_account"]["@odata.editLink"] == f"accounts({account})"
    within = found["parentcustomerid_account"]["contact_customer_accounts"]
    assert [each["@odata.editLink"] for each in within] == [f"contacts({contact})"]
    assert (await administrator.get("WhoAmI", headers=full)).status_code == 501
    target = {"@odata.type": "Microsoft.Dynamics.CRM.contact", "lastname": "Grace"}
    made = await administrator.ask(
        "POST", "contacts/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": [target]}, headers=full
    )
    assert (made.status_code, made.headers["Content-Type"]) == (200, "application/json; odata.metadata=minimal")


async def test_verbs_that_nobody_knows_are_refused_and_those_unknown_here_say_so(administrator: Caller) -> None:
    refused = await administrator.ask("PURGE", "contacts")
    assert refused.status_code == 405
    assert refused.json()["error"]["message"] == "The requested resource does not support http method 'PURGE'."
    for method in ("HEAD", "OPTIONS"):
        assert (await administrator.ask(method, "contacts")).status_code == 501
