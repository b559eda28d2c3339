"""A request's path in OData's address forms: `/v1.0/applications(appId='…')/addPassword` into segments and keys."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from mock_services.graph.errors import Refused
from mock_services.graph.refusals import gateway, objects

VERSIONS = ("v1.0", "beta")
_ALIAS = "myorganization"
_KEYED = re.compile(r"^([\w.]+)\((.*)\)$", re.DOTALL)
_NAMED_KEY = re.compile(r"^(\w+)=(.+)$", re.DOTALL)
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Key:
    """A key in a path: by `id`, or by an alternate key such as `appId`."""

    value: str
    name: str = "id"

    def guid(self) -> str:
        """The key as an object id in lower case. Raises Refused for what is no GUID."""
        if not _GUID.fullmatch(self.value):
            raise Refused(objects.ID_INVALID, id=self.value)
        return self.value.lower()


@dataclass(frozen=True)
class Address:
    """A path taken apart: its version, and its segments as spelt (a key in parentheses is a segment of its own)."""

    version: str
    segments: tuple[str | Key, ...]


def is_guid(text: str) -> bool:
    """Whether this is a GUID with hyphens, in any case."""
    return _GUID.fullmatch(text) is not None


def read_path(raw: str) -> Address:
    """Take a path apart: doubled slashes collapse, quotes may be percent-encoded, the alias is dropped.

    Raises Refused for an unknown version or a malformed key.
    """
    parts = [part for part in _split(raw.replace("%27", "'")) if part]
    version = parts[0].lower() if parts else ""
    if version not in VERSIONS:
        raise Refused(gateway.VERSION_UNKNOWN, version=unquote(parts[0]) if parts else "")
    rest = parts[1:]
    if rest and rest[0].lower() == _ALIAS:
        rest = rest[1:]
    segments: list[str | Key] = []
    for part in rest:
        keyed = _KEYED.match(part)
        if keyed:
            segments += [unquote(keyed[1]), _key(keyed[2])]
        else:
            plain = unquote(part)
            # Microsoft's libraries write a cast short (msgraph-sdk 1.65, its URL templates).
            segments.append(f"microsoft.{plain}" if plain.lower().startswith("graph.") else plain)
    return Address(version, tuple(segments))


def _split(raw: str) -> list[str]:
    """Split at slashes outside quotes: an alternate key may hold one."""
    parts, start, quoted = [], 0, False
    for position, character in enumerate(raw):
        if character == "'":
            quoted = not quoted
        elif character == "/" and not quoted:
            parts.append(raw[start:position])
            start = position + 1
    return [*parts, raw[start:]]


def _key(inside: str) -> Key:
    named = _NAMED_KEY.match(inside)
    name, literal = (named[1], named[2]) if named and not inside.startswith("'") else ("id", inside)
    text = unquote(literal)
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return Key(text[1:-1].replace("''", "'"), name)
    if name == "id" and is_guid(text):
        return Key(text)
    raise Refused(gateway.KEY_UNREADABLE)
