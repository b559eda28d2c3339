"""A new secret in place of the old one: what a user may rely on, and what is never touched."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from provisioning.drift import status
from provisioning.engine import Engine
from provisioning.guard import TenantGuard
from provisioning.patience import Patience
from provisioning.problems import BadInput, GaveUpWaiting, NotPermitted, Problem, Refused
from provisioning.receipt import Receipt
from provisioning.rotation import rotate
from provisioning.settings import Operator
from provisioning.transport import Transport
from provisioning.vault import FileVault, MemoryVault
from scenarios.convergence.converging import Credential
from scenarios.convergence.harms import Harm
from scenarios.convergence.rotating import rotate_harmed
from scenarios.convergence.standing import set_up_once
from scenarios.failure_modes import Scene, failure_mode
from scenarios.setup.conftest import Losses, Onlooker
from scenarios.tenant_clock import TenantClock


@pytest.fixture
def engine(engine: Engine, clock: TenantClock) -> Engine:
    """With a vault, and within the rails of a live run."""
    engine.vault = MemoryVault()
    engine.transport.guard = TenantGuard(engine.settings, engine.receipt)
    return engine


async def _secrets(onlooker: Onlooker) -> list[dict[str, Any]]:
    [application] = await onlooker.applications()
    found: list[dict[str, Any]] = application["passwordCredentials"]
    return found


async def _add_secret(onlooker: Onlooker, name: str) -> str:
    [application] = await onlooker.applications()
    path = f"applications/{application['id']}/addPassword"
    answer = await onlooker.tell_graph("POST", path, {"passwordCredential": {"displayName": name}})
    return str(answer.json()["keyId"])


async def test_an_expired_secret_is_named_and_rotation_mends_it(
    engine: Engine, clock: TenantClock, onlooker: Onlooker
) -> None:
    """The commonest call two years after go-live: nothing changed, and yet nobody gets in."""
    first = (await engine.provision()).integration
    await clock.sleep(timedelta(days=731))
    verdict = await engine.verify(first)
    assert verdict.failure == "login.secret_expired"
    assert verdict.said is not None
    assert verdict.said.code == "AADSTS7000222"
    rotated = await rotate(engine)
    assert (await engine.verify(rotated.integration)).healthy
    assert [secret["keyId"] for secret in await _secrets(onlooker)] == [rotated.key_id]


async def test_the_old_secret_goes_and_the_new_one_is_where_the_old_one_was(engine: Engine, onlooker: Onlooker) -> None:
    first = (await engine.provision()).integration
    [old] = await _secrets(onlooker)
    rotated = await rotate(engine)
    assert rotated.removed == (old["keyId"],)
    assert rotated.left == ()
    assert engine.vault is not None
    assert engine.vault.values() == rotated.integration
    assert rotated.integration.client_secret != first.client_secret
    assert (await engine.verify(first)).failure == "login.secret_wrong"
    assert (await engine.provision()).changed_nothing


async def test_every_rotation_makes_one(engine: Engine, onlooker: Onlooker) -> None:
    await engine.provision()
    keys = [(await rotate(engine)).key_id for _ in range(3)]
    assert len(set(keys)) == 3
    assert [secret["keyId"] for secret in await _secrets(onlooker)] == keys[-1:]


async def test_the_old_one_stays_where_it_is_asked_to_and_goes_with_the_next_rotation(
    engine: Engine, onlooker: Onlooker
) -> None:
    first = (await engine.provision()).integration
    kept = await rotate(engine, keep_old=True)
    assert kept.removed == ()
    assert [left.why for left in kept.left] == ["kept as asked"]
    for integration in (first, kept.integration):
        assert (await engine.verify(integration)).healthy
    last = await rotate(engine)
    assert len(last.removed) == 2
    assert [secret["keyId"] for secret in await _secrets(onlooker)] == [last.key_id]


async def test_a_secret_that_is_not_ours_is_kept_and_said_so(engine: Engine, onlooker: Onlooker) -> None:
    await engine.provision()
    theirs = await _add_secret(onlooker, "opencx")  # by the very name that ours have
    rotated = await rotate(engine)
    assert [(left.key_id, left.why) for left in rotated.left] == [(theirs, "not made by this set-up")]
    removed = await rotate(engine, remove=[theirs])
    assert theirs in removed.removed
    assert [secret["keyId"] for secret in await _secrets(onlooker)] == [removed.key_id]


async def test_of_an_adopted_application_nothing_is_removed(engine: Engine, onlooker: Onlooker) -> None:
    await onlooker.tell_graph("POST", "applications", {"displayName": engine.settings.application_name})
    theirs = await _add_secret(onlooker, "by hand")
    await engine.provision()
    ours = (await rotate(engine)).key_id
    assert {secret["keyId"] for secret in await _secrets(onlooker)} == {theirs, ours}


async def test_without_a_receipt_no_secret_is_taken_for_ours(engine: Engine, onlooker: Onlooker) -> None:
    first = (await engine.provision()).integration
    lost = Engine(engine.settings, engine.transport, engine.clock, Receipt(), vault=MemoryVault())
    engine.transport.guard = TenantGuard(engine.settings, lost.receipt)
    rotated = await rotate(lost)
    assert [left.why for left in rotated.left] == ["not made by this set-up"]
    assert (await engine.verify(first)).healthy


async def test_what_somebody_added_after_a_stopped_rotation_is_not_taken_for_its_remains(
    engine: Engine, onlooker: Onlooker, losses: Losses, clock: TenantClock
) -> None:
    """By the same name, while nobody knows whether ours was made: it is told by the instant it begins."""
    await engine.provision()
    patience, engine.patience = engine.patience, Patience(deadline=timedelta(0))
    losses.next("POST", "/addPassword")
    with pytest.raises(GaveUpWaiting):
        await rotate(engine)
    engine.patience = patience
    await clock.sleep(timedelta(hours=1))
    theirs = await _add_secret(onlooker, engine.settings.secret_name)
    rotated = await rotate(engine)
    assert [left.key_id for left in rotated.left] == [theirs]
    assert len(await _secrets(onlooker)) == 2


async def test_a_key_id_that_is_not_there_is_bad_input_before_anything_is_made(
    engine: Engine, onlooker: Onlooker
) -> None:
    await engine.provision()
    before = await _secrets(onlooker)
    with pytest.raises(BadInput, match="--remove") as refusal:
        await rotate(engine, remove=["2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e5f"])
    assert before[0]["keyId"] in str(refusal.value)
    assert await _secrets(onlooker) == before


async def test_a_file_with_the_values_of_another_application_is_not_overwritten(engine: Engine, tmp_path: Path) -> None:
    first = (await engine.provision()).integration
    vault = FileVault(tmp_path / "values.env")
    vault.keep(first.model_copy(update={"client_id": "2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e5f"}))
    engine.vault = vault
    with pytest.raises(BadInput, match="another application"):
        await rotate(engine)


async def test_a_new_secret_that_does_not_pass_test_and_save_is_neither_handed_over_nor_does_the_old_one_go(
    engine: Engine, onlooker: Onlooker, cloud: Any, tenant: Any
) -> None:
    """The role was taken away: the fault is not the secret's, and a rotation must not make matters worse."""
    first = (await engine.provision()).integration
    [old] = await _secrets(onlooker)
    failure_mode("dataverse.user_without_role").apply(Scene(cloud, tenant, first))
    with pytest.raises(Refused, match="read incidents"):
        await rotate(engine)
    assert engine.vault is not None
    assert engine.vault.values() == first
    assert old["keyId"] in {secret["keyId"] for secret in await _secrets(onlooker)}
    assert "client_secret.rotation_unfinished" in {drift.name for drift in (await status(engine)).drifts}
    await engine.provision()  # gives the role back
    rotated = await rotate(engine)
    assert [secret["keyId"] for secret in await _secrets(onlooker)] == [rotated.key_id]


