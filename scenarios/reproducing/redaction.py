"""What leaves the house: words of Microsoft's and pseudonyms, nothing else; and a scan that proves it.

The allow-list is the reproduced answer itself, which the fakes wrote, and the platform's own vocabulary. A word of the
customer's is in neither, whatever it looks like.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass

from scenarios.reproducing.comparing import LEFT_OUT
from scenarios.reproducing.pseudonyms import PSEUDONYM, is_public

_PLAIN = re.compile(r"aadsts\d{2,7}:?|0x8[0-9a-f]{7}|[1-5]\d\d|a-time|[a-z]{2,40}=some", re.IGNORECASE)
_EDGES = ".,;:()[]{}\"'<>"
_LONG = re.compile(r"[A-Za-z0-9+/_~.=-]{20,}")
_ENTROPY = 3.8
"""Bits a character: English words joined stay below, random text of this length is above."""


@dataclass(frozen=True)
class Finding:
    """Something in a text that must not be in it. It tells where, never what."""

    kind: str
    at: int

    def __str__(self) -> str:
        return f"{self.kind} at character {self.at}"


_KINDS = (
    ("a token", re.compile(r"eyJ[\w-]{8,}")),
    ("an e-mail address", re.compile(r"[^\s@\"]{1,64}@[\w-]+\.[\w.-]+")),
    ("an id", re.compile(r"\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b", re.IGNORECASE)),
    ("a client secret", re.compile(r"\b\w{3}\dQ~[\w~.-]{20,}")),
    ("an IP address", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")),
    ("a private key", re.compile(r"-----BEGIN")),
    (
        "a tenant's host",
        re.compile(r"(?<![\w.-])(?!environment-\d)[a-z0-9-]+\.(?:crm\d*\.dynamics|onmicrosoft)\.com", re.IGNORECASE),
    ),
)  # fmt: skip


def allowed(words: str, reproduced: str) -> str:
    """The words that may be shared, in order; a run of others is one `…`."""
    known = {_bare(word) for word in reproduced.split()}
    kept: list[str] = []
    for word in words.split():
        if _is_allowed(word, known):
            kept.append(word)
        elif not kept or kept[-1] != LEFT_OUT:
            kept.append(LEFT_OUT)
    return " ".join(kept)


def scan(text: str) -> tuple[Finding, ...]:
    """Everything that looks like a secret or like somebody; nothing where a text may be shared."""
    found = [Finding(kind, match.start()) for kind, pattern in _KINDS for match in pattern.finditer(text)]
    found += [
        Finding("a random-looking string", match.start())
        for match in _LONG.finditer(text)
        if _is_random(match.group()) and not PSEUDONYM.search(match.group())
    ]
    return tuple(sorted(found, key=lambda finding: finding.at))


def _is_allowed(word: str, known: set[str]) -> bool:
    bare = _bare(word)
    return (
        not bare
        or bare in known
        or _PLAIN.fullmatch(word.strip(_EDGES)) is not None
        or PSEUDONYM.fullmatch(bare) is not None
        or is_public(word.strip(_EDGES))
    )


def _bare(word: str) -> str:
    return word.strip(_EDGES).lower()


def _is_random(text: str) -> bool:
    """Long, mixed and even: as keys and tokens are, and names and sentences are not."""
    if not (re.search(r"\d", text) and re.search(r"[A-Za-z]", text)):
        return False
    counts = Counter(text)
    entropy = -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())
    return entropy > _ENTROPY
