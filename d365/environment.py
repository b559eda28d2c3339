"""The variables by which a program under test finds the fakes, and the file that carries them."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from mock_services.hosts import Service
from mock_services.serve import Served
from mock_services.tenant import FakeTenant
from provisioning.problems import BadInput
from provisioning.receipt import write_whole
from provisioning.settings import Integration

_AUTHORITY_FILE_VARIABLES = (
    "D365_CA_FILE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"
)  # fmt: skip
_PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy")
_BASES = {
    "D365_LOGIN_URL": Service.LOGIN,
    "D365_GRAPH_URL": Service.GRAPH,
    "D365_DATAVERSE_URL": Service.DATAVERSE,
    "D365_POWER_PLATFORM_URL": Service.POWER_PLATFORM,
    "D365_DISCOVERY_URL": Service.DISCOVERY,
    "D365_MANAGEMENT_URL": Service.MANAGEMENT,
}


def exports(
    served: Served, tenant: FakeTenant, integration: Integration | None, *, direct: bool = False
) -> dict[str, str]:
    """What a program needs in its environment to talk to the served fakes unmodified.

    `integration`: the four values when the tenant is provisioned. `direct`: localhost bases instead of the proxy.
    """
    variables = {
        "AZURE_TENANT_ID": integration.tenant_id if integration else tenant.id,
        "DATAVERSE_URL": integration.environment_url if integration else f"https://{tenant.organisation.host}",
        "D365_ADMIN_CLIENT_ID": tenant.operator.client_id,
        "D365_ADMIN_CLIENT_SECRET": tenant.operator.client_secret,
        "D365_ADMIN_USERNAME": tenant.operator.username,
        "D365_ADMIN_PASSWORD": tenant.operator.password,
        "D365_CONTROL_URL": served.control_url,
        **dict.fromkeys(_AUTHORITY_FILE_VARIABLES, str(served.authority_file)),
        **{name: served.direct[service] for name, service in _BASES.items()},
    }
    if integration:
        variables["AZURE_CLIENT_ID"] = integration.client_id
        variables["AZURE_CLIENT_SECRET"] = integration.client_secret.get_secret_value()
    if direct:
        variables["AZURE_AUTHORITY_HOST"] = served.direct[Service.LOGIN]
        variables["DATAVERSE_URL"] = _direct_url(variables["DATAVERSE_URL"], served, tenant)
    else:
        variables |= dict.fromkeys(_PROXY_VARIABLES, served.proxy_url)
        variables |= dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1,::1")
        variables["NODE_USE_ENV_PROXY"] = "1"  # without it Node's own fetch, from 22.21 on, passes the proxy by
    return variables


def _direct_url(url: str, served: Served, tenant: FakeTenant) -> str:
    """The localhost base for the tenant's own URL; a URL broken on purpose keeps what is wrong with it."""
    return url.replace(f"https://{tenant.organisation.host}", served.direct[Service.DATAVERSE])


def child_environment(variables: Mapping[str, str], *, direct: bool) -> dict[str, str]:
    """This process's environment with the fakes' variables over it, and without a proxy where none is wanted."""
    inherited = dict(os.environ)
    if direct:
        for name in (*_PROXY_VARIABLES, "ALL_PROXY", "all_proxy"):
            inherited.pop(name, None)
    else:
        inherited.pop("AZURE_AUTHORITY_HOST", None)
    return {**inherited, **variables}


def write_exports(path: Path, variables: Mapping[str, str]) -> None:
    """Write `export NAME=value` lines for a shell, whole and readable by their owner only. Raises BadInput."""
    lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    try:
        write_whole(path, lines, mode=0o600)
    except OSError as error:
        reason = (error.strerror or "no access").lower()
        raise BadInput("--write-env", f"file {path} cannot be written ({reason})", "name a writable file") from None
