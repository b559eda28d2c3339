"""Tenants and clouds in Resource Manager's words."""

from typing import Any

from mock_services.exchange import Exchange
from mock_services.management.callers import Caller
from mock_services.management.facts import CLOUDS, DESCRIBED_SINCE, Cloud


def tenant(caller: Caller, version: str) -> dict[str, Any]:
    """The caller's tenant, in the members of a recorded one (microsoft/azure-pipelines-vscode#583, 2024-05).

    An application is told neither name nor domains (Azure/azure-powershell#20075 and #24729, 2022 and 2024).
    """
    held = caller.tenant
    bare = {"id": f"/tenants/{held.id}", "tenantId": held.id}
    if version < DESCRIBED_SINCE:
        return bare
    if caller.is_application:
        return {**bare, "tenantCategory": "Home"}
    return {
        **bare,
        "countryCode": "US",
        "displayName": held.display_name,
        "domains": [held.domain],
        "tenantCategory": "Home",
        "defaultDomain": held.domain,
        "tenantType": "AAD",
    }


def endpoints(exchange: Exchange, cloud: Cloud) -> dict[str, Any]:
    """A cloud's endpoints: the members that azure-cli core/cloud.py and terraform's go-azure-sdk cannot do without."""

    def seen(host: str) -> str:
        return exchange.as_seen(f"https://{host}")

    return {
        "portal": cloud.portal,
        "authentication": {
            "loginEndpoint": seen(cloud.login_host),
            "audiences": [f"https://{host}/" for host in cloud.audience_hosts],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "graphAudience": f"https://{cloud.legacy_graph_host}/",
        "graph": f"https://{cloud.legacy_graph_host}/",
        "name": cloud.name,
        "suffixes": dict(cloud.suffixes),
        "resourceManager": seen(cloud.management_host) + "/",
        "microsoftGraphResourceId": seen(cloud.graph_host) + "/",
    }


def all_endpoints(exchange: Exchange) -> list[dict[str, Any]]:
    """Every cloud's endpoints, as versions before 2022-09-01 list them."""
    return [endpoints(exchange, each) for each in CLOUDS]
