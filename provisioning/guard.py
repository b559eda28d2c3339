"""Live guard rails: what may leave this machine towards a real tenant, decided at the transport, whatever a step does.

Nothing but the hosts and the tenant of the settings is spoken to. Whatever changes or deletes something must be on the
list below, and its target must be known: made by us (recorded in the receipt, carrying our marker, or made in this run)
or adopted on purpose (named in the settings, found by its step, and told by the engine). What was adopted may be
completed and is never deleted. What is not on the list does not leave, so a new request of ours has to be put there.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provisioning.clock import Clock
from provisioning.dataverse import API_PATH
from provisioning.graph import DATAVERSE_APP
from provisioning.problems import Withheld
from provisioning.receipt import Receipt
from provisioning.registered_keys import RegisteredKeys
from provisioning.settings import Settings
from provisioning.step import MARKER
from provisioning.transport import Transport, connect

if TYPE_CHECKING:
    import httpx

# A plain set-up takes some 26 requests, one that waits for slow replicas some 110 (benchmarks.requests); a step that
# waits in vain for ten minutes, some hundreds.
MOST_REQUESTS: Final = 2_000

_READING: Final = frozenset({"GET", "HEAD"})
_STRANGER: Final = "its target was neither made by this set-up nor found by it under a name of the settings"
_NOT_OURS: Final = "its target was not made by this set-up, and what was there before is never deleted"
_UNLISTED: Final = "changes of this kind are no part of a set-up"


class TenantGuard:
    """The rails of one run in one tenant; a `provisioning.transport.Guard`."""

    def __init__(
        self, settings: Settings, receipt: Receipt | None = None, *, most_requests: int = MOST_REQUESTS
    ) -> None:
        """`receipt` is the one that the run itself writes: what it records counts at once."""
        bases = settings.bases()
        self._settings = settings
        self._receipt = receipt or Receipt()
        self._places = (
            _Place.at(f"{bases.login}/{settings.tenant_id}", None),
            _Place.at(f"{bases.graph}/v1.0", _GRAPH),
            _Place.at(f"{settings.environment_url}/{API_PATH}", _DATAVERSE),
            _Place.at(bases.power_platform, ()),
            _Place.at(bases.discovery, ()),
        )
        self._left = most_requests
        self._most = most_requests
        self._made: set[str] = set()
        self._adopted: set[str] = set()
        self.keys = RegisteredKeys()

    def check(self, request: "httpx.Request") -> None:
        """Let a request pass, or raise Withheld, which names it without its query and its body."""
        reason = self._reason(request)
        if reason:
            raise Withheld(f"{request.method} {str(request.url).partition('?')[0]}", reason)
        if self._left <= 0:
            raise Withheld(
                f"{request.method} {str(request.url).partition('?')[0]}",
                f"this run has sent {self._most} requests, which is all it may",
                remedy="look what it was waiting for, then run it again: it goes on where it stopped",
            )
        self._left -= 1

    def heard(self, request: "httpx.Request", response: "httpx.Response") -> None:
        """Learn from an answer what this run has made, and which certificates an application has."""
        read = _APPLICATION.fullmatch(request.url.path) if request.method == "GET" else None
        if read is not None and response.is_success:
            self.keys.learn(read["target"], _object(response.content))
        is_create = response.status_code == 201 or (request.method == "POST" and response.is_success)
        path = request.url.path
        if not is_create or path.endswith("/$ref") or path.lower().endswith(f"(appid='{DATAVERSE_APP}')"):
            return  # Dataverse's own principal belongs to the tenant, even where a set-up was the first to want it
        if not any(place.holds(request) and place.rules for place in self._places):
            return
        entity = _LAST_ID.search(response.headers.get("odata-entityid", ""))
        told = _object(response.content)
        self._made |= {_same(str(told[name])) for name in ("id", "keyId") if told.get(name)}
        if entity:
            self._made.add(_same(entity[1]))
        if told.get("appId"):
            self._adopted.add(_same(str(told["appId"])))

    def adopt(self, id_: str, *, ours: bool = False) -> None:
        """From now on this may be changed, being what the settings name; with `ours` it may be deleted too."""
        (self._made if ours else self._adopted).add(_same(id_))

    def is_ours(self, id_: str) -> bool:
        """Whether this was made by us."""
        return _same(id_) in self._made or self._receipt.has_made(id_)

    def is_known(self, id_: str) -> bool:
        """Whether this is ours or adopted; an application also by its client id."""
        recorded = {_same(name) for thing in self._things for name in (thing.id, thing.members.get("app_id", ""))}
        return _same(id_) in self._made | self._adopted | recorded

    @property
    def names_a_role(self) -> bool:
        """Whether the settings name a role, which is then assigned as it is."""
        return self._settings.role is not None

    @property
    def receipt(self) -> Receipt:
        """What is recorded."""
        return self._receipt

    @property
    def _things(self) -> list[Any]:
        return [thing for _, thing in self._receipt.things()]

    def _reason(self, request: "httpx.Request") -> str:
        """Why this must not leave; "" where it may."""
        place = next((place for place in self._places if place.holds(request)), None)
        if place is None:
            return "it goes to none of the services, or not to the tenant, that the settings name"
        if request.method in _READING or place.rules is None:
            return ""
        for method, pattern, judge in place.rules:
            found = pattern.fullmatch(place.inside(request)) if method == request.method else None
            if found is not None:
                return judge(self, found.groupdict(), _object(request.content))
        return _UNLISTED


@asynccontextmanager
async def connect_guarded(
    settings: Settings, clock: Clock, receipt: Receipt | None = None, *, most_requests: int = MOST_REQUESTS
) -> AsyncIterator[Transport]:
    """The transport for a real tenant: as `connect`, within the rails. Raises BadInput as that does."""
    guard = TenantGuard(settings, receipt, most_requests=most_requests)
    async with connect(clock, ca_file=settings.ca_file, guard=guard) as transport:
        yield transport


_Judge = Callable[[TenantGuard, Mapping[str, str], Mapping[str, Any]], str]
_Rule = tuple[str, re.Pattern[str], _Judge]


@dataclass(frozen=True)
class _Place:
    """A service's base, and which changes may be asked there; anything on its host may be read.

    No rules (None): the token service, where tenants share the host, and nothing below the base changes a tenant.
    """

    origin: tuple[str, str, int]
    path: str
    rules: tuple[_Rule, ...] | None

    @classmethod
    def at(cls, base: str, rules: tuple[_Rule, ...] | None) -> "_Place":
        import httpx

        url = httpx.URL(base)
        return cls(_origin(url), url.path.rstrip("/") + "/", rules)

    def holds(self, request: "httpx.Request") -> bool:
        return _origin(request.url) == self.origin and (self.rules is not None or self.inside(request) != "")

    def inside(self, request: "httpx.Request") -> str:
        """The path below the base; "" where it is beside it."""
        path = request.url.path
        return path[len(self.path) :] if path.lower().startswith(self.path.lower()) else ""


def _origin(url: "httpx.URL") -> tuple[str, str, int]:
    return url.scheme, url.host.lower(), url.port or 443


def _same(id_: str) -> str:
    """Ids as they are compared: GUIDs are spelt in either case."""
    return id_.lower()


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _may_create(_guard: TenantGuard, _found: Mapping[str, str], _body: Mapping[str, Any]) -> str:
    return ""


def _may_change(guard: TenantGuard, found: Mapping[str, str], _body: Mapping[str, Any]) -> str:
    return "" if guard.is_known(found["target"]) else _STRANGER


def _may_change_application(guard: TenantGuard, found: Mapping[str, str], body: Mapping[str, Any]) -> str:
    """What is known, and no list of certificates without one that is somebody else's."""
    rows = body.get("keyCredentials")
    if isinstance(rows, list):
        for names in guard.keys.left_out(found["target"], rows):
            if not any(guard.is_ours(name) or guard.is_ours(name.upper()) for name in names):
                return "it would remove a certificate that was not made by this set-up"
    return _may_change(guard, found, body)


