"""What must not be in a text that leaves the house, and where it is in one: the last look after a redaction."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

_LONG: Final = re.compile(r"[A-Za-z0-9+/_~-]{20,}")
_CLASSES: Final = (str.islower, str.isupper, str.isdigit)
_BITS_A_CHARACTER: Final = 3.6
"""Words joined stay below as a rule; random text of this length is above."""
_KINDS: Final = (
    ("a token", re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*)*")),
    ("an e-mail address", re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")),
    ("an id", re.compile(r"\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b", re.IGNORECASE)),
    ("a client secret", re.compile(r"\b\w{3}\dQ~[\w~.-]{20,}")),
    ("an IP address", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")),
)


@dataclass(frozen=True)
class Leak:
    """Something that looks like a secret or like somebody, from `at` up to `end`. It tells where, never what."""

    kind: str
    at: int
    end: int

    def __str__(self) -> str:
        return f"{self.kind} at character {self.at}"


def leaks_in(text: str) -> tuple[Leak, ...]:
    """Everything that looks like a secret or like somebody, in order; what says most of a place comes first."""
    found = [Leak(kind, *match.span()) for kind, pattern in _KINDS for match in pattern.finditer(text)]
    long = (match for match in _LONG.finditer(text) if _is_random(match.group()))
    found += [Leak("a random-looking string", *match.span()) for match in long]
    return tuple(sorted(found, key=lambda leak: (leak.at, -leak.end)))


def _is_random(text: str) -> bool:
    """Long, mixed and even: as keys and tokens are, and names and sentences are not."""
    if sum(any(map(kind, text)) for kind in _CLASSES) < len(_CLASSES):
        return False
    counts = Counter(text)
    bits = -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())
    return bits >= _BITS_A_CHARACTER
