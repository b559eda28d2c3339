"""Queues: a record stands in one at a time, is moved, routed, taken up and let go; e-mails may stand in several."""

from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

NOWHERE = "00000000-0000-4000-8000-000000000000"
KIND = "Microsoft.Dynamics.CRM."


@pytest.fixture
async def case(administrator: Caller) -> str:
    contact = await administrator.make("contacts", {"lastname": "Customer"})
    return await administrator.make(
        "incidents", {"title": "Broken", "customerid_contact@odata.bind": f"/contacts({contact})"}
    )


@pytest.fixture
async def queues(administrator: Caller) -> tuple[str, str]:
    return (
        await administrator.make("queues", {"name": "First"}),
        await administrator.make("queues", {"name": "Second"}),
    )


def reference(table: str, id: str, key: str = "") -> dict[str, str]:  # noqa: A002 - the word everybody uses for it
    return {"@odata.type": KIND + table, key or f"{table}id": id}


async def add(caller: Caller, queue: str, target: dict[str, str], **members: Any) -> Any:
    return await caller.ask("POST", f"queues({queue})/{KIND}AddToQueue", {"Target": target, **members})


async def test_adding_to_another_queue_moves_the_item(
    administrator: Caller, tenant: FakeTenant, case: str, queues: tuple[str, str]
) -> None:
    first = await add(administrator, queues[0], reference("incident", case))
    moved = await add(administrator, queues[1], reference("incident", case), SourceQueue={"queueid": queues[0]})
    assert moved.json()["QueueItemId"] == first.json()["QueueItemId"]
    assert [item["queueid"] for item in tenant.organisation.select("queueitem")] == [queues[1]]
    wrong = await add(administrator, queues[0], reference("incident", case), SourceQueue={"queueid": queues[0]})
    assert error(wrong) == (400, "0x80040524")
    back = await add(administrator, queues[0], reference("incident", case))
    assert back.json()["QueueItemId"] == first.json()["QueueItemId"]


