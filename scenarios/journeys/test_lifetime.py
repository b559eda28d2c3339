"""A whole life on a settings file: set up, looked at, rotated, mended, taken down, each as its own command."""

import json
import stat
from pathlib import Path

from d365.serving import standing
from scenarios.journeys.conftest import Run, live_settings

REHEARSALS = (
    "rotate-secret --out rehearsed.json --json",
    "status --broken login.secret_expired --json",
    "repair --broken dataverse.user_without_role --json",
    "teardown --yes",
    "rotate-secret --live --settings live.toml",
)
LIFE = (
    "status",
    "provision --out values.env",
    "status --out values.env",
    "rotate-secret --out values.env",
    "rotate-secret --show-secret --keep-old",
    "repair --out values.env",
    "teardown",
    "teardown --yes",
    "teardown --yes",
)


def test_a_life_on_a_settings_file_ends_as_it_began(d365: Run, tmp_path: Path) -> None:
    secrets, told = set(), list[dict[str, str | int]]()
    with standing() as fakes:
        variables = fakes.exports()
        (tmp_path / "live.toml").write_text(live_settings(variables))
        for line in (*REHEARSALS, *(f"{line} --live --settings live.toml --json" for line in LIFE)):
            done = d365(*line.split(), **variables)
            told.append({"line": line, "code": done.returncode, "out": done.stdout, "err": done.stderr})
            if (tmp_path / "values.env").exists():
                text = (tmp_path / "values.env").read_text()
                secrets.add(text.split("AZURE_CLIENT_SECRET=")[1].split()[0].strip("'"))
    receipt = (tmp_path / "live.receipt.json").read_text()
    codes = [(str(each["line"]).split()[0], each["code"]) for each in told]
    rehearsals, codes = codes[:5], codes[5:]
    assert rehearsals == [
        ("rotate-secret", 0),
        ("status", 1),
        ("repair", 0),
        ("teardown", 0),
        ("rotate-secret", 2),  # nobody said where the secret goes
    ], told[:5]
    assert "rest in Entra's bin for 30 days" in str(told[3]["out"])
    assert "client_secret.expired" in str(told[1]["out"])
    assert stat.S_IMODE((tmp_path / "rehearsed.json").stat().st_mode) == 0o600
    assert codes == [
        ("status", 2),  # there is no receipt yet
        ("provision", 0),
        ("status", 0),
        ("rotate-secret", 0),
        ("rotate-secret", 0),
        ("repair", 0),
        ("teardown", 2),  # only listed
        ("teardown", 0),
        ("teardown", 0),
    ], told
    shown = [each for each in told if "--show-secret" in str(each["line"])]
    quiet = json.dumps([each for each in told if each not in shown]) + receipt
    assert all(secret not in quiet for secret in secrets)
    assert "AZURE_CLIENT_SECRET=" in str(shown[0]["err"])  # at once, before anything is removed
    assert json.loads(receipt)["things"] == {}
    assert json.loads(receipt)["asked"] == {}


def test_a_certificate_set_up_by_an_option_is_looked_after_without_it(d365: Run, tmp_path: Path) -> None:
    """The settings leave it open: the receipt says that there is a certificate, and a private key is never shown."""
    with standing() as fakes:
        variables = fakes.exports()
        (tmp_path / "live.toml").write_text(live_settings(variables))
        live = ("--live", "--settings", "live.toml")
        assert d365("provision", "--certificate", "--out", "values.env", *live, **variables).returncode == 0
        first = (tmp_path / "values.env.pem").read_text()
        again = d365("provision", "--out", "values.env", "--json", *live, **variables)
        assert {step["outcome"] for step in json.loads(again.stdout)["steps"]} == {"kept"}
        assert "Everything is there." in d365("plan", "--out", "values.env", *live, **variables).stdout
        seen = d365("status", "--out", "values.env", *live, **variables)
        assert seen.returncode == 0, seen.stdout
        assert "730 days left" in seen.stdout
        shown = d365("rotate-secret", "--show-secret", *live, **variables)
        assert (shown.returncode, shown.stdout) == (2, "")
        assert "--show-secret goes with client secrets" in shown.stderr
        rotated = d365("rotate-secret", "--out", "values.env", *live, **variables)
        assert rotated.returncode == 0, rotated.stdout + rotated.stderr
        assert "New certificate" in rotated.stdout
        assert "The vendor's form takes a client secret only" in rotated.stdout
        assert "PRIVATE KEY" not in rotated.stdout + rotated.stderr
        assert (tmp_path / "values.env.pem").read_text() != first
        assert stat.S_IMODE((tmp_path / "values.env.pem").stat().st_mode) == 0o600
        assert d365("status", "--out", "values.env", *live, **variables).returncode == 0
        assert d365("teardown", "--yes", *live, **variables).returncode == 0
