"""Administrators, support users and licences that a whole environment depends on, and people and groups beside it."""

from typing import Any, Final

from contract_tests.facts.rehearsals.rehearsal import Fakes, Rehearsal
from contract_tests.facts.world import World
from mock_services.state.organisation import Organisation

_SUPPORT: Final = 3  # accessmode
_SECURITY_GROUP: Final = 2  # teamtype
_KEPT: Final = {
    "administrator": "System Administrator",
    "customizer": "System Customizer",
    "basic": "Basic User",
    "support": "Support User",
    "delegate": "Delegate",
}


async def _kept_roles(fakes: Fakes, world: World, name: str) -> None:
    for member, role in _KEPT.items():
        _tell(world, name, **{member: _role(fakes.tenant.organisation, role)})


async def _root_unit(fakes: Fakes, world: World, name: str) -> None:
    _tell(world, name, id=fakes.tenant.organisation.root_business_unit)


async def _home_of_administrators(fakes: Fakes, world: World, name: str) -> None:
    """A business unit that every administrator sits in."""
    organisation = fakes.tenant.organisation
    home = organisation.add_business_unit("Home")
    role = _role(organisation, "System Administrator", home)
    for each in organisation.roles.administrators():
        organisation.people.move_user(each["systemuserid"], home)
        organisation.assign_role(each["systemuserid"], role)
    _tell(world, name, id=home)


async def _last_administrator(fakes: Fakes, world: World, name: str) -> None:
    """The operator, when nobody else is System Administrator any more."""
    organisation = fakes.tenant.organisation
    me, *_ = organisation.select("systemuser", applicationid=fakes.tenant.operator.client_id)
    for each in organisation.roles.administrators():
        organisation.disable_user(each["systemuserid"], each["systemuserid"] != me["systemuserid"])
    _tell(world, name, user_id=me["systemuserid"], role_id=_role(organisation, "System Administrator"))


async def _platform_user(fakes: Fakes, world: World, name: str) -> None:
    """The user called SYSTEM."""
    _tell(world, name, user_id=fakes.tenant.organisation.system_user)


async def _support_user(fakes: Fakes, world: World, name: str) -> None:
    """A support user of Microsoft's, who holds the role for it."""
    organisation = fakes.tenant.organisation
    user = organisation.people.add_user(organisation.root_business_unit, lastname="Support", accessmode=_SUPPORT)
    role = _role(organisation, "Support User")
    organisation.assign_role(user, role)
    _tell(world, name, user_id=user, role_id=role)


async def _newcomer(fakes: Fakes, world: World, name: str) -> None:
    """Somebody whom the directory knows and the environment does not."""
    person = fakes.tenant.directory.add_user(f"ada@{fakes.tenant.domain}", "Ada Lovelace", "Correct-horse-1")
    _tell(world, name, object_id=person.id)


async def _member(fakes: Fakes, world: World, name: str) -> None:
    """Somebody of the directory who is a user of the environment."""
    person = fakes.tenant.directory.add_user(f"mary@{fakes.tenant.domain}", "Mary Somerville", "Correct-horse-1")
    user = fakes.tenant.organisation.add_user(
        object_id=person.id, user_principal_name=person.user_principal_name, first_name="Mary", last_name="Somerville"
    )
    _tell(world, name, object_id=person.id, user_id=user)


async def _group_team(fakes: Fakes, world: World, name: str) -> None:
    """A team of a security group."""
    group = fakes.tenant.directory.add_group("Agents", mail_nickname="agents").id
    organisation = fakes.tenant.organisation
    own: dict[str, Any] = {"teamtype": _SECURITY_GROUP, "azureactivedirectoryobjectid": group, "membershiptype": 0}
    _tell(world, name, id=organisation.people.add_team("Agents", organisation.root_business_unit, **own))


async def _queueless(fakes: Fakes, world: World, name: str) -> None:
    """A user whose queue is not there."""
    await _member(fakes, world, name)
    fakes.tenant.organisation.update("systemuser", world.values[f"{name}.user_id"], {"queueid": None})


def _role(organisation: Organisation, name: str, unit: str | None = None) -> str:
    """The id of a role that every organisation is founded with. Raises LookupError."""
    found = organisation.role_named(name, unit)
    if found is None:
        raise LookupError(f"this organisation was founded without the role {name}")
    return str(found["roleid"])


def _tell(world: World, name: str, **members: str) -> None:
    world.values |= {f"{name}.{member}": value for member, value in members.items()}
    world.rails.know(members.values())


_PERSON: Final = frozenset({"object_id", "user_id"})
_HOLDER: Final = frozenset({"user_id", "role_id"})

REHEARSALS: Final[dict[str, Rehearsal]] = {
    "kept_roles": Rehearsal(_kept_roles, frozenset(_KEPT)),
    "root_unit": Rehearsal(_root_unit, frozenset({"id"})),
    "home_of_administrators": Rehearsal(_home_of_administrators, frozenset({"id"})),
    "last_administrator": Rehearsal(_last_administrator, _HOLDER),
    "platform_user": Rehearsal(_platform_user, frozenset({"user_id"})),
    "support_user": Rehearsal(_support_user, _HOLDER),
    "newcomer": Rehearsal(_newcomer, frozenset({"object_id"})),
    "member": Rehearsal(_member, _PERSON),
    "group_team": Rehearsal(_group_team, frozenset({"id"})),
    "queueless": Rehearsal(_queueless, _PERSON),
}
