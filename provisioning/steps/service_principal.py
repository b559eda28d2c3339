"""Still guide step 1: the portal makes the service principal with the registration; the API does not."""

from typing import Final

from provisioning.graph import ServicePrincipal, already_so
from provisioning.problems import NotYet, Refused
from provisioning.receipt import Thing
from provisioning.said import Said
from provisioning.step import MARKER, Finding, Permit, Site, Step, graph_permit

NAME: Final = "service_principal"


async def find(site: Site) -> Finding:
    """The application's service principal, which must be enabled."""
    found = await site.access.graph.service_principal(_app_id(site))
    if found is None:
        return Finding(detail="the application has no service principal")
    lacks = () if found.enabled else ("being enabled for sign-in",)
    return Finding(_thing(site, found), lacks, detail=found.id)


async def make(site: Site, finding: Finding) -> Thing:
    """Create it, or enable the one that is there."""
    graph = site.access.graph
    if finding.thing is not None:
        await graph.change_service_principal(finding.thing.id, {"accountEnabled": True})
        changed = {**finding.thing.changed, "enabled": "true"}
        return Thing(finding.thing.id, finding.thing.members, finding.thing.ours, changed)
    unseen = Said("graph", 404, "Request_ResourceNotFound", "not seen yet")
    try:
        made = await graph.upsert_service_principal(_app_id(site), [MARKER])
    except Refused as problem:
        if not already_so(problem.refusal):
            raise
        made, unseen = None, problem.refusal
    if made is not None:
        return Thing(made.id, {"app_id": made.app_id}, ours=True)
    found = await graph.service_principal(_app_id(site))
    if found is None:  # there, says one replica, and another does not see it yet
        raise NotYet("create the service principal", unseen)
    return _thing(site, found)


async def unmake(site: Site, thing: Thing) -> None:
    """Delete ours; disable again what was found disabled."""
    if thing.ours:
        await site.access.graph.delete_service_principal(thing.id)
    elif "enabled" in thing.changed:
        await site.access.graph.change_service_principal(thing.id, {"accountEnabled": False})


async def may_pass(site: Site) -> Permit:
    """The same permission as for the registration."""
    return await graph_permit(site, "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy")


def _app_id(site: Site) -> str:
    return site.thing("application").members["app_id"]


def _thing(site: Site, found: ServicePrincipal) -> Thing:
    known = site.recorded(NAME)
    changed = known.changed if known is not None and known.id == found.id else {}
    ours = MARKER in found.tags or (known is not None and known.id == found.id and known.ours)
    return Thing(found.id, {"app_id": found.app_id}, ours, changed)


STEP: Final = Step(NAME, "Create its service principal", 1, ("application",), find, make, unmake, may_pass)
