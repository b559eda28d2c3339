"""People who sign in, and the directory roles that they and applications hold."""

from typing import Any

import sqlalchemy as sa

from mock_services.errors import Missing, Taken
from mock_services.state.directory.records import DirectoryRole, User, digest
from mock_services.state.directory.section import Section
from mock_services.state.directory.tables import (
    DIRECTORY_ROLES,
    GROUP_MEMBERS,
    GROUPS,
    REFRESH_TOKENS,
    ROLE_MEMBERS,
    USERS,
)
from mock_services.state.well_known import DIRECTORY_ROLES as ROLE_NAMES


class People(Section):
    """The users of a tenant and its directory roles."""

    def add_user(self, user_principal_name: str, display_name: str, password: str) -> User:
        """A person who can sign in with this password. Raises Taken."""
        if self.user(user_principal_name=user_principal_name) is not None:
            raise Taken("userPrincipalName", user_principal_name)
        made = User(
            id=self.chance.guid(),
            user_principal_name=user_principal_name,
            display_name=display_name,
            account_enabled=True,
            created=self.clock.now(),
            sessions_valid_from=self.clock.now(),
            must_change_password=False,
            password_sha256=digest(password),
        )
        self.store.write(sa.insert(USERS).values(**vars(made)))
        return made

    def user(self, *, id: str | None = None, user_principal_name: str | None = None) -> User | None:  # noqa: A002 - the wire's own word
        """The user with this object id or sign-in name (any case)."""
        wanted = []
        if id is not None:
            wanted.append(USERS.c.id == id.lower())
        if user_principal_name is not None:
            wanted.append(sa.func.lower(USERS.c.user_principal_name) == user_principal_name.lower())
        if not wanted:
            raise TypeError("give one of id, user_principal_name")
        row = self.store.row(sa.select(USERS).where(*wanted))
        return User(**row) if row else None

    def users(self) -> list[User]:
        """Everybody, by sign-in name."""
        return [User(**row) for row in self.store.rows(sa.select(USERS).order_by(USERS.c.user_principal_name))]

    def count_users(self) -> int:
        """How many people there are."""
        return int(self.store.value(sa.select(sa.func.count()).select_from(USERS)))

    def change_user(self, id: str, **members: Any) -> None:  # noqa: A002 - the wire's own word
        """Change a user's members, such as `display_name` or `account_enabled`. Raises Missing."""
        if not self.store.write(sa.update(USERS).where(USERS.c.id == id.lower()).values(**members)):
            raise Missing("user", id)

    def set_password(self, id: str, password: str) -> None:  # noqa: A002 - the wire's own word
        """Give a user a new password, which signs them out everywhere. Raises Missing."""
        self.revoke_sign_ins(id, password_sha256=digest(password))

    def revoke_sign_ins(self, id: str, **members: Any) -> None:  # noqa: A002 - the wire's own word
        """Sign a user out everywhere: no refresh token of before is good any longer. Raises Missing.

        Other `members` are changed with it.
        """
        self.change_user(id, sessions_valid_from=self.clock.now(), **members)
        # Marked one by one: while a clock stands still, the instants alone cannot tell before from after.
        mine = REFRESH_TOKENS.c.user_id == id.lower()
        self.store.write(sa.update(REFRESH_TOKENS).where(mine).values(revoked=True))

    def activate_directory_role(self, template_id: str) -> DirectoryRole:
        """Take a built-in role into use. Raises Missing, and Taken when it is in use already.

        Only the first administrators' role is from the start (Graph documentation, directoryrole-post-directoryroles).
        """
        template = template_id.lower()
        if template not in ROLE_NAMES:
            raise Missing("directory role", template_id)
        if self._is_active(template):
            raise Taken("roleTemplateId", template_id)
        made = DirectoryRole(id=self.chance.guid(), template_id=template, display_name=ROLE_NAMES[template])
        self.store.write(sa.insert(DIRECTORY_ROLES).values(**vars(made)))
        return made

    def _is_active(self, template_id: str) -> bool:
        query = sa.select(DIRECTORY_ROLES.c.id).where(DIRECTORY_ROLES.c.template_id == template_id)
        return self.store.row(query) is not None

    def give_directory_role(self, principal_id: str, template_id: str) -> None:
        """Give a directory role to a principal or a group; giving it twice changes nothing. Raises Missing.

        A role that was not in use yet is from now on, as when the portal or role management gives it.
        """
        if not self._is_active(template_id.lower()):
            self.activate_directory_role(template_id)
        if principal_id.lower() not in self.role_holders(template_id):
            row = {"principal_id": principal_id.lower(), "template_id": template_id.lower()}
            self.store.write(sa.insert(ROLE_MEMBERS).values(**row))

    def take_directory_role(self, principal_id: str, template_id: str) -> None:
        """Take a directory role away. Raises Missing."""
        table = ROLE_MEMBERS.c
        mine = (table.principal_id == principal_id.lower(), table.template_id == template_id.lower())
        if not self.store.write(sa.delete(ROLE_MEMBERS).where(*mine)):
            raise Missing("directory role", template_id)

    def directory_roles_of(self, principal_id: str) -> list[str]:
        """The template ids of a principal's directory roles, its own and its groups': what a token's `wids` lists."""
        query = sa.select(ROLE_MEMBERS.c.template_id).where(_holds(principal_id)).distinct()
        return [row["template_id"] for row in self.store.rows(query.order_by(ROLE_MEMBERS.c.template_id))]

    def own_directory_roles_of(self, principal_id: str) -> list[str]:
        """The template ids of the roles given to this very principal or group."""
        query = sa.select(ROLE_MEMBERS.c.template_id).where(ROLE_MEMBERS.c.principal_id == principal_id.lower())
        return [row["template_id"] for row in self.store.rows(query.order_by(ROLE_MEMBERS.c.template_id))]

    def role_holders(self, template_id: str) -> list[str]:
        """Object ids of the principals and groups that a directory role is given to, not of who is in those groups."""
        query = sa.select(ROLE_MEMBERS.c.principal_id).where(ROLE_MEMBERS.c.template_id == template_id.lower())
        return [row["principal_id"] for row in self.store.rows(query.order_by(ROLE_MEMBERS.c.principal_id))]

    def directory_roles(self) -> list[DirectoryRole]:
        """The activated roles of this tenant, by name."""
        query = sa.select(DIRECTORY_ROLES).order_by(DIRECTORY_ROLES.c.display_name)
        return [DirectoryRole(**row) for row in self.store.rows(query)]


def _holds(principal_id: str) -> sa.ColumnElement[bool]:
    """The condition for roles in a principal's hands: given to it, or to a group that it is a member of."""
    principal, member = principal_id.lower(), GROUP_MEMBERS.c
    # Groups that hold roles do not nest, so one step is all there is.
    groups = (
        sa.select(member.group_id)
        .join(GROUPS, GROUPS.c.id == member.group_id)
        .where(member.member_id == principal, GROUPS.c.deleted.is_(None))
    )
    return sa.or_(ROLE_MEMBERS.c.principal_id == principal, ROLE_MEMBERS.c.principal_id.in_(groups))
