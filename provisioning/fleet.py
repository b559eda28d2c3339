"""Many tenants side by side: the list they come from, checked whole before anything is sent, and who works when.

A list is a CSV file with a header, or TOML with a `[[tenant]]` table each. It never holds a secret, in any column: such
lists are mailed, opened in spreadsheets and committed. A row names the environment variable that holds its operator's
secret instead.
"""

import csv
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from provisioning.clock import Clock
from provisioning.problems import BadInput
from provisioning.settings import Settings
from provisioning.settings_sources import checked_settings, fill_from, read_toml

AT_ONCE: Final = 4
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SECRET_COLUMNS: Final = re.compile(r"(?i).*(secret|password)(?!_env$|_name$|_months$).*")
_OPERATOR: Final = {"operator_client_id": "client_id", "operator_secret_env": "secret_env"}


@dataclass(frozen=True)
class Row:
    """One tenant of a list. `name` names its files; `line` is where it stands in the list."""

    line: int
    name: str
    settings: Settings


class BadRows(BadInput):
    """Rows that cannot be right: all of them, each by its line and field."""

    def __init__(self, file: Path, rows: Sequence[tuple[int, BadInput]]) -> None:
        super().__init__("--many", f"file {file} has {len(rows)} bad rows", "mend them; nothing was sent")
        self.rows = tuple(rows)

    def __str__(self) -> str:
        return "\n".join([f"{self.field} {self.heard}; {self.remedy}", *(f"line {n}: {row}" for n, row in self.rows)])

    def to_json(self) -> dict[str, Any]:
        """The letter, with the rows."""
        rows = [{"line": line, "field": row.field, "heard": row.heard, "remedy": row.remedy} for line, row in self.rows]
        return {**super().to_json(), "rows": rows}


def read_fleet(
    file: Path, environ: Mapping[str, str], defaults: Mapping[str, Any] | None = None, *, rehearsal: bool = False
) -> tuple[Row, ...]:
    """The tenants of a list; what a row does not say comes from `defaults`, then from the environment.

    Tenant and environment come from the row alone; in a rehearsal no operator is needed. Raises BadInput for the file,
    BadRows for its rows.
    """
    found = list(_tables(file) if file.suffix.lower() == ".toml" else _lines(file))
    if not found:
        raise BadInput("--many", f"file {file} names no tenant", "write a row or a [[tenant]] table for each")
    rows, bad = list[Row](), list[tuple[int, BadInput]]()
    for line, values in found:
        try:
            row = _row(line, values, environ, dict(defaults or {}), rehearsal=rehearsal)
            _check_against(rows, row)
        except BadInput as problem:
            bad.append((line, problem))
        else:
            rows.append(row)
    if bad:
        raise BadRows(file, bad)
    return tuple(rows)


