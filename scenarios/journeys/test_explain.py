"""`d365 explain` as it is run: one document or one letter, and an exit code that a script can rely on."""

import json

from scenarios.journeys.conftest import Run

ERROR = '{"error":{"code":"0x80072560","message":"The user is not a member of the organization."}}'


def test_the_command_answers_in_json_and_in_a_letter_and_by_its_exit_code(d365: Run) -> None:
    explained = d365("explain", "--json", "-", stdin=ERROR)
    answer = json.loads(explained.stdout)
    assert explained.returncode == 0
    assert set(answer) == {"causes", "facts", "tell_apart", "unknown_codes", "nearest"}
    assert {"failure_mode", "family", "certainty", "whose_turn", "remedy"} <= set(answer["causes"][0])
    assert answer["causes"][0]["failure_mode"] == "dataverse.user_missing"
    assert answer["facts"]["codes"] == ["0x80072560"]

    unknown = d365("explain", "Hello, our chats are gone since this morning.")
    assert unknown.returncode == 3
    assert "cannot tell" in unknown.stdout

    missing = d365("explain", "no-such.har")
    assert missing.returncode == 2
    assert "no-such.har is not there" in missing.stderr


def test_a_code_that_begins_with_a_minus_and_words_without_quotes_are_taken_as_text(d365: Run) -> None:
    explained = d365("explain", "-2147220960", "in", "Dynamics", "365", "--json")
    assert json.loads(explained.stdout)["causes"][0]["family"] == "dataverse.privilege_missing"
