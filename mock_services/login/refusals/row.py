"""What a refusal of the token service is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """One refusal: number, OAuth error, HTTP status, text with `{placeholders}`, and where that is known from.

    `seen` is the year or month of the newest public sighting of the text; an empty one means that the wording is
    known from documentation or memory only, and the evidence says so.
    """

    code: int
    error: str
    status: int
    template: str
    evidence: str
    seen: str = ""
