"""What a service is told about one request besides the request itself: the world it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.issuers import Issuers
from mock_services.signing import SigningKeys
from mock_services.state.pending import PendingSignIns

if TYPE_CHECKING:
    from mock_services.state.organisation import Organisation
    from mock_services.tenant import FakeTenant

SCOPE_KEY = "fake_exchange"
"""Where the dispatcher puts the exchange in an ASGI scope."""


class Worlds(Protocol):
    """All tenants of one fake cloud, as a service may look them up."""

    clock: FakeClock
    chance: Chance
    signing_keys: SigningKeys
    issuers: Issuers
    pending: PendingSignIns

    @property
    def tenants(self) -> "tuple[FakeTenant, ...]":
        """All tenants, oldest first."""

    def tenant_called(self, spelling: str) -> "FakeTenant | None":
        """The tenant with this id or verified domain (any case), or None."""

    def organisation_at(self, host: str) -> "tuple[FakeTenant, Organisation] | None":
        """The tenant and organisation served at a Dataverse host, `.api.` or not; None where there is none."""


@dataclass
class Exchange:
    """One request's surroundings. A service fills in `tenant`, `operation` and `code`; the journal reads them."""

    worlds: Worlds
    host: str
    """The Microsoft host the client means, lower case, whichever way the request came in."""
    base: str
    """Scheme and authority as the client sees this service: what links in bodies start with. No trailing slash."""
    request_id: str
    direct_bases: Mapping[str, str] = field(default_factory=dict)
    """Canonical base -> base on localhost, for clients that cannot use a proxy; empty unless served that way."""
    came_direct: bool = False
    """The request came in by a localhost base, so that links in its answer must name those bases."""
    operation: str = ""
    code: str = ""
    _tenant: "FakeTenant | None" = None

    @property
    def tenant(self) -> "FakeTenant | None":
        """The tenant this request belongs to, once the service knows it."""
        return self._tenant

    @tenant.setter
    def tenant(self, found: "FakeTenant | None") -> None:
        """From here on the request is answered by the next of the tenant's replicas."""
        if found is not None and found is not self._tenant:
            found.directory.replication.next_reader()
        self._tenant = found

    def as_seen(self, url: str) -> str:
        """A canonical URL of a fake, spelt so that this request's client can reach it."""
        if self.came_direct:
            for canonical, direct in self.direct_bases.items():
                if url == canonical or url.startswith((canonical + "/", canonical + "?")):
                    return direct + url[len(canonical) :]
        return url

    def canonical(self, url: str) -> str:
        """The Microsoft URL behind a URL on localhost; any other URL unchanged."""
        for canonical, direct in self.direct_bases.items():
            if url == direct or url.startswith((direct + "/", direct + "?")):
                return canonical + url[len(direct) :]
        return url


def exchange_of(scope: Mapping[str, Any]) -> Exchange:
    """The exchange that the dispatcher put into this request's ASGI scope."""
    exchange = scope[SCOPE_KEY]
    assert isinstance(exchange, Exchange)  # noqa: S101 - narrows the type of our own dispatcher's value
    return exchange
