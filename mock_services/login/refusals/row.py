"""What a refusal of the token service is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """One refusal: number, OAuth error, HTTP status, text with `{placeholders}`, and where that is known from.

    `seen` is the year or month of the newest public sighting of the text; an empty one means that the wording is
    known from documentation or memory only, and the evidence says so. A status below 400 is of what browsers alone
    meet: 200 on a page, 302 in a redirect to the client.
    """

    code: int
    error: str
    status: int
    template: str
    evidence: str
    seen: str = ""
