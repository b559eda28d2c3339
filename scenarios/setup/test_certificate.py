"""`credential = "certificate"`: a key pair in place of a client secret, for tenants that allow none."""

from __future__ import annotations

import stat
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant
from provisioning.engine import Engine
from provisioning.key_pair import is_key_pair, new_key_pair, public_half, thumbprint
from provisioning.problems import BadInput
from provisioning.receipt import Receipt
from provisioning.settings import Settings
from provisioning.transport import Transport
from provisioning.vault import FileVault
from scenarios.convergence.converging import converge
from scenarios.convergence.harms import Harm
from scenarios.setup.conftest import Onlooker
from scenarios.setup.test_capped_tenants import restrict

if TYPE_CHECKING:
    from provisioning.clock import Clock


@pytest.fixture
def by_certificate(
    operator_settings: Settings, transport: Transport, clock: Clock, receipt: Receipt, tmp_path: Path
) -> Engine:
    settings = operator_settings.model_copy(update={"credential": "certificate"})
    return Engine(settings, transport, clock, receipt, vault=FileVault(tmp_path / "values.env"))


def _modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


async def test_where_secrets_are_forbidden_a_certificate_signs_in(
    tenant: FakeTenant, by_certificate: Engine, onlooker: Onlooker, tmp_path: Path
) -> None:
    restrict(tenant, "passwordAddition")
    provisioned = await by_certificate.provision()
    assert [report.step for report in provisioned.steps][3] == "certificate"
    assert (await by_certificate.verify(provisioned.integration, write_probe=True)).healthy
    assert (await by_certificate.provision()).changed_nothing
    [application] = await onlooker.applications()
    assert application["passwordCredentials"] == []
    [key] = application["keyCredentials"]
    assert key["displayName"] == "d365-harness opencx"
    assert _modes(tmp_path) == {"values.env": 0o600, "values.env.pem": 0o600}
    assert thumbprint((tmp_path / "values.env.pem").read_text()) == key["customKeyIdentifier"]
    assert f"AZURE_CLIENT_CERTIFICATE_PATH={tmp_path}/values.env.pem\n" in (tmp_path / "values.env").read_text()


async def test_keys_of_others_stay_and_the_way_back_takes_ours_alone(
    by_certificate: Engine, onlooker: Onlooker, clock: Clock
) -> None:
    theirs = public_half(new_key_pair("theirs", start=clock.now(), end=clock.now().replace(year=2028)))
    key = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": theirs, "displayName": "theirs"}
    body = {"displayName": by_certificate.settings.application_name, "keyCredentials": [key]}
    await onlooker.tell_graph("POST", "applications", body)
    await by_certificate.provision()
    [application] = await onlooker.applications()
    assert {each["displayName"] for each in application["keyCredentials"]} == {"theirs", "d365-harness opencx"}
    await by_certificate.undo()
    [application] = await onlooker.applications()
    assert [each["displayName"] for each in application["keyCredentials"]] == ["theirs"]


async def test_a_private_key_is_never_sent_and_never_printed(by_certificate: Engine, tenant: FakeTenant) -> None:
    provisioned = await by_certificate.provision()
    verdict = await by_certificate.verify(provisioned.integration)
    pem = provisioned.integration.client_secret.get_secret_value()
    assert is_key_pair(pem)
    lines = [line for line in pem.splitlines() if len(line) == 64]
    private = lines[: pem[: pem.index("-----END")].count("\n") - 1]
    written = f"{provisioned} {provisioned.to_json()} {verdict.to_json()} {by_certificate.receipt.to_json()}"
    written += " ".join(f"{entry.request_body} {entry.response_body}" for entry in tenant.journal)
    assert [line for line in private if line in written] == []


async def test_without_a_place_to_keep_it_no_key_is_made(
    by_certificate: Engine, transport: Transport, clock: Clock, onlooker: Onlooker
) -> None:
    with pytest.raises(BadInput, match=r"^out is missing; give --out FILE"):
        await Engine(by_certificate.settings, transport, clock).provision()
    [application] = await onlooker.applications()
    assert application["keyCredentials"] == []


async def test_a_vault_with_a_secret_is_not_overwritten_by_a_certificate(
    by_certificate: Engine, operator_settings: Settings, transport: Transport, clock: Clock, tmp_path: Path
) -> None:
    vault = FileVault(tmp_path / "values.env")
    first = await Engine(operator_settings, transport, clock, vault=vault).provision()
    with pytest.raises(BadInput, match="holds a client secret, and the settings ask for the other"):
        await by_certificate.provision()
    assert vault.values() == first.integration


async def test_any_harm_around_the_key_leaves_one() -> None:
    """From the first look at the application to the sign-ins with the key; every harm: `benchmarks.convergence`."""
    cloud = FakeCloud()
    plain = await converge({}, cloud=cloud, credential="certificate")
    assert plain.converged
    numbers = [n for n, (_, url) in enumerate(plain.requests) if "/applications/" in url]
    assert len(numbers) >= 3
    for number, harm in zip(range(numbers[0], numbers[-1] + 3), cycle([Harm.LOST_AFTER, Harm.KILLED_AFTER])):
        outcome = await converge({number: harm}, cloud=cloud, credential="certificate")
        assert outcome.converged, (number, harm, outcome)
        assert outcome.census is not None
        assert outcome.census.secrets == 0
