"""A keyring after the keyring package's own interface, in memory."""

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class InMemory(KeyringBackend):
    """A keyring that forgets with the test; while `locked` it refuses."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the package leaves it so
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept."""
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self._open()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Nobody here deletes."""
        raise PasswordDeleteError(f"{service}/{username}")

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked("ask the user")
