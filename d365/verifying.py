"""`d365 verify`: four values in, a verdict out. Changes nothing unless the write probe is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from d365 import console
from d365.reporting import COULD_NOT_CHECK, FAILED, HEALTHY, show_verdict
from provisioning import settings as fields
from provisioning.clouds import cloud_of
from provisioning.environment_urls import environment_url as exact_environment_url
from provisioning.problems import BadInput
from provisioning.settings import Integration, Settings
from provisioning.settings_sources import load_settings
from provisioning.verdict import Verdict

# As azure-identity reads them.
_CERTIFICATE = "AZURE_CLIENT_CERTIFICATE_PATH"
_TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE"  # noqa: S105 - the variable's name


@dataclass(frozen=True)
class Answer:
    """A verdict and what it means to a script."""

    verdict: Verdict

    @property
    def exit_code(self) -> int:
        """0 healthy, 1 a check failed, 3 where nothing could be learnt of the integration."""
        if self.verdict.healthy:
            return HEALTHY
        return FAILED if self.verdict.could_check else COULD_NOT_CHECK

    def report(self, *, as_json: bool) -> None:
        """Print it."""
        if as_json:
            console.say_json(self.verdict.to_json())
        else:
            show_verdict(self.verdict)


def verify_values(
    values: Mapping[str, str | None],
    environ: Mapping[str, str],
    stdin: TextIO,
    *,
    write_probe: bool,
    with_operator: bool,
) -> Answer:
    """Check the values at the door, then against the services. Raises BadInput."""
    return Answer(verdict_on(values, environ, stdin, write_probe=write_probe, with_operator=with_operator))


def verdict_on(
    values: Mapping[str, str | None],
    environ: Mapping[str, str],
    stdin: TextIO,
    *,
    with_operator: bool,
    write_probe: bool = False,
) -> Verdict:
    """The verdict on four values. Raises BadInput."""
    import anyio

    checked, settings = checked_values(values, environ, stdin, with_operator=with_operator)
    return anyio.run(_verify, checked, settings, write_probe)


def checked_values(
    values: Mapping[str, str | None], environ: Mapping[str, str], stdin: TextIO, *, with_operator: bool
) -> tuple[Integration, Settings]:
    """The four values, `tenant_id`, `client_id` and `environment_url` as given and the secret from where it is told.

    Raises BadInput.
    """
    checked = Integration(
        tenant_id=fields.tenant_id(_given("tenant_id", values["tenant_id"], "--tenant-id", "AZURE_TENANT_ID")),
        client_id=fields.client_id(_given("client_id", values["client_id"], "--client-id", "AZURE_CLIENT_ID")),
        environment_url=exact_environment_url(
            _given("environment_url", values["environment_url"], "--environment-url", "DATAVERSE_URL")
        ),
        client_secret=fields.client_secret(_secret(environ, stdin)),
    )
    settings = load_settings(
        None,
        {name: value for name, value in environ.items() if with_operator or not name.startswith("D365_ADMIN_")},
        tenant_id=checked.tenant_id,
        environment_url=checked.environment_url,
        cloud=cloud_of(checked.environment_url),
    )
    if with_operator and settings.operator is None:
        remedy = "set D365_ADMIN_CLIENT_ID and D365_ADMIN_CLIENT_SECRET, or D365_ADMIN_SIGN_IN"
        raise BadInput("operator", "is missing", remedy)
    return checked, settings


async def _verify(integration: Integration, settings: Settings, write_probe: bool) -> Verdict:
    from provisioning.access import operator_access
    from provisioning.clock import RealClock
    from provisioning.guard import connect_guarded
    from provisioning.verify import verify

    clock = RealClock()
    async with connect_guarded(settings, clock) as transport:
        return await verify(
            integration,
            transport=transport,
            clock=clock,
            bases=settings.bases(),
            write_probe=write_probe,
            operator=operator_access(settings, transport, clock) if settings.operator else None,
        )


def _given(field: str, value: str | None, option: str, variable: str) -> str:
    if value is None:
        raise BadInput(field, "is missing", f"give {option} or set {variable}")
    return value


def _key_pair(path: Path) -> str:
    """A certificate and its private key."""
    from provisioning.pem_file import read_pem_file

    try:
        return read_pem_file(path).get_secret_value()
    except BadInput as problem:
        raise BadInput(_CERTIFICATE, problem.heard, problem.remedy) from None


def _token(path: Path) -> str:
    """Another issuer's token, as a CI system or a cluster writes it."""
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise BadInput(_TOKEN_FILE, f"names {path}, which cannot be read as text", "name a token file") from None


def _secret(environ: Mapping[str, str], stdin: TextIO) -> str:
    """From the environment, a pipe, or a prompt that shows nothing; never an argument.

    A certificate with its key, or another issuer's token, is read from the file that azure-identity's variable names.
    """
    if "AZURE_CLIENT_SECRET" in environ:
        return environ["AZURE_CLIENT_SECRET"]
    if environ.get(_CERTIFICATE):
        return _key_pair(Path(environ[_CERTIFICATE]))
    if environ.get(_TOKEN_FILE):
        return _token(Path(environ[_TOKEN_FILE]))
    if stdin.isatty():
        from getpass import getpass

        return getpass("Client secret (not shown): ")
    line = stdin.readline().rstrip("\r\n")
    if not line:
        raise BadInput("client_secret", "is missing", "set AZURE_CLIENT_SECRET or pipe the secret in")
    return line
