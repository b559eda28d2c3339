"""All the steps together: made once, found the second time, undone, and never twice for a lost answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioning.engine import Engine, Event, State
from provisioning.problems import NotPermitted
from provisioning.receipt import Receipt
from provisioning.settings import Operator
from scenarios.setup.conftest import Losses, Onlooker

NAMES = [
    "environment_url",
    "application",
    "service_principal",
    "client_secret",
    "admin_consent",
    "application_user",
    "security_role",
]


async def test_a_fresh_tenant_ends_with_a_passing_test_and_save(engine: Engine, events: list[Event]) -> None:
    provisioned = await engine.provision()
    assert [report.step for report in provisioned.steps] == NAMES
    assert {report.outcome for report in provisioned.steps[1:]} == {"made"}
    verdict = await engine.verify(provisioned.integration)
    assert verdict.healthy, verdict
    assert verdict.warnings == ()
    # The least privileges do not include reading roles; everything else is looked at and passes.
    assert [check.name for check in verdict.checks if check.outcome != "passed"] == ["own roles"]
    with_operator = await engine.verify(provisioned.integration, operator=engine.access)
    assert {check.outcome for check in with_operator.checks} == {"passed"}
    ends = {event.step: event.state for event in events}
    assert set(ends.values()) <= {"made", "kept"}


async def test_the_second_run_with_receipt_and_secret_changes_nothing(
    engine: Engine, losses: Losses, onlooker: Onlooker
) -> None:
    first = await engine.provision()
    before = await onlooker.applications(), await onlooker.users_of(first.integration.client_id)
    losses.sent.clear()
    second = await engine.provision(first.integration.client_secret)
    assert second.changed_nothing
    assert second.integration == first.integration
    assert {method for method, path in losses.sent if "oauth2/v2.0" not in path} == {"GET"}
    assert (await onlooker.applications(), await onlooker.users_of(first.integration.client_id)) == before


async def test_a_plan_says_what_is_missing_and_changes_nothing(engine: Engine, losses: Losses) -> None:
    plan = await engine.plan()
    assert [planned.step for planned in plan] == NAMES
    assert [planned.action for planned in plan] == ["keep", *["make"] * 6]
    assert all(planned.held is not False for planned in plan)
    assert {method for method, path in losses.sent if "oauth2/v2.0" not in path} == {"GET"}
    provisioned = await engine.provision()
    [application] = [planned for planned in await engine.plan() if planned.step == "application"]
    assert application.action == "keep"
    assert provisioned.integration.client_id in application.detail


async def test_undo_leaves_the_tenant_as_it_was(engine: Engine, onlooker: Onlooker) -> None:
    roles = "roles?$select=name&$filter=name eq 'OpenCX Integration'"
    provisioned = await engine.provision()
    assert len(await onlooker.dataverse(roles)) == 1
    undone = await engine.undo()
    assert [report.step for report in undone] == NAMES[::-1]
    assert await onlooker.applications() == []
    assert await onlooker.graph(f"servicePrincipals?$filter=appId eq '{provisioned.integration.client_id}'") == []
    assert await onlooker.users_of(provisioned.integration.client_id) == []
    assert await onlooker.dataverse(roles) == []
    assert await engine.undo() == ()
    assert not (await engine.verify(provisioned.integration)).healthy


async def test_after_undo_everything_can_be_made_again(engine: Engine) -> None:
    first = await engine.provision()
    await engine.undo()
    second = await engine.provision()
    assert second.integration.client_id != first.integration.client_id
    assert (await engine.verify(second.integration)).healthy


@pytest.mark.parametrize(
    ("method", "path_end"),
    [
        ("PATCH", "(uniqueName='d365-harness OpenCX Dynamics Integration')"),
        ("POST", "/addPassword"),
        ("POST", "/oauth2PermissionGrants"),
        ("POST", "/systemusers"),
        ("POST", "/roles"),
        ("POST", "AddPrivilegesRole"),
        ("POST", "systemuserroles_association/$ref"),
    ],
)
async def test_a_lost_answer_makes_no_twin(
    engine: Engine, losses: Losses, onlooker: Onlooker, method: str, path_end: str
) -> None:
    losses.next(method, path_end)
    provisioned = await engine.provision()
    assert losses.outstanding == []
    [application] = await onlooker.applications()
    assert [secret["displayName"] for secret in application["passwordCredentials"]] == ["opencx"]
    assert len(await onlooker.grants_of(provisioned.integration.client_id)) == 1
    [user] = await onlooker.users_of(provisioned.integration.client_id)
    assert [role["name"] for role in user["systemuserroles_association"]] == ["OpenCX Integration"]
    assert len(await onlooker.dataverse("roles?$filter=name eq 'OpenCX Integration'")) == 1
    assert (await engine.verify(provisioned.integration)).healthy
    await engine.undo()
    assert await onlooker.applications() == []
    assert await onlooker.dataverse("roles?$filter=name eq 'OpenCX Integration'") == []


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("step", NAMES[1:])
async def test_a_run_killed_as_a_step_makes_and_again_once_it_is_made_is_resumed(
    engine: Engine, onlooker: Onlooker, tmp_path: Path, step: str
) -> None:
    """Killed when the step is about to make, and again when it was made and not yet in force."""
    file = tmp_path / "receipt.json"

    def started_anew(dies_at: State | None = None) -> Engine:
        def listen(event: Event) -> None:
            if (event.step, event.state) == (step, dies_at):
                raise Killed

        return Engine(engine.settings, engine.transport, engine.clock, Receipt(file), listen)

    deaths: tuple[State, ...] = ("making", "made")
    for state in deaths:
        with pytest.raises(Killed):
            await started_anew(state).provision()
    provisioned = await started_anew().provision()
    assert len(await onlooker.applications()) == 1
    assert (await engine.verify(provisioned.integration)).healthy
    await started_anew().undo()
    assert await onlooker.applications() == []


async def test_an_operator_without_rights_is_told_before_anything_is_made(engine: Engine, onlooker: Onlooker) -> None:
    """The integration's own app as the operator: it holds no Graph permission at all."""
    provisioned = await engine.provision()
    values = provisioned.integration
    weak = Operator(client_id=values.client_id, client_secret=values.client_secret)
    settings = engine.settings.model_copy(update={"operator": weak, "application_name": "Another"})
    with pytest.raises(NotPermitted) as refusal:
        await Engine(settings, engine.transport, engine.clock).provision()
    letter = str(refusal.value)
    assert "the customer's Entra admin" in letter
    assert await onlooker.applications("Another") == []


