"""What stands in the path where a tenant belongs: GUID, domain, a word for many tenants, or a mistake."""

import re

from mock_services.exchange import Exchange
from mock_services.hosts import NationalCloud, national_cloud_of
from mock_services.login import facts
from mock_services.login.clouds import cloud_of_tenant
from mock_services.login.errors import Refused
from mock_services.login.refusals import requests
from mock_services.login.refusals.row import Refusal
from mock_services.tenant import FakeTenant

MANY_TENANTS = frozenset({"common", "organizations", "consumers"})
CONSUMERS_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"  # documented issuer of personal accounts (entra-docs)

# The token services of these two know each other's tenants and point across; China's is a world of its own.
_ACQUAINTED = frozenset({NationalCloud.PUBLIC, NationalCloud.US_GOVERNMENT})

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_DOMAIN = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{1,63}")


def known_tenant(exchange: Exchange, spelling: str) -> FakeTenant | None:
    """The tenant meant, or None; never refuses. For the journal, which wants refused requests in its tenant too."""
    return exchange.worlds.tenant_called(spelling)


def tenant_for_client(exchange: Exchange, spelling: str) -> FakeTenant:
    """The tenant an app signs in to. Raises Refused, also for `common` and the like: an app implies no tenant."""
    word = spelling.lower()
    if word == "consumers":
        raise Refused(requests.ENDPOINT_UNSUPPORTED)
    if word in MANY_TENANTS:
        raise Refused(requests.TENANT_NOT_IMPLIED)
    return _named_tenant(exchange, spelling, requests.CLIENT_ACROSS_CLOUDS)


def tenant_for_user(exchange: Exchange, spelling: str, username: str) -> FakeTenant:
    """The tenant a user signs in to with a password: the path's, or under `organizations` the user name's domain's."""
    word = spelling.lower()
    if word in {"common", "consumers"}:
        raise Refused(requests.ENDPOINT_UNSUPPORTED)
    if word == "organizations":
        tenant = tenant_of_name(exchange, username)
        if tenant is None:
            raise Refused(requests.TENANT_NOT_IMPLIED)
        return tenant
    return _named_tenant(exchange, spelling)


def tenant_of_name(exchange: Exchange, username: str) -> FakeTenant | None:
    """The tenant whose domain a user name has, in the cloud that was called; None where there is none."""
    domain = username.rpartition("@")[2]
    tenant = exchange.worlds.tenant_called(domain) if domain else None
    return tenant if tenant and _lives_here(exchange, tenant) else None


def tenant_for_page(exchange: Exchange, spelling: str) -> FakeTenant | None:
    """The tenant whose sign-in page is asked for; None for `common` and `organizations`, where the name decides.

    Raises Refused: personal accounts, which are not played, are refused as a grant is.
    """
    word = spelling.lower()
    if word == "consumers":
        raise Refused(requests.ENDPOINT_UNSUPPORTED)
    return None if word in MANY_TENANTS else _named_tenant(exchange, spelling)


def tenant_for_metadata(exchange: Exchange, spelling: str) -> FakeTenant:
    """The tenant whose documents are asked for, also from a cloud that knows it.

    Raises Refused: here every wrong spelling is 90002 `invalid_tenant`.
    """
    tenant = exchange.worlds.tenant_called(spelling)
    if tenant is None or not (_lives_here(exchange, tenant) or _is_known_across(exchange, tenant)):
        raise Refused(requests.TENANT_UNKNOWN_IN_METADATA, tenant=spelling)
    return tenant


def _named_tenant(
    exchange: Exchange, spelling: str, across_clouds: Refusal = requests.SIGN_IN_ACROSS_CLOUDS
) -> FakeTenant:
    word = spelling.lower()
    if word == facts.EMPTY_GUID:
        raise Refused(requests.TENANT_EMPTY_GUID, tenant=spelling)
    if not _GUID.fullmatch(word) and not _DOMAIN.fullmatch(word):
        raise Refused(requests.TENANT_MALFORMED, tenant=spelling)
    tenant = exchange.worlds.tenant_called(word)
    if tenant is None or not (_lives_here(exchange, tenant) or _is_known_across(exchange, tenant)):
        raise Refused(requests.TENANT_UNKNOWN, tenant=spelling)
    if not _lives_here(exchange, tenant):
        raise Refused(across_clouds, tenant=spelling, cloud=cloud_of_tenant(tenant.national_cloud).redirect_name)
    exchange.tenant = tenant
    if tenant.directory.is_blocked:
        raise Refused(requests.TENANT_BLOCKED)
    return tenant


def _lives_here(exchange: Exchange, tenant: FakeTenant) -> bool:
    return national_cloud_of(exchange.host) is tenant.national_cloud


def _is_known_across(exchange: Exchange, tenant: FakeTenant) -> bool:
    return {national_cloud_of(exchange.host), tenant.national_cloud} == _ACQUAINTED
