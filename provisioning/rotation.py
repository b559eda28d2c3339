"""A new client secret or certificate in place of the old one: made, proven, handed over; only then is the old removed.

Killed anywhere and run again, it goes on. The receipt names the one in force (`client_secret`, `certificate`), what is
ours beside it, and, as the open question `client_secret:rotation`, which one is to go: while the two differ, the new
one is handed over. A new one that nobody was handed is of no use and is replaced. What this set-up did not make stays,
unless told otherwise by its id.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from provisioning.credential import application_of
from provisioning.credential_kinds import KINDS, Listed
from provisioning.engine import Engine, Event, Progress, State
from provisioning.graph import Application
from provisioning.patience import LOOKS, Patience, until_seen
from provisioning.problems import AnswerLost, BadInput, GaveUpWaiting, NotReached, NotYet, Problem, Refused
from provisioning.receipt import Asked, Thing
from provisioning.settings import Integration
from provisioning.step import Site
from provisioning.steps import application
from provisioning.test_and_save import ask_for_token, read_incidents, read_rows, token_in
from provisioning.transport import Answer
from provisioning.vault import Vault

# A young secret flickers: replicas answer in turn, and some have not heard of it (hashicorp/terraform-provider-azuread
# asks for five sightings in a row). Removing the old one cannot be taken back, so more is asked than of a first one.
_UNTIL_PROVEN = Patience(sightings=3, sightings_after_a_miss=5)
_UNTIL_LISTED = Patience(deadline=timedelta(minutes=3), sightings=LOOKS, sightings_after_a_miss=LOOKS)
_UNTIL_GONE = Patience(deadline=timedelta(minutes=3), sightings=3, sightings_after_a_miss=3)


@dataclass(frozen=True)
class Left:
    """A credential that stays beside the new one, and why. `key_id` is a certificate's thumbprint."""

    key_id: str
    name: str
    end: datetime
    why: str

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {"key_id": self.key_id, "name": self.name, "end": self.end.isoformat(), "why": self.why}


