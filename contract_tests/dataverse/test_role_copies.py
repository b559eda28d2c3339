"""Whatever happens to the tree: each business unit has a copy of every role defined in it or above, and of no other."""

from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract_tests.dataverse.asking import CLIENT_ID
from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.state.organisation import Depth, Organisation
from mock_services.state.store import Store


@dataclass
class Model:
    """The tree and the roles, as a plain reading has them: unit -> parent, role -> where it is defined."""

    parents: dict[str, str | None]
    roles: dict[str, str] = field(default_factory=dict)
    contents: dict[str, dict[str, Depth]] = field(default_factory=dict)

    def above(self, unit: str | None) -> list[str]:
        found = []
        while unit is not None:
            found.append(unit)
            unit = self.parents[unit]
        return found

    def roles_in(self, unit: str) -> set[str]:
        return {role for role, home in self.roles.items() if home in self.above(unit)}


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    """One that has no roles yet, so that copying them costs little."""
    made = Organisation(Store.memory(), clock=FakeClock(), chance=Chance(0))
    made.found(host="scratch.crm4.dynamics.com", tenant_id="t", display_name="Scratch", solutions=())
    for role in made.select("role"):
        made.roles.remove(role["roleid"])
    made.add_application_user(app_id=CLIENT_ID, object_id=CLIENT_ID, name="U", tenant_domain="x")
    return made


@pytest.fixture(scope="module")
def image(organisation: Organisation) -> bytes:
    return organisation.store.image()


_NUMBER = st.integers(0, 5)
_STEPS = st.lists(
    st.tuples(st.sampled_from(["unit", "move", "remove", "role", "unrole", "grant", "hold"]), _NUMBER, _NUMBER),
    min_size=3,
    max_size=14,
)


def take(organisation: Organisation, model: Model, step: tuple[str, int, int], number: int) -> None:
    """Do one step in both, where it makes sense."""
    kind, one, two = step
    units, roles = list(model.parents), list(model.roles)
    unit, other = units[one % len(units)], units[two % len(units)]
    role = roles[one % len(roles)] if roles else ""
    match kind:
        case "unit":
            model.parents[organisation.add_business_unit(f"U{number}", unit)] = unit
        case "move" if model.parents[unit] is not None and unit not in model.above(other):
            organisation.people.move_business_unit(unit, other)
            model.parents[unit] = other
        case "remove" if (
            model.parents[unit] is not None and unit not in model.parents.values() and not _is_home(organisation, unit)
        ):
            organisation.people.remove_business_unit(unit)
            del model.parents[unit]
            model.roles = {each: home for each, home in model.roles.items() if home != unit}
        case "role":
            made = organisation.add_role(f"R{number}", {"prvReadContact": "Basic"}, business_unit=unit)
            model.roles[made], model.contents[made] = unit, organisation.roles.privileges_in(made)
        case "unrole" if role:
            organisation.roles.remove(role)
            del model.roles[role]
        case "grant" if role:
            organisation.roles.grant(role, {"prvReadContact": Depth(two % 4)})
            model.contents[role] = model.contents[role] | {"prvReadContact": Depth(two % 4)}
        case "hold":
            user = organisation.select("systemuser", applicationid=CLIENT_ID)[0]
            organisation.people.move_user(user["systemuserid"], unit)
            for held in organisation.select("role", businessunitid=unit):
                if held["roleid"] not in {each["roleid"] for each in organisation.roles_of(user["systemuserid"])}:
                    organisation.assign_role(user["systemuserid"], held["roleid"])


def _is_home(organisation: Organisation, unit: str) -> bool:
    return bool(organisation.select("systemuser", businessunitid=unit))


@settings(max_examples=40)
@given(steps=_STEPS)
@example(steps=[("unit", 0, 0), ("unit", 1, 0), ("unit", 2, 0), ("role", 1, 0), ("hold", 3, 0), ("move", 2, 0)])
@example(steps=[("unit", 0, 0), ("role", 1, 0), ("unit", 0, 0), ("unit", 2, 0), ("move", 2, 1)])
def test_every_business_unit_has_the_roles_of_those_above_it(
    organisation: Organisation, image: bytes, steps: list[tuple[str, int, int]]
) -> None:
    organisation.restore(image)
    model = Model({organisation.root_business_unit: None})
    for number, step in enumerate(steps):
        take(organisation, model, step, number)
    assert len(organisation.select("businessunit")) == len(model.parents)
    for unit, parent in model.parents.items():
        copies = {row["parentrootroleid"]: row for row in organisation.select("role", businessunitid=unit)}
        assert set(copies) == model.roles_in(unit)
        above = {row["parentrootroleid"]: row["roleid"] for row in organisation.select("role", businessunitid=parent)}
        for root, row in copies.items():
            is_here = model.roles[root] == unit
            assert (row["roleid"] == root) == is_here
            assert row["parentroleid"] == (None if is_here else above[root])
            assert organisation.roles.privileges_in(row["roleid"]) == model.contents[root]
    user = organisation.select("systemuser", applicationid=CLIENT_ID)[0]
    for held in organisation.roles_of(user["systemuserid"]):
        assert held["businessunitid"] == user["businessunitid"]
