"""What a whole run has heard: compared with recordings, kept for a new one, and told at its end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import tomli_w

from contract_tests.facts.comparing import Difference
from contract_tests.facts.fact import Accepted, Fact
from contract_tests.facts.place import Place
from contract_tests.facts.putting import Outcome
from contract_tests.facts.recording import Identities, Recorder, Recording, changes
from contract_tests.facts.redaction import SHORTEST
from contract_tests.facts.settling import patch, settled
from contract_tests.facts.world import World


@dataclass
class Ledger:
    """The outcomes of a run, and what they are held against."""

    facts: tuple[Fact, ...]
    accepted: tuple[Accepted, ...] = ()
    recordings: tuple[Recording, ...] = ()
    keeps: bool = False
    """Whether a new recording is made of it."""
    outcomes: list[Outcome] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.facts)
        self._ids = [Identities() for _ in self.recordings]

    def hear(self, outcome: Outcome, world: World) -> list[Difference]:
        """Take an outcome in; what remains of its differences when the accepted ones are gone."""
        self.outcomes.append(outcome)
        found = list(outcome.differences)
        if not self.keeps and not self.recordings:
            return self._remaining(outcome, found)
        kept = self.recorder.keep(outcome, world.values)
        for recording, ids in zip(self.recordings, self._ids, strict=True):
            before = recording.answers.get(outcome.fact.name)
            if before is not None:
                found += [
                    Difference(f"since {recording.recorded}: {each.field}", each.expected, each.got)
                    for each in changes(before, kept, ids)
                ]
        return self._remaining(outcome, found)

    def leave_out(self, fact: Fact, reason: str) -> None:
        """A fact that this place cannot be asked."""
        self.left_out[fact.name] = reason

    def summary(self) -> Iterator[str]:
        """The run in sentences, for the end of it."""
        yield f"{len(self.outcomes)} facts asked, {len(self.left_out)} left out"
        for quirk, (fact, shown) in sorted(settled(self.outcomes).items()):
            yield f"quirk {quirk}: {'the default holds' if shown is None else f'shows {shown!r}'} ({fact})"

    def write(self, folder: Path, place: Place, today: date, world: World) -> Iterator[Path]:
        """Write the recording, what it settles, and the patch of the quirks' defaults. Raises redaction.Unsafe."""
        yield self.recorder.write(folder, place, today, _never_told(world))
        found = settled(self.outcomes)
        told = {
            quirk: {"fact": fact, "shown": "default" if shown is None else shown}
            for quirk, (fact, shown) in sorted(found.items())
        }
        of = "stand-in" if place.is_stand_in else "tenant"
        (folder / "quirks.toml").write_text(
            tomli_w.dumps({"recorded": today, "of": of, "quirk": told}), encoding="utf-8"
        )
        yield folder / "quirks.toml"
        difference = patch({quirk: shown for quirk, (_, shown) in found.items() if shown is not None})
        if difference:
            (folder / "quirks.patch").write_text(difference, encoding="utf-8")
            yield folder / "quirks.patch"

    def _remaining(self, outcome: Outcome, found: list[Difference]) -> list[Difference]:
        return [each for each in found if not self._accepts(outcome.fact, each)]

    def _accepts(self, fact: Fact, difference: Difference) -> bool:
        field_ = difference.field.rpartition(": ")[2]
        return any(each.fact == fact.name and each.field in {field_, difference.field} for each in self.accepted)


def _never_told(world: World) -> Iterator[str]:
    """Every value of this run that says something about the place: none may stand in a recording."""
    public = {"absent"}
    for name, value in world.values.items():
        if name not in public and (len(value) > SHORTEST or name == "directory"):
            yield value
    for credential in world.credentials.values():
        yield credential.client_secret.get_secret_value()
    if world.place.person is not None:
        yield from (world.place.person.username, world.place.person.password.get_secret_value())


def overdue(accepted: tuple[Accepted, ...], today: date) -> list[str]:
    """Accepted differences whose day to look again has passed, in words."""
    return [
        f"{each.fact}, {each.field}: was to be looked at again by {each.look_again}: {each.reason}"
        for each in accepted
        if each.look_again < today
    ]
