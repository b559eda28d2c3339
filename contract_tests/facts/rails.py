"""What may leave this machine towards the place that is asked, decided in the transport."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final, get_args

import httpx

from contract_tests.facts.fact import Service
from contract_tests.facts.place import Place
from provisioning.problems import Withheld

MARK: Final = "d365-contract"
"""What the name of everything begins with that a run makes."""
SLUG: Final = "d365contract"
"""The same where neither hyphens nor blanks may stand, as in the schema name of a table."""
ABSENT_ID: Final = "deadbeef-0000-4000-8000-00000000dead"
"""An id that nothing has; it may be named in any request."""

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_ID: Final = re.compile("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_SHORTEST_ID: Final = 36  # a GUID's; Graph's grants have longer ones
_TOKEN_PATH = re.compile(r"/oauth2/(v2\.0/)?(token|devicecode|authorize|logout)/?$")


class Rails(httpx.AsyncBaseTransport):
    """A transport that sends to the place's hosts alone, within a budget, and changes only what carries our mark.

    A request that changes something must name, in its path or its body, the mark, something that this run has made,
    or the id of nothing. Raises provisioning.problems.Withheld.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, place: Place, *, may_write: bool) -> None:
        self._inner = inner
        self._may_write = may_write
        self._hosts = {httpx.URL(place.base(each)).host for each in _SERVICES} | _also(place)
        self._left = self._most = place.contract.most_requests
        self._ours: set[str] = {ABSENT_ID}

    @property
    def sent(self) -> int:
        """How many requests have gone out."""
        return self._most - self._left

    def know(self, ids: Iterable[str]) -> None:
        """From now on requests may change what has these ids."""
        self._ours |= {each.lower() for each in ids if len(each) >= _SHORTEST_ID}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, or raise Withheld."""
        reason = self._reason(request, await request.aread())
        if reason:
            raise Withheld(f"{request.method} {str(request.url).partition('?')[0]}", reason)
        self._left -= 1
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what is below."""
        await self._inner.aclose()

    def _reason(self, request: httpx.Request, content: bytes) -> str:
        if request.url.host not in self._hosts:
            return "its host is none of the place that the settings name"
        if self._left <= 0:
            return f"this run has sent {self._most} requests, which is all that contract.most_requests allows"
        if request.method in _READING or _TOKEN_PATH.search(request.url.path):
            return ""
        if not self._may_write:
            return "this run only reads; --live-writes lets it make and remove marked objects"
        said = f"{request.url.path} {content.decode(errors='replace')}".lower()
        if MARK in said or SLUG in said or any(each in said for each in self._ours):
            return ""
        return "it names neither our mark nor anything that this run has made"


_SERVICES: Final[tuple[Service, ...]] = get_args(Service)


def _also(place: Place) -> set[str]:
    """An environment's second host, which the Web API answers at as well."""
    name, _, rest = place.host.partition(".")
    return {f"{name}.api.{rest}"}


def told_id(answer: httpx.Response) -> str | None:
    """The id of what an answer is about: of its entity, else its body's `id`."""
    named = _ID.findall((answer.headers.get("odata-entityid") or "").rpartition("(")[2])
    if named:
        return str(named[-1])
    body: Any = answer.json() if answer.content else None
    return str(body["id"]) if isinstance(body, dict) and body.get("id") else None


def told_ids(answer: httpx.Response) -> set[str]:
    """The ids by which an answer to a create names what it has made."""
    place = answer.headers.get("odata-entityid") or ""
    found = set(_ID.findall(place.rpartition("(")[2]))
    try:
        body: Any = json.loads(answer.content or b"null")
    except ValueError:
        return found
    if isinstance(body, dict):
        found |= {str(body[name]) for name in ("id", "appId", "keyId") if body.get(name)}
    return found
