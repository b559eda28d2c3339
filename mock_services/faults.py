"""Transport faults, exact: which call, after how many, how many times, before or after the effect, and what happens.

A failure of a tenant comes out of its state; these are for what happens on the way: throttling, outages, answers that
get lost. Nothing here is drawn by chance. A fault says afterwards how often it struck, so that a test can insist on it.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mock_services.exchange import Exchange
from mock_services.hosts import Service

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Kind(StrEnum):
    """What happens to the call."""

    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    GATEWAY_PAGE = "gateway_page"
    LOST_BEFORE = "lost_before"
    LOST_AFTER = "lost_after"
    # Before a connection stands. Served fakes have no say in that: there the connection breaks instead.
    NAME_UNKNOWN = "name_unknown"
    REFUSED = "refused"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    PROXY_REFUSED = "proxy_refused"
    UNANSWERED = "unanswered"


_ANSWERED = frozenset({Kind.THROTTLED, Kind.UNAVAILABLE, Kind.GATEWAY_PAGE})


class AnswerLost(ConnectionResetError):
    """No answer comes: the client learns nothing, whether or not the call took effect. `kind` says how it was lost."""

    def __init__(self, said: str, kind: Kind) -> None:
        super().__init__(said)
        self.kind = kind


@dataclass
class Fault:
    """One planned disturbance. `path` is searched for in the call's path (a regular expression)."""

    kind: Kind
    service: Service
    method: str = "*"
    path: str = ""
    after: int = 0
    """Matching calls that pass unharmed first."""
    times: int = 1
    retry_after_s: int | None = None
    """The `Retry-After` that a throttled or unavailable service sends; None leaves it out."""
    struck: int = field(default=0, init=False)
    _passed: int = field(default=0, init=False)

    def claims(self, service: Service | None, method: str, path: str) -> bool:
        """Whether this call is one to disturb; counts it either way."""
        if service is not self.service or self.method not in {"*", method} or not re.search(self.path, path):
            return False
        if self._passed < self.after:
            self._passed += 1
            return False
        if self.struck >= self.times:
            return False
        self.struck += 1
        return True


class NeverStruck(AssertionError):
    """A planned fault met no call: the test it was planned in proves nothing about it."""


@dataclass
class Faults:
    """The faults planned for one cloud, in order; the first that claims a call has it."""

    _planned: list[Fault] = field(default_factory=list)

    def plan(self, fault: Fault) -> Fault:
        """Add a fault; it stays until it has struck its number of times."""
        self._planned.append(fault)
        return fault

    @contextmanager
    def planned(self, fault: Fault) -> Iterator[Fault]:
        """A fault for the length of a block. Raises NeverStruck at its end when no call met it."""
        self.plan(fault)
        try:
            yield fault
        finally:
            self._planned.remove(fault)
        if not fault.struck:
            raise NeverStruck(f"no call met the planned fault {fault}")

    def end(self) -> None:
        """Every planned disturbance is over."""
        self._planned.clear()

    def claimed(self, service: Service | None, method: str, path: str) -> Fault | None:
        """The fault that has this call, or None."""
        return next((fault for fault in self._planned if fault.claims(service, method, path)), None)


# The services' own words. Token service: plain text with 60 s (MSAL.NET#2855). Graph: the throttling page's sample.
# Dataverse: MicrosoftDocs/powerapps-docs api-limits.md. The rest of a throttled answer is nobody's fact.
_GRAPH_THROTTLED = (
    b'{"error":{"code":"TooManyRequests","message":"Please retry again later.",'
    b'"innerError":{"code":"429","message":"Please retry after","status":"429"}}}'
)
_DATAVERSE_THROTTLED = (
    b'{"error":{"code":"0x80072322","message":'
    b'"Number of requests exceeded the limit of 6000 over time window of 300 seconds."}}'
)
_JSON, _TEXT, _HTML = b"application/json; charset=utf-8", b"text/plain", b"text/html"
_THROTTLED: Mapping[Service, tuple[bytes, bytes]] = {
    Service.LOGIN: (_TEXT, b"Too Many Requests"),
    Service.GRAPH: (_JSON, _GRAPH_THROTTLED),
    Service.DATAVERSE: (_JSON, _DATAVERSE_THROTTLED),
}
_UNAVAILABLE: Mapping[Service, tuple[bytes, bytes]] = {
    Service.GRAPH: (_JSON, b'{"error":{"code":"serviceNotAvailable","message":"The service is unavailable."}}'),
}
_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


async def strike(fault: Fault, exchange: Exchange, send: Send) -> int:
    """Send what the fault says instead of an answer; the status. Raises AnswerLost for a lost one."""
    if fault.kind not in _ANSWERED:
        raise AnswerLost(f"the answer of {fault.service} was lost on the way, as planned", fault.kind)
    if fault.kind is Kind.THROTTLED:
        status, (content_type, body) = 429, _THROTTLED.get(fault.service, (_TEXT, b"Too Many Requests"))
    elif fault.kind is Kind.UNAVAILABLE:
        status, (content_type, body) = 503, _unavailable(fault.service, exchange)
    else:
        status, content_type, body = 502, _HTML, _PAGE
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    if fault.service is Service.LOGIN:
        headers.append((b"x-ms-request-id", exchange.request_id.encode()))
    if fault.retry_after_s is not None and status != 502:
        headers.append((b"retry-after", str(fault.retry_after_s).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    return status


def _unavailable(service: Service, exchange: Exchange) -> tuple[bytes, bytes]:
    """An outage in the service's own words; the token service has an envelope and a code for it."""
    if service is not Service.LOGIN:
        return _UNAVAILABLE.get(service, (_TEXT, b"Service Unavailable"))
    from mock_services.login.errors import Refused, told
    from mock_services.login.refusals import requests

    return _JSON, told(Refused(requests.TRANSIENT), exchange).body()
