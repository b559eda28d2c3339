"""One tenant's directory, whole: its sections under one name, its founding, and what is its own."""

from typing import Any

import sqlalchemy as sa

from mock_services.state.directory.access import Access
from mock_services.state.directory.applications import Applications
from mock_services.state.directory.federated import FederatedCredentials
from mock_services.state.directory.grants import Grants
from mock_services.state.directory.groups import Groups
from mock_services.state.directory.people import People
from mock_services.state.directory.policies import Policies
from mock_services.state.directory.principals import Principals
from mock_services.state.directory.sign_ins import SignIns
from mock_services.state.directory.tables import METADATA, ORGANISATION, USERS
from mock_services.state.well_known import FIRST_PARTY, GLOBAL_ADMINISTRATOR


class Directory(Applications, FederatedCredentials, Principals, Grants, People, Groups, Policies, SignIns, Access):
    """Entra's directory of one tenant. Ids are GUIDs in lower case; look-ups by id take any case.

    A new one must be founded before use.
    """

    def found(self, *, tenant_id: str, display_name: str, domain: str) -> None:
        """Make the tables and what every new tenant has: its organisation, roles and Microsoft's own principals."""
        self.store.create(METADATA)
        with self.store.transaction():
            row: dict[str, Any] = {"tenant_id": tenant_id.lower(), "display_name": display_name, "domain": domain}
            row |= {"created": self.clock.now().replace(microsecond=0), "blocked": False}
            self.store.write(sa.insert(ORGANISATION).values(**row))
            self.activate_directory_role(GLOBAL_ADMINISTRATOR)  # the others when they are used
            for application in FIRST_PARTY.values():
                if application.seeded:
                    # Their creation date is null on the wire (azure-cli recording, 2022).
                    self.add_service_principal(application.app_id, created=None)
        self._settings = None

    def personalise(self, *, tenant_id: str, display_name: str, domain: str) -> None:
        """After loading a frozen directory: make the tenant's id, name and domain this one's own, everywhere."""
        # All else reads these, so that a fresh tenant costs two statements.
        was, user = self.domain, USERS.c
        own: dict[str, Any] = {"tenant_id": tenant_id.lower(), "display_name": display_name, "domain": domain}
        moved = sa.func.replace(user.user_principal_name, f"@{was}", f"@{domain}")
        with self.store.transaction():
            self.store.write(sa.update(ORGANISATION).values(**own))
            self.store.write(sa.update(USERS).values(user_principal_name=moved))
        self._settings = None

    def restore(self, image: bytes) -> None:
        """Put an earlier `store.image()` back; nothing of what was read or replicated since is remembered."""
        self.store.load(image)
        self.replication.forget()
        self._settings = None

    @property
    def is_blocked(self) -> bool:
        """Whether Microsoft has closed the tenant for want of use."""
        return bool(self._setting("blocked"))

    def block(self, *, blocked: bool = True) -> None:
        """Close the tenant to every sign-in, or open it again."""
        self.store.write(sa.update(ORGANISATION).values(blocked=blocked))
        self._settings = None
