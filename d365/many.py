"""`d365 provision --many`: many tenants side by side, a receipt and a vault file each, and a summary."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from d365 import console
from d365.reporting import FAILED, HEALTHY
from provisioning.engine import Engine, Event, Provisioned
from provisioning.fleet import AT_ONCE, Places, Row, SharedTime, read_fleet, side_by_side
from provisioning.person_sign_in import Remembered
from provisioning.problems import BadInput, Problem
from provisioning.receipt import Receipt
from provisioning.settings_sources import read_toml
from provisioning.vault import KEYRING, FileVault, Vault, vault_at
from provisioning.verdict import Verdict

Came = tuple[Provisioned, Verdict]
SetUp = Callable[[Row, Places, Callable[[Event], None]], Awaitable[Came]]


@dataclass
class Standing:
    """How far one tenant has come."""

    row: Row
    step: str = ""
    state: str = "waiting"
    detail: str = ""
    came: Came | None = None
    problem: Exception | None = None
    began: float | None = None
    ended: float | None = None

    @property
    def healthy(self) -> bool:
        """Whether it is set up and Test & Save passes."""
        return self.came is not None and self.came[1].healthy

    @property
    def seconds(self) -> float:
        """By this machine's clock."""
        return 0.0 if self.began is None else (self.ended or time.perf_counter()) - self.began

    @property
    def why(self) -> str:
        """What kept it from being healthy, in one sentence."""
        if self.problem is not None:
            bug = "" if isinstance(self.problem, Problem) else f"unexpectedly, {type(self.problem).__name__}: "
            return f"{bug}{self.problem}"
        return "" if self.came is None or self.healthy else f"Test & Save: {self.came[1].failure}"

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values, without a secret."""
        provisioned = self.came[0].to_json() if self.came else None
        letter = self.problem.to_json() if isinstance(self.problem, Problem) else None
        return {
            "name": self.row.name,
            "line": self.row.line,
            "healthy": self.healthy,
            "why": self.why,
            "seconds": round(self.seconds, 3),
            "provisioned": provisioned,
            "verdict": self.came[1].to_json() if self.came else None,
            "problem": letter,
        }


@dataclass(frozen=True)
class Kept:
    """Where each tenant's receipt and values go: a folder for both, or a folder and the keyring."""

    folder: Path
    in_keyring: bool = False

    def receipt(self, row: Row) -> Receipt:
        """A file beside the others. Raises BadInput where it is there and is none."""
        return Receipt(self.folder / f"{row.name}.receipt.json")

    def vault(self, row: Row) -> Vault:
        """A file, or the keyring's entry `FOLDER/NAME`. Raises BadInput where this machine has no keyring."""
        if self.in_keyring:
            return vault_at(f"{KEYRING}{self.folder}/{row.name}")
        return FileVault(self.folder / f"{row.name}.env")

    def __str__(self) -> str:
        if self.in_keyring:
            return f"Receipts are in {self.folder}, values in your keyring under {self.folder}/ and the tenant's name."
        return f"Receipts and values are in {self.folder}, the values readable by you only."


@dataclass
class Fleet:
    """All tenants of a list and how far they are; `shown` is told of every piece of news."""

    standings: tuple[Standing, ...]
    kept: Kept | None
    is_rehearsal: bool
    shown: Callable[[Standing], None] = field(default=lambda _: None, repr=False)

    @property
    def exit_code(self) -> int:
        """0 where all are healthy, otherwise 1."""
        return HEALTHY if all(standing.healthy for standing in self.standings) else FAILED

    def report(self, *, as_json: bool) -> None:
        """Print the summary."""
        failed = [standing for standing in self.standings if not standing.healthy]
        if as_json:
            tenants = [standing.to_json() for standing in self.standings]
            console.say_json({"rehearsal": self.is_rehearsal, "failed": len(failed), "tenants": tenants})
            return
        out = console.console()
        out.print()
        console.show_table(("tenant", "", "seconds", "client ID"), (_summary(standing) for standing in self.standings))
        for standing in failed:
            out.print(f"\n{standing.row.name}: {standing.why}", markup=False)
        out.print(f"\n{len(self.standings) - len(failed)} of {len(self.standings)} are set up and proven.")
        if self.kept is not None:
            out.print(str(self.kept), markup=False)
        if self.is_rehearsal:
            out.print("A rehearsal on embedded fake tenants: nothing left this machine.")


def provision_many(
    file: Path,
    settings: Path | None,
    environ: Mapping[str, str],
    *,
    out: str | None,
    at_once: int = AT_ONCE,
    live: bool,
    quiet: bool,
) -> Fleet:
    """Set up every tenant of the list, the real ones with `live`. Raises BadInput before anything is sent."""
    import anyio

    defaults = read_toml(settings) if settings is not None else {}
    rows = read_fleet(file, environ, defaults, rehearsal=not live)
    kept = _kept(out, rows)
    if live and kept is None:
        raise BadInput("--out", "is missing", "give --out FOLDER: each tenant's receipt and values go there")
    fleet = Fleet(tuple(Standing(row) for row in rows), kept, not live)
    set_up = _live_in(kept) if live and kept is not None else _rehearsed_in(kept)
    with _Board(fleet, quiet=quiet):
        anyio.run(set_up_all, fleet, set_up, at_once)
    return fleet


