"""A CONNECT proxy on loopback: unmodified clients keep the real host names, and reach only fakes."""

import asyncio
import contextlib
from collections.abc import MutableMapping

from mock_services.hosts import service_of

_HEAD_LIMIT = 16_384
_CHUNK = 65_536


class ConnectProxy:
    """Tunnels `CONNECT host:443` for hosts that a fake plays to the served port; refuses every other host.

    The tunnel's own source port is written into `targets` with the host that was asked for, so that the
    server behind it knows the true name even of a client that puts something else into its Host header.
    """

    def __init__(self, *, to_port: int, targets: MutableMapping[int, str]) -> None:
        self._to_port = to_port
        self._targets = targets
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen on a free loopback port; the port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=_HEAD_LIMIT)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening and cut the open tunnels."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio runs every connection in a task
        self._open.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the client went away or spoke no HTTP, or the proxy stops: nothing to answer
        finally:
            self._open.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, _, rest = head.partition("\r\n")[0].partition(" ")
        target = rest.partition(" ")[0]
        host, _, port = target.rpartition(":")
        if method != "CONNECT":
            await _refuse(writer, 405, "only CONNECT is served here: the fakes speak HTTPS alone")
        elif service_of(host) is None:
            await _refuse(writer, 403, f"{host} is not a fake; in fake mode nothing is sent to it")
        elif port != "443":
            await _refuse(writer, 403, f"{host} is a fake on port 443, not {port}")
        else:
            await self._tunnel(host.lower(), reader, writer)

    async def _tunnel(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        source: int = inner_writer.get_extra_info("sockname")[1]
        self._targets[source] = host
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pipe(reader, inner_writer), _pipe(inner_reader, writer))
        finally:
            self._targets.pop(source, None)
            inner_writer.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy one direction until its end, then pass the end on."""
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.close()


async def _refuse(writer: asyncio.StreamWriter, status: int, sentence: str) -> None:
    body = sentence.encode()
    reason = {403: "Forbidden", 405: "Method Not Allowed"}[status]
    writer.write(
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        + body
    )
    await writer.drain()