def _lines(file: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    """The rows of a CSV file, empty cells left out; a spreadsheet's byte order mark and semicolons are understood."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = (getattr(error, "strerror", None) or "it is not UTF-8 text").lower()
        raise BadInput("--many", f"file {file} cannot be read ({why})", "name a readable CSV or TOML file") from None
    header = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(), delimiter=";" if header.count(";") > header.count(",") else ",")
    columns = [column.strip() for column in reader.fieldnames or []]
    reader.fieldnames = columns
    _check_columns(columns)
    for record in reader:
        cells: dict[str, Any] = {name: text.strip() for name, text in record.items() if name and text and text.strip()}
        if None in record:
            cells["a cell more than the header"] = ""
        if cells:
            yield reader.line_num, cells


def _tables(file: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    """The tables of a TOML file; as lines serve those of their headers."""
    values = read_toml(file)
    tables = values.pop("tenant", [])
    if not isinstance(tables, list) or values:
        strange = ", ".join(sorted(values)) or "tenant"
        raise BadInput("--many", f"file {file} has {strange} outside a [[tenant]] table", "write [[tenant]] above each")
    starts = [n for n, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if _TABLE.match(text)]
    for number, table in enumerate(tables):
        _check_columns(table)
        yield starts[number] if number < len(starts) else number + 1, dict(table)


_TABLE: Final = re.compile(r"\s*\[\[\s*tenant\s*\]\]")


def _check_columns(columns: Iterable[str]) -> None:
    for column in columns:
        if _SECRET_COLUMNS.fullmatch(column):
            remedy = "put the secret into an environment variable and name that in operator_secret_env"
            raise BadInput("--many", f"has the column {column}, and a list never holds a secret", remedy)


def _row(
    line: int, values: dict[str, Any], environ: Mapping[str, str], defaults: dict[str, Any], *, rehearsal: bool
) -> Row:
    """One row, checked as a settings file is. Raises BadInput."""
    name = str(values.pop("name", "") or values.get("tenant_id", ""))
    operator = _operator(values, environ, defaults.pop("operator", None) or {})
    if isinstance(values.get("channels"), str):
        values["channels"] = re.split(r"[\s;,|]+", values["channels"])
    places = {field: values.get(field, "") for field in ("tenant_id", "environment_url")}
    merged = {**defaults, **values, **places}
    if not rehearsal:
        merged |= {"operator": operator} if operator else {}
        fill_from(environ, merged)
    settings = checked_settings(merged, file="the row")
    if settings.operator is None and not rehearsal:
        raise BadInput("operator_client_id", "is missing", "write it and operator_secret_env")
    if not _NAME.fullmatch(name):
        raise BadInput("name", "cannot name a file", "write letters, digits, dots and dashes")
    return Row(line, name, settings)


def _operator(values: dict[str, Any], environ: Mapping[str, str], default: Mapping[str, Any]) -> dict[str, Any]:
    """The operator of a row, whose secret comes from the variable that it names."""
    given = {inner: values.pop(outer) for outer, inner in _OPERATOR.items() if outer in values}
    given = {**(values.pop("operator", None) or {}), **given}
    if "client_secret" in given:
        raise BadInput("operator", "holds a secret, and a list never does", "name a variable in operator_secret_env")
    variable = str(given.pop("secret_env", ""))
    if variable and not environ.get(variable):
        raise BadInput("operator_secret_env", f"names {variable}, which is not set", f"set {variable}")
    return {**default, **given, **({"client_secret": environ[variable]} if variable else {})}


def _check_against(rows: Iterable[Row], row: Row) -> None:
    """Two rows must neither share their files nor set up the same thing at the same time."""
    for other in rows:
        if other.name.lower() == row.name.lower():
            raise BadInput("name", f"is {row.name}, as in line {other.line}", "give each row a name of its own")
        mine, theirs = row.settings, other.settings
        if (mine.tenant_id.lower(), mine.application_name) == (theirs.tenant_id.lower(), theirs.application_name):
            heard = f"is set up under the same application_name in line {other.line}"
            raise BadInput("tenant_id", heard, "name another application_name, or leave one out")


class SharedTime:
    """A tenant's clock that gives up its place while it sleeps: who waits for one tenant holds up no other."""

    def __init__(self, clock: Clock, places: "Places") -> None:
        self._clock = clock
        self._places = places

    def now(self) -> datetime:
        """The tenant's present."""
        return self._clock.now()

    async def sleep(self, pause: timedelta) -> None:
        """Sleep outside, then wait for a place."""
        self._places.leave()
        try:
            await self._clock.sleep(pause)
        finally:
            await self._places.take()


class Places:
    """So many tenants are worked on at a time; those that wait do not count."""

    def __init__(self, at_once: int) -> None:
        import anyio

        self._free = anyio.Semaphore(at_once)

    async def take(self) -> None:
        """Wait until one is free; also taken while everything is being cancelled, so that leaving is in order."""
        import anyio

        with anyio.CancelScope(shield=True):
            await self._free.acquire()

    def leave(self) -> None:
        """Let the next one work."""
        self._free.release()


async def side_by_side(rows: Sequence[Row], work: Callable[[Row, Places], Awaitable[None]], *, at_once: int) -> None:
    """Do `work` for each row, so many at once, in the order of the list; what it raises is its own to catch."""
    import anyio

    places = Places(at_once)

    async def one(row: Row) -> None:
        await places.take()
        try:
            await work(row, places)
        finally:
            places.leave()

    async with anyio.create_task_group() as together:
        for row in rows:
            together.start_soon(one, row)
