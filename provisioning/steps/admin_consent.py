"""Guide step 3: admin consent to user_impersonation, as a tenant-wide grant.

Client credentials work without it by public evidence; the vendor's guide asks for it, so it is granted. A create may
answer 404 and have taken effect all the same, so what is there is always read again before anything is asked.
Dataverse's own service principal, where it had to be made for this, stays: it is the tenant's, not ours.
"""

from typing import Final

from provisioning.graph import DATAVERSE_APP, USER_IMPERSONATION, Grant, ServicePrincipal, already_so
from provisioning.problems import NotYet, Refused
from provisioning.receipt import Thing
from provisioning.said import Said
from provisioning.step import Finding, Permit, Site, Step, graph_permit

NAME: Final = "admin_consent"


async def find(site: Site) -> Finding:
    """The grant for Dataverse, which must hold our scope."""
    resource = await site.dataverse_principal()
    if resource is None:
        return Finding(detail="Dataverse has no service principal in this tenant yet")
    found = await _grant(site, resource.id)
    if found is None:
        return Finding(detail="no admin consent", seen=(resource, None))
    lacks = () if USER_IMPERSONATION in found.scopes else (f"the scope {USER_IMPERSONATION}",)
    return Finding(_thing(site, found), lacks, detail=" ".join(found.scopes), seen=(resource, found))


async def make(site: Site, finding: Finding) -> Thing:
    """Grant, or add our scope to the scopes that are granted already."""
    graph = site.access.graph
    client = site.thing("service_principal").id
    seen: tuple[ServicePrincipal, Grant | None] | None = finding.seen
    resource, found = seen or (await _dataverse(site), None)
    if found is None:
        try:
            made = await graph.create_grant(client, resource.id, (USER_IMPERSONATION,))
        except Refused as problem:
            if not already_so(problem.refusal):
                raise
            raise NotYet(problem.tried, problem.refusal) from None  # found, and completed, next time round
        return Thing(made.id, {"resource": made.resource}, ours=True)
    thing = _thing(site, found)
    await graph.change_grant(found.id, (*found.scopes, USER_IMPERSONATION))
    return Thing(thing.id, thing.members, thing.ours, {"added": USER_IMPERSONATION})


async def unmake(site: Site, thing: Thing) -> None:
    """Take ours back; take our scope out of one that was there before."""
    graph = site.access.graph
    if thing.ours:
        await graph.delete_grant(thing.id)
        return
    if "added" in thing.changed and "service_principal" in site.things:
        found = await _grant(site, thing.members["resource"])
        if found is not None:
            await graph.change_grant(found.id, tuple(s for s in found.scopes if s != thing.changed["added"]))


async def may_pass(site: Site) -> Permit:
    """Granting needs a permission of its own."""
    return await graph_permit(site, "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All")


async def _dataverse(site: Site) -> ServicePrincipal:
    """Dataverse's service principal, made where the tenant has none yet."""
    graph = site.access.graph
    made = await graph.upsert_service_principal(DATAVERSE_APP, [])
    found = made or await site.dataverse_principal()
    if found is None:
        raise NotYet("create Dataverse's service principal", Said("graph", 404, "", "not seen yet"))
    return found


async def _grant(site: Site, resource: str) -> Grant | None:
    grants = await site.access.graph.grants_of(site.thing("service_principal").id)
    return next((grant for grant in grants if grant.resource == resource), None)


def _thing(site: Site, found: Grant) -> Thing:
    known = site.recorded(NAME)
    changed = known.changed if known is not None and known.id == found.id else {}
    return Thing(found.id, {"resource": found.resource}, site.made_here(NAME, found.id), changed)


STEP: Final = Step(NAME, "Grant admin consent", 3, ("service_principal",), find, make, unmake, may_pass)
