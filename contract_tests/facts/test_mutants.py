"""Fakes that lie are noticed: a sample over the services. `python -m benchmarks.contract_mutants` tries them all."""

from pathlib import Path

import pytest

from contract_tests.facts.judging import judge
from contract_tests.facts.loading import SERVICES
from contract_tests.facts.lying import Mutant
from contract_tests.facts.mutants import mutants
from mock_services.dataverse import facts as dataverse_facts
from mock_services.login import refusals

SAMPLE = (
    "secrets never end",
    "credentials.SECRET_WRONG",
    "no privilege is checked",
    "tokens never end",
    "accounts of every tenant by default",
    "no row is out of reach",
    "the default priority is low",
    "applications are administrators",
    "every version is good",
    "consent only adds",
)


@pytest.mark.parametrize("name", SAMPLE)
async def test_a_lie_is_noticed(name: str, tmp_path: Path) -> None:
    mutant = next(each for each in mutants() if each.name.startswith(name))
    assert (await judge(mutant, tmp_path)).caught_by


async def test_the_truth_is_not_taken_for_a_lie(tmp_path: Path) -> None:
    assert not (await judge(Mutant("power_platform", "nothing is changed"), tmp_path)).caught_by


def test_every_service_has_its_liars_and_each_can_be_made_and_undone() -> None:
    before = (refusals.credentials.SECRET_WRONG, vars(dataverse_facts).copy())
    made = mutants()
    for each in made:
        with each.change():
            pass
    assert len(made) >= 60
    assert {each.service for each in made} == set(SERVICES)
    assert (refusals.credentials.SECRET_WRONG, vars(dataverse_facts)) == before
