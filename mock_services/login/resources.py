"""From the resource a client names to the service principal that tokens for it are issued by."""

import re
from dataclasses import dataclass

from mock_services.errors import Unmodelled
from mock_services.exchange import Exchange
from mock_services.hosts import MANAGEMENT_AUDIENCES, Service, national_cloud_of, service_of
from mock_services.login import scopes
from mock_services.login.errors import Refused
from mock_services.login.form import Asked
from mock_services.login.refusals import Refusal, requests
from mock_services.login.scopes import Wanted
from mock_services.state.directory import ServicePrincipal
from mock_services.state.well_known import (
    AZURE_MANAGEMENT,
    DATAVERSE,
    FIRST_PARTY,
    MICROSOFT_GRAPH,
    POWERAPPS,
    FirstPartyApplication,
)
from mock_services.tenant import FakeTenant

_HOST_ONLY = re.compile(r"https://([a-z0-9.-]+)/?", re.IGNORECASE)
_LIKELY = {
    Service.DATAVERSE: DATAVERSE,
    Service.GRAPH: MICROSOFT_GRAPH,
    Service.MANAGEMENT: AZURE_MANAGEMENT,
    Service.POWER_PLATFORM: POWERAPPS,
}
"""Looked at first, since reading every principal of a tenant is dear; its names decide all the same."""


@dataclass(frozen=True)
class Resource:
    """What a token is for: the spelling it was asked by (its `aud`) and the principal behind it."""

    asked: str
    principal: ServicePrincipal


def refuse_resource_on_v2(asked: Asked) -> None:
    """Raise Refused (901002) where the second endpoint is given the first one's parameter."""
    if asked.version == 2 and asked.value("resource"):
        raise Refused(requests.RESOURCE_NOT_FOR_V2)


def wanted_by_application(asked: Asked) -> str:
    """The resource as an application's request spells it, in `scope` or, on the first endpoint, in `resource`."""
    if asked.version == 2:
        return scopes.app_only(asked.value("scope")).resource
    resource = asked.value("resource")
    if not resource.strip():
        raise Refused(requests.RESOURCE_MISSING)
    return resource


def wanted_by_person(version: int, scope: str, resource: str, *, several: Refusal = requests.SCOPE_MALFORMED) -> Wanted:
    """What a person's sign-in asks for, by `scope` or, on the first endpoint, by `resource`. Raises Refused.

    `several`: what the present step says of more than one resource.
    """
    if version == 2:
        return scopes.delegated(scope, several=several)
    if not resource.strip():
        raise Refused(requests.RESOURCE_MISSING)
    # The first endpoint always answers with an ID token and a refresh token (azure-docs v1-protocols-oauth-code.md).
    return Wanted(resource, (".default",), frozenset({"openid", "offline_access"}))


def wanted_at_redemption(asked: Asked, then: Wanted) -> Wanted:
    """What a code or a refresh token is redeemed for, which may be another resource; by default what it was given for.

    Raises Refused.
    """
    if not asked.value("scope" if asked.version == 2 else "resource").strip():
        return then
    return wanted_by_person(
        asked.version, asked.value("scope"), asked.value("resource"), several=requests.SCOPES_OF_SEVERAL_REDEEMED
    )


def find_resource(exchange: Exchange, tenant: FakeTenant, asked: str) -> Resource:
    """The resource called `asked` in this tenant. Raises Refused (500011, 500014) and Unmodelled."""
    canonical = exchange.canonical(asked)
    principal = _principal_called(tenant, canonical)
    if (
        principal is None
        or _is_elsewhere(tenant, canonical)
        or _organisation_refused(exchange, tenant, principal, canonical)
    ):
        raise Refused(requests.RESOURCE_UNKNOWN, resource=asked, directory=tenant.display_name)
    if not principal.account_enabled:
        raise Refused(requests.RESOURCE_DISABLED, resource=asked)
    _refuse_second_format(tenant, principal)
    return Resource(asked, principal)


def _is_elsewhere(tenant: FakeTenant, resource: str) -> bool:
    """Whether a URL is a service's in another national cloud, whose names this cloud does not know."""
    host = _HOST_ONLY.fullmatch(resource)
    if host is None or (service_of(host[1]) is None and host[1].lower() not in MANAGEMENT_AUDIENCES):
        return False
    return national_cloud_of(host[1]) is not tenant.national_cloud


def _principal_called(tenant: FakeTenant, resource: str) -> ServicePrincipal | None:
    host = _HOST_ONLY.fullmatch(resource)
    service = service_of(host[1]) if host else None
    if service in _LIKELY:
        likely = tenant.directory.service_principal(app_id=_LIKELY[service])
        if likely and answers_to(likely.names, resource):
            return likely
    principals = tenant.directory.service_principals()
    return next((each for each in principals if answers_to(each.names, resource)), None)


def first_party_called(resource: str) -> FirstPartyApplication | None:
    """The application of Microsoft's own that a resource is a name of, whether or not it is in a tenant."""
    return next((each for each in FIRST_PARTY.values() if answers_to(list(each.names), resource)), None)


def answers_to(names: list[str], resource: str) -> bool:
    """Whether one of a principal's names covers this resource.

    Dataverse lists no organisation's URL but `{app id}/*.crm4.dynamics.com` and the like (public capture of the
    principal, pnp/cli-microsoft365 app-add.mock.ts), so an https URL without a path is matched by its host; that
    `*` also covers `org.api` is inferred from the Web API's own host working as an audience.
    """
    wanted = resource.rstrip("/").lower()
    host_only = _HOST_ONLY.fullmatch(resource)
    host = host_only[1].lower() if host_only else ""
    for name in names:
        spelt = name.rstrip("/").lower()
        if spelt == wanted and wanted:
            return True
        pattern = spelt.partition("/")[2]
        if host and pattern and "://" not in spelt and _host_matches(host, pattern):
            return True
    return False


def _host_matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and not host.startswith(".")
    return host == pattern


def _organisation_refused(exchange: Exchange, tenant: FakeTenant, principal: ServicePrincipal, resource: str) -> bool:
    """By quirk, a host without an organisation of this tenant is no resource of Dataverse's."""
    host = _HOST_ONLY.fullmatch(resource)
    if tenant.quirks.token_for_unknown_organisation or principal.app_id != DATAVERSE or host is None:
        return False
    found = exchange.worlds.organisation_at(host[1])
    return found is None or found[0] is not tenant


def _refuse_second_format(tenant: FakeTenant, principal: ServicePrincipal) -> None:
    """An own API may ask for tokens of the second format; all of Microsoft's resources here take the first."""
    if principal.app_owner_tenant != tenant.id:
        return
    application = tenant.directory.application(app_id=principal.app_id)
    if application and (application.details.get("api") or {}).get("requestedAccessTokenVersion") == 2:
        raise Unmodelled(f"an access token of version 2 for the API {principal.display_name!r}")
