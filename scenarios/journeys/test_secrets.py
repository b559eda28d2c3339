"""Secrets on the command line: told once, kept where it was said, and seen nowhere else."""

import json
import stat
import sys
from pathlib import Path

from scenarios.journeys.conftest import Run

# A keyring of the keyring package's own kind, in a file, so that two processes can meet in it.
RING = """
import json, pathlib
from keyring.backend import KeyringBackend
FILE = pathlib.Path(__file__).with_name("ring.json")
class Ring(KeyringBackend):
    priority = 1
    def get_password(self, service, username):
        return json.loads(FILE.read_text()).get(f"{service}/{username}") if FILE.exists() else None
    def set_password(self, service, username, password):
        FILE.write_text(json.dumps({f"{service}/{username}": password}))
    def delete_password(self, service, username):
        FILE.unlink()
"""
# The command as its entry point starts it, and whatever it starts itself, written down by Python's own audit events.
WATCHED = """
import sys
def watch(event, arguments):
    if event in ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.spawn", "os.system"):
        with open("children.txt", "a") as file:
            file.write(repr((event, arguments[:2])) + chr(10))
sys.addaudithook(watch)
from d365.cli import main
main()
"""
LIVE = """
import os, pathlib, subprocess, sys
settings = 'tenant_id = "{AZURE_TENANT_ID}"\\nenvironment_url = "{DATAVERSE_URL}"\\n'
pathlib.Path("live.toml").write_text(settings.format(**os.environ))
command = [sys.executable, "-X", "dev", "-W", "ignore", "watched.py", "provision", "--live", "--settings", "live.toml"]
command += ["--out", "values.json", "--json"]
pathlib.Path("command.txt").write_text(repr(command))
pathlib.Path("../operator.txt").write_text(os.environ["D365_ADMIN_CLIENT_SECRET"])
sys.exit(subprocess.run(command).returncode)
"""


def test_a_rehearsal_keeps_the_values_in_the_keyring_and_says_under_which_name(
    installed_d365: Run, tmp_path: Path
) -> None:
    (tmp_path / "ring.py").write_text(RING)
    ring = {"PYTHON_KEYRING_BACKEND": "ring.Ring", "PYTHONPATH": f"{tmp_path}:{':'.join(sys.path)}"}
    done = installed_d365("provision", "--out", "keyring:contoso", **ring)
    assert done.returncode == 0, done.stderr
    assert "The four values are in your keyring, under the name contoso." in done.stdout
    [(entry, kept)] = json.loads((tmp_path / "ring.json").read_text()).items()
    assert entry == "d365-harness/contoso"
    assert json.loads(kept)["AZURE_CLIENT_SECRET"] not in done.stdout + done.stderr


def test_a_rehearsal_by_certificate_says_what_the_vendors_form_takes(d365: Run, tmp_path: Path) -> None:
    done = d365("provision", "--certificate", "--out", "values.env")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The vendor's form takes a client secret only" in done.stdout
    assert "PRIVATE KEY" not in done.stdout + done.stderr + (tmp_path / "values.env").read_text()
    assert stat.S_IMODE((tmp_path / "values.env.pem").stat().st_mode) == 0o600
    without = d365("provision", "--certificate", "--live", "--show-secret", "--settings", "absent.toml")
    assert without.returncode == 2


def test_no_secret_is_on_a_page_a_command_line_or_in_any_file_but_the_vault(d365: Run, tmp_path: Path) -> None:
    """`--live --json` in a process of its own, under guard, with every process that it starts written down."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "watched.py").write_text(WATCHED)
    script = f"import os; os.chdir({str(folder)!r})\n{LIVE}"
    done = d365("run", "--direct", "--", sys.executable, "-c", script)
    assert done.returncode == 0, done.stderr
    vault = folder / "values.json"
    assert stat.S_IMODE(vault.stat().st_mode) == 0o600
    secrets = [json.loads(vault.read_text())["AZURE_CLIENT_SECRET"], (tmp_path / "operator.txt").read_text()]
    others = [file for file in folder.rglob("*") if file.is_file() and file != vault]
    assert "live.receipt.json" in {file.name for file in others}
    written = [done.stdout, done.stderr, *(file.read_text() for file in others)]
    assert [text[:300] for text in written for secret in secrets if secret in text or secret[:12] in text] == []
    assert '"client_secret": "***"' in done.stdout
