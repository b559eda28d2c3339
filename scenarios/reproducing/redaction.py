"""What leaves the house: words of Microsoft's and pseudonyms, nothing else; and a scan that proves it.

The allow-list is the reproduced answer itself, which the fakes wrote, and the platform's own vocabulary. A word of the
customer's is in neither, whatever it looks like.
"""

import re

from provisioning.leaks import Leak, leaks_in
from scenarios.reproducing.comparing import LEFT_OUT
from scenarios.reproducing.pseudonyms import PSEUDONYM, is_public

_PLAIN = re.compile(r"aadsts\d{2,7}:?|0x8[0-9a-f]{7}|[1-5]\d\d|a-time|[a-z]{2,40}=some", re.IGNORECASE)
_EDGES = ".,;:()[]{}\"'<>"
_HOST = re.compile(r"(?<![\w.-])(?!environment-\d)[a-z0-9-]+\.(?:crm\d*\.dynamics|onmicrosoft)\.com", re.IGNORECASE)


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


def scan(text: str) -> tuple[Leak, ...]:
    """Everything that looks like a secret or like somebody; nothing where a text may be shared."""
    leaks = [leak for leak in leaks_in(text) if not PSEUDONYM.search(text[leak.at : leak.end])]
    return (*leaks, *(Leak("a tenant's host", *found.span()) for found in _HOST.finditer(text)))


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
