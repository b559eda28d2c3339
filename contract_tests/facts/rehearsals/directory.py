"""Quotas, throttled clients, late replicas, groups and policies of the directory."""

from typing import Final

from contract_tests.facts.rehearsals.rehearsal import Fakes, Rehearsal
from contract_tests.facts.world import World, claims_of
from mock_services.graph.throttle import UNITS
from mock_services.state.well_known import DATAVERSE, GLOBAL_READER

_OWNERS: Final = 99
_OBJECTS: Final = 249
_PAGE: Final = 100
_FAR: Final = 9_999_999_999
"""The year 2286, in seconds."""


def _settled(fakes: Fakes, preset: str = "slow") -> None:
    """All that is there is everywhere; from now on it lags."""
    fakes.tenant.clock.advance(minutes=10)
    fakes.tenant.replication.use(preset)


async def _early(fakes: Fakes, world: World, name: str) -> None:
    """The operator's token, to hold from the year 2286 on."""
    claims = claims_of(await world.token("operator", "graph")) | {"nbf": _FAR, "exp": _FAR}
    world.values[f"{name}.graph"] = fakes.cloud.signing_keys.sign(claims)


async def _spent(fakes: Fakes, _world: World, _name: str) -> None:
    """The operator has used up its units."""
    tenant = fakes.tenant
    tenant.throttling.bucket(UNITS[0], tenant.operator.client_id, tenant.clock.now()).left = 0


async def _quota_nearly_used(fakes: Fakes, world: World, _name: str) -> None:
    """The application that manages its own is one object short of its quota."""
    for _ in range(_OBJECTS):
        fakes.tenant.directory.set_creator(fakes.tenant.chance.guid(), world.values["own_only.principal_id"])


async def _owners_nearly_full(fakes: Fakes, world: World, _name: str) -> None:
    """The registration is one owner short of all that it may have."""
    for _ in range(_OWNERS):
        fakes.tenant.directory.add_owner(world.values["registered.application_id"], fakes.tenant.chance.guid())


async def _full_page(fakes: Fakes, _world: World, _name: str) -> None:
    """As many registrations as one page holds."""
    directory = fakes.tenant.directory
    for number in range(_PAGE - len(directory.applications())):
        directory.add_application(f"Registration {number}")


async def _grant_status_400(fakes: Fakes, _world: World, _name: str) -> None:
    fakes.tenant.quirks.graph_duplicate_grant_status = 400


async def _concurrency_status_400(fakes: Fakes, _world: World, _name: str) -> None:
    fakes.tenant.quirks.graph_concurrency_status = 400


async def _slow_replicas(fakes: Fakes, _world: World, _name: str) -> None:
    _settled(fakes)


async def _personal_accounts_late(fakes: Fakes, _world: World, _name: str) -> None:
    """One replica of ours, and the directory of personal accounts slowly behind it."""
    fakes.tenant.replication.replicas = 1
    _settled(fakes)


async def _young_principal(fakes: Fakes, world: World, name: str) -> None:
    """A principal that the next request's replica has, and the one after it does not."""
    _settled(fakes)
    directory, replication = fakes.tenant.directory, fakes.tenant.replication
    made = directory.add_service_principal(world.values["registered.client_id"])
    while directory.service_principal(id=made.id) is None:
        replication.next_reader()
    for _ in range(replication.replicas - 1):
        replication.next_reader()
    dataverse = directory.service_principal(app_id=DATAVERSE)
    world.values |= {f"{name}.id": made.id, f"{name}.resource_id": dataverse.id if dataverse else ""}
    world.rails.know([made.id])


async def _groups(fakes: Fakes, world: World, name: str) -> None:
    """A plain group, one that may hold roles, and one that a person owns alone."""
    directory = fakes.tenant.directory
    owner = directory.user(user_principal_name=fakes.tenant.operator.username)
    for kind in ("plain", "for_roles", "owned"):
        made = directory.add_group(kind, mail_nickname=kind, is_assignable_to_role=kind == "for_roles")
        world.values[f"{name}.{kind}"] = made.id
    world.values[f"{name}.owner"] = owner.id if owner else ""
    directory.add_owner(world.values[f"{name}.owned"], world.values[f"{name}.owner"])
    world.rails.know(world.values[f"{name}.{kind}"] for kind in ("plain", "for_roles", "owned"))


async def _own_directory(_fakes: Fakes, world: World, name: str) -> None:
    """As it was founded: nobody has used any role but the first administrator's."""
    world.values[f"{name}.unused_role"] = GLOBAL_READER
    world.rails.know([GLOBAL_READER])


def _forbidding(**restriction: str) -> Rehearsal:
    """The tenant's policy is against a kind of secret."""

    async def make(fakes: Fakes, world: World, name: str) -> None:
        directory = fakes.tenant.directory
        wanted = {"isEnabled": True, "applicationRestrictions": {"passwordCredentials": [restriction]}}
        directory.set_default_app_policy({**directory.default_app_policy(), **wanted})
        world.values[f"{name}.policy_id"] = directory.default_app_policy()["id"]

    return Rehearsal(make, frozenset({"policy_id"}))


REHEARSALS: Final[dict[str, Rehearsal]] = {
    "own_directory": Rehearsal(_own_directory, frozenset({"unused_role"})),
    "early": Rehearsal(_early, frozenset({"graph"})),
    "spent": Rehearsal(_spent),
    "quota_nearly_used": Rehearsal(_quota_nearly_used),
    "owners_nearly_full": Rehearsal(_owners_nearly_full),
    "full_page": Rehearsal(_full_page),
    "grant_status_400": Rehearsal(_grant_status_400),
    "concurrency_status_400": Rehearsal(_concurrency_status_400),
    "slow_replicas": Rehearsal(_slow_replicas),
    "personal_accounts_late": Rehearsal(_personal_accounts_late),
    "young_principal": Rehearsal(_young_principal, frozenset({"id", "resource_id"})),
    "groups": Rehearsal(_groups, frozenset({"plain", "for_roles", "owned", "owner"})),
    "secrets_forbidden": _forbidding(restrictionType="passwordAddition"),
    "secrets_short": _forbidding(restrictionType="passwordLifetime", maxLifetime="P30D"),
}
