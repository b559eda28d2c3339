"""What a run has made in a tenant: written down before each create, and swept by it and by the next.

The file has one JSON object a line, each written through to the disk: `asked` before a create leaves, `made` when its
answer names it, `gone` when it was removed. A create whose answer was lost is looked up by its name, which is unique.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from provisioning.problems import BadInput


@dataclass
class Thing:
    """One create: what kind, under which name, and where it is once that is known."""

    number: int
    kind: str
    """The collection, as `graph:/v1.0/applications`."""
    name: str
    ids: tuple[str, ...] = ()
    is_gone: bool = field(default=False)
    is_young: bool = field(default=False)
    """Made by this run, so that it may not be seen everywhere yet."""


class Made:
    """The journal of one file. Only one run may hold it at a time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.things: dict[int, Thing] = {}
        for line in _lines(file):
            self._take(line)

    def asked(self, kind: str, name: str) -> Thing:
        """Before a create leaves."""
        thing = Thing(max(self.things, default=0) + 1, kind, name)
        self._write({"asked": thing.number, "kind": kind, "name": name})
        self.things[thing.number].is_young = True
        return self.things[thing.number]

    def made(self, thing: Thing, *ids: str) -> None:
        """When its answer has named it."""
        self._write({"made": thing.number, "ids": list(ids)})

    def gone(self, thing: Thing) -> None:
        """When it was removed, or is known never to have been made."""
        if thing.is_gone:
            return
        self._write({"gone": thing.number})

    @property
    def left(self) -> list[Thing]:
        """What may still be there, newest first."""
        return [each for each in reversed(self.things.values()) if not each.is_gone]

    def close(self) -> None:
        """Forget the file when nothing is left of what it tells."""
        if not self.left:
            self._file.unlink(missing_ok=True)

    def _take(self, line: dict[str, object]) -> None:
        if "asked" in line:
            number = int(str(line["asked"]))
            self.things[number] = Thing(number, str(line["kind"]), str(line["name"]))
        elif "made" in line:
            ids = line["ids"]
            self.things[int(str(line["made"]))].ids = tuple(ids) if isinstance(ids, list) else ()
        elif "gone" in line:
            self.things[int(str(line["gone"]))].is_gone = True

    def _write(self, line: dict[str, object]) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._take(line)


def _lines(file: Path) -> Iterator[dict[str, object]]:
    """The file's lines; one that a kill cut off in the middle told of nothing that had left."""
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


@contextmanager
def held(file: Path) -> Iterator[Made]:
    """The journal, for one run at a time. Raises BadInput while another holds it."""
    lock = file.with_name(file.name + ".lock")
    taken = lock.open("a", encoding="utf-8")
    try:
        _lock(taken.fileno(), lock)
        yield Made(file)
    finally:
        taken.close()  # which gives the lock back, as the end of a killed process does


def _lock(descriptor: int, lock: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: two runs at once are then up to whoever starts them
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise BadInput("contract.journal", f"is in use ({lock})", "wait for the other run, or name another") from None
