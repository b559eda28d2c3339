"""Many set-ups by one person: asked once, and nobody who waits for them holds a place that others need."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

import anyio
import anyio.lowlevel
import pytest

from mock_services.cloud import FakeCloud
from provisioning.access import operator_access
from provisioning.engine import Engine
from provisioning.fleet import Places, Row, SharedTime, side_by_side
from provisioning.guard import TenantGuard
from provisioning.person_sign_in import Remembered
from provisioning.settings import Operator
from provisioning.transport import Transport
from scenarios.convergence.converging import Case, opened
from scenarios.setup.scripted_person import ScriptedPerson
from scenarios.tenant_clock import TenantClock


class SlowPerson(ScriptedPerson):
    """Looks for the telephone first, while everybody else goes on."""

    async def show_code(self, page: str, code: str, *, lasts: timedelta) -> None:
        for _ in range(50):
            await anyio.lowlevel.checkpoint()
        await super().show_code(page, code, lasts=lasts)


class YieldingTime(TenantClock):
    """A tenant's clock that lets others have their turn while it sleeps.

    A short look whether the person is free takes no time: how often those who wait get to look depends on the machine,
    and so would whether the code has expired by then.
    """

    async def sleep(self, pause: timedelta) -> None:
        await anyio.lowlevel.checkpoint()
        if pause >= timedelta(seconds=5):
            await super().sleep(pause)


@pytest.mark.parametrize("at_once", [1, 2, 4])
async def test_a_person_who_signed_in_for_one_row_is_not_asked_for_the_next(at_once: int) -> None:
    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    person = SlowPerson(cloud, tenant.operator.username, tenant.operator.password)
    remembered, healthy = Remembered(), list[bool]()
    async with AsyncExitStack() as stack:
        cases = [await stack.enter_async_context(opened(cloud, tenant, {})) for _ in range(4)]
        rows = [_row(number, case) for number, case in enumerate(cases)]

        async def work(row: Row, places: Places) -> None:
            clock = SharedTime(YieldingTime(tenant), places)
            transport = Transport(cases[row.line].client, clock, guard=TenantGuard(row.settings))
            access = operator_access(row.settings, transport, clock, person=person, remembered=remembered)
            engine = Engine(row.settings, transport, clock, access=access)
            healthy.append((await engine.verify((await engine.provision()).integration)).healthy)

        with anyio.fail_after(30):
            await side_by_side(rows, work, at_once=at_once)
    assert healthy == [True] * 4
    assert len(person.shown) == 1


async def test_a_sign_in_that_fails_frees_the_person_for_the_next() -> None:
    cloud = FakeCloud()
    tenant = cloud.create_tenant()
    remembered, came = Remembered(), list[str]()
    people = [
        ScriptedPerson(cloud, tenant.operator.username, tenant.operator.password, declines=declines)
        for declines in (True, False)
    ]
    async with opened(cloud, tenant, {}) as case:
        for person in people:
            row, clock = _row(0, case), TenantClock(tenant)
            access = operator_access(
                row.settings, Transport(case.client, clock), clock, person=person, remembered=remembered
            )
            try:
                await access.graph.granted()
            except Exception as problem:
                came.append(type(problem).__name__)
            else:
                came.append("signed in")
    assert came == ["Refused", "signed in"]


def _row(number: int, case: Case) -> Row:
    name = f"Integration {number}"
    wished = {
        "operator": Operator(sign_in="device_code"), "application_name": name, "generated_role": name,
    }  # fmt: skip
    return Row(number, str(number), case.settings().model_copy(update=wished))
