"""The corpus of pastes: shortened from public threads, ids and names replaced, each with its source and family.

`built_on` was read before the book was written; `held_out` was collected afterwards and first measured without a
change to the book (docs/explain.md tells both figures).
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_TAIL = "Trace ID: {g8} Correlation ID: {g9} Timestamp: 2024-03-05 13:14:55Z"


@dataclass(frozen=True)
class Paste:
    """One paste. `family` is "" where no cause may be named; `also` are families that would be as right."""

    source: str
    family: str
    also: frozenset[str]
    text: str
    part: str

    @property
    def right(self) -> frozenset[str]:
        """The families that are right for the first cause; "" stands for no cause."""
        return self.also | {self.family}


def pastes(part: str) -> list[Paste]:
    """All pastes of one part of the corpus."""
    found = []
    for file in sorted((_HERE / part).glob("*.toml")):
        for entry in tomllib.loads(file.read_text(encoding="utf-8"))["paste"]:
            also = frozenset(entry.get("also", "").split())
            found.append(Paste(entry["source"], entry["family"], also, _filled(entry["text"]), part))
    return found


def _filled(text: str) -> str:
    return re.sub(r"\{g(\d)\}", _guid, text.replace("{tail}", _TAIL))


def _guid(found: re.Match[str]) -> str:
    digit = found.group(1)
    return f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}"
