"""Where the four values go, at once when the secret is told: a file that only its owner may read, or the keyring.

The engine hands them over before it writes anything else down: a secret is told once, and a process that dies right
after must not have been the only one who knew it.
"""

import json
import os
import re
import shlex
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import SecretStr

from provisioning.key_pair import is_key_pair
from provisioning.problems import BadInput
from provisioning.receipt import write_whole
from provisioning.settings import Integration

_NAMES: Final = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "DATAVERSE_URL")
_CERTIFICATE: Final = "AZURE_CLIENT_CERTIFICATE_PATH"  # azure-identity's EnvironmentCredential reads it
_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Z0-9_]+)=(?P<value>.*)")
_KEYRING_SERVICE: Final = "d365-harness"
KEYRING: Final = "keyring:"
"""How a place begins that is an entry of the keyring and no file."""


class Vault(Protocol):
    """A place for the four values of one integration."""

    def values(self) -> Integration | None:
        """What is kept here; None where nothing is. Raises BadInput where it cannot be read."""
        ...

    def check(self) -> None:
        """Raises BadInput where values plainly could not be kept: asked before anything is made that is told once."""
        ...

    def keep(self, integration: Integration) -> None:
        """Keep these, in place of what was kept. Raises BadInput where that cannot be done."""
        ...


def vault_at(place: str) -> Vault:
    """The vault that `--out` names: `keyring:NAME`, or a file. Raises BadInput where this machine has no keyring."""
    name = place.removeprefix(KEYRING)
    if name == place:
        return FileVault(Path(place))
    if not name.strip():
        raise BadInput("out", "names no entry of the keyring", f"write {KEYRING}NAME")
    return KeyringVault(name)


class MemoryVault:
    """Kept as long as the process lives: for rehearsals, and for who shows the secret and writes it nowhere."""

    def __init__(self) -> None:
        self._kept: Integration | None = None

    def values(self) -> Integration | None:
        """What was kept."""
        return self._kept

    def check(self) -> None:
        """Memory takes everything."""

    def keep(self, integration: Integration) -> None:
        """Keep these."""
        self._kept = integration


class FileVault:
    """A file with mode 0600: JSON where its name ends in .json, otherwise NAME=value lines quoted for a shell."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def values(self) -> Integration | None:
        """The values in the file; None where there is no file. Raises BadInput where they are not all there."""
        if not self._path.exists():
            return None
        remedy = "name a new file, or one written by --out"
        try:
            text = self._path.read_text(encoding="utf-8")
            found = _from_json(text) if self._is_json else _from_lines(text)
            if _CERTIFICATE in found:
                found["AZURE_CLIENT_SECRET"] = Path(found[_CERTIFICATE]).read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise BadInput("out", f"file {self._path} cannot be read", remedy) from None
        if not all(found.get(name) for name in _NAMES):
            raise BadInput("out", f"file {self._path} holds no integration", remedy)
        return _integration(found)

    def check(self) -> None:
        """The folder has to be there and be writable; the file itself is replaced whole."""
        folder = self._path.parent
        if self._path.is_dir():
            raise self._unwritable("it is a folder")
        if not folder.is_dir():
            raise self._unwritable(f"there is no folder {folder}")
        if not os.access(folder, os.W_OK):
            raise self._unwritable(f"the folder {folder} is not writable")

    def keep(self, integration: Integration) -> None:
        """Write the file, whole or not at all; a key pair goes into a PEM file beside it first, which it names."""
        values = variables(integration)
        pem = values["AZURE_CLIENT_SECRET"] if is_key_pair(values["AZURE_CLIENT_SECRET"]) else ""
        if pem:
            del values["AZURE_CLIENT_SECRET"]
            values[_CERTIFICATE] = str(self.key_file.resolve())
        if self._is_json:
            text = json.dumps(values, indent=2) + "\n"
        else:
            text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
        try:
            if pem:
                write_whole(self.key_file, pem, mode=0o600)
            write_whole(self._path, text, mode=0o600)
        except OSError as error:
            raise self._unwritable((error.strerror or "no access").lower()) from None

    def _unwritable(self, why: str) -> BadInput:
        return BadInput("out", f"file {self._path} cannot be written ({why})", "name a writable file")

    @property
    def key_file(self) -> Path:
        """Where a private key goes, with its certificate."""
        return self._path.with_name(f"{self._path.name}.pem")

    @property
    def _is_json(self) -> bool:
        return self._path.suffix.lower() == ".json"


class KeyringVault:
    """The operating system's own store of secrets, through the keyring package where it is installed."""

    def __init__(self, name: str) -> None:
        """`name` tells one integration from another. Raises BadInput where there is no keyring on this machine."""
        try:
            import keyring
            from keyring.backends.fail import Keyring as NoKeyring
        except ImportError:
            remedy = "install it (pip install 'd365-harness[keyring]'), or give --out FILE"
            raise BadInput("out", "names the keyring, and the keyring package is not installed", remedy) from None
        if isinstance(keyring.get_keyring(), NoKeyring):
            raise BadInput("out", "names the keyring, and this machine has none", "give --out FILE")
        self._ring: Any = keyring
        self._name = name

    def values(self) -> Integration | None:
        """What the keyring holds under this name."""
        text = self._ask(lambda: self._ring.get_password(_KEYRING_SERVICE, self._name))
        if text is None:
            return None
        try:
            return _integration(_from_json(text))
        except (ValueError, KeyError):
            raise BadInput(
                "out", f"names a keyring entry {self._name} that holds no integration", "remove it"
            ) from None

    def check(self) -> None:
        """That there is a keyring was seen to already; whether it is unlocked, only its use tells."""

    def keep(self, integration: Integration) -> None:
        """Put the values into the keyring."""
        text = json.dumps(variables(integration))
        self._ask(lambda: self._ring.set_password(_KEYRING_SERVICE, self._name, text))

    def _ask(self, ask: Any) -> Any:
        from keyring.errors import KeyringError

        try:
            return ask()
        except KeyringError as error:
            why = type(error).__name__
            raise BadInput(
                "out", f"names the keyring, which refused ({why})", "unlock it, or give --out FILE"
            ) from None


def variables(integration: Integration) -> dict[str, str]:
    """The four values under the names that azure-identity and Dataverse clients read; holds the secret in clear."""
    return {
        "AZURE_TENANT_ID": integration.tenant_id,
        "AZURE_CLIENT_ID": integration.client_id,
        "AZURE_CLIENT_SECRET": integration.client_secret.get_secret_value(),
        "DATAVERSE_URL": integration.environment_url,
    }


def _from_lines(text: str) -> dict[str, str]:
    found = [match for line in text.splitlines() if (match := _LINE.fullmatch(line.strip()))]
    return {match["name"]: "".join(shlex.split(match["value"])) for match in found}


def _from_json(text: str) -> dict[str, str]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _integration(found: dict[str, str]) -> Integration:
    return Integration(
        tenant_id=found["AZURE_TENANT_ID"],
        client_id=found["AZURE_CLIENT_ID"],
        client_secret=SecretStr(found["AZURE_CLIENT_SECRET"]),
        environment_url=found["DATAVERSE_URL"],
    )
