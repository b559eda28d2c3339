"""Where a browser comes back to after a sign-in: a port of this machine that is open for that one answer.

The answer comes as a POST (`response_mode=form_post`), so that the code stands in no address and no history; whoever
does not know the sign-in's `state` is not listened to. MSAL's own receiver does the same in a thread that only ends by
itself, and polls by the machine's clock; RFC 8252 section 7.3 has the loopback address.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from anyio.abc import ByteStream

_MOST_BYTES = 64 * 1024
_CLOSED = b"<!doctype html><title>Signed in</title><p>You may close this window and go back to the program.</p>"
_NOT_OURS = b"<!doctype html><title>Not expected</title><p>This is no answer to the sign-in that is under way.</p>"
_POLICY = b"cache-control: no-store\r\nreferrer-policy: no-referrer\r\ncontent-security-policy: default-src 'none'\r\n"


class BrowserReturn:
    """An open port; `answer` is what the browser brought, None until it came."""

    def __init__(self, port: int) -> None:
        self.uri = f"http://localhost:{port}"
        self.state = ""
        """What the answer has to know; until it is set nobody is listened to."""
        self.answer: Mapping[str, str] | None = None

    async def handle(self, stream: ByteStream) -> None:
        """One connection, one request."""
        import anyio

        broken = (anyio.EndOfStream, anyio.BrokenResourceError, anyio.DelimiterNotFound, anyio.IncompleteRead)
        async with stream:
            try:
                form = await _read_form(stream)
                expected = bool(self.state) and hmac.compare_digest(form.get("state", "").encode(), self.state.encode())
                await stream.send(_page(b"200 OK", _CLOSED) if expected else _page(b"400 Bad Request", _NOT_OURS))
            except (*broken, ValueError):
                return  # a browser that asks ahead, a scanner
        if expected and self.answer is None:
            self.answer = form


@asynccontextmanager
async def waiting_for_browser() -> AsyncIterator[BrowserReturn]:
    """A free port of this machine while a sign-in is under way."""
    import anyio
    from anyio.abc import SocketAttribute

    # As MSAL does: the redirect says localhost, which is what is registered, and only this machine is listened to.
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as tasks:
        back = BrowserReturn(listener.extra(SocketAttribute.local_port))  # noqa: S610 - anyio's, not Django's
        tasks.start_soon(listener.serve, back.handle)
        try:
            yield back
        finally:
            tasks.cancel_scope.cancel()


async def _read_form(stream: ByteStream) -> dict[str, str]:
    """The fields of a POST; {} for any other request. Raises ValueError for what is no request at all."""
    from anyio.streams.buffered import BufferedByteReceiveStream

    buffered = BufferedByteReceiveStream(stream)
    head = (await buffered.receive_until(b"\r\n\r\n", _MOST_BYTES)).decode("latin-1")
    request, *lines = head.split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", "0"))
    if not request.startswith("POST ") or not 0 < length <= _MOST_BYTES:
        return {}
    body = await buffered.receive_exactly(length)
    return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True))


def _page(status: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n"
    return head % (status, len(body)) + _POLICY + b"\r\n" + body
