"""The receipt survives, belongs to one tenant, and holds no secret; the vault's file is its owner's alone."""

import json
import shlex
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from mock_services.tenant import FakeTenant
from provisioning.engine import Engine
from provisioning.problems import BadInput
from provisioning.receipt import Asked, Receipt, Thing
from provisioning.settings import Integration, Settings
from provisioning.transport import Transport
from provisioning.vault import FileVault
from scenarios.tenant_clock import TenantClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_what_was_asked_and_made_is_read_again_by_the_next_run(tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    first = Receipt(file)
    first.belongs_to("tenant", "https://a")
    first.asking("application", Asked(NOON, creating=True, notes={}))
    assert Receipt(file).asked("application") == Asked(NOON, creating=True, notes={})
    thing = Thing("id", {"app_id": "x"}, ours=True, changed={"a": "b"})
    first.made("application", thing)
    again = Receipt(file)
    assert again.thing("application") == thing
    assert again.asked("application") is None
    again.unmade("application")
    assert Receipt(file).things() == []
    assert [path.name for path in tmp_path.iterdir()] == ["receipt.json"]


def test_an_open_question_keeps_its_first_notes() -> None:
    receipt = Receipt()
    receipt.asking("client_secret", Asked(NOON, creating=True, notes={"before": ["a"]}))
    receipt.asking("client_secret", Asked(NOON, creating=True, notes={"before": ["a", "lost"]}))
    asked = receipt.asked("client_secret")
    assert asked is not None
    assert asked.notes == {"before": ["a"]}


def test_a_receipt_of_another_tenant_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    receipt = Receipt(file)
    receipt.belongs_to("tenant", "https://a")
    receipt.made("application", Thing("id"))
    with pytest.raises(BadInput, match="receipt is of tenant tenant"):
        Receipt(file).belongs_to("other", "https://a")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1}', '{"version": 9}', "\x00"])
def test_a_file_that_is_no_receipt_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "receipt.json"
    file.write_text(text)
    with pytest.raises(BadInput, match=r"^receipt "):
        Receipt(file)


def _integration(secret: str) -> Integration:
    return Integration(tenant_id="t", client_id="c", client_secret=SecretStr(secret), environment_url="https://a")


def test_the_four_values_are_written_for_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "values.env"
    FileVault(file).keep(_integration("it's $ecret"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    FileVault(file).keep(_integration("second"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "AZURE_CLIENT_SECRET=second\n" in file.read_text()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"^out file .*values\.env cannot be written"):
        FileVault(tmp_path / "absent" / "values.env").keep(_integration("x"))


async def test_nothing_is_made_that_could_not_be_kept(
    tenant: FakeTenant, transport: Transport, operator_settings: Settings, clock: TenantClock, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=r"cannot be written .there is no folder"):
        await Engine(
            operator_settings, transport, clock, vault=FileVault(tmp_path / "absent" / "values.env")
        ).provision()
    asked = [entry for entry in tenant.journal if entry.service != "login"]
    assert {entry.method for entry in asked} == {"GET"}


@given(secret=st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), min_size=1, max_size=40))
def test_a_shell_reads_back_any_secret(tmp_path_factory: pytest.TempPathFactory, secret: str) -> None:
    file = tmp_path_factory.mktemp("vault") / "values.env"
    FileVault(file).keep(_integration(secret))
    words = shlex.split(file.read_text(encoding="utf-8"))
    assert f"AZURE_CLIENT_SECRET={secret}" in words


def test_the_four_values_print_without_the_secret() -> None:
    integration = _integration("canary8Q~")
    assert "canary" not in f"{integration} {integration!r} {json.dumps(integration.model_dump(mode='json'))}"
