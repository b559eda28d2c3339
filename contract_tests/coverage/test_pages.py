"""The coverage pages say what the tables say, name tests that exist, and leave nothing out."""

from pathlib import Path

import pytest

from contract_tests.coverage import pages
from contract_tests.coverage.subjects import Subject, subjects

ALWAYS_REFUSED = {"POST /directoryRoles": "every role of the fakes is active, so that none can be activated"}
ANEW = "run `python -m contract_tests.coverage`"
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("subject", subjects(), ids=lambda each: each.name)
def test_every_operation_is_answered_and_every_refusal_met_in_some_test(subject: Subject) -> None:
    met = pages.kept()[subject.name]
    assert sorted(subject.operations.keys() - met["operations"].keys() - ALWAYS_REFUSED.keys()) == [], ANEW
    assert sorted(subject.rows.keys() - met["refusals"].keys()) == [], ANEW


def test_the_pages_are_those_of_todays_tables() -> None:
    for name, text in pages.rendered(pages.kept()).items():
        assert (pages.FOLDER / name).read_text(encoding="utf-8") == text, ANEW


def test_every_test_that_is_named_exists() -> None:
    named = {
        test for kinds in pages.kept().values() for keys in kinds.values() for tests in keys.values() for test in tests
    }
    for test in named:
        file, _, name = test.partition("::")
        assert f"def {name.rpartition('::')[2]}(" in (ROOT / file).read_text(encoding="utf-8"), (test, ANEW)


@pytest.mark.parametrize("subject", subjects(), ids=lambda each: each.name)
def test_every_refusal_has_its_evidence(subject: Subject) -> None:
    assert [name for name, row in subject.rows.items() if not row.evidence.strip()] == []
