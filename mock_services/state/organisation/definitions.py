"""What a Dataverse table is: its columns, lookups, states and names, read from TOML into frozen dataclasses."""

import tomllib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any

TABLES = "mock_services.state.tables"
INTEGER_RANGE = (-2147483648, 2147483647)
Traits = Mapping[str, Any]
VERBS = ("Create", "Read", "Write", "Delete", "Append", "AppendTo", "Assign", "Share")


@dataclass(frozen=True)
class Column:
    """A column that is not a lookup."""

    name: str
    type: str
    """string memo int bigint bool picklist state status datetime date guid money decimal double multiselect entityname
    managed (a `{Value, CanBeChanged}` object) or organization (the organisation's own id, not stored)."""
    length: int | None = None
    min: float | None = None
    max: float | None = None
    options: Mapping[int, str] = field(default_factory=dict)
    default: Any = None
    level: str = "none"
    """Required level: none, recommended, application (only forms insist) or system (the platform insists)."""
    create: bool = True
    update: bool = True
    index: bool = False
    mirrors: str | None = None
    """The lookup whose target's name this entityname column holds."""
    fixed: str | None = None
    managed_name: str = ""
    label: str = ""
    """Its name for people; made from `schema` where none is given."""
    schema: str = ""
    """Its name with capitals, as `new_Colour`; the name itself where none is given."""
    custom: bool = False
    secured: bool = False
    """Whether column security keeps it from everybody who holds no profile for it."""
    global_options: str = ""
    """The name of the global choice its options come from; empty for options of its own."""
    traits: Traits = field(default_factory=dict)
    """Members of its definition that a customer set and that change nothing in how the fake behaves."""

    @property
    def stored(self) -> bool:
        """Whether there is a column behind it in the database."""
        return self.type != "organization" and self.fixed is None and self.mirrors is None


@dataclass(frozen=True)
class Lookup:
    """A column that points at a row of one of its targets."""

    name: str
    targets: Mapping[str, str]
    """Target table -> the single-valued navigation property that leads there. Empty: the table is not modelled."""
    collections: Mapping[str, str] = field(default_factory=dict)
    """Target table -> the collection-valued navigation property that leads back."""
    level: str = "none"
    create: bool = True
    update: bool = True
    index: bool = False
    virtual: bool = False
    """Not stored: always the organisation itself."""
    polymorphic: bool = False
    """Whether the target's table is kept beside the id: it has, or had, several."""
    label: str = ""
    schema: str = ""
    custom: bool = False
    secured: bool = False
    relationships: Mapping[str, str] = field(default_factory=dict)
    """Target table -> the schema name of the relationship; see `relationship_to` for where none is given."""
    cascades: Mapping[str, str] = field(default_factory=dict)
    """Target table -> what happens here when the target is deleted: Cascade, Restrict, RemoveLink or NoCascade."""
    traits: Traits = field(default_factory=dict)
    """As a column's."""
    relationship_traits: Mapping[str, Traits] = field(default_factory=dict)
    """Target table -> the same of the relationship."""

    @property
    def value_name(self) -> str:
        """The name of the value on the wire."""
        return f"_{self.name}_value"

    @property
    def only_target(self) -> str | None:
        """The target of a lookup that has one."""
        return next(iter(self.targets)) if len(self.targets) == 1 else None

    def relationship_to(self, target: str, table: str) -> str:
        """The schema name of the one-to-many relationship from `target` to `table` that this lookup makes."""
        told = self.relationships.get(target) or self.collections.get(target)
        return told or _STAMPED.get(self.name, f"{target}_{{table}}_{self.name}").format(table=table)


_STAMPED: Mapping[str, str] = {
    **{name: f"lk_{{table}}_{name}" for name in ("createdby", "modifiedby", "createdonbehalfby", "modifiedonbehalfby")},
    "owninguser": "user_{table}",
    "owningteam": "team_{table}",
    "owningbusinessunit": "business_unit_{table}",
}
"""How the platform names the relationships of the lookups that it gives to every new table: the many-to-one
relationships of the reference's newer tables (powerapps-docs and customer-engagement, msdyn_liveworkstream)."""


