"""What stands in the path where a tenant belongs: GUID, domain, a word for many tenants, or a mistake."""

import re

from mock_services.exchange import Exchange
from mock_services.login import facts
from mock_services.login.errors import Refused
from mock_services.tenant import FakeTenant

MANY_TENANTS = frozenset({"common", "organizations", "consumers"})
CONSUMERS_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"  # documented issuer of personal accounts (entra-docs)

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_DOMAIN = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{1,63}")


def known_tenant(exchange: Exchange, spelling: str) -> FakeTenant | None:
    """The tenant meant, or None; never refuses. For the journal, which wants refused requests in its tenant too."""
    return exchange.worlds.tenant_called(spelling)


def tenant_for_client(exchange: Exchange, spelling: str) -> FakeTenant:
    """The tenant an app signs in to. Raises Refused, also for `common` and the like: an app implies no tenant."""
    word = spelling.lower()
    if word == "consumers":
        raise Refused(facts.ENDPOINT_UNSUPPORTED)
    if word in MANY_TENANTS:
        raise Refused(facts.TENANT_NOT_IMPLIED)
    return _named_tenant(exchange, spelling)


def tenant_for_user(exchange: Exchange, spelling: str, username: str) -> FakeTenant:
    """The tenant a user signs in to with a password: the path's, or under `organizations` the user name's domain's."""
    word = spelling.lower()
    if word in {"common", "consumers"}:
        raise Refused(facts.ENDPOINT_UNSUPPORTED)
    if word == "organizations":
        domain = username.rpartition("@")[2]
        tenant = exchange.worlds.tenant_called(domain) if domain else None
        if tenant is None:
            raise Refused(facts.TENANT_NOT_IMPLIED)
        return tenant
    return _named_tenant(exchange, spelling)


def tenant_for_metadata(exchange: Exchange, spelling: str) -> FakeTenant:
    """The tenant whose documents are asked for. Raises Refused: here every wrong spelling is 90002 `invalid_tenant`."""
    tenant = exchange.worlds.tenant_called(spelling)
    if tenant is None:
        raise Refused(facts.TENANT_UNKNOWN_IN_METADATA, tenant=spelling)
    return tenant


def _named_tenant(exchange: Exchange, spelling: str) -> FakeTenant:
    word = spelling.lower()
    if word == facts.EMPTY_GUID:
        raise Refused(facts.TENANT_EMPTY_GUID, tenant=spelling)
    if not _GUID.fullmatch(word) and not _DOMAIN.fullmatch(word):
        raise Refused(facts.TENANT_MALFORMED, tenant=spelling)
    tenant = exchange.worlds.tenant_called(word)
    if tenant is None:
        raise Refused(facts.TENANT_UNKNOWN, tenant=spelling)
    return tenant
