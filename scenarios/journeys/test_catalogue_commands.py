"""`d365 failures`, `diagnose` and `handoff` as people and scripts use them; most in this process, which is quicker."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from provisioning.key_pair import new_key_pair
from scenarios.failure_modes import FAILURE_MODES, SetupStep
from scenarios.journeys.conftest import Run

GUID = "2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e5f"
FOUR = ("--tenant-id", GUID, "--client-id", GUID, "--environment-url", "https://contoso.crm4.dynamics.com")


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


Ran = Callable[..., Done]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ran:
    """Runs the installed command without a new process."""
    [command] = entry_points(group="console_scripts", name="d365")

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["d365", *arguments])
        with pytest.raises(SystemExit) as ended:
            command.load()()
        wrote = capsys.readouterr()
        return Done(int(ended.value.code or 0), wrote.out, wrote.err)

    return run


def test_every_failure_mode_is_listed_or_those_of_one_step(ran: Ran) -> None:
    everything = json.loads(ran("failures", "--json").out)
    assert [each["name"] for each in everything] == list(FAILURE_MODES)
    of_step = json.loads(ran("failures", "--step", "9", "--json").out)
    assert {each["step"] for each in of_step} == {SetupStep.HANDOFF}
    assert ran("failures", "--step", "10").code == 2


def test_one_failure_mode_is_shown_with_the_real_body(ran: Ran) -> None:
    told = json.loads(ran("failures", "dataverse.user_disabled", "--json").out)
    assert told["recording"]["status"] == told["symptom"]["status"] == 403
    assert json.loads(told["recording"]["body"])["error"]["code"] == told["symptom"]["code"]
    assert told["whose_turn"] in ran("failures", "dataverse.user_disabled").out
    mistyped = ran("failures", "dataverse.user_disbled")
    assert mistyped.code == 2
    assert "did you mean dataverse.user_disabled" in mistyped.err


def test_a_diagnosis_names_the_cause_why_and_what_would_decide(ran: Ran) -> None:
    alone = ran("diagnose", "--broken", "login.client_is_object_id", "--json")
    assert alone.code == 1
    told = json.loads(alone.out)
    assert told["causes"][0]["certainty"] == "likely"
    assert "directory" in told["causes"][0]["decided_by"]
    assert told["seen_by_operator"] is False
    seen = json.loads(ran("diagnose", "--broken", "login.client_is_object_id", "--with-operator", "--json").out)
    assert [(c["failure_mode"], c["certainty"]) for c in seen["causes"]] == [("login.client_is_object_id", "certain")]
    assert "Object ID" in seen["causes"][0]["why"]


def test_what_nothing_could_be_learnt_of_ends_with_exit_code_3(ran: Ran) -> None:
    assert ran("diagnose", "--broken", "network.timeout").code == 3


def test_a_handoff_in_a_healthy_tenant_ends_with_what_was_made_and_exit_code_0(ran: Ran) -> None:
    done = ran("handoff", "--json")
    assert done.code == 0
    told = json.loads(done.out)
    assert told["healthy"] is True
    assert told["made"]["ticket number"].startswith("CAS-")


def test_a_handoff_that_is_refused_ends_with_whose_turn_it_is(ran: Ran) -> None:
    refused = ran("handoff", "--broken", "dataverse.customer_bind_without_type")
    assert refused.code == 1
    assert "dataverse.customer_bind_without_type  (certain)" in refused.out
    assert "the vendor" in refused.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--channel", "fax"), "--channel is fax; write one of phone, email, web, sms, whatsapp"),
        (("--properties", "[1]"), "--properties is no JSON object"),
        (("--transcript", "/nowhere"), "--transcript /nowhere cannot be read as text"),
        (("--given", "--broken", "network.dns"), "--broken is for a rehearsal"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_one_sentence(arguments: tuple[str, ...], said: str, ran: Ran) -> None:
    refused = ran("handoff", *arguments)
    assert refused.code == 2
    assert said in refused.err


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("AZURE_CLIENT_CERTIFICATE_PATH", "cannot be read (no such file or directory)"),
        ("AZURE_FEDERATED_TOKEN_FILE", "names /nowhere, which cannot be read as text"),
    ],
)
def test_a_credential_file_that_is_not_there_is_named_by_its_variable(
    variable: str, said: str, ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_CLIENT_SECRET", raising=False)
    monkeypatch.setenv(variable, "/nowhere")
    refused = ran("diagnose", *FOUR)
    assert refused.code == 2
    assert variable in refused.err
    assert said in refused.err


def test_given_values_are_diagnosed_and_handed_off_over_the_wire(d365: Run, tmp_path: Path) -> None:
    """In another process, behind the proxy: a certificate takes the secret's place, and a case is really made."""
    now = datetime.now(UTC)
    pem = tmp_path / "app.pem"
    pem.write_text(new_key_pair("opencx", start=now - timedelta(days=1), end=now + timedelta(days=30)))
    me = f"{sys.executable} -m d365"
    script = f"{me} handoff --given --email ada@example.com --json > made.json || exit 9; unset AZURE_CLIENT_SECRET; "
    script += f"AZURE_CLIENT_CERTIFICATE_PATH={pem} {me} diagnose --json"
    done = d365("run", "--provisioned", "--", "sh", "-c", script)
    assert done.returncode == 1, done.stderr
    assert json.loads((tmp_path / "made.json").read_text())["made"]["ticket number"]
    assert json.loads(done.stdout)["causes"][0]["failure_mode"] == "login.certificate_unknown"
