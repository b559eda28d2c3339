"""Microsoft Graph as the set-up needs it: one method a call, rows in, records out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from provisioning.authorised import Caller, Rights
from provisioning.problems import ENTRA_ADMIN, NotPermitted, NotYet, Problem, Refused
from provisioning.said import Said

# The app that Dataverse is in every directory, and its one delegated scope; it has no app roles
# (pnp/cli-microsoft365 app-add.mock.ts, merill/microsoft-info MicrosoftApps.csv; read 2026-11).
DATAVERSE_APP: Final = "00000007-0000-0000-c000-000000000000"
USER_IMPERSONATION_ID: Final = "78ce3f0f-a1ce-49c2-8cde-64b5c0896db4"
USER_IMPERSONATION: Final = "user_impersonation"

# Words by which replication lag shows itself (hashicorp/terraform-provider-azuread internal/services, azure-cli
# command_modules/role/custom.py): the same sentences can mean a real mistake, so waiting for them is bounded.
_LAG_WORDS: Final = (
    "does not reference a valid application object",
    "backing application of the service principal being created must in the local tenant",
    "does not exist or one of its queried reference-property objects are not present",
    "not a valid reference update",
    "concurrent requests being made to the tenant",
    "unable to read the company information from the directory",
)
_LAG_CODES: Final = frozenset(
    {
        "Directory_ObjectNotFound",
        "Directory_ConcurrencyViolation",
        "Request_ResourceNotFound",
        "Error_MsaAppDoesNotExist",
    }
)
# Words that mean "it is as you wish already" (same sources; both 400 and 409 are seen with them).
_DONE_WORDS: Final = (
    "is already in use",
    "permission entry already exists",
    "no password credential found with keyid",
)
_UPSERT: Final = {"Prefer": "create-if-missing"}
# Another registration has this key, perhaps one in the bin, which holds it for 30 days
# (microsoftgraph/msgraph-bicep-types#137 and #202; byte5ai/omadia#916 has the status, 400).
_KEY_TAKEN: Final = "same value for property uniquename"
LIFETIME_CAPPED: Final = "CredentialInvalidLifetimeAsPerAppPolicy"
_POLICY_REMEDIES: Final = {
    "CredentialTypeNotAllowedAsPerAppPolicy": (
        "set up with --certificate, or allow client secrets for this app in the app management policy"
    ),
    LIFETIME_CAPPED: "let the app management policy allow this app secrets of at least 7 days",
}


@dataclass(frozen=True)
class Secret:
    """A secret as the directory lists it; its value is never listed, `hint` is how it begins."""

    key_id: str
    name: str
    hint: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Application:
    """An app registration."""

    id: str
    app_id: str
    name: str
    tags: frozenset[str]
    audience: str
    wants: tuple[Mapping[str, Any], ...]  # requiredResourceAccess as the wire has it, to be sent back whole
    secrets: tuple[Secret, ...]
    keys: tuple[Mapping[str, Any], ...] = ()  # keyCredentials as the wire has them, to be sent back whole

    def wants_scope(self, resource_app: str, scope_id: str) -> bool:
        """Whether the registration declares this delegated permission."""
        return any(
            entry.get("resourceAppId") == resource_app
            and any(access.get("id") == scope_id for access in entry.get("resourceAccess", []))
            for entry in self.wants
        )


@dataclass(frozen=True)
class ServicePrincipal:
    """An app's presence in the directory (an enterprise application)."""

    id: str
    app_id: str
    enabled: bool
    tags: frozenset[str]


@dataclass(frozen=True)
class Grant:
    """Consent to delegated scopes, for everybody in the tenant."""

    id: str
    client: str
    resource: str
    scopes: tuple[str, ...]


def already_so(said: Said) -> bool:
    """Whether a refusal says that what was asked for is the case already."""
    return any(words in said.message.lower() for words in _DONE_WORDS)


def key_taken(said: Said) -> bool:
    """Whether a refusal says that another registration, living or in the bin, has this unique name."""
    return _KEY_TAKEN in said.message.lower()


def explain(tried: str, said: Said) -> Problem:
    """The letter for a refusal by Graph."""
    words = said.message.lower()
    if said.code in _LAG_CODES or said.detail == "NoBackingApplicationObject" or any(w in words for w in _LAG_WORDS):
        return NotYet(tried, said, remedy="wait a few minutes and run it again")
    if said.code in _POLICY_REMEDIES:
        return Refused(tried, said, whose_turn=ENTRA_ADMIN, remedy=_POLICY_REMEDIES[said.code])
    if said.status in (401, 403):
        remedy = "grant the operator the permission that this step names, or use an operator who holds it"
        return NotPermitted(tried, str(said), said=said, whose_turn=ENTRA_ADMIN, remedy=remedy)
    return Refused(tried, said)


