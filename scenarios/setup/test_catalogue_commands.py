"""`d365 failures`, `diagnose` and `handoff` as people and scripts use them, in this process."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from d365.cli import app
from d365.verifying import checked_values
from provisioning.key_pair import is_key_pair, new_key_pair
from provisioning.problems import BadInput
from scenarios.failure_modes import FAILURE_MODES, SetupStep

GUID = "2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e5f"
THREE = {"tenant_id": GUID, "client_id": GUID, "environment_url": "https://contoso.crm4.dynamics.com"}


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_every_failure_mode_is_listed_or_those_of_one_step() -> None:
    everything = json.loads(ran("failures", "--json").stdout)
    assert [each["name"] for each in everything] == list(FAILURE_MODES)
    of_step = json.loads(ran("failures", "--step", "9", "--json").stdout)
    assert {each["step"] for each in of_step} == {SetupStep.HANDOFF}
    assert ran("failures", "--step", "10").exit_code == 2


def test_one_failure_mode_is_shown_with_the_real_body() -> None:
    told = json.loads(ran("failures", "dataverse.user_disabled", "--json").stdout)
    assert told["recording"]["status"] == told["symptom"]["status"] == 403
    assert json.loads(told["recording"]["body"])["error"]["code"] == told["symptom"]["code"]
    assert told["whose_turn"] in ran("failures", "dataverse.user_disabled").stdout
    mistyped = ran("failures", "dataverse.user_disbled")
    assert mistyped.exit_code == 2
    assert "did you mean dataverse.user_disabled" in mistyped.stderr


def test_a_diagnosis_names_the_cause_why_and_what_would_decide() -> None:
    alone = ran("diagnose", "--broken", "login.client_is_object_id", "--json")
    assert alone.exit_code == 1
    told = json.loads(alone.stdout)
    assert told["causes"][0]["certainty"] == "likely"
    assert "directory" in told["causes"][0]["decided_by"]
    assert told["seen_by_operator"] is False
    seen = json.loads(ran("diagnose", "--broken", "login.client_is_object_id", "--with-operator", "--json").stdout)
    assert [(c["failure_mode"], c["certainty"]) for c in seen["causes"]] == [("login.client_is_object_id", "certain")]
    assert "Object ID" in seen["causes"][0]["why"]


def test_a_handoff_in_a_healthy_tenant_ends_with_what_was_made_and_exit_code_0() -> None:
    done = ran("handoff", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["healthy"] is True
    assert told["made"]["ticket number"].startswith("CAS-")


def test_a_handoff_that_is_refused_ends_with_whose_turn_it_is() -> None:
    refused = ran("handoff", "--broken", "dataverse.customer_bind_without_type")
    assert refused.exit_code == 1
    assert "dataverse.customer_bind_without_type  (certain)" in refused.stdout
    assert "the vendor" in refused.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--channel", "fax"), "--channel is fax; write one of phone, email, web, sms, whatsapp"),
        (("--properties", "[1]"), "--properties is no JSON object"),
        (("--transcript", "/nowhere"), "--transcript /nowhere cannot be read as text"),
        (("--given", "--broken", "network.dns"), "--broken is for a rehearsal"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    refused = ran("handoff", *arguments)
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_a_certificate_or_a_token_file_takes_the_place_of_the_secret(tmp_path: Path) -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    (tmp_path / "app.pem").write_text(new_key_pair("opencx", start=now, end=now + timedelta(days=1)))
    (tmp_path / "token").write_text("eyJh.eyJi.c\n")

    def secret(**environ: str) -> str:
        integration, _ = checked_values(THREE, environ, StringIO(), with_operator=False)
        return integration.client_secret.get_secret_value()

    assert is_key_pair(secret(AZURE_CLIENT_CERTIFICATE_PATH=str(tmp_path / "app.pem")))
    assert secret(AZURE_FEDERATED_TOKEN_FILE=str(tmp_path / "token")) == "eyJh.eyJi.c"
    with pytest.raises(BadInput, match=r"AZURE_CLIENT_CERTIFICATE_PATH .* holds no certificate"):
        secret(AZURE_CLIENT_CERTIFICATE_PATH=str(tmp_path / "token"))
    with pytest.raises(BadInput, match="AZURE_FEDERATED_TOKEN_FILE names"):
        secret(AZURE_FEDERATED_TOKEN_FILE=str(tmp_path / "absent"))
