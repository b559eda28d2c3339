"""The installed command as a user runs it: another process, real sockets, an environment of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def d365(tmp_path: Path) -> Run:
    """Runs `d365` in an empty folder, without any variable that could lead it anywhere."""
    leads = ("AZURE_", "D365_", "DATAVERSE_", "SSL_CERT", "REQUESTS_CA", "HTTPS_PROXY", "https_proxy", "PYTEST_")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(leads)}

    def run(*arguments: str, stdin: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "d365", *arguments],
            cwd=tmp_path,
            env={**bare, "NO_COLOR": "1", **variables},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