class GraphClient:
    """Graph v1.0 as one identity."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def granted(self) -> frozenset[str] | None:
        """The Graph permissions in this identity's token; None where it cannot be read."""
        return await self._caller.granted()

    async def rights(self) -> Rights | None:
        """What this identity's token lets it do in Graph; None where it cannot be read."""
        return await self._caller.rights()

    async def application(self, id_: str) -> Application | None:
        """By object id."""
        row = await self._caller.read("read the application", f"applications/{id_}")
        return _application(row) if row else None

    async def applications_named(self, name: str) -> list[Application]:
        """All with exactly this display name, which need not be unique."""
        return await self._applications(f"displayName eq {_literal(name)}")

    async def applications_with(self, app_id: str) -> list[Application]:
        """By application (client) id: none or one."""
        return await self._applications(f"appId eq {_literal(app_id)}")

    async def application_known_as(self, unique_name: str) -> Application | None:
        """By the key that its maker gave it."""
        row = await self._caller.read("read the application", f"applications({_key('uniqueName', unique_name)})")
        return _application(row) if row else None

    async def deleted_applications(self) -> list[str]:
        """The unique names that registrations in the bin still hold; "" for those without one."""
        path = "directory/deletedItems/microsoft.graph.application?$select=id,uniqueName"
        rows = await self._caller.pages("look into the bin for applications", path)
        return [row.get("uniqueName") or "" for row in rows]

    async def deleted_app_ids(self) -> frozenset[str]:
        """Client ids, in lower case, of the registrations in the bin."""
        path = "directory/deletedItems/microsoft.graph.application?$select=id,appId"
        rows = await self._caller.pages("look into the bin", path)
        return frozenset(str(row.get("appId") or "").lower() for row in rows)

    async def upsert_application(self, unique_name: str, body: Mapping[str, Any]) -> Application | None:
        """Register under a key; None where one with this key was there and was changed instead. Idempotent.

        MicrosoftDocs application-upsert.md: 201 with the object, or 204.
        """
        path = f"applications({_key('uniqueName', unique_name)})"
        answer = await self._caller.ask("register the application", "PATCH", path, json=body, headers=_UPSERT)
        return _application(answer.object) if answer.object else None

    async def change_application(self, id_: str, body: Mapping[str, Any]) -> None:
        """Change members; lists are replaced whole."""
        await self._caller.ask("change the application", "PATCH", f"applications/{id_}", json=body)

    async def delete_application(self, id_: str) -> None:
        """Delete (it stays in the bin for 30 days); deleting what is gone is fine."""
        await self._delete("delete the application", f"applications/{id_}")

    async def add_secret(self, id_: str, *, name: str, start: datetime, end: datetime) -> tuple[Secret, str]:
        """A new secret and its value, which is told only here; not idempotent."""
        wish = {"displayName": name, "startDateTime": _instant(start), "endDateTime": _instant(end)}
        body = {"passwordCredential": wish}
        row = await self._caller.told("add a client secret", "POST", f"applications/{id_}/addPassword", json=body)
        return _secret(row), str(row["secretText"])

    async def remove_secret(self, id_: str, key_id: str) -> None:
        """Remove a secret; removing what is gone is fine."""
        path = f"applications/{id_}/removePassword"
        try:
            await self._caller.ask("remove a client secret", "POST", path, json={"keyId": key_id}, ok=(200, 204, 404))
        except Refused as problem:
            if not already_so(problem.refusal):
                raise

    async def secret_restrictions(self, application: str) -> list[Mapping[str, Any]]:
        """What the app management policy says of secrets: the application's own, which replaces the tenant's.

        Needs Policy.Read.All (MicrosoftDocs applicationauthenticationmethodpolicy.md; shapes by Graph's CSDL).
        """
        tried = "read the app management policy"
        own = await self._caller.pages(tried, f"applications/{application}/appManagementPolicies")
        enabled = [policy for policy in own if policy.get("isEnabled")]
        if enabled:
            restrictions = enabled[0].get("restrictions")
        else:
            policy = await self._caller.read(tried, "policies/defaultAppManagementPolicy") or {}
            restrictions = policy.get("applicationRestrictions") if policy.get("isEnabled") else None
        return list((restrictions or {}).get("passwordCredentials") or [])

    async def service_principal(self, app_id: str) -> ServicePrincipal | None:
        """By application (client) id."""
        path = f"servicePrincipals?$filter={quote(f'appId eq {_literal(app_id)}')}"
        rows = await self._caller.pages("look for the service principal", path)
        return _service_principal(rows[0]) if rows else None

    async def service_principal_with(self, id_: str) -> ServicePrincipal | None:
        """By object id."""
        row = await self._caller.read("look for the service principal", f"servicePrincipals/{id_}")
        return _service_principal(row) if row else None

    async def upsert_service_principal(self, app_id: str, tags: list[str]) -> ServicePrincipal | None:
        """Give an application its service principal; None where it had one, which now carries these tags. Idempotent.

        MicrosoftDocs serviceprincipal-upsert.md: 201 with the object, or 204.
        """
        path = f"servicePrincipals({_key('appId', app_id)})"
        body = {"tags": tags} if tags else {}
        answer = await self._caller.ask("create the service principal", "PATCH", path, json=body, headers=_UPSERT)
        return _service_principal(answer.object) if answer.object else None

    async def change_service_principal(self, id_: str, body: Mapping[str, Any]) -> None:
        """Change members."""
        await self._caller.ask("change the service principal", "PATCH", f"servicePrincipals/{id_}", json=body)

    async def delete_service_principal(self, id_: str) -> None:
        """Delete; deleting what is gone is fine."""
        await self._delete("delete the service principal", f"servicePrincipals/{id_}")

    async def grants_of(self, client: str) -> list[Grant]:
        """Tenant-wide grants held by this service principal (object id)."""
        path = f"oauth2PermissionGrants?$filter={quote(f'clientId eq {_literal(client)}')}"
        rows = await self._caller.pages("look for the consent", path)
        return [_grant(row) for row in rows if row.get("consentType") == "AllPrincipals"]

    async def personal_scopes_of(self, client: str) -> frozenset[str]:
        """Scopes that single persons granted a service principal, for themselves alone."""
        path = f"oauth2PermissionGrants?$filter={quote(f'clientId eq {_literal(client)}')}"
        rows = await self._caller.pages("look for the consent", path)
        single = [row for row in rows if row.get("consentType") == "Principal"]
        return frozenset(scope for row in single for scope in str(row.get("scope") or "").split())

    async def create_grant(self, client: str, resource: str, scopes: tuple[str, ...]) -> Grant:
        """Consent for everybody; a second grant for the same pair is refused by Graph."""
        body = {
            "clientId": client,
            "consentType": "AllPrincipals",
            "resourceId": resource,
            "scope": " ".join(scopes),
        }
        return _grant(await self._caller.told("grant admin consent", "POST", "oauth2PermissionGrants", json=body))

    async def change_grant(self, id_: str, scopes: tuple[str, ...]) -> None:
        """Replace a grant's scopes."""
        body = {"scope": " ".join(scopes)}
        await self._caller.ask("change the consent", "PATCH", f"oauth2PermissionGrants/{id_}", json=body)

    async def delete_grant(self, id_: str) -> None:
        """Take consent back; taking back what is gone is fine."""
        await self._delete("take the consent back", f"oauth2PermissionGrants/{id_}")

    async def _applications(self, condition: str) -> list[Application]:
        rows = await self._caller.pages("look for the application", f"applications?$filter={quote(condition)}")
        return [_application(row) for row in rows]

    async def _delete(self, tried: str, path: str) -> None:
        await self._caller.ask(tried, "DELETE", path, ok=(204, 404))


