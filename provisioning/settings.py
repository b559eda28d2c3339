"""What to set up, validated at the door: from a TOML file, the environment, or arguments.

Every refusal is a `BadInput`: one sentence that names the field, what is wrong, and what to write instead.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NoReturn
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from provisioning.clouds import CLOUDS, LOOPBACK, CloudName, Endpoints, dataverse_host
from provisioning.problems import BadInput

Channel = Literal["phone", "email", "web", "sms", "whatsapp"]
CHANNELS: Final[tuple[Channel, ...]] = ("phone", "email", "web", "sms", "whatsapp")

_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_EXAMPLE_URL = "https://yourorg.crm.dynamics.com"
# Graph allows 256 characters, the sign-in audiences 90 (MicrosoftDocs/entra-docs supported-accounts-validation.md).
_LONGEST_NAME = 90


def is_guid(text: str) -> bool:
    """Whether the text is a GUID as the portals print it."""
    return _GUID.fullmatch(text.strip()) is not None


def tenant_id(text: str) -> str:
    """The Directory (tenant) ID as given, or BadInput."""
    return _guid("tenant_id", text, "write the Directory (tenant) ID from the app's Overview page, a GUID")


def client_id(text: str) -> str:
    """The Application (client) ID as given, or BadInput."""
    return _guid("client_id", text, "write the Application (client) ID from the app's Overview page, a GUID")


def client_secret(text: str) -> SecretStr:
    """The secret's value, or BadInput when there is none."""
    if not text.strip():
        raise BadInput("client_secret", "is empty", "paste the secret's Value, which Azure shows once")
    return SecretStr(text)


def doubts_about_secret(text: str) -> str:
    """A warning where the secret looks like something else ("" where it does not)."""
    if is_guid(text):
        return "client_secret looks like a Secret ID (a GUID); the Value column is the one to paste"
    if text != text.strip():
        return "client_secret begins or ends with white space, which Entra takes as part of it"
    return ""


def environment_url(text: str) -> str:
    """The environment's URL as the vendor's form wants it: https, a Dataverse host, nothing after it."""
    given = text.strip()
    if not given:
        raise BadInput("environment_url", "is empty", f"write it up to .dynamics.com, such as {_EXAMPLE_URL}")
    write = f"write {suggested_environment_url(given)}"
    parts = _split(given)
    if "://" not in given:
        raise BadInput("environment_url", "has no https:// in front", write)
    if parts is None or not parts.hostname:
        raise BadInput("environment_url", "is not a URL", write)
    if parts.scheme != "https":
        raise BadInput("environment_url", f"begins with {parts.scheme}://", write)
    _refuse_foreign_host(parts, write)
    if parts.path == "/" and not parts.query and not parts.fragment:
        raise BadInput("environment_url", "ends in a slash", write)
    if parts.path or parts.query or parts.fragment:
        raise BadInput("environment_url", "has something after the host name", write)
    return f"https://{parts.netloc.lower()}"


def suggested_environment_url(text: str) -> str:
    """The right spelling of what was pasted, or an example where no Dataverse host can be found in it."""
    given = text.strip()
    parts = _split(given if "://" in given else f"https://{given}")
    if parts is None or not parts.hostname:
        return _EXAMPLE_URL
    host = dataverse_host(parts.hostname)
    if host is not None:
        return host.url
    if parts.hostname in LOOPBACK:
        return f"https://{parts.netloc}"
    return _EXAMPLE_URL


def _refuse_foreign_host(parts: SplitResult, write: str) -> None:
    """Only an environment's own host will do, or a fake's on this machine, which always has a port."""
    host = parts.hostname or ""
    if parts.username or parts.password:
        raise BadInput("environment_url", "holds a user name", write)
    if host in LOOPBACK:
        if parts.port is None:
            raise BadInput("environment_url", f"names {host} without a port", f"write https://{host}:PORT")
        return
    if dataverse_host(host) is None:
        raise BadInput("environment_url", f"names {host}, which is no Dataverse host", write)
    if parts.port not in (None, 443):
        raise BadInput("environment_url", "has a port", write)


