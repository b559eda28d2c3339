"""Where the four values go: an env file that only its owner may read."""

import re
import shlex
from pathlib import Path

from pydantic import SecretStr

from provisioning.problems import BadInput
from provisioning.receipt import write_whole
from provisioning.settings import Integration


def variables(integration: Integration) -> dict[str, str]:
    """The four values under the names that azure-identity and Dataverse clients read; holds the secret in clear."""
    return {
        "AZURE_TENANT_ID": integration.tenant_id,
        "AZURE_CLIENT_ID": integration.client_id,
        "AZURE_CLIENT_SECRET": integration.client_secret.get_secret_value(),
        "DATAVERSE_URL": integration.environment_url,
    }


def write_env_file(path: Path, integration: Integration) -> None:
    """Write NAME=value lines, quoted for a shell, to a file made with mode 0600; raises BadInput where it cannot."""
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in variables(integration).items()]
    try:
        write_whole(path, "".join(lines), mode=0o600)
    except OSError as error:
        reason = (error.strerror or "no access").lower()
        raise BadInput("out", f"file {path} cannot be written ({reason})", "name a file that can be written") from None


_NAMES = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "DATAVERSE_URL")
_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Z0-9_]+)=(?P<value>.*)")


def read_env_file(path: Path) -> Integration:
    """The four values of a file that `write_env_file` wrote; raises BadInput where they are not all there."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = [match for line in lines if (match := _LINE.fullmatch(line.strip()))]
        values = {match["name"]: "".join(shlex.split(match["value"])) for match in found}
    except (OSError, ValueError):
        raise BadInput("out", f"file {path} cannot be read", "name a new file, or one written by --out") from None
    if not all(values.get(name) for name in _NAMES):
        raise BadInput("out", f"file {path} holds no integration", "name a new file, or one written by --out")
    return Integration(
        tenant_id=values["AZURE_TENANT_ID"],
        client_id=values["AZURE_CLIENT_ID"],
        client_secret=SecretStr(values["AZURE_CLIENT_SECRET"]),
        environment_url=values["DATAVERSE_URL"],
    )
