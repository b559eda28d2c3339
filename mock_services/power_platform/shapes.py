"""Environments and instances: an organisation's state in the admin API's words and in discovery's."""

from typing import Any

from mock_services.exchange import Exchange
from mock_services.power_platform import facts
from mock_services.state.organisation import Organisation

PROVIDER = "/providers/Microsoft.BusinessAppPlatform"


def environment(exchange: Exchange, organisation: Organisation, *, as_admin: bool) -> dict[str, Any]:
    """An environment in the members of a recorded one (Terraform provider fixture get_environments.json), trimmed."""
    place = facts.PLACES.get(organisation.region, facts.PLACES["crm"])
    identity = organisation.environment_id
    path = f"{PROVIDER}/scopes/admin/environments" if as_admin else f"{PROVIDER}/environments"
    enabled = organisation.state == "Enabled"
    return {
        "id": f"{path}/{identity}",
        "type": path.removeprefix("/providers/").replace("scopes/admin/", "scopes/"),
        "location": place.location,
        "name": identity,
        "properties": {
            "tenantId": organisation.tenant_id,
            "azureRegion": place.azure_region,
            "displayName": organisation.display_name,
            "createdTime": _ticks(_created(organisation)),
            "createdBy": {"id": "SYSTEM", "displayName": "SYSTEM", "type": "NotSpecified"},
            "provisioningState": "Succeeded",
            "creationType": "User",
            "environmentSku": "Production",
            "isDefault": False,
            "clientUris": {
                "admin": f"https://admin.powerplatform.microsoft.com/environments/environment/{identity}/hub",
                "maker": f"https://make.powerapps.com/environments/{identity}/home",
            },
            "runtimeEndpoints": {
                "microsoft.BusinessAppPlatform": f"https://{place.location}.api.bap.microsoft.com",
                "microsoft.CommonDataModel": f"https://{place.location}.api.cds.microsoft.com",
                "microsoft.PowerApps": f"https://{place.location}.api.powerapps.com",
                "microsoft.Flow": f"https://{place.flow}.api.flow.microsoft.com",
            },
            "databaseType": "CommonDataService",
            "linkedEnvironmentMetadata": _linked(exchange, organisation, enabled=enabled),
            "trialScenarioType": "None",
            "retentionPeriod": "P7D",
            "states": {
                "management": {"id": "Ready" if enabled else "NotSpecified"},
                "runtime": {"runtimeReasonCode": "NotSpecified", "id": "Enabled" if enabled else "Disabled"},
            },
            "updateCadence": {"id": "Moderate"},
            "protectionStatus": {"keyManagedBy": "Microsoft"},
            "cluster": {"category": "Prod", "geoShortName": place.geo, "environment": "Prod"},
            "connectedGroups": [],
            "governanceConfiguration": {"protectionLevel": "Basic"},
        },
    }


def _linked(exchange: Exchange, organisation: Organisation, *, enabled: bool) -> dict[str, Any]:
    """The database of an environment. `instanceUrl` ends in a slash and `instanceApiUrl` does not, as recorded."""
    return {
        "resourceId": organisation.id,
        "friendlyName": organisation.display_name,
        "uniqueName": organisation.unique_name,
        "domainName": organisation.host.split(".")[0],
        "version": facts.SERVER_VERSION,
        "instanceUrl": exchange.as_seen(f"https://{organisation.host}/"),
        "instanceApiUrl": exchange.as_seen(f"https://{_api_host(organisation)}"),
        "baseLanguage": 1033,
        "instanceState": "Ready" if enabled else "Disabled",
        "createdTime": _ticks(_created(organisation)),
        "backgroundOperationsState": "Enabled",
        "scaleGroup": f"{organisation.region.upper()}LIVESG001",
        "platformSku": "Standard",
        "schemaType": "Standard",
    }


def instance(exchange: Exchange, organisation: Organisation, *, is_administrator: bool) -> dict[str, Any]:
    """An entry of global discovery, members as Microsoft's ServiceClient reads them (GlobalDiscoveryModel.cs)."""
    place = facts.PLACES.get(organisation.region, facts.PLACES["crm"])
    return {
        "Id": organisation.id,
        "UniqueName": organisation.unique_name,
        "UrlName": organisation.host.split(".")[0],
        "FriendlyName": organisation.display_name,
        "State": 0 if organisation.state == "Enabled" else 1,
        "Version": facts.SERVER_VERSION,
        "Url": exchange.as_seen(f"https://{organisation.host}"),
        "ApiUrl": exchange.as_seen(f"https://{_api_host(organisation)}"),
        "LastUpdated": _created(organisation),
        "SchemaType": "Standard",
        "OrganizationType": 0,
        "TenantId": organisation.tenant_id,
        "EnvironmentId": organisation.environment_id,
        "DatacenterId": None,
        "DatacenterName": None,
        "Region": place.discovery_region,
        "IsUserSysAdmin": is_administrator,
        "Purpose": None,
        "StatusMessage": 0,
    }


def picked(item: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """The members of an environment that `$select` names, `properties.a.b` or `properties/a/b`, and its identity."""
    result = {name: item[name] for name in ("id", "type", "location", "name")}
    for path in paths:
        source: Any = item
        target = result
        *parents, last = path.strip().replace("/", ".").split(".")
        for parent in parents:
            source = source.get(parent) if isinstance(source, dict) else None
            if not isinstance(source, dict):
                break
            target = target.setdefault(parent, {})
        if isinstance(source, dict) and last in source:
            target[last] = source[last]
    return result


def _api_host(organisation: Organisation) -> str:
    return organisation.host.replace(".", ".api.", 1)


def _created(organisation: Organisation) -> str:
    """When the organisation was made, to the second, as Dataverse spells it."""
    row = organisation.get("organization", organisation.id)
    assert row is not None  # noqa: S101 - every organisation has exactly this row
    return str(row["createdon"])


def _ticks(instant: str) -> str:
    """With seven digits of a second, as .NET prints."""
    return f"{instant.removesuffix('Z')}.0000000Z"
