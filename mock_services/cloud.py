"""FakeCloud: every request in, by host to a service, by its own marks to a tenant; every answer into a journal."""

import importlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mock_services import baseline
from mock_services.baseline import DEFAULT_SOLUTIONS
from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.exchange import SCOPE_KEY, Exchange
from mock_services.faults import Faults, Kind, strike
from mock_services.hosts import NationalCloud, Service, organisation_host, service_of
from mock_services.issuers import Issuers
from mock_services.journal import Journal
from mock_services.signing import SigningKeys
from mock_services.state.organisation import Organisation
from mock_services.state.pending import PendingSignIns
from mock_services.tenant import FakeTenant

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Imported on the first request for them, so that a process pays only for the fakes it uses.
_APPS: dict[Service, str] = {
    Service.LOGIN: "mock_services.login.routes",
    Service.GRAPH: "mock_services.graph.routes",
    Service.DATAVERSE: "mock_services.dataverse.routes",
    Service.POWER_PLATFORM: "mock_services.power_platform.routes",
    Service.DISCOVERY: "mock_services.power_platform.routes",
    Service.MANAGEMENT: "mock_services.management.routes",
    Service.PORTAL: "mock_services.portal.routes",
}
_KEPT_BODY = 16_385
"""Bytes of a body that the journal is given: one more than it keeps, so that it knows when it cut."""


@dataclass(frozen=True)
class Arrival:
    """By which name a request came in, and how its client spells that name."""

    host: str
    base: str
    direct_bases: Mapping[str, str] = field(default_factory=dict)
    came_direct: bool = False


