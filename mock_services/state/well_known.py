"""Ids that are the same in every tenant: Microsoft's own applications, their permissions, and the directory's roles.

Sources: the app ids and role template ids as published in merill/microsoft-info (MicrosoftApps.csv, 2026-08-20);
Graph's permission ids from microsoftgraph/microsoft-graph-devx-content permissions-descriptions.json (2026-08);
the Dataverse scope as ten independent public sources give it.
"""

from dataclasses import dataclass

from mock_services.hosts import MANAGEMENT_AUDIENCES, REGIONS

MICROSOFT_SERVICES_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""The tenant that owns Microsoft's own applications (azure-cli recording, 2022)."""

MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"
DATAVERSE = "00000007-0000-0000-c000-000000000000"
POWERAPPS = "475226c6-020e-4fb2-8a90-7a972cbfc1d4"
POWER_PLATFORM_API = "8578e004-a5c6-46e7-913e-12f58912df43"
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
AZURE_MANAGEMENT = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
PORTAL = "74658136-14ec-4630-ad9b-26e160ff0fc6"
GRAPH_COMMAND_LINE = "14d82eec-204b-4c2f-b7e8-296a70dab67e"

USER_IMPERSONATION = "78ce3f0f-a1ce-49c2-8cde-64b5c0896db4"
"""The one delegated scope of Dataverse; it has no application roles."""
POWERAPPS_USER_IMPERSONATION = "0eb56b90-a7b5-43b5-9402-8137a8083e90"
ENVIRONMENTS_READ = "177690ed-85f1-41d9-8dbf-2716e60ff46a"
"""The Power Platform API's scope EnvironmentManagement.Environments.Read (a Microsoft client's source, 2025)."""
AZURE_USER_IMPERSONATION = "41094075-9dad-400e-a0bd-54e686782033"
"""Azure Resource Manager's one delegated scope (entra-docs and many public manifests); it has no application roles."""

