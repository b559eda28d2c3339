"""`d365 reproduce` as a support engineer types it."""

import json
import ssl
import urllib.request
from pathlib import Path

import pytest

from d365.reproducing import reproduce_given
from d365.serving import standing
from mock_services.hosts import NationalCloud
from scenarios.journeys.conftest import Run
from scenarios.place import Place

NOT_A_MEMBER = '{"error":{"code":"0x80072560","message":"The user is not a member of the organization."}}'


def _recording(status: int, body: str) -> str:
    """A browser's recording of one call that failed."""
    entry = {
        "startedDateTime": "2026-01-01T00:00:00Z",
        "request": {"method": "GET", "url": "https://acme.crm11.dynamics.com/api/data/v9.2/incidents", "headers": []},
        "response": {"status": status, "statusText": "", "headers": [], "content": {"text": body}},
    }
    return json.dumps({"log": {"version": "1.2", "creator": {}, "entries": [entry]}})


def test_a_recording_is_reproduced_handed_on_and_reproduced_again(d365: Run, tmp_path: Path) -> None:
    (tmp_path / "customer.har").write_text(_recording(403, NOT_A_MEMBER))
    first = d365("reproduce", "customer.har", "--bundle", "case.json")
    assert first.returncode == 0, first.stderr
    assert "the same answer" in first.stdout
    assert "The remedy applied: healthy." in first.stdout
    assert "acme" not in (tmp_path / "case.json").read_text()
    again = d365("reproduce", "case.json", "--json")
    assert again.returncode == 0
    told = json.loads(again.stdout)
    assert told["failure_mode"] == "dataverse.user_missing"
    assert (told["reproduced"]["status"], told["differences"]) == (403, [])
    assert told["healthy_after_remedy"]


def test_an_answer_that_differs_is_told_by_the_exit_code(d365: Run) -> None:
    done = d365("reproduce", "HTTP/1.1 401 Unauthorized " + NOT_A_MEMBER)
    assert done.returncode == 1
    assert "! status: originally 401, reproduced 403" in done.stdout


def test_the_conversation_is_shown_without_a_secret(d365: Run) -> None:
    done = d365("reproduce", "login.secret_wrong", "--conversation")
    assert done.returncode == 0
    assert "POST   https://login.microsoftonline.com/" in done.stdout
    assert "fake-" not in done.stdout


def test_what_is_left_running_is_broken_in_the_same_way_and_place() -> None:
    reproduced = reproduce_given(f"https://acme.crm11.dynamics.com {NOT_A_MEMBER}")
    assert reproduced.place == Place("crm11", NationalCloud.PUBLIC)
    with standing(broken=reproduced.made.mode, place=reproduced.place) as fakes:
        assert fakes.tenant.organisation.host.endswith(".crm11.dynamics.com")
        assert fakes.integration is not None
        assert fakes.tenant.organisation.people.application_user(fakes.integration.client_id) is None
        trust = ssl.create_default_context(cafile=str(fakes.served.authority_file))
        with urllib.request.urlopen(f"{fakes.served.control_url}/health", context=trust) as answer:  # noqa: S310 - ours
            assert answer.status == 200


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("hello",), "tells no cause"),
        (("login.secret_expird",), "did you mean login.secret_expired"),
        (("",), "is empty"),
        (("absent.har",), "is not there"),
        (("login.secret_wrong", "--write-env", "x.env"), "goes with --serve"),
        (("login.secret_wrong", "--write-test", "case.py"), "pytest does not collect"),
        (("login.secret_wrong", "--bundle", "absent/case.json"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(d365: Run, arguments: tuple[str, ...], why: str) -> None:
    done = d365("reproduce", *arguments)
    assert done.returncode == 2
    assert why in done.stderr
    assert "Traceback" not in done.stderr
