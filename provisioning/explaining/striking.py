"""Secrets are struck out of a paste before anything else looks at it; only their shape is kept."""

import re
from dataclasses import dataclass
from typing import Final, Literal

Shape = Literal["secret_is_guid", "secret_empty"]

STRUCK: Final = "[struck]"

_NAMES: Final = (
    r"client[-_ ]?secret|secret[-_]?text|app[-_]?secret|crmclientsecretid|password|passwd|pwd|passphrase|"
    r"access[-_]?token|refresh[-_]?token|id[-_]?token|client[-_]?assertion|assertion|api[-_]?key|account[-_]?key|"
    r"shared[-_]?access[-_]?key|subscription[-_]?key|private[-_]?key|secret|_authtoken"
)
# A name, its quotes and sign, then the value: quoted, or up to a separator. What a service said is no value.
_NAMED = re.compile(
    rf"""(?P<name>\b(?:{_NAMES}))(?P<sign>\\{{0,3}}["']?\s{{0,3}}[:=]\s{{0,3}}\\{{0,3}}["']?)"""
    r"(?!aadsts|0x8|https?:|[{\[])(?P<value>[^\s\"'&;,\\<>]{0,8192})",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(?P<name>\b(?:proxy-)?authorization|\b(?:set-)?cookie|x-ms-refreshtokencredential)"
    r"(?P<sign>\\{0,3}[\"']?\s{0,3}[:=]\s{0,3}\\{0,3}[\"']?)(?P<value>[^\r\n\"\\]{1,16384})",
    re.IGNORECASE,
)
_BEARER = re.compile(
    r"\b(?P<name>bearer|basic)\s{1,3}(?!authorization_uri|error|realm|scope|token)[A-Za-z0-9._~+/=-]{12,16384}",
    re.IGNORECASE,
)
_URL_CODE = re.compile(r"(?P<name>[?&](?:code|sig|state|session_state)=)[^&\s\"'<>]{8,8192}")
_OPTION = re.compile(
    r"(?P<name>(?<!\w)--?(?:client[-_]?secret|application[-_]?secret|secret|password|passphrase|api[-_]?key|access[-_]?token|"
    r"token|cs|p)\s{1,3})(?!-)[^\s]{1,8192}",
    re.IGNORECASE,
)
_USER = re.compile(r"(?P<name>(?:\s-u|--user|--proxy-user)\s{1,3})\S{1,500}")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,16384}\.[A-Za-z0-9_-]{4,65536}(?:\.[A-Za-z0-9_-]{0,65536})?")
_ENTRA_SECRET = re.compile(r"(?<![\w~.-])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{28,40}")
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_CLIENT_SECRET = re.compile(r"client[-_ ]?secret$|^secret$", re.IGNORECASE)


@dataclass(frozen=True)
class Struck:
    """The text without secrets, what the secrets looked like, and the tokens that were in it (never to be shown)."""

    text: str
    shapes: frozenset[Shape]
    tokens: tuple[str, ...]


def strike(text: str) -> Struck:
    """Strike out tokens, passwords, secrets and cookies. Tokens are handed on for their claims alone."""
    tokens = tuple(dict.fromkeys(found.group(0) for found in _JWT.finditer(text)))[:8]
    shapes: set[Shape] = set()

    def named(found: re.Match[str]) -> str:
        if _CLIENT_SECRET.search(found["name"]):
            shapes.update(_shape(found))
        return f"{found['name']}{found['sign']}{STRUCK if found['value'] else ''}"

    struck = _JWT.sub(STRUCK, text)
    struck = _HEADER.sub(lambda found: f"{found['name']}{found['sign']}{STRUCK}", struck)
    struck = _BEARER.sub(lambda found: f"{found['name']} {STRUCK}", struck)
    struck = _NAMED.sub(named, struck)
    struck = _URL_CODE.sub(lambda found: f"{found['name']}{STRUCK}", struck)
    struck = _OPTION.sub(lambda found: f"{found['name']}{STRUCK}", struck)
    struck = _USER.sub(lambda found: f"{found['name']}{STRUCK}", struck)
    return Struck(_ENTRA_SECRET.sub(STRUCK, struck), frozenset(shapes), tokens)


def _shape(found: re.Match[str]) -> set[Shape]:
    value, sign = found["value"], found["sign"]
    if _GUID.fullmatch(value):
        return {"secret_is_guid"}
    # What stands behind tells an empty value from one that somebody blacked out: `client_secret=<redacted>`.
    ended = found.string[found.end() : found.end() + 1] in {"", "&", '"', "'", "\n", "\r", ";"}
    if not value and ended and ("=" in sign or sign.rstrip().endswith(('"', "'"))):
        return {"secret_empty"}
    return set()
