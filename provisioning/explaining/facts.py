"""The facts of a paste: codes, ids by what they name, times, hosts, privileges, tables; each kind bounded, in order."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

from provisioning.clouds import dataverse_host
from provisioning.explaining.tokens import Claims

Service = Literal["login", "graph", "dataverse", "power_platform"]

_MOST = 12
_GUID = re.compile(r"(?<![0-9a-f-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f-])", re.IGNORECASE)
# What the words just before a GUID make it; the nearest to it wins.
_ROLES: Final = tuple((role, re.compile(words)) for role, words in (
    ("correlation", r"correlation[-_ ]?id|msalcorrelationidkey"),
    ("trace", r"trace[-_ ]?id"),
    ("request", r"request[-_ ]?id|\breq_?id\b"),
    ("activity", r"activity[-_ ]?id"),
    ("privilege", r"privilege ?\(id|privilegeid|\bprv\w+ privilege"),
    ("tenant", r"tenant|director(?:y|ies)\b|\btid\b|microsoftonline\.com/|sts\.windows\.net/|organization 'a?"),
    ("client", (r"client[-_ ]?id|application with identifier|app(?:lication)? ?id|\bapp '|application '|"
                r"for application|client app\w*|added to app|\bazp\b|with id '")),
    ("user", (r"principal user|user with id|systemuserid|systemusers\(|\buser ?id|\buser:|context\.caller|callinguser|"
              r"specified user")),
    ("business_unit", r"business ?unit ?(?:id)?"),
    ("object", r"\bresource '|with ids? ?=|object ?id|service principal with id|aadobjectid|objects?/"),
    ("environment", r"environments?[/ ('=]"),
    ("organization", r"organizationcontext|organization ?id"),
    ("role", r"\broles?(?:id)?[ (=:']"),
    ("policy", r"policy '"),
))  # fmt: skip
_HOST = re.compile(r"(?:https?://|host='|enotfound |resolve host:? ?'?|"
                   r"lookup )((?:[a-z0-9*_-]{1,63}\.){1,8}[a-z]{2,24})",
                   re.IGNORECASE)  # fmt: skip
_BARE_HOST = re.compile(r"\b(?:[a-z0-9-]{1,63}\.){0,3}(?:crm\d{0,2}\.(?:dynamics\.(?:com|cn)|"
                        r"microsoftdynamics\.us|appsplatform\.us)|"
                        r"login\.microsoftonline\.(?:com|us)|graph\.microsoft\.com)\b", re.IGNORECASE)  # fmt: skip
_READING_MATTER: Final = re.compile(
    r"^(?:aka\.ms|(?:docs|learn|go|support|technet|schemas|developer|privacy|appsource)\.microsoft\.com|"
    r".*github(?:usercontent)?\.com|"
    r".*stackoverflow\.com|schemas\.\w+\.org|www\.w3\.org|.*user-images.*|portal\.azure\.com|"
    r"entra\.microsoft\.com|msdn.*)$"
)
_ISO = re.compile(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d", re.ASCII)
_RFC = re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} 20\d\d \d\d:\d\d:\d\d")
_PRIVILEGE = re.compile(r"\bprv[A-Z][A-Za-z0-9_]{2,90}")
_TABLE = re.compile(r"(?:for entity|of entity|entity with a name =|on entity|entity type|Entity :|"
                    r"\bentity)\s?:?\s?'(\w{2,90})'|"
                    r"of entity ([A-Za-z]\w{1,90})|segment '(\w{2,90})'|type 'Microsoft\.Dynamics\.CRM\.(\w{2,90})'|"
                    r"(?:Entity|entity) '(\w{2,90})' With Id")  # fmt: skip
_COLUMN = re.compile(r"(?:undeclared property|property named|Invalid property|attribute with Name =|of the|"
                     r"value \S{1,40} of)"
                     r" '([A-Za-z_]\w{1,90})'")  # fmt: skip
_DEPTH = re.compile(r"Required Depth: (\w{4,8})|role with the level (\w{4,24})")
_CLIENT = re.compile(r"Application with identifier '([^']{1,80})' was not found", re.IGNORECASE)
_RESOURCE = re.compile(r"resource principal named '?(\S{3,300}?)'? was not found|"
                       r"Resource value from request: '?([^\s,']{3,300})|"
                       r"service principal for resource '([^']{3,300})' is disabled", re.IGNORECASE)  # fmt: skip


@dataclass
class Facts:
    """What was found. Everything here is drawn by pattern, so no free text of the paste is repeated."""

    codes: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)
    times: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    privileges: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    depths: list[str] = field(default_factory=list)
    tokens: list[Claims] = field(default_factory=list)
    credential: str = ""
    """What the client secret in the paste looked like: `secret_is_guid`, `secret_empty`, or nothing telling."""

    def to_json(self) -> dict[str, Any]:
        """What was found as plain JSON values; kinds of which nothing was found are left out."""
        values: dict[str, Any] = {**vars(self), "tokens": [token.to_json() for token in self.tokens]}
        del values["clients"]  # a GUID stands among the ids; anything else is somebody's placeholder or worse
        return {name: value for name, value in values.items() if value}

    @property
    def environment_url(self) -> str:
        """The URL of the first Dataverse environment named; "" where none is."""
        found = next((host for host in map(dataverse_host, self.hosts) if host is not None), None)
        return found.url if found else ""

    @property
    def latest(self) -> datetime | None:
        """The last time that the paste tells, to hold a token's end against."""
        return datetime.fromisoformat(max(self.times)).replace(tzinfo=UTC) if self.times else None


