"""Consent: delegated scopes granted to clients, and application roles assigned to principals."""

import base64
import uuid

import sqlalchemy as sa

from mock_services.errors import Missing, Taken
from mock_services.state.directory.records import AppRoleAssignment, DelegatedGrant
from mock_services.state.directory.section import Section
from mock_services.state.directory.tables import (
    APP_ROLE_ASSIGNMENTS,
    DELEGATED_GRANTS,
    SERVICE_PRINCIPALS,
    USERS,
)
from mock_services.state.replicas import Kind
from mock_services.state.well_known import ANY_ROLE


def joined_id(*ids: str) -> str:
    """GUIDs joined the way Graph names what lies between objects: .NET byte order, base64url, no padding.

    For a delegated grant the parts are client, resource and (for one user only) principal: verified against the
    ids in Azure/azure-cli#20974. So the same grant made again has the same id.
    """
    joined = b"".join(uuid.UUID(each).bytes_le for each in ids)
    return base64.urlsafe_b64encode(joined).rstrip(b"=").decode()


def _awake() -> sa.Select[tuple[str]]:
    return sa.select(SERVICE_PRINCIPALS.c.id).where(SERVICE_PRINCIPALS.c.deleted.is_(None))


class Grants(Section):
    """What clients may do in a tenant. Grants of a soft-deleted principal are not seen until it is restored."""

    def grant_delegated(
        self, client_id: str, resource_id: str, scope: str, principal_id: str | None = None
    ) -> DelegatedGrant:
        """Let a client use scopes of a resource for one user, or for all when `principal_id` is None.

        The ids are object ids of service principals. The scope's text is kept as it is: Graph does not check it.
        Raises Missing for a principal that is not there, Taken when the three are joined already.
        """
        client, resource = client_id.lower(), resource_id.lower()
        principal = principal_id.lower() if principal_id else None
        for each in (client, resource):
            self._must_be_awake(each)
        if principal and not self.store.row(sa.select(USERS.c.id).where(USERS.c.id == principal)):
            raise Missing("user", principal)
        identity = joined_id(client, resource, *([principal] if principal else []))
        if self.store.row(sa.select(DELEGATED_GRANTS.c.id).where(DELEGATED_GRANTS.c.id == identity)):
            raise Taken("delegated grant", identity)
        grant = DelegatedGrant(identity, client, resource, principal, scope)
        self.store.write(sa.insert(DELEGATED_GRANTS).values(**vars(grant), created=self.clock.now()))
        return grant

    def delegated_grant(self, id: str) -> DelegatedGrant | None:  # noqa: A002 - the wire's own word
        """The grant with this id (its case matters)."""
        return next((each for each in self.delegated_grants() if each.id == id), None)

    def delegated_grants(self, *, client_id: str | None = None, resource_id: str | None = None) -> list[DelegatedGrant]:
        """The grants to a client, by a resource, or all."""
        table = DELEGATED_GRANTS.c
        query = sa.select(DELEGATED_GRANTS).where(table.client_id.in_(_awake()), table.resource_id.in_(_awake()))
        if client_id is not None:
            query = query.where(table.client_id == client_id.lower())
        if resource_id is not None:
            query = query.where(table.resource_id == resource_id.lower())
        given = {"client_id": client_id and client_id.lower(), "resource_id": resource_id and resource_id.lower()}
        listed = self.view(
            Kind.GRANT,
            self.store.rows(query.order_by(table.id)),
            lambda row: all(value is None or row[name] == value for name, value in given.items()),
        )
        return [DelegatedGrant(**{name: row[name] for name in row if name != "created"}) for row in listed]

    def change_delegated_grant(self, id: str, scope: str) -> None:  # noqa: A002 - the wire's own word
        """Replace the whole scope text. Raises Missing."""
        mine = DELEGATED_GRANTS.c.id == id
        self.remember(Kind.GRANT, mine)
        if not self.store.write(sa.update(DELEGATED_GRANTS).where(mine).values(scope=scope)):
            raise Missing("delegated grant", id)

    def delete_delegated_grant(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Take a grant back. Raises Missing."""
        mine = DELEGATED_GRANTS.c.id == id
        self.remember(Kind.GRANT, mine)
        if not self.store.write(sa.delete(DELEGATED_GRANTS).where(mine)):
            raise Missing("delegated grant", id)

    def assign_app_role(self, principal_id: str, resource_id: str, app_role_id: str) -> AppRoleAssignment:
        """Give an application role of a resource to a service principal or user.

        Raises Missing for a principal, resource or role that is not there ("service principal", "resource",
        "app role"), Taken when given already.
        """
        principal, resource, role = principal_id.lower(), resource_id.lower(), app_role_id.lower()
        if not self.store.row(sa.select(USERS.c.id).where(USERS.c.id == principal)):
            self._must_be_awake(principal)
        row = self.store.row(
            sa.select(SERVICE_PRINCIPALS).where(
                SERVICE_PRINCIPALS.c.id.in_(_awake()), SERVICE_PRINCIPALS.c.id == resource
            )
        )
        if row is None:
            raise Missing("resource", resource)
        defined = {str(each["id"]).lower() for each in row["app_roles"] if each.get("isEnabled")}
        if role not in defined and not (role == ANY_ROLE and not defined):
            raise Missing("app role", role)
        table = APP_ROLE_ASSIGNMENTS.c
        same = (table.principal_id == principal, table.resource_id == resource, table.app_role_id == role)
        if self.store.row(sa.select(table.id).where(*same)):
            raise Taken("app role assignment", role)
        # The first half names the principal, as seen in Graph's own samples; the rest is taken as random.
        identity = joined_id(principal, self.chance.guid())
        made = AppRoleAssignment(identity, principal, resource, role, self.clock.now())
        self.store.write(sa.insert(APP_ROLE_ASSIGNMENTS).values(**vars(made)))
        return made

    def app_roles_of(self, principal_id: str) -> list[AppRoleAssignment]:
        """The application roles given to a principal, over all resources."""
        return self._assignments("principal_id", principal_id)

    def app_roles_by(self, resource_id: str) -> list[AppRoleAssignment]:
        """The assignments of a resource's application roles, to whomever."""
        return self._assignments("resource_id", resource_id)

    def _assignments(self, end: str, identity: str) -> list[AppRoleAssignment]:
        table = APP_ROLE_ASSIGNMENTS.c
        people = sa.select(USERS.c.id)
        awake = sa.and_(
            table.resource_id.in_(_awake()), sa.or_(table.principal_id.in_(_awake()), table.principal_id.in_(people))
        )
        wanted = table[end] == identity.lower()
        query = sa.select(APP_ROLE_ASSIGNMENTS).where(wanted, awake).order_by(table.created, table.id)
        rows = self.view(Kind.APP_ROLE, self.store.rows(query), lambda row: row[end] == identity.lower())
        return [AppRoleAssignment(**row) for row in rows]

    def remove_app_role(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Take an assignment back. Raises Missing."""
        mine = APP_ROLE_ASSIGNMENTS.c.id == id
        self.remember(Kind.APP_ROLE, mine)
        if not self.store.write(sa.delete(APP_ROLE_ASSIGNMENTS).where(mine)):
            raise Missing("app role assignment", id)

    def app_role_values(self, principal_id: str, resource_id: str) -> list[str]:
        """The names of a resource's roles given to a principal: what a token's `roles` lists.

        Disabled roles do not count.
        """
        resource = resource_id.lower()
        given = {each.app_role_id for each in self.app_roles_of(principal_id) if each.resource_id == resource}
        if not given:
            return []
        roles = self.store.value(sa.select(SERVICE_PRINCIPALS.c.app_roles).where(SERVICE_PRINCIPALS.c.id == resource))
        return [
            each["value"]
            for each in roles
            if str(each["id"]).lower() in given and each.get("value") and each["isEnabled"]
        ]

    def _must_be_awake(self, principal: str) -> None:
        mine = (SERVICE_PRINCIPALS.c.id == principal, SERVICE_PRINCIPALS.c.deleted.is_(None))
        rows = self.store.rows(sa.select(SERVICE_PRINCIPALS).where(*mine))
        # It must be there in truth, and seen by the replica that answers.
        if not rows or not self.view(Kind.SERVICE_PRINCIPAL, rows, lambda row: row["id"] == principal):
            raise Missing("service principal", principal)

    def reads_back_principal(self, id: str) -> bool:  # noqa: A002 - the wire's own word
        """Whether the replica that a create's answer is read back from has this principal."""
        if not self.replication.lags:
            return True
        row = self.store.row(sa.select(SERVICE_PRINCIPALS).where(SERVICE_PRINCIPALS.c.id == id.lower()))
        return row is not None and self.replication.reads_back(Kind.SERVICE_PRINCIPAL, row, self.clock.now())
