"""One query, whatever language it was asked in: `$filter`, `$apply`, FetchXML or SQL become this, and this becomes SQL.

Paths are names as the language spells them; who compiles the query resolves them. Operators are FetchXML's names, the
richest of the languages: the others' map onto them.
"""

from dataclasses import dataclass
from typing import Any, Literal, Union

Path = tuple[str, ...]
Kind = Literal["text", "number", "bool", "guid", "instant", "date", "null", "untyped"]
"""What a literal is; `untyped` is a text whose column decides (everything in FetchXML)."""
LinkKind = Literal["inner", "outer", "any", "not any", "all", "not all", "exists", "in", "matchfirstrowusingcrossapply"]


@dataclass(frozen=True)
class Value:
    """A literal: instants are aware datetimes, dates are dates, GUIDs are lower case."""

    kind: Kind
    value: Any


@dataclass(frozen=True)
class Comparison:
    """A column, an operator, and what it is held against: literals, or another column of the same kind."""

    path: Path
    operator: str
    values: tuple[Value, ...] = ()
    other: Path | None = None
    source: str = ""
    """The alias of the link whose column it is; the table at hand when empty."""
    other_source: str = ""


@dataclass(frozen=True)
class Group:
    """All of the parts, or any."""

    is_or: bool
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The opposite."""

    part: "Condition"


@dataclass(frozen=True)
class Some:
    """Whether a collection has a row (`every`: has none without) for which the condition holds."""

    path: Path
    condition: "Condition | None"
    every: bool = False


@dataclass(frozen=True)
class Constant:
    """Always true, or never."""

    value: bool


Condition = Union[Comparison, Group, Not, Some, Constant, "Linked"]


@dataclass(frozen=True)
class Selected:
    """A column of the answer."""

    path: Path
    alias: str = ""
    aggregate: str = ""
    """count countcolumn sum avg min max, each `distinct` where that is said."""
    distinct: bool = False
    grouped: bool = False
    date_part: str = ""
    """day week month quarter year fiscal-period fiscal-year, of a grouped instant."""


@dataclass(frozen=True)
class Ordered:
    """One key of the order: a column, or the alias of a selected one."""

    path: Path = ()
    descending: bool = False
    alias: str = ""
    source: str = ""
    """The alias of the link whose column it is; the query's own table when empty."""


@dataclass(frozen=True)
class Linked:
    """Another table, joined where `here` (a column of the table above) equals `there` (one of its own).

    As a condition (of the kinds any, not any, all and not all) it asks what is there.
    """

    table: str
    there: str
    here: str
    alias: str = ""
    kind: LinkKind = "inner"
    columns: tuple[Selected, ...] = ()
    all_columns: bool = False
    condition: Condition | None = None
    orders: tuple[Ordered, ...] = ()
    links: tuple["Linked", ...] = ()


@dataclass(frozen=True)
class Query:
    """What is asked of one table and of those linked to it."""

    table: str
    columns: tuple[Selected, ...] = ()
    all_columns: bool = False
    condition: Condition | None = None
    links: tuple[Linked, ...] = ()
    orders: tuple[Ordered, ...] = ()
    top: int | None = None
    page: int = 1
    page_size: int | None = None
    cookie: str = ""
    distinct: bool = False
    aggregates: bool = False
    aggregate_limit: int | None = None
    counts: bool = False
    """Whether the number of all rows is wanted too."""
    skip: int = 0
    by_attribute: bool = True
    """Whether lookups go by their own names, as in FetchXML and SQL, or as `_name_value`, as in OData."""


def all_of(*parts: Condition | None) -> Condition | None:
    """The parts that are there, together."""
    there = tuple(part for part in parts if part is not None)
    return there[0] if len(there) == 1 else Group(False, there) if there else None
