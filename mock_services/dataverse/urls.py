"""The path of a request into segments: `incidents(<id>)/Incident_Annotation/$ref` and its kin, from undecoded bytes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from mock_services.dataverse import facts
from mock_services.dataverse.errors import Refusal, no_resource
from mock_services.odata.options import split_outside
from mock_services.odata.problems import BadQuery

_GUID = re.compile(r"^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$", re.IGNORECASE)
_NAME = re.compile(r"^[$\w.]+$")


@dataclass(frozen=True)
class Segment:
    """One part of a path: a name, and what stands in the parentheses after it (None without any)."""

    name: str
    inside: str | None = None

    def __str__(self) -> str:
        return self.name if self.inside is None else f"{self.name}({self.inside})"


@dataclass(frozen=True)
class Path:
    """A path below the service root."""

    version: str
    segments: tuple[Segment, ...]

    @property
    def head(self) -> Segment:
        """The first segment."""
        return self.segments[0]

    @property
    def tail(self) -> tuple[Segment, ...]:
        """The rest."""
        return self.segments[1:]


def as_guid(text: str) -> str | None:
    """A GUID in lower case without braces, or None."""
    hit = _GUID.match(text.strip())
    return hit[1].lower() if hit else None


def read_path(raw: bytes, url: str) -> Path:
    """The segments of an undecoded path. Raises Refusal: 404 outside the Web API and for unknown versions."""
    text = raw.decode("latin-1")
    if not text.lower().startswith(facts.API_PATH):
        raise no_resource(url)
    version, _, rest = text[len(facts.API_PATH) :].partition("/")
    if version.lower() not in facts.VERSIONS:
        raise no_resource(url)
    rest = rest.removesuffix("/")
    return Path(version.lower(), read_segments(rest, url) if rest else ())


def read_segments(text: str, url: str) -> tuple[Segment, ...]:
    """`a(1)/b` into segments. Raises Refusal."""
    try:
        parts = list(split_outside(text, "/"))
    except BadQuery:
        raise Refusal("0x80060888", facts.BAD_KEY) from None
    if not all(parts):
        raise no_resource(url)
    return tuple(_segment(unquote(part)) for part in parts)


def _segment(text: str) -> Segment:
    name, bracket, rest = text.partition("(")
    if bracket and rest.endswith(")"):
        return Segment(name, rest[:-1])
    return Segment(text) if not bracket else Segment(name, rest)


def read_arguments(inside: str | None, aliases: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a function, `(RoleId=<guid>)` or `(RoleId=@p1)` with aliases resolved. Raises Refusal."""
    found = {
        name: aliases.get(value, value) if value.startswith("@") else value for name, value in read_pairs(inside or "")
    }
    if (inside or "").strip() and not found:
        raise Refusal("0x80060888", facts.BAD_KEY)
    return found


def read_pairs(inside: str) -> list[tuple[str, str]]:
    """`a=1,b='x'` into names and values; none for anything else. Raises Refusal for brackets that do not match."""
    try:
        parts = list(split_outside(inside, ","))
    except BadQuery:
        raise Refusal("0x80060888", facts.BAD_KEY) from None
    pairs = []
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals or not _NAME.match(name.strip()):
            return []
        pairs.append((name.strip(), value.strip()))
    return pairs


def read_reference(reference: str, url: str) -> tuple[str, str] | None:
    """The set and key in `/contacts(<id>)`, `contacts(<id>)` or an absolute URL under either host; None for others."""
    text = reference.strip()
    hit = re.match(r"^(?:https?://[^/?#]+)?/api/data/v\d+\.\d+/", text, re.IGNORECASE)
    text = text[hit.end() :] if hit else text.removeprefix("/")
    try:
        segments = read_segments(text, url)
    except Refusal:
        return None
    if len(segments) != 1 or segments[0].inside is None:
        return None
    return segments[0].name, segments[0].inside
