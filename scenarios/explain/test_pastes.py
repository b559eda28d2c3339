"""Every paste of the corpus, as people really pasted it: the first cause's family is right, or no cause is named."""

import pytest

from provisioning.diagnosis.ailments import AILMENTS
from provisioning.explaining.explanation import explain
from scenarios.explain.pastes import Paste, pastes

ALL = [*pastes("built_on"), *pastes("held_out")]


@pytest.mark.parametrize("paste", ALL, ids=lambda paste: paste.source)
def test_its_first_cause_is_of_the_right_family(paste: Paste) -> None:
    causes = explain(paste.text).causes
    assert (causes[0].family if causes else "") in paste.right


@pytest.mark.parametrize("paste", ALL, ids=lambda paste: paste.source)
def test_each_cause_is_complete_and_told_once(paste: Paste) -> None:
    causes = explain(paste.text).causes
    assert all(cause.whose_turn and cause.remedy and "{" not in cause.remedy for cause in causes)
    assert len({cause.name for cause in causes}) == len(causes) <= 5


def test_the_corpus_is_as_broad_as_it_says() -> None:
    families = {paste.family for paste in ALL} - {""}
    assert len(ALL) >= 200
    assert len(families) >= 30
    assert families <= {ailment.family for ailment in AILMENTS.values()}
    assert sum(paste.family == "" for paste in ALL) >= 30
    assert len({paste.source for paste in ALL}) == len(ALL)
