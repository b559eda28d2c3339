"""`d365 verify`: four values in, a verdict out. Changes nothing unless the write probe is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from d365 import console
from d365.reporting import COULD_NOT_CHECK, FAILED, HEALTHY, show_verdict
from provisioning import settings as fields
from provisioning.clouds import cloud_of
from provisioning.environment_urls import environment_url as exact_environment_url
from provisioning.problems import BadInput
from provisioning.settings import Integration, Settings, load_settings
from provisioning.verdict import Verdict


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
    *,
    tenant_id: str | None,
    client_id: str | None,
    environment_url: str | None,
    environ: Mapping[str, str],
    stdin: TextIO,
    write_probe: bool,
    with_operator: bool,
) -> Answer:
    """Check the values at the door, then against the services. Raises BadInput."""
    import anyio

    checked = Integration(
        tenant_id=fields.tenant_id(_given("tenant_id", tenant_id, "--tenant-id", "AZURE_TENANT_ID")),
        client_id=fields.client_id(_given("client_id", client_id, "--client-id", "AZURE_CLIENT_ID")),
        environment_url=exact_environment_url(
            _given("environment_url", environment_url, "--environment-url", "DATAVERSE_URL")
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
    return Answer(anyio.run(_verify, checked, settings, write_probe))


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


def _secret(environ: Mapping[str, str], stdin: TextIO) -> str:
    """From the environment, a pipe, or a prompt that shows nothing; never an argument."""
    if "AZURE_CLIENT_SECRET" in environ:
        return environ["AZURE_CLIENT_SECRET"]
    if stdin.isatty():
        from getpass import getpass

        return getpass("Client secret (not shown): ")
    line = stdin.readline().rstrip("\r\n")
    if not line:
        raise BadInput("client_secret", "is missing", "set AZURE_CLIENT_SECRET or pipe the secret in")
    return line