@dataclass(frozen=True)
class State:
    """One value of `statecode` and the values of `statuscode` that go with it; the first is its default."""

    value: int
    label: str
    statuses: Mapping[int, str]


@dataclass(frozen=True)
class End:
    """One end of a many-to-many relationship."""

    table: str
    column: str
    """The column of the intersect that holds this end's id."""
    navigation: str
    """The collection-valued navigation property of this end's table."""


@dataclass(frozen=True)
class Table:
    """One table."""

    logical: str
    set: str
    schema: str
    label: str
    code: int
    primary_id: str
    ownership: str
    """User, BusinessUnit, Organization or None."""
    primary_name: str = ""
    word: str = ""
    """The table's word in the names of its privileges; empty when it has none of its own."""
    governed_by: str = ""
    """Whose privileges govern a table that has none of its own: the word of that table."""
    verbs: tuple[str, ...] = VERBS
    solution: str | None = None
    base: str = "crmbaseentity"
    notes: bool = False
    queues: bool = False
    read_only: bool = False
    unique: tuple[str, ...] = ()
    ends: tuple[End, ...] = ()
    """The two ends of an intersect."""
    activity: bool = False
    """Whether its rows are activities, to be seen through `activitypointer` too."""
    view: bool = False
    """Whether it keeps no rows of its own: `activitypointer` shows those of every activity table."""
    custom: bool = False
    plural_label: str = ""
    description: str = ""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Alternate keys: name -> columns (lookups by their own names)."""
    traits: Traits = field(default_factory=dict)
    """As a column's; of an intersect, those of its relationship."""
    columns: Mapping[str, Column] = field(default_factory=dict)
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    states: tuple[State, ...] = ()

    @cached_property
    def navigation(self) -> Mapping[str, tuple[Lookup, tuple[str, ...]]]:
        """Single-valued navigation property -> its lookup and its target; `ownerid` alone has two."""
        found: dict[str, tuple[Lookup, tuple[str, ...]]] = {}
        for lookup in self.lookups.values():
            for target, nav in lookup.targets.items():
                found[nav] = (lookup, (*found.get(nav, (lookup, ()))[1], target))
        return found

    @cached_property
    def values(self) -> Mapping[str, Lookup]:
        """Lookups by the name of their value on the wire (`_ownerid_value`)."""
        return {lookup.value_name: lookup for lookup in self.lookups.values()}

    @cached_property
    def secured(self) -> frozenset[str]:
        """The columns and lookups that column security keeps."""
        columns = {column.name for column in self.columns.values() if column.secured}
        return frozenset(columns | {lookup.name for lookup in self.lookups.values() if lookup.secured})

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """What a new row starts with, beside its state."""
        return {c.name: c.default for c in self.columns.values() if c.default is not None and c.stored}

    def state_of_status(self, status: int) -> int | None:
        """The state that a status belongs to, or None."""
        return next((state.value for state in self.states if status in state.statuses), None)

    def default_status(self, state: int) -> int | None:
        """The status that a state starts with, or None for no such state."""
        return next((next(iter(each.statuses)) for each in self.states if each.value == state), None)


@dataclass(frozen=True)
class Choice:
    """A global choice: a set of options that columns of several tables may share."""

    name: str
    options: Mapping[int, str]
    label: str = ""
    description: str = ""
    custom: bool = True


@dataclass(frozen=True)
class Collection:
    """A collection-valued navigation property that follows a lookup backwards."""

    name: str
    table: str
    lookup: str


@dataclass(frozen=True)
class Association:
    """A many-to-many navigation property, as one of its two ends sees it."""

    name: str
    via: str
    """The intersect table."""
    near: str
    far: str
    """The columns of the intersect: this end's id and the other's."""
    table: str
    """The table at the other end."""


@cache
def standard_tables() -> Mapping[str, Table]:
    """The tables that Microsoft ships, those of optional solutions included. Read once a process; never changed."""
    files = sorted(each.name for each in resources.files(TABLES).iterdir() if each.name.endswith(".toml"))
    return {table.logical: table for table in (_table(name) for name in files)}


