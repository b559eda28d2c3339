"""A guard under which nothing can change: what only looks proves it at the transport, whatever a step does."""

from typing import TYPE_CHECKING

from provisioning.problems import Withheld
from provisioning.settings import Tenancy
from provisioning.transport import Guard, Unguarded

if TYPE_CHECKING:
    import httpx


class ReadingOnly:
    """Lets pass what reads, and the requests of a sign-in in this tenant; a `provisioning.transport.Guard`."""

    def __init__(self, tenancy: Tenancy, beneath: Guard | None = None) -> None:
        """`beneath` sees what this one lets pass."""
        import httpx

        self._sign_in = httpx.URL(f"{tenancy.bases().login}/{tenancy.tenant_id}/oauth2/v2.0/")
        self._beneath = beneath or Unguarded()

    def check(self, request: "httpx.Request") -> None:
        """Raises Withheld for whatever would change something."""
        if request.method not in ("GET", "HEAD") and not self._signs_in(request):
            place = f"{request.method} {str(request.url).partition('?')[0]}"
            raise Withheld(place, "this run only looks and changes nothing")
        self._beneath.check(request)

    def heard(self, request: "httpx.Request", response: "httpx.Response") -> None:
        """Pass it on."""
        self._beneath.heard(request, response)

    def adopt(self, id_: str, *, ours: bool = False) -> None:
        """Pass it on."""
        self._beneath.adopt(id_, ours=ours)

    def _signs_in(self, request: "httpx.Request") -> bool:
        mine, theirs = self._sign_in, request.url
        return (mine.scheme, mine.host, mine.port) == (theirs.scheme, theirs.host, theirs.port) and (
            theirs.path.lower() in (f"{mine.path}token".lower(), f"{mine.path}devicecode".lower())
        )
