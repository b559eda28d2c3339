"""The way in with sockets: TLS by a private authority, a CONNECT proxy, and localhost bases for clients without one."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn

from mock_services.certificates import issue
from mock_services.cloud import App, Arrival, FakeCloud, Receive, Scope, Send
from mock_services.faults import AnswerLost
from mock_services.hosts import CANONICAL, Service, service_of
from mock_services.proxy import ConnectProxy

_DIRECT = (
    Service.LOGIN,
    Service.GRAPH,
    Service.DATAVERSE,
    Service.POWER_PLATFORM,
    Service.DISCOVERY,
    Service.MANAGEMENT,
)
"""What clients can be pointed at; the portal's host is written into the only client that calls it."""
_READY_WITHIN_S = 30


class NotServed(OSError):
    """The fakes could not be served; the message says why."""


@dataclass(frozen=True)
class Served:
    """Where the fakes listen."""

    port: int
    """Every host name, by SNI and Host header; 443 when asked for."""
    proxy_url: str
    control_url: str
    authority_file: Path
    direct: dict[Service, str]
    """Bases on localhost, one a service; Dataverse's is that of the first tenant's first organisation."""


@contextmanager
def serving(cloud: FakeCloud, *, port: int = 0) -> Iterator[Served]:
    """Serve `cloud` on loopback from a thread of its own until the block ends. Raises NotServed.

    While it runs, the tenants belong to that thread: talk to them over HTTP.
    """
    with TemporaryDirectory(prefix="d365-harness-") as folder:
        server = _Server(cloud, Path(folder), port)
        thread = threading.Thread(target=server.run, name="d365-fakes", daemon=True)
        thread.start()
        try:
            yield server.wait_until_ready()
        finally:
            server.stop()
            thread.join(timeout=10)


class _AnnouncedServer(uvicorn.Server):
    """Uvicorn that says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event, proxy: ConnectProxy) -> None:
        super().__init__(config)
        self._ready = ready
        self._proxy = proxy

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Tunnels that clients keep alive would hold the graceful end up for its whole second.
        await self._proxy.stop()
        await super().shutdown(sockets=sockets)


class _Server:
    """Uvicorn on one socket a role, the proxy beside it, all in one event loop."""

    def __init__(self, cloud: FakeCloud, folder: Path, port: int) -> None:
        self._cloud = cloud
        self._certificates = issue(folder)
        self._main = _listen(port)
        self._sockets = {service: _listen(0) for service in _DIRECT}
        self._control = _listen(0)
        self._targets: dict[int, str] = {}
        self._ready = threading.Event()
        self._served: Served | None = None
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._uvicorn: uvicorn.Server | None = None

    def run(self) -> None:
        """The thread's whole life."""
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._serve())
        except BaseException as problem:  # handed to the thread that waits
            self._failure = problem
        finally:
            self._ready.set()

    def wait_until_ready(self) -> Served:
        """Block until the fakes answer."""
        if not self._ready.wait(_READY_WITHIN_S):
            raise NotServed(f"the fakes did not start within {_READY_WITHIN_S} s")
        if self._served is None:
            raise NotServed(f"the fakes did not start: {self._failure}") from self._failure
        return self._served

    def stop(self) -> None:
        """Ask the thread to end."""
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True

    async def _serve(self) -> None:
        router = _Router(self._cloud, self._ports(), self._direct_bases(), self._targets)
        config = uvicorn.Config(
            router,
            ssl_certfile=self._certificates.server_file,
            ssl_keyfile=self._certificates.server_file,
            http="httptools",
            lifespan="off",
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
            backlog=512,
        )
        proxy = ConnectProxy(to_port=_port(self._main), targets=self._targets)
        self._uvicorn = _AnnouncedServer(config, self._ready, proxy)
        proxy_port = await proxy.start()
        self._served = Served(
            port=_port(self._main),
            proxy_url=f"http://127.0.0.1:{proxy_port}",
            control_url=f"https://localhost:{_port(self._control)}",
            authority_file=self._certificates.authority_file,
            direct={service: _base(listener) for service, listener in self._sockets.items()},
        )
        await self._uvicorn.serve(sockets=[self._main, *self._sockets.values(), self._control])

    def _ports(self) -> "dict[int, Service | None]":
        """Listening port -> the service it is for; the control port -> None."""
        ports: dict[int, Service | None] = {_port(s): service for service, s in self._sockets.items()}
        ports[_port(self._control)] = None
        return ports

    def _direct_bases(self) -> dict[str, str]:
        bases = {
            f"https://{CANONICAL[service]}": _base(listener)
            for service, listener in self._sockets.items()
            if service in CANONICAL
        }
        organisations = [o for tenant in self._cloud.tenants for o in tenant.organisations]
        if organisations:
            bases[f"https://{organisations[0].host}"] = _base(self._sockets[Service.DATAVERSE])
        return bases


class _Router:
    """Tells by the socket and the proxy's notes which host a request means, and passes it on."""

    def __init__(
        self,
        cloud: FakeCloud,
        ports: "dict[int, Service | None]",
        direct_bases: dict[str, str],
        targets: dict[int, str],
    ) -> None:
        self._cloud = cloud
        self._ports = ports
        self._direct_bases = direct_bases
        self._by_direct_base = {direct: canonical for canonical, direct in direct_bases.items()}
        self._targets = targets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        port = scope["server"][1]
        if port in self._ports and self._ports[port] is None:
            await self._control(scope, receive, send)
            return
        try:
            await self._cloud.answer(scope, receive, send, self._arrival(scope, port))
        except AnswerLost:
            # Begun and never completed: the server cuts such a connection, which is what the client must see.
            headers = [(b"content-length", b"1")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})

    @cached_property
    def _control(self) -> App:
        from mock_services.control import control  # made when first asked, since no first token waits for it

        return control(self._cloud)

    def _arrival(self, scope: Scope, port: int) -> Arrival:
        if port in self._ports:
            base = f"https://localhost:{port}"
            host = self._by_direct_base.get(base, "").removeprefix("https://")
            return Arrival(host=host, base=base, direct_bases=self._direct_bases, came_direct=True)
        asked = next((v.decode("latin-1") for n, v in scope["headers"] if n == b"host"), "").lower()
        name, _, asked_port = asked.partition(":")
        proxied = self._targets.get(scope["client"][1]) if scope["client"] else None
        if proxied is not None:
            return Arrival(host=proxied, base=f"https://{proxied}", direct_bases=self._direct_bases)
        suffix = f":{asked_port}" if asked_port not in {"", "443"} else ""
        known = name if service_of(name) else asked
        return Arrival(host=known, base=f"https://{name}{suffix}", direct_bases=self._direct_bases)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as problem:
        listener.close()
        raise NotServed(f"port {port} on 127.0.0.1 cannot be listened on: {problem.strerror}") from None
    return listener


def _port(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def _base(listener: socket.socket) -> str:
    return f"https://localhost:{_port(listener)}"


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    try:
        import uvloop
    except ImportError:  # not on Windows
        return None
    return uvloop.Loop
