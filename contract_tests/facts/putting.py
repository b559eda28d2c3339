"""Puts one fact to a world, and tells what came of it."""

import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx

from contract_tests.facts.comparing import Difference, differences
from contract_tests.facts.fact import READ, WRITE, Answered, Asked, Fact, NotAsked
from contract_tests.facts.keeping import carried, kept_from
from contract_tests.facts.placeholders import filled, fits
from contract_tests.facts.rehearsals import REHEARSALS
from contract_tests.facts.stages import STAGES
from contract_tests.facts.world import World, claims_of

_SCRIPTED = re.compile(r"\\u([0-9a-fA-F]{4})")
_BUSY = {429, 502, 503, 504}
_LONGEST_LAG_S = 60
"""How long an answer about something young is asked for again while it is not as expected."""


@dataclass(frozen=True)
class Heard:
    """An answer as facts see it."""

    status: int
    headers: dict[str, str]
    body: Any
    text: str
    """Of a page, as it is read: without the escapes of HTML and of the scripts within."""
    query: dict[str, str] = field(default_factory=dict)
    """What the location of a redirect carries."""

    @classmethod
    def of(cls, answer: httpx.Response) -> "Heard":
        """From the wire."""
        try:
            body = json.loads(answer.content) if answer.content else None
        except ValueError:
            body = None
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return cls(answer.status_code, headers, body, _readable(answer), carried(answer))

    def item(self, id_: str) -> "Heard":
        """The answer to one request of a batch, as if it had come by itself; this one where there is none."""
        items = self.body.get("responses") if isinstance(self.body, dict) else None
        for each in items or ():
            if each.get("id") == id_:
                headers = {name.lower(): value for name, value in each.get("headers", {}).items()}
                return Heard(each["status"], headers, each.get("body"), json.dumps(each.get("body")))
        return self


def _readable(answer: httpx.Response) -> str:
    if "text/html" not in answer.headers.get("content-type", ""):
        return answer.text
    return unescape(_SCRIPTED.sub(lambda found: chr(int(found[1], 16)), answer.text))


@dataclass(frozen=True)
class Outcome:
    """What a place said to a fact, and how it differs from what is claimed."""

    fact: Fact
    heard: Heard
    differences: tuple[Difference, ...]
    shown: bool | int | str | None = None
    """Of a quirk, the alternative's value that this place shows; None for the default."""

    def __str__(self) -> str:
        told = "\n".join(f"  {each}" for each in self.differences)
        return f"{self.fact.name}: {self.fact.question}\n{told}\n  source: {self.fact.source}"


def reason_to_leave_out(fact: Fact, world: World, *, is_live: bool) -> str:
    """Why this world cannot be asked; "" where it can."""
    if is_live and fact.live not in {READ, WRITE} and not world.place.is_stand_in:
        return f"cannot be staged live: {fact.live}"
    if lacking := _lacking(fact, world):
        return lacking
    if world.made is not None:
        return ""
    if fact.live != READ:
        return "changes the tenant; --live-writes asks it too"
    known = world.staged | {"operator", "nobody"}
    missing = (fact.actors - known) | {name for name in fact.free_variables if name not in world.values}
    return f"needs {', '.join(sorted(missing))}, which only --live-writes brings about" if missing else ""


def _lacking(fact: Fact, world: World) -> str:
    if is_rehearsed(fact) and world.rehearse is None:
        return "asked of fakes in this process only, since it takes their whole tenant"
    if world.elapse is None and any(STAGES[each].needs_clock for each in fact.actors & STAGES.keys()):
        return "needs a clock that can be moved"
    staged_by_person = any(STAGES[each].needs_person for each in fact.actors & STAGES.keys())
    if (fact.needs_person or staged_by_person) and world.place.person is None:
        return "needs a person to sign in with a password: write [person] into the settings"
    return ""


def is_rehearsed(fact: Fact) -> bool:
    """Whether it takes a whole tenant of its own."""
    return bool(fact.actors & REHEARSALS.keys())


async def put(fact: Fact, world: World) -> Outcome:
    """Bring its stages about and ask it. Raises NotAsked."""
    for stage in (*fact.stage, *sorted(fact.actors - set(fact.stage))):
        await world.stage(stage)
    world.new_name()
    for name in [each for each in world.values if each.startswith("kept.")]:
        del world.values[name]
    world.client.cookies.clear()  # each fact begins at a browser of its own
    for each in fact.before:
        for _ in range(each.times):
            await _prepare(each, world)
    wants_busy = fact.answer.status in _BUSY
    patience, waited, step = min(world.place.contract.patience_s, _LONGEST_LAG_S), 0.0, 1.0
    while True:
        heard = Heard.of(await world.send(fact.asked, wants_busy=wants_busy))
        outcome = _outcome(fact, heard.item(fact.asked.item) if fact.asked.item else heard, world)
        if not outcome.differences or waited >= patience or not _may_be_late(outcome):
            return outcome
        await world.pause(step)
        waited, step = waited + step, step * 2


async def _prepare(asked: Asked, world: World) -> None:
    """A request that goes before a fact's own, and what is kept of its answer. Raises NotAsked."""
    if asked.may_be_refused:
        prepared = await world.send(asked, wants_busy=True)
    else:
        prepared = await world.patiently(asked, lambda told: not told.is_error)
        if prepared.is_error:
            raise NotAsked(f"what must go before was refused: {prepared.status_code} {prepared.text[:300]}")
    for name, place in asked.keep.items():
        world.values[f"kept.{name}"] = kept_from(prepared, place)


def _outcome(fact: Fact, heard: Heard, world: World) -> Outcome:
    found = tuple(unlike(fact.answer, heard, world))
    if found:
        for other in fact.alternatives:
            if not unlike(other.answer, heard, world):
                return Outcome(fact, heard, (), other.value)
    return Outcome(fact, heard, found)


def _may_be_late(outcome: Outcome) -> bool:
    """Whether it may be that something young is not seen yet, and asking again makes nothing."""
    fact = outcome.fact
    return bool(fact.actors or fact.before) and (
        outcome.heard.status >= httpx.codes.BAD_REQUEST or fact.asked.method == "GET"
    )


def unlike(answer: Answered, heard: Heard, world: World) -> list[Difference]:
    """How an answer differs from what a fact expects."""
    found: list[Difference] = []
    if heard.status != answer.status:
        found.append(Difference("status", answer.status, heard.status))
    for name, expected in filled(answer.headers, world.values).items():
        got = heard.headers.get(name.lower())
        if (expected == "<absent>") != (got is None) or (got is not None and not fits(expected, got)):
            found.append(Difference(f"header {name.lower()}", expected, got))
    if answer.text is not None and not fits(filled(answer.text, world.values), heard.text):
        found.append(Difference("text", filled(answer.text, world.values), heard.text))
    if answer.query:
        found += differences(filled(answer.query, world.values), heard.query, field="query")
    if answer.claims is not None:
        token = heard.body.get("access_token", "") if isinstance(heard.body, dict) else ""
        claims = claims_of(token) if token.count(".") == 2 else None
        found += differences(filled(answer.claims, world.values), claims, field="claims")
    if answer.body is not None:
        found += differences(filled(answer.body, world.values), heard.body, only=answer.only)
    return found
