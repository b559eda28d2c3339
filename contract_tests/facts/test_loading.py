"""Facts are read strictly: what is wrong is told with the file, the fact and the member."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from contract_tests.coverage.subjects import subjects
from contract_tests.facts import rehearsals, stages
from contract_tests.facts.fact import TIERS
from contract_tests.facts.loading import SERVICES, BadFact, facts, read

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
        (
            'asked.path = "/v1.0/applications"',
            'asked = { path = "/v1.0/a", keep = { id = "body.id" } }',
            "keep, times and may_be_refused belong into before",
        ),
        (
            'asked.path = "/v1.0/applications"',
            'asked.path = "/v1.0/a"\nbefore = [{ service = "graph", path = "/v1.0/a", keep = { id = "title" } }]',
            "String should match",
        ),
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


def test_a_family_is_one_fact_for_each_of_its_members(tmp_path: Path) -> None:
    family = """
each = [
    { as = "users", path = "users", body = { value = ["<each>", { userPrincipalName = "<text>" }] } },
    { as = "groups", path = "groups", body = { value = "<list>" } },
]
question = "What does a list of {each.path} look like?"
asked.path = "/v1.0/{each.path}"
answer.body = "{each.body}"
"""
    text = GOOD.replace('question = "What does a list look like?"\nasked.path = "/v1.0/applications"', family)
    users, groups = read(written(tmp_path, text))
    assert (users.name, groups.name) == ("graph.application_list_users", "graph.application_list_groups")
    assert users.question == "What does a list of users look like?"
    assert groups.asked.path == "/v1.0/groups"
    assert users.answer.body == {"value": ["<each>", {"userPrincipalName": "<text>"}]}


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ('[{ path = "users" }]', "has no `as`"),
        ('[{ as = "users" }]', "users has no path"),
        ('["users"]', "has no `as`"),
    ],
)
def test_a_family_whose_member_lacks_something_is_told(tmp_path: Path, members: str, complaint: str) -> None:
    line = 'asked.path = "/v1.0/applications"'
    text = GOOD.replace(line, f'each = {members}\nasked.path = "/v1.0/{{each.path}}"')
    with pytest.raises(BadFact, match="application_list") as told:
        list(read(written(tmp_path, text)))
    assert complaint in str(told.value)


def test_what_was_kept_before_can_be_named_and_nothing_else(tmp_path: Path) -> None:
    line = 'asked.path = "/v1.0/applications"'
    text = GOOD.replace(
        line,
        """before = [{ service = "graph", path = "/v1.0/organization", keep = { tenant = "body.value.0.id" } }]
asked.path = "/v1.0/organization/{kept.tenant}\"""",
    )
    (fact,) = read(written(tmp_path, text))
    assert fact.free_variables == set()
    (tmp_path / "graph" / "some.toml").write_text(text.replace("{kept.tenant}", "{kept.other}"))
    with pytest.raises(BadFact, match=r"no stage gives kept\.other"):
        list(read(tmp_path / "graph" / "some.toml"))


def test_a_tenant_is_not_brought_where_only_fakes_go(tmp_path: Path) -> None:
    text = GOOD.replace('live = "read"', 'live = "read"\nstage = ["disabled_environment"]')
    with pytest.raises(BadFact, match="only fakes can be brought to disabled_environment; say in live why"):
        list(read(written(tmp_path, text)))


TOLD_TO_BROWSERS = {200, 302}
"""On a page, or in a redirect to the client: one row may be told both ways."""


def test_the_facts_name_rows_that_the_fakes_have_with_their_status() -> None:
    rows = {(each.name, name): row for each in subjects() for name, row in each.rows.items()}
    for fact in facts():
        if fact.refusal:
            row = rows[fact.service, fact.refusal]
            statuses = {fact.answer.status, row.status}
            in_batch = f"HTTP/1.1 {row.status} " in (fact.answer.text or "")  # of an operation; the batch has its own
            assert in_batch or len(statuses) == 1 or statuses <= TOLD_TO_BROWSERS, fact.name


def test_there_are_facts_of_every_service_and_tier_that_can_be_had_without_a_tenant() -> None:
    assert len(facts()) >= 240
    assert {fact.service for fact in facts()} == set(SERVICES)
    assert {fact.tier for fact in facts()} == set(TIERS) - {"live"}


def test_a_refusal_is_about_a_row() -> None:
    rowless = {fact.name for fact in facts() if fact.is_refusal and not fact.refusal}
    assert rowless == WITHOUT_ROW


WITHOUT_ROW = {
    # shapes of refusals, whichever they are
    "login.client_request_id", "login.refusal_headers", "graph.challenge", "graph.client_request_id",
    "graph.refusal_headers", "dataverse.annotated_refusal", "power_platform.refusal_shape",
    # no words at all
    "portal.consent_of_application", "portal.token_of_graph",
    # a row whose words differ with the place
    "dataverse.read_without_append_to", "dataverse.impersonation_rights", "dataverse.batch_content_id",
}  # fmt: skip


def test_no_two_states_have_one_name() -> None:
    """Of two stages or rehearsals of one name, one would silently stand for the other."""
    named = [
        name
        for package, registry in ((stages, "STAGES"), (rehearsals, "REHEARSALS"))
        for module in iter_modules(package.__path__)
        for name in getattr(import_module(f"{package.__name__}.{module.name}"), registry, {})
    ]
    assert [name for name in named if named.count(name) > 1] == []
    assert set(named) == stages.STAGES.keys() | rehearsals.REHEARSALS.keys()
