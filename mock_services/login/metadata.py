"""What the token service publishes about itself: openid-configuration, instance discovery, keys, error look-up."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mock_services.exchange import Exchange
from mock_services.hosts import NationalCloud
from mock_services.login.authorities import CONSUMERS_TENANT, MANY_TENANTS, tenant_for_metadata
from mock_services.login.clouds import CLOUDS, PUBLIC, Cloud, cloud_of, cloud_of_tenant
from mock_services.login.errors import Refused
from mock_services.login.refusals import requests


def openid_configuration(exchange: Exchange, cloud: Cloud, spelling: str) -> dict[str, Any]:
    """The second endpoint's document (recorded whole by azure-sdk-for-js, 2021-08). URLs carry the tenant's GUID."""
    subject = _subject(exchange, cloud, spelling)
    base, home = subject.base, subject.cloud
    return {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": exchange.as_seen(f"https://{home.login_host}/{subject.issuer_tenant}/v2.0"),
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": exchange.as_seen(f"https://{home.graph_host}/oidc/userinfo"),
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
        "claims_supported": [
            "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
            "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash",
            "c_hash", "email",
        ],
        "kerberos_endpoint": f"{base}/kerberos",
        **_cloud_members(subject),
    }  # fmt: skip


def first_openid_configuration(exchange: Exchange, cloud: Cloud, spelling: str) -> dict[str, Any]:
    """The first endpoint's document (pnp/cli-microsoft365 id-get.spec.ts)."""
    subject = _subject(exchange, cloud, spelling)
    base, home = subject.base, subject.cloud
    return {
        "token_endpoint": f"{base}/oauth2/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{subject.login}/common/discovery/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "token id_token", "token"],
        "scopes_supported": ["openid"],
        "issuer": f"https://{home.sts_host}/{subject.issuer_tenant}/",
        "microsoft_multi_refresh_token": True,
        "authorization_endpoint": f"{base}/oauth2/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{base}/oauth2/logout",
        "claims_supported": [
            "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
            "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "email", "given_name", "family_name", "nickname",
        ],
        "check_session_iframe": f"{base}/oauth2/checksession",
        "userinfo_endpoint": f"{base}/openid/userinfo",
        "kerberos_endpoint": f"{base}/kerberos",
        **_cloud_members(subject),
    }  # fmt: skip


@dataclass(frozen=True)
class _Subject:
    """What a document is about: a tenant or a word for many, and where it signs in."""

    login: str
    path_tenant: str
    issuer_tenant: str
    cloud: Cloud
    region: dict[str, str | None]

    @property
    def base(self) -> str:
        return f"{self.login}/{self.path_tenant}"


def _subject(exchange: Exchange, cloud: Cloud, spelling: str) -> _Subject:
    """Raises Refused for an unknown tenant."""
    word = spelling.lower()
    if word in MANY_TENANTS:
        issuer_tenant = CONSUMERS_TENANT if word == "consumers" else "{tenantid}"
        return _Subject(exchange.base, word, issuer_tenant, cloud, {"tenant_region_scope": None})
    exchange.tenant = tenant = tenant_for_metadata(exchange, spelling)
    home = cloud_of_tenant(tenant.national_cloud)
    # A tenant may be looked up from the other cloud, which is how tools learn where it lives; its links lead home
    # (cisagov/ScubaGear and Microsoft365DSC read the region there; that the links lead home is from memory).
    login = exchange.base if home is cloud else exchange.as_seen(f"https://{home.login_host}")
    return _Subject(login, tenant.id, tenant.id, home, _REGIONS[tenant.national_cloud])


# Seen on tenants: WW, NA, EU, AS; GCC High has the second member too (cisagov/ScubaGear). China's is not known.
_REGIONS: dict[NationalCloud, dict[str, str | None]] = {
    NationalCloud.PUBLIC: {"tenant_region_scope": "WW"},
    NationalCloud.US_GOVERNMENT: {"tenant_region_scope": "USGov", "tenant_region_sub_scope": "DODCON"},
    NationalCloud.CHINA: {"tenant_region_scope": "AS"},
}


def _cloud_members(subject: _Subject) -> dict[str, str | None]:
    cloud = subject.cloud
    return {
        **subject.region,
        "cloud_instance_name": cloud.instance_name,
        "cloud_graph_host_name": cloud.legacy_graph_host,
        "msgraph_host": cloud.graph_host,
        "rbac_url": "https://pas.windows.net",
    }


def instance_discovery(exchange: Exchange, authorization_endpoint: str, api_version: str) -> dict[str, Any]:
    """Which cloud an authority belongs to (recorded by azure-sdk-for-js, 2021-08). Raises Refused (900144, 50049).

    Without an `api-version` of 1.1 the list of clouds is left out (from memory).
    """
    if not authorization_endpoint:
        raise Refused(requests.PARAMETER_MISSING, name="authorization_endpoint")
    canonical = exchange.canonical(authorization_endpoint)
    host, segments = _split_url(canonical)
    if cloud_of(host) is None or not segments:
        raise Refused(requests.INSTANCE_UNKNOWN)
    version = "/v2.0" if "v2.0" in segments else ""
    where = exchange.as_seen(f"https://{host}/{segments[0]}{version}/.well-known/openid-configuration")
    body: dict[str, Any] = {"tenant_discovery_endpoint": where}
    if api_version == "1.1":
        body |= {"api-version": "1.1", "metadata": [_listed(each) for each in CLOUDS]}
    return body


def _split_url(url: str) -> tuple[str, list[str]]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "", []
    return host.lower(), [segment for segment in parts.path.split("/") if segment] if parts.scheme == "https" else []


def _listed(cloud: Cloud) -> dict[str, Any]:
    return {
        "preferred_network": cloud.login_host,
        "preferred_cache": cloud.cache_host,
        "aliases": list(cloud.aliases),
    }


def keys(exchange: Exchange, cloud: Cloud, spelling: str, *, version: int) -> dict[str, Any]:
    """The published signing keys. The second document names an issuer with each (entra-docs access-tokens.md)."""
    _subject(exchange, cloud, spelling)
    published = exchange.worlds.signing_keys.published
    if version == 1:
        return {"keys": published}
    issuer = f"https://{cloud.login_host}/{{tenantid}}/v2.0"
    return {"keys": [{**key, "issuer": issuer} for key in published]}


def user_realm(exchange: Exchange, cloud: Cloud, username: str) -> dict[str, Any]:
    """Where a user name is managed: MSAL asks before it sends a password (members as MSAL.NET's mock answers).

    No tenant here is federated, so a name is managed where its domain is known and of unknown kind elsewhere.
    """
    domain = username.rpartition("@")[2]
    tenant = exchange.worlds.tenant_called(domain) if domain else None
    cloud_members = {"cloud_instance_name": cloud.instance_name, "cloud_audience_urn": "urn:federation:MicrosoftOnline"}
    if tenant is None:
        return {"ver": "1.0", "account_type": "Unknown", **cloud_members}
    exchange.tenant = tenant
    return {"ver": "1.0", "account_type": "Managed", "domain_name": tenant.domain, **cloud_members}


def cloud_at(exchange: Exchange) -> Cloud:
    """The cloud of the host this request came to."""
    return cloud_of(exchange.host) or PUBLIC