async def test_no_secret_is_in_the_receipt_the_events_or_the_verdict(
    engine: Engine, events: list[Event], receipt: Receipt
) -> None:
    provisioned = await engine.provision()
    verdict = await engine.verify(provisioned.integration)
    written = f"{receipt.to_json()} {events} {provisioned} {provisioned.to_json()} {verdict} {verdict.to_json()}"
    assert provisioned.integration.client_secret.get_secret_value() not in written
    assert engine.settings.operator is not None
    assert engine.settings.operator.client_secret.get_secret_value() not in written
    assert "eyJ" not in written


async def test_rights_missing_for_a_late_step_stop_the_run_before_the_first_change(
    engine: Engine, onlooker: Onlooker
) -> None:
    """Every Graph permission, but in the environment only a user: nothing must be left half done in Entra."""
    assert engine.settings.operator is not None
    [me] = await onlooker.users_of(engine.settings.operator.client_id)
    [admin] = me["systemuserroles_association"]
    [basic] = await onlooker.dataverse("roles?$select=name&$filter=name eq 'Basic User'")
    roles = f"systemusers({me['systemuserid']})/systemuserroles_association"
    link = {"@odata.id": f"{engine.settings.environment_url}/api/data/v9.2/roles({basic['roleid']})"}
    await onlooker.tell_dataverse("POST", f"{roles}/$ref", link)
    await onlooker.tell_dataverse("DELETE", f"{roles}({admin['roleid']})/$ref")
    plan = {planned.step: planned.held for planned in await engine.plan()}
    assert plan["application"] is True
    assert plan["application_user"] is False
    with pytest.raises(NotPermitted, match="prvCreateUser") as refusal:
        await engine.provision()
    assert refusal.value.whose_turn == "the customer's Dynamics admin"
    assert await onlooker.applications() == []


async def test_a_lost_answer_is_looked_for_more_than_once_before_asking_again(
    engine: Engine, losses: Losses, onlooker: Onlooker
) -> None:
    """The object is young: the first looks after the loss go to a replica that does not have it yet."""
    losses.next("POST", "/oauth2PermissionGrants")
    losses.hide_after_loss("/oauth2PermissionGrants", looks=2)
    provisioned = await engine.provision()
    assert losses.outstanding == []
    assert losses.hidden_looks == 0
    assert len(await onlooker.grants_of(provisioned.integration.client_id)) == 1
