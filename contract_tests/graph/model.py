"""What a directory should hold, in plain dictionaries: the model that the state machine asks the fake against."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Value = Hashable | None
"""What an object looks like; None while it is not there."""


@dataclass
class History:
    """What one object was, and since when."""

    values: list[tuple[datetime, Value]] = field(default_factory=list)

    @property
    def now(self) -> Value:
        """What it is in truth."""
        return self.values[-1][1] if self.values else None

    def since(self, moment: datetime) -> set[Value]:
        """Everything that it has been from a moment on, what it was at that moment too."""
        before = [value for at, value in self.values if at <= moment]
        later = [value for at, value in self.values if at > moment]
        return {before[-1] if before else None, *later}


@dataclass
class Principal:
    """An application's presence, as far as the model minds it."""

    app_id: str
    is_binned: bool = False


@dataclass
class Registration:
    """A registration, as far as the model minds it."""

    app_id: str
    name: str
    is_binned: bool = False
    secrets: list[str] = field(default_factory=list)
    owners: set[str] = field(default_factory=set)


@dataclass
class Link:
    """A grant or a role: who holds it, and what it says."""

    client: str
    says: str


@dataclass
class Model:
    """The directory: by id, and each object's history besides."""

    registrations: dict[str, Registration] = field(default_factory=dict)
    principals: dict[str, Principal] = field(default_factory=dict)
    grants: dict[str, Link] = field(default_factory=dict)
    roles: dict[str, Link] = field(default_factory=dict)
    histories: dict[str, History] = field(default_factory=dict)

    def note(self, at: datetime) -> None:
        """Write down what everything is from now on."""
        everything = dict(self._everything())
        for identity in self.histories.keys() | everything.keys():
            history = self.histories.setdefault(identity, History())
            if history.now != everything.get(identity):
                history.values.append((at, everything.get(identity)))

    def possible(self, identity: str, now: datetime, lag: timedelta) -> set[Value]:
        """What a reader may be shown of an object, when replicas lag by so much at the most."""
        return self.histories[identity].since(now - lag) if identity in self.histories else {None}

    def _everything(self) -> Iterator[tuple[str, Value]]:
        for identity, registration in self.registrations.items():
            if not registration.is_binned:
                yield identity, registration.name
            for key_id in registration.secrets:
                yield key_id, True
        for identity, principal in self.principals.items():
            if not principal.is_binned:
                yield identity, principal.app_id
        for links in (self.grants, self.roles):
            yield from ((identity, link.says) for identity, link in links.items() if self.is_awake(link.client))

    # what is the case

    def is_registered(self, app_id: str) -> bool:
        """Whether a registration of this application is there."""
        return any(each.app_id == app_id and not each.is_binned for each in self.registrations.values())

    def is_present(self, app_id: str) -> bool:
        """Whether a principal of this application is there."""
        return any(each.app_id == app_id and not each.is_binned for each in self.principals.values())

    def is_awake(self, principal: str) -> bool:
        """Whether a principal is there."""
        return principal in self.principals and not self.principals[principal].is_binned

    # what happens

    def bin_registration(self, identity: str) -> None:
        """Its principal goes with it."""
        gone = self.registrations[identity]
        gone.is_binned = True
        for each in self.principals.values():
            each.is_binned = each.is_binned or each.app_id == gone.app_id

    def purge_principal(self, identity: str) -> None:
        """Everything granted to it goes with it, and it owns nothing any more."""
        del self.principals[identity]
        for links in (self.grants, self.roles):
            for each in [each for each, link in links.items() if link.client == identity]:
                del links[each]
        for registration in self.registrations.values():
            registration.owners.discard(identity)
