"""Every public constant of a `facts.py` names its fact, or an excuse; every quirk the fact that settles it."""

from dataclasses import fields

import pytest

from contract_tests.facts.constants import EXCUSED, MODULES, public, resting
from contract_tests.facts.loading import facts
from mock_services.quirks import Quirks

NO_SETTLING = {
    "graph_concurrency_status": "nobody can make two writes meet at will",
}


@pytest.mark.parametrize("service", MODULES)
def test_a_constant_names_its_fact_or_an_excuse(service: str) -> None:
    named, excuses, constants = resting(service).keys(), EXCUSED.get(service, {}).keys(), set(public(service))
    assert constants - named - excuses == set(), (
        "name them in a fact's `constants`, or see contract_tests.facts.constants"
    )
    assert named - constants == set(), "these facts name constants that are not there"
    assert excuses - constants == set(), "these excuses are for constants that are not there"
    assert excuses & named == set(), "these have a fact by now: take their excuses out"


def test_a_quirk_names_the_fact_that_settles_it() -> None:
    settled = {fact.quirk: fact.name for fact in facts() if fact.quirk}
    for quirk in fields(Quirks):
        if quirk.name not in NO_SETTLING:
            assert settled[quirk.name] == quirk.metadata["contract"]
    assert settled.keys() | NO_SETTLING.keys() == {quirk.name for quirk in fields(Quirks)}
