"""Many tenants: the list is checked whole before anything is sent, and each tenant goes at its own pace."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_services.cloud import FakeCloud
from provisioning.engine import Engine
from provisioning.fleet import BadRows, Places, Row, SharedTime, read_fleet, side_by_side
from provisioning.guard import TenantGuard
from provisioning.problems import BadInput
from provisioning.transport import Transport
from scenarios.convergence.converging import Case, opened
from scenarios.convergence.harms import Harm
from scenarios.tenant_clock import TenantClock

ONE, TWO = "2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e51", "2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e52"
ENVIRON = {"D365_ADMIN_CLIENT_ID": ONE, "D365_ADMIN_CLIENT_SECRET": "s3cr3t", "CONTOSO_SECRET": "other"}
HEADER = "name,tenant_id,environment_url"
GOOD = f"contoso,{ONE},https://contoso.crm4.dynamics.com"


def written(folder: Path, text: str, name: str = "tenants.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_row_says_what_is_its_own_and_the_environment_the_rest(tmp_path: Path) -> None:
    text = (
        f"\ufeff{HEADER};channels;operator_client_id;operator_secret_env;secret_months\n".replace(",", ";")
        + f"contoso;{ONE};https://contoso.crm4.dynamics.com;phone, email;{TWO};CONTOSO_SECRET;6\n"
        + "\n"
        + f";{TWO};https://fabrikam.crm4.dynamics.com;;;;\n"
    )
    first, second = read_fleet(written(tmp_path, text), ENVIRON, {"secret_months": 12})
    assert (first.line, first.name, first.settings.channels, first.settings.secret_months) == (
        2, "contoso", ("phone", "email"), 6,
    )  # fmt: skip
    assert first.settings.operator is not None
    assert second.settings.operator is not None
    assert first.settings.operator.client_secret.get_secret_value() == "other"
    assert second.settings.operator.client_secret.get_secret_value() == "s3cr3t"
    assert (second.line, second.name, second.settings.secret_months) == (4, TWO, 12)


def test_toml_says_the_same_with_a_table_each(tmp_path: Path) -> None:
    text = (
        f'[[tenant]]\nname = "contoso"\ntenant_id = "{ONE}"\nenvironment_url = "https://contoso.crm4.dynamics.com"\n'
        f'channels = ["phone"]\noperator = {{client_id = "{TWO}", secret_env = "CONTOSO_SECRET"}}\n\n'
        f'[[tenant]]\ntenant_id = "{TWO}"\nenvironment_url = "https://fabrikam.crm4.dynamics.com"\n'
    )
    first, second = read_fleet(written(tmp_path, text, "tenants.toml"), ENVIRON)
    assert (first.line, first.name, first.settings.channels) == (1, "contoso", ("phone",))
    assert (second.line, second.name) == (8, TWO)
    assert first.settings.operator is not None
    assert first.settings.operator.client_secret.get_secret_value() == "other"


@pytest.mark.parametrize(
    ("columns", "row", "complaint"),
    [
        ("", f"b,contoso,{TWO}", "line 3: tenant_id is not a GUID"),
        ("", f"b,,https://b.crm4.dynamics.com/{TWO}", "line 3: tenant_id is empty"),
        ("", f"b,{TWO},https://b.dynamics.com", "line 3: environment_url names b.dynamics.com, which has no region"),
        ("", f"b,{TWO},", "line 3: environment_url is empty"),
        ("", f"contoso,{TWO},https://b.crm4.dynamics.com", "line 3: name is contoso, as in line 2"),
        ("", f"../b,{TWO},https://b.crm4.dynamics.com", "line 3: name cannot name a file"),
        ("", f"b,{ONE.upper()},https://b.crm4.dynamics.com", "line 3: tenant_id is set up under the same application"),
        (",secret_months", f"b,{TWO},https://b.crm4.dynamics.com,99", "line 3: secret_months cannot be used"),
        (",channels", f"b,{TWO},https://b.crm4.dynamics.com,fax", "line 3: channels"),
        (",colour", f"b,{TWO},https://b.crm4.dynamics.com,red", "line 3: colour is not a known setting"),
        ("", f"b,{TWO},https://b.crm4.dynamics.com,more", "a cell more than the header"),
        (",operator_secret_env", f"b,{TWO},https://b.crm4.dynamics.com,NOT_SET", "names NOT_SET, which is not set"),
    ],
)
def test_a_bad_row_is_named_by_line_and_field(tmp_path: Path, columns: str, row: str, complaint: str) -> None:
    file = written(tmp_path, f"{HEADER}{columns}\n{GOOD}{',' if columns else ''}\n{row}\n")
    with pytest.raises(BadRows) as refused:
        read_fleet(file, ENVIRON)
    assert complaint in str(refused.value)
    assert "nothing was sent" in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


def test_all_bad_rows_are_named_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, f"{HEADER}\na,x,y\n{GOOD}\nb,{TWO},z\n")
    with pytest.raises(BadRows, match="has 2 bad rows") as refused:
        read_fleet(file, ENVIRON)
    assert [(row["line"], row["field"]) for row in refused.value.to_json()["rows"]] == [
        (2, "tenant_id"), (4, "environment_url"),
    ]  # fmt: skip


@pytest.mark.parametrize("column", ["client_secret", "operator_client_secret", "Secret", "operator_secret", "password"])
def test_a_list_never_holds_a_secret(tmp_path: Path, column: str) -> None:
    file = written(tmp_path, f"{HEADER},{column}\n{GOOD},hush-hush\n")
    with pytest.raises(BadInput, match="a list never holds a secret") as refused:
        read_fleet(file, ENVIRON)
    assert "hush" not in str(refused.value)
    with pytest.raises(BadInput, match="holds a secret"):
        read_fleet(written(tmp_path, '[[tenant]]\noperator = {client_secret = "hush"}\n', "t.toml"), ENVIRON)


@given(
    text=st.text(max_size=80) | st.text('[]=",;\n abcdetnan_i', max_size=80), suffix=st.sampled_from([".csv", ".toml"])
)
def test_any_file_is_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, text: str, suffix: str
) -> None:
    file = tmp_path_factory.mktemp("fleet") / f"list{suffix}"
    file.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(BadInput):
        read_fleet(file, {})


class NotedTime(TenantClock):
    """A tenant's clock that remembers how long was slept, and lets others have their turn meanwhile."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.tenant)
        self.slept = timedelta()

    async def sleep(self, pause: timedelta) -> None:
        self.slept += pause
        await anyio.lowlevel.checkpoint()
        await super().sleep(pause)


