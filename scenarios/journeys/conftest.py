"""The command as a user runs it, with an environment and a folder of its own: in this process, or installed."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from d365.cli import main

_LEADS = ("AZURE_", "D365_", "DATAVERSE_", "SSL_CERT", "REQUESTS_CA", "HTTPS_PROXY", "https_proxy", "PYTEST_")
"""How variables begin that could lead the command anywhere."""


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


def live_settings(variables: Mapping[str, str]) -> str:
    """A settings file for the tenant of served fakes."""
    return f'tenant_id = "{variables["AZURE_TENANT_ID"]}"\nenvironment_url = "{variables["DATAVERSE_URL"]}"\n'


@pytest.fixture
def d365(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs `d365` in this process, in an empty folder; starting Python is most of what a command costs otherwise.

    What a program that the command starts writes is heard too.
    """

    def run(*arguments: str, stdin: str = "", **variables: str) -> Done:
        with monkeypatch.context() as here:
            here.chdir(tmp_path)
            for name in [name for name in os.environ if name.startswith(_LEADS)]:
                here.delenv(name)
            for name, value in {"NO_COLOR": "1", **variables}.items():
                here.setenv(name, value)
            here.setattr(sys, "stdin", io.StringIO(stdin))
            here.setattr(sys, "argv", ["d365", *arguments])
            capfd.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
            out, err = capfd.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else int(code is not None), out, err)

    return run


@pytest.fixture
def installed_d365(tmp_path: Path) -> Run:
    """The same in a process of its own, as it is started after an installation."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(_LEADS)}

    def run(*arguments: str, stdin: str = "", **variables: str) -> Done:
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "d365", *arguments],
            cwd=tmp_path,
            env={**bare, "NO_COLOR": "1", **variables},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run