def _may_delete(guard: TenantGuard, found: Mapping[str, str], _body: Mapping[str, Any]) -> str:
    return "" if guard.is_ours(found["target"]) else _NOT_OURS


def _may_upsert(_guard: TenantGuard, found: Mapping[str, str], _body: Mapping[str, Any]) -> str:
    """An application's key is our marker and the name of the set-up."""
    return "" if found["key"].startswith(f"{MARKER} ") else "the application's key does not carry our marker"


def _may_have_principal(guard: TenantGuard, found: Mapping[str, str], body: Mapping[str, Any]) -> str:
    """Ours, or Dataverse's own, which may be there and of which nothing is changed."""
    if _same(found["target"]) == DATAVERSE_APP and not body:
        return ""
    return _may_change(guard, found, body)


def _may_serve(member: str) -> _Judge:
    """A create on behalf of an application or principal, which must be known."""

    def judge(guard: TenantGuard, _found: Mapping[str, str], body: Mapping[str, Any]) -> str:
        return "" if guard.is_known(str(body.get(member, ""))) else f"its {member} is no application of this set-up"

    return judge


def _may_remove_secret(guard: TenantGuard, found: Mapping[str, str], body: Mapping[str, Any]) -> str:
    """Ours, or one that came up since one was asked for whose answer was never heard."""
    key = str(body.get("keyId", ""))
    if not guard.is_known(found["target"]):
        return _STRANGER
    asked = guard.receipt.asked("client_secret")
    before = asked.notes.get("before") if asked is not None else None
    came_since = before is not None and _same(key) not in {_same(each) for each in before}
    return "" if guard.is_ours(key) or came_since else "the secret was not made by this set-up"


