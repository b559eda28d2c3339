"""`d365 plan` says what is there, what would be done, what it takes and what is lacking, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mock_services.cloud import FakeCloud
from provisioning.access import operator_access
from provisioning.engine import Engine
from provisioning.plan import Plan, plan_at
from provisioning.problems import NotPermitted, Problem, Withheld
from provisioning.reading_only import ReadingOnly
from provisioning.settings import Operator, Settings
from provisioning.transport import Transport
from scenarios.setup.conftest import Onlooker
from scenarios.setup.scripted_person import ScriptedPerson
from scenarios.tenant_clock import TenantClock

APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
POWER_PLATFORM_ADMINISTRATOR = "11648597-926c-4cf3-9c36-bcebb0ba8dcc"
ORDER = (
    "environment_url", "application", "service_principal", "client_secret", "admin_consent", "application_user",
    "security_role",
)  # fmt: skip


@pytest.fixture
def plan_as(
    cloud: FakeCloud, tenant: Any, operator_settings: Settings, transport: Transport, clock: TenantClock
) -> Callable[..., Any]:
    """The plan of a person with these directory roles, a system administrator of the environment or not."""

    async def plan(*roles: str, is_user: bool = True) -> Plan:
        name, password = f"somebody@{tenant.domain}", "fake-password-of-somebody"
        user = tenant.directory.add_user(name, "Somebody", password)
        for role in roles:
            tenant.directory.give_directory_role(user.id, role)
        if is_user:
            row = tenant.organisation.add_user(
                object_id=user.id, user_principal_name=name, first_name="Some", last_name="Body"
            )
            tenant.organisation.assign_role(row, tenant.organisation.role_named("System Administrator")["roleid"])
        settings = operator_settings.model_copy(update={"operator": Operator(sign_in="device_code")})
        transport.guard = ReadingOnly(settings)
        person = ScriptedPerson(cloud, name, password)
        access = operator_access(settings, transport, clock, person=person)
        return await plan_of(Engine(settings, transport, clock, access=access))

    return plan


async def test_a_fresh_tenant_gets_everything_and_nothing_is_sent_that_changes(engine: Engine, tenant: Any) -> None:
    before = snapshot(tenant)
    engine.transport.guard = ReadingOnly(engine.settings)
    plan = await plan_of(engine)
    assert tuple(step.step for step in plan.steps) == ORDER
    assert [step.action for step in plan.steps] == ["keep", *["make"] * 6]
    assert (plan.lacking, plan.untold) == ((), ())
    assert snapshot(tenant) == before
    assert {entry.method for entry in tenant.journal if entry.service != "login"} == {"GET"}


async def test_what_is_there_is_kept_and_what_drifted_would_be_changed(
    engine: Engine, onlooker: Onlooker, tenant: Any
) -> None:
    integration = (await engine.provision()).integration
    [user] = await onlooker.users_of(integration.client_id)
    await onlooker.tell_dataverse("PATCH", f"systemusers({user['systemuserid']})", {"isdisabled": True})
    before = snapshot(tenant)
    steps = {step.step: step for step in await engine.plan(integration.client_secret)}
    assert {name for name, step in steps.items() if step.action == "change"} == {"application_user"}
    assert {step.action for step in steps.values()} == {"keep", "change"}
    assert steps["application_user"].detail == "lacks being enabled"
    assert steps["application"].ours
    assert snapshot(tenant) == before


async def test_a_step_that_would_change_something_is_kept_from_it(engine: Engine, onlooker: Onlooker) -> None:
    engine.transport.guard = ReadingOnly(engine.settings)
    with pytest.raises(Withheld, match="only looks and changes nothing"):
        await engine.provision()
    assert await onlooker.applications() == []


async def test_what_an_app_lacks_is_named_with_who_gives_it(engine: Engine, tenant: Any) -> None:
    take_away(tenant, "DelegatedPermissionGrant.ReadWrite.All")
    plan = await plan_of(engine)
    [consent] = plan.lacking
    assert (consent.step, consent.whose_turn) == ("admin_consent", "the customer's Entra admin")
    assert "DelegatedPermissionGrant.ReadWrite.All" in consent.needs
    assert plan.untold == ()


async def test_an_app_that_may_not_even_look_still_gets_a_plan(engine: Engine, tenant: Any) -> None:
    take_away(tenant, *tenant_permissions(tenant))
    plan = await plan_of(engine)
    by_step = {step.step: step for step in plan.steps}
    assert tuple(by_step) == ORDER
    assert by_step["application"].action == "unknown"
    assert isinstance(by_step["application"].problem, NotPermitted)
    assert by_step["security_role"].detail == "cannot be told yet"
    assert by_step["environment_url"].action == "keep"


async def test_an_administrator_who_is_a_person_lacks_nothing(plan_as: Callable[..., Any]) -> None:
    plan = await plan_as(APPLICATION_ADMINISTRATOR)
    assert [step.held for step in plan.steps] == [True] * 7
    assert (plan.lacking, plan.operator.directory_roles) == ((), ("Application Administrator",))
    assert plan.operator.is_person
    assert "Application.ReadWrite.All" in plan.operator.permissions


async def test_a_person_without_a_role_may_perhaps_register_and_surely_not_consent(plan_as: Callable[..., Any]) -> None:
    """The scopes are the client's; the role is what counts. Registering is open to everybody by default."""
    plan = await plan_as(POWER_PLATFORM_ADMINISTRATOR)
    held = {step.step: step.held for step in plan.steps}
    assert (held["application"], held["admin_consent"], held["application_user"]) == (None, False, True)
    [consent] = plan.lacking
    assert consent.step == "admin_consent"
    assert "the role Application Administrator, Cloud Application Administrator" in consent.needs


