"""The examples that the documentation offers to be copied work, copied, in a project of somebody else's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def _pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "D365_", "AZURE_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-W", "error", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(  # noqa: S603 - our own interpreter
        command, cwd=folder, env=bare, capture_output=True, text=True, timeout=120, check=False
    )


def test_every_example_passes(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    done = _pytest(tmp_path)
    skipped_for = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED")]
    assert done.returncode == 0, done.stdout + done.stderr
    assert all("Node is not installed" in line for line in skipped_for), skipped_for


def test_a_failure_mode_that_does_not_exist_stops_the_run_with_its_nearest(tmp_path: Path) -> None:
    (tmp_path / "test_typo.py").write_text(
        "import pytest\n\n@pytest.mark.broken('login.secret_expird')\ndef test_it(integration): ...\n"
    )
    done = _pytest(tmp_path)
    assert done.returncode == 4
    assert "did you mean login.secret_expired" in done.stderr
    assert "Traceback" not in done.stderr
