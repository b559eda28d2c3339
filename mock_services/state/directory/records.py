"""What a directory hands out: frozen records in our own words. Documents nested in them keep the wire's names."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Document = dict[str, Any]
"""A nested object that the directory keeps whole, such as an app role."""


def digest(text: str) -> str:
    """The SHA-256 of a secret, in hex: all that is kept of it."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Application:
    """An application registration. `details` holds the members that only its owner reads, by our names."""

    id: str
    app_id: str
    unique_name: str | None
    display_name: str
    sign_in_audience: str
    publisher_domain: str
    identifier_uris: list[str]
    app_roles: list[Document]
    scopes: list[Document]
    required_resource_access: list[Document]
    details: Mapping[str, Any]
    created: datetime
    deleted: datetime | None


@dataclass(frozen=True)
class Secret:
    """A client secret, of which only a hash and the first characters are kept."""

    key_id: str
    application_id: str
    display_name: str | None
    start: datetime
    end: datetime
    hint: str
    sha256: str = field(repr=False)

    def matches(self, text: str) -> bool:
        """Whether this is the secret's text."""
        return hmac.compare_digest(self.sha256, digest(text))


@dataclass(frozen=True)
class KeyCredential:
    """A certificate that an application may sign in with; `key` is its DER form."""

    key_id: str
    application_id: str
    display_name: str | None
    kind: str
    usage: str
    thumbprint: str
    key: bytes = field(repr=False)
    start: datetime
    end: datetime


@dataclass(frozen=True)
class FederatedCredential:
    """An issuer and a subject whose tokens an application may sign in with, when they name one of the audiences."""

    id: str
    application_id: str
    name: str
    issuer: str
    subject: str
    audiences: list[str]
    description: str | None


@dataclass(frozen=True)
class ServicePrincipal:
    """An application's presence in this tenant: what tokens are issued to and what permissions are given to."""

    id: str
    app_id: str
    display_name: str
    account_enabled: bool
    names: list[str]
    app_roles: list[Document]
    scopes: list[Document]
    app_owner_tenant: str | None
    app_role_assignment_required: bool
    sign_in_audience: str | None
    details: Mapping[str, Any]
    created: datetime | None
    deleted: datetime | None


@dataclass(frozen=True)
class DelegatedGrant:
    """Scopes that a client may use of a resource on behalf of one user, or of all when `principal_id` is None."""

    id: str
    client_id: str
    resource_id: str
    principal_id: str | None
    scope: str

    @property
    def scopes(self) -> list[str]:
        """The single scopes; stored texts often carry extra spaces."""
        return self.scope.split()


@dataclass(frozen=True)
class AppRoleAssignment:
    """An application role of a resource, given to a principal."""

    id: str
    principal_id: str
    resource_id: str
    app_role_id: str
    created: datetime


@dataclass(frozen=True)
class User:
    """A person who can sign in."""

    id: str
    user_principal_name: str
    display_name: str
    account_enabled: bool
    created: datetime
    sessions_valid_from: datetime
    """What was signed in before this instant is signed out."""
    must_change_password: bool
    password_sha256: str = field(repr=False)

    def matches(self, password: str) -> bool:
        """Whether this is the user's password."""
        return hmac.compare_digest(self.password_sha256, digest(password))


@dataclass(frozen=True)
class Group:
    """A security group. `is_assignable_to_role` is fixed when it is made; None where nobody said."""

    id: str
    display_name: str
    description: str | None
    mail_nickname: str
    is_assignable_to_role: bool | None
    visibility: str | None
    created: datetime
    deleted: datetime | None


@dataclass(frozen=True)
class DirectoryRole:
    """An activated directory role of this tenant; compare `template_id`, which is the same in every tenant."""

    id: str
    template_id: str
    display_name: str


@dataclass(frozen=True)
class RefreshToken:
    """What a client renews a person's sign-in with."""

    sha256: str = field(repr=False)
    client_id: str
    user_id: str
    scope: str
    amr: str
    issued: datetime
    ends: datetime
    revoked: bool
    is_public: bool
    """The client showed no credential, and needs none to renew."""
    is_page: bool
    """It was issued to a single-page application, so that its end does not move."""


@dataclass(frozen=True)
class AccessPolicy:
    """A Conditional Access policy, with as much of one as decides a sign-in here."""

    id: str
    display_name: str
    users: list[str]
    principals: list[str]
    resources: list[str]
    control: str
    enabled: bool
