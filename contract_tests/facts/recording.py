"""Answers kept as JSON: written by `--record`, compared with every later run."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from contract_tests.facts.comparing import NOTHING, Difference
from contract_tests.facts.fact import Fact
from contract_tests.facts.place import Place
from contract_tests.facts.putting import Outcome
from contract_tests.facts.redaction import Redactor, scan

FOLDER: Final = Path(__file__).parents[1] / "recordings"
"""Those that belong to the repository: what a tenant has said."""
_ID = re.compile(r"<guid \d+>")


class Kept(BaseModel):
    """One answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int
    headers: dict[str, str] = {}
    body: Any = None
    text: str = ""
    query: dict[str, str] = {}


class Recording(BaseModel):
    """What one place said in one run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recorded: date
    of: Literal["tenant", "stand-in"]
    """A stand-in is fakes that play the tenant: no evidence of anything."""
    cloud: str
    answers: dict[str, Kept]


class Recorder:
    """Collects the answers of a run."""

    def __init__(self, facts: tuple[Fact, ...]) -> None:
        self._redactor = Redactor(facts)
        self.answers: dict[str, Kept] = {}

    def keep(self, outcome: Outcome, values: Mapping[str, str]) -> Kept:
        """Redact one answer and keep it."""
        heard, fact = outcome.heard, outcome.fact
        kept = Kept(
            status=heard.status,
            headers=self._redactor.headers(heard.headers, values),
            body=self._redactor.body(fact, heard.body, values),
            text="" if heard.body is not None else self._redactor.text(fact, heard.text, values),
            query=self._redactor.query(fact, heard.query, values),
        )
        self.answers[fact.name] = kept
        return kept

    def write(self, folder: Path, place: Place, today: date, secret: Iterator[str]) -> Path:
        """Write them to `folder`, one file a cloud and kind of place; or raise redaction.Unsafe and write nothing."""
        of: Literal["tenant", "stand-in"] = "stand-in" if place.is_stand_in else "tenant"
        recording = Recording(recorded=today, of=of, cloud=place.cloud, answers=self.answers)
        text = json.dumps(recording.model_dump(mode="json"), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        scan(text, secret)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{of}-{place.cloud}.json"
        file.write_text(text, encoding="utf-8")
        return file


def recordings(folder: Path = FOLDER) -> tuple[Recording, ...]:
    """Those in a folder, oldest first. Raises ValueError that names the file."""
    found = []
    for file in sorted(folder.glob("*.json")):
        try:
            found.append(Recording.model_validate_json(file.read_text(encoding="utf-8")))
        except ValidationError as problem:
            raise ValueError(f"{file} is no recording: {problem.error_count()} faults; record it again") from None
    return tuple(sorted(found, key=lambda each: each.recorded))


class Identities:
    """Which id of a recording is which of a later run: one to one, over the whole of both."""

    def __init__(self) -> None:
        self._there: dict[str, str] = {}
        self._here: dict[str, str] = {}

    def same(self, before: str, now: str) -> bool:
        """Whether two texts are the same but for the names of their ids, and those belong together."""
        ids_before, ids_now = _ID.findall(before), _ID.findall(now)
        if _ID.sub("<guid>", before) != _ID.sub("<guid>", now):
            return False
        return all(
            self._there.setdefault(a, b) == b and self._here.setdefault(b, a) == a
            for a, b in zip(ids_before, ids_now, strict=True)
        )


def changes(before: Kept, now: Kept, ids: Identities) -> Iterator[Difference]:
    """What a place says other than was recorded, field by field."""
    if before.status != now.status:
        yield Difference("status", before.status, now.status)
    for name in sorted(before.headers.keys() | now.headers.keys()):
        yield from _changes(before.headers.get(name, NOTHING), now.headers.get(name, NOTHING), f"header {name}", ids)
    yield from _changes(before.body, now.body, "body", ids)
    yield from _changes(before.text, now.text, "text", ids)
    yield from _changes(before.query, now.query, "query", ids)


def _changes(before: Any, now: Any, field: str, ids: Identities) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for name in sorted(before.keys() | now.keys()):
            yield from _changes(before.get(name, NOTHING), now.get(name, NOTHING), f"{field}.{name}", ids)
    elif isinstance(before, list) and isinstance(now, list):
        if before and now:  # how many rows a tenant has is no fact; what one looks like is
            yield from _changes(before[0], now[0], f"{field}[0]", ids)
    elif isinstance(before, str) and isinstance(now, str):
        if not ids.same(before, now):
            yield Difference(field, before, now)
    elif type(before) is not type(now) or (not _is_number(before) and before != now):
        yield Difference(field, before, now)


def _is_number(value: Any) -> bool:
    """Numbers may differ from place to place; true and false may not."""
    return isinstance(value, int | float) and not isinstance(value, bool)