class FakeCloud:
    """A make-believe Microsoft cloud: an ASGI application that answers for all its host names.

    Tenants are its isolation: any number live side by side, told apart as Microsoft does, by the tenant in
    the token's path, the `tid` of a bearer and the environment's host.
    """

    def __init__(self, *, seed: int = 0, clock: FakeClock | None = None, keys: SigningKeys | None = None) -> None:
        """Same seed, same ids and secrets. `clock` is copied into new tenants' start; None stands still at now."""
        self.seed = seed
        self.clock = clock or FakeClock()
        self.chance = Chance(f"{seed}/cloud")
        self.signing_keys = keys or SigningKeys()
        self.issuers = Issuers(self.clock, self.chance)
        """Token services of other people's that federated credentials may trust."""
        self.pending = PendingSignIns(self.chance)
        self.journal = Journal()
        """What was said before a tenant was known, or to none."""
        self.faults = Faults()
        self._tenants: dict[str, FakeTenant] = {}
        self._made = 0

    def create_tenant(
        self,
        name: str = "Contoso",
        *,
        region: str = "crm4",
        national_cloud: NationalCloud = NationalCloud.PUBLIC,
        solutions: Iterable[str] | None = None,
        clock: FakeClock | None = None,
        metadata: Path | None = None,
    ) -> FakeTenant:
        """A new healthy tenant with one Dataverse organisation, in a few milliseconds.

        `region` counts in the public cloud only; a national cloud has its own hosts and does not know the others'
        tenants. `solutions` decide which tables exist: `customer_service` brings incidents, `omnichannel` live work
        items; both where nothing is said. `metadata` is a file saved from a real organisation's `$metadata`: its custom
        tables and columns are there too, and the solutions that it shows. Raises BadMetadata for a file that is none.
        """
        document = None
        if metadata is not None:
            from mock_services.state.organisation import csdl

            document = csdl.read_metadata(metadata)
            solutions = csdl.solutions_in(document) if solutions is None else solutions
        self._made += 1
        label = "".join(c for c in name.lower() if c.isalnum()) + (str(self._made) if self._made > 1 else "")
        tenant = baseline.fresh(
            name=name,
            label=label,
            region=region,
            national_cloud=national_cloud,
            solutions=frozenset(DEFAULT_SOLUTIONS if solutions is None else solutions),
            clock=clock or FakeClock(self.clock.now(), running=self.clock.running),
            chance=Chance(f"{self.seed}/{self._made}"),
            document=document,
        )
        return self.adopt(tenant)

    def adopt(self, tenant: FakeTenant) -> FakeTenant:
        """Take in a tenant made elsewhere, for instance one kept in a file."""
        self._tenants[tenant.id] = tenant
        return tenant

    def drop(self, tenant: FakeTenant) -> None:
        """Forget a tenant and give its memory back."""
        self._tenants.pop(tenant.id, None)
        tenant.close()

    @property
    def tenants(self) -> tuple[FakeTenant, ...]:
        """All tenants, oldest first."""
        return tuple(self._tenants.values())

    def tenant_called(self, spelling: str) -> FakeTenant | None:
        """The tenant with this id or verified domain, in any case."""
        wanted = spelling.lower()
        return self._tenants.get(wanted) or next((t for t in self.tenants if t.domain == wanted), None)

    def organisation_at(self, host: str) -> tuple[FakeTenant, Organisation] | None:
        """The tenant and organisation at a Dataverse host, with or without its `.api` part."""
        wanted = organisation_host(host)
        for tenant in self.tenants:
            if organisation := tenant.organisation_at(wanted):
                return tenant, organisation
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI connection by its Host header."""
        if scope["type"] != "http":
            return
        host = _header(scope, b"host").lower()
        name = host.removesuffix(":443")
        await self.answer(scope, receive, send, Arrival(host=name, base=f"{scope['scheme']}://{name}"))

    async def answer(self, scope: Scope, receive: Receive, send: Send, arrival: Arrival) -> None:
        """Answer one request that came in as `arrival` says, and write it into the journal."""
        exchange = Exchange(
            worlds=self,
            host=arrival.host,
            base=arrival.base,
            request_id=self.chance.guid(),
            direct_bases=arrival.direct_bases,
            came_direct=arrival.came_direct,
        )
        scope[SCOPE_KEY] = exchange
        heard = _Overheard(receive, send)
        service = service_of(arrival.host)
        fault = self.faults.claimed(service, scope["method"], scope["path"])
        try:
            if fault is None or fault.kind is Kind.LOST_AFTER:
                heard.withhold = fault is not None
                await self._app(service, exchange)(scope, heard.receive, heard.send)
            if fault is not None:
                exchange.code = f"fault: {fault.kind}"
                await strike(fault, exchange, heard.send)
        finally:
            self._write_down(scope, exchange, service, heard)

    def _app(self, service: Service | None, exchange: Exchange) -> App:
        if service is Service.DATAVERSE and self.organisation_at(exchange.host) is None:
            return _front_door
        if service in _APPS:
            app: App = importlib.import_module(_APPS[service]).app
            return app
        return _not_played

    def _write_down(self, scope: Scope, exchange: Exchange, service: Service | None, heard: "_Overheard") -> None:
        tenant = exchange.tenant
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        (tenant.journal if tenant else self.journal).record(
            at=(tenant.clock if tenant else self.clock).now(),
            service=service or "none",
            method=scope["method"],
            url=f"{exchange.base}{path}{'?' + query if query else ''}",
            status=heard.status,
            code=exchange.code,
            operation=exchange.operation,
            request_id=exchange.request_id,
            headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]],
            request_body=bytes(heard.request),
            request_type=_header(scope, b"content-type"),
            response_body=bytes(heard.response),
            response_type=heard.response_type,
        )


class _Overheard:
    """The two ends of an ASGI exchange, listened to for the journal."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self.request = bytearray()
        self.response = bytearray()
        self.response_type = ""
        self.status = 0
        self.withhold = False
        """Listen to the answer without passing it on."""

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and len(self.request) < _KEPT_BODY:
            self.request += message.get("body", b"")[:_KEPT_BODY]
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.response_type = next(
                (v.decode("latin-1") for n, v in message["headers"] if n.lower() == b"content-type"), ""
            )
        elif message["type"] == "http.response.body" and len(self.response) < _KEPT_BODY:
            self.response += message.get("body", b"")[:_KEPT_BODY]
        if not self.withhold:
            await self._send(message)


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _front_door(_scope: Scope, _receive: Receive, send: Send) -> None:
    """What answers for a Dataverse host that no organisation has: a page for people, not an OData error.

    Wildcard DNS and the front end accept any label of a region; the page's wording is not recorded anywhere
    public, so only its kind (HTML, 404) is claimed.
    """
    page = b"<!DOCTYPE html><html><head><title>Not found</title></head><body><h1>404 - Not Found</h1></body></html>"
    await _answer(send, 404, b"text/html; charset=utf-8", page)


async def _not_played(scope: Scope, _receive: Receive, send: Send) -> None:
    host = scope[SCOPE_KEY].host
    sentence = f"{host or 'a request without a host'} is not a host that these fakes play; see LIMITS.md"
    await _answer(send, 501, b"text/plain; charset=utf-8", sentence.encode())


async def _answer(send: Send, status: int, content_type: bytes, body: bytes) -> None:
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