def gather(flat: str, *, codes: Iterable[str], statuses: Iterable[int], tokens: Iterable[Claims]) -> Facts:
    """Draw the facts from a flat text (see `layers`)."""
    return Facts(
        codes=_first(codes),
        statuses=sorted({*statuses})[:_MOST],
        ids=_ids(flat),
        times=_times(flat),
        hosts=_first(host for host in _hosts(flat) if not _READING_MATTER.match(host)),
        resources=_first(_groups(_RESOURCE, flat), most=4),
        clients=_first(_groups(_CLIENT, flat), most=4),
        privileges=_first(found.group(0) for found in _PRIVILEGE.finditer(flat)),
        tables=_first(_groups(_TABLE, flat)),
        columns=_first(_groups(_COLUMN, flat)),
        depths=_first(_groups(_DEPTH, flat)),
        tokens=list(tokens),
    )


def _first(values: Iterable[str], *, most: int = _MOST) -> list[str]:
    kept: dict[str, None] = {}
    for value in values:
        kept.setdefault(value)
        if len(kept) == most:
            break
    return list(kept)


def _groups(pattern: re.Pattern[str], flat: str) -> Iterable[str]:
    for found in pattern.finditer(flat):
        yield next(group for group in found.groups() if group)


def _hosts(flat: str) -> Iterable[str]:
    for found in _HOST.finditer(flat):
        yield found.group(1).lower()
    for found in _BARE_HOST.finditer(flat):
        yield found.group(0).lower()


def _ids(flat: str) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = {}
    for found in _GUID.finditer(flat):
        before = flat[max(0, found.start() - 60) : found.start()].lower()
        named = ids.setdefault(_role(before), [])
        guid = found.group(0).lower()
        if guid not in named and len(named) < _MOST:
            named.append(guid)
        if len(ids) > len(_ROLES):
            break
    return ids


def _role(before: str) -> str:
    best, at = "unnamed", -1
    for role, words in _ROLES:
        end = max((found.end() for found in words.finditer(before)), default=-1)
        if end > at:
            best, at = role, end
    return best


def _times(flat: str) -> list[str]:
    """Times as ISO 8601 without a zone: Microsoft's answers tell UTC."""
    found: dict[str, None] = {}
    for match in _ISO.finditer(flat):
        told = match.group(0).replace(" ", "T")
        try:
            datetime.fromisoformat(told)
        except ValueError:
            continue
        found.setdefault(told)
    for match in _RFC.finditer(flat):
        try:
            day, month, year, clock = match.group(0).split()
            instant = datetime.strptime(f"{day} {month[:3]} {year} {clock} +0000", "%d %b %Y %H:%M:%S %z")
        except ValueError:
            continue
        found.setdefault(instant.strftime("%Y-%m-%dT%H:%M:%S"))
    return list(found)[:_MOST]
