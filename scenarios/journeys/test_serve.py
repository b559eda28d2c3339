"""`d365 serve`: up until it is told to stop, its variables in a file, its tenant kept if wished."""

import os
import shlex
import signal
import ssl
import stat
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from d365.serving import standing
from scenarios.journeys.conftest import Run


@contextmanager
def _serving(folder: Path, *arguments: str) -> Iterator[dict[str, str]]:
    """The variables of served fakes, which end by Ctrl-C."""
    file = folder / "fakes.env"
    file.unlink(missing_ok=True)
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("D365_", "AZURE_", "PYTEST_"))}
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "d365", "serve", "--write-env", str(file), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=bare,
    )
    try:
        assert process.stdout is not None
        shown = ""
        while "Serving until Ctrl-C" not in shown:
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            shown += line
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        lines = [shlex.split(line)[1] for line in file.read_text().splitlines()]
        variables = dict(line.split("=", 1) for line in lines)
        assert variables["D365_ADMIN_CLIENT_SECRET"] not in shown
        yield variables
    finally:
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=15)
    assert process.returncode == 0
    assert complaints == ""


def _token(variables: dict[str, str], client: str, secret: str) -> int:
    form = {
        "grant_type": "client_credentials",
        "client_id": variables[client],
        "client_secret": variables[secret],
        "scope": variables["DATAVERSE_URL"] + "/.default",
    }
    url = f"{variables['D365_LOGIN_URL']}/{variables['AZURE_TENANT_ID']}/oauth2/v2.0/token"
    context = ssl.create_default_context(cafile=variables["D365_CA_FILE"])
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open(url, urllib.parse.urlencode(form).encode(), timeout=9) as answer:
        status: int = answer.status
    return status


def test_operator_and_integration_sign_in_by_the_variables_also_after_a_restart(tmp_path: Path) -> None:
    state = str(tmp_path / "tenant.state")
    with _serving(tmp_path, "--provisioned", "--state", state) as first:
        assert _token(first, "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET") == 200
        assert _token(first, "D365_ADMIN_CLIENT_ID", "D365_ADMIN_CLIENT_SECRET") == 200
        assert first["HTTPS_PROXY"].startswith("http://127.0.0.1:")
        assert Path(first["SSL_CERT_FILE"]).read_text().startswith("-----BEGIN CERTIFICATE-----")
    with _serving(tmp_path, "--state", state) as second:
        assert second["AZURE_TENANT_ID"] == first["AZURE_TENANT_ID"]
        assert second.keys().isdisjoint({"AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"})  # they are told once
        kept = second | {"AZURE_CLIENT_ID": first["AZURE_CLIENT_ID"], "SECRET": first["AZURE_CLIENT_SECRET"]}
        assert _token(kept, "AZURE_CLIENT_ID", "SECRET") == 200


def test_without_provisioning_there_is_no_integration() -> None:
    with standing() as fakes:
        variables = fakes.exports()
    assert "AZURE_CLIENT_ID" not in variables
    assert "AZURE_CLIENT_SECRET" not in variables
    assert variables["DATAVERSE_URL"] == "https://contoso.crm4.dynamics.com"


def test_a_file_that_is_something_else_is_refused_in_one_sentence(d365: Run, tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear customer, " * 100)
    done = d365("serve", "--state", str(other))
    assert done.returncode == 2
    assert "holds no state of these fakes" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert other.read_text().startswith("Dear customer")
