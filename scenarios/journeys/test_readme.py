"""What the README shows works as it stands there, in a project of somebody else's."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.failure_modes import FAILURE_MODES

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_sample_test_passes_in_another_project(tmp_path: Path) -> None:
    (sample,) = re.findall(r"```python\n(async def test_.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (tmp_path / "test_sample.py").write_text(f"import pytest\n\n\n@pytest.mark.anyio\n{sample}")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "D365_", "AZURE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=tmp_path, env=bare, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_failure_mode_and_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text()
    named = set(re.findall(r"--broken ([a-z_]+\.[a-z_]+)", text)) | set(re.findall(r'failure_mode\("([^"]+)"\)', text))
    assert named <= set(FAILURE_MODES)
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []
