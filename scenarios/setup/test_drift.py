"""How what was set up stands, told without a change, and mended step by step."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from provisioning.drift import status
from provisioning.engine import Engine
from provisioning.guard import TenantGuard
from provisioning.patience import Patience
from provisioning.problems import Problem, Refused
from provisioning.receipt import Receipt
from provisioning.repair import repair
from provisioning.settings import Integration, Operator
from provisioning.vault import MemoryVault
from scenarios.setup.conftest import Losses, Onlooker
from scenarios.tenant_clock import TenantClock


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """With a vault, and within the rails of a live run."""
    engine.vault = MemoryVault()
    engine.transport.guard = TenantGuard(engine.settings, engine.receipt)
    return engine


async def _drifts(engine: Engine) -> set[str]:
    return {drift.name for drift in (await status(engine)).drifts}


def _id(engine: Engine, step: str) -> str:
    thing = engine.receipt.thing(step)
    assert thing is not None
    return thing.id


async def _renamed(engine: Engine, onlooker: Onlooker) -> None:
    await onlooker.tell_graph("PATCH", f"applications/{_id(engine, 'application')}", {"displayName": "Other"})


async def _undeclared(engine: Engine, onlooker: Onlooker) -> None:
    await onlooker.tell_graph("PATCH", f"applications/{_id(engine, 'application')}", {"requiredResourceAccess": []})


async def _deleted(engine: Engine, onlooker: Onlooker) -> None:
    await onlooker.tell_graph("DELETE", f"applications/{_id(engine, 'application')}")


async def _principal_disabled(engine: Engine, onlooker: Onlooker) -> None:
    path = f"servicePrincipals/{_id(engine, 'service_principal')}"
    await onlooker.tell_graph("PATCH", path, {"accountEnabled": False})


async def _principal_deleted(engine: Engine, onlooker: Onlooker) -> None:
    await onlooker.tell_graph("DELETE", f"servicePrincipals/{_id(engine, 'service_principal')}")


async def _secret_removed(engine: Engine, onlooker: Onlooker) -> None:
    path = f"applications/{_id(engine, 'application')}/removePassword"
    await onlooker.tell_graph("POST", path, {"keyId": _id(engine, "client_secret")})


async def _revoked(engine: Engine, onlooker: Onlooker) -> None:
    await onlooker.tell_graph("DELETE", f"oauth2PermissionGrants/{_id(engine, 'admin_consent')}")


async def _narrowed(engine: Engine, onlooker: Onlooker) -> None:
    await onlooker.tell_graph("PATCH", f"oauth2PermissionGrants/{_id(engine, 'admin_consent')}", {"scope": ""})


async def _user_disabled(engine: Engine, onlooker: Onlooker) -> None:
    user = _id(engine, "application_user")
    await onlooker.tell_dataverse("PATCH", f"systemusers({user})", {"isdisabled": True})


async def _user_deleted(engine: Engine, onlooker: Onlooker) -> None:
    await _user_disabled(engine, onlooker)
    for _ in range(2):
        await onlooker.tell_dataverse("DELETE", f"systemusers({_id(engine, 'application_user')})")


async def _role_taken(engine: Engine, onlooker: Onlooker) -> None:
    user, role = _id(engine, "application_user"), _id(engine, "security_role")
    await onlooker.tell_dataverse("DELETE", f"systemusers({user})/systemuserroles_association({role})/$ref")


async def _role_deleted(engine: Engine, onlooker: Onlooker) -> None:
    await _role_taken(engine, onlooker)
    await onlooker.tell_dataverse("DELETE", f"roles({_id(engine, 'security_role')})")


async def _privilege_taken(engine: Engine, onlooker: Onlooker) -> None:
    [privilege] = await onlooker.dataverse("privileges?$select=privilegeid&$filter=name eq 'prvCreateIncident'")
    path = f"roles({_id(engine, 'security_role')})/Microsoft.Dynamics.CRM.RemovePrivilegeRole"
    await onlooker.tell_dataverse("POST", path, {"PrivilegeId": privilege["privilegeid"]})


Harm = Callable[[Engine, Onlooker], Awaitable[None]]
# Those that hide nothing of each other happen to one tenant.
DRIFTS: dict[str, tuple[tuple[Harm, str], ...]] = {
    "spoilt": (
        (_renamed, "application.renamed"),
        (_undeclared, "application.lacking"),
        (_principal_disabled, "service_principal.lacking"),
        (_narrowed, "admin_consent.lacking"),
        (_user_disabled, "application_user.lacking"),
        (_privilege_taken, "security_role.lacking"),
    ),
    "taken away": (
        (_secret_removed, "client_secret.removed"),
        (_revoked, "admin_consent.gone"),
        (_role_deleted, "security_role.gone"),
    ),
    "principal deleted": ((_principal_deleted, "service_principal.gone"), (_role_taken, "security_role.lacking")),
    "user deleted": ((_user_deleted, "application_user.gone"),),
    "application deleted": ((_deleted, "application.gone"),),
}


async def test_just_set_up_nothing_has_drifted_and_looking_changes_nothing(engine: Engine, losses: Losses) -> None:
    await engine.provision()
    before = engine.receipt.to_json()
    losses.sent.clear()
    found = await status(engine)
    assert (found.drifts, found.complete) == ((), True)
    assert {method for method, path in losses.sent if "oauth2/v2.0" not in path} == {"GET"}
    assert engine.receipt.to_json() == before
    details = {standing.step: standing.detail for standing in found.standings}
    assert "730 days left" in details["client_secret"]


@pytest.mark.parametrize("drifts", DRIFTS.values(), ids=DRIFTS)
async def test_each_drift_is_named_and_mended(
    engine: Engine, onlooker: Onlooker, drifts: tuple[tuple[Harm, str], ...]
) -> None:
    await engine.provision()
    for harm, _ in drifts:
        await harm(engine, onlooker)
    found = await status(engine)
    assert {name for _, name in drifts} <= {drift.name for drift in found.drifts}
    repaired = await repair(engine, found)
    assert repaired.unmended == ()
    assert (await status(engine)).drifts == ()
    assert repaired.integration is not None
    assert (await engine.verify(repaired.integration)).healthy


async def test_days_left_an_end_and_a_lost_value_are_told(engine: Engine, clock: TenantClock) -> None:
    await engine.provision()
    await clock.sleep(timedelta(days=705))
    [secret] = [s for s in (await status(engine)).standings if s.step == "client_secret"]
    assert (secret.drifts, secret.condition) == ((), "as recorded")
    assert any("days are left" in note for note in secret.notes)
    await clock.sleep(timedelta(days=30))
    assert await _drifts(engine) == {"client_secret.expired"}


async def test_a_value_that_nobody_has_at_hand_is_noted_and_one_that_is_wrong_has_drifted(
    engine: Engine, onlooker: Onlooker
) -> None:
    values = (await engine.provision()).integration
    engine.vault = None
    [secret] = [s for s in (await status(engine)).standings if s.step == "client_secret"]
    assert (secret.drifts, len(secret.notes)) == ((), 1)
    repaired = await repair(engine, await status(engine))
    assert (repaired.unmended, repaired.integration) == ((), None)
    assert len((await onlooker.applications())[0]["passwordCredentials"]) == 1
    engine.vault = MemoryVault()
    engine.vault.keep(_with_secret(values, "wrong"))
    assert await _drifts(engine) == {"client_secret.value_lost"}


def _with_secret(values: Integration, text: str) -> Integration:
    return Integration.model_validate({**values.model_dump(), "client_secret": text})


async def test_a_certificate_is_looked_at_and_mended_like_a_secret(engine: Engine, onlooker: Onlooker) -> None:
    settings = engine.settings.model_copy(update={"credential": "certificate"})
    by_key = Engine(settings, engine.transport, engine.clock, engine.receipt, vault=engine.vault)
    await by_key.provision()
    assert await _drifts(by_key) == set()
    by_key.vault = None
    assert (await status(by_key)).drifts == ()
    assert (await repair(by_key, await status(by_key))).unmended == ()
    by_key.vault = engine.vault
    await onlooker.tell_graph("PATCH", f"applications/{_id(engine, 'application')}", {"keyCredentials": []})
    assert await _drifts(by_key) == {"certificate.removed"}
    assert (await repair(by_key, await status(by_key))).unmended == ()
    assert await _drifts(by_key) == set()
    [listed] = [each for each in (await status(by_key)).standings if each.step == "certificate"]
    assert "730 days left" in listed.detail


async def test_a_user_moved_to_another_business_unit_is_told(engine: Engine, onlooker: Onlooker) -> None:
    await engine.provision()
    [root] = await onlooker.dataverse("businessunits?$select=businessunitid&$filter=parentbusinessunitid eq null")
    parent = f"/businessunits({root['businessunitid']})"
    await onlooker.tell_dataverse(
        "POST", "businessunits", {"name": "Branch", "parentbusinessunitid@odata.bind": parent}
    )
    [branch] = await onlooker.dataverse("businessunits?$select=businessunitid&$filter=name eq 'Branch'")
    user = _id(engine, "application_user")
    moved = {"businessunitid@odata.bind": f"/businessunits({branch['businessunitid']})"}
    await onlooker.tell_dataverse("PATCH", f"systemusers({user})", moved)
    assert "application_user.moved" in await _drifts(engine)


async def test_an_environment_that_no_longer_answers_hides_nothing_else(engine: Engine, onlooker: Onlooker) -> None:
    await engine.provision()
    await _revoked(engine, onlooker)
    moved = "https://gone.crm4.dynamics.com"
    settings = engine.settings.model_copy(update={"environment_url": moved})
    told = engine.receipt.to_json() | {"environment_url": moved}
    there = Engine(settings, engine.transport, engine.clock, vault=None)
    there.receipt = _receipt(told)
    engine.transport.guard = TenantGuard(settings, there.receipt)
    found = await status(there)
    assert {drift.name for drift in found.drifts} >= {"environment_url.unreachable", "admin_consent.gone"}
    assert not found.complete
    repaired = await repair(there, found)
    assert {unmended.step for unmended in repaired.unmended} == {
        "environment_url", "application_user", "security_role"
    }  # fmt: skip
    assert "admin_consent.gone" not in await _drifts(there)


def _receipt(told: dict[str, Any]) -> Receipt:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "receipt.json"
        path.write_text(json.dumps(told))
        receipt = Receipt(path)
        receipt._path = None
        return receipt


async def test_who_cannot_sign_in_learns_nothing_and_is_told_so(engine: Engine) -> None:
    await engine.provision()
    assert engine.settings.operator is not None
    wrong = Operator.model_validate({"client_id": engine.settings.operator.client_id, "client_secret": "wrong"})
    settings = engine.settings.model_copy(update={"operator": wrong})
    with pytest.raises(Refused, match="sign in"):
        await status(Engine(settings, engine.transport, engine.clock, engine.receipt))


async def test_one_step_that_cannot_be_mended_hides_none_of_the_others(engine: Engine, onlooker: Onlooker) -> None:
    await engine.provision()
    await _secret_removed(engine, onlooker)
    await _revoked(engine, onlooker)
    await _role_taken(engine, onlooker)
    engine.vault = None
    repaired = await repair(engine, await status(engine))
    assert [unmended.step for unmended in repaired.unmended] == ["client_secret"]
    assert {report.step for report in repaired.steps if report.outcome != "kept"} == {"admin_consent", "security_role"}


async def test_a_run_that_stopped_is_told(engine: Engine, losses: Losses) -> None:
    engine.patience = Patience(deadline=timedelta(0))
    losses.next("POST", "/oauth2PermissionGrants")
    with pytest.raises(Problem):
        await engine.provision()
    assert {"admin_consent.unfinished", "security_role.missing"} <= await _drifts(engine)
