"""Guide step 1: register the application, single tenant, declaring Dataverse's user_impersonation.

Adopted by recorded id, then by our key, then by marker, then by exact name; two that fit equally are a question, not
a guess. It is registered under a key that follows from its name, so that asking twice, or two of us at once, makes one.
"""

from collections.abc import Mapping
from typing import Any, Final

from provisioning.graph import DATAVERSE_APP, USER_IMPERSONATION_ID, Application, key_taken
from provisioning.problems import ENTRA_ADMIN, Ambiguous, NotYet, Problem, Refused
from provisioning.receipt import Thing
from provisioning.said import Said
from provisioning.step import MARKER, Finding, Permit, Site, Step, graph_permit

NAME: Final = "application"
_AUDIENCE: Final = "AzureADMyOrg"
_MOST_KEYS: Final = 20
_NOTES: Final = "Made by d365-harness for the Dynamics 365 integration."


async def find(site: Site) -> Finding:
    """The registration that is ours or has our name, and what it lacks."""
    found = await _look(site)
    if found is None:
        return Finding(detail=f"no application is named {site.settings.application_name}")
    lacks = []
    if not found.wants_scope(DATAVERSE_APP, USER_IMPERSONATION_ID):
        lacks.append("the declared permission user_impersonation")
    if _is_ours(site, found) and found.audience != _AUDIENCE:
        lacks.append("the single-tenant audience")
    return Finding(_thing(site, found), tuple(lacks), detail=f"{found.name} ({found.app_id})", seen=found)


async def make(site: Site, finding: Finding) -> Thing:
    """Register, or complete the one that was found."""
    graph = site.access.graph
    if finding.thing is None:
        # Graph's default audience has changed over the years, so it is always said.
        body = {
            "displayName": site.settings.application_name,
            "signInAudience": _AUDIENCE,
            "requiredResourceAccess": _with_impersonation(()),
            "tags": [MARKER],
            "notes": _NOTES,
        }
        made = await _register(site, body)
        return Thing(made.id, {"app_id": made.app_id}, ours=True)
    found: Application = finding.seen
    changes: dict[str, Any] = {}
    changed = dict(finding.thing.changed)
    if not found.wants_scope(DATAVERSE_APP, USER_IMPERSONATION_ID):
        changes["requiredResourceAccess"] = _with_impersonation(found.wants)
        changed["declared"] = USER_IMPERSONATION_ID
    if finding.thing.ours and found.audience != _AUDIENCE:
        changes["signInAudience"] = _AUDIENCE
    await graph.change_application(found.id, changes)
    return Thing(found.id, finding.thing.members, finding.thing.ours, changed)


async def unmake(site: Site, thing: Thing) -> None:
    """Delete ours; take our declaration out of an adopted one."""
    graph = site.access.graph
    if thing.ours:
        await graph.delete_application(thing.id)
        return
    found = await graph.application(thing.id) if "declared" in thing.changed else None
    if found is not None:
        await graph.change_application(found.id, {"requiredResourceAccess": _without_impersonation(found)})


async def may_pass(site: Site) -> Permit:
    """Registering needs a Graph permission for applications."""
    return await graph_permit(site, "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy")


async def _register(site: Site, body: Mapping[str, Any]) -> Application:
    """Upsert under our key; while one of ours is in the bin it still holds its key, and the next one is taken."""
    graph, binned = site.access.graph, frozenset[str]()
    for number in range(1, _MOST_KEYS + 1):
        key = _key(site, number)
        if key in binned:
            continue
        try:
            made = await graph.upsert_application(key, body)
        except Refused as problem:
            if not key_taken(problem.refusal):
                raise
            binned = frozenset(await graph.deleted_applications())
            if key in binned:
                continue
            raise NotYet(problem.tried, problem.refusal) from None  # it is there, and not seen yet
        found = made or await graph.application_known_as(key)
        if found is None:
            raise NotYet("register the application", Said("graph", 404, "Request_ResourceNotFound", "not seen yet"))
        return found
    raise Problem(
        "register the application",
        f"{_MOST_KEYS} earlier registrations of this name are in the bin",
        whose_turn=ENTRA_ADMIN,
        remedy="delete them for good, or restore one",
    )


def _key(site: Site, number: int) -> str:
    """The unique name of the registration: the same for whoever sets up the same name in this tenant."""
    return f"{MARKER} {site.settings.application_name}" + (f" {number}" if number > 1 else "")


async def _look(site: Site) -> Application | None:
    known = site.recorded(NAME)
    if known is not None:
        found = await site.access.graph.application(known.id)
        if found is not None:
            return found
    named = await site.access.graph.applications_named(site.settings.application_name)
    marked = [candidate for candidate in named if MARKER in candidate.tags]
    candidates = marked or named
    if len(candidates) > 1:
        raise Ambiguous(
            f"find the application {site.settings.application_name}",
            f"{len(candidates)} have this name: {', '.join(sorted(app.app_id for app in candidates))}",
            whose_turn=ENTRA_ADMIN,
            remedy="rename or delete all but one, or choose another application_name",
        )
    return candidates[0] if candidates else None


def _is_ours(site: Site, found: Application) -> bool:
    known = site.recorded(NAME)
    return MARKER in found.tags or (known is not None and known.id == found.id and known.ours)


def _thing(site: Site, found: Application) -> Thing:
    known = site.recorded(NAME)
    changed = known.changed if known is not None and known.id == found.id else {}
    return Thing(found.id, {"app_id": found.app_id}, _is_ours(site, found), changed)


def _with_impersonation(wants: tuple[Any, ...]) -> list[dict[str, Any]]:
    """The declared permissions with ours added, every other left as it is."""
    access = {"id": USER_IMPERSONATION_ID, "type": "Scope"}
    others = [dict(entry) for entry in wants if entry.get("resourceAppId") != DATAVERSE_APP]
    same = [item for entry in wants if entry.get("resourceAppId") == DATAVERSE_APP for item in entry["resourceAccess"]]
    return [*others, {"resourceAppId": DATAVERSE_APP, "resourceAccess": [*same, access]}]


def _without_impersonation(found: Application) -> list[dict[str, Any]]:
    """The declared permissions with ours taken out; an entry that becomes empty goes too."""
    left = []
    for entry in found.wants:
        items = [item for item in entry["resourceAccess"] if item.get("id") != USER_IMPERSONATION_ID]
        if items:
            left.append({**entry, "resourceAccess": items})
    return left


STEP: Final = Step(NAME, "Register the application", 1, (), find, make, unmake, may_pass)