async def test_an_item_is_made_with_its_properties(
    administrator: Caller, tenant: FakeTenant, case: str, queues: tuple[str, str]
) -> None:
    me = (await administrator.get("WhoAmI")).json()["UserId"]
    properties = {"importsequencenumber": 7, "workerid_systemuser@odata.bind": f"/systemusers({me})"}
    added = await add(administrator, queues[0], reference("incident", case), QueueItemProperties=properties)
    row = tenant.organisation.get("queueitem", added.json()["QueueItemId"])
    assert row is not None
    assert (row["importsequencenumber"], row["workerid"], row["queueid"], row["objectid"]) == (7, me, queues[0], case)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"QueueItemProperties": {"importsequencenumber": 2**40}}, (400, "0x8004432f")),
        ({"QueueItemProperties": {"nosuch": 1}}, (400, "0x80048d19")),
        ({"QueueItemProperties": 5}, (400, "0x80048d19")),
        ({"QueueItemProperties": {"workerid_systemuser@odata.bind": f"/systemusers({NOWHERE})"}}, (404, "0x80040217")),
        ({"SourceQueue": {"queueid": NOWHERE}}, (404, "0x80040217")),
        ({"SourceQueue": 5}, (400, "0x80048d19")),
        ({"SourceQueue": reference("contact", NOWHERE)}, (400, "0x80048d19")),
        ({"Target": None}, (400, "0x80048d19")),
        ({"Target": reference("contact", NOWHERE)}, (400, "0x80040203")),
        ({"Target": reference("incident", NOWHERE)}, (404, "0x80040217")),
    ],
)
async def test_a_wrong_call_adds_nothing(
    administrator: Caller,
    tenant: FakeTenant,
    case: str,
    queues: tuple[str, str],
    members: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    before = tenant.organisation.store.image()
    body = {"Target": reference("incident", case), **members}
    assert error(await administrator.ask("POST", f"queues({queues[0]})/{KIND}AddToQueue", body)) == expected
    assert tenant.organisation.store.image() == before


async def test_an_email_stands_in_several_queues_but_once_in_each(
    administrator: Caller, tenant: FakeTenant, queues: tuple[str, str]
) -> None:
    email = await administrator.make("emails", {"subject": "Hello"})
    target = reference("email", email, "activityid")
    for queue in queues:
        assert (await add(administrator, queue, target)).status_code == 200
    assert error(await add(administrator, queues[0], target)) == (400, "0x80040523")
    item = {"queueid@odata.bind": f"/queues({queues[1]})", "objectid_email@odata.bind": f"/emails({email})"}
    assert error(await administrator.ask("POST", "queueitems", item)) == (400, "0x80040523")
    assert len(tenant.organisation.select("queueitem", objectid=email)) == 2


async def test_neither_a_dead_record_nor_a_dead_queue_is_queued(
    administrator: Caller, case: str, queues: tuple[str, str]
) -> None:
    await administrator.ask("PATCH", f"queues({queues[1]})", {"statecode": 1})
    assert error(await add(administrator, queues[1], reference("incident", case))) == (400, "0x80040521")
    await administrator.ask("PATCH", f"incidents({case})", {"statecode": 2, "statuscode": 6})
    assert error(await add(administrator, queues[0], reference("incident", case))) == (400, "0x8004051e")


@pytest.mark.parametrize(("left_out", "code"), [("queueid", "0x80040528"), ("objectid_incident", "0x80040529")])
async def test_an_item_names_its_queue_and_its_object(
    administrator: Caller, case: str, queues: tuple[str, str], left_out: str, code: str
) -> None:
    item = {"queueid@odata.bind": f"/queues({queues[0]})", "objectid_incident@odata.bind": f"/incidents({case})"}
    del item[f"{left_out}@odata.bind"]
    assert error(await administrator.ask("POST", "queueitems", item)) == (400, code)


async def test_an_item_is_routed_to_a_queue_or_to_the_queue_of_a_user(
    administrator: Caller, tenant: FakeTenant, case: str, queues: tuple[str, str]
) -> None:
    item = (await add(administrator, queues[0], reference("incident", case))).json()["QueueItemId"]
    me = (await administrator.get("WhoAmI")).json()["UserId"]

    async def route(target: dict[str, str]) -> Any:
        return await administrator.ask("POST", "RouteTo", {"Target": target, "QueueItem": {"queueitemid": item}})

    assert (await route(reference("queue", queues[1]))).status_code == 204
    assert (tenant.organisation.get("queueitem", item) or {})["queueid"] == queues[1]
    assert error(await route(reference("queue", queues[1]))) == (400, "0x8004051b")
    tenant.organisation.update("systemuser", me, {"queueid": None})
    assert error(await route(reference("systemuser", me))) == (400, "0x800404ec")
    tenant.organisation.update("systemuser", me, {"queueid": queues[0]})
    assert (await route(reference("systemuser", me))).status_code == 204
    assert (tenant.organisation.get("queueitem", item) or {})["queueid"] == queues[0]
    await administrator.ask("PATCH", f"queueitems({item})", {"statecode": 1})
    assert error(await route(reference("queue", queues[1]))) == (400, "0x80040527")
    picker = {"SystemUser": reference("systemuser", me)}
    for action, body in (("PickFromQueue", picker), ("ReleaseToQueue", {})):
        refused = await administrator.ask("POST", f"queueitems({item})/{KIND}{action}", body)
        assert error(refused) == (400, "0x8004051d")


async def test_queueing_takes_append_to_on_the_queue_and_read_on_the_record(
    integration: Caller, tenant: FakeTenant, case: str, queues: tuple[str, str]
) -> None:
    needed = ("prvReadIncident", "prvAppendToQueue")
    user = admit(tenant, dict.fromkeys(needed, "Global"))
    role = tenant.organisation.roles_of(user)[0]["roleid"]
    for lacking in needed:
        tenant.organisation.set_privileges(role, {name: "Global" for name in needed if name != lacking})
        refused = await add(integration, queues[0], reference("incident", case))
        assert error(refused) == (403, "0x80040220")
        assert lacking in refused.json()["error"]["message"]
    tenant.organisation.set_privileges(role, dict.fromkeys(needed, "Global"))
    assert (await add(integration, queues[0], reference("incident", case))).status_code == 200
