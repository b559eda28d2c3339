"""What was asked for and what was made, written down before and after each call; no secret ever gets in.

A file is replaced atomically (written beside, synced, renamed), so a kill at any moment leaves one whole receipt.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from provisioning.problems import BadInput

_VERSION = 1


@dataclass(frozen=True)
class Thing:
    """Something on Microsoft's side that a step found or made.

    `ours` is true for what this engine made; `changed` says what it altered on something that was there before,
    enough to put it back.
    """

    id: str
    members: Mapping[str, str] = field(default_factory=dict)
    ours: bool = False
    changed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A change that was about to be asked for and of which no outcome is written: it may have happened."""

    at: datetime
    creating: bool
    notes: Mapping[str, Any]


class Receipt:
    """The record of one set-up, by step; kept in memory, and in a file where there is one."""

    def __init__(self, path: Path | None = None) -> None:
        """Start a new receipt, or read the one at `path`; raises BadInput where that is none."""
        self._path = path
        self._tenant_id = ""
        self._environment_url = ""
        self._asked: dict[str, Asked] = {}
        self._things: dict[str, Thing] = {}  # in the order they were made
        if path is not None and path.exists():
            self._read(path)

    def belongs_to(self, tenant_id: str, environment_url: str) -> None:
        """Bind a new receipt to its tenant and environment; refuse one that was written for others."""
        mine = (self._tenant_id or tenant_id, self._environment_url or environment_url)
        if mine != (tenant_id, environment_url):
            remedy = "name another receipt file, or the settings it was written for"
            raise BadInput("receipt", f"is of tenant {mine[0]} and environment {mine[1]}", remedy)
        self._tenant_id, self._environment_url = mine

    def thing(self, step: str) -> Thing | None:
        """What is recorded as made or adopted by a step."""
        return self._things.get(step)

    def things(self) -> list[tuple[str, Thing]]:
        """Everything recorded, oldest first."""
        return list(self._things.items())

    def beside(self, step: str) -> list[Thing]:
        """What is ours beside a step's thing, oldest first: replaced by it, or not handed over yet."""
        return [thing for name, thing in self._things.items() if name.startswith(f"{step}:")]

    def has_made(self, id_: str) -> bool:
        """Whether this is recorded as made by us."""
        return any(thing.ours and thing.id == id_ for thing in self._things.values())

    def asked(self, step: str) -> Asked | None:
        """What a step had asked for without learning the outcome."""
        return self._asked.get(step)

    def asking(self, step: str, asked: Asked) -> None:
        """Write, before the call, what is about to be asked. An older open question stays; it learns what it lacks."""
        older = self._asked.get(step)
        if older is None:
            self._asked[step] = asked
        elif missing := set(asked.notes) - set(older.notes):
            notes = {**older.notes, **{name: asked.notes[name] for name in missing}}
            self._asked[step] = replace(older, notes=notes)
        else:
            return
        self._write()

    def progressed(self, step: str, thing: Thing) -> None:
        """Write a part of what a step makes; its question stays open."""
        self._put(step, thing)
        self._write()

    def put_beside(self, step: str, thing: Thing) -> None:
        """Write something of ours that does not take the place of a step's thing, or not yet."""
        self._things[f"{step}:{thing.id}"] = thing
        self._write()

    def no_longer_beside(self, step: str, id_: str) -> None:
        """Write that such a thing is gone."""
        self._things.pop(f"{step}:{id_}", None)
        self._write()

    def refused(self, step: str) -> None:
        """Write that a step was refused for certain, so that nothing more came of it; closes its open question."""
        if self._asked.pop(step, None) is not None:
            self._write()

    def closed(self, question: str) -> None:
        """Write that a question of several requests is answered."""
        self.refused(question)

    def made(self, step: str, thing: Thing) -> None:
        """Write what came of it; closes the step's open question."""
        self._asked.pop(step, None)
        self._put(step, thing)
        self._write()

    def kept(self, step: str, thing: Thing) -> None:
        """Note something that was found as it should be; what is known of it already stays."""
        if step not in self._things or self._things[step].id != thing.id or step in self._asked:
            self.made(step, thing)

    def unmade(self, step: str) -> None:
        """Write that a step's thing is gone or was put back; no question about it is open any more."""
        self._asked = {name: asked for name, asked in self._asked.items() if name.partition(":")[0] != step}
        self._things.pop(step, None)
        self._write()

    def to_json(self) -> dict[str, Any]:
        """The receipt as plain JSON values."""
        return {
            "version": _VERSION,
            "tenant_id": self._tenant_id,
            "environment_url": self._environment_url,
            "asked": {
                step: {"at": asked.at.isoformat(), "creating": asked.creating, "notes": dict(asked.notes)}
                for step, asked in self._asked.items()
            },
            "things": {
                step: {
                    "id": thing.id,
                    "members": dict(thing.members),
                    "ours": thing.ours,
                    "changed": dict(thing.changed),
                }
                for step, thing in self._things.items()
            },
        }

    def _put(self, step: str, thing: Thing) -> None:
        """Record it; what was ours in its place stays ours, beside it."""
        replaced = self._things.get(step)
        self._things.pop(f"{step}:{thing.id}", None)
        if replaced is not None and replaced.ours and replaced.id != thing.id:
            self._things[f"{step}:{replaced.id}"] = replaced
        self._things[step] = thing

    def _write(self) -> None:
        if self._path is not None:
            write_whole(self._path, json.dumps(self.to_json(), indent=2) + "\n", mode=0o644)

    def _read(self, path: Path) -> None:
        remedy = "name another file, or remove it to start anew"
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["version"] != _VERSION:
                raise BadInput("receipt", f"{path} is of version {data['version']}, not {_VERSION}", remedy)
            self._tenant_id = str(data["tenant_id"])
            self._environment_url = str(data["environment_url"])
            self._asked = {
                step: Asked(datetime.fromisoformat(row["at"]), bool(row["creating"]), row["notes"])
                for step, row in data["asked"].items()
            }
            self._things = {
                step: Thing(row["id"], row["members"], bool(row["ours"]), row["changed"])
                for step, row in data["things"].items()
            }
        except OSError as error:
            raise BadInput("receipt", f"{path} cannot be read ({error.strerror})", remedy) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadInput("receipt", f"{path} is not a receipt", remedy) from None


def write_whole(path: Path, text: str, *, mode: int) -> None:
    """Put `text` into the file at once or not at all; it never exists with wider permissions than `mode`."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
