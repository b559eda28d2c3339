"""What `d365 explain` reads and answers."""

import io
import json
from pathlib import Path

import pytest

from provisioning.explaining.explanation import Explanation, explain
from provisioning.explaining.given import text_of
from provisioning.explaining.letter import letter
from provisioning.problems import BadInput

ERROR = '{"error":{"code":"0x80072560","message":"The user is not a member of the organization."}}'


def given(what: str, stdin: str = "") -> Explanation:
    return explain(text_of(what, io.StringIO(stdin)))


def test_the_letter_says_what_was_found_what_it_means_whose_turn_it_is_and_what_to_do() -> None:
    told = letter(given(ERROR))
    for part in ("0x80072560", "dataverse.user_missing", "Dynamics admin", "application user", "To tell them apart"):
        assert part in told


def test_what_tells_no_cause_names_the_probe_to_run() -> None:
    told = letter(given("Hello, our chats are gone since this morning."))
    assert "cannot tell" in told
    assert "d365 verify" in told


def test_an_unknown_number_is_told_with_its_nearest_kin() -> None:
    assert "Nearest known kind: login." in letter(given("AADSTS7000299: nobody has seen this"))


def test_a_file_standard_input_and_the_text_itself_are_one(tmp_path: Path) -> None:
    file = tmp_path / "customer.log"
    file.write_text(ERROR, encoding="utf-8")
    assert given(ERROR) == given(str(file)) == given("-", ERROR)


def test_what_windows_wrote_is_read(tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    file.write_text(ERROR, encoding="utf-16")
    assert given(str(file)).causes


@pytest.mark.parametrize("text", ["", "   \n"])
def test_nothing_is_answered_with_what_to_give(text: str) -> None:
    with pytest.raises(BadInput, match="TEXT is empty"):
        given("-", text)


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(BadInput, match="is not there"):
        given("no-such.har")


def har(*entries: dict[str, object]) -> str:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "browser"}, "entries": list(entries)}})


def entry(
    status: int, body: str, url: str = "https://contoso.crm4.dynamics.com/api/data/v9.2/incidents"
) -> dict[str, object]:
    return {
        "startedDateTime": "2024-03-05T13:14:55.000Z",
        "request": {"method": "GET", "url": url, "headers": [{"name": "Cookie", "value": "secret"}]},
        "response": {"status": status, "statusText": "", "headers": [], "content": {"text": body}},
    }


def test_of_a_har_file_the_failing_exchange_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "recording.har"
    file.write_text(har(entry(200, "{}"), entry(403, ERROR), entry(200, '{"value": []}')), encoding="utf-8")
    assert given(str(file)).causes[0].name == "dataverse.user_missing"


def test_a_har_file_of_successes_gets_no_cause() -> None:
    assert given("-", har(entry(200, "{}"))).causes == ()


@pytest.mark.parametrize(
    ("broken", "said"),
    [(har(entry(403, ERROR))[:-20], "no valid JSON at character"), ('{"log": {"creator": {}}}', "no log.entries")],
)
def test_a_broken_har_file_is_told_as_such(broken: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "broken.har"
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        given(str(file))


def test_odd_entries_of_a_har_file_are_passed_over() -> None:
    odd = har(entry(403, ERROR), {"response": None}, {"request": [], "response": {"status": "x", "content": 3}})
    assert given("-", odd).causes
