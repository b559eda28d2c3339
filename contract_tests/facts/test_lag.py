"""A tenant whose replicas are slow and unlike each other: what is young is waited for, and swept all the same."""

from pathlib import Path

from contract_tests.facts.in_process import fake_world
from contract_tests.facts.loading import facts
from contract_tests.facts.putting import is_rehearsed, put
from contract_tests.facts.rails import MARK
from mock_services.cloud import FakeCloud

LAGGING = {"login", "graph"}
"""The services that read the directory by its replicas."""
TAKES_EFFECT_UNSEEN = {"graph.grant_made"}
"""Refused once although it was written, so that its repetition is told that it exists: nobody can tell these apart."""


async def test_every_fact_holds_while_replicas_lag_and_nothing_is_left(
    contract_cloud: FakeCloud, tmp_path: Path
) -> None:
    tenant = contract_cloud.create_tenant("Fabrikam")
    tenant.replication.use("adversarial")
    differing = set()
    async with fake_world(contract_cloud, tenant, tmp_path, patience_s=600) as world:
        for fact in reversed(facts()):  # in another order than `test_facts`: none may rest on what another has left
            if fact.service not in LAGGING or is_rehearsed(fact):
                continue
            outcome = await put(fact, world)
            if outcome.differences or outcome.shown is not None:
                differing.add(fact.name)
    assert differing <= TAKES_EFFECT_UNSEEN
    tenant.replication.use("immediate")
    directory = tenant.directory
    left = [each.display_name for each in (*directory.applications(), *directory.deleted_applications())]
    left += [each.display_name for each in (*directory.service_principals(), *directory.deleted_service_principals())]
    left += [each.display_name for each in (*directory.groups(), *directory.deleted_groups())]
    assert not [name for name in left if MARK in name]
    assert not (tmp_path / "made.jsonl").exists()
    contract_cloud.drop(tenant)