def _may_fill_role(guard: TenantGuard, found: Mapping[str, str], body: Mapping[str, Any]) -> str:
    """The generated role, also where it was there; a role that the settings name is taken as it is."""
    if guard.names_a_role and not guard.is_ours(found["target"]):
        return "a role that the settings name is assigned and never changed"
    return _may_change(guard, found, body)


def _may_empty_role(guard: TenantGuard, found: Mapping[str, str], body: Mapping[str, Any]) -> str:
    """Ours, or of another's role what we had put in."""
    put_in = {
        _same(id_)
        for thing in (guard.receipt.thing("security_role"),)
        if thing is not None and _same(thing.id) == _same(found["target"])
        for id_ in thing.changed.get("privileges", "").split(",")
    }
    allowed = guard.is_ours(found["target"]) or _same(str(body.get("PrivilegeId", ""))) in put_in
    return "" if allowed else "the privilege was not put into the role by this set-up"


def _may_give_role(guard: TenantGuard, found: Mapping[str, str], body: Mapping[str, Any]) -> str:
    role = _LAST_ID.search(str(body.get("@odata.id", "")))
    known = role is not None and guard.is_known(role[1]) and guard.is_known(found["target"])
    return "" if known else "its user or its role is none of this set-up"


def _may_take_role(guard: TenantGuard, found: Mapping[str, str], _body: Mapping[str, Any]) -> str:
    """From our user, or from another's what we had given."""
    given = guard.receipt.thing("security_role")
    was_given = given is not None and "assigned" in given.changed
    same = given is not None and _same(given.id) == _same(found["role"])
    same = same and given is not None and _same(given.members.get("user", "")) == _same(found["target"])
    return "" if guard.is_ours(found["target"]) or (was_given and same) else "the role was not given by this set-up"


def _may_queue(guard: TenantGuard, _found: Mapping[str, str], body: Mapping[str, Any]) -> str:
    """A case of ours may go into any queue."""
    target = body.get("Target")
    case = str(target.get("incidentid", "")) if isinstance(target, dict) else ""
    return "" if guard.is_ours(case) else _STRANGER


_ID: Final = "[0-9a-fA-F-]{36}"
_APPLICATION: Final = re.compile(rf".*/applications/(?P<target>{_ID})")
_LAST_ID: Final = re.compile(rf"\(({_ID})\)\s*$")


def _rule(method: str, pattern: str, judge: _Judge) -> _Rule:
    return method, re.compile(pattern), judge


_GRAPH: Final[tuple[_Rule, ...]] = (
    _rule("PATCH", r"applications\(uniqueName='(?P<key>(?:[^']|'')*)'\)", _may_upsert),
    _rule("PATCH", rf"applications/(?P<target>{_ID})", _may_change_application),
    _rule("DELETE", rf"applications/(?P<target>{_ID})", _may_delete),
    _rule("POST", rf"applications/(?P<target>{_ID})/addPassword", _may_change),
    _rule("POST", rf"applications/(?P<target>{_ID})/removePassword", _may_remove_secret),
    _rule("PATCH", rf"servicePrincipals\(appId='(?P<target>{_ID})'\)", _may_have_principal),
    _rule("PATCH", rf"servicePrincipals/(?P<target>{_ID})", _may_change),
    _rule("DELETE", rf"servicePrincipals/(?P<target>{_ID})", _may_delete),
    _rule("POST", "oauth2PermissionGrants", _may_serve("clientId")),
    _rule("PATCH", r"oauth2PermissionGrants/(?P<target>[\w-]+)", _may_change),
    _rule("DELETE", r"oauth2PermissionGrants/(?P<target>[\w-]+)", _may_delete),
)
_DATAVERSE: Final[tuple[_Rule, ...]] = (
    _rule("POST", "systemusers", _may_serve("applicationid")),
    _rule("POST", "roles|contacts|incidents|annotations|msdyn_ocliveworkitems", _may_create),
    _rule("POST", rf"queues\({_ID}\)/Microsoft\.Dynamics\.CRM\.AddToQueue", _may_queue),
    _rule("PATCH", rf"systemusers\((?P<target>{_ID})\)", _may_change),
    _rule("DELETE", rf"(?:systemusers|roles|contacts|incidents)\((?P<target>{_ID})\)", _may_delete),
    _rule("POST", rf"roles\((?P<target>{_ID})\)/Microsoft\.Dynamics\.CRM\.AddPrivilegesRole", _may_fill_role),
    _rule("POST", rf"roles\((?P<target>{_ID})\)/Microsoft\.Dynamics\.CRM\.RemovePrivilegeRole", _may_empty_role),
    _rule("POST", rf"systemusers\((?P<target>{_ID})\)/systemuserroles_association/\$ref", _may_give_role),
    _rule(
        "DELETE",
        rf"systemusers\((?P<target>{_ID})\)/systemuserroles_association\((?P<role>{_ID})\)/\$ref",
        _may_take_role,
    ),
)
