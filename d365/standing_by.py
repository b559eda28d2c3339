"""`d365 status` and `d365 repair`: how what was set up stands, and mending what has drifted."""

from dataclasses import dataclass

from d365 import console
from d365.console import StepList
from d365.reporting import COULD_NOT_CHECK, FAILED, HEALTHY
from d365.workbench import Wish, opened
from provisioning.drift import Standing, Status, status
from provisioning.repair import Repaired, repair
from provisioning.steps import environment_url

_MARKS = {"as recorded": (" = ", "green"), "drifted": (" x ", "red"), "unknown": (" ? ", "yellow")}
_REHEARSAL = "\nA rehearsal on an embedded fake tenant: nothing left this machine."


@dataclass(frozen=True)
class Look:
    """How everything stands."""

    status: Status
    is_rehearsal: bool

    @property
    def exit_code(self) -> int:
        """0 nothing drifted, 1 something did, 3 where not everything could be looked at."""
        return _code(self.status)

    def report(self, *, as_json: bool) -> None:
        """Print it."""
        if as_json:
            console.say_json({**self.status.to_json(), "rehearsal": self.is_rehearsal})
            return
        show_status(self.status)
        if self.is_rehearsal:
            console.console().print(_REHEARSAL)


@dataclass(frozen=True)
class Repair:
    """How everything stood, what was mended, and how it stands now."""

    before: Status
    repaired: Repaired | None
    after: Status
    is_rehearsal: bool

    @property
    def exit_code(self) -> int:
        """As for `status`, by how it stands now; 1 where a step failed."""
        return FAILED if self.repaired is not None and self.repaired.unmended else _code(self.after)

    def report(self, *, as_json: bool) -> None:
        """Print what was mended and what was not."""
        if as_json:
            console.say_json(
                {
                    "before": self.before.to_json(),
                    "repaired": self.repaired.to_json() if self.repaired else None,
                    "after": self.after.to_json(),
                    "rehearsal": self.is_rehearsal,
                }
            )
            return
        out = console.console()
        if self.repaired is not None:
            for unmended in self.repaired.unmended:
                out.print(f"Not mended: {unmended.problem}", markup=False)
            out.print("\nNow:")
            show_status(self.after)
        if self.is_rehearsal:
            out.print(_REHEARSAL)


def look(wish: Wish, steps: StepList) -> Look:
    """See how everything stands. Raises BadInput, Problem."""
    import anyio

    return anyio.run(_look, wish, steps)


def mend(wish: Wish, steps: StepList, *, as_json: bool) -> Repair:
    """Show what has drifted, and mend it. Raises BadInput, Problem."""
    import anyio

    return anyio.run(_mend, wish, steps, as_json)


def show_status(found: Status) -> None:
    """Print a line a step, and under it what has drifted, whose turn it is and what to do."""
    from rich.text import Text

    out = console.console()
    for standing in found.standings:
        mark, style = _MARKS[standing.condition]
        adopted = standing.id and not standing.ours and standing.step != environment_url.NAME
        owner = "  (was there before)" if adopted else ""
        out.print(Text.assemble((mark, style), f"{standing.title:<29} ", (_said(standing) + owner, "dim")))
        for drift in standing.drifts:
            out.print(Text.assemble((f"     {drift.name}: ", "bold"), drift.detail))
            out.print(f"     next, {drift.whose_turn}: {drift.remedy}", markup=False)
        for note in standing.notes:
            out.print(f"     {note}", markup=False, style="dim")
    if not found.drifts and found.complete:
        out.print("\nNothing has drifted.", style="bold green")


async def _look(wish: Wish, steps: StepList) -> Look:
    async with opened(wish, steps) as bench:
        return Look(await status(bench.engine), bench.is_rehearsal)


async def _mend(wish: Wish, steps: StepList, as_json: bool) -> Repair:
    async with opened(wish, steps) as bench:
        before = await status(bench.engine)
        if not as_json:
            show_status(before)
        if not before.drifts:
            return Repair(before, None, before, bench.is_rehearsal)
        repaired = await repair(bench.engine, before)
        return Repair(before, repaired, await status(bench.engine), bench.is_rehearsal)


def _said(standing: Standing) -> str:
    return standing.detail or standing.id


def _code(found: Status) -> int:
    return FAILED if found.drifts else HEALTHY if found.complete else COULD_NOT_CHECK
