"""The shape of a row: one refusal, in Graph's words, with where they were seen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """One refusal: HTTP status, code, text with `{placeholders}`, and where that is known from.

    `seen` is the year or month of a public sighting of the text, or of the shipping client that matches it. It is empty
    where the sighting's date was not written down, and where there is none: the evidence says which.
    """

    status: int
    code: str
    template: str
    evidence: str
    seen: str = ""
    detail: str = ""
    """The code of the entry in `details` that repeats the message; none where this is empty."""
    target: str = ""
    """What that entry points at; may hold placeholders too."""


def rows_of(module: dict[str, object]) -> tuple[Refusal, ...]:
    """The rows among a module's names, in order."""
    return tuple(each for each in module.values() if isinstance(each, Refusal))