async def set_up_all(fleet: Fleet, set_up: SetUp, at_once: int) -> None:
    """Set up each, so many at once; what goes wrong with one is told of that one and stops no other."""
    standing_of = {standing.row.name: standing for standing in fleet.standings}

    async def work(row: Row, places: Places) -> None:
        standing = standing_of[row.name]
        standing.began = time.perf_counter()

        def hear(event: Event) -> None:
            standing.step, standing.state, standing.detail = event.title, event.state, event.detail
            fleet.shown(standing)

        try:
            standing.came = await set_up(row, places, hear)
        except Exception as error:  # a bug met in one tenant must not stop the others half way
            standing.problem = error
        standing.ended, standing.step = time.perf_counter(), ""
        standing.state, standing.detail = "healthy" if standing.healthy else "failed", standing.why
        fleet.shown(standing)

    await side_by_side([standing.row for standing in fleet.standings], work, at_once=at_once)


def _live_in(kept: Kept) -> SetUp:
    remembered = Remembered()  # for the whole run: a person who has signed in for one tenant is not asked for the next

    async def set_up(row: Row, places: Places, hear: Callable[[Event], None]) -> Came:
        from provisioning.access import operator_access
        from provisioning.clock import RealClock
        from provisioning.guard import connect_guarded

        clock, receipt = SharedTime(RealClock(), places), kept.receipt(row)
        async with connect_guarded(row.settings, clock, receipt) as transport:
            access = operator_access(row.settings, transport, clock, remembered=remembered)
            engine = Engine(row.settings, transport, clock, receipt, hear, access=access, vault=kept.vault(row))
            return await _proven(engine)

    return set_up


def _rehearsed_in(kept: Kept | None) -> SetUp:
    from mock_services.cloud import FakeCloud
    from scenarios.rehearsal import in_process, rehearsal_values
    from scenarios.tenant_clock import TenantClock

    cloud = FakeCloud()

    async def set_up(row: Row, places: Places, hear: Callable[[Event], None]) -> Came:
        from provisioning.settings_sources import checked_settings

        tenant = cloud.create_tenant()
        wished = row.settings.model_dump(exclude={"operator"}, exclude_unset=True)
        settings = checked_settings({**wished, **rehearsal_values(tenant)})
        vault = kept.vault(row) if kept is not None else None
        async with in_process(cloud, tenant) as transport:
            clock = SharedTime(TenantClock(tenant), places)
            return await _proven(Engine(settings, transport, clock, on_event=hear, vault=vault))

    return set_up


async def _proven(engine: Engine) -> Came:
    provisioned = await engine.provision()
    return provisioned, await engine.verify(provisioned.integration)


def _kept(out: str | None, rows: Sequence[Row]) -> Kept | None:
    """The places that `--out` names: a folder, made where it is not there, its owner's alone; `keyring:` before it."""
    if out is None:
        return None
    name = out.removeprefix(KEYRING)
    if not name.strip():
        raise BadInput("--out", "names no folder", f"write {KEYRING}FOLDER: receipts go there, values into the keyring")
    folder = Path(name)
    kept = Kept(folder, in_keyring=name != out)
    for row in rows[:1]:
        kept.vault(row)  # refuses before anything is made where there is no keyring
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        why = (error.strerror or "no access").lower()
        raise BadInput("--out", f"folder {folder} cannot be used ({why})", "name a folder") from None
    return kept


def _summary(standing: Standing) -> Sequence[str]:
    client_id = standing.came[0].integration.client_id if standing.came else ""
    return standing.row.name, standing.state, f"{standing.seconds:.1f}", client_id


class _Board:
    """The progress: a table that changes in place on a terminal, a line a settled step anywhere else."""

    def __init__(self, fleet: Fleet, *, quiet: bool) -> None:
        self._fleet = fleet
        self._console = console.console()
        self._live: Any = None
        if quiet:
            return
        if self._console.is_terminal:
            from rich.live import Live

            self._live = Live(get_renderable=self._table, console=self._console, refresh_per_second=4, transient=True)
        else:
            fleet.shown = self._line

    def __enter__(self) -> None:
        if self._live is not None:
            self._live.start()

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def _table(self) -> Any:
        from rich.table import Table
        from rich.text import Text

        table = Table("tenant", "step", "state", "seconds", box=None, pad_edge=False)
        for each in self._fleet.standings:
            table.add_row(each.row.name, Text(each.step), Text(each.state), f"{each.seconds:.0f}")
        return table

    def _line(self, standing: Standing) -> None:
        if standing.ended is None and standing.state not in {"made", "kept"}:
            return
        said = f"{standing.step}: {standing.state}" if standing.step else standing.state
        self._console.print(f"{standing.row.name:<24} {standing.seconds:6.2f} s  {said}", markup=False)