GRAPH_PERMISSIONS: dict[str, tuple[str | None, str | None]] = {
    # name: (id as an application role, id as a delegated scope)
    "Application.ReadWrite.All": ("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", "bdfbf15f-ee85-4955-8675-146e8e5296b5"),
    "Application.ReadWrite.OwnedBy": ("18a4783c-866b-4cc7-a460-3d5e5662c884", None),
    "Application.Read.All": ("9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "c79f8feb-a9db-4090-85f9-90d820caa0eb"),
    "AppRoleAssignment.ReadWrite.All": (
        "06b708a9-e830-4db3-a914-8e69da51d44f",
        "84bccea3-f856-4a8a-967b-dbe0a3d53a64",
    ),
    "DelegatedPermissionGrant.ReadWrite.All": (
        "8e8e4742-1d95-4f68-9d56-6ee75648c72a",
        "41ce6ca6-6826-4807-84f1-1c82854f7ee5",
    ),
    "DelegatedPermissionGrant.Read.All": (
        "81b4724a-58aa-41c1-8a55-84ef97466587",
        "a197cdc4-a8e8-4d49-9d35-4ca7c83887b4",
    ),
    "Directory.Read.All": ("7ab1d382-f21e-4acd-a863-ba3e13f7da61", "06da0dbc-49e2-44d2-8312-53f166ab848a"),
    "Directory.ReadWrite.All": ("19dbc75e-c2e2-444c-a770-ec69d8559fc7", "c5366453-9fb0-48a5-a156-24f0c49a4b84"),
    "Directory.AccessAsUser.All": (None, "0e263e50-5827-48a4-b97c-d940288653c7"),
    "RoleManagement.Read.Directory": (
        "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
        "741c54c3-0c1e-44a1-818b-3f97ab4e8c83",
    ),
    "RoleManagement.ReadWrite.Directory": (
        "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
        "d01b97e9-cbc0-49fe-810a-750afd5527a3",
    ),
    "Policy.Read.All": ("246dd0d5-5bd0-4def-940b-0421030a5b68", "572fea84-0151-49b2-9301-11cb16974376"),
    "Policy.ReadWrite.ApplicationConfiguration": (
        "be74164b-cff1-491c-8741-e671cb536e13",
        "b27add92-efb2-4f16-84f5-8108ba77985c",
    ),
    "Policy.ReadWrite.PermissionGrant": (
        "a402ca1c-2696-4531-972d-6e5ee4aa11ea",
        "2672f8bb-fd5e-42e0-85e1-ec764dd2614e",
    ),
    "Organization.Read.All": ("498476ce-e0fe-48b0-b801-37ba7e2685c6", "4908d5b9-3fb2-4b1e-9336-1888b7937185"),
    "Domain.Read.All": ("dbb9058a-0e50-45d7-ae91-66909b5d4664", "2f9ee017-59c1-4f1d-9472-bd5529a7b311"),
    "Group.Create": ("bf7b1a76-6e77-406b-b258-bf5c7720e98f", None),
    "Group.Read.All": ("5b567255-7703-4780-807c-7be8301ae99b", "5f8c59db-677d-491f-a6b8-5f174b11ec1d"),
    "Group.ReadWrite.All": ("62a82d76-70ea-41e2-9197-370581804d09", "4e46008b-f24c-477d-8fff-7bb4ec7aafe0"),
    "GroupMember.Read.All": ("98830695-27a2-44f7-8c18-0c3ebc9698f6", "bc024368-1153-4739-b217-4326f2e966d0"),
    "GroupMember.ReadWrite.All": ("dbaae8cf-10b5-4b86-a4a1-f871c94c6695", "f81125ac-d3b7-4573-a3b2-7099cc39df9e"),
    "Policy.ReadWrite.Authorization": (
        "fb221be6-99f2-473f-bd32-01c6a0e9ca3b",
        "edd3c878-b384-41fd-95ad-e7407dd775be",
    ),
    "User.ReadWrite.All": ("741f803b-c850-494e-b5df-cde7c675a1ca", "204e0828-b5ca-4ad8-b9f3-f32a958e7cc4"),
    "User.Read.All": ("df021288-bdef-4463-88db-98f22de89214", "a154be20-db9c-4678-8ab7-66f6cc099a59"),
    "User.Read": (None, "e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
    "openid": (None, "37f7f235-527c-4136-accd-4a02d197296e"),
    "profile": (None, "14dad69e-099b-42c9-810b-d002981feec1"),
    "email": (None, "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0"),
    "offline_access": (None, "7427e0e9-2fba-42fe-b0c0-848c9e6a8182"),
}

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
PRIVILEGED_ROLE_ADMINISTRATOR = "e8611ab8-c189-46e8-94e1-60213ab1f814"
APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
CLOUD_APPLICATION_ADMINISTRATOR = "158c047a-c907-4556-b7ef-446551a6b5f7"
APPLICATION_DEVELOPER = "cf1c38e5-3621-4004-a7cb-879624dced7c"
POWER_PLATFORM_ADMINISTRATOR = "11648597-926c-4cf3-9c36-bcebb0ba8dcc"
DYNAMICS_365_ADMINISTRATOR = "44367163-eba1-44c3-98af-f5787879f96a"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
HYBRID_IDENTITY_ADMINISTRATOR = "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2"
GROUPS_ADMINISTRATOR = "fdd7a751-b60b-444a-984c-02652fe8fa1c"
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"

DIRECTORY_ROLES: dict[str, str] = {
    GLOBAL_ADMINISTRATOR: "Global Administrator",
    PRIVILEGED_ROLE_ADMINISTRATOR: "Privileged Role Administrator",
    APPLICATION_ADMINISTRATOR: "Application Administrator",
    CLOUD_APPLICATION_ADMINISTRATOR: "Cloud Application Administrator",
    APPLICATION_DEVELOPER: "Application Developer",
    POWER_PLATFORM_ADMINISTRATOR: "Power Platform Administrator",
    DYNAMICS_365_ADMINISTRATOR: "Dynamics 365 Administrator",
    GLOBAL_READER: "Global Reader",
    DIRECTORY_READERS: "Directory Readers",
    HYBRID_IDENTITY_ADMINISTRATOR: "Hybrid Identity Administrator",
    GROUPS_ADMINISTRATOR: "Groups Administrator",
    USER_ADMINISTRATOR: "User Administrator",
}
"""Role template id -> display name."""

ANY_ROLE = "00000000-0000-0000-0000-000000000000"
"""The app role id of an assignment to an application that defines no roles."""


@dataclass(frozen=True)
class FirstPartyApplication:
    """An application of Microsoft's own, as its service principal looks in a customer's tenant."""

    app_id: str
    display_name: str
    names: tuple[str, ...]
    app_roles: tuple[dict[str, object], ...] = ()
    scopes: tuple[dict[str, object], ...] = ()
    seeded: bool = True
    """A new tenant has its service principal from the start."""


def _graph_roles() -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "allowedMemberTypes": ["Application"], "description": name, "displayName": name, "id": role,
            "isEnabled": True, "origin": "Application", "value": name,
        }
        for name, (role, _) in GRAPH_PERMISSIONS.items()
        if role
    )  # fmt: skip


_OPEN_TO_USERS = {"User.Read", "openid", "profile", "email", "offline_access"}


def _scope(identity: str, value: str, *, kind: str, admin: tuple[str, str], user: tuple[str, str]) -> dict[str, object]:
    return {
        "adminConsentDescription": admin[1], "adminConsentDisplayName": admin[0], "id": identity, "isEnabled": True,
        "type": kind, "userConsentDescription": user[1], "userConsentDisplayName": user[0], "value": value,
    }  # fmt: skip


def _graph_scopes() -> tuple[dict[str, object], ...]:
    return tuple(
        _scope(scope, name, kind="User" if name in _OPEN_TO_USERS else "Admin", admin=(name, name), user=(name, name))
        for name, (_, scope) in GRAPH_PERMISSIONS.items()
        if scope
    )


