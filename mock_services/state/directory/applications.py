"""Application registrations and their credentials."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mock_services.errors import Missing, Taken
from mock_services.state.directory.records import Application, KeyCredential, Secret, digest
from mock_services.state.directory.section import Section, divide
from mock_services.state.directory.tables import (
    APPLICATIONS,
    CREATORS,
    FEDERATED_CREDENTIALS,
    KEY_CREDENTIALS,
    OWNERS,
    POLICY_ASSIGNMENTS,
    SECRETS,
    SERVICE_PRINCIPALS,
)
from mock_services.state.replicas import Kind

DETAILS: dict[str, Any] = {
    "add_ins": [], "api": {}, "application_template_id": None, "certification": None, "default_redirect_uri": None,
    "description": None, "disabled_by_microsoft_status": None, "group_membership_claims": None, "info": {},
    "is_device_only_auth_supported": None, "is_fallback_public_client": None,
    "native_authentication_apis_enabled": None, "notes": None, "optional_claims": None,
    "parental_control_settings": {}, "public_client": {}, "request_signature_verification": None,
    "saml_metadata_url": None, "service_management_reference": None, "service_principal_lock_configuration": None,
    "spa": {}, "tags": [], "token_encryption_key_id": None, "verified_publisher": {}, "web": {},
}  # fmt: skip
"""The members kept without being looked at, with their values in a new registration."""

_MIRRORED = {"display_name": "display_name", "app_roles": "app_roles", "scopes": "scopes"}
"""Members of a registration that its service principal in the home tenant shows as they are."""
SECRET_YEARS = 2
_HINT_LENGTH = 3


def years_later(start: datetime, years: int) -> datetime:
    """The same day so many years on; 29 February becomes 28 February."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


