"""Tenants whose app management policy caps the lifetime of secrets, or forbids them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant
from provisioning.engine import Engine
from provisioning.problems import Refused
from scenarios.convergence.converging import Census, Outcome, count, everything, opened, run_until_done
from scenarios.convergence.harms import Harm
from scenarios.setup.conftest import Onlooker

POLICY_READ_ALL = "246dd0d5-5bd0-4def-940b-0421030a5b68"


def restrict(tenant: FakeTenant, kind: str, **more: str) -> None:
    """The tenant's own policy, as its admin would write it."""
    restriction = {"restrictionType": kind, "state": "enabled", "maxLifetime": None, **more}
    policy = tenant.directory.default_app_policy()
    restrictions = {**(policy["applicationRestrictions"] or {}), "passwordCredentials": [restriction]}
    tenant.directory.set_default_app_policy({**policy, "isEnabled": True, "applicationRestrictions": restrictions})


def close_policies(tenant: FakeTenant) -> None:
    """The operator loses Policy.Read.All."""
    directory = tenant.directory
    [operator] = [each for each in directory.service_principals() if each.app_id == tenant.operator.client_id]
    for held in directory.app_roles_of(operator.id):
        if held.app_role_id == POLICY_READ_ALL:
            directory.remove_app_role(held.id)


async def lifetime(onlooker: Onlooker) -> timedelta:
    [application] = await onlooker.applications()
    [secret] = application["passwordCredentials"]
    return datetime.fromisoformat(secret["endDateTime"]) - datetime.fromisoformat(secret["startDateTime"])


@pytest.mark.parametrize(
    ("cap", "read", "unread"),
    [("P800D", 731, 731), ("P400D", 400, 365), ("P180D", 180, 180), ("P100D", 100, 90), ("P7D", 7, 7)],
)
@pytest.mark.parametrize("readable", [True, False], ids=["policy readable", "policy closed"])
async def test_where_lifetimes_are_capped_less_is_asked_for_and_said_so(
    cap: str, read: int, unread: int, readable: bool, tenant: FakeTenant, engine: Engine, onlooker: Onlooker
) -> None:
    """To the day where the operator may read the policy, otherwise the longest usual term that passes."""
    restrict(tenant, "passwordLifetime", maxLifetime=cap)
    if not readable:
        close_policies(tenant)
    days = read if readable else unread
    provisioned = await engine.provision()
    [report] = [report for report in provisioned.steps if report.step == "client_secret"]
    assert (await lifetime(onlooker)).days == days
    assert (f"for {days} days only" in report.detail) == (days < 700)
    assert (await engine.verify(provisioned.integration)).healthy
    assert (await engine.provision(provisioned.integration.client_secret)).changed_nothing


async def test_an_applications_own_policy_replaces_the_tenants(
    tenant: FakeTenant, engine: Engine, onlooker: Onlooker
) -> None:
    restrict(tenant, "passwordLifetime", maxLifetime="P30D")
    made = (await onlooker.tell_graph("POST", "applications", {"displayName": engine.settings.application_name})).json()
    restriction = {"restrictionType": "passwordLifetime", "state": "enabled", "maxLifetime": "P90D"}
    restrictions = {"passwordCredentials": [restriction]}
    own = tenant.directory.add_app_policy({"isEnabled": True, "displayName": "x", "restrictions": restrictions})
    tenant.directory.assign_app_policy(made["id"], own["id"])
    await engine.provision()
    assert (await lifetime(onlooker)).days == 90


@pytest.mark.parametrize("readable", [True, False], ids=["policy readable", "policy closed"])
async def test_where_not_even_a_week_is_allowed_the_letter_names_the_policy(
    readable: bool, tenant: FakeTenant, engine: Engine
) -> None:
    restrict(tenant, "passwordLifetime", maxLifetime="P6D")
    if not readable:
        close_policies(tenant)
    with pytest.raises(Refused, match="let the app management policy allow") as letter:
        await engine.provision()
    assert letter.value.refusal.code == "CredentialInvalidLifetimeAsPerAppPolicy"
    assert letter.value.whose_turn == "the customer's Entra admin"


async def test_where_secrets_are_forbidden_nothing_is_tried_twice(tenant: FakeTenant, engine: Engine) -> None:
    restrict(tenant, "passwordAddition")
    with pytest.raises(Refused, match="allow client secrets for this app") as letter:
        await engine.provision()
    assert letter.value.refusal.code == "CredentialTypeNotAllowedAsPerAppPolicy"
    assert [entry.url for entry in tenant.journal if "addPassword" in entry.url and entry.status == 400][1:] == []


@pytest.mark.parametrize("harm", [Harm.LOST_AFTER, Harm.KILLED_AFTER])
async def test_any_harm_to_any_attempt_leaves_one_secret_of_the_allowed_term(harm: Harm) -> None:
    cloud = FakeCloud()

    async def outcome_of(harms: dict[int, Harm]) -> tuple[Outcome, Census]:
        tenant, outcome = cloud.create_tenant(), Outcome()
        restrict(tenant, "passwordLifetime", maxLifetime="P100D")
        close_policies(tenant)
        before = everything(tenant)
        async with opened(cloud, tenant, harms) as case:
            await run_until_done(case, outcome, runs=3)
            census = count(tenant, case.settings(), before)
        cloud.drop(tenant)
        return outcome, census

    plain, _ = await outcome_of({})
    attempts = [number for number, (_, url) in enumerate(plain.requests) if url.endswith("/addPassword")]
    assert len(attempts) == 4  # two years, one, half a year, a quarter
    for number in attempts:
        outcome, census = await outcome_of({number: harm})
        assert outcome.integration is not None, outcome.letters
        assert census.is_single, (number, census)
