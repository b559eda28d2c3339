"""The privileges an organisation knows: generated from its tables, with the public ids where they are known."""

import tomllib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources
from typing import Any

from mock_services.state.organisation.definitions import VERBS, Table, standard_tables


class Depth(IntEnum):
    """How far a privilege reaches; the API spells the names, the intersect keeps `1 << depth`."""

    Basic = 0
    Local = 1
    Deep = 2
    Global = 3

    @property
    def mask(self) -> int:
        """As `roleprivileges.privilegedepthmask` has it."""
        return 1 << self.value


RIGHTS: Mapping[str, int] = {
    "Read": 1, "Write": 2, "Append": 4, "AppendTo": 16, "Create": 32, "Delete": 65536,
    "Share": 262144, "Assign": 524288,
}  # fmt: skip
"""Verb -> `privilege.accessright`."""
LETTERS = dict(zip("CRWDATNS", VERBS, strict=True))
"""The verbs as roles.toml abbreviates them."""

# Depths a privilege may be granted at, by ownership: an export of a live organisation's roles (XrmMockup).
_DEPTHS = {"User": "BLDG", "BusinessUnit": "LDG", "Organization": "G", "None": "G"}
_OWN_DEPTHS = {"prvCreateBusinessUnit": "DG", "prvDeleteBusinessUnit": "DG"} | {
    f"prv{verb}UserQuery": "B" for verb in ("Create", "Read", "Write", "Delete", "Assign", "Share")
}
_NAMESPACE = uuid.UUID("7b0a5b0e-7d3e-4f0e-9a43-2a5f7a3f5a11")


@dataclass(frozen=True)
class Privilege:
    """One privilege."""

    name: str
    id: str
    right: str
    depths: str
    """The depths it may be granted at, by first letter."""
    solution: str | None

    def allows(self, depth: Depth) -> bool:
        """Whether it may be granted at this depth."""
        return depth.name[0] in self.depths

    @property
    def greatest(self) -> Depth:
        """The greatest depth it may be granted at."""
        return max(depth for depth in Depth if self.allows(depth))

    def row(self) -> dict[str, Any]:
        """As the `privilege` table has it."""
        return {
            "privilegeid": self.id,
            "name": self.name,
            "accessright": RIGHTS[self.right],
            **{f"canbe{depth.name.lower()}": self.allows(depth) for depth in Depth},
            "canbeentityreference": False,
            "canbeparententityreference": False,
            "canberecordfilter": False,
            "versionnumber": 1,
        }


@dataclass(frozen=True)
class RoleRecipe:
    """A role that organisations are born with."""

    name: str
    template: str | None
    id: str | None
    solution: str | None
    is_inherited: int
    grants: Mapping[str, Depth]


def privilege_name(verb: str, word: str) -> str:
    """`prv` + verb + word, as `prvAppendToContact`."""
    return f"prv{verb}{word}"


def privileges_of_tables(tables: Iterable[Table]) -> Mapping[str, Privilege]:
    """Every privilege by name that goes with these tables, and those that belong to no table."""
    return {privilege.name: privilege for privilege in _generate(tables)}


@cache
def _standard() -> Mapping[str, Privilege]:
    return privileges_of_tables(standard_tables().values())


@cache
def starting_privileges() -> Mapping[str, Depth]:
    """What a role made through the API is born with."""
    return dict.fromkeys(_data("privileges.toml")["starting"], Depth.Global)


@cache
def role_recipes() -> tuple[RoleRecipe, ...]:
    """The roles of a new organisation."""
    return tuple(_recipe(raw) for raw in _data("roles.toml")["role"])


def _recipe(raw: dict[str, Any]) -> RoleRecipe:
    if raw.get("all"):
        grants = {privilege.name: privilege.greatest for privilege in _standard().values()}
    else:
        grants = dict(starting_privileges()) | {name: _standard()[name].greatest for name in raw.get("extra", ())}
        grants |= dict(_expand(raw.get("grants", {})))
    return RoleRecipe(raw["name"], raw.get("template"), raw.get("id"), raw.get("solution"), raw["inherited"], grants)


def _expand(grants: Mapping[str, str]) -> Iterator[tuple[str, Depth]]:
    """`{"RT Queue": "Global"}` into privileges, each at the depth or the nearest one that it allows."""
    for key, depth_name in grants.items():
        letters, word = key.split()
        for letter in letters:
            privilege = _standard()[privilege_name(LETTERS[letter], word)]
            wanted = Depth[depth_name]
            yield privilege.name, wanted if privilege.allows(wanted) else privilege.greatest


def _generate(tables: Iterable[Table]) -> Iterator[Privilege]:
    data = _data("privileges.toml")
    known: Mapping[str, str] = data["known"]
    seen: set[str] = set()
    for table in tables:
        for name, verb in _of_table(table):
            if name not in seen:
                seen.add(name)
                # All activity tables share one set of privileges, so it belongs to no solution.
                solution = None if table.word == "Activity" else table.solution
                depths = _OWN_DEPTHS.get(name, _DEPTHS[table.ownership])
                yield Privilege(name, known.get(name) or _minted(name), verb, depths, solution)
    for name, raw in data["extra"].items():
        yield Privilege(name, known.get(name) or _minted(name), raw["right"], raw["depths"], None)
    for name, raw in data["starting"].items():
        yield Privilege(name, raw["id"], raw["right"], "G", None)


def _of_table(table: Table) -> Iterator[tuple[str, str]]:
    if table.word:
        for verb in table.verbs:
            yield privilege_name(verb, table.word), verb


def _minted(name: str) -> str:
    """A stable id for a privilege whose real one nobody has published."""
    return str(uuid.uuid5(_NAMESPACE, name))


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("mock_services.state.organisation").joinpath(name).read_text("utf-8"))
