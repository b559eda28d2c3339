"""Whoever is signed in to the Azure CLI will do; where az gives no token, a letter says so and shows nothing."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_services.cloud import FakeCloud
from provisioning.engine import Engine
from provisioning.problems import Problem
from provisioning.settings import Operator, Settings

GRAPH = "https://graph.microsoft.com"


@pytest.mark.parametrize("username", ["", "admin"])
async def test_an_existing_az_login_will_do(
    engine_as: Callable[..., Engine], az: Az, tenant: Any, operator_settings: Settings, username: str
) -> None:
    await az.knows(GRAPH, operator_settings.environment_url, "https://service.powerapps.com")
    az.lists(account(tenant.operator.username, tenant.id), account("other@fabrikam.example", "other"))
    engine = engine_as(Operator(sign_in="az", username=tenant.operator.username if username else ""))
    assert (await engine.verify((await engine.provision()).integration, operator=engine.access)).healthy
    got = [call for call in az.calls() if "get-access-token" in call]
    assert len(got) == 2  # a token is kept while it lasts
    assert all(call[:4] == ["account", "get-access-token", "--output", "json"] for call in got)
    assert all(("--subscription" in call) == bool(username) and ("--tenant" in call) != bool(username) for call in got)


@pytest.mark.parametrize(
    ("says", "heard", "remedy"),
    [
        ("absent", "az.* is not on the PATH", "az login"),
        ("ERROR: Please run 'az login' to setup account.", "not signed in to this tenant", "az login --tenant "),
        ("ERROR: AADSTS700082: It has expired. eyJhbGciOiJub25lIn0.eyJ1cG4i.sig", "AADSTS700082", "az login"),
        ("garbage", "something else than JSON", "update az"),
        ("{}", "without a token", "update az"),
        ("another tenant", "az is signed in to the tenant ", "az login --tenant "),
    ],
)  # fmt: skip
async def test_an_az_that_gives_no_token_ends_in_a_letter(
    engine_as: Callable[..., Engine], az: Az, cloud: FakeCloud, says: str, heard: str, remedy: str
) -> None:
    if says == "absent":
        az.path.unlink()
    elif says == "another tenant":
        await az.knows(GRAPH, tenant=cloud.create_tenant("Fabrikam"))
    else:
        az.says(says, fails=says.startswith("ERROR"))
    with pytest.raises(Problem, match=heard) as letter:
        await engine_as(Operator(sign_in="az")).access.sign_in.token(GRAPH)
    assert remedy in letter.value.remedy
    assert "eyJ" not in json.dumps(letter.value.to_json())


async def test_an_az_that_hangs_is_ended(
    engine_as: Callable[..., Engine], az: Az, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioning.az_sign_in._LONGEST_S", 0.3)
    az.path.write_text("#!/bin/sh\necho $$ > " + str(az.path.with_name("pid")) + "\nexec /bin/sleep 60\n")
    with pytest.raises(Problem, match=r"az did not answer within 0\.3 seconds"):
        await engine_as(Operator(sign_in="az")).access.sign_in.token(GRAPH)
    with pytest.raises(ProcessLookupError):
        os.kill(int(az.path.with_name("pid").read_text()), 0)


async def test_an_account_that_az_does_not_know_is_named(engine_as: Callable[..., Engine], az: Az, tenant: Any) -> None:
    az.lists(account("other@contoso.example", tenant.id))
    with pytest.raises(Problem, match=r"az knows other@contoso\.example, and not boss@contoso\.example"):
        await engine_as(Operator(sign_in="az", username="boss@contoso.example")).access.sign_in.token(GRAPH)


_AZ = """#!{python} -IS
import json, pathlib, sys
here, arguments = pathlib.Path(__file__).parent, sys.argv[1:]
with (here / "calls").open("a") as calls:
    calls.write(json.dumps(arguments) + chr(10))
answers = json.loads((here / "answers.json").read_text())
if "fails" in answers:
    sys.exit(answers["fails"])
key = arguments[arguments.index("--resource") + 1] if "--resource" in arguments else arguments[1]
sys.stdout.write(answers[key] if key in answers else answers["anything"])
"""


class Az:
    """The Azure CLI of a machine: what it answers, and what it was asked."""

    def __init__(self, folder: Path, wire: httpx.AsyncClient, tenant: Any) -> None:

        self.path = folder / "az"
        self._wire, self._tenant = wire, tenant
        self._answers: dict[str, str] = {"anything": "{}"}
        self.path.write_text(_AZ.replace("{python}", sys.executable))
        self.path.chmod(self.path.stat().st_mode | stat.S_IXUSR)

    def says(self, text: str, *, fails: bool = False) -> None:
        self._answers["fails" if fails else "anything"] = text
        self._write()

    def lists(self, *accounts: dict[str, Any]) -> None:
        self._answers["list"] = json.dumps(accounts)
        self._write()

    async def knows(self, *resources: str, tenant: Any = None) -> None:
        """Signed in as the administrator, with a token for each of these."""
        tenant = tenant or self._tenant
        for resource in resources:
            form = {
                "grant_type": "password", "client_id": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
                "username": tenant.operator.username, "password": tenant.operator.password,
                "scope": f"{resource}/.default",
            }  # fmt: skip
            url = f"https://login.microsoftonline.com/{tenant.id}/oauth2/v2.0/token"
            token = (await self._wire.post(url, data=form)).json()["access_token"]
            ends = int((tenant.clock.now() + timedelta(hours=1)).timestamp())
            self._answers[resource] = json.dumps({"accessToken": token, "expires_on": ends, "tokenType": "Bearer"})
        self._write()

    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.path.parent / "calls").read_text().splitlines()]

    def _write(self) -> None:
        (self.path.parent / "answers.json").write_text(json.dumps(self._answers))


@pytest.fixture
def az(tmp_path: Path, wire: httpx.AsyncClient, tenant: Any, monkeypatch: pytest.MonkeyPatch) -> Az:
    """The only az on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert os.environ["PATH"] == str(tmp_path)
    return Az(tmp_path, wire, tenant)


def account(name: str, tenant: str) -> dict[str, Any]:
    """A row of `az account list`."""
    return {"id": f"5b{name.encode().hex()[:6]}", "tenantId": tenant, "user": {"name": name, "type": "user"}}
