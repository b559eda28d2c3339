"""Every failure mode diagnosed from the wire alone: is it named, how soon, and is a healthy tenant left in peace?

`python -m benchmarks.diagnosis` prints one table: without an operator's eyes and with them. A mode counts as named
first where the diagnosis begins with it, as among its look-alikes where it begins with one that the catalogue states
nothing but a further probe tells apart. It ends with status 1 when a mode is missed or a healthy tenant is diagnosed.
"""

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from mock_services.state.replicas import PRESETS
from provisioning.access import Access, operator_access
from provisioning.handing_off import hand_off
from provisioning.settings import CHANNELS
from provisioning.verdict import Verdict
from provisioning.verify import verify
from scenarios.failure_modes import FAILURE_MODES, FailureMode
from scenarios.failure_modes.handoff_requests import changed
from scenarios.failure_modes.performing import Stage, perform
from scenarios.failure_modes.recording import told
from scenarios.failure_modes.ward import Ward

_TOP = 3


@dataclass
class Tally:
    """What came of all the modes."""

    first: int = 0
    alike: int = 0
    top: int = 0
    missed: list[str] = field(default_factory=list)
    false_alarms: int = 0
    seconds: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)

    def add(self, mode: FailureMode, verdict: Verdict) -> None:
        """Count one diagnosis."""
        ranked = [cause.name for cause in verdict.causes]
        self.first += ranked[:1] == [mode.name]
        self.alike += bool(ranked) and ranked[0] in mode.looks_like
        self.top += mode.name in ranked[:_TOP]
        if mode.name not in ranked:
            self.missed.append(mode.name)

    def row(self) -> tuple[str, ...]:
        """As the table has it."""
        milliseconds = statistics.median(self.seconds) * 1000
        counts = (self.first, self.alike, self.top, len(self.missed), self.false_alarms)
        return (*map(str, counts), f"{milliseconds:.0f} ms", f"{statistics.median(self.requests):.0f}")


async def diagnosed(ward: Ward, *, with_operator: bool) -> Tally:
    """Every mode once, and the healthy tenant at every pace of replication."""
    tally = Tally()
    for mode in FAILURE_MODES.values():
        async with ward.stage() as stage:
            pasted = mode.apply(stage.scene)
            began = time.perf_counter()
            if mode.act is None and mode.handoff is None:
                verdict = await verify(
                    pasted,
                    transport=stage.transport,
                    clock=stage.clock,
                    bases=stage.settings.bases(),
                    operator=_operator(stage) if with_operator else None,
                )
            else:
                verdict = await perform(mode, stage, pasted)
            tally.seconds.append(time.perf_counter() - began)
            tally.requests.append(len(told(stage)))
            tally.add(mode, verdict)
    for preset in PRESETS:
        async with ward.stage() as stage:
            stage.scene.tenant.replication.use(preset)
            tally.false_alarms += await _alarms(stage, with_operator=with_operator)
    return tally


async def _alarms(stage: Stage, *, with_operator: bool) -> int:
    """How often a healthy tenant is diagnosed: by Test & Save, and by a handoff over each channel."""
    integration, bases = stage.scene.integration, stage.settings.bases()
    operator = _operator(stage) if with_operator else None
    verdicts = [await verify(integration, transport=stage.transport, clock=stage.clock, bases=bases, operator=operator)]
    for channel in CHANNELS:
        request = changed(channel=channel)(stage.scene)
        handed = await hand_off(request, integration, transport=stage.transport, clock=stage.clock, bases=bases)
        verdicts.append(handed.verdict)
    return sum(not verdict.healthy or bool(verdict.suspected) for verdict in verdicts)


def _operator(stage: Stage) -> Access:
    return operator_access(stage.settings, stage.transport, stage.clock)


async def table() -> tuple[Table, bool]:
    """The whole table, and whether nothing is missed and nobody healthy diagnosed."""
    shown = Table(
        "seen", "modes", "named first", "a look-alike first", "in the top three", "missed", "false alarms",
        "median time", "median requests", box=None,
    )  # fmt: skip
    ward, holds = Ward(), True
    for label, with_operator in (("by the integration", False), ("by an operator too", True)):
        tally = await diagnosed(ward, with_operator=with_operator)
        shown.add_row(label, str(len(FAILURE_MODES)), *tally.row())
        holds &= not tally.missed and not tally.false_alarms
    return shown, holds


def main() -> int:
    """Print the table; 1 when it does not hold."""
    shown, holds = asyncio.run(table())
    console = Console(width=max(120, Console().width))
    console.print(shown)
    console.print("nothing missed, no false alarm" if holds else "[bold]something is missed, or a false alarm[/bold]")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