def new_table(
    *,
    columns: Mapping[str, Column],
    lookups: Mapping[str, Lookup],
    states: tuple[State, ...] = (),
    has_system_columns: bool = True,
    without: Container[str] = (),
    **members: Any,
) -> Table:
    """A table with the columns that every one of its kind has: its key, states, stamps and owner.

    Its own lookups win over the stamps and the owner; `without` names columns of its kind that it has not.
    """
    found = {members["primary_id"]: Column(members["primary_id"], "guid", update=False), **columns}
    ways: dict[str, Lookup] = {}
    if states:
        found |= {column.name: column for column in _state_columns(states)}
    if has_system_columns:
        found |= {column.name: column for column in _SYSTEM_COLUMNS if column.name not in without}
        ways |= {lookup.name: lookup for lookup in _SYSTEM_LOOKUPS if lookup.name not in without}
    if members["ownership"] == "User":
        ways |= {lookup.name: lookup for lookup in _owner_lookups(members["schema"], members.get("custom") is True)}
    return Table(**members, columns=found, lookups=ways | dict(lookups), states=states)


def _table(name: str) -> Table:
    raw = tomllib.loads(resources.files(TABLES).joinpath(name).read_text("utf-8"))
    raw["verbs"] = tuple(raw.get("verbs", VERBS))
    raw["unique"] = tuple(raw.get("unique", ()))
    raw["ends"] = tuple(End(**each) for each in raw.get("ends", ()))
    raw["keys"] = {key: tuple(names) for key, names in raw.get("keys", {}).items()}
    return new_table(
        columns={key: _column(key, each) for key, each in raw.pop("columns", {}).items()},
        lookups={key: _lookup(key, each) for key, each in raw.pop("lookups", {}).items()},
        states=tuple(_state(each) for each in raw.pop("states", ())),
        has_system_columns=raw.pop("system_columns", True),
        **raw,
    )


def _column(name: str, raw: dict[str, Any]) -> Column:
    options = {int(value): label for value, label in raw.pop("options", {}).items()}
    return Column(name=name, options=options, **raw)


def _lookup(name: str, raw: dict[str, Any]) -> Lookup:
    return Lookup(name=name, polymorphic=len(raw["targets"]) > 1, **raw)


def _state(raw: dict[str, Any]) -> State:
    statuses = {int(value): label for value, label in raw["statuses"].items()}
    return State(raw["value"], raw["label"], statuses)


def _state_columns(states: tuple[State, ...]) -> Iterator[Column]:
    names = {state.value: state.label for state in states}
    yield Column("statecode", "state", options=names, create=False, level="system")
    yield Column("statuscode", "status", options={k: v for state in states for k, v in state.statuses.items()})


_SYSTEM_COLUMNS = (
    Column("createdon", "datetime", create=False, update=False),
    Column("modifiedon", "datetime", create=False, update=False),
    Column("overriddencreatedon", "datetime", update=False),
    Column("importsequencenumber", "int", update=False),
    Column("versionnumber", "bigint", create=False, update=False),
)
_SYSTEM_LOOKUPS = tuple(
    Lookup(name, {"systemuser": name}, create=False, update=False)
    for name in ("createdby", "modifiedby", "createdonbehalfby", "modifiedonbehalfby")
)


def _owner_lookups(schema: str, is_custom: bool) -> Iterator[Lookup]:
    """Who owns a row of a user-owned table; its navigation names carry the schema's name where they would clash.

    Microsoft's oldest tables have plurals there; a customer's are named as their relationships.
    """
    table = schema.lower()
    users, teams, units = f"system_user_{table}s", f"team_{table}s", f"business_unit_{table}s"
    if is_custom:
        names = ("owninguser", "owningteam", "owningbusinessunit")
        users, teams, units = (_STAMPED[name].format(table=table) for name in names)
    owners = {"systemuser": "ownerid", "team": "ownerid"}
    yield Lookup("ownerid", owners, level="system", index=True, polymorphic=True)
    yield Lookup(
        "owninguser",
        {"systemuser": "owninguser"},
        {"systemuser": users},
        "none",
        False,
        False,
    )
    yield Lookup("owningteam", {"team": "owningteam"}, {"team": teams}, "none", False, False)
    yield Lookup(
        "owningbusinessunit",
        {"businessunit": "owningbusinessunit"},
        {"businessunit": units},
        "none",
        False,
        False,
    )