def _split(text: str) -> SplitResult | None:
    """The URL taken apart; None where it cannot be, a bad port included."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _guid(field: str, text: str, remedy: str) -> str:
    if not text.strip():
        raise BadInput(field, "is empty", remedy)
    if not is_guid(text):
        raise BadInput(field, "is not a GUID", remedy)
    return text.strip()


class _Frozen(BaseModel):
    """Unknown keys are refused; inputs never appear in an error, since some are secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Operator(_Frozen):
    """Who does the set-up: an app with the permissions that the steps name."""

    client_id: Annotated[str, AfterValidator(client_id)]
    client_secret: SecretStr


class EndpointMoves(_Frozen):
    """Bases that are elsewhere than the cloud has them, such as fakes on localhost."""

    login: str | None = None
    graph: str | None = None
    power_platform: str | None = None
    discovery: str | None = None

    @field_validator("*")
    @classmethod
    def _https(cls, value: str | None) -> str | None:
        if value is not None and "://" in value and not value.startswith("https://"):
            raise BadInput("endpoints", f"has the base {value}", "write it with https://")
        return value


class Settings(_Frozen):
    """One set-up: which tenant and environment, under which names, for which channels, by whom."""

    tenant_id: Annotated[str, AfterValidator(tenant_id)]
    environment_url: Annotated[str, AfterValidator(environment_url)]
    application_name: str = Field("OpenCX Dynamics Integration", min_length=1, max_length=_LONGEST_NAME)
    secret_name: str = Field("opencx", min_length=1, max_length=_LONGEST_NAME)
    # The portal allows 24 months at most since April 2021 (devblogs.microsoft.com/microsoft365dev).
    secret_months: int = Field(24, ge=1, le=24)
    channels: tuple[Channel, ...] = Field(CHANNELS, min_length=1)
    role: str | None = None  # None: a generated role with the least privileges
    generated_role: str = Field("OpenCX Integration", min_length=1, max_length=100)  # what that role is called
    business_unit: str = "root"  # "root", or the name of a business unit
    operator: Operator | None = None
    cloud: CloudName = "public"
    endpoints: EndpointMoves = EndpointMoves()
    ca_file: Path | None = None

    @field_validator("ca_file")
    @classmethod
    def _readable(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise BadInput("ca_file", f"names {value}, which is no readable file", "write the path of a PEM file")
        return value

    def bases(self) -> Endpoints:
        """Where the services of this set-up answer."""
        return CLOUDS[self.cloud].moved(**self.endpoints.model_dump())


class Integration(_Frozen):
    """The four values that the vendor's form takes, held exactly as they were pasted."""

    tenant_id: str
    client_id: str
    client_secret: SecretStr
    environment_url: str


# What the environment may fill in where file and arguments are silent, first found first.
_VARIABLES: Final[dict[str, tuple[str, ...]]] = {
    "tenant_id": ("AZURE_TENANT_ID",),
    "environment_url": ("DATAVERSE_URL",),
    "ca_file": ("D365_CA_FILE",),
    "operator.client_id": ("D365_ADMIN_CLIENT_ID",),
    "operator.client_secret": ("D365_ADMIN_CLIENT_SECRET",),
    "endpoints.login": ("AZURE_AUTHORITY_HOST", "D365_LOGIN_URL"),
    "endpoints.graph": ("D365_GRAPH_URL",),
    "endpoints.power_platform": ("D365_POWER_PLATFORM_URL",),
    "endpoints.discovery": ("D365_DISCOVERY_URL",),
}


def load_settings(path: Path | None, environ: Mapping[str, str], **arguments: object) -> Settings:
    """Settings from arguments, then the file, then the environment; raises BadInput.

    The file goes before the environment because a file that names a tenant does so on purpose.
    An argument that is None counts as not given.
    """
    values = _read_toml(path) if path is not None else {}
    values.update({name: value for name, value in arguments.items() if value is not None})
    _fill_from(environ, values)
    return checked_settings(values, file=str(path) if path else "the settings file")


def checked_settings(values: Mapping[str, Any], *, file: str = "the settings file") -> Settings:
    """Settings from plain values; what pydantic refuses comes out as BadInput."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        _explain(error, file)


def _read_toml(path: Path) -> dict[str, Any]:
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


def _fill_from(environ: Mapping[str, str], values: dict[str, Any]) -> None:
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
