"""Federated credentials: tokens of other issuers that an application may sign in with."""

from typing import Any

import sqlalchemy as sa

from mock_services.errors import Missing, Taken
from mock_services.state.directory.records import FederatedCredential
from mock_services.state.directory.section import Section
from mock_services.state.directory.tables import FEDERATED_CREDENTIALS

_TABLE = FEDERATED_CREDENTIALS.c


class FederatedCredentials(Section):
    """The trust that registrations put into other issuers."""

    def add_federated_credential(
        self,
        application_id: str,
        *,
        name: str,
        issuer: str,
        subject: str,
        audiences: list[str],
        description: str | None,
    ) -> FederatedCredential:
        """Trust an issuer's tokens about a subject.

        Raises Taken("name", …), or Taken("subject", …) when the issuer's subject is trusted already.
        """
        made = FederatedCredential(
            id=self.chance.guid(),
            application_id=application_id.lower(),
            name=name,
            issuer=issuer,
            subject=subject,
            audiences=audiences,
            description=description,
        )
        self._refuse_twins(made)
        self.store.write(sa.insert(FEDERATED_CREDENTIALS).values(**vars(made), created=self.clock.now()))
        return made

    def federated_credentials(self, application_id: str) -> list[FederatedCredential]:
        """The credentials of a registration, oldest first."""
        query = sa.select(FEDERATED_CREDENTIALS).where(_TABLE.application_id == application_id.lower())
        rows = self.store.rows(query.order_by(_TABLE.created, _TABLE.id))
        return [FederatedCredential(**{name: row[name] for name in row if name != "created"}) for row in rows]

    def change_federated_credential(self, application_id: str, id: str, **members: Any) -> None:  # noqa: A002 - the wire's own word
        """Change anything but the name. Raises Missing, Taken."""
        held = next((each for each in self.federated_credentials(application_id) if each.id == id.lower()), None)
        if held is None:
            raise Missing("federated credential", id)
        if members:
            self._refuse_twins(FederatedCredential(**vars(held) | members))
            self.store.write(sa.update(FEDERATED_CREDENTIALS).where(_TABLE.id == held.id).values(**members))

    def remove_federated_credential(self, application_id: str, id: str) -> None:  # noqa: A002 - the wire's own word
        """Trust no longer. Raises Missing."""
        mine = (_TABLE.application_id == application_id.lower(), _TABLE.id == id.lower())
        if not self.store.write(sa.delete(FEDERATED_CREDENTIALS).where(*mine)):
            raise Missing("federated credential", id)

    def _refuse_twins(self, wanted: FederatedCredential) -> None:
        for each in self.federated_credentials(wanted.application_id):
            if each.id == wanted.id:
                continue
            if each.name.lower() == wanted.name.lower():
                raise Taken("name", wanted.name)
            if (each.issuer, each.subject) == (wanted.issuer, wanted.subject):
                raise Taken("subject", wanted.subject)
