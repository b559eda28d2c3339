"""Guide step 4: the application user in the environment, in the chosen business unit, enabled."""

from typing import Final

from provisioning.dataverse import User
from provisioning.problems import DYNAMICS_ADMIN, Ambiguous, Refused
from provisioning.receipt import Thing
from provisioning.step import Finding, Permit, Site, Step, dataverse_permit

NAME: Final = "application_user"


async def find(site: Site) -> Finding:
    """The user mapped to the application; rows that are deleted but not gone do not count."""
    users = [user for user in await site.access.dataverse.users_of(_app_id(site)) if not user.deleted]
    if not users:
        return Finding(detail="the application is no user of the environment")
    if len(users) > 1:
        raise Ambiguous(
            "find the application user",
            f"{len(users)} users are mapped to the application",
            whose_turn=DYNAMICS_ADMIN,
            remedy="delete all but one in the admin center",
        )
    lacks = ("being enabled",) if users[0].disabled else ()
    return Finding(_thing(site, users[0]), lacks, detail=users[0].name)


async def make(site: Site, finding: Finding) -> Thing:
    """Create the user, or enable the one that is there."""
    environment = site.access.dataverse
    if finding.thing is not None:
        await environment.switch_user(finding.thing.id, _app_id(site), disabled=False)
        changed = {**finding.thing.changed, "enabled": "true"}
        return Thing(finding.thing.id, finding.thing.members, finding.thing.ours, changed)
    unit = await site.business_unit()
    try:
        made = await environment.create_application_user(_app_id(site), unit)
    except Refused:
        # A row that was deleted once still occupies the client id; deleting it again frees it. Whatever else was
        # said stays said (the codes for this differ between servers, so the rows are asked instead).
        leftovers = [user for user in await environment.users_of(_app_id(site)) if user.deleted]
        if not leftovers:
            raise
        for user in leftovers:
            site.transport.guard.adopt(user.id, ours=True)  # nobody's any more, and it holds our client id
            await environment.delete_user(user.id)
        made = await environment.create_application_user(_app_id(site), unit)
    return Thing(made, {"app_id": _app_id(site), "business_unit": unit}, ours=True)


async def unmake(site: Site, thing: Thing) -> None:
    """Delete ours (only a disabled user can be deleted); disable again what was found disabled."""
    environment = site.access.dataverse
    app_id = thing.members["app_id"]
    if thing.ours or "enabled" in thing.changed:
        rows = [user for user in await environment.users_of(app_id) if user.id == thing.id]
        if not rows:
            return
        if not rows[0].disabled:
            await environment.switch_user(thing.id, app_id, disabled=True)
    if thing.ours:
        await environment.delete_user(thing.id)


async def may_pass(site: Site) -> Permit:
    """What creating a user asks for in Dataverse."""
    return await dataverse_permit(site, "prvCreateUser", "prvReadUser", "prvWriteUser")


def _app_id(site: Site) -> str:
    return site.thing("application").members["app_id"]


def _thing(site: Site, user: User) -> Thing:
    known = site.recorded(NAME)
    changed = known.changed if known is not None and known.id == user.id else {}
    members = {"app_id": user.app_id, "business_unit": user.business_unit}
    return Thing(user.id, members, site.made_here(NAME, user.id), changed)


STEP: Final = Step(
    NAME,
    "Create the application user",
    4,
    ("environment_url", "application", "service_principal"),
    find,
    make,
    unmake,
    may_pass,
)