async def test_an_operator_without_rights_is_told_and_nothing_is_made(engine: Engine, onlooker: Onlooker) -> None:
    values = (await engine.provision()).integration
    weak = Operator(client_id=values.client_id, client_secret=values.client_secret)
    settings = engine.settings.model_copy(update={"operator": weak})
    with pytest.raises(Problem) as refusal:
        await rotate(Engine(settings, engine.transport, engine.clock, engine.receipt, vault=MemoryVault()))
    assert isinstance(refusal.value, NotPermitted)
    assert len(await _secrets(onlooker)) == 1


async def test_the_receipt_says_which_is_old_and_which_is_new_and_no_value(
    engine: Engine, losses: Losses, onlooker: Onlooker
) -> None:
    await engine.provision()
    [old] = await _secrets(onlooker)
    losses.next("POST", "/removePassword")
    rotated = await rotate(engine)
    assert losses.outstanding == []
    assert rotated.removed == (old["keyId"],)
    thing = engine.receipt.thing("client_secret")
    assert thing is not None
    assert (thing.id, thing.ours) == (rotated.key_id, True)
    assert engine.receipt.beside("client_secret") == []
    assert rotated.integration.client_secret.get_secret_value() not in json.dumps(engine.receipt.to_json())


@pytest.mark.parametrize(
    ("credential", "harms"),
    [
        ("secret", (Harm.LOST_AFTER, Harm.GARBLED, Harm.FAILED, Harm.KILLED_BEFORE, Harm.KILLED_AFTER)),
        ("certificate", (Harm.LOST_AFTER, Harm.KILLED_BEFORE, Harm.KILLED_AFTER)),  # making a key takes its time
    ],
)
async def test_a_rotation_harmed_where_it_changes_something_ends_with_one_usable_credential(
    credential: Credential, harms: tuple[Harm, ...]
) -> None:
    """The harms that leave a doubt; every harm to every request: `benchmarks.convergence`."""
    async with set_up_once(credential) as set_up:
        plain = await rotate_harmed(set_up, {})
        assert plain.converged(), plain
        sent = [(method, url.rpartition("/")[2]) for method, url in plain.told.requests]
        changes = [n for n, (method, end) in enumerate(sent) if method == "PATCH" or end.endswith("Password")]
        assert len(changes) == 2
        for number in changes:
            for harm in harms:
                outcome = await rotate_harmed(set_up, {number: harm})
                assert outcome.told.struck == {number}
                assert outcome.converged(), (number, harm, outcome)


@pytest.mark.parametrize("credential", ["secret", "certificate"])
async def test_a_rotation_that_keeps_the_old_one_and_is_killed_anywhere_ends_with_two(credential: Credential) -> None:
    async with set_up_once(credential) as set_up:
        plain = await rotate_harmed(set_up, {}, keep_old=True)
        for number in range(4, len(plain.told.requests), 3 if credential == "secret" else 5):
            outcome = await rotate_harmed(set_up, {number: Harm.KILLED_AFTER}, keep_old=True)
            assert outcome.converged(credentials=2), (number, outcome)


@pytest.mark.parametrize("credential", ["secret", "certificate"])
async def test_a_young_one_that_flickers_is_waited_for(credential: Credential) -> None:
    async with set_up_once(credential) as set_up:
        outcome = await rotate_harmed(set_up, {20: Harm.KILLED_AFTER}, pace="typical")
        assert outcome.converged(), outcome


async def test_a_rotation_needs_a_vault(operator_settings: Any, transport: Transport, clock: TenantClock) -> None:
    with pytest.raises(BadInput, match="told only once"):
        await rotate(Engine(operator_settings, transport, clock))
