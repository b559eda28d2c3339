"""Service principals: what an application is in this tenant."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from mock_services.errors import Missing, Taken
from mock_services.state.directory.records import ServicePrincipal
from mock_services.state.directory.section import Section, divide
from mock_services.state.directory.tables import (
    APP_ROLE_ASSIGNMENTS,
    APPLICATIONS,
    CREATORS,
    DELEGATED_GRANTS,
    GROUP_MEMBERS,
    OWNERS,
    POLICY_ASSIGNMENTS,
    ROLE_MEMBERS,
    SECRETS,
    SERVICE_PRINCIPALS,
)
from mock_services.state.replicas import Kind
from mock_services.state.store import Row
from mock_services.state.well_known import FIRST_PARTY, MICROSOFT_SERVICES_TENANT, FirstPartyApplication

DETAILS: dict[str, Any] = {
    "add_ins": [], "alternative_names": [], "app_description": None, "application_template_id": None,
    "description": None, "disabled_by_microsoft_status": None, "homepage": None, "info": {}, "login_url": None,
    "logout_url": None, "notes": None, "notification_email_addresses": [], "preferred_single_sign_on_mode": None,
    "preferred_token_signing_key_thumbprint": None, "reply_urls": [], "resource_specific_application_permissions": [],
    "saml_single_sign_on_settings": None, "service_principal_type": "Application", "tags": [],
    "token_encryption_key_id": None, "verified_publisher": {},
}  # fmt: skip
"""The members kept without being looked at, with their values in a new principal."""


class Principals(Section):
    """The service principals of a tenant."""

    def add_service_principal(self, app_id: str, **members: Any) -> ServicePrincipal:
        """Make an application of this tenant, or one of Microsoft's own, present here.

        Raises Missing("application", app_id) when there is none such, Taken when it is present already, TypeError
        for an unknown member.
        """
        app_id = app_id.lower()
        registered = self.store.rows(
            sa.select(APPLICATIONS).where(APPLICATIONS.c.app_id == app_id, APPLICATIONS.c.deleted.is_(None))
        )
        # What the answering replica does not have, or has no longer in truth, backs no principal.
        seen = registered and self.view(Kind.APPLICATION, registered, lambda row: row["app_id"] == app_id)
        row = registered[0] if seen else None
        if row is None and app_id not in FIRST_PARTY:
            raise Missing("application", app_id)
        if self._row(app_id=app_id) is not None:
            raise Taken("service principal", app_id)
        columns, details = divide(members, SERVICE_PRINCIPALS, DETAILS)
        shown = self._of_ours(row) if row else self._of_microsoft(FIRST_PARTY[app_id])
        made: dict[str, Any] = {
            "id": self.chance.guid(),
            "account_enabled": True,
            "app_role_assignment_required": False,
            "details": DETAILS | details,
            "created": self.clock.now().replace(microsecond=0),
            "deleted": None,
            **shown,
            **columns,
        }
        self.store.write(sa.insert(SERVICE_PRINCIPALS).values(**made))
        return self._principal(made)

    def _of_ours(self, application: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "app_id": application["app_id"],
            "display_name": application["display_name"],
            "names": [*application["identifier_uris"], application["app_id"]],
            "app_roles": application["app_roles"],
            "scopes": application["scopes"],
            "app_owner_tenant": None,
            "sign_in_audience": application["sign_in_audience"],
        }

    def _of_microsoft(self, application: FirstPartyApplication) -> dict[str, Any]:
        return {
            "app_id": application.app_id,
            "display_name": application.display_name,
            "names": list(application.names),
            "app_roles": list(application.app_roles),
            "scopes": list(application.scopes),
            "app_owner_tenant": MICROSOFT_SERVICES_TENANT,
            "sign_in_audience": "AzureADMultipleOrgs",
        }

    def service_principal(self, *, id: str | None = None, app_id: str | None = None) -> ServicePrincipal | None:  # noqa: A002 - the wire's own word
        """The principal with this object id or application id, unless it is soft-deleted."""
        given = {name: value.lower() for name, value in (("id", id), ("app_id", app_id)) if value is not None}
        found = self.view(
            Kind.SERVICE_PRINCIPAL,
            self._rows(given),
            lambda row: row["deleted"] is None and all(row[name] == value for name, value in given.items()),
        )
        return self._principal(found[0]) if found else None

    def written_principal(self, id: str) -> ServicePrincipal:  # noqa: A002 - the wire's own word
        """The principal as it was written last, whichever replica has it: what changes build on. Raises Missing."""
        row = self._row(id=id)
        if row is None:
            raise Missing("service principal", id)
        return self._principal(row)

    def _row(self, **keys: str) -> Row | None:
        """The row as it was written, whichever replica has it: what must not exist twice is decided by this."""
        return next(iter(self._rows(keys)), None)

    def _rows(self, keys: Mapping[str, str]) -> Sequence[Row]:
        if not keys:
            raise TypeError("give one of id, app_id")
        wanted = [SERVICE_PRINCIPALS.c[name] == value.lower() for name, value in keys.items()]
        return self.store.rows(sa.select(SERVICE_PRINCIPALS).where(*wanted, SERVICE_PRINCIPALS.c.deleted.is_(None)))

    def _principal(self, row: Mapping[str, Any]) -> ServicePrincipal:
        return ServicePrincipal(**{**row, "app_owner_tenant": row["app_owner_tenant"] or self.tenant_id})

    def service_principals(self) -> list[ServicePrincipal]:
        """All but the soft-deleted, Microsoft's own first."""
        query = sa.select(SERVICE_PRINCIPALS).where(SERVICE_PRINCIPALS.c.deleted.is_(None))
        ordered = query.order_by(SERVICE_PRINCIPALS.c.created, SERVICE_PRINCIPALS.c.id)
        rows = self.view(Kind.SERVICE_PRINCIPAL, self.store.rows(ordered), lambda row: row["deleted"] is None)
        return [self._principal(row) for row in rows]

    def change_service_principal(self, id: str, **members: Any) -> None:  # noqa: A002 - the wire's own word
        """Change members. Raises Missing, TypeError for an unknown one."""
        held = self.written_principal(id)
        columns, details = divide(members, SERVICE_PRINCIPALS, DETAILS)
        if details:
            columns["details"] = {**held.details, **details}
        if columns:
            mine = SERVICE_PRINCIPALS.c.id == held.id
            self.remember(Kind.SERVICE_PRINCIPAL, mine)
            self.store.write(sa.update(SERVICE_PRINCIPALS).where(mine).values(**columns))

    def delete_service_principal(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Move the principal to the bin; what was granted to it sleeps until it is restored. Raises Missing."""
        mine = (SERVICE_PRINCIPALS.c.id == id.lower(), SERVICE_PRINCIPALS.c.deleted.is_(None))
        self.remember(Kind.SERVICE_PRINCIPAL, *mine)
        if not self.store.write(sa.update(SERVICE_PRINCIPALS).where(*mine).values(deleted=self.clock.now())):
            raise Missing("service principal", id)

    def deleted_service_principals(self) -> list[ServicePrincipal]:
        """What is in the bin, the newest deletion first."""
        query = sa.select(SERVICE_PRINCIPALS).where(self.in_bin(SERVICE_PRINCIPALS.c.deleted))
        ordered = query.order_by(SERVICE_PRINCIPALS.c.deleted.desc())
        return [self._principal(row) for row in self.store.rows(ordered)]

    def restore_service_principal(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Take a principal out of the bin.

        Raises Missing for what is not there, Missing("application", …) while its registration is in the bin itself,
        Taken when the application has another principal by now.
        """
        held = next((each for each in self.deleted_service_principals() if each.id == id.lower()), None)
        if held is None:
            raise Missing("service principal", id)
        registered = sa.select(APPLICATIONS.c.id).where(
            APPLICATIONS.c.app_id == held.app_id, APPLICATIONS.c.deleted.is_(None)
        )
        if held.app_id not in FIRST_PARTY and self.store.row(registered) is None:
            raise Missing("application", held.app_id)
        if self._row(app_id=held.app_id) is not None:
            raise Taken("service principal", held.app_id)
        mine = SERVICE_PRINCIPALS.c.id == held.id
        self.remember(Kind.SERVICE_PRINCIPAL, mine)
        self.store.write(sa.update(SERVICE_PRINCIPALS).where(mine).values(deleted=None))

    def purge_service_principal(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Remove a principal from the bin for good, with everything granted to it or by it. Raises Missing."""
        gone = id.lower()
        where = sa.and_(SERVICE_PRINCIPALS.c.id == gone, self.in_bin(SERVICE_PRINCIPALS.c.deleted))
        with self.store.transaction():
            if not self.store.write(sa.delete(SERVICE_PRINCIPALS).where(where)):
                raise Missing("service principal", id)
            grants, roles = DELEGATED_GRANTS.c, APP_ROLE_ASSIGNMENTS.c
            self.store.write(
                sa.delete(DELEGATED_GRANTS).where(sa.or_(grants.client_id == gone, grants.resource_id == gone))
            )
            self.store.write(
                sa.delete(APP_ROLE_ASSIGNMENTS).where(sa.or_(roles.principal_id == gone, roles.resource_id == gone))
            )
            self.store.write(sa.delete(SECRETS).where(SECRETS.c.application_id == gone))
            for table in (CREATORS, POLICY_ASSIGNMENTS):
                self.store.write(sa.delete(table).where(table.c.object_id == gone))
            self.store.write(sa.delete(OWNERS).where(sa.or_(OWNERS.c.object_id == gone, OWNERS.c.owner_id == gone)))
            self.store.write(sa.delete(ROLE_MEMBERS).where(ROLE_MEMBERS.c.principal_id == gone))
            self.store.write(sa.delete(GROUP_MEMBERS).where(GROUP_MEMBERS.c.member_id == gone))
