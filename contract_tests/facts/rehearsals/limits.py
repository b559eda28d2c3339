"""Service protection limits, and rules of a whole environment."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from contract_tests.facts.rehearsals.rehearsal import Fakes, Rehearsal
from contract_tests.facts.world import World
from mock_services.state.service_limits import Use


def _use(fakes: Fakes) -> Use:
    """What the operator has asked of the environment within the window."""
    organisation, now = fakes.tenant.organisation, fakes.tenant.clock.now()
    (user,) = organisation.select("systemuser", applicationid=fakes.tenant.operator.client_id)
    return organisation.limits.use_of(user["systemuserid"], now)


async def _requests_spent(fakes: Fakes, _world: World, _name: str) -> None:
    _use(fakes).spend(fakes.tenant.clock.now(), requests=6_000)


async def _time_spent(fakes: Fakes, _world: World, _name: str) -> None:
    _use(fakes).spend(fakes.tenant.clock.now(), execution=timedelta(minutes=20))


async def _all_under_way(fakes: Fakes, _world: World, _name: str) -> None:
    _use(fakes).under_way = 52


async def _without_versions(fakes: Fakes, _world: World, _name: str) -> None:
    """Contacts are a table that keeps no versions of its rows."""
    contact = fakes.tenant.organisation.schema.table("contact")
    columns = {name: column for name, column in contact.columns.items() if name != "versionnumber"}
    fakes.tenant.organisation.define(replace(contact, columns=columns))


REHEARSALS: Final[dict[str, Rehearsal]] = {
    "requests_spent": Rehearsal(_requests_spent),
    "time_spent": Rehearsal(_time_spent),
    "all_under_way": Rehearsal(_all_under_way),
    "without_versions": Rehearsal(_without_versions),
}
