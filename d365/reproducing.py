"""`d365 reproduce`: an error, a failure mode or a bundle in; the same seen to happen and mended on a fake tenant."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from d365 import console
from d365.reporting import FAILED, HEALTHY
from provisioning.clock import RealClock
from provisioning.explaining.given import text_of
from scenarios.failure_modes import FAILURE_MODES, failure_mode
from scenarios.place import Place
from scenarios.reproducing.bundle import bundle_of, read_bundle, write_bundle
from scenarios.reproducing.comparing import Shown
from scenarios.reproducing.original import Original, original_of
from scenarios.reproducing.reproduction import Reproduction, reproduce, reproduce_original
from scenarios.reproducing.written_test import write_test


@dataclass(frozen=True)
class Reproduced:
    """What was brought about, and where."""

    made: Reproduction
    place: Place
    privilege: str

    @property
    def exit_code(self) -> int:
        """0 where it happened as asked and the remedy mends it, else 1."""
        return HEALTHY if self.made.is_same and self.made.after.healthy else FAILED

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values; holds no secret, and of the original what pseudonyms leave."""
        made, comparison = self.made, self.made.comparison
        return {
            "failure_mode": made.mode.name,
            "family": made.mode.family,
            "whose_turn": made.mode.whose_turn,
            "remedy": made.mode.remedy,
            "original": _answer(comparison.original, comparison.passage) if comparison else None,
            "reproduced": _answer(made.shown, made.shown.words),
            "differences": [vars(each) for each in comparison.differences] if comparison else [],
            "likeness": round(comparison.likeness, 2) if comparison else None,
            "diagnosis": made.verdict.to_json(),
            "healthy_after_remedy": made.after.healthy,
        }


def reproduce_given(given: str) -> Reproduced:
    """Bring about what was given: a failure mode's name, a paste, a file or a bundle. Raises BadInput."""
    if given in FAILURE_MODES or _is_like_a_name(given):
        mode = failure_mode(given)
        return Reproduced(anyio.run(reproduce, mode.name), Place(), "")
    text = text_of(given, sys.stdin)
    bundle = read_bundle(text)
    original: Original = bundle.asked() if bundle is not None else original_of(text)
    return Reproduced(anyio.run(reproduce_original, original), original.place, original.privilege)


def keep(reproduced: Reproduced, *, test: Path | None, bundle: Path | None) -> None:
    """Write the files that were asked for. Raises BadInput."""
    if test is not None:
        write_test(reproduced.made, reproduced.place, reproduced.privilege, test)
    if bundle is not None:
        today = RealClock().now().date()
        write_bundle(bundle_of(reproduced.made, reproduced.place, reproduced.privilege, today), bundle)


def show(reproduced: Reproduced, *, conversation: bool) -> None:
    """Print original and reproduction beside each other, what differs, what it means, and what the remedy did."""
    from rich.table import Table

    made, out = reproduced.made, console.console()
    out.print(f"\n{made.mode.name}  ", style="bold", end="", markup=False)
    out.print(made.mode.title, markup=False)
    comparison = made.comparison
    table = Table(show_lines=True, expand=True)
    if comparison is not None:
        table.add_column("original", ratio=1)
    table.add_column("reproduced", ratio=1)
    cells = [] if comparison is None else [_cell(comparison.original, comparison.passage)]
    table.add_row(*cells, _cell(made.shown, made.shown.words))
    out.print(table)
    if comparison is not None:
        for difference in comparison.differences:
            out.print(f" ! {difference}", style="yellow", markup=False)
        if not comparison.differences:
            out.print(" = the same answer, by pseudonyms", style="green")
    if conversation:
        out.print(f"\n{made.conversation}", style="dim", markup=False, highlight=False, soft_wrap=True)
    diagnosis = (
        f"{made.verdict.failure} ({made.verdict.certainty})" if made.verdict.failure else "none: Test & Save passes"
    )
    console.show_values({"diagnosis": diagnosis, "whose turn": made.mode.whose_turn, "remedy": made.mode.remedy})
    if made.after.healthy:
        out.print("\nThe remedy applied: healthy.", style="bold green")
    else:
        out.print(f"\nThe remedy applied: still {made.after.failure}.", style="bold red", markup=False)


def serve_broken(reproduced: Reproduced, write_env: Path | None) -> None:
    """Serve a tenant broken in the same way until Ctrl-C. Raises NotServed, BadInput."""
    from d365.environment import write_exports
    from d365.serving import interruptible, show_standing, standing

    with interruptible() as stopped, standing(broken=reproduced.made.mode, place=reproduced.place) as fakes:
        if write_env is not None:
            write_exports(write_env, fakes.exports())
        show_standing(fakes, write_env=write_env, as_json=False)
        stopped.wait()


def _cell(shown: Shown, words: str) -> str:
    from rich.markup import escape

    head = " ".join([*([str(shown.status)] if shown.status else []), *shown.codes])
    return escape(f"{head}\n{words}" if head else words)


def _answer(shown: Shown, words: str) -> dict[str, Any]:
    return {"status": shown.status, "codes": list(shown.codes), "words": words}


def _is_like_a_name(given: str) -> bool:
    """Whether this was meant as a failure mode's name: one dotted word whose first part names a service here."""
    head, dot, tail = given.partition(".")
    known = {name.partition(".")[0] for name in FAILURE_MODES}
    return bool(dot) and head in known and tail.replace("_", "").isalnum() and not Path(given).is_file()
