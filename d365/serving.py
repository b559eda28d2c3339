"""Served fakes for the command line: a tenant, provisioned and broken as asked, behind TLS and a proxy."""

import secrets
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import sqlalchemy as sa

from d365 import console
from d365.environment import child_environment, exports
from mock_services.baseline import kept
from mock_services.clock import FakeClock
from mock_services.cloud import FakeCloud
from mock_services.serve import Served, serving
from mock_services.signing import SigningKeys
from mock_services.tenant import FakeTenant
from provisioning.problems import BadInput
from provisioning.settings import Integration
from scenarios.place import Place
from scenarios.rehearsal import provisioned

if TYPE_CHECKING:
    from scenarios.failure_modes import FailureMode


@dataclass(frozen=True)
class Standing:
    """Fakes that are up."""

    served: Served
    tenant: FakeTenant
    integration: Integration | None

    def exports(self, *, direct: bool = False) -> dict[str, str]:
        """The variables by which a program finds them."""
        return exports(self.served, self.tenant, self.integration, direct=direct)


@contextmanager
def standing(
    *,
    is_provisioned: bool = False,
    broken: "str | FailureMode | None" = None,
    port: int = 0,
    state: Path | None = None,
    metadata: Path | None = None,
    place: Place | None = None,
) -> Iterator[Standing]:
    """Serve one tenant until the block ends; with a customer's own tables where `metadata` names them.

    `broken` is a failure mode or its name, and implies `is_provisioned`; `place` is where the environment is.
    Raises UnknownFailureMode, NotServed, BadInput.
    """
    mode = broken if not isinstance(broken, str) else None
    if isinstance(broken, str):
        from scenarios.failure_modes import failure_mode

        mode = failure_mode(broken)
    if state is not None and metadata is not None:
        raise BadInput("--metadata", "goes with a new tenant, not with --state", "leave one of the two out")
    # Kept state must not meet the ids of its own past again; without one, the same ids every time are a comfort.
    seed = 0 if state is None else secrets.randbits(64)
    cloud = FakeCloud(seed=seed, clock=FakeClock(running=True), keys=_kept_keys(state))
    tenant = _new_tenant(cloud, metadata, place) if state is None else cloud.adopt(_kept_tenant(cloud, state))
    integration = None
    if is_provisioned or mode is not None:
        import anyio

        integration = anyio.run(provisioned, cloud, tenant)
    if mode is not None and integration is not None:
        from scenarios.failure_modes import Scene

        integration = mode.apply(Scene(cloud, tenant, integration))
    try:
        with serving(cloud, port=port) as served:
            yield Standing(served, tenant, integration)
    finally:
        cloud.drop(tenant)


def _new_tenant(cloud: FakeCloud, metadata: Path | None, place: Place | None) -> FakeTenant:
    from mock_services.state.organisation.csdl import BadMetadata

    where = place or Place()
    try:
        return cloud.create_tenant(metadata=metadata, region=where.region, national_cloud=where.national_cloud)
    except BadMetadata as problem:
        said, _, remedy = str(problem).rpartition("; ")
        raise BadInput("--metadata", f"cannot be used: {said}", remedy) from None


def _kept_tenant(cloud: FakeCloud, state: Path) -> FakeTenant:
    if not state.parent.is_dir():
        raise BadInput("--state", f"names a file in {state.parent}, which is no folder", "make the folder first")
    try:
        return kept(state, name="Contoso", label="contoso", clock=cloud.clock, chance=cloud.chance)
    except (sqlite3.DatabaseError, sa.exc.SQLAlchemyError, LookupError):
        raise BadInput("--state", f"names {state}, which holds no state of these fakes", "name a new file") from None
    except OSError as problem:
        reason = (problem.strerror or "no access").lower()
        raise BadInput("--state", f"names {state}, which cannot be used ({reason})", "name a writable file") from None


def _kept_keys(state: Path | None) -> SigningKeys | None:
    """Tokens issued before a restart stay good: the signing key lies beside the state."""
    if state is None or not state.parent.is_dir():
        return None
    beside = state.with_name(state.name + ".key")
    if beside.exists():
        return SigningKeys(beside.read_bytes())
    keys = SigningKeys()
    beside.touch(mode=0o600)
    beside.write_bytes(keys.pem())
    return keys


def run_under(command: Sequence[str], variables: dict[str, str], *, direct: bool) -> int:
    """Run a command with the fakes' variables in its environment; its exit code, as a shell would tell it."""
    try:
        child = subprocess.Popen(command, env=child_environment(variables, direct=direct))  # noqa: S603 - the user's own command
    except FileNotFoundError:
        raise BadInput("COMMAND", f"{command[0]} is not there", "write a program that can be found") from None
    except PermissionError:
        raise BadInput("COMMAND", f"{command[0]} cannot be run", "write a program that is executable") from None
    with _passing_signals_to(child):
        code = child.wait()
    return code if code >= 0 else 128 - code


@contextmanager
def _passing_signals_to(child: "subprocess.Popen[bytes]") -> Iterator[None]:
    """While the child runs it decides about Ctrl-C (the terminal sends it there too) and is told to terminate."""

    def terminate(_number: int, _frame: FrameType | None) -> None:
        child.terminate()

    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, terminate),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """While open, Ctrl-C and SIGTERM set the event instead of ending the process where it stands."""
    asked_to_stop = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        asked_to_stop.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked_to_stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def show_standing(fakes: Standing, *, write_env: Path | None, as_json: bool) -> None:
    """Say where everything is, secrets left out."""
    secret = {"AZURE_CLIENT_SECRET", "D365_ADMIN_CLIENT_SECRET", "D365_ADMIN_PASSWORD"}
    shown = {name: "***" if name in secret else value for name, value in fakes.exports().items()}
    if as_json:
        console.say_json({**shown, "port": fakes.served.port})
        return
    console.show_values({**shown, "port of all host names": str(fakes.served.port)})
    hint = f". {write_env}" if write_env else "--write-env FILE writes them for a shell, secrets included"
    console.console().print(f"\nServing until Ctrl-C.  {hint}", markup=False)
