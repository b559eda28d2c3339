"""What people see: a live list of steps, the four values, the verdict; plain text where no terminal is."""

import json
import sys
import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rich.console import Console

_SETTLED = {"made": (" + ", "green"), "kept": (" = ", "green"), "failed": (" x ", "red")}
"""The states a step ends in, each with its mark and style."""


def console(*, to_stderr: bool = False) -> "Console":
    """A rich console that honours NO_COLOR and is plain when it is not a terminal."""
    from rich.console import Console

    return Console(stderr=to_stderr, highlight=False, soft_wrap=True)


def say_json(value: object) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def complain(sentence: str) -> None:
    """Print one sentence on standard error."""
    sys.stderr.write(f"d365: {sentence}\n")


class StepList:
    """Shows each step as it goes: live on a terminal, a line a settled step anywhere else."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._console = console()
        self._status: Any = None
        self._began: dict[str, float] = {}

    def __enter__(self) -> Self:
        if not self._quiet and self._console.is_terminal:
            self._status = self._console.status("starting")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def ask(self, question: str) -> bool:
        """Whether whoever sits at the terminal agrees; silence does not."""
        if self._status is not None:
            self._status.stop()
        try:
            agreed = self._console.input(f"{question} [y/N] ", markup=False).strip().lower() in ("y", "yes")
        except EOFError:
            agreed = False
        if self._status is not None:
            self._status.start()
        return agreed

    def show(self, title: str, state: str, detail: str) -> None:
        """One step's news. Times are this machine's: a rehearsal's own clock stands still."""
        began = self._began.setdefault(title, time.perf_counter())
        seconds = time.perf_counter() - began
        if self._quiet:
            return
        if state in _SETTLED:
            from rich.text import Text

            reason = f"because {detail}" if state == "made" and detail else detail
            line = Text.assemble(_SETTLED[state], f"{title:<29} {state:<5} {seconds:5.2f} s  ", (reason, "dim"))
            self._console.print(line)
        elif self._status is not None:
            self._status.update(f"{title}: {state}{f' - {detail}' if detail else ''}")


def show_table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A table without lines, each column as wide as it needs."""
    from rich.table import Table

    table = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    console().print(table)


def show_values(values: Mapping[str, str]) -> None:
    """Names and values, aligned."""
    width = max(len(name) for name in values)
    out = console()
    for name, value in values.items():
        out.print(f"  {name:<{width}}  {value}", markup=False)
