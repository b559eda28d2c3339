"""The way in without sockets: real host names, answered in this process; any other host is refused."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager

import httpx
import respx
from anyio.from_thread import start_blocking_portal

from mock_services.cloud import FakeCloud
from mock_services.faults import AnswerLost, Kind
from mock_services.hosts import service_of


class NotAFakeHost(httpx.ConnectError):
    """A request in fake mode to a host that no fake plays: refused before anything leaves the machine."""


class FakeTransport(httpx.AsyncBaseTransport):
    """An httpx transport that a client can be given, answered by a fake cloud."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = httpx.ASGITransport(cloud, client=("127.0.0.1", 0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request. Raises NotAFakeHost, and what httpx raises for an answer that a planned fault loses."""
        host = request.url.host
        if service_of(host) is None:
            raise NotAFakeHost(
                f"{host} is not a fake: in fake mode nothing is sent to it (Dataverse hosts look like"
                " contoso.crm4.dynamics.com)",
                request=request,
            )
        try:
            return await self._cloud.handle_async_request(request)
        except AnswerLost as lost:
            raise _as_httpx_tells(lost, request) from None


def _as_httpx_tells(lost: AnswerLost, request: httpx.Request) -> httpx.TransportError:
    """The exception of httpx, with the words that the operating system and OpenSSL put into it."""
    error, words = _LOST.get(lost.kind, (httpx.ReadError, str(lost)))
    return error(words, request=request)


_LOST: dict[Kind, tuple[type[httpx.TransportError], str]] = {
    Kind.NAME_UNKNOWN: (httpx.ConnectError, "[Errno -2] Name or service not known"),
    Kind.REFUSED: (httpx.ConnectError, "[Errno 111] Connection refused"),
    Kind.CERTIFICATE_UNTRUSTED: (
        httpx.ConnectError,
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate",
    ),
    Kind.PROXY_REFUSED: (httpx.ProxyError, "407 Proxy Authentication Required"),
    Kind.UNANSWERED: (httpx.ReadTimeout, "The read operation timed out"),
}


@contextmanager
def intercept(cloud: FakeCloud) -> Iterator[respx.MockRouter]:
    """While open, every httpx client in this process talks to `cloud` instead of the network.

    A synchronous client works too, but not from inside a running event loop, which it would block.
    """
    transport = FakeTransport(cloud)

    async def answer(request: httpx.Request) -> httpx.Response:
        response = await transport.handle_async_request(request)
        await response.aread()
        return httpx.Response(
            response.status_code, headers=response.headers.raw, content=response.content, request=request
        )

    def route(request: httpx.Request) -> httpx.Response | Awaitable[httpx.Response]:
        """Async clients await the answer; a sync one, which no loop runs under, gets it from a loop of its own."""
        if _in_event_loop():
            return answer(request)
        with start_blocking_portal() as portal:
            return portal.call(answer, request)

    # One catch-all: matching routes is linear in their number.
    with respx.mock(assert_all_called=False) as router:
        router.route().mock(side_effect=route)
        yield router


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
