"""`--out keyring:NAME`: the four values in the operating system's own store, here one in memory."""

from typing import Any

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from provisioning.engine import Engine
from provisioning.problems import BadInput
from provisioning.settings import Settings
from provisioning.transport import Transport
from provisioning.vault import FileVault, vault_at
from scenarios.in_memory_keyring import InMemory


async def test_a_secret_in_the_keyring_is_found_by_the_next_run(
    ring: InMemory, operator_settings: Settings, transport: Transport, clock: Any, receipt: Any
) -> None:
    first = await Engine(operator_settings, transport, clock, receipt, vault=vault_at("keyring:contoso")).provision()
    assert list(ring.kept) == [("d365-harness", "contoso")]
    again = await Engine(operator_settings, transport, clock, receipt, vault=vault_at("keyring:contoso")).provision()
    assert again.changed_nothing
    assert again.integration == first.integration


def test_a_locked_or_missing_keyring_is_told_in_a_sentence(ring: InMemory) -> None:
    vault = vault_at("keyring:contoso")
    ring.locked = True
    with pytest.raises(BadInput, match=r"^out names the keyring, which refused \(KeyringLocked\); unlock it"):
        vault.values()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # as above
    with pytest.raises(BadInput, match=r"^out names the keyring, and this machine has none; give --out FILE"):
        vault_at("keyring:contoso")


def test_an_entry_that_somebody_else_uses_is_not_overwritten_unread(ring: InMemory) -> None:
    ring.kept["d365-harness", "contoso"] = "a shopping list"
    with pytest.raises(BadInput, match="keyring entry contoso that holds no integration"):
        vault_at("keyring:contoso").values()


def test_a_keyring_entry_needs_a_name_and_a_drive_letter_is_a_file() -> None:
    with pytest.raises(BadInput, match="write keyring:NAME"):
        vault_at("keyring:")
    assert isinstance(vault_at("C:values.env"), FileVault)
