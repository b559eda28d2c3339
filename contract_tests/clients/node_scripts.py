"""The scripts in `node`: DynamicsWebApi, unmodified, in a process of its own that tells what the client gave back."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mock_services.cloud import FakeCloud
from mock_services.hosts import Service
from mock_services.serve import serving
from mock_services.tenant import FakeTenant
from provisioning.settings import Integration

SCRIPTS = Path(__file__).with_name("node")
INSTALL = "npm install --no-package-lock --ignore-scripts --prefix contract_tests/clients/node"
OLDEST = 18
"""Of Node: the first with `fetch`."""


@dataclass(frozen=True)
class Steps:
    """What one script said of each of its steps."""

    said: Mapping[str, Mapping[str, Any]]

    def returned(self, step: str) -> Any:
        """What the client returned in a step. Raises AssertionError if it threw."""
        if "returned" not in self.said[step]:
            raise AssertionError(f"{step!r} threw {self.said[step]['thrown']}")
        return self.said[step]["returned"]

    def thrown(self, step: str) -> Any:
        """What the client threw in a step. Raises AssertionError if it returned."""
        if "thrown" not in self.said[step]:
            raise AssertionError(f"{step!r} returned {self.said[step]['returned']}")
        return self.said[step]["thrown"]

    def refused(self, step: str) -> tuple[int, str]:
        """Status and code of what was thrown. Raises AssertionError if the step returned."""
        thrown = self.thrown(step)
        return thrown["status"], thrown["code"]


def found_node() -> str:
    """Node's executable, with DynamicsWebApi beside the scripts; skips the test, saying how to get what is missing."""
    node = shutil.which("node")
    if node is None:
        pytest.skip(f"Node is not installed: DynamicsWebApi needs Node {OLDEST} or newer, and then `{INSTALL}`")
    if not (SCRIPTS / "node_modules" / "dynamics-web-api").is_dir():
        pytest.skip(f"DynamicsWebApi is not installed: run `{INSTALL}`")
    version = _run([node, "--version"]).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        pytest.skip(f"Node {version} is too old: these scripts need {OLDEST} or newer")
    return node


@contextmanager
def asking(
    node: str, cloud: FakeCloud, tenant: FakeTenant, integration: Integration
) -> Iterator[Callable[[str], Steps]]:
    """Serve `cloud`, and run a script by its name as the tenant's operator and its integration; each runs once."""
    with serving(cloud) as served:
        settings = {
            "login": served.direct[Service.LOGIN],
            "proxy": served.proxy_url,
            "url": integration.environment_url,
            "direct": served.direct[Service.DATAVERSE],
            "tenant": tenant.id,
            "callers": {
                "administrator": {"clientId": tenant.operator.client_id, "secret": tenant.operator.client_secret},
                "integration": {
                    "clientId": integration.client_id,
                    "secret": integration.client_secret.get_secret_value(),
                },
            },
        }

        @cache
        def run(script: str) -> Steps:
            command = [node, str(SCRIPTS / f"{script}.mjs")]
            done = _run(command, told=json.dumps(settings), NODE_EXTRA_CA_CERTS=str(served.authority_file))
            return Steps(json.loads(done.stdout))

        yield run


def _run(command: list[str], *, told: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
    # The client would send what is meant for localhost through the machine's own proxy.
    inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(  # noqa: S603 - Node, as the machine has it, and our own scripts
        command,
        input=told,
        env=inherited | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    if done.returncode:
        raise AssertionError(f"{command[-1]} ended with {done.returncode}: {done.stderr}")
    return done