def _dataverse_names() -> tuple[str, ...]:
    """Wildcards for each region and no organisation's own name.

    A public capture (pnp, 2019) has crm, crm2, 4, 5, 6, 7 and 9 only; other regions are reached in reality all
    the same, so every known region is listed.
    """
    hosts = [f"*.{region}.dynamics.com" for region in REGIONS]
    hosts += [f"*.crm.{suffix}" for suffix in ("dynamics.cn", "microsoftdynamics.us", "appsplatform.us")]
    admin = [f"https://admin.services.{region}.dynamics.com/" for region in REGIONS]
    return (DATAVERSE, *(f"{DATAVERSE}/{host}" for host in hosts), *admin)


FIRST_PARTY: dict[str, FirstPartyApplication] = {
    each.app_id: each
    for each in (
        FirstPartyApplication(
            MICROSOFT_GRAPH,
            "Microsoft Graph",
            # azure-cli recording test_app_permission_grant.yaml, 2022; the national clouds' hosts from msgraph-core.
            (
                "Microsoft.Azure.AgregatorService",
                "https://graph.microsoft.com/",
                "https://graph.microsoft.com",
                "https://graph.microsoft.us/",
                "https://graph.microsoft.us",
                "https://dod-graph.microsoft.us/",
                "https://dod-graph.microsoft.us",
                "https://microsoftgraph.chinacloudapi.cn/",
                "https://microsoftgraph.chinacloudapi.cn",
                f"{MICROSOFT_GRAPH}/ags.windows.net",
                MICROSOFT_GRAPH,
            ),
            _graph_roles(),
            _graph_scopes(),
        ),
        FirstPartyApplication(
            DATAVERSE,
            "Dataverse",
            _dataverse_names(),
            (),
            (
                _scope(
                    USER_IMPERSONATION,
                    "user_impersonation",
                    kind="User",
                    admin=(
                        "Access Common Data Service as organization users",
                        "Allows the application to access Common Data Service acting as users in the organization.",
                    ),
                    user=(
                        "Access Common Data Service as you",
                        "Allows the application to access Common Data Service as you.",
                    ),
                ),
            ),
        ),
        FirstPartyApplication(
            POWERAPPS,
            "PowerApps Service",
            # microsoft/terraform-provider-power-platform constants.go; its CLI asks for api.bap itself.
            (
                "https://service.powerapps.com/",
                "https://service.powerapps.com",
                "https://api.bap.microsoft.com/",
                "https://api.bap.microsoft.com",
                POWERAPPS,
            ),
            (),
            (
                _scope(
                    POWERAPPS_USER_IMPERSONATION,
                    "user_impersonation",
                    kind="User",
                    admin=("Access the PowerApps Service API", "Access the PowerApps Service API on behalf of users."),
                    user=("Access the PowerApps Service API", "Access the PowerApps Service API on your behalf."),
                ),
            ),
        ),
        FirstPartyApplication(
            AZURE_MANAGEMENT,
            "Windows Azure Service Management API",
            # Azure Resource Manager's own list of audiences, and the national clouds' from azure-cli core/cloud.py.
            (
                *(f"https://{host}{slash}" for host in MANAGEMENT_AUDIENCES for slash in ("/", "")),
                AZURE_MANAGEMENT,
            ),
            (),
            (
                _scope(
                    AZURE_USER_IMPERSONATION,
                    "user_impersonation",
                    kind="User",
                    admin=(
                        "Access Azure Service Management as organization users",
                        "Allows the application to access Azure Service Management as organization users.",
                    ),
                    user=(
                        "Access Azure Service Management as you",
                        "Allows the application to access Azure Service Management as you.",
                    ),
                ),
            ),
        ),
        FirstPartyApplication(
            POWER_PLATFORM_API,
            "Power Platform API",
            # The audience of a public token (2026) and its neighbours; one scope of many. Tenants add it themselves.
            ("https://api.powerplatform.com/", "https://api.powerplatform.com", POWER_PLATFORM_API),
            (),
            (
                _scope(
                    ENVIRONMENTS_READ,
                    "EnvironmentManagement.Environments.Read",
                    kind="User",
                    admin=("Read environments", "Read environments"),
                    user=("Read environments", "Read environments"),
                ),
            ),
            seeded=False,
        ),
        # Its scopes are published nowhere; clients of Microsoft's own need none to be defined.
        FirstPartyApplication(PORTAL, "ADIbizaUX", ("https://main.iam.ad.ext.azure.com/", PORTAL)),
        FirstPartyApplication(AZURE_CLI, "Microsoft Azure CLI", (AZURE_CLI,), seeded=False),
        FirstPartyApplication(
            GRAPH_COMMAND_LINE, "Microsoft Graph Command Line Tools", (GRAPH_COMMAND_LINE,), seeded=False
        ),
    )
}
"""By app id. Those not seeded come into a tenant when a service principal for them is made."""
