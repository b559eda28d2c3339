"""Where a contract is asked: one tenant and environment, named and allow-listed, and how its operator signs in."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from contract_tests.facts.fact import Service
from provisioning.clouds import CLOUDS, CloudName
from provisioning.environment_urls import normal_environment_url
from provisioning.problems import BadInput
from provisioning.settings import client_id as checked_client_id
from provisioning.settings import tenant_id as checked_tenant_id
from provisioning.settings_sources import fill_from, read_toml

GITHUB: Final = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
FEDERATED_AUDIENCE: Final = "api://AzureADTokenExchange"
DATA: Final = "/api/data/v9.2"
"""The root of Dataverse's Web API."""
PLATFORM: Final = "https://api.powerplatform.com"
_BESIDE: Final = {
    "platform": PLATFORM,
    "management": "https://management.azure.com",
    "portal": "https://main.iam.ad.ext.azure.com",
}
"""Services that the engine's own clouds do not name, as the public cloud has them."""
_PORTAL: Final = "74658136-14ec-4630-ad9b-26e160ff0fc6"
AZURE_CLI: Final = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
MOST_REQUESTS: Final = 5_000
_JOURNAL: Final = "contract-made.jsonl"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Credential(_Strict):
    """How an application proves who it is: by a secret, or by the token of another issuer that it trusts."""

    client_id: Annotated[str, AfterValidator(checked_client_id)]
    client_secret: SecretStr = SecretStr("")
    federated_token_file: Path | None = None
    github: bool = False
    """Ask GitHub Actions for a token (needs the permission `id-token: write`)."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        ways = [bool(self.client_secret.get_secret_value()), self.federated_token_file is not None, self.github]
        if sum(ways) != 1:
            remedy = "give a client_secret, or a federated_token_file, or github = true"
            raise BadInput("operator", f"has {sum(ways)} ways to sign in and needs one", remedy)
        return self


class Person(_Strict):
    """A person who may be signed in with a password: where multifactor authentication allows it, so in test tenants."""

    username: str = Field(min_length=3)
    password: SecretStr
    client_id: str = AZURE_CLI


class Contract(_Strict):
    """The table `[contract]` of the settings: what a run may do."""

    tenants: tuple[Annotated[str, AfterValidator(checked_tenant_id)], ...] = ()
    environments: tuple[Annotated[str, AfterValidator(normal_environment_url)], ...] = ()
    most_requests: int = Field(MOST_REQUESTS, ge=1, le=20_000)
    journal: Path | None = None
    """Where what was made is written down; beside the settings when left out."""
    patience_s: float = Field(300, ge=0, le=3_600)
    """How long something just made may take to be seen."""


class Place(_Strict):
    """One tenant and environment to ask."""

    tenant_id: Annotated[str, AfterValidator(checked_tenant_id)]
    environment_url: Annotated[str, AfterValidator(normal_environment_url)]
    operator: Credential
    integration: Credential | None = None
    """An integration that is set up already: with it, more can be asked without changing anything."""
    person: Person | None = None
    cloud: CloudName = "public"
    endpoints: dict[str, str] = {}
    ca_file: Path | None = None
    stand_in: bool | None = None
    """Whether fakes play the tenant; when left out, told by a `ca_file`."""
    contract: Contract = Contract()

    @property
    def is_stand_in(self) -> bool:
        """Whether fakes play the tenant: they have an authority of their own. What they say is no evidence."""
        return self.stand_in if self.stand_in is not None else self.ca_file is not None

    @property
    def host(self) -> str:
        """The environment's host."""
        return self.environment_url.removeprefix("https://")

    def base(self, service: Service) -> str:
        """Where a service answers, without a trailing slash."""
        if service == "dataverse":
            return self.environment_url
        if service in _BESIDE:
            return self.endpoints.get(service, _BESIDE[service])
        moves = {name: base for name, base in self.endpoints.items() if name not in _BESIDE}
        return str(getattr(CLOUDS[self.cloud].moved(**moves), service))

    def scope(self, service: Service) -> str:
        """What a token for a service is asked for."""
        cloud = CLOUDS[self.cloud]
        return {
            "login": f"{self.environment_url}/.default",
            "dataverse": f"{self.environment_url}/.default",
            "graph": f"{cloud.graph_resource}/.default",
            "power_platform": f"{cloud.power_platform_resource}//.default",
            "platform": f"{PLATFORM}/.default",
            "discovery": f"{cloud.discovery}/.default",
            "management": "https://management.core.windows.net//.default",  # as az asks for it
            "portal": f"{_PORTAL}/.default",
        }[service]

    @property
    def journal(self) -> Path:
        """The file of what was made."""
        return self.contract.journal or Path(_JOURNAL)


def load_place(path: Path, environ: Mapping[str, str] = os.environ) -> Place:
    """The place that a settings file names, with what the environment fills in. Raises BadInput.

    A tenant and an environment that only the environment names must stand in the file's `[contract]` lists.
    """
    told = read_toml(path)
    named: set[str] = {name for name in ("tenant_id", "environment_url") if name in told}
    values = _known(told, environ)
    try:
        place = Place.model_validate(values)
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        if first["type"] == "missing":
            raise BadInput(field, "is missing", f"write it in {path}") from None
        raise BadInput(field, "cannot be used", first["msg"]) from None
    _check_listed(place, named, path)
    beside = place.contract.journal or path.resolve().with_name(_JOURNAL)
    return place.model_copy(update={"contract": place.contract.model_copy(update={"journal": beside})})


def _known(told: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Of the settings' values those that a contract takes; the operator's federated credential from the environment."""
    values = dict(told)
    fill_from(environ, values)
    # Answers name the services' own hosts: a base elsewhere is for those who write it down themselves.
    values["endpoints"] = told.get("endpoints", {})
    operator = dict(values.get("operator", {}))
    for way in ("sign_in", "username", "certificate", "certificate_password"):
        operator.pop(way, None)
    if not operator.get("client_secret") and not operator.keys() & {"federated_token_file", "github"}:
        if environ.get("AZURE_FEDERATED_TOKEN_FILE"):
            operator["federated_token_file"] = environ["AZURE_FEDERATED_TOKEN_FILE"]
        elif all(environ.get(name) for name in GITHUB):
            operator["github"] = True
    operator.setdefault("client_id", environ.get("D365_ADMIN_CLIENT_ID", ""))
    values["operator"] = operator
    if environ.get("D365_ADMIN_USERNAME") and environ.get("D365_ADMIN_PASSWORD"):
        person = {"username": environ["D365_ADMIN_USERNAME"], "password": environ["D365_ADMIN_PASSWORD"]}
        values.setdefault("person", person)
    return {name: value for name, value in values.items() if name in Place.model_fields}


def _check_listed(place: Place, named: set[str], path: Path) -> None:
    allowed = {"tenant_id": place.contract.tenants, "environment_url": place.contract.environments}
    for field, listed in allowed.items():
        value = getattr(place, field)
        if (listed or field not in named) and value.lower() not in {each.lower() for each in listed}:
            table = "tenants" if field == "tenant_id" else "environments"
            raise BadInput(field, f"is {value}, which is not on the list of {path}", f"add it to contract.{table}")