class Applications(Section):
    """The registrations of a tenant."""

    def add_application(self, display_name: str, **members: Any) -> Application:
        """Register an application; `members` by our names, columns or details.

        Raises Taken for an identifier URI or unique name in use (a soft-deleted registration still holds its
        unique name), TypeError for an unknown member.
        """
        columns, details = divide(members, APPLICATIONS, DETAILS)
        identity = columns.pop("id", None) or self.chance.guid()
        row: dict[str, Any] = {
            "id": identity,
            "app_id": self.chance.guid(),
            "unique_name": None,
            "display_name": display_name,
            "sign_in_audience": "AzureADMyOrg",
            "identifier_uris": [],
            "app_roles": [],
            "scopes": [],
            "required_resource_access": [],
            "details": DETAILS | details,
            "created": self.clock.now(),
            "deleted": None,
        } | columns
        self._refuse_taken(row, besides=identity)
        self.store.write(sa.insert(APPLICATIONS).values(**row))
        return self._application(row)

    def application(
        self,
        *,
        id: str | None = None,  # noqa: A002 - the wire's own word
        app_id: str | None = None,
        unique_name: str | None = None,
    ) -> Application | None:
        """The registration with this key, unless it is soft-deleted."""
        keys = {"id": id and id.lower(), "app_id": app_id and app_id.lower(), "unique_name": unique_name}
        given = {name: value for name, value in keys.items() if value is not None}
        if not given:
            raise TypeError("give one of id, app_id, unique_name")
        wanted = [APPLICATIONS.c[name] == value for name, value in given.items()]
        rows = self.store.rows(sa.select(APPLICATIONS).where(*wanted, APPLICATIONS.c.deleted.is_(None)))
        found = self.view(
            Kind.APPLICATION,
            rows,
            lambda row: row["deleted"] is None and all(row[name] == value for name, value in given.items()),
        )
        return self._application(found[0]) if found else None

    def written_application(self, id: str) -> Application:  # noqa: A002 - the wire's own word
        """The registration as it was written last, whichever replica has it: what changes build on. Raises Missing."""
        mine = (APPLICATIONS.c.id == id.lower(), APPLICATIONS.c.deleted.is_(None))
        row = self.store.row(sa.select(APPLICATIONS).where(*mine))
        if row is None:
            raise Missing("application", id)
        return self._application(row)

    def _application(self, row: Mapping[str, Any]) -> Application:
        return Application(**row, publisher_domain=self.domain)

    def is_known_to_personal_accounts(self, id: str) -> bool:  # noqa: A002 - the wire's own word
        """Whether the directory of personal accounts, a reader like another, has this registration yet."""
        return self.replication.has_left(Kind.APPLICATION, vars(self.written_application(id)), self.clock.now())

    def applications(self) -> list[Application]:
        """All registrations but the soft-deleted, oldest first."""
        query = sa.select(APPLICATIONS).where(APPLICATIONS.c.deleted.is_(None))
        rows = self.store.rows(query.order_by(APPLICATIONS.c.created, APPLICATIONS.c.id))
        return [self._application(row) for row in self.view(Kind.APPLICATION, rows, lambda row: row["deleted"] is None)]

    def change_application(self, id: str, **members: Any) -> None:  # noqa: A002 - the wire's own word
        """Change members; its service principal here follows in what it mirrors. Raises Missing, Taken, TypeError."""
        held = self.written_application(id)
        columns, details = divide(members, APPLICATIONS, DETAILS)
        self._refuse_taken(columns, besides=held.id)
        if details:
            columns["details"] = {**held.details, **details}
        if not columns:
            return
        with self.store.transaction():
            self.remember(Kind.APPLICATION, APPLICATIONS.c.id == held.id)
            self.store.write(sa.update(APPLICATIONS).where(APPLICATIONS.c.id == held.id).values(**columns))
            self._mirror(held, columns)

    def _mirror(self, held: Application, columns: Mapping[str, Any]) -> None:
        shown = {_MIRRORED[name]: value for name, value in columns.items() if name in _MIRRORED}
        if "identifier_uris" in columns:
            shown["names"] = [*columns["identifier_uris"], held.app_id]
        if "sign_in_audience" in columns:
            shown["sign_in_audience"] = columns["sign_in_audience"]
        if shown:
            mine = SERVICE_PRINCIPALS.c.app_id == held.app_id
            self.remember(Kind.SERVICE_PRINCIPAL, mine)
            self.store.write(sa.update(SERVICE_PRINCIPALS).where(mine).values(**shown))

    def delete_application(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Move the registration, and its service principal here, to the bin. Raises Missing."""
        held = self.written_application(id)
        now = self.clock.now()
        principal = SERVICE_PRINCIPALS.c
        its_own = (principal.app_id == held.app_id, principal.deleted.is_(None))
        with self.store.transaction():
            self.remember(Kind.APPLICATION, APPLICATIONS.c.id == held.id)
            self.store.write(sa.update(APPLICATIONS).where(APPLICATIONS.c.id == held.id).values(deleted=now))
            self.remember(Kind.SERVICE_PRINCIPAL, *its_own)
            self.store.write(sa.update(SERVICE_PRINCIPALS).where(*its_own).values(deleted=now))

    def deleted_applications(self) -> list[Application]:
        """What is in the bin, the newest deletion first."""
        query = sa.select(APPLICATIONS).where(self.in_bin(APPLICATIONS.c.deleted))
        return [self._application(row) for row in self.store.rows(query.order_by(APPLICATIONS.c.deleted.desc()))]

    def restore_application(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Take a registration out of the bin; its service principal stays there. Raises Missing, Taken."""
        held = next((each for each in self.deleted_applications() if each.id == id.lower()), None)
        if held is None:
            raise Missing("application", id)
        self._refuse_taken({"identifier_uris": held.identifier_uris}, besides=held.id)
        self.remember(Kind.APPLICATION, APPLICATIONS.c.id == held.id)
        self.store.write(sa.update(APPLICATIONS).where(APPLICATIONS.c.id == held.id).values(deleted=None))

    def purge_application(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Remove a registration from the bin for good, with its credentials. Raises Missing."""
        gone = id.lower()
        where = sa.and_(APPLICATIONS.c.id == gone, self.in_bin(APPLICATIONS.c.deleted))
        with self.store.transaction():
            if not self.store.write(sa.delete(APPLICATIONS).where(where)):
                raise Missing("application", id)
            self.store.write(sa.delete(SECRETS).where(SECRETS.c.application_id == gone))
            self.store.write(sa.delete(KEY_CREDENTIALS).where(KEY_CREDENTIALS.c.application_id == gone))
            trusted = FEDERATED_CREDENTIALS.c.application_id == gone
            self.store.write(sa.delete(FEDERATED_CREDENTIALS).where(trusted))
            for table in (OWNERS, POLICY_ASSIGNMENTS, CREATORS):
                self.store.write(sa.delete(table).where(table.c.object_id == gone))

    def _refuse_taken(self, columns: Mapping[str, Any], *, besides: str) -> None:
        name = columns.get("unique_name")
        others = sa.select(APPLICATIONS.c.identifier_uris).where(APPLICATIONS.c.id != besides)
        if name is not None:
            holds = sa.or_(APPLICATIONS.c.deleted.is_(None), self.in_bin(APPLICATIONS.c.deleted))
            if self.store.row(others.where(APPLICATIONS.c.unique_name == name, holds)):
                raise Taken("uniqueName", name)
        wanted = {uri.lower(): uri for uri in columns.get("identifier_uris") or ()}
        if wanted:
            for row in self.store.rows(others.where(APPLICATIONS.c.deleted.is_(None))):
                for uri in row["identifier_uris"]:
                    if uri.lower() in wanted:
                        raise Taken("identifierUris", uri)

    # secrets

    def add_secret(
        self,
        application_id: str,
        *,
        display_name: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        text: str | None = None,
        written: datetime | None = None,
    ) -> tuple[Secret, str]:
        """Add a client secret and tell its text, this once. Lives two years unless told otherwise. Raises Missing.

        `application_id` may be a service principal's object id too: a secret that holds in this tenant alone.
        `written` is when it set out for the replicas; None means now.
        """
        self._must_hold_secrets(application_id.lower())
        told = text if text is not None else self.chance.secret()
        begin = start or self.clock.now().replace(microsecond=0)
        secret = Secret(
            key_id=self.chance.guid(),
            application_id=application_id.lower(),
            display_name=display_name,
            start=begin,
            end=end or years_later(begin, SECRET_YEARS),
            hint=told[:_HINT_LENGTH],
            sha256=digest(told),
        )
        row = vars(secret) | {"added": self._next(SECRETS), "written": written or self.clock.now()}
        self.store.write(sa.insert(SECRETS).values(**row))
        return secret, told

    def _must_hold_secrets(self, id: str) -> None:  # noqa: A002 - the wire's own word
        for table in (APPLICATIONS, SERVICE_PRINCIPALS):
            if self.store.row(sa.select(table.c.id).where(table.c.id == id, table.c.deleted.is_(None))):
                return
        raise Missing("application", id)

    def secrets(self, application_id: str) -> list[Secret]:
        """The client secrets of a registration, or of a principal itself, the newest first as Graph lists them."""
        query = sa.select(SECRETS).where(SECRETS.c.application_id == application_id.lower())
        rows = self.store.rows(query.order_by(SECRETS.c.added.desc()))
        listed = self.view(Kind.SECRET, rows, lambda row: row["application_id"] == application_id.lower())
        return [
            Secret(**{name: value for name, value in row.items() if name not in {"added", "written"}}) for row in listed
        ]

    def remove_secret(self, application_id: str, key_id: str) -> None:
        """Remove a client secret. Raises Missing."""
        mine = (SECRETS.c.application_id == application_id.lower(), SECRETS.c.key_id == key_id.lower())
        self.remember(Kind.SECRET, *mine)
        if not self.store.write(sa.delete(SECRETS).where(*mine)):
            raise Missing("secret", key_id)

    def key_credentials(self, application_id: str) -> list[KeyCredential]:
        """The certificates, the newest first."""
        query = sa.select(KEY_CREDENTIALS).where(KEY_CREDENTIALS.c.application_id == application_id.lower())
        rows = self.store.rows(query.order_by(KEY_CREDENTIALS.c.added.desc()))
        return [KeyCredential(**{name: value for name, value in row.items() if name != "added"}) for row in rows]

    def set_key_credentials(self, application_id: str, keys: list[KeyCredential]) -> None:
        """Replace the certificates by these, in order of adding. Raises Missing."""
        self.written_application(application_id)
        with self.store.transaction():
            mine = KEY_CREDENTIALS.c.application_id == application_id.lower()
            self.store.write(sa.delete(KEY_CREDENTIALS).where(mine))
            for each in keys:
                row = vars(each) | {"application_id": application_id.lower(), "added": self._next(KEY_CREDENTIALS)}
                self.store.write(sa.insert(KEY_CREDENTIALS).values(**row))

    def _next(self, table: sa.Table) -> int:
        return int(self.store.value(sa.select(sa.func.coalesce(sa.func.max(table.c.added), 0)))) + 1

    # owners and creators, of applications and of service principals

    def set_creator(self, object_id: str, creator_id: str) -> None:
        """Count an object against its creator's quota, until it is gone for good."""
        self.store.write(sa.insert(CREATORS).values(object_id=object_id.lower(), creator_id=creator_id.lower()))

    def created_by(self, creator_id: str) -> int:
        """How many objects count against a creator's quota, those in the bin too."""
        query = sa.select(sa.func.count()).where(CREATORS.c.creator_id == creator_id.lower())
        return int(self.store.value(query))

    def add_owner(self, object_id: str, owner_id: str) -> None:
        """Make a principal an owner. Raises Taken."""
        if owner_id.lower() in self.owners_of(object_id):
            raise Taken("owner", owner_id)
        self.store.write(sa.insert(OWNERS).values(object_id=object_id.lower(), owner_id=owner_id.lower()))

    def owners_of(self, object_id: str) -> list[str]:
        """Object ids of the owners of an application or service principal."""
        query = sa.select(OWNERS.c.owner_id).where(OWNERS.c.object_id == object_id.lower())
        return [row["owner_id"] for row in self.store.rows(query)]

    def owned_by(self, owner_id: str) -> list[str]:
        """Object ids of what a principal owns."""
        query = sa.select(OWNERS.c.object_id).where(OWNERS.c.owner_id == owner_id.lower())
        return [row["object_id"] for row in self.store.rows(query.order_by(OWNERS.c.object_id))]

    def remove_owner(self, object_id: str, owner_id: str) -> None:
        """Take ownership away. Raises Missing."""
        mine = (OWNERS.c.object_id == object_id.lower(), OWNERS.c.owner_id == owner_id.lower())
        if not self.store.write(sa.delete(OWNERS).where(*mine)):
            raise Missing("owner", owner_id)
