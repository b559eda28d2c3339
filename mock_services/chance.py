"""Everything that looks random in the fakes, drawn from one seed so that a run can be repeated."""

import random
import string
import uuid

_SECRET_ALPHABET = string.ascii_letters + string.digits + "~._-"


class Chance:
    """A seeded source of ids, secrets and picks. Not for real credentials: the fakes protect nothing."""

    def __init__(self, seed: int | str = 0) -> None:
        self.seed = seed
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose; it guards nothing real

    def guid(self) -> str:
        """A version 4 GUID in lower case with hyphens."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def text(self, length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
        """`length` characters drawn from `alphabet`."""
        return "".join(self._random.choices(alphabet, k=length))

    def secret(self) -> str:
        """A client secret of the shape Entra makes: 40 characters over letters, digits and `~._-`.

        It starts with `fake-` so that no secret scanner and no person takes it for a real one.
        """
        return "fake-" + self.text(35, _SECRET_ALPHABET)

    def integer(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return self._random.randint(low, high)