def _rows(cases: Sequence[Case]) -> list[Row]:
    return [Row(number, str(number), case.settings()) for number, case in enumerate(cases)]


async def test_a_throttled_tenant_slows_itself_alone() -> None:
    """Five tenants of one cloud, two at a time; every request of one is answered 429 once."""
    cloud = FakeCloud()
    async with AsyncExitStack() as stack:
        harms = [{}, dict.fromkeys(range(0, 60, 2), Harm.THROTTLED), {}, {}, {}]
        cases = [await stack.enter_async_context(opened(cloud, cloud.create_tenant(), each)) for each in harms]
        clocks = [NotedTime(case) for case in cases]
        healthy: dict[str, bool] = {}

        async def work(row: Row, places: Places) -> None:
            case, clock = cases[row.line], SharedTime(clocks[row.line], places)
            transport = Transport(case.client, clock, guard=TenantGuard(row.settings))
            engine = Engine(row.settings, transport, clock)
            healthy[row.name] = (await engine.verify((await engine.provision()).integration)).healthy

        await side_by_side(_rows(cases), work, at_once=2)
    assert healthy == {str(number): True for number in range(5)}
    assert clocks[1].slept >= timedelta(seconds=7 * 20)
    assert [clock.slept for number, clock in enumerate(clocks) if number != 1] == [timedelta()] * 4


class _UntilAllowed:
    """A clock whose sleep ends when the test says so."""

    def __init__(self) -> None:
        self.allowed = anyio.Event()

    def now(self) -> datetime:
        return datetime.now().astimezone()

    async def sleep(self, pause: timedelta) -> None:
        del pause
        await self.allowed.wait()


async def test_who_waits_for_one_tenant_holds_up_no_other() -> None:
    """One at a time: the first sleeps until the second, which can only begin meanwhile, is done."""
    cloud, done = FakeCloud(), list[str]()
    async with opened(cloud, cloud.create_tenant(), {}) as case:
        rows, clock = _rows([case, case]), _UntilAllowed()

        async def work(row: Row, places: Places) -> None:
            if row.line == 0:
                await SharedTime(clock, places).sleep(timedelta(minutes=5))
            done.append(row.name)
            clock.allowed.set()

        with anyio.fail_after(5):
            await side_by_side(rows, work, at_once=1)
    assert done == ["1", "0"]


async def test_no_more_are_worked_on_than_was_asked_for() -> None:
    cloud, busy = FakeCloud(), list[int]()
    async with opened(cloud, cloud.create_tenant(), {}) as case:
        inside = 0

        async def work(row: Row, places: Places) -> None:
            nonlocal inside
            inside += 1
            busy.append(inside)
            await anyio.lowlevel.checkpoint()
            inside -= 1

        await side_by_side(_rows([case] * 9), work, at_once=3)
    assert max(busy) == 3
    assert len(busy) == 9
