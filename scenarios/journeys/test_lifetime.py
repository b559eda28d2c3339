"""A whole life on a settings file: set up, looked at, rotated, mended, taken down, each as its own command."""

import json
import stat
import sys
from pathlib import Path

from scenarios.journeys.conftest import Run

# One process for all commands, since starting Python is most of what a command costs.
_LIFE = """
import json, os, sys
from pathlib import Path
from typer.testing import CliRunner
from d365.cli import app

Path("live.toml").write_text(
    f'tenant_id = "{os.environ["AZURE_TENANT_ID"]}"\\nenvironment_url = "{os.environ["DATAVERSE_URL"]}"\\n'
)
secrets, told = set(), []
live = " --live --settings live.toml --json"
for line in (
    "rotate-secret --out rehearsed.json --json", "status --broken login.secret_expired --json",
    "repair --broken dataverse.user_without_role --json", "teardown --yes",
    "rotate-secret --live --settings live.toml", *(line + live for line in (
    "status", "provision --out values.env", "status --out values.env", "rotate-secret --out values.env",
    "rotate-secret --show-secret --keep-old", "repair --out values.env", "teardown", "teardown --yes", "teardown --yes"
))):
    done = CliRunner().invoke(app, line.split())
    told.append({"line": line, "code": done.exit_code, "out": done.stdout, "err": done.stderr})
    if Path("values.env").exists():
        secrets.add(Path("values.env").read_text().split("AZURE_CLIENT_SECRET=")[1].split()[0].strip("'"))
print(json.dumps({"told": told, "secrets": sorted(secrets), "receipt": Path("live.receipt.json").read_text()}))
"""


def test_a_life_on_a_settings_file_ends_as_it_began(d365: Run, tmp_path: Path) -> None:
    (tmp_path / "life.py").write_text(_LIFE)
    done = d365("run", "--", sys.executable, "life.py")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    codes = [(told["line"].split()[0], told["code"]) for told in found["told"]]
    rehearsals, codes = codes[:5], codes[5:]
    assert rehearsals == [
        ("rotate-secret", 0),
        ("status", 1),
        ("repair", 0),
        ("teardown", 0),
        ("rotate-secret", 2),  # nobody said where the secret goes
    ], found["told"][:5]
    assert "rest in Entra's bin for 30 days" in found["told"][3]["out"]
    assert "client_secret.expired" in found["told"][1]["out"]
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
    ], found["told"]
    shown = [told for told in found["told"] if "--show-secret" in told["line"]]
    quiet = json.dumps([told for told in found["told"] if told not in shown]) + found["receipt"]
    assert all(secret not in quiet for secret in found["secrets"])
    assert "AZURE_CLIENT_SECRET=" in shown[0]["err"]  # at once, before anything is removed
    assert json.loads(found["receipt"])["things"] == {}
    assert json.loads(found["receipt"])["asked"] == {}
