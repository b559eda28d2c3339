"""The tables of a directory. Instants are kept as microseconds since 1970, so that they sort and compare."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant, stored as a whole number of microseconds since 1970 in UTC."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To the database. Raises TypeError for a naive instant."""
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """From the database, in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


METADATA = sa.MetaData()


def _text(name: str, *, key: bool = False, index: bool = False, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String, primary_key=key, index=index, nullable=null)


ORGANISATION = sa.Table(
    "organisation", METADATA,
    _text("tenant_id", key=True), _text("display_name"), _text("domain"),
    sa.Column("created", Instant, nullable=False), sa.Column("blocked", sa.Boolean, nullable=False),
)  # fmt: skip

APPLICATIONS = sa.Table(
    "applications", METADATA,
    _text("id", key=True), _text("app_id", index=True), _text("unique_name", index=True, null=True),
    _text("display_name", index=True), _text("sign_in_audience"),
    sa.Column("identifier_uris", sa.JSON, nullable=False),
    sa.Column("app_roles", sa.JSON, nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("required_resource_access", sa.JSON, nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("created", Instant, nullable=False), sa.Column("deleted", Instant),
)  # fmt: skip

SECRETS = sa.Table(
    "secrets", METADATA,
    _text("key_id", key=True), _text("application_id", index=True), _text("display_name", null=True),
    sa.Column("start", Instant, nullable=False), sa.Column("end", Instant, nullable=False),
    _text("hint"), _text("sha256"), sa.Column("added", sa.Integer, nullable=False),
    sa.Column("written", Instant, nullable=False),
)  # fmt: skip

KEY_CREDENTIALS = sa.Table(
    "key_credentials", METADATA,
    _text("key_id", key=True), _text("application_id", index=True), _text("display_name", null=True),
    _text("kind"), _text("usage"), _text("thumbprint"), sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("start", Instant, nullable=False), sa.Column("end", Instant, nullable=False),
    sa.Column("added", sa.Integer, nullable=False),
)  # fmt: skip

SERVICE_PRINCIPALS = sa.Table(
    "service_principals", METADATA,
    _text("id", key=True), _text("app_id", index=True), _text("display_name", index=True),
    sa.Column("account_enabled", sa.Boolean, nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("app_roles", sa.JSON, nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    _text("app_owner_tenant", null=True),  # null: this very tenant
    sa.Column("app_role_assignment_required", sa.Boolean, nullable=False),
    _text("sign_in_audience", null=True),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("created", Instant), sa.Column("deleted", Instant),
)  # fmt: skip

OWNERS = sa.Table(
    "owners", METADATA,
    _text("object_id", key=True), _text("owner_id", key=True),
)  # fmt: skip

DELEGATED_GRANTS = sa.Table(
    "delegated_grants", METADATA,
    _text("id", key=True), _text("client_id", index=True), _text("resource_id", index=True),
    _text("principal_id", null=True), _text("scope"), sa.Column("created", Instant, nullable=False),
)  # fmt: skip

APP_ROLE_ASSIGNMENTS = sa.Table(
    "app_role_assignments", METADATA,
    _text("id", key=True), _text("principal_id", index=True), _text("resource_id", index=True),
    _text("app_role_id"), sa.Column("created", Instant, nullable=False),
)  # fmt: skip

USERS = sa.Table(
    "users", METADATA,
    _text("id", key=True), _text("user_principal_name", index=True), _text("display_name"),
    sa.Column("account_enabled", sa.Boolean, nullable=False), _text("password_sha256"),
    sa.Column("must_change_password", sa.Boolean, nullable=False),
    sa.Column("sessions_valid_from", Instant, nullable=False),
    sa.Column("created", Instant, nullable=False),
)  # fmt: skip

DIRECTORY_ROLES = sa.Table(
    "directory_roles", METADATA,
    _text("id", key=True), _text("template_id", index=True), _text("display_name"),
)  # fmt: skip

ROLE_MEMBERS = sa.Table(
    "role_members", METADATA,
    _text("principal_id", key=True), _text("template_id", key=True),
)  # fmt: skip

GROUPS = sa.Table(
    "groups", METADATA,
    _text("id", key=True), _text("display_name", index=True), _text("description", null=True), _text("mail_nickname"),
    sa.Column("is_assignable_to_role", sa.Boolean), _text("visibility", null=True),
    sa.Column("created", Instant, nullable=False), sa.Column("deleted", Instant),
)  # fmt: skip

GROUP_MEMBERS = sa.Table(
    "group_members", METADATA,
    _text("group_id", key=True), _text("member_id", key=True, index=True),
)  # fmt: skip

FEDERATED_CREDENTIALS = sa.Table(
    "federated_credentials", METADATA,
    _text("id", key=True), _text("application_id", index=True), _text("name"), _text("issuer"), _text("subject"),
    _text("description", null=True), sa.Column("audiences", sa.JSON, nullable=False),
    sa.Column("created", Instant, nullable=False),
)  # fmt: skip

POLICIES = sa.Table(
    "policies", METADATA,
    _text("id", key=True), _text("kind", index=True), sa.Column("document", sa.JSON, nullable=False),
    sa.Column("created", Instant, nullable=False),
)  # fmt: skip

POLICY_ASSIGNMENTS = sa.Table(
    "policy_assignments", METADATA,
    _text("object_id", key=True), _text("policy_id", index=True),  # one policy an object
)  # fmt: skip

CREATORS = sa.Table(
    "creators", METADATA,  # whose quota an object counts against
    _text("object_id", key=True), _text("creator_id", index=True),
)  # fmt: skip

REFRESH_TOKENS = sa.Table(
    "refresh_tokens", METADATA,
    _text("sha256", key=True), _text("client_id"), _text("user_id", index=True), _text("scope"), _text("amr"),
    sa.Column("issued", Instant, nullable=False), sa.Column("ends", Instant, nullable=False),
    sa.Column("revoked", sa.Boolean, nullable=False), sa.Column("is_public", sa.Boolean, nullable=False),
    sa.Column("is_page", sa.Boolean, nullable=False),
)  # fmt: skip

ACCESS_POLICIES = sa.Table(
    "access_policies", METADATA,
    _text("id", key=True), _text("display_name"),
    sa.Column("users", sa.JSON, nullable=False), sa.Column("principals", sa.JSON, nullable=False),
    sa.Column("resources", sa.JSON, nullable=False), _text("control"),
    sa.Column("enabled", sa.Boolean, nullable=False),
)  # fmt: skip
