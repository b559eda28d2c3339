"""One authorised request on its way to an act, and the act's answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mock_services.exchange import Exchange
from mock_services.graph import kinds
from mock_services.graph.addressing import Key, is_guid
from mock_services.graph.bearer import Caller
from mock_services.graph.errors import Refused
from mock_services.graph.expansion import relations_of
from mock_services.graph.permissions import Reach
from mock_services.graph.query import Document, Entity, Options, context, count, page, selected
from mock_services.graph.refusals import objects
from mock_services.state.directory import Directory
from mock_services.tenant import FakeTenant


@dataclass(frozen=True)
class Answer:
    """What an act says: a document, a number as text, or nothing (204)."""

    status: int
    body: Document | str | None = None
    location: str = ""


@dataclass(frozen=True)
class Call:
    """Everything an act may look at."""

    exchange: Exchange
    caller: Caller
    reach: Reach
    version: str
    path: str
    """The path as asked for, from the version on; links to the next page repeat it."""
    keys: tuple[Key, ...]
    options: Options
    body: Document = field(default_factory=dict)
    prefer: str = ""
    touched: list[str] = field(default_factory=list)
    """Ids of the objects that the act changes, besides those that it makes."""

    @property
    def tenant(self) -> FakeTenant:
        """The tenant that the bearer names."""
        return self.caller.tenant

    @property
    def directory(self) -> Directory:
        """The tenant's directory."""
        return self.tenant.directory

    @property
    def root(self) -> str:
        """The service root as the client sees it, with the version."""
        return f"{self.exchange.base}/{self.version}"

    @property
    def creates_if_missing(self) -> bool:
        """The caller asks for an upsert: `Prefer: create-if-missing`."""
        return "create-if-missing" in (each.strip().lower() for each in self.prefer.split(","))

    def must_own(self, object_id: str) -> None:
        """Raises Refused (403) when the caller reaches only what it owns, and does not own this."""
        if self.reach is Reach.OWNED and self.caller.object_id not in self.directory.owners_of(object_id):
            raise Refused(objects.DENIED)

    def touch(self, object_id: str) -> None:
        """This act changes an object. Raises Refused when another replica has done so a moment ago."""
        if self.directory.replication.collides(object_id, self.tenant.clock.now()):
            as_bad_request = self.tenant.quirks.graph_concurrency_status == 400
            raise Refused(objects.CONCURRENT_AS_BAD_REQUEST if as_bad_request else objects.CONCURRENT)
        self.touched.append(object_id)

    def location_of(self, object_id: str, kind: str) -> str:
        """The Location of a new object, as recorded (azure-cli, 2025-04)."""
        return (
            f"{self.exchange.base}/v2/{self.tenant.id}/directoryObjects/{object_id}/Microsoft.DirectoryServices.{kind}"
        )

    def one(self, document: Document, entity: Entity, *, status: int = 200, location: str = "") -> Answer:
        """A single object, its wanted members only."""
        names = self.options.select() if status == 200 else ()
        head: Document = {"@odata.context": context(self.root, entity, names, is_single=True)}
        related = relations_of(self.directory, self.options, entity)(document) if status == 200 else {}
        return Answer(status, head | selected(document, names, entity) | related, location)

    def many(self, documents: Sequence[Document], entity: Entity) -> Answer:
        """A page of a collection."""
        related = relations_of(self.directory, self.options, entity)
        url = f"{self.exchange.base}{self.path}"
        return Answer(200, page(documents, self.options, entity, root=self.root, url=url, related=related))

    def counted(self, documents: Sequence[Document], entity: Entity) -> Answer:
        """How many there are, for `/$count`: plain text. Raises Refused."""
        return Answer(200, str(count(documents, self.options, entity)))


def required(read: Mapping[str, Any], name: str, wire: str, resource: str) -> Any:
    """A member that a body must hold. Raises Refused."""
    if read.get(name) in (None, ""):
        raise Refused(objects.VALUE_REQUIRED, member=wire, kind=resource)
    return read[name]


def referenced_id(call: Call, url: object, member: str, among: tuple[str, ...] = kinds.PRINCIPALS) -> str:
    """The object that an `@odata.id` or bound URL names, which must be there. Raises Refused, Missing."""
    identity = url.rstrip("/").rsplit("/", 1)[-1] if isinstance(url, str) else ""
    if not is_guid(identity):
        raise Refused(objects.VALUE_INVALID, member=member, kind="DirectoryObject")
    wanted = identity.lower()
    found = kinds.typed(call.directory, wanted, among)
    if found and found["@odata.type"] == kinds.type_of("servicePrincipal") and call.directory.replication.lags:
        call.directory.written_principal(wanted)  # may be gone in truth and merely shown by this replica
    if found is None:
        raise Refused(objects.NOT_FOUND, key=identity)
    return wanted