def _key(name: str, value: str) -> str:
    """An alternate key in a path."""
    return f"{name}={quote(_literal(value), safe=chr(39))}"


def _literal(text: str) -> str:
    """An OData string; a quote inside is doubled."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _instant(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _application(row: Mapping[str, Any]) -> Application:
    return Application(
        id=row["id"],
        app_id=row["appId"],
        name=row.get("displayName") or "",
        tags=frozenset(row.get("tags") or []),
        audience=row.get("signInAudience") or "",
        wants=tuple(row.get("requiredResourceAccess") or []),
        secrets=tuple(_secret(entry) for entry in row.get("passwordCredentials") or []),
        keys=tuple(row.get("keyCredentials") or []),
    )


def _secret(row: Mapping[str, Any]) -> Secret:
    return Secret(
        key_id=row["keyId"],
        name=row.get("displayName") or "",
        hint=row.get("hint") or "",
        start=datetime.fromisoformat(row["startDateTime"]),
        end=datetime.fromisoformat(row["endDateTime"]),
    )


def _service_principal(row: Mapping[str, Any]) -> ServicePrincipal:
    return ServicePrincipal(
        id=row["id"],
        app_id=row["appId"],
        enabled=row.get("accountEnabled") is not False,
        tags=frozenset(row.get("tags") or []),
    )


def _grant(row: Mapping[str, Any]) -> Grant:
    return Grant(
        id=row["id"],
        client=row["clientId"],
        resource=row["resourceId"],
        scopes=tuple((row.get("scope") or "").split()),
    )
