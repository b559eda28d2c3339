"""Policies of a tenant: what people may do by default, and which credentials applications may have."""

from typing import Any

import sqlalchemy as sa

from mock_services.errors import Missing, Taken
from mock_services.state.directory.records import Document
from mock_services.state.directory.section import Section
from mock_services.state.directory.tables import POLICIES, POLICY_ASSIGNMENTS

_TABLE, _ASSIGNED = POLICIES.c, POLICY_ASSIGNMENTS.c
TENANT_APP_POLICY = "00000000-0000-0000-0000-000000000000"
"""The id of the one policy that always exists (DOC tenantappmanagementpolicy-get)."""
AUTHORIZATION_POLICY = "authorizationPolicy"
_CUSTOM = "app"

# DOC tenantappmanagementpolicy-get: off, and without restrictions, until somebody turns it on.
_FRESH_APP_POLICY: Document = {
    "id": TENANT_APP_POLICY,
    "displayName": "Default app management tenant policy",
    "description": "Default tenant policy that enforces app management restrictions on applications and service"
    " principals. To apply policy to targeted resources, create a new policy under appManagementPolicies collection.",
    "isEnabled": False,
    "applicationRestrictions": {"passwordCredentials": [], "keyCredentials": [], "identifierUris": None},
    "servicePrincipalRestrictions": {"passwordCredentials": [], "keyCredentials": []},
}
# DOC authorizationpolicy-get.
_FRESH_AUTHORIZATION: Document = {
    "id": AUTHORIZATION_POLICY,
    "allowInvitesFrom": "everyone",
    "allowedToSignUpEmailBasedSubscriptions": True,
    "allowedToUseSSPR": True,
    "allowEmailVerifiedUsersToJoinOrganization": True,
    "allowUserConsentForRiskyApps": False,
    "blockMsolPowerShell": None,
    "displayName": "Authorization Policy",
    "description": "Used to manage authorization related settings across the company.",
    "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
    "defaultUserRolePermissions": {
        "allowedToCreateApps": True,
        "allowedToCreateSecurityGroups": True,
        "allowedToCreateTenants": True,
        "allowedToReadBitlockerKeysForOwnedDevice": True,
        "allowedToReadOtherUsers": True,
        "permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForSelf.microsoft-user-default-legacy"],
    },
}


class Policies(Section):
    """The policies; a policy is kept as the document that the wire shows."""

    def authorization_policy(self) -> Document:
        """What people may do by default."""
        return self._policy(AUTHORIZATION_POLICY) or _FRESH_AUTHORIZATION

    def set_authorization_policy(self, document: Document) -> None:
        """Replace what people may do by default."""
        self._keep(document, AUTHORIZATION_POLICY)

    @property
    def people_may_create_apps(self) -> bool:
        """Whether a person without any role may register applications."""
        return self.authorization_policy()["defaultUserRolePermissions"]["allowedToCreateApps"] is True

    @property
    def people_may_create_groups(self) -> bool:
        """Whether a person without any role may make security groups."""
        return self.authorization_policy()["defaultUserRolePermissions"]["allowedToCreateSecurityGroups"] is True

    def default_app_policy(self) -> Document:
        """The app management policy of all applications without one of their own."""
        return self._policy(TENANT_APP_POLICY) or _FRESH_APP_POLICY

    def set_default_app_policy(self, document: Document) -> None:
        """Replace the tenant's app management policy."""
        self._keep(document, "default")

    def add_app_policy(self, members: Document) -> Document:
        """A new app management policy, to be assigned."""
        document = {"id": self.chance.guid(), **members}
        self._keep(document, _CUSTOM)
        return document

    def app_policies(self) -> list[Document]:
        """The app management policies that can be assigned, oldest first."""
        query = sa.select(POLICIES).where(_TABLE.kind == _CUSTOM).order_by(_TABLE.created, _TABLE.id)
        return [dict(row["document"]) for row in self.store.rows(query)]

    def change_app_policy(self, document: Document) -> None:
        """Replace a policy, found by its id."""
        self._keep(document, _CUSTOM)

    def remove_app_policy(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Remove a policy with its assignments. Raises Missing."""
        with self.store.transaction():
            if not self.store.write(sa.delete(POLICIES).where(_TABLE.id == id.lower(), _TABLE.kind == _CUSTOM)):
                raise Missing("policy", id)
            self.store.write(sa.delete(POLICY_ASSIGNMENTS).where(_ASSIGNED.policy_id == id.lower()))

    def assign_app_policy(self, object_id: str, policy_id: str) -> None:
        """Give an application or principal its own policy. Raises Missing, and Taken when it has one already."""
        if not any(each["id"] == policy_id.lower() for each in self.app_policies()):
            raise Missing("policy", policy_id)
        if self.app_policy_of(object_id) is not None:
            raise Taken("policy", object_id)
        self.store.write(sa.insert(POLICY_ASSIGNMENTS).values(object_id=object_id.lower(), policy_id=policy_id.lower()))

    def unassign_app_policy(self, object_id: str, policy_id: str) -> None:
        """Take its own policy from an object. Raises Missing."""
        mine = (_ASSIGNED.object_id == object_id.lower(), _ASSIGNED.policy_id == policy_id.lower())
        if not self.store.write(sa.delete(POLICY_ASSIGNMENTS).where(*mine)):
            raise Missing("policy", policy_id)

    def app_policy_of(self, object_id: str) -> Document | None:
        """The policy of an object's own."""
        query = sa.select(_ASSIGNED.policy_id).where(_ASSIGNED.object_id == object_id.lower())
        found = self.store.value(query)
        return self._policy(str(found)) if found is not None else None

    def governed_by(self, policy_id: str) -> list[str]:
        """Ids of the objects that a policy is assigned to."""
        query = sa.select(_ASSIGNED.object_id).where(_ASSIGNED.policy_id == policy_id.lower())
        return [row["object_id"] for row in self.store.rows(query.order_by(_ASSIGNED.object_id))]

    def _policy(self, id: str) -> Document | None:  # noqa: A002 - the wire's own word
        document: Any = self.store.value(sa.select(_TABLE.document).where(_TABLE.id == id))
        return dict(document) if document is not None else None

    def _keep(self, document: Document, kind: str) -> None:
        mine = sa.update(POLICIES).where(_TABLE.id == document["id"]).values(document=document)
        if not self.store.write(mine):
            row = {"id": document["id"], "kind": kind, "document": document, "created": self.clock.now()}
            self.store.write(sa.insert(POLICIES).values(**row))
