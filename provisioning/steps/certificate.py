"""Guide step 2 in another way: a certificate in place of a client secret, where the tenant forbids secrets.

The key pair is made here and kept in the vault before its public half is sent, so no lost answer can lose it; sending
it twice leaves one. Keys that others registered stay in the list, which Graph replaces whole (Azure/azure-cli appends
to what it reads, as is done here).
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from provisioning.credential import application_of, is_accepted, is_accepted_somewhere, may_pass
from provisioning.graph import Application
from provisioning.key_pair import is_key_pair, new_key_pair, public_half, thumbprint, validity
from provisioning.lifetime import months_later
from provisioning.patience import LOOKS
from provisioning.problems import BadInput, NotYet
from provisioning.receipt import Thing
from provisioning.said import Said
from provisioning.step import MARKER, Finding, Site, Step

NAME: Final = "certificate"
# While the application or its key is not everywhere yet (entra-docs reference-error-codes).
YOUNG: Final = frozenset({"AADSTS700027", "AADSTS700016", "AADSTS7000229", "AADSTS50196"})


async def find(site: Site) -> Finding:
    """The key pair at hand, if the directory lists its public half and it is still good."""
    application = await application_of(site)
    if application is None:
        return Finding(detail="the application is not seen yet")
    pem = _at_hand(site)
    if pem is None:
        return Finding(detail="no key pair is at hand", seen=application)
    name, (_, end) = thumbprint(pem), validity(pem)
    if end <= site.clock.now():
        return Finding(detail=f"the certificate ended {end:%Y-%m-%d}", seen=application)
    known = site.recorded(NAME)
    recorded = known is not None and known.id == name
    listed = any(name_of(row) == name for row in application.keys)
    if listed or (recorded and await is_accepted_somewhere(site)):
        ours = known.ours if known is not None and recorded else site.asked(NAME) is not None
        thing = replace(thing_of(site, pem), ours=ours)
        return Finding(thing, detail=f"ends {end:%Y-%m-%d}")
    return Finding(detail="the directory does not list the certificate", seen=application)


async def make(site: Site, finding: Finding) -> Thing:
    """Make a key pair where none is at hand, keep it, then register its public half beside what is registered."""
    application: Application | None = finding.seen
    if application is None:
        raise NotYet("register a certificate", Said("graph", 404, "Request_ResourceNotFound", "not seen yet"))
    pem, now = _at_hand(site), site.clock.now()
    if pem is None or validity(pem)[1] <= now:
        if site.vault is None:
            raise BadInput("out", "is missing", "give --out FILE: a private key has to be kept somewhere")
        pem = fresh_key_pair(site)
    start, end = validity(pem)
    new = {
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "key": public_half(pem),
        "displayName": f"{MARKER} {site.settings.secret_name}",
        "startDateTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "endDateTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
    }
    others = [row for row in await _registered(site, application) if name_of(row) != thumbprint(pem)]
    await site.access.graph.change_application(application.id, {"keyCredentials": [*others, new]})
    return thing_of(site, pem)


def fresh_key_pair(site: Site) -> str:
    """A new one, from now on the value at hand; nothing is sent."""
    now = site.clock.now()
    end = months_later(now, site.settings.secret_months)
    pem = new_key_pair(site.settings.secret_name, start=now.replace(microsecond=0), end=end)
    site.take_secret(pem)
    return pem


def thing_of(site: Site, pem: str) -> Thing:
    """What the receipt says of a key pair of ours."""
    members = {"end": validity(pem)[1].isoformat(), "application": site.thing("application").id}
    return Thing(thumbprint(pem), members, ours=True)


async def unmake(site: Site, thing: Thing) -> None:
    """Take ours out of the list."""
    application = await site.access.graph.application(thing.members["application"]) if thing.ours else None
    if application is not None:
        await take_out(site, application, [thing.id])


async def take_out(site: Site, application: Application, ids: Collection[str], keeping: str = "") -> None:
    """Take these out of the list, by thumbprint, or key id where there is none; all others stay.

    Raises NotYet as long as no replica asked lists the one called `keeping`: a list without it would remove it.
    """
    rows = await _registered(site, application)
    others = [row for row in rows if (name_of(row) or row.get("keyId")) not in ids]
    if keeping and all(name_of(row) != keeping for row in others):
        said = Said("graph", 404, "Request_ResourceNotFound", "the new certificate is not listed yet")
        raise NotYet("remove a certificate", said)
    if len(others) < len(rows):
        await site.access.graph.change_application(application.id, {"keyCredentials": others})


async def ready(site: Site, thing: Thing) -> bool:
    """Whether the token service takes it. Asked anew each time."""
    del thing
    return await is_accepted(site, YOUNG)


async def _registered(site: Site, application: Application) -> list[dict[str, Any]]:
    """What is registered, by as many replicas as there may be: none of them must make somebody else's key vanish."""
    rows = {name_of(row) or row.get("keyId"): dict(row) for row in application.keys}
    for _ in range(LOOKS - 1):
        seen = await site.access.graph.application(application.id)
        rows |= {name_of(row) or row.get("keyId"): dict(row) for row in (seen.keys if seen else ())}
    return list(rows.values())


def _at_hand(site: Site) -> str | None:
    pem = site.secret.get_secret_value() if site.secret is not None else ""
    return pem if is_key_pair(pem) else None


def name_of(row: Any) -> str:
    """The thumbprint of a certificate in the list; "" where it has none."""
    return str(row.get("customKeyIdentifier") or "").upper()


STEP: Final = Step(
    NAME,
    "Register a certificate",
    2,
    ("application", "service_principal"),
    find,
    make,
    unmake,
    may_pass,
    ready,
    waits_for="the token service to accept the new certificate",
)
