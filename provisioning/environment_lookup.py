"""Settings whose environment is named by a portal's link, or not quite: looked up where the operator may."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from provisioning.access import environments_seen, platform_as
from provisioning.clock import Clock
from provisioning.clouds import dataverse_host
from provisioning.environment_urls import NamedById, NamesNoEnvironment, suggested_environment_url
from provisioning.operator_sign_in import operator_sign_in
from provisioning.person import Person
from provisioning.person_sign_in import Remembered
from provisioning.power_platform import Environment
from provisioning.problems import BadInput, NotPermitted, NotReached, Problem, Refused
from provisioning.reading_only import ReadingOnly
from provisioning.settings import Settings, Tenancy
from provisioning.settings_sources import checked_settings, name_of, settings_values
from provisioning.sign_in import TenantSignIn
from provisioning.transport import Transport, connect

_FIELD = "environment_url"
_MOST_SHOWN = 5


async def found_settings(
    path: Path | None,
    environ: Mapping[str, str],
    clock: Clock,
    *,
    arguments: Mapping[str, object] | None = None,
    person: Person | None = None,
    remembered: Remembered | None = None,
    transport: Transport | None = None,
) -> Settings:
    """As `load_settings`; an environment named by its id is looked up, one that is not quite named is looked for.

    Nothing is sent where the URL is one. Raises BadInput, which shows the right URL where the operator may see it, and
    Problem where the operator cannot sign in. `transport` is given where one is open already.
    """
    values = settings_values(path, environ, **(arguments or {}))
    try:
        return checked_settings(values, file=name_of(path))
    except (NamedById, NamesNoEnvironment) as problem:
        tenancy = _tenancy(values)
        if tenancy is None:
            raise
        nearly = problem
    opened: AbstractAsyncContextManager[Transport] = (
        nullcontext(transport)
        if transport is not None
        else connect(clock, ca_file=tenancy.ca_file, guard=ReadingOnly(tenancy))
    )
    async with opened as open_:
        sign_in = operator_sign_in(tenancy, open_, clock, person=person, remembered=remembered)
        if isinstance(nearly, NamesNoEnvironment):
            raise await _nearest(nearly, sign_in, open_, tenancy)
        found = await _named(nearly, sign_in, open_, tenancy)
    settings = checked_settings({**values, _FIELD: found.url}, file=name_of(path))
    return settings.remarked(f"the environment {nearly.environment_id} ({found.name}) has the URL {found.url}")


def _tenancy(values: Mapping[str, Any]) -> Tenancy | None:
    """Whom to ask as; None where the rest of the settings is no good either, or names no operator."""
    try:
        tenancy = Tenancy.model_validate({name: values[name] for name in Tenancy.model_fields if name in values})
    except (ValidationError, BadInput):
        return None
    return tenancy if tenancy.operator is not None else None


async def _named(problem: NamedById, sign_in: TenantSignIn, transport: Transport, tenancy: Tenancy) -> Environment:
    """The environment with this id, its URL in the normal form. Raises BadInput where nobody tells it."""
    admin, instances = platform_as(sign_in, transport, tenancy)
    id_ = problem.environment_id
    closed = ""
    try:
        found = await admin.environment(id_)
    except (Refused, NotPermitted, NotReached) as refused:
        if refused.said is not None and refused.said.service == "login":
            raise  # who cannot sign in learns nothing of the id
        found, closed = None, refused.brief
    if found is None:
        seen = await environments_seen(admin, instances)
        found = next((each for each in seen if each.id.lower() == id_.lower()), None)
    if found is None:
        said = f"names the environment {id_}, which the operator cannot see{f' ({closed})' if closed else ''}"
        raise BadInput(_FIELD, said, problem.remedy)
    if not found.url:
        said = f"names the environment {found.name} ({id_}), which has no Dataverse database"
        raise BadInput(_FIELD, said, "add one in the admin center, or name another environment")
    return replace(found, url=suggested_environment_url(found.url) if dataverse_host(_host(found.url)) else found.url)


async def _nearest(
    problem: NamesNoEnvironment, sign_in: TenantSignIn, transport: Transport, tenancy: Tenancy
) -> BadInput:
    """The refusal, with the URLs that the operator can see, those of the same name first."""
    kind = tenancy.operator.kind if tenancy.operator is not None else "secret"
    if kind in ("device_code", "browser"):
        return problem  # nobody is bothered with a sign-in that ends in a refusal
    admin, instances = platform_as(sign_in, transport, tenancy)
    try:
        seen = await environments_seen(admin, instances)
    except Problem:
        return problem
    urls = sorted((each.url for each in seen), key=lambda url: (f"//{problem.label}." not in url, url))
    if not urls:
        return problem
    if problem.label and f"//{problem.label}." in urls[0]:
        return BadInput(_FIELD, problem.heard, f"write {urls[0]}")
    return BadInput(_FIELD, problem.heard, f"write one of this tenant's: {', '.join(urls[:_MOST_SHOWN])}")


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition(":")[0]
