"""An original answer beside a reproduced one: which words are the same, and what differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from scenarios.reproducing.pseudonyms import PSEUDONYM

_WINDOW = 400
"""Words on each side of the code that are looked at."""
_LONGEST = 400
"""Characters of a difference; more is somebody's log between two halves of an answer."""
LEFT_OUT = "…"
"""Stands for words that may not be shared: whatever they were, they are no difference."""
_EDGES = ".,;:()[]{}\"'"


@dataclass(frozen=True)
class Shown:
    """One answer as far as a text shows it, by pseudonyms. `status` is None where nothing tells it."""

    status: int | None
    codes: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Difference:
    """What one side has and the other has not."""

    what: str
    """`status`, `code` or `words`."""
    original: str
    reproduced: str

    def __str__(self) -> str:
        return f"{self.what}: originally {self.original or 'nothing'}, reproduced {self.reproduced or 'nothing'}"


class Comparison:
    """Two answers laid over each other."""

    def __init__(self, original: Shown, reproduced: Shown) -> None:
        self.original = original
        self.reproduced = reproduced
        self._theirs = _window(original)
        self._ours = _words(reproduced.words)
        matcher = SequenceMatcher(None, _keys(self._theirs), _keys(self._ours), autojunk=False)
        self._blocks = [block for block in matcher.get_matching_blocks() if block.size]

    @cached_property
    def passage(self) -> str:
        """The words of the original that the reproduced ones were found in."""
        if not self._blocks:
            return ""
        first, last = self._blocks[0], self._blocks[-1]
        return " ".join(self._theirs[max(0, first.a - first.b) : last.a + last.size])

    @property
    def likeness(self) -> float:
        """How much of the reproduced answer is in the original, from 0 to 1."""
        if not self._ours:
            return 0.0
        return sum(block.size for block in self._blocks) / len(self._ours)

    @property
    def has_code(self) -> bool:
        """Whether the original shows the code that was reproduced; true where neither has one."""
        wanted = {code.lower() for code in self.original.codes}
        return bool(wanted & {code.lower() for code in self.reproduced.codes}) or not (wanted or self.reproduced.codes)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Everything told on both sides that is not the same; what a paste leaves out is no difference."""
        found = []
        theirs, ours = self.original.status, self.reproduced.status
        if theirs is not None and ours is not None and theirs != ours:
            found.append(Difference("status", str(theirs), str(ours)))
        if not self.has_code and self.original.codes:
            found.append(Difference("code", ", ".join(self.original.codes), ", ".join(self.reproduced.codes)))
        return (*found, *self._differing_words())

    def _differing_words(self) -> list[Difference]:
        """What lies between two passages that agree: before the first and after the last a paste was cut."""
        found = []
        for before, after in zip(self._blocks, self._blocks[1:], strict=False):
            theirs = " ".join(self._theirs[before.a + before.size : after.a])
            ours = " ".join(self._ours[before.b + before.size : after.b])
            if len(theirs) < _LONGEST and LEFT_OUT not in theirs:
                found.append(Difference("words", theirs, ours))
        return found


def _window(shown: Shown) -> Sequence[str]:
    """The words around the first code, or the first words where no code is in the text."""
    words = _words(shown.words)
    codes = tuple(code.lower() for code in shown.codes)
    at = next((n for n, word in enumerate(words) if any(code in word.lower() for code in codes)), 0)
    return words[max(0, at - _WINDOW) : at + _WINDOW]


def _words(text: str) -> list[str]:
    """The words of a text; signs that stand alone are none."""
    return [word for word in text.split() if any(map(str.isalnum, word))]


def _keys(words: Sequence[str]) -> list[str]:
    return [_key(word) for word in words]


def _key(word: str) -> str:
    """A word as it is compared: whoever is named is somebody, and quotes and the signs around a word are left out."""
    return PSEUDONYM.sub("somebody", word).strip(_EDGES).lower()
