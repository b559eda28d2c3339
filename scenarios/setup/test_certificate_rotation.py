"""A new certificate in place of the old one: handed over before the old one goes, and none goes by accident."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioning.drift import status
from provisioning.engine import Engine
from provisioning.guard import TenantGuard
from provisioning.key_pair import new_key_pair, public_half, thumbprint
from provisioning.problems import BadInput, Withheld
from provisioning.rotation import rotate
from provisioning.settings import Settings
from provisioning.transport import Transport
from provisioning.vault import FileVault
from scenarios.setup.conftest import Onlooker

if TYPE_CHECKING:
    from provisioning.receipt import Receipt
    from scenarios.tenant_clock import TenantClock


@pytest.fixture
def engine(operator_settings: Settings, wire: Any, clock: TenantClock, receipt: Receipt, tmp_path: Path) -> Engine:
    """By certificate, with a file for the values, and within the rails of a live run."""
    settings = operator_settings.model_copy(update={"credential": "certificate"})
    transport = Transport(wire, clock, guard=TenantGuard(settings, receipt))
    return Engine(settings, transport, clock, receipt, vault=FileVault(tmp_path / "values.env"))


async def _keys(onlooker: Onlooker) -> list[dict[str, Any]]:
    [application] = await onlooker.applications()
    found: list[dict[str, Any]] = application["keyCredentials"]
    return found


async def _add_theirs(onlooker: Onlooker, clock: TenantClock) -> str:
    """Somebody adds a certificate of their own, beside what is there; its thumbprint."""
    pem = new_key_pair("theirs", start=clock.now(), end=clock.now() + timedelta(days=300))
    key = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": public_half(pem), "displayName": "theirs"}
    [application] = await onlooker.applications()
    body = {"keyCredentials": [*application["keyCredentials"], key]}
    await onlooker.tell_graph("PATCH", f"applications/{application['id']}", body)
    return thumbprint(pem)


async def test_the_old_one_goes_once_the_new_one_is_proven_and_handed_over(
    engine: Engine, onlooker: Onlooker, tmp_path: Path
) -> None:
    first = (await engine.provision()).integration
    [old] = await _keys(onlooker)
    rotated = await rotate(engine)
    [new] = await _keys(onlooker)
    assert (rotated.key_id, rotated.removed) == (new["customKeyIdentifier"], (old["customKeyIdentifier"],))
    assert thumbprint((tmp_path / "values.env.pem").read_text()) == rotated.key_id
    assert (await engine.verify(rotated.integration)).healthy
    assert not (await engine.verify(first)).healthy
    assert (await engine.provision()).changed_nothing
    assert (await status(engine)).drifts == ()


async def test_one_that_has_ended_is_replaced(engine: Engine, clock: TenantClock) -> None:
    first = (await engine.provision()).integration
    await clock.sleep(timedelta(days=715))
    [seen] = [each for each in (await status(engine)).standings if each.step == "certificate"]
    assert any("d365 rotate-secret makes a new one" in note for note in seen.notes)
    await clock.sleep(timedelta(days=20))
    assert not (await engine.verify(first)).healthy
    assert (await engine.verify((await rotate(engine)).integration)).healthy


@pytest.mark.parametrize("by", ["customKeyIdentifier", "keyId"])
async def test_somebody_elses_stays_and_is_told_of_until_it_is_named(
    engine: Engine, onlooker: Onlooker, clock: TenantClock, by: str
) -> None:
    await engine.provision()
    theirs = await _add_theirs(onlooker, clock)
    kept = await rotate(engine, keep_old=True)
    assert {left.why for left in kept.left} == {"kept as asked", "not made by this set-up"}
    assert len(await _keys(onlooker)) == 3
    rotated = await rotate(engine)
    assert [(left.key_id, left.why) for left in rotated.left] == [(theirs, "not made by this set-up")]
    assert len(rotated.removed) == 2
    [named] = [str(key[by]) for key in await _keys(onlooker) if key["displayName"] == "theirs"]
    last = await rotate(engine, remove=[named])
    assert [key["customKeyIdentifier"] for key in await _keys(onlooker)] == [last.key_id]


async def test_one_that_a_lagging_replica_does_not_list_yet_is_not_lost(
    engine: Engine, onlooker: Onlooker, wire: httpx.AsyncClient
) -> None:
    """Graph replaces the list whole: what the rotation did not see before it sends one would be gone."""
    first = (await engine.provision()).integration
    hidden = 6

    async def lag(response: httpx.Response) -> None:
        nonlocal hidden
        if hidden and response.request.method == "GET" and "/applications/" in response.request.url.path:
            await response.aread()
            hidden -= 1
            response._content = json.dumps({**response.json(), "keyCredentials": []}).encode()

    wire.event_hooks = {"response": [lag]}
    rotated = await rotate(engine, keep_old=True)
    assert hidden == 0
    assert len(await _keys(onlooker)) == 2
    for integration in (first, rotated.integration):
        assert (await engine.verify(integration)).healthy


async def test_one_that_somebody_removed_is_replaced_all_the_same(
    engine: Engine, onlooker: Onlooker, clock: TenantClock
) -> None:
    await engine.provision()
    [application] = await onlooker.applications()
    await onlooker.tell_graph("PATCH", f"applications/{application['id']}", {"keyCredentials": []})
    began = clock.now()
    rotated = await rotate(engine)
    assert clock.now() - began < timedelta(minutes=5)
    assert [key["customKeyIdentifier"] for key in await _keys(onlooker)] == [rotated.key_id]


async def test_a_name_that_is_not_there_is_bad_input_before_anything_is_made(
    engine: Engine, onlooker: Onlooker
) -> None:
    await engine.provision()
    [ours] = await _keys(onlooker)
    with pytest.raises(BadInput, match="--remove") as refusal:
        await rotate(engine, remove=["0" * 40])
    assert ours["customKeyIdentifier"] in str(refusal.value)
    assert await _keys(onlooker) == [ours]


async def test_a_list_without_somebody_elses_certificate_does_not_leave(
    engine: Engine, onlooker: Onlooker, clock: TenantClock
) -> None:
    """Graph replaces the list whole, so a list that leaves one out would remove it."""
    await engine.provision()
    await _add_theirs(onlooker, clock)
    application = engine.receipt.thing("application")
    assert application is not None
    before = await _keys(onlooker)
    await engine.access.graph.application(application.id)
    for left_out in ([], [key for key in before if key["displayName"] != "theirs"]):
        with pytest.raises(Withheld, match="would remove a certificate that was not made by this set-up"):
            await engine.access.graph.change_application(application.id, {"keyCredentials": left_out})
    assert await _keys(onlooker) == before
    await engine.access.graph.change_application(
        application.id, {"keyCredentials": [key for key in before if key["displayName"] == "theirs"]}
    )  # ours may go
