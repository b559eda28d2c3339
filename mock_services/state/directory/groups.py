"""Security groups: who belongs to them, and what they belong to."""

from typing import Any

import sqlalchemy as sa

from mock_services.errors import Missing, Taken
from mock_services.state.directory.records import Group
from mock_services.state.directory.section import Section
from mock_services.state.directory.tables import CREATORS, GROUP_MEMBERS, GROUPS, OWNERS, ROLE_MEMBERS

_TABLE, _MEMBER = GROUPS.c, GROUP_MEMBERS.c


class Groups(Section):
    """The groups of a tenant. A soft-deleted one keeps its members and roles until it is gone for good."""

    def add_group(
        self,
        display_name: str,
        *,
        mail_nickname: str,
        description: str | None = None,
        is_assignable_to_role: bool | None = None,
        visibility: str | None = None,
    ) -> Group:
        """A new security group; names need not be unique."""
        made = Group(
            id=self.chance.guid(),
            display_name=display_name,
            description=description,
            mail_nickname=mail_nickname,
            is_assignable_to_role=is_assignable_to_role,
            visibility=visibility,
            created=self.clock.now().replace(microsecond=0),
            deleted=None,
        )
        self.store.write(sa.insert(GROUPS).values(**vars(made)))
        return made

    def group(self, id: str) -> Group | None:  # noqa: A002 - the wire's own word
        """The group with this id, unless it is soft-deleted."""
        row = self.store.row(sa.select(GROUPS).where(_TABLE.id == id.lower(), _TABLE.deleted.is_(None)))
        return Group(**row) if row else None

    def groups(self) -> list[Group]:
        """All groups but the soft-deleted, oldest first."""
        query = sa.select(GROUPS).where(_TABLE.deleted.is_(None)).order_by(_TABLE.created, _TABLE.id)
        return [Group(**row) for row in self.store.rows(query)]

    def change_group(self, id: str, **members: Any) -> None:  # noqa: A002 - the wire's own word
        """Change names, description or visibility. Raises Missing."""
        mine = (_TABLE.id == id.lower(), _TABLE.deleted.is_(None))
        if members and not self.store.write(sa.update(GROUPS).where(*mine).values(**members)):
            raise Missing("group", id)

    def delete_group(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Move a group to the bin. Raises Missing."""
        self.change_group(id, deleted=self.clock.now())

    def deleted_groups(self) -> list[Group]:
        """What is in the bin, the newest deletion first."""
        query = sa.select(GROUPS).where(self.in_bin(_TABLE.deleted)).order_by(_TABLE.deleted.desc())
        return [Group(**row) for row in self.store.rows(query)]

    def restore_group(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Take a group out of the bin, with members, owners and roles. Raises Missing."""
        where = sa.and_(_TABLE.id == id.lower(), self.in_bin(_TABLE.deleted))
        if not self.store.write(sa.update(GROUPS).where(where).values(deleted=None)):
            raise Missing("group", id)

    def purge_group(self, id: str) -> None:  # noqa: A002 - the wire's own word
        """Remove a group from the bin for good. Raises Missing."""
        gone = id.lower()
        where = sa.and_(_TABLE.id == gone, self.in_bin(_TABLE.deleted))
        with self.store.transaction():
            if not self.store.write(sa.delete(GROUPS).where(where)):
                raise Missing("group", id)
            belongs = sa.or_(_MEMBER.group_id == gone, _MEMBER.member_id == gone)
            self.store.write(sa.delete(GROUP_MEMBERS).where(belongs))
            self.store.write(sa.delete(ROLE_MEMBERS).where(ROLE_MEMBERS.c.principal_id == gone))
            for table in (OWNERS, CREATORS):
                self.store.write(sa.delete(table).where(table.c.object_id == gone))

    # members

    def add_member(self, group_id: str, member_id: str) -> None:
        """Put a user, principal or group into a group. Raises Taken."""
        if member_id.lower() in self.members_of(group_id):
            raise Taken("member", member_id)
        self.store.write(sa.insert(GROUP_MEMBERS).values(group_id=group_id.lower(), member_id=member_id.lower()))

    def remove_member(self, group_id: str, member_id: str) -> None:
        """Take a member out of a group. Raises Missing."""
        mine = (_MEMBER.group_id == group_id.lower(), _MEMBER.member_id == member_id.lower())
        if not self.store.write(sa.delete(GROUP_MEMBERS).where(*mine)):
            raise Missing("member", member_id)

    def members_of(self, group_id: str, *, transitive: bool = False) -> list[str]:
        """Object ids of a group's members, those of the groups in it too when asked for."""
        return self._reached(group_id, _MEMBER.group_id, _MEMBER.member_id, transitive=transitive)

    def groups_of(self, member_id: str, *, transitive: bool = False) -> list[str]:
        """Ids of the groups that a user, principal or group is in, soft-deleted ones left out."""
        awake = sa.select(_TABLE.id).where(_TABLE.deleted.is_(None))
        return self._reached(member_id, _MEMBER.member_id, _MEMBER.group_id, transitive=transitive, among=awake)

    def _reached(
        self,
        start: str,
        near: sa.Column[str],
        far: sa.Column[str],
        *,
        transitive: bool,
        among: sa.Select[tuple[str]] | None = None,
    ) -> list[str]:
        """Ids one step along the memberships from `start`, or all steps; groups may contain each other."""
        allowed = far.in_(among) if among is not None else sa.true()
        first = sa.select(far.label("id")).where(near == start.lower(), allowed)
        if not transitive:
            return [row["id"] for row in self.store.rows(first.order_by(far))]
        walk = first.cte("walk", recursive=True)
        walk = walk.union(sa.select(far).where(near == walk.c.id, allowed))
        return [row["id"] for row in self.store.rows(sa.select(walk.c.id).order_by(walk.c.id))]