@dataclass(frozen=True)
class Rotated:
    """The four values with the new secret or key pair, and what became of the others."""

    integration: Integration
    credential: str
    """"secret" or "certificate"."""
    key_id: str
    """A certificate's is its thumbprint."""
    end: datetime
    removed: tuple[str, ...]
    left: tuple[Left, ...]
    resumed: bool
    """Whether an earlier rotation was finished, that had handed its secret over, and none was made now."""

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values, without the secret."""
        return {
            "tenant_id": self.integration.tenant_id,
            "client_id": self.integration.client_id,
            "environment_url": self.integration.environment_url,
            "credential": self.credential,
            "key_id": self.key_id,
            "end": self.end.isoformat(),
            "removed": list(self.removed),
            "left": [left.to_json() for left in self.left],
            "resumed": self.resumed,
        }


async def rotate(engine: Engine, *, keep_old: bool = False, remove: Iterable[str] = ()) -> Rotated:
    """Replace the credential that the settings ask for.

    `keep_old` leaves ours that were handed over; `remove` names others to go, by key id or thumbprint.

    The engine's vault is where the new one is handed over. Raises BadInput for a vault or key ids that do not belong
    here, and Problem where it cannot be done: as long as nothing is proven, the old secret is neither removed nor
    replaced in the vault.
    """
    return await _Rotation(engine, engine.site(None), keep_old, tuple(key.lower() for key in remove)).run()


class _Rotation:
    """One rotation under way."""

    def __init__(self, engine: Engine, site: Site, keep_old: bool, remove: tuple[str, ...]) -> None:
        [self.kind] = [KINDS[step.name] for step in engine.steps if step.name in KINDS]
        self.step = replace(self.kind.step, title=self.kind.making)
        self.question = f"{self.step.name}:rotation"
        # Held back from the site, which would hand over a secret as soon as it is told.
        self.vault, site.vault = _required(engine.vault), None
        self.engine = engine
        self.site = site
        self.keep_old = keep_old
        self.remove = remove
        self.is_open = engine.receipt.asked(self.question) is not None

    async def run(self) -> Rotated:
        found = await self._application()
        await self._check_names(found)
        await self.engine.check_permits(self.site, (self.step,))
        new = await self._handed_over_earlier()
        resumed = new is not None
        if new is None:
            new = await self._make()
        removed = await self._retire(new)
        end, left = await self._census(new)
        self.engine.receipt.closed(self.question)  # last, so that a run that dies before is gone on with
        return Rotated(self.site.values(), self.kind.said, new.id, end, removed, left, resumed)

    async def _application(self) -> Application:
        """The registration, adopted as by a set-up; checks that the vault's values are its own."""
        name = self.engine.settings.application_name
        finding = await application.STEP.find(self.site)
        if finding.thing is None:
            raise Problem(f"find the application {name}", finding.detail, remedy="d365 provision sets it up")
        self.site.things[application.NAME] = finding.thing
        kept, app_id = self.vault.values(), finding.thing.members["app_id"]
        if kept is not None and kept.client_id.lower() != app_id.lower():
            remedy = "name another, or the settings that these values came from"
            raise BadInput("out", f"holds the values of another application ({kept.client_id})", remedy)
        self.engine.receipt.kept(application.NAME, finding.thing)
        self.engine.transport.guard.adopt(finding.thing.id, ours=finding.thing.ours)
        found: Application = finding.seen
        return found

    async def _check_names(self, found: Application) -> None:
        """Whether what is told to go is there; a rotation that goes on may have removed it already."""
        unknown = set(self.remove)
        for _ in range(LOOKS):
            listed = self.kind.listed(found)
            unknown = {name for name in unknown if not any(each.is_called([name]) for each in listed)}
            if not unknown or self.is_open:
                return
            found = await self._look() or found
        there = ", ".join(f"{each.id} ({each.name})" for each in listed) or "none"
        raise BadInput("--remove", f"names {', '.join(sorted(unknown))}, which is not there", f"the app has: {there}")

    async def _handed_over_earlier(self) -> Thing | None:
        """The new one of a rotation that was stopped after it had been handed over, if that one works."""
        rotation = self.engine.receipt.asked(self.question)
        if rotation is None or self.site.secret is None:
            return None
        knowing = max(await self._looks(), key=lambda found: len(self.kind.listed(found)))
        held = self._recorded_after(str(rotation.notes["old"]), self.kind.fitting(self.site, knowing))
        if held is None or not await self._proven():
            return None
        self._hand_over(held)
        return held

    def _recorded_after(self, old: str, fitting: list[str]) -> Thing | None:
        """The new one that the value at hand belongs to.

        One in force was handed over before that was written down. Of a secret that is not yet in force only its
        beginning tells, and where another begins alike it tells nothing.
        """
        current = self.engine.receipt.thing(self.step.name)
        if current is not None and current.id != old:
            return current if current.ours and current.id in fitting else None
        return next((thing for thing in self._made_since() if fitting == [thing.id]), None)

    async def _make(self) -> Thing:
        """Make one, prove it, hand it over."""
        receipt, site = self.engine.receipt, self.site
        old, beside = receipt.thing(self.step.name), receipt.beside(self.step.name)
        known = [thing.id for thing in (*beside, old) if thing is not None]
        notes = {"old": old.id if old is not None else "", "before": known}
        receipt.asking(self.question, Asked(self.engine.clock.now(), creating=False, notes=notes))
        if old is not None:
            await self._until_listed(old)
        coming = self.kind.prepare(site)
        if coming is not None:
            receipt.put_beside(self.step.name, coming)  # so that a run that dies is known by what it may have left
        progress = Progress(self.step, self.engine)
        progress.tell("looking")
        finding = await self.step.find(site)
        progress.doubtful = receipt.asked(self.step.name) is not None
        progress.tell("making")
        new = await self.engine.make(site, progress, finding)
        site.things[self.step.name] = new
        receipt.put_beside(self.step.name, new)
        progress.tell("made", f"{new.id}, ends {new.members['end'][:10]}")
        if not await self._proven():
            raise GaveUpWaiting(
                f"prove the new {self.kind.said}",
                f"after {_UNTIL_PROVEN.deadline} Test & Save did not pass {_UNTIL_PROVEN.sightings} times in a row",
                remedy=f"nothing was handed over and the old {self.kind.said} is still there; run it again",
            )
        if progress.doubtful:
            await self.engine.leave_alone(site, progress, new)
        self._hand_over(new)
        return new

    async def _until_listed(self, old: Thing) -> None:
        """Where a new one is added by sending the whole list: wait until replicas in a row list the one in force.

        A list made from what a lagging one shows would remove it. What stays unseen was removed by somebody.
        """
        if not self.kind.is_sent_whole:
            return
        told = self._telling("Look at the old certificate")

        async def look() -> bool:
            found = await self._look()
            return self.kind.end_of(old.id, found) is not None

        await until_seen(
            look,
            clock=self.engine.clock,
            patience=_UNTIL_LISTED,
            on_miss=lambda: told("waiting", "waiting for every replica to list it; it may have been removed"),
        )

    async def _proven(self) -> bool:
        """Whether Test & Save passes several times in a row with the value at hand, each time with a new sign-in."""
        told = self._telling("Prove it by Test & Save")
        told("looking")
        proven = await until_seen(
            self._passes,
            clock=self.engine.clock,
            patience=_UNTIL_PROVEN,
            on_miss=lambda: told("waiting", f"waiting for every replica to accept the new {self.kind.said}"),
        )
        told("made" if proven else "failed")
        return proven

    async def _passes(self) -> bool:
        """One Test & Save; False where a later one may pass. Raises Refused for anything that waiting does not mend."""
        values, transport = self.site.values(), self.engine.transport
        heard = await ask_for_token(transport, self.engine.settings.bases().login, values)
        token = token_in(heard)
        if not token:
            return self._missed("sign in with", heard, self.kind.young)
        transport.hide(token)
        heard = await read_incidents(transport, values, token)
        return read_rows(heard) or self._missed("read incidents with", heard, frozenset())

    def _missed(self, tried: str, heard: Answer | NotReached, passing: frozenset[str]) -> bool:
        """False where it may pass by itself: nobody answered or was busy, or not every replica knows yet."""
        if isinstance(heard, NotReached) or heard.status in (408, 429) or heard.status >= 500 or heard.unreadable:
            return False
        if heard.said.code in passing:
            return False
        remedy = f"d365 verify explains it; nothing was removed, and the old {self.kind.said} is still there"
        raise Refused(f"{tried} the new {self.kind.said}", heard.said, remedy=remedy)

    def _hand_over(self, new: Thing) -> None:
        """Into the vault first: what is written down as handed over must be."""
        told = self._telling("Hand it over")
        self.site.things[self.step.name] = new
        if self.vault.values() != self.site.values():
            self.vault.keep(self.site.values())
        self.engine.receipt.made(self.step.name, new)
        told("made")

    async def _retire(self, new: Thing) -> tuple[str, ...]:
        """Remove ours that the new one replaces, and those told by id, until several replicas list none of them."""
        # What an attempt left that was stopped before it handed anything over is of no use to anybody.
        ours = self._made_since() if self.keep_old else self.engine.receipt.beside(self.step.name)
        if new.id.lower() in self.remove:
            raise BadInput("--remove", f"names {new.id}, which is the new {self.kind.said}", "leave it out")
        going = tuple(dict.fromkeys([*(thing.id for thing in ours), *self.remove]))
        if not going:
            return ()
        told = self._telling(f"Remove the old {self.kind.said}")
        told("looking")
        for key_id in self.remove:
            self.engine.transport.guard.adopt(key_id, ours=True)
        gone = await until_seen(
            lambda: self._are_gone(going, new.id),
            clock=self.engine.clock,
            patience=_UNTIL_GONE,
            on_miss=lambda: told("waiting", "waiting for every replica to forget it"),
        )
        if not gone:
            remedy = f"the new {self.kind.said} is handed over and works; run it again to finish"
            raise GaveUpWaiting(f"remove the old {self.kind.said}", "it is still listed", remedy=remedy)
        for thing in self.engine.receipt.beside(self.step.name):
            if thing.id in going or thing.id.lower() in going:
                self.engine.receipt.no_longer_beside(self.step.name, thing.id)
        told("made", ", ".join(going))
        return going

    async def _are_gone(self, going: tuple[str, ...], keeping: str) -> bool:
        """Whether none of these is listed; those that are get removed, and looked for again."""
        wanted = {name.lower() for name in going}
        for _ in range(2):
            found = await self._look()
            if found is None:
                return False
            listed = [each.id for each in self.kind.listed(found) if each.is_called(wanted)]
            if not listed:
                return True
            try:
                await self.kind.remove(self.site, found, listed, keeping)
            except (NotYet, AnswerLost):
                return False  # a later look tells
        return False

    async def _census(self, new: Thing) -> tuple[datetime, tuple[Left, ...]]:
        """When the new one ends, and what every replica asked still lists beside it."""
        seen = [self.kind.listed(found) for found in await self._looks()]
        everywhere = set.intersection(*({each.id for each in listed} for listed in seen)) - {new.id}
        left = [self._left(each) for each in seen[0] if each.id in everywhere]
        return datetime.fromisoformat(new.members["end"]), tuple(left)

    def _left(self, listed: Listed) -> Left:
        kept = {thing.id for thing in self.engine.receipt.beside(self.step.name)}
        why = "kept as asked" if listed.id in kept else "not made by this set-up"
        return Left(listed.id, listed.name, listed.end, why)

    def _made_since(self) -> list[Thing]:
        """What this rotation made, in this run or an earlier one, and did not hand over."""
        rotation, beside = self.engine.receipt.asked(self.question), self.engine.receipt.beside(self.step.name)
        before = rotation.notes.get("before") if rotation is not None else None
        return [thing for thing in beside if before is not None and thing.id not in before]

    def _telling(self, title: str) -> "_Telling":
        return _Telling(self.engine, self.question, title)

    async def _look(self) -> Application | None:
        return await application_of(self.site)

    async def _looks(self) -> list[Application]:
        """The application as several replicas see it."""
        seen = [found for found in [await self._look() for _ in range(LOOKS)] if found is not None]
        if not seen:
            raise Problem(
                f"read the application's {self.kind.said}s", "it is not seen", remedy="run it again in a few minutes"
            )
        return seen


class _Telling:
    """News of a part of the rotation that is no step of the set-up."""

    def __init__(self, engine: Engine, question: str, title: str) -> None:
        self._engine = engine
        self._question = question
        self._title = title
        self._began = engine.clock.now()

    def __call__(self, state: State, detail: str = "") -> None:
        seconds = (self._engine.clock.now() - self._began).total_seconds()
        self._engine.on_event(Event(self._question, self._title, state, detail, seconds))


def _required(vault: Vault | None) -> Vault:
    if vault is None:
        raise BadInput("out", "is missing", "say where the new one goes: it is told only once")
    vault.check()
    return vault
