"""The `--live` switch: one clear sentence without credentials, and the served fakes as "the tenant" to prove it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.journeys.conftest import Run

ROOT = Path(__file__).parents[2]
GUID = "2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e5f"
SETTINGS = f'tenant_id = "{GUID}"\nenvironment_url = "https://contoso.crm4.dynamics.com"\n'


@pytest.mark.parametrize(
    ("arguments", "settings", "sentence"),
    [
        (["--live"], None, "--live needs --live-settings FILE"),
        (["--live", "--live-settings", "nowhere.toml"], None, "nowhere.toml cannot be read"),
        (["--live", "--live-settings", "live.toml"], SETTINGS, "D365_ADMIN_CLIENT_ID and D365_ADMIN_CLIENT_SECRET"),
        (["--live", "--live-settings", "live.toml"], SETTINGS.replace(GUID, "contoso"), "tenant_id is not a GUID"),
        (["--live-settings", "live.toml"], SETTINGS, "add --live"),
    ],
)
def test_without_what_it_needs_a_live_run_stops_with_one_sentence(
    tmp_path: Path, arguments: list[str], settings: str | None, sentence: str
) -> None:
    if settings is not None:
        (tmp_path / "live.toml").write_text(settings)
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("D365_", "AZURE_", "PYTEST_"))}
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "pytest", *arguments, "-p", "no:cacheprovider", str(ROOT / "scenarios" / "journeys")],
        cwd=tmp_path, env=bare, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert sentence in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("way", [(), ("--direct",)], ids=["by proxy", "direct"])
def test_the_safe_scenarios_pass_against_a_tenant_in_another_process(
    d365: Run, tmp_path: Path, way: tuple[str, ...]
) -> None:
    script = (
        "import os, subprocess, sys\n"
        "open('live.toml', 'w').write('tenant_id = \"%s\"\\nenvironment_url = \"%s\"\\n'"
        " % (os.environ['AZURE_TENANT_ID'], os.environ['DATAVERSE_URL']))\n"
        "sys.exit(subprocess.run([sys.executable, '-m', 'pytest', '--live', '--live-settings', 'live.toml', '-q',\n"
        f"    '-c', {str(ROOT / 'pyproject.toml')!r}, {str(ROOT / 'scenarios')!r}]).returncode)\n"
    )
    done = d365("run", *way, "--", sys.executable, "-c", script)
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.strip().splitlines()[-1]
    assert " passed" in last
    assert "deselected" in last
