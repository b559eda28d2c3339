"""`d365 provision --many` as a user runs it: several tenants of one served cloud, real sockets, files in a folder."""

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mock_services.clock import FakeClock
from mock_services.cloud import FakeCloud
from mock_services.serve import serving
from mock_services.tenant import FakeTenant
from scenarios.in_memory_keyring import InMemory
from scenarios.journeys.conftest import Run


@dataclass(frozen=True)
class Customers:
    """Three tenants that are served, the list of them, and the variables by which they are found."""

    tenants: list[FakeTenant]
    variables: dict[str, str]

    def csv(self, *, but: str = "") -> str:
        """The list; the operator's secret of the tenant named `but` is another's."""
        lines = ["name,tenant_id,environment_url,operator_client_id,operator_secret_env"]
        for tenant in self.tenants:
            variable = "SECRET_WRONG" if tenant.display_name == but else f"SECRET_{tenant.display_name.upper()}"
            url = f"https://{tenant.organisation.host}"
            lines.append(f"{tenant.display_name},{tenant.id},{url},{tenant.operator.client_id},{variable}")
        return "\n".join(lines) + "\n"


@pytest.fixture
def customers() -> Iterator[Customers]:
    cloud = FakeCloud(clock=FakeClock(running=True))
    tenants = [cloud.create_tenant(name) for name in ("Contoso", "Fabrikam", "Northwind")]
    secrets = {f"SECRET_{tenant.display_name.upper()}": str(tenant.operator.client_secret) for tenant in tenants}
    with serving(cloud) as served:
        authority = str(served.authority_file)
        ways = {"HTTPS_PROXY": served.proxy_url, "D365_CA_FILE": authority, "SSL_CERT_FILE": authority}
        yield Customers(tenants, {**ways, **secrets, "SECRET_WRONG": "not-theirs-8Q~0123456789"})


def test_one_failure_is_told_of_one_tenant_and_the_next_run_finishes_it(
    d365: Run, tmp_path: Path, customers: Customers
) -> None:
    live = ("provision", "--live", "--many", "tenants.csv", "--out", "customers")
    (tmp_path / "tenants.csv").write_text(customers.csv(but="Fabrikam"))
    first = d365(*live, **customers.variables)
    assert first.returncode == 1, first.stderr
    assert "2 of 3 are set up and proven." in first.stdout
    assert "Fabrikam: sign in as" in first.stdout
    assert "AADSTS7000215" in first.stdout
    assert "Contoso" in first.stdout

    (tmp_path / "tenants.csv").write_text(customers.csv())
    second = d365(*live, "--json", **customers.variables)
    assert second.returncode == 0, second.stdout
    told = json.loads(second.stdout)
    assert [(tenant["name"], tenant["healthy"]) for tenant in told["tenants"]] == [
        ("Contoso", True), ("Fabrikam", True), ("Northwind", True),
    ]  # fmt: skip
    outcomes = {t["name"]: {step["outcome"] for step in t["provisioned"]["steps"]} for t in told["tenants"]}
    assert outcomes == {"Contoso": {"kept"}, "Fabrikam": {"kept", "made"}, "Northwind": {"kept"}}

    folder = tmp_path / "customers"
    assert {file.name for file in folder.iterdir()} == {
        f"{tenant.display_name}.{kind}" for tenant in customers.tenants for kind in ("env", "receipt.json")
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.glob("*.env")} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    secrets = [file.read_text().split("AZURE_CLIENT_SECRET=")[1].split()[0].strip("'") for file in folder.glob("*.env")]
    secrets += [value for name, value in customers.variables.items() if name.startswith("SECRET_")]
    shown = first.stdout + first.stderr + second.stdout + second.stderr
    assert [secret for secret in secrets if secret in shown] == []


def test_a_rehearsal_needs_no_operator_and_a_bad_row_stops_everything(d365: Run, tmp_path: Path) -> None:
    rows = [f"t{n},00000000-0000-0000-0000-00000000000{n},https://t{n}.crm4.dynamics.com" for n in (1, 2)]
    (tmp_path / "tenants.csv").write_text("\n".join(["name,tenant_id,environment_url", *rows]))
    done = d365("provision", "--many", "tenants.csv", "--at-once", "1")
    assert done.returncode == 0, done.stderr
    assert "2 of 2 are set up and proven." in done.stdout
    assert "nothing left this machine" in done.stdout
    (tmp_path / "tenants.csv").write_text("\n".join(["name,tenant_id,environment_url", *rows, "t3,x,y"]))
    bad = d365("provision", "--many", "tenants.csv")
    assert bad.returncode == 2
    assert "line 4: tenant_id is not a GUID" in bad.stderr
    assert bad.stdout == ""


def test_values_go_into_the_keyring_where_that_is_asked_for(d365: Run, tmp_path: Path, ring: InMemory) -> None:
    """Receipts stay files; each entry is named as the next command takes it."""
    (tmp_path / "tenants.csv").write_text(
        "name,tenant_id,environment_url\nt1,00000000-0000-0000-0000-000000000001,https://t1.crm4.dynamics.com\n"
    )
    done = d365("provision", "--many", "tenants.csv", "--out", "keyring:customers")
    assert done.returncode == 0, done.stderr
    assert "values in your keyring under customers/ and the tenant's name" in done.stdout
    assert list(ring.kept) == [("d365-harness", "customers/t1")]
    assert [*(tmp_path / "customers").iterdir()] == []
    assert d365("provision", "--many", "tenants.csv", "--out", "keyring:").returncode == 2