async def test_a_role_that_is_not_known_here_may_do_as_well(plan_as: Callable[..., Any], tenant: Any) -> None:
    """A custom role can hold the right to consent, and the token tells its id alone."""
    from provisioning.authorised import Rights
    from provisioning.permits import need_and_held

    plan = await plan_as()
    assert [step.step for step in plan.lacking] == ["admin_consent"]
    custom = Rights(frozenset({"Directory.AccessAsUser.All"}), True, frozenset({tenant.id}), "somebody")
    assert need_and_held(custom, ["DelegatedPermissionGrant.ReadWrite.All"])[1] is None


async def test_who_is_no_user_of_the_environment_is_told_whom_to_ask(plan_as: Callable[..., Any]) -> None:
    plan = await plan_as(APPLICATION_ADMINISTRATOR, is_user=False)
    by_step = {step.step: step for step in plan.steps}
    assert by_step["environment_url"].lacking
    assert by_step["environment_url"].whose_turn == "the customer's Dynamics admin"
    assert by_step["application"].action == "make"


async def test_an_environment_that_is_not_there_is_no_lack_and_no_health(
    engine: Engine, transport: Transport, clock: TenantClock
) -> None:
    elsewhere = engine.settings.environment_url.replace("contoso", "contsoo")
    settings = engine.settings.model_copy(update={"environment_url": elsewhere})
    plan = await plan_of(Engine(settings, transport, clock))
    assert plan.steps[0].action == "unknown"
    assert elsewhere in str(plan.steps[0].problem)
    assert (plan.lacking, plan.untold) == ((), plan.steps[:1])


async def test_an_operator_who_cannot_sign_in_gets_a_letter_and_no_plan(
    operator_settings: Settings, transport: Transport, clock: TenantClock
) -> None:
    from pydantic import SecretStr

    assert operator_settings.operator is not None
    wrong = operator_settings.operator.model_copy(update={"client_secret": SecretStr("wrong")})
    settings = operator_settings.model_copy(update={"operator": wrong})
    with pytest.raises(Problem, match="AADSTS7000215"):
        await plan_of(Engine(settings, transport, clock))


async def test_the_plan_reads_as_json(engine: Engine, tenant: Any) -> None:
    take_away(tenant, "DelegatedPermissionGrant.ReadWrite.All")
    told = json.loads(json.dumps((await plan_of(engine)).to_json()))
    assert (told["operator"]["name"], told["lacking"]) == (tenant.operator.client_id, ["admin_consent"])
    holders = {step["step"]: step["holder"] for step in told["steps"]}
    assert (holders["application"], holders["admin_consent"]) == ("the operator", "the customer's Entra admin")
    assert tenant.operator.client_secret not in json.dumps(told)


async def plan_of(engine: Engine) -> Plan:
    return await plan_at(engine.site(None), engine.steps)


def tenant_permissions(tenant: Any) -> list[str]:
    from mock_services.baseline import OPERATOR_PERMISSIONS

    del tenant
    return list(OPERATOR_PERMISSIONS)


def take_away(tenant: Any, *permissions: str) -> None:
    """Application permissions of the operator's app."""
    from mock_services.state.well_known import GRAPH_PERMISSIONS

    principal = tenant.directory.service_principal(app_id=tenant.operator.client_id)
    ids = {GRAPH_PERMISSIONS[name][0] for name in permissions}
    for assigned in tenant.directory.app_roles_of(principal.id):
        if assigned.app_role_id in ids:
            tenant.directory.remove_app_role(assigned.id)


def snapshot(tenant: Any) -> bytes:
    """Everything that is kept of a tenant."""
    image: bytes = tenant.directory.store.image() + tenant.organisation.store.image()
    return image
