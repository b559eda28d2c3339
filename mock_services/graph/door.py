"""A door of Graph: a verb at a path, what it needs and what it does; and the doors of a collection, by the dozen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mock_services.graph.call import Answer, Call
from mock_services.graph.entities import APPLICATION, DIRECTORY_ROLE, GROUP, SERVICE_PRINCIPAL, USER
from mock_services.graph.query import Document, Entity, Options

Act = Callable[[Call], Answer]
Documents = Callable[[Call], list[Document]]

BELONGING: Mapping[str, Entity] = {"group": GROUP, "directoryRole": DIRECTORY_ROLE}
"""What an object can be in, by the kinds that a path may cast to."""
MEMBERS: Mapping[str, Entity] = {"user": USER, "servicePrincipal": SERVICE_PRINCIPAL, "group": GROUP}
"""What can be in a group."""
OWNED: Mapping[str, Entity] = {"application": APPLICATION, "servicePrincipal": SERVICE_PRINCIPAL, "group": GROUP}
"""What can be owned."""
OWNERS: Mapping[str, Entity] = {"user": USER, "servicePrincipal": SERVICE_PRINCIPAL}
_SHORT_PAGE = 20
_NO_CASTS: Mapping[str, Entity] = {}


@dataclass(frozen=True)
class Door:
    """A verb at a path (`*` stands for a key), what it is called in the journal, and what the caller needs for it."""

    method: str
    path: str
    operation: str
    purpose: str
    act: Act
    units: int = 1
    """Resource units it costs (throttling-limits)."""
    needs_body: bool = True
    """A POST or PATCH without a body is refused."""
    is_read: bool = False
    """A POST that changes nothing."""
    segments: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "segments", tuple(self.path.lower().split("/")))

    @property
    def is_write(self) -> bool:
        """It changes something."""
        return self.method != "GET" and not self.is_read

    def cost(self, options: Options) -> int:
        """Resource units of one call: less for a narrower answer, more for a wider one, never nothing."""
        if self.method != "GET":
            return self.units
        given = options.given
        is_short = given.get("$top", "").isdecimal() and options.top() < _SHORT_PAGE
        return max(1, self.units - ("$select" in given) - is_short + ("$expand" in given))


def listed(
    path: str,
    operation: str,
    purpose: str,
    documents: Documents,
    entity: Entity,
    *,
    units: int = 1,
    casts: Mapping[str, Entity] = _NO_CASTS,
) -> tuple[Door, ...]:
    """The doors of one collection: itself, its number, and both for each kind that it may be cast to."""
    wanted = {"": entity} | {f"/microsoft.graph.{kind}": of_kind for kind, of_kind in casts.items()}
    return tuple(
        Door("GET", path + cast + end, f"{operation}.{verb}", purpose, act(documents, shown, cast), units)
        for cast, shown in wanted.items()
        for end, verb, act in (("", "list", _list), ("/$count", "count", _count))
    )


def _list(documents: Documents, entity: Entity, cast: str) -> Act:
    return lambda call: call.many(_cast(documents(call), cast), entity)


def _count(documents: Documents, entity: Entity, cast: str) -> Act:
    return lambda call: call.counted(_cast(documents(call), cast), entity)


def _cast(documents: list[Document], cast: str) -> list[Document]:
    """Those of the wanted kind. Where the path says the kind, they do not (DOC group-list-transitivemembers)."""
    if not cast:
        return documents
    kind = f"#{cast[1:]}"
    return [
        {name: value for name, value in each.items() if name != "@odata.type"}
        for each in documents
        if each["@odata.type"] == kind
    ]
