"""The `--live` switch: one clear sentence without credentials, and the served fakes as "the tenant" to prove it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from d365.environment import child_environment
from d365.serving import standing
from scenarios.journeys.conftest import live_settings

ROOT = Path(__file__).parents[2]
GUID = "2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e5f"
SETTINGS = f'tenant_id = "{GUID}"\nenvironment_url = "https://contoso.crm4.dynamics.com"\n'


ASKED = (
    (["--live"], None, "--live needs --live-settings FILE"),
    (["--live", "--live-settings", "nowhere.toml"], None, "nowhere.toml cannot be read"),
    (["--live", "--live-settings", "live.toml"], SETTINGS, "D365_ADMIN_CLIENT_ID and D365_ADMIN_CLIENT_SECRET"),
    (["--live", "--live-settings", "live.toml"], SETTINGS.replace(GUID, "contoso"), "tenant_id is not a GUID"),
    (["--live-settings", "live.toml"], SETTINGS, "add --live"),
    (["--live-writes"], None, "--live-writes is about a real tenant; add --live"),
)
# One process for all of them, since starting Python and pytest is most of what they cost.
ASK = """
import contextlib, io, json, pathlib, sys
import pytest
told, folder = [], sys.argv[2]
for arguments, settings, _ in json.loads(sys.argv[1]):
    if settings is not None:
        pathlib.Path("live.toml").write_text(settings)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = pytest.main([*arguments, "-p", "no:cacheprovider", folder])
    told.append([int(code), out.getvalue(), err.getvalue()])
print(json.dumps(told))
"""


def test_without_what_it_needs_a_live_run_stops_with_one_sentence(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("D365_", "AZURE_", "PYTEST_"))}
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", ASK, json.dumps(ASKED), str(ROOT / "scenarios" / "journeys")],
        cwd=tmp_path, env=bare, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for (code, out, err), (_, _, sentence) in zip(json.loads(done.stdout), ASKED, strict=True):
        assert code == pytest.ExitCode.USAGE_ERROR
        assert sentence in err
        assert "Traceback" not in out + err


@pytest.mark.parametrize("direct", [False, True], ids=["by proxy", "direct"])
def test_the_safe_scenarios_pass_against_a_tenant_in_another_process(tmp_path: Path, direct: bool) -> None:
    scenarios = ROOT / "scenarios" / "journeys" if direct else ROOT / "scenarios"
    with standing() as fakes:
        variables = fakes.exports(direct=direct)
        (tmp_path / "live.toml").write_text(live_settings(variables))
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "pytest", "--live", "--live-settings", "live.toml", "-q", "-p", "no:cacheprovider",
             "-c", str(ROOT / "pyproject.toml"), str(scenarios)],
            cwd=tmp_path, env=child_environment(variables, direct=direct), capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.strip().splitlines()[-1]
    assert " passed" in last
    assert "deselected" in last
