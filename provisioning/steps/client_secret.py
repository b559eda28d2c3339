"""Guide step 2: a client secret.

Its value is told once. A secret is kept where the value is at hand and the directory still lists it; otherwise a new
one is made, and said so. One whose answer was lost is of no use to anybody: it is removed and replaced.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from provisioning.credential import application_of, is_accepted, is_accepted_somewhere, may_pass
from provisioning.graph import Application, Secret
from provisioning.lifetime import add_secret, months_later
from provisioning.problems import NotYet
from provisioning.receipt import Thing
from provisioning.said import Said
from provisioning.step import Finding, Site, Step

NAME: Final = "client_secret"
_HINT_LENGTH: Final = (
    3  # Graph's hint is how the value begins (passwordCredential, recorded by Azure/azure-cli 2025-04)
)
# What the token service answers while the new app, its service principal or its secret is not everywhere yet.
# AADSTS50196 only says that it was asked too often.
YOUNG: Final = frozenset({"AADSTS7000215", "AADSTS700016", "AADSTS7000229", "AADSTS50196"})


async def find(site: Site) -> Finding:
    """The secret whose value is at hand, if the directory still lists it."""
    application = await application_of(site)
    if application is None:
        return Finding(detail="the application is not seen yet")
    # By the instant it begins a secret that nobody heard of is told from one that somebody else added meanwhile.
    start = site.clock.now().replace(microsecond=0)
    notes = {"before": sorted(secret.key_id for secret in application.secrets), "start": start.isoformat()}
    if _strays(site, application):
        return Finding(detail="an earlier secret's value was lost; it is replaced", notes=notes, seen=application)
    known = site.recorded(NAME)
    held = _match(site, application, known)
    if held is not None:
        ours = site.receipt.has_made(held.key_id)
        members = {"end": held.end.isoformat(), "application": application.id}
        return Finding(Thing(held.key_id, members, ours), detail=f"ends {held.end:%Y-%m-%d}")
    if known is not None and site.secret is not None and await is_accepted_somewhere(site):
        return Finding(known, detail="not listed everywhere yet, but accepted")
    if known is not None and site.secret is None:
        detail = "the value of the earlier secret is not at hand, so a new one is made beside it"
    else:
        detail = "no usable secret is at hand"
    return Finding(detail=detail, notes=notes, seen=application)


async def make(site: Site, finding: Finding) -> Thing:
    """Remove what a lost answer left behind, then add one; its value goes to `site.secret`."""
    application: Application | None = finding.seen
    if application is None:
        raise NotYet("add a client secret", Said("graph", 404, "Request_ResourceNotFound", "not seen yet"))
    for stray in _strays(site, application):
        await site.access.graph.remove_secret(application.id, stray.key_id)
    asked = site.asked(NAME)
    noted = asked.notes.get("start") if asked is not None else None
    start = datetime.fromisoformat(noted) if noted else site.clock.now()
    end = months_later(site.clock.now(), site.settings.secret_months)
    added = await add_secret(site.access.graph, application.id, name=site.settings.secret_name, start=start, end=end)
    site.take_secret(added.value)
    members = {"end": added.secret.end.isoformat(), "application": application.id}
    return Thing(added.secret.key_id, {**members, "note": added.note} if added.note else members, ours=True)


async def unmake(site: Site, thing: Thing) -> None:
    """Remove ours."""
    if thing.ours:
        await site.access.graph.remove_secret(thing.members["application"], thing.id)


async def ready(site: Site, thing: Thing) -> bool:
    """Whether the token service takes it; a young secret is refused like a wrong one. Asked anew each time."""
    del thing
    return await is_accepted(site, YOUNG)


async def alone(site: Site, thing: Thing) -> bool:
    """Whether the directory lists no secret of a create whose answer was lost; one that it lists now is removed.

    A replica that had not heard of it said that there was none.
    """
    application = await application_of(site)
    if application is None:
        return False
    strays = [stray for stray in _strays(site, application) if stray.key_id != thing.id]
    for stray in strays:
        await site.access.graph.remove_secret(application.id, stray.key_id)
    return not strays


def _strays(site: Site, application: Application) -> list[Secret]:
    """Secrets that appeared since a create whose answer was never heard."""
    asked = site.asked(NAME)
    if asked is None or "before" not in asked.notes:
        return []
    known = site.recorded(NAME)
    spared = {*asked.notes["before"], known.id if known is not None else ""}
    alike = [s for s in application.secrets if s.key_id not in spared and s.name == site.settings.secret_name]
    start = asked.notes.get("start")
    return [s for s in alike if start is None or s.start == datetime.fromisoformat(start)]


def _match(site: Site, application: Application, known: Thing | None) -> Secret | None:
    """The listed secret that the value at hand belongs to; the recorded one before one with the same beginning."""
    if site.secret is None:
        return None
    candidates = fitting(site, application.secrets)
    recorded = [s for s in candidates if known is not None and s.key_id == known.id]
    if recorded or len(candidates) == 1:
        return (recorded or candidates)[0]
    return None


def fitting(site: Site, listed: Sequence[Secret]) -> list[Secret]:
    """Those listed secrets in force that begin as the value at hand; one, unless two begin alike."""
    hint = site.secret.get_secret_value()[:_HINT_LENGTH] if site.secret is not None else None
    return [secret for secret in listed if secret.hint == hint and secret.end > site.clock.now()]


STEP: Final = Step(
    NAME,
    "Create a client secret",
    2,
    ("application", "service_principal"),
    find,
    make,
    unmake,
    may_pass,
    ready,
    waits_for="the token service to accept the new secret",
    alone=alone,
)
