"""A new client secret in place of the old one: made, proven, handed over, and only then is the old one removed.

Killed anywhere and run again, it goes on. The receipt names the secret in force (`client_secret`), what is ours beside
it, and, as the open question `client_secret:rotation`, which one is to go: while the two differ, the new one is handed
over. A new one that nobody was handed is of no use and is replaced. Secrets that this set-up did not make stay, unless
told otherwise by their id.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from provisioning.credential import application_of
from provisioning.engine import Engine, Event, Progress, State
from provisioning.graph import Application
from provisioning.patience import LOOKS, Patience, until_seen
from provisioning.problems import AnswerLost, BadInput, GaveUpWaiting, NotReached, NotYet, Problem, Refused
from provisioning.receipt import Asked, Thing
from provisioning.settings import Integration
from provisioning.step import Site
from provisioning.steps import application, client_secret
from provisioning.test_and_save import ask_for_token, read_incidents, read_rows, token_in
from provisioning.transport import Answer
from provisioning.vault import Vault

ROTATION: Final = f"{client_secret.NAME}:rotation"
_MAKING = replace(client_secret.STEP, title="Create a new client secret")
# A young secret flickers: replicas answer in turn, and some have not heard of it (hashicorp/terraform-provider-azuread
# asks for five sightings in a row). Removing the old one cannot be taken back, so more is asked than of a first one.
_UNTIL_PROVEN = Patience(sightings=3, sightings_after_a_miss=5)
_UNTIL_GONE = Patience(deadline=timedelta(minutes=3), sightings=3, sightings_after_a_miss=3)


@dataclass(frozen=True)
class Left:
    """A secret that stays beside the new one, and why."""

    key_id: str
    name: str
    end: datetime
    why: str

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {"key_id": self.key_id, "name": self.name, "end": self.end.isoformat(), "why": self.why}


@dataclass(frozen=True)
class Rotated:
    """The four values with the new secret, and what became of the others."""

    integration: Integration
    key_id: str
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
            "key_id": self.key_id,
            "end": self.end.isoformat(),
            "removed": list(self.removed),
            "left": [left.to_json() for left in self.left],
            "resumed": self.resumed,
        }


async def rotate(engine: Engine, *, keep_old: bool = False, remove: Iterable[str] = ()) -> Rotated:
    """Replace the secret; `keep_old` leaves ours that were handed over, `remove` names others to go, by key id.

    The engine's vault is where the new one is handed over. Raises BadInput for a vault or key ids that do not belong
    here, and Problem where it cannot be done: as long as nothing is proven, the old secret is neither removed nor
    replaced in the vault.
    """
    return await _Rotation(engine, engine.site(None), keep_old, tuple(key.lower() for key in remove)).run()


class _Rotation:
    """One rotation under way."""

    def __init__(self, engine: Engine, site: Site, keep_old: bool, remove: tuple[str, ...]) -> None:
        if engine.settings.credential != "secret":
            remedy = "d365 provision registers a new certificate where the old one has ended"
            raise BadInput("credential", "is a certificate, and only client secrets are rotated", remedy)
        # Held back from the site, which would hand over a secret as soon as it is told.
        self.vault, site.vault = _required(engine.vault), None
        self.engine = engine
        self.site = site
        self.keep_old = keep_old
        self.remove = remove
        self.is_open = engine.receipt.asked(ROTATION) is not None

    async def run(self) -> Rotated:
        found = await self._application()
        await self._check_names(found)
        await self.engine.check_permits(self.site, (client_secret.STEP,))
        new = await self._handed_over_earlier()
        resumed = new is not None
        if new is None:
            new = await self._make()
        removed = await self._retire(new)
        end, left = await self._census(new)
        self.engine.receipt.closed(ROTATION)  # last, so that a run that dies before is gone on with
        return Rotated(self.site.values(), new.id, end, removed, left, resumed)

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
        """Whether the secrets that are told to go are there; a rotation that goes on may have removed them already."""
        unknown = set(self.remove)
        for _ in range(LOOKS):
            unknown -= {secret.key_id.lower() for secret in found.secrets}
            if not unknown or self.is_open:
                return
            found = await self._look() or found
        listed = ", ".join(f"{secret.key_id} ({secret.name})" for secret in found.secrets) or "none"
        raise BadInput("--remove", f"names {', '.join(sorted(unknown))}, which is not there", f"the app has: {listed}")

    async def _handed_over_earlier(self) -> Thing | None:
        """The secret of a rotation that was stopped after it had been handed over, if that one works."""
        rotation = self.engine.receipt.asked(ROTATION)
        if rotation is None or self.site.secret is None:
            return None
        knowing = max(await self._looks(), key=lambda found: len(found.secrets))
        fitting = [secret.key_id for secret in client_secret.fitting(self.site, knowing.secrets)]
        held = self._recorded_after(str(rotation.notes["old"]), fitting)
        if held is None or not await self._proven():
            return None
        self._hand_over(held)
        return held

    def _recorded_after(self, old: str, fitting: list[str]) -> Thing | None:
        """The new secret that the value at hand belongs to.

        One in force was handed over before that was written down; of one that is not yet, only its beginning tells,
        and where another begins alike it tells nothing.
        """
        receipt = self.engine.receipt
        current = receipt.thing(client_secret.NAME)
        if current is not None and current.id != old:
            return current if current.ours and current.id in fitting else None
        new = [thing for thing in receipt.beside(client_secret.NAME) if thing.id not in self._before()]
        return next((thing for thing in new if fitting == [thing.id]), None)

    async def _make(self) -> Thing:
        """Make one, prove it, hand it over."""
        receipt, site = self.engine.receipt, self.site
        old = receipt.thing(client_secret.NAME)
        notes = {"old": old.id if old is not None else ""}
        receipt.asking(ROTATION, Asked(self.engine.clock.now(), creating=False, notes=notes))
        site.secret = None  # the old one's value is not the one to find
        progress = Progress(_MAKING, self.engine)
        progress.tell("looking")
        finding = await _MAKING.find(site)
        progress.doubtful = receipt.asked(client_secret.NAME) is not None
        progress.tell("making")
        new = await self.engine.make(site, progress, finding)
        site.things[client_secret.NAME] = new
        receipt.put_beside(client_secret.NAME, new)
        progress.tell("made", f"{new.id}, ends {new.members['end'][:10]}")
        if not await self._proven():
            raise GaveUpWaiting(
                "prove the new secret",
                f"after {_UNTIL_PROVEN.deadline} Test & Save did not pass {_UNTIL_PROVEN.sightings} times in a row",
                remedy="nothing was handed over and the old secret is still there; run it again",
            )
        if progress.doubtful:
            await self.engine.leave_alone(site, progress, new)
        for lost in receipt.beside(client_secret.NAME):
            if lost.id not in {*self._before(), new.id}:
                receipt.no_longer_beside(client_secret.NAME, lost.id)
        self._hand_over(new)
        return new

    async def _proven(self) -> bool:
        """Whether Test & Save passes several times in a row with the secret at hand, each time with a new sign-in."""
        told = _Telling(self.engine, "Prove it by Test & Save")
        told("looking")
        proven = await until_seen(
            self._passes,
            clock=self.engine.clock,
            patience=_UNTIL_PROVEN,
            on_miss=lambda: told("waiting", "waiting for every replica to accept the new secret"),
        )
        told("made" if proven else "failed")
        return proven

    async def _passes(self) -> bool:
        """One Test & Save; False where a later one may pass. Raises Refused for anything that waiting does not mend."""
        values, transport = self.site.values(), self.engine.transport
        heard = await ask_for_token(transport, self.engine.settings.bases().login, values)
        token = token_in(heard)
        if not token:
            return _missed("sign in with the new secret", heard, client_secret.YOUNG)
        transport.hide(token)
        heard = await read_incidents(transport, values, token)
        return read_rows(heard) or _missed("read incidents with the new secret", heard, frozenset())

    def _hand_over(self, new: Thing) -> None:
        """Into the vault first: what is written down as handed over must be."""
        told = _Telling(self.engine, "Hand it over")
        self.site.things[client_secret.NAME] = new
        if self.vault.values() != self.site.values():
            self.vault.keep(self.site.values())
        self.engine.receipt.made(client_secret.NAME, new)
        told("made")

    async def _retire(self, new: Thing) -> tuple[str, ...]:
        """Remove ours that the new one replaces, and those told by id, until several replicas list none of them."""
        ours = [] if self.keep_old else [thing.id for thing in self.engine.receipt.beside(client_secret.NAME)]
        if new.id.lower() in self.remove:
            raise BadInput("--remove", f"names {new.id}, which is the new secret", "leave it out")
        going = tuple(dict.fromkeys([*ours, *self.remove]))
        if not going:
            return ()
        told = _Telling(self.engine, "Remove the old secret")
        told("looking")
        for key_id in self.remove:
            self.engine.transport.guard.adopt(key_id, ours=True)
        gone = await until_seen(
            lambda: self._are_gone(going),
            clock=self.engine.clock,
            patience=_UNTIL_GONE,
            on_miss=lambda: told("waiting", "waiting for every replica to forget it"),
        )
        if not gone:
            remedy = "the new secret is handed over and works; run it again to finish"
            raise GaveUpWaiting("remove the old secret", "it is still listed", remedy=remedy)
        for key_id in going:
            self.engine.receipt.no_longer_beside(client_secret.NAME, key_id)
        told("made", ", ".join(going))
        return going

    async def _are_gone(self, going: tuple[str, ...]) -> bool:
        """Whether none of these is listed; those that are get removed, and looked for again."""
        wanted = {key_id.lower() for key_id in going}
        for _ in range(2):
            found = await self._look()
            if found is None:
                return False
            listed = [secret.key_id for secret in found.secrets if secret.key_id.lower() in wanted]
            if not listed:
                return True
            for key_id in listed:
                try:
                    await self.site.access.graph.remove_secret(found.id, key_id)
                except (NotYet, AnswerLost):
                    return False  # a later look tells
        return False

    async def _census(self, new: Thing) -> tuple[datetime, tuple[Left, ...]]:
        """When the new one ends, and what every replica asked still lists beside it."""
        seen = [found.secrets for found in await self._looks()]
        everywhere = set.intersection(*({secret.key_id for secret in listed} for listed in seen)) - {new.id}
        kept = {thing.id for thing in self.engine.receipt.beside(client_secret.NAME)}
        left = [
            Left(s.key_id, s.name, s.end, "kept as asked" if s.key_id in kept else "not made by this set-up")
            for s in seen[0]
            if s.key_id in everywhere
        ]
        return datetime.fromisoformat(new.members["end"]), tuple(left)

    def _before(self) -> list[str]:
        """The secrets that were there when one was asked for of which nothing was heard; all, where none was."""
        asked = self.engine.receipt.asked(client_secret.NAME)
        if asked is None or "before" not in asked.notes:
            return [thing.id for thing in self.engine.receipt.beside(client_secret.NAME)]
        return [str(key_id) for key_id in asked.notes["before"]]

    async def _look(self) -> Application | None:
        return await application_of(self.site)

    async def _looks(self) -> list[Application]:
        """The application as several replicas see it."""
        seen = [found for found in [await self._look() for _ in range(LOOKS)] if found is not None]
        if not seen:
            raise Problem("read the application's secrets", "it is not seen", remedy="run it again in a few minutes")
        return seen


class _Telling:
    """News of a part of the rotation that is no step of the set-up."""

    def __init__(self, engine: Engine, title: str) -> None:
        self._engine = engine
        self._title = title
        self._began = engine.clock.now()

    def __call__(self, state: State, detail: str = "") -> None:
        seconds = (self._engine.clock.now() - self._began).total_seconds()
        self._engine.on_event(Event(ROTATION, self._title, state, detail, seconds))


def _required(vault: Vault | None) -> Vault:
    if vault is None:
        raise BadInput("out", "is missing", "say where the new secret goes: it is told only once")
    vault.check()
    return vault


def _missed(tried: str, heard: Answer | NotReached, passing: frozenset[str]) -> bool:
    """False where it may pass by itself: nobody answered, somebody was busy, or not every replica knows yet."""
    if isinstance(heard, NotReached) or heard.status in (408, 429) or heard.status >= 500 or heard.unreadable:
        return False
    if heard.said.code in passing:
        return False
    remedy = "d365 verify explains it; nothing was removed, and the old secret is still there"
    raise Refused(tried, heard.said, remedy=remedy)
