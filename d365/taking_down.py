"""`d365 teardown`: shows what is ours, and removes it once that is agreed to."""

from collections.abc import Callable
from dataclasses import dataclass

from d365 import console
from d365.console import StepList
from d365.reporting import BAD_INPUT, HEALTHY
from d365.workbench import Bench, Wish, opened
from provisioning.engine import StepReport
from provisioning.steps import application, service_principal
from provisioning.teardown import IN_THE_BIN, Item, survey, take_down

_FATES = {
    "remove": "will be removed",
    "restore": "was there before: put back as it was",
    "leave": "was there before: left",
    "look": "a run stopped here: what it made is looked for and removed",
}
_BINNED = frozenset({application.NAME, service_principal.NAME})


@dataclass(frozen=True)
class Teardown:
    """What was listed, and what was done about it: None where nobody agreed."""

    items: tuple[Item, ...]
    done: tuple[StepReport, ...] | None
    is_rehearsal: bool

    @property
    def exit_code(self) -> int:
        """0 done, or nothing to do; 2 where it was only listed."""
        return HEALTHY if self.done is not None or not self.items else BAD_INPUT

    def report(self, *, as_json: bool) -> None:
        """Print what was done; the list was printed before."""
        removed = [report for report in self.done or () if report.outcome == "removed"]
        in_the_bin = IN_THE_BIN if any(report.step in _BINNED for report in removed) else ""
        if as_json:
            console.say_json(
                {
                    "items": [item.to_json() for item in self.items],
                    "done": None if self.done is None else [report.to_json() for report in self.done],
                    "note": in_the_bin,
                    "rehearsal": self.is_rehearsal,
                }
            )
            return
        out = console.console()
        if not self.items:
            out.print("There is nothing of ours to take down.")
        elif self.done is None:
            console.complain("nothing was removed; --yes goes on without asking")
        else:
            out.print(f"\nRemoved: {len(removed)}. {in_the_bin}")
        if self.is_rehearsal:
            out.print("\nA rehearsal on an embedded fake tenant: nothing left this machine.")


def teardown(wish: Wish, steps: StepList, *, yes: bool, as_json: bool, ask: Callable[[str], bool] | None) -> Teardown:
    """List what is ours, and remove it where `yes` is given or `ask` agrees. Raises BadInput, Problem."""
    import anyio

    return anyio.run(_teardown, wish, steps, yes, as_json, ask)


async def _teardown(
    wish: Wish, steps: StepList, yes: bool, as_json: bool, ask: Callable[[str], bool] | None
) -> Teardown:
    async with opened(wish, steps, needs_receipt=False) as bench:
        items = await survey(bench.engine)
        if not as_json:
            _show(bench, items)
        agreed = bool(items) and (yes or (ask is not None and ask("Remove these?")))
        done = await take_down(bench.engine) if agreed else None
        return Teardown(items, done, bench.is_rehearsal)


def _show(bench: Bench, items: tuple[Item, ...]) -> None:
    settings = bench.engine.settings
    out = console.console()
    out.print(f"Tenant {settings.tenant_id}, environment {settings.environment_url}:\n", markup=False)
    for item in items:
        what = " ".join(filter(None, (item.name, item.id)))
        out.print(f"  {item.title:<29} {_FATES[item.fate]}  {what}", markup=False)
    out.print()
