"""Guide step 5: a security role for the application user.

Unless a role is named, one is generated with the least privileges that the chosen channels need: looked up by name at
run time, since ids differ and an environment without Omnichannel has fewer, and each at its greatest depth, since the
integration works on everybody's customers and cases.
"""

from dataclasses import dataclass, replace
from typing import Final

from provisioning.access import dataverse_as
from provisioning.dataverse import DEPTHS, Held, Privilege, Role
from provisioning.handoff import privileges_to_grant
from provisioning.problems import DYNAMICS_ADMIN, Ambiguous, NotPermitted, NotReached, Problem, Refused
from provisioning.receipt import Thing
from provisioning.step import Finding, Permit, Site, Step, dataverse_permit

NAME: Final = "security_role"
# Rights are cached for some 30 s (MicrosoftDocs/powerapps-docs compose-http-requests-handle-errors.md).
_NOT_YET_IN_FORCE: Final = frozenset({"0x80072560", "0x80042f09", "0x80040220", "0x80040225"})


@dataclass(frozen=True)
class _Seen:
    """What `find` read of a role that is there."""

    role: Role
    wanting: list[Privilege]  # what it should hold and does not, or not deep enough
    carried: bool


async def find(site: Site) -> Finding:
    """The role, what it does not hold, and whether the user carries it."""
    role = await _look(site)
    if role is None:
        return Finding(detail=f"there is no role named {_name(site)}")
    seen = _Seen(role, await _wanting(site, role), await _carried(site, role))
    lacks = []
    if seen.wanting:
        lacks.append(f"the privileges {', '.join(sorted(privilege.name for privilege in seen.wanting))}")
    if not seen.carried:
        lacks.append("being assigned to the application user")
    return Finding(_thing(site, role), tuple(lacks), detail=role.name, seen=seen)


async def make(site: Site, finding: Finding) -> Thing:
    """Create the role where it is missing, fill it, and assign it."""
    environment = site.access.dataverse
    seen: _Seen | None = finding.seen
    if seen is None:
        seen = _Seen(await _create(site), await _wished(site), carried=False)
        thing = Thing(seen.role.id, _members(site), ours=True)
        site.made_so_far(NAME, thing)
    else:
        thing = _thing(site, seen.role)
    if seen.wanting:
        await environment.add_privileges(seen.role.id, seen.wanting, seen.role.business_unit)
        if not thing.ours:
            added = ",".join(privilege.id for privilege in seen.wanting)
            thing = replace(thing, changed={**thing.changed, "privileges": added})
            site.made_so_far(NAME, thing)
    if seen.carried:
        return thing
    await environment.give_role(_user(site), seen.role.id)
    return replace(thing, changed={**thing.changed, "assigned": "true"})


async def unmake(site: Site, thing: Thing) -> None:
    """Take the role away from the user where we gave it; delete the role we made, or what we put into another's."""
    environment = site.access.dataverse
    if "assigned" in thing.changed:
        await environment.take_role(thing.members["user"], thing.id)
    if thing.ours:
        await environment.delete("delete the security role", "roles", thing.id)
        return
    for privilege in filter(None, thing.changed.get("privileges", "").split(",")):
        await environment.remove_privilege(thing.id, privilege)


async def may_pass(site: Site) -> Permit:
    """Assigning a role; who makes one must also hold everything that goes into it."""
    needs = ["prvReadRole", "prvAssignRole"]
    if site.settings.role is None:
        needs.append("prvCreateRole")
    return await dataverse_permit(site, *needs)


async def ready(site: Site, thing: Thing) -> bool:
    """Whether the integration itself may read incidents, as the vendor's Test & Save will."""
    del thing
    if site.secret is None:
        return True  # nobody can ask as the integration without its secret
    integration = dataverse_as(site.integration(), site.transport, site.settings.environment_url)
    try:
        await integration.has_table("incidents")
    except (Refused, NotPermitted) as problem:
        # Anything but missing rights is for the verdict to explain, not to wait for.
        return problem.said is None or problem.said.code not in _NOT_YET_IN_FORCE
    except NotReached:
        return False
    return True


def _name(site: Site) -> str:
    return site.settings.role or site.settings.generated_role


def _user(site: Site) -> str:
    return site.thing("application_user").id


def _members(site: Site) -> dict[str, str]:
    return {"name": _name(site), "user": _user(site)}


async def _look(site: Site) -> Role | None:
    """The role of this name as the user's business unit has it."""
    roles = await site.access.dataverse.roles_named(_name(site), await _unit(site))
    if len(roles) > 1:
        raise Ambiguous(
            f"find the role {_name(site)}",
            f"{len(roles)} have this name: {', '.join(sorted(role.id for role in roles))}",
            whose_turn=DYNAMICS_ADMIN,
            remedy="rename or delete all but one",
        )
    return roles[0] if roles else None


async def _create(site: Site) -> Role:
    """A new role, almost empty; only the generated one is ever created."""
    if site.settings.role is not None:
        raise Problem(
            f"find the role {site.settings.role}",
            "the business unit has no role with this name",
            whose_turn=DYNAMICS_ADMIN,
            remedy="write a role's exact name, or leave role out to have one made",
        )
    unit = await _unit(site)
    return Role(await site.access.dataverse.create_role(_name(site), unit), _name(site), unit)


async def _unit(site: Site) -> str:
    """The user's business unit: a role of another one could not be assigned."""
    return site.thing("application_user").members["business_unit"] or await site.business_unit()


async def _carried(site: Site, role: Role) -> bool:
    return any(carried.id == role.id for carried in await site.access.dataverse.roles_of(_user(site)))


async def _wished(site: Site) -> list[Privilege]:
    """What a generated role should hold; what the environment has not is left out."""
    return await site.access.dataverse.privileges_named(privileges_to_grant(site.settings.channels))


async def _wanting(site: Site, role: Role) -> list[Privilege]:
    """What the role should hold and does not, or not deep enough; a named role is taken as it is."""
    if site.settings.role is not None:
        return []
    held = {held.name.lower(): held for held in await site.access.dataverse.privileges_of_role(role.id)}
    return [wish for wish in await _wished(site) if not _holds(held.get(wish.name.lower()), wish)]


def _holds(held: Held | None, privilege: Privilege) -> bool:
    return held is not None and DEPTHS.index(held.depth) >= DEPTHS.index(privilege.deepest)


def _thing(site: Site, role: Role) -> Thing:
    known = site.recorded(NAME)
    changed = known.changed if known is not None and known.id == role.id else {}
    return Thing(role.id, _members(site), site.made_here(NAME, role.id), changed)


STEP: Final = Step(
    NAME,
    "Assign a security role",
    5,
    ("application_user",),
    find,
    make,
    unmake,
    may_pass,
    ready,
    waits_for="the environment to let the integration read incidents",
)
