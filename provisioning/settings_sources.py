"""Where settings come from: arguments, then a TOML file, then the environment.

Every refusal is a `BadInput`: one sentence that names the field, what is wrong, and what to write instead.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from pydantic import ValidationError

from provisioning.problems import BadInput
from provisioning.settings import Settings

# What the environment may fill in where file and arguments are silent, first found first.
_VARIABLES: Final[dict[str, tuple[str, ...]]] = {
    "tenant_id": ("AZURE_TENANT_ID",),
    "environment_url": ("DATAVERSE_URL",),
    "ca_file": ("D365_CA_FILE",),
    "endpoints.login": ("AZURE_AUTHORITY_HOST", "D365_LOGIN_URL"),
    "endpoints.graph": ("D365_GRAPH_URL",),
    "endpoints.power_platform": ("D365_POWER_PLATFORM_URL",),
    "endpoints.discovery": ("D365_DISCOVERY_URL",),
}


# The same for the operator. Which of them count depends on how the operator signs in.
_APP: Final = {"client_id": "D365_ADMIN_CLIENT_ID"}
_OPERATOR_VARIABLES: Final[dict[str, dict[str, str]]] = {
    "secret": {**_APP, "client_secret": "D365_ADMIN_CLIENT_SECRET"},
    "certificate": {
        **_APP,
        "certificate": "D365_ADMIN_CERTIFICATE",
        "certificate_password": "D365_ADMIN_CERTIFICATE_PASSWORD",
    },
    "device_code": {"username": "D365_ADMIN_USERNAME"},
    "browser": {"username": "D365_ADMIN_USERNAME"},
    "az": {"username": "D365_ADMIN_USERNAME"},
}
_AZURE_VARIABLES: Final = {
    "client_id": "AZURE_CLIENT_ID",
    "client_secret": "AZURE_CLIENT_SECRET",
    "certificate": "AZURE_CLIENT_CERTIFICATE_PATH",
    "certificate_password": "AZURE_CLIENT_CERTIFICATE_PASSWORD",
}


def load_settings(path: Path | None, environ: Mapping[str, str], **arguments: object) -> Settings:
    """Settings from arguments, then the file, then the environment; raises BadInput.

    The file goes before the environment because a file that names a tenant does so on purpose.
    An argument that is None counts as not given; `sign_in` and `account` are the operator's.
    """
    return checked_settings(settings_values(path, environ, **arguments), file=name_of(path))


def settings_values(path: Path | None, environ: Mapping[str, str], **arguments: object) -> dict[str, Any]:
    """The plain values that `load_settings` checks."""
    values = read_toml(path) if path is not None else {}
    given = {name: value for name, value in arguments.items() if value is not None}
    _choose_sign_in(values, given.pop("sign_in", None), given.pop("account", None))
    values.update(given)
    fill_from(environ, values)
    return values


def name_of(path: Path | None) -> str:
    """What to call the file in a sentence."""
    return str(path) if path else "the settings file"


def checked_settings(values: Mapping[str, Any], *, file: str = "the settings file") -> Settings:
    """Settings from plain values; what pydantic refuses comes out as BadInput."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        _explain(error, file)


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables, or BadInput that says why it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadInput("settings", f"file {path} is not valid TOML ({error})", "mend that line") from None
    except UnicodeDecodeError:
        raise BadInput("settings", f"file {path} is not UTF-8 text", "write it as UTF-8 TOML") from None
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise BadInput("settings", f"file {path} cannot be read ({reason})", "name a readable TOML file") from None


def fill_from(environ: Mapping[str, str], values: dict[str, Any]) -> None:
    """Put the environment's variables where nothing was said; tables are filled member by member."""
    for field, variables in _VARIABLES.items():
        found = next((environ[name] for name in variables if environ.get(name)), None)
        if found is None:
            continue
        table, _, member = field.partition(".")
        if not member:
            values.setdefault(field, found)
            continue
        inner = values.setdefault(table, {})
        if isinstance(inner, dict):
            inner.setdefault(member, found)
    _fill_operator(environ, values)


def _fill_operator(environ: Mapping[str, str], values: dict[str, Any]) -> None:
    """The operator's variables: those of the kind of sign-in that file or D365_ADMIN_SIGN_IN name.

    AZURE_CLIENT_ID and _SECRET are the integration's wherever this program reads or writes them, so they are the
    operator's only where `sign_in = "environment"` says so; then they are read as azure-identity does.
    """
    table = values.get("operator", {})
    if not isinstance(table, dict):
        return
    table = dict(table)
    said = table.get("sign_in") or environ.get("D365_ADMIN_SIGN_IN")
    if said == "environment":
        values["operator"] = _from_azure(environ)
        return
    if said:
        table["sign_in"] = said
    by_certificate = "certificate" in table or (
        "client_secret" not in table and not environ.get("D365_ADMIN_CLIENT_SECRET")
    )
    kind = said or ("certificate" if by_certificate else "secret")
    for member, variable in _OPERATOR_VARIABLES.get(str(kind), {}).items():
        if environ.get(variable):
            table.setdefault(member, environ[variable])
    if table:
        values["operator"] = table


def _from_azure(environ: Mapping[str, str]) -> dict[str, str]:
    """An app by the variables of azure-identity's EnvironmentCredential. Raises BadInput."""
    found = {member: environ[name] for member, name in _AZURE_VARIABLES.items() if environ.get(name)}
    if "client_id" not in found or not found.keys() & {"client_secret", "certificate"}:
        remedy = "set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or AZURE_CLIENT_CERTIFICATE_PATH"
        raise BadInput("operator.sign_in", "is environment, and that names no app", remedy)
    kind = "secret" if "client_secret" in found else "certificate"  # as azure-identity goes
    return {"sign_in": kind, **{name: found[name] for name in _OPERATOR_VARIABLES[kind] if name in found}}


def _choose_sign_in(values: dict[str, Any], kind: object, account: object) -> None:
    """An argument's kind of sign-in replaces the file's operator, whose credentials are for the other kind."""
    table = values.get("operator", {})
    if not isinstance(table, dict):
        return
    if kind is not None and table.get("sign_in") != kind:
        table = {"sign_in": kind}
    if account is not None:
        table = {**table, "username": account}
    if table:
        values["operator"] = table


def _explain(error: ValidationError, file: str) -> NoReturn:
    """Turn pydantic's first complaint into one sentence."""
    first = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "settings"
    if first["type"] == "missing":
        variables = _VARIABLES.get(field, ())
        instead = f" or set {variables[0]}" if variables else ""
        raise BadInput(field, "is missing", f"write it in {file}{instead}") from None
    if first["type"] == "extra_forbidden":
        known = ", ".join(sorted(Settings.model_fields))
        raise BadInput(field, "is not a known setting", f"write one of: {known}") from None
    complaint = first["msg"][:1].lower() + first["msg"][1:]
    raise BadInput(field, "cannot be used", complaint.replace("input should be", "write")) from None
