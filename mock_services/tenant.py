"""One make-believe Microsoft tenant: a directory, its Dataverse organisations, a clock, quirks and a journal."""

from dataclasses import dataclass, field

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.hosts import NationalCloud, national_cloud_of
from mock_services.journal import Journal
from mock_services.quirks import Quirks
from mock_services.state.directory import Directory
from mock_services.state.organisation import Organisation
from mock_services.state.replicas import Replication
from mock_services.state.throttling import Throttling


@dataclass(frozen=True)
class Operator:
    """The sign-in of the administrator who sets things up, as a person and as an app. Make-believe, like the rest."""

    client_id: str
    client_secret: str = field(repr=False)
    username: str
    password: str = field(repr=False)


@dataclass
class FakeTenant:
    """One consistent world. Nothing in it is shared with another tenant, so tests need not clean up."""

    id: str
    display_name: str
    domain: str
    """The verified default domain, for example `contoso.onmicrosoft.com`."""
    clock: FakeClock
    chance: Chance
    directory: Directory
    organisations: list[Organisation]
    operator: Operator
    quirks: Quirks = field(default_factory=Quirks)
    journal: Journal = field(default_factory=Journal)
    throttling: Throttling = field(default_factory=Throttling)
    """What clients of Graph have left of their limits."""

    sign_ins_a_minute: int | None = None
    """Token requests of one client that are answered within a minute before it is told 429; None for no limit.

    Entra publishes no number, so there is none unless a test sets one.
    """

    @property
    def national_cloud(self) -> NationalCloud:
        """The cloud that this tenant lives in; others do not know it."""
        return national_cloud_of(self.domain)

    @property
    def organisation(self) -> Organisation:
        """The first Dataverse organisation. Raises LookupError in a tenant that has none."""
        if not self.organisations:
            raise LookupError(f"tenant {self.display_name} has no Dataverse organisation")
        return self.organisations[0]

    @property
    def replication(self) -> Replication:
        """When other readers see what was written: `tenant.replication.use("typical")`."""
        return self.directory.replication

    def organisation_at(self, host: str) -> Organisation | None:
        """The organisation of this host (without `.api`), or None."""
        return next((each for each in self.organisations if each.host == host), None)

    def snapshot(self) -> "Snapshot":
        """Everything this tenant holds, to be put back by `restore`. The clock is not part of it."""
        return Snapshot(self.directory.store.image(), [each.store.image() for each in self.organisations])

    def restore(self, snapshot: "Snapshot") -> None:
        """Put the directory and the organisations back as they were."""
        self.directory.restore(snapshot.directory)
        for organisation, image in zip(self.organisations, snapshot.organisations, strict=True):
            organisation.restore(image)

    def close(self) -> None:
        """Give the memory or the files back."""
        self.directory.store.close()
        for organisation in self.organisations:
            organisation.store.close()


@dataclass(frozen=True)
class Snapshot:
    """The bytes of a tenant's databases."""

    directory: bytes = field(repr=False)
    organisations: list[bytes] = field(repr=False)
