"""What to set up, validated at the door. `settings_sources` reads it from a file, the environment or arguments.

Every refusal is a `BadInput`: one sentence that names the field, what is wrong, and what to write instead.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SecretStr,
    field_validator,
    model_validator,
)

from provisioning import environment_urls
from provisioning.clouds import CLOUDS, CloudName, Endpoints
from provisioning.environment_urls import normal_environment_url
from provisioning.key_pair import is_assertion, is_key_pair
from provisioning.problems import BadInput

SignInKind = Literal["secret", "certificate", "device_code", "browser", "az"]
Channel = Literal["phone", "email", "web", "sms", "whatsapp"]
CHANNELS: Final[tuple[Channel, ...]] = ("phone", "email", "web", "sms", "whatsapp")

_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
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
    if is_key_pair(text) or is_assertion(text):
        return ""
    if is_guid(text):
        return "client_secret looks like a Secret ID (a GUID); the Value column is the one to paste"
    if text != text.strip():
        return "client_secret begins or ends with white space, which Entra takes as part of it"
    return ""


def _guid(field: str, text: str, remedy: str) -> str:
    if not text.strip():
        raise BadInput(field, "is empty", remedy)
    if not is_guid(text):
        raise BadInput(field, "is not a GUID", remedy)
    return text.strip()


class _Frozen(BaseModel):
    """Unknown keys are refused; inputs never appear in an error, since some are secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


_app_id = client_id  # by another name, since a class with a default of this name hides it


class Operator(_Frozen):
    """Who does the set-up: an app with the permissions that the steps name, or a person with the roles for them."""

    sign_in: SignInKind | None = None  # None: by what is given, a certificate or a secret
    client_id: Annotated[str, AfterValidator(_app_id)] = ""  # for a person a public client, by default the Azure CLI's
    client_secret: SecretStr = SecretStr("")
    certificate: Path | None = None  # a PEM file with certificate and private key
    certificate_password: SecretStr | None = None
    username: str = ""  # which account, where there are several

    @property
    def kind(self) -> SignInKind:
        """How this operator signs in."""
        return self.sign_in or ("certificate" if self.certificate is not None else "secret")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Everything that this kind of sign-in takes, and nothing that it would leave unused."""
        if self.sign_in is None and self.certificate is not None and self.client_secret.get_secret_value():
            said = "holds a client_secret and a certificate"
            raise BadInput("operator", said, 'leave one out, or write sign_in = "secret" or "certificate"')
        needed, allowed = _TAKES[self.kind]
        for name, variable in needed.items():
            if not self._has(name):
                raise BadInput(f"operator.{name}", "is missing", f"write it in the settings file or set {variable}")
        for name in self.model_fields_set - {"sign_in", *needed, *allowed}:
            if self._has(name) and self.sign_in is not None:
                said = f'is not used by sign_in = "{self.kind}"'
                raise BadInput(f"operator.{name}", said, "leave one of the two out")
            if self._has(name):
                remedy = 'write sign_in = "device_code", "browser" or "az", or leave it out'
                raise BadInput(f"operator.{name}", "is for people, and this operator is an app", remedy)
        return self

    @field_validator("sign_in", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        if value is not None and value not in get_args(SignInKind):
            # The last of these is read from the environment, and becomes one of the first two.
            raise BadInput("operator.sign_in", "is no way to sign in", f"write {_listed(*_TAKES, 'environment')}")
        return value

    @field_validator("certificate")
    @classmethod
    def _there(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            said = f"names {value}, which is no readable file"
            raise BadInput("operator.certificate", said, "write the path of a PEM file with both halves")
        return value

    def _has(self, name: str) -> bool:
        value = getattr(self, name)
        return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _listed(*words: str) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


# What each kind of sign-in needs, with the variable that may give it, and what it may have besides.
_TAKES: Final[dict[SignInKind, tuple[dict[str, str], frozenset[str]]]] = {
    "secret": ({"client_id": "D365_ADMIN_CLIENT_ID", "client_secret": "D365_ADMIN_CLIENT_SECRET"}, frozenset()),
    "certificate": (
        {"client_id": "D365_ADMIN_CLIENT_ID", "certificate": "D365_ADMIN_CERTIFICATE"},
        frozenset({"certificate_password"}),
    ),
    "device_code": ({}, frozenset({"client_id", "username"})),
    "browser": ({}, frozenset({"client_id", "username"})),
    "az": ({}, frozenset({"username"})),
}


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


class Tenancy(_Frozen):
    """Which tenant, where its services answer, and who works in it."""

    tenant_id: Annotated[str, AfterValidator(tenant_id)]
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


class Settings(Tenancy):
    """One set-up: which tenant and environment, under which names, for which channels, by whom."""

    environment_url: Annotated[str, AfterValidator(normal_environment_url)]
    application_name: str = Field("OpenCX Dynamics Integration", min_length=1, max_length=_LONGEST_NAME)
    secret_name: str = Field("opencx", min_length=1, max_length=_LONGEST_NAME)
    # The portal allows 24 months at most since April 2021 (devblogs.microsoft.com/microsoft365dev).
    secret_months: int = Field(24, ge=1, le=24)
    credential: Literal["secret", "certificate"] = "secret"
    channels: tuple[Channel, ...] = Field(CHANNELS, min_length=1)
    role: str | None = None  # None: a generated role with the least privileges
    generated_role: str = Field("OpenCX Integration", min_length=1, max_length=100)  # what that role is called
    business_unit: str = "root"  # "root", or the name of a business unit
    _remark: str = PrivateAttr("")

    @property
    def remark(self) -> str:
        """What was put right in the environment's URL, as a sentence for whoever wrote it; "" where nothing was."""
        return self._remark

    def remarked(self, remark: str) -> Self:
        """The same with another remark."""
        copy = self.model_copy()
        copy._remark = remark
        return copy

    @model_validator(mode="wrap")
    @classmethod
    def _remember(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        settings = handler(values)
        pasted = values.get("environment_url") if isinstance(values, Mapping) else None
        if isinstance(pasted, str):
            settings._remark = environment_urls.read(pasted).remark
        return settings


class Integration(_Frozen):
    """The four values that the vendor's form takes, held exactly as they were pasted.

    In the secret's place may be a key pair (`provisioning.key_pair`), which the vendor's form does not take.
    """

    tenant_id: str
    client_id: str
    client_secret: SecretStr
    environment_url: str
