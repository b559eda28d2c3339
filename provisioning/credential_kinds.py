"""What a client secret and a certificate differ in for whoever looks at them or replaces them.

A secret is told by the directory, a key pair is made here. A secret is removed by its own request, a certificate by
sending the list of those that stay.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from provisioning.graph import Application
from provisioning.key_pair import is_key_pair, thumbprint, validity
from provisioning.receipt import Thing
from provisioning.step import Site, Step
from provisioning.steps import certificate, client_secret


@dataclass(frozen=True)
class Listed:
    """A credential as the directory lists it. `id` is what the receipt calls it: a certificate by its thumbprint."""

    id: str
    key_id: str
    name: str
    end: datetime

    def is_called(self, names: Collection[str]) -> bool:
        """Whether one of these lower-case names means it."""
        return self.id.lower() in names or self.key_id.lower() in names


@dataclass(frozen=True)
class CredentialKind:
    """Secrets, or certificates.

    `fitting` are the ids that the value at hand may belong to. `prepare` gets ready for a new one and tells what it
    will be called, where that is known beforehand. `remove` takes some away and never the one called `keeping`.
    `is_sent_whole`: one is added by sending all of them.
    """

    step: Step
    said: str
    making: str
    young: frozenset[str]
    listed: Callable[[Application], list[Listed]]
    fitting: Callable[[Site, Application], list[str]]
    prepare: Callable[[Site], Thing | None]
    remove: Callable[[Site, Application, Collection[str], str], Awaitable[None]]
    is_sent_whole: bool = False

    def end_of(self, id_: str, found: Application | None) -> datetime | None:
        """When this one ends; None where the application does not list it."""
        listed = self.listed(found) if found is not None else []
        return next((each.end for each in listed if each.id == id_), None)


def _secrets(found: Application) -> list[Listed]:
    return [Listed(each.key_id, each.key_id, each.name, each.end) for each in found.secrets]


def _fitting_secrets(site: Site, found: Application) -> list[str]:
    return [each.key_id for each in client_secret.fitting(site, found.secrets)]


def _forget_value(site: Site) -> None:
    """The value at hand is the old one's, and not the one to find."""
    site.secret = None


async def _remove_secrets(site: Site, found: Application, ids: Collection[str], keeping: str) -> None:
    del keeping  # each goes by a request of its own
    for id_ in ids:
        await site.access.graph.remove_secret(found.id, id_)


def _certificates(found: Application) -> list[Listed]:
    return [
        Listed(
            certificate.name_of(row) or str(row["keyId"]),
            str(row.get("keyId") or ""),
            str(row.get("displayName") or ""),
            datetime.fromisoformat(row["endDateTime"]),
        )
        for row in found.keys
    ]


def _fitting_certificate(site: Site, found: Application) -> list[str]:
    pem = site.secret.get_secret_value() if site.secret is not None else ""
    if not is_key_pair(pem) or validity(pem)[1] <= site.clock.now():
        return []
    return [each.id for each in _certificates(found) if each.id == thumbprint(pem)]


def _new_key_pair(site: Site) -> Thing:
    return certificate.thing_of(site, certificate.fresh_key_pair(site))


SECRETS: Final = CredentialKind(
    client_secret.STEP,
    "secret",
    "Create a new client secret",
    client_secret.YOUNG,
    _secrets,
    _fitting_secrets,
    _forget_value,
    _remove_secrets,
)
CERTIFICATES: Final = CredentialKind(
    certificate.STEP,
    "certificate",
    "Register a new certificate",
    certificate.YOUNG,
    _certificates,
    _fitting_certificate,
    _new_key_pair,
    certificate.take_out,
    is_sent_whole=True,
)
KINDS: Final = {kind.step.name: kind for kind in (SECRETS, CERTIFICATES)}
