"""What can happen to one request, and the transport that lets it happen to a chosen one.

Harms strike between the engine and the services, by the number of the request, so that every request of a run can
be struck in turn. What a service itself would answer is said in its own words by the services' own faults; a proxy, a
balancer or a cut cable speaks for none of them.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import anyio.lowlevel
import httpx

from mock_services.cloud import FakeCloud
from mock_services.hosts import Service, service_of
from mock_services.intercept import FakeTransport
from mock_services.tenant import FakeTenant, Snapshot


class Harm(StrEnum):
    """What happens to a request."""

    REFUSED = "refused"
    """No connection: nothing happened."""
    LOST_BEFORE = "lost before"
    """The connection broke before the service did anything."""
    LOST_AFTER = "lost after"
    """It was done, and the connection broke before a word of the answer came."""
    CUT = "answer cut"
    """It was done; the answer ended in the middle and the client noticed."""
    GARBLED = "answer garbled"
    """It was done; half of the answer's body arrived as if it were all of it."""
    TIMED_OUT = "timed out"
    """It was done, and no answer came in time."""
    THROTTLED = "429"
    """Told to come back in seven seconds; nothing happened."""
    FAILED = "500"
    """An error page of the service; nothing happened."""
    FAILED_AFTER = "500 but done"
    """It was done, and an error came back all the same."""
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504 but done"
    """A balancer lost patience with a service that went on."""
    PAGE = "HTML page"
    """A proxy's page with status 200 in place of the answer; nothing happened."""
    STALE = "stale read"
    """A read of Graph that misses the last write."""
    FLICKER = "flicker"
    """That read and the one after the next miss it."""
    KILLED_BEFORE = "killed before"
    """The process dies as it is about to ask."""
    KILLED_AFTER = "killed after"
    """The process dies when it was done and nothing was written down."""


NOTHING_DONE = frozenset(
    {
        Harm.REFUSED, Harm.LOST_BEFORE, Harm.THROTTLED, Harm.FAILED, Harm.BAD_GATEWAY, Harm.UNAVAILABLE, Harm.PAGE,
        Harm.KILLED_BEFORE,
    }
)  # fmt: skip
"""Harms that keep the request from the service."""
KINDS: dict[str, tuple[Harm, ...]] = {
    "not sent": (Harm.REFUSED, Harm.LOST_BEFORE),
    "not done, and answered": (Harm.THROTTLED, Harm.FAILED, Harm.BAD_GATEWAY, Harm.UNAVAILABLE, Harm.PAGE),
    "done, and no answer": (Harm.LOST_AFTER, Harm.CUT, Harm.GARBLED, Harm.TIMED_OUT),
    "done, and an error": (Harm.FAILED_AFTER, Harm.GATEWAY_TIMEOUT),
    "an old answer": (Harm.STALE, Harm.FLICKER),
    "killed before": (Harm.KILLED_BEFORE,),
    "killed after": (Harm.KILLED_AFTER,),
}
"""Every harm, among those that leave a client equally ignorant of what was done."""
_STATUS = {
    Harm.THROTTLED: 429,
    Harm.FAILED: 500,
    Harm.FAILED_AFTER: 500,
    Harm.BAD_GATEWAY: 502,
    Harm.UNAVAILABLE: 503,
    Harm.GATEWAY_TIMEOUT: 504,
    Harm.PAGE: 200,
}
_TOLD = re.compile(r'"(?:access_token|secretText)":\s*"(?P<value>[^"]+)"')
_PAGE = "<html><head><title>Please wait</title></head><body><h1>Please wait</h1></body></html>"


class Killed(BaseException):
    """The process is gone: nothing in it runs any further."""


class HarmingTransport(httpx.AsyncBaseTransport):
    """A way to the fakes on which the requests with the numbers in `harms`, counted from zero, come to harm."""

    def __init__(
        self, cloud: FakeCloud, tenant: FakeTenant, harms: Mapping[int, Harm], delays: Sequence[int] = ()
    ) -> None:
        """`delays`: before request n let `delays[n]` turns of other tasks go by, for who races with somebody."""
        self._inner = FakeTransport(cloud)
        self._delays = delays
        self._tenant = tenant
        self._harms = harms
        self._before_last_write: Snapshot | None = None
        self.requests: list[tuple[str, str]] = []
        """Method and address without query of every request, in order."""
        self.instants: list[datetime] = []
        """When each was sent, by the tenant's clock."""
        self.struck: set[int] = set()
        self.told: set[str] = set()
        """Every token and every secret that the services told, for who looks where they turn up."""

    def arm(self, harms: Mapping[int, Harm]) -> None:
        """From now on the requests with these numbers come to harm, counted from the very first one."""
        self._harms = harms

    def disarm(self) -> None:
        """From now on nothing comes to harm."""
        self._harms = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Let one request through, or let its harm happen to it. Raises Killed, and what httpx raises."""
        number = len(self.requests)
        for _ in range(self._delays[number % len(self._delays)] if self._delays else 0):
            await anyio.lowlevel.checkpoint()
        self.requests.append((request.method, str(request.url.copy_with(query=None))))
        self.instants.append(self._tenant.clock.now())
        harm = self._harms.get(number)
        if harm is None:
            flickers = self._harms.get(number - 2) is Harm.FLICKER
            return await (self._stale(request) if flickers else self._through(request))
        self.struck.add(number)
        return await self._harmed(request, harm)

    async def _harmed(self, request: httpx.Request, harm: Harm) -> httpx.Response:
        if harm in {Harm.STALE, Harm.FLICKER}:
            return await self._stale(request)
        response = None if harm in NOTHING_DONE else await self._through(request)
        if harm in {Harm.KILLED_BEFORE, Harm.KILLED_AFTER}:
            raise Killed
        if harm is Harm.REFUSED:
            raise httpx.ConnectError("connection refused", request=request)
        if harm in {Harm.LOST_BEFORE, Harm.LOST_AFTER}:
            raise httpx.ReadError("connection reset by peer", request=request)
        if harm is Harm.CUT:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete body", request=request)
        if harm is Harm.TIMED_OUT:
            raise httpx.ReadTimeout("timed out", request=request)
        if harm is Harm.GARBLED:
            return await _halved(request, response)
        headers = {"retry-after": "7"} if harm is Harm.THROTTLED else {}
        return httpx.Response(_STATUS[harm], headers=headers, html=_PAGE, request=request)

    async def _through(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET" and service_of(request.url.host) is not Service.LOGIN:
            self._before_last_write = self._tenant.snapshot()
        response = await self._inner.handle_async_request(request)
        self.told |= {found["value"] for found in _TOLD.finditer((await response.aread()).decode())}
        return response

    async def _stale(self, request: httpx.Request) -> httpx.Response:
        """The answer that a replica gives which has not heard of the last write."""
        past, is_read = self._before_last_write, request.method == "GET"
        if past is None or not is_read or service_of(request.url.host) is not Service.GRAPH:
            return await self._through(request)
        present = self._tenant.snapshot()
        self._tenant.restore(past)
        try:
            return await self._inner.handle_async_request(request)
        finally:
            self._tenant.restore(present)


async def _halved(request: httpx.Request, response: httpx.Response | None) -> httpx.Response:
    assert response is not None  # noqa: S101 - the harm is one of those that let the request through
    body = await response.aread()
    kept = {name: value for name, value in response.headers.items() if name != "content-length"}
    return httpx.Response(response.status_code, headers=kept, content=body[: len(body) // 2], request=request)
