"""Environments and instances in the words of the three APIs that tell of them."""

from datetime import datetime
from typing import Any

from mock_services.exchange import Exchange
from mock_services.power_platform import facts
from mock_services.power_platform.environments import Environment
from mock_services.power_platform.places import Place, place_of
from mock_services.state.organisation import Organisation
from mock_services.state.power_platform import RoleAssignment

PROVIDER = "/providers/Microsoft.BusinessAppPlatform"
_TYPE = "Microsoft.BusinessAppPlatform/scopes/environments"
_SYSTEM = {"id": "SYSTEM", "displayName": "SYSTEM", "type": "NotSpecified"}
_KEPT = "P7D"
_NEVER = "1970-01-01T00:00:00Z"
_ISLAND = "101"
"""The number of the cluster; recorded ones are 101 to 109."""
_CAPACITIES = ("Database", "File", "Log", "FinOpsDatabase", "FinOpsFile")


def environment(
    exchange: Exchange, shown: Environment, *, as_admin: bool, expanded: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """An environment of the admin API: the members of recorded ones, in their order.

    Sources: Terraform provider fixtures (get_environments.json, with a database and without), CLI for Microsoft 365
    (environment-list, a default one). Members that depend on operations are left out.
    """
    path = f"{PROVIDER}/scopes/admin/environments" if as_admin else f"{PROVIDER}/environments"
    return {
        "id": f"{path}/{shown.id}",
        "type": _TYPE if as_admin else _TYPE.replace("/scopes", ""),
        "location": shown.place.location,
        "name": shown.id,
        "properties": _properties(exchange, shown, expanded),
    }


def _properties(exchange: Exchange, shown: Environment, expanded: frozenset[str]) -> dict[str, Any]:
    record = shown.record
    return {
        "tenantId": shown.tenant.id,
        "azureRegion": shown.place.azure_region,
        "displayName": shown.display_name,
        **({"description": record.description} if record.description else {}),
        "createdTime": _ticks(_created(shown)),
        "createdBy": _creator(shown),
        "provisioningState": record.provisioning,
        "creationType": _creation_type(shown),
        "environmentSku": record.sku,
        "isDefault": record.is_default,
        **(_capacity(shown) if "properties.capacity" in expanded else {}),
        "clientUris": {
            "admin": f"https://admin.powerplatform.microsoft.com/environments/environment/{shown.id}/hub",
            "maker": f"https://make.powerapps.com/environments/{shown.id}/home",
        },
        "runtimeEndpoints": _endpoints(shown.place),
        "databaseType": "CommonDataService",
        "linkedEnvironmentMetadata": _linked(exchange, shown),
        "trialScenarioType": "None",
        "retentionPeriod": _KEPT,
        "states": _states(shown),
        "updateCadence": {"id": "Moderate"},
        "retentionDetails": {"retentionPeriod": _KEPT, "backupsAvailableFromDateTime": _ticks(_created(shown))},
        "protectionStatus": {"keyManagedBy": "Microsoft"},
        "cluster": _cluster(shown.place),
        "connectedGroups": [],
        "governanceConfiguration": {"protectionLevel": "Basic"},
    }


def _cluster(place: Place) -> dict[str, str]:
    return {
        "category": "Prod",
        "number": _ISLAND,
        "uriSuffix": _suffix(place),
        "geoShortName": place.geo,
        "environment": "Prod",
    }


def _linked(exchange: Exchange, shown: Environment) -> dict[str, Any] | None:
    """The database of an environment. `instanceUrl` ends in a slash and `instanceApiUrl` does not, as recorded."""
    organisation = shown.database
    if organisation is None:
        return None
    return {
        "resourceId": organisation.id,
        "friendlyName": organisation.display_name,
        "uniqueName": organisation.unique_name,
        "domainName": organisation.host.split(".")[0],
        "version": facts.SERVER_VERSION,
        "instanceUrl": exchange.as_seen(f"https://{organisation.host}/"),
        "instanceApiUrl": exchange.as_seen(f"https://{_api_host(organisation)}"),
        "baseLanguage": 1033,
        "instanceState": "Disabled" if organisation.state == "Disabled" else "Ready",
        "createdTime": _ticks(_created(shown)),
        "backgroundOperationsState": "Enabled",
        "scaleGroup": f"{organisation.region.upper()}LIVESG001",
        "platformSku": "Standard",
        "schemaType": "Standard",
    }


def _states(shown: Environment) -> dict[str, Any]:
    """`AdminMode` is a runtime state (TF models.go); recorded ones are managed `NotSpecified` with a database."""
    requested = {"displayName": "SYSTEM", "type": "NotSpecified"}
    runtime = shown.organisation.state if shown.organisation else "Enabled"
    return {
        "management": {"id": "NotSpecified" if shown.database else "Ready"},
        "runtime": {"runtimeReasonCode": "NotSpecified", "requestedBy": requested, "id": runtime},
    }


def _endpoints(place: Place) -> dict[str, str]:
    where = place.location
    return {
        "microsoft.BusinessAppPlatform": f"https://{where}.api.bap.microsoft.com",
        "microsoft.CommonDataModel": f"https://{where}.api.cds.microsoft.com",
        "microsoft.PowerApps": f"https://{where}.api.powerapps.com",
        "microsoft.PowerAppsAdvisor": f"https://{where}.api.advisor.powerapps.com",
        "microsoft.PowerVirtualAgents": f"https://powervamg.{_suffix(place)}.powerapps.com",
        "microsoft.ApiManagement": f"https://management.{where.upper()}.azure-apihub.net",
        "microsoft.Flow": f"https://{place.flow}.api.flow.microsoft.com",
    }


def _suffix(place: Place) -> str:
    return f"{place.geo.lower()}-il{_ISLAND}.gateway.prod.island"


def _capacity(shown: Environment) -> dict[str, Any]:
    """What `$expand=properties.capacity` adds, in the recorded form; nothing is used in a fake, and nothing bought."""
    updated = f"{shown.tenant.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    figures = {"actualConsumption": 0.0, "ratedConsumption": 0.0, "capacityUnit": "MB", "updatedOn": updated}
    return {"capacity": [{"capacityType": each, **figures} for each in _CAPACITIES], "addons": []}


def _creation_type(shown: Environment) -> str:
    if shown.record.is_default:
        return "DefaultTenant"
    return "Developer" if shown.record.sku == "Developer" else "User"


def _creator(shown: Environment) -> dict[str, Any]:
    maker = shown.record.created_by
    user = shown.tenant.directory.user(id=maker) if maker else None
    if user is None:
        return dict(_SYSTEM)
    name = user.user_principal_name
    return {
        "id": user.id,
        "displayName": user.display_name,
        "email": name,
        "type": "User",
        "tenantId": shown.tenant.id,
        "userPrincipalName": name,
    }


def role_assignment(shown: Environment, assignment: RoleAssignment) -> dict[str, Any]:
    """A role assignment as recorded (TF role_assignments fixtures)."""
    path = f"{PROVIDER}/scopes/admin/environments/{shown.id}"
    return {
        "id": f"{path}/roleAssignments/{assignment.id}",
        "type": f"{_TYPE}/roleAssignments",
        "name": assignment.id,
        "properties": {
            "scope": f"{PROVIDER}/environments/{shown.id}",
            "roleDefinition": {
                "id": f"{path}/roleDefinitions/{assignment.role}",
                "type": f"{_TYPE}/roleDefinitions",
                "name": assignment.role,
            },
            "principal": _principal(shown, assignment),
        },
    }


def _principal(shown: Environment, assignment: RoleAssignment) -> dict[str, Any]:
    """Name and mail address as recorded for a user; for others the name alone (inferred)."""
    directory, identity = shown.tenant.directory, assignment.principal_id
    named: dict[str, Any] = {}
    if assignment.principal_type == "User" and (user := directory.user(id=identity)):
        named = {"displayName": user.display_name, "email": user.user_principal_name}
    elif assignment.principal_type == "Group" and (group := directory.group(identity)):
        named = {"displayName": group.display_name}
    elif assignment.principal_type == "ServicePrincipal" and (principal := directory.service_principal(id=identity)):
        named = {"displayName": principal.display_name}
    return {"id": identity, **named, "type": assignment.principal_type, "tenantId": shown.tenant.id}


def platform_environment(exchange: Exchange, shown: Environment) -> dict[str, Any]:
    """An environment of api.powerplatform.com: the members of a recorded list (2026), URL without a slash."""
    record, database = shown.record, shown.database
    created_by = {"id": record.created_by, "type": "User"} if record.created_by else {"id": "SYSTEM"}
    linked = {} if database is None else _platform_database(exchange, database)
    return {
        "id": shown.id,
        "displayName": shown.display_name,
        "tenantId": shown.tenant.id,
        "type": record.sku,
        "geo": shown.place.location,
        "azureRegion": shown.place.azure_region,
        "createdDateTime": _ticks(_created(shown)),
        "deletedDateTime": _NEVER,
        **linked,
        "state": "Disabled" if database and database.state == "Disabled" else "Enabled",
        "adminMode": "Enabled" if database and database.state == "AdminMode" else "Disabled",
        "backgroundOperationsState": "Enabled",
        "protectionLevel": "Basic",
        "createdBy": {"type": "NotSpecified"} | created_by,
        "retentionDetails": {"retentionPeriod": _KEPT, "availableFromDateTime": _ticks(_created(shown))},
    }


def _platform_database(exchange: Exchange, organisation: Organisation) -> dict[str, Any]:
    return {
        "dataverseId": organisation.id,
        "url": exchange.as_seen(f"https://{organisation.host}"),
        "version": facts.SERVER_VERSION,
        "domainName": organisation.host.split(".")[0],
    }


def instance(exchange: Exchange, organisation: Organisation, *, is_administrator: bool) -> dict[str, Any]:
    """An entry of global discovery, members as Microsoft's ServiceClient reads them (GlobalDiscoveryModel.cs)."""
    return {
        "Id": organisation.id,
        "UniqueName": organisation.unique_name,
        "UrlName": organisation.host.split(".")[0],
        "FriendlyName": organisation.display_name,
        "State": 1 if organisation.state == "Disabled" else 0,
        "Version": facts.SERVER_VERSION,
        "Url": exchange.as_seen(f"https://{organisation.host}"),
        "ApiUrl": exchange.as_seen(f"https://{_api_host(organisation)}"),
        "LastUpdated": _founded(organisation),
        "SchemaType": "Standard",
        "OrganizationType": 0,
        "TenantId": organisation.tenant_id,
        "EnvironmentId": organisation.environment_id,
        "DatacenterId": None,
        "DatacenterName": None,
        "Region": place_of(organisation.region).discovery_region,
        "IsUserSysAdmin": is_administrator,
        "Purpose": None,
        "StatusMessage": 0,
    }


INSTANCE_MEMBERS = frozenset((
    "id", "uniquename", "urlname", "friendlyname", "state", "version", "url", "apiurl", "lastupdated", "schematype",
    "organizationtype", "tenantid", "environmentid", "datacenterid", "datacentername", "region", "isusersysadmin",
    "purpose", "statusmessage",
))  # fmt: skip
"""Their names, in lower case."""


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


def _created(shown: Environment) -> str:
    if shown.organisation is not None:
        return _founded(shown.organisation)
    created: datetime = shown.record.created or shown.tenant.directory.created
    return f"{created:%Y-%m-%dT%H:%M:%SZ}"


def _founded(organisation: Organisation) -> str:
    """When the organisation was made, to the second, as Dataverse spells it."""
    row = organisation.get("organization", organisation.id)
    assert row is not None  # noqa: S101 - every organisation has exactly this row
    return str(row["createdon"])


def _ticks(instant: str) -> str:
    """With seven digits of a second, as .NET prints."""
    return f"{instant.removesuffix('Z')}.0000000Z"
