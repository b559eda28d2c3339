"""Facts are read strictly: what is wrong is told with the file, the fact and the member."""

from pathlib import Path

import pytest

from contract_tests.coverage.subjects import subjects
from contract_tests.facts.fact import TIERS
from contract_tests.facts.loading import BadFact, facts, read

GOOD = """
[shared]
asked = { service = "graph" }

[[fact]]
name = "application_list"
question = "What does a list look like?"
asked.path = "/v1.0/applications"
answer.status = 200
source = "a recording"
tier = "recorded"
seen = "2025-04"
live = "read"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "graph" / "some.toml"
    file.parent.mkdir()
    file.write_text(text)
    return file


def test_a_fact_takes_what_its_file_shares_and_is_named_after_its_service(tmp_path: Path) -> None:
    (fact,) = read(written(tmp_path, GOOD))
    assert (fact.name, fact.asked.service, fact.asked.who) == ("graph.application_list", "graph", "operator")


@pytest.mark.parametrize(
    ("line", "instead", "complaint"),
    [
        ('source = "a recording"', "", "source: Field required"),
        ('source = "a recording"', 'source = "x file"\nsauce = "x"', "sauce: Extra inputs are not permitted"),
        ("answer.status = 200", "answer.status = 200\nanswer.state = 200", "answer.state: Extra inputs"),
        ('tier = "recorded"', 'tier = "guessed"', "tier: Input should be 'inferred'"),
        ('seen = "2025-04"', 'seen = "April"', "seen: String should match"),
        ('live = "read"', 'live = "never"', "live is neither"),
        (
            'asked.path = "/v1.0/applications"',
            'asked.path = "/v1.0/a"\nasked.method = "POST"',
            "live is read, but POST",
        ),
        ('asked.path = "/v1.0/applications"', 'asked.path = "/v1.0/{ghost.id}"', "ghost is no stage"),
        ('asked.path = "/v1.0/applications"', 'asked.path = "/v1.0/{contact.age}"', "no stage gives contact.age"),
        ('asked.path = "/v1.0/applications"', 'asked.path = "/a"\nasked.who = "stranger"', "stranger is no stage"),
        ('question = "What does a list look like?"', 'question = "A list."', "question: String should"),
        ("[[fact]]", "[facts]\n[[fact]]", "facts is not known"),
        ("[shared]", "[shared", "is no TOML"),
        ('live = "read"', 'live = "read"\nquirk = "some"', "quirk and alternatives go together"),
    ],
)
def test_a_bad_fact_is_told_with_its_file_and_what_is_wrong(
    tmp_path: Path, line: str, instead: str, complaint: str
) -> None:
    file = written(tmp_path, GOOD.replace(line, instead))
    with pytest.raises(BadFact) as told:
        list(read(file))
    assert str(file) in str(told.value)
    assert complaint in str(told.value)
    assert "is no TOML" in complaint or "not known" in complaint or "graph.application_list" in str(told.value)


def test_the_facts_name_rows_that_the_fakes_have_with_their_status() -> None:
    rows = {(each.name, name): row for each in subjects() for name, row in each.rows.items()}
    for fact in facts():
        if fact.refusal:
            row = rows[fact.service, fact.refusal]
            in_batch = f"HTTP/1.1 {row.status} " in (fact.answer.text or "")  # of an operation; the batch has its own
            assert in_batch or fact.answer.status == row.status, fact.name


def test_there_are_facts_of_every_service_and_tier_that_can_be_had_without_a_tenant() -> None:
    assert len(facts()) >= 240
    assert {fact.service for fact in facts()} == {"login", "graph", "dataverse", "power_platform"}
    assert {fact.tier for fact in facts()} == set(TIERS) - {"live"}


def test_a_refusal_is_about_a_row() -> None:
    rowless = {fact.name for fact in facts() if fact.is_refusal and not fact.refusal}
    assert rowless == WITHOUT_ROW


WITHOUT_ROW = {
    # shapes of refusals, whichever they are
    "login.client_request_id", "login.refusal_headers", "graph.challenge", "graph.client_request_id",
    "graph.refusal_headers", "dataverse.annotated_refusal", "power_platform.refusal_shape",
    # a row whose words differ with the place
    "dataverse.read_without_append_to", "dataverse.impersonation_rights", "dataverse.batch_content_id",
}  # fmt: skip
