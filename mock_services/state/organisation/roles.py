"""Security roles: their privileges, their copies in each business unit, and who holds them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.errors import Missing, Taken
from mock_services.state.organisation.privileges import (
    Depth,
    Privilege,
    RoleRecipe,
    role_recipes,
    starting_privileges,
)
from mock_services.state.organisation.refusals import DepthRefused, OtherBusinessUnit
from mock_services.state.organisation.rows import Row, Rows
from mock_services.state.organisation.schema import sql_table

Grants = Mapping[str, Depth | str]
SYSTEM_ADMINISTRATOR = "627090ff-40a3-4053-8790-584edc5be201"
SYSTEM_CUSTOMIZER = "119f245c-3cc8-4b62-b31c-d1a046ced15d"
SUPPORT_USER = "2d101bb3-5ced-4122-83f1-94d5efde4e3b"
BASIC_USER = "236750cd-45ae-4939-ab12-b24b920ced93"
"""The templates of the roles, the same in every organisation (terraform-provider-power-platform, XrmMockup)."""
_SUPPORT = 3
"""`accessmode` of the platform's own users."""
_HOLDERS = {"systemuser": "systemuserroles", "team": "teamroles"}


class Roles:
    """The roles of one organisation."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._store = rows.store

    def found(self, business_unit: str, solutions: frozenset[str]) -> None:
        """Make the roles an organisation is born with, in its root business unit, and the privileges they hold."""
        for recipe in role_recipes():
            if recipe.solution is None or recipe.solution in solutions:
                self._found_role(recipe, business_unit)

    def _found_role(self, recipe: RoleRecipe, business_unit: str) -> None:
        role_id = recipe.id or self._rows.chance.guid()
        is_template = recipe.template is not None
        self._rows.insert(
            "role",
            {
                "roleid": role_id,
                "name": recipe.name,
                "businessunitid": business_unit,
                "parentrootroleid": role_id,
                "roletemplateid": recipe.template,
                "roleidunique": self._rows.chance.guid(),
                "isinherited": recipe.is_inherited,
                "ismanaged": not is_template,
                "canbedeleted": not is_template,
            },
        )
        known = self._rows.schema.privileges
        self._write(role_id, {known[name]: depth for name, depth in recipe.grants.items() if name in known})

    def add(
        self, name: str, business_unit: str, grants: Grants | None = None, *, by: str | None = None, **members: Any
    ) -> str:
        """A new role in a business unit and a copy of it in each one below; born with nine privileges.

        Raises Taken for a name in use in that business unit; Missing and DepthRefused for bad grants.
        """
        if self.named(name, business_unit):
            raise Taken("role", name)
        with self._store.transaction():
            role_id = members.pop("roleid", None) or self._rows.chance.guid()
            own = {"name": name, "businessunitid": business_unit, "parentrootroleid": role_id}
            unique = {"roleidunique": self._rows.chance.guid()}
            self._rows.insert("role", members | own | unique | {"roleid": role_id}, by=by)
            self._write(role_id, {self._privilege(each): depth for each, depth in starting_privileges().items()})
            for child in self._rows.find("businessunit", parentbusinessunitid=business_unit):
                self._copy_down(self._rows.require("role", role_id), child["businessunitid"])
            self.grant(role_id, grants or {})
        return str(role_id)

    def copy_all(self, parent: str, business_unit: str) -> None:
        """Give a new business unit its copies of all the roles of its parent."""
        for role in self._rows.find("role", businessunitid=parent):
            self._copy_down(role, business_unit)

    def _copy_down(self, role: Row, business_unit: str) -> None:
        copy_id = self._rows.chance.guid()
        kept = ("name", "description", "parentrootroleid", "roletemplateid", "isinherited", "ismanaged", "canbedeleted")
        members = {name: role[name] for name in kept}
        unique = {"roleidunique": self._rows.chance.guid(), "parentroleid": role["roleid"]}
        self._rows.insert("role", members | unique | {"roleid": copy_id, "businessunitid": business_unit})
        copied = [
            {**each, "roleid": copy_id, "roleprivilegeid": None}
            for each in self._rows.find("roleprivileges", roleid=role["roleid"])
        ]
        if copied:
            self._store.write(sql_table("roleprivileges").insert(), copied)
        for child in self._rows.find("businessunit", parentbusinessunitid=business_unit):
            self._copy_down(self._rows.require("role", copy_id), child["businessunitid"])

    def change(self, role_id: str, changes: Row, *, by: str | None = None) -> None:
        """Change members of a role and of its copies. Raises Missing."""
        with self._store.transaction():
            for each in self._family(role_id):
                self._rows.update("role", each, changes, by=by)

    def remove(self, role_id: str) -> None:
        """Delete a role, its copies, and every link to them. Raises Missing."""
        self._rows.require("role", role_id)
        with self._store.transaction():
            for each in self._family(role_id):
                self._remove_one(each)

    def move_unit(self, business_unit: str, parent: str) -> None:
        """Hang a business unit's copies below another parent's: those without a counterpart go, missing ones come."""
        above = {role["parentrootroleid"]: role for role in self._rows.find("role", businessunitid=parent)}
        for role in self._rows.find("role", businessunitid=business_unit):
            if role["parentroleid"] is None:
                continue  # defined here
            counterpart = above.pop(role["parentrootroleid"], None)
            if counterpart is None:
                self._remove_below(role["roleid"])
            else:
                self._rows.update("role", role["roleid"], {"parentroleid": counterpart["roleid"]})
        for role in above.values():
            self._copy_down(role, business_unit)

    def remove_unit(self, business_unit: str) -> None:
        """Delete all the roles of a business unit that has none below it."""
        for role in self._rows.find("role", businessunitid=business_unit):
            self._remove_one(role["roleid"])

    def _remove_below(self, role_id: str) -> None:
        for copy in self._rows.find("role", parentroleid=role_id):
            self._remove_below(copy["roleid"])
        self._remove_one(role_id)

    def _remove_one(self, role_id: str) -> None:
        for intersect in ("roleprivileges", "systemuserroles", "teamroles"):
            self._delete(intersect, roleid=role_id)
        self._rows.delete("role", role_id)

    def administrators(self) -> Sequence[Row]:
        """The users who are System Administrator by a role of their own and can call: not SYSTEM, not disabled."""
        user, role, link = sql_table("systemuser"), sql_table("role"), sql_table("systemuserroles")
        joined = (
            sa.select(user.c.systemuserid, user.c.businessunitid)
            .join(link, link.c.systemuserid == user.c.systemuserid)
            .join(role, role.c.roleid == link.c.roleid)
        )
        can_call = (user.c.isdisabled.is_not(True), user.c.accessmode != _SUPPORT)
        return self._store.rows(joined.where(role.c.roletemplateid == SYSTEM_ADMINISTRATOR, *can_call))

    def named(self, name: str, business_unit: str) -> Row | None:
        """The role of this name (any case) in a business unit."""
        found = self._rows.find("role", name=name, businessunitid=business_unit)
        return found[0] if found else None

    def grant(self, role_id: str, grants: Grants) -> None:
        """Add privileges, or change their depth, in a role and its copies.

        Raises Missing for an unknown role or privilege, DepthRefused.
        """
        self._rows.require("role", role_id)
        wanted = {self._privilege(name): _depth(depth) for name, depth in grants.items()}
        for privilege, depth in wanted.items():
            if not privilege.allows(depth):
                raise DepthRefused(privilege.name, depth.name)
        with self._store.transaction():
            for each in self._family(role_id):
                for privilege in wanted:
                    self._delete("roleprivileges", roleid=each, privilegeid=privilege.id)
                self._write(each, wanted)

    def grant_new(self, privileges: Iterable[Privilege]) -> None:
        """Make privileges that are not kept yet, and give them to the roles that hold everything there is.

        What a customisation adds goes to System Administrator and System Customizer of every business unit.
        """
        kept = {row["privilegeid"] for row in self._store.rows(sa.select(sql_table("privilege").c.privilegeid))}
        new = {privilege: privilege.greatest for privilege in privileges if privilege.id not in kept}
        if not new:
            return
        with self._store.transaction():
            self._store.write(sql_table("privilege").insert(), [privilege.row() for privilege in new])
            for template in (SYSTEM_ADMINISTRATOR, SYSTEM_CUSTOMIZER):
                for role in self._rows.find("role", roletemplateid=template):
                    self._write(role["roleid"], new)

    def forget(self, ids: Collection[str]) -> None:
        """Remove privileges, and every role's hold on them."""
        for name in ("roleprivileges", "privilege"):
            sql = sql_table(name)
            self._store.write(sa.delete(sql).where(sql.c.privilegeid.in_(ids)))

    def replace(self, role_id: str, grants: Grants) -> None:
        """Make these the only privileges of a role and its copies. Raises as `grant`."""
        with self._store.transaction():
            for each in self._family(role_id):
                self._delete("roleprivileges", roleid=each)
            self.grant(role_id, grants)

    def withdraw(self, role_id: str, name: str) -> None:
        """Take a privilege out of a role and its copies; nothing happens when it is not in it."""
        privilege = self._privilege(name)
        with self._store.transaction():
            for each in self._family(role_id):
                self._delete("roleprivileges", roleid=each, privilegeid=privilege.id)

    def privileges_in(self, role_id: str) -> dict[str, Depth]:
        """The privileges of a role, by name."""
        return {
            row["name"]: Depth(row["mask"].bit_length() - 1) for row in self._store.rows(_of_role(), {"role": role_id})
        }

    def privileges_of(self, user_id: str) -> dict[str, Depth]:
        """What a user may, by its own roles and its teams', at the greatest depth of each."""
        return {
            row["name"]: Depth(row["mask"].bit_length() - 1) for row in self._store.rows(_of_user(), {"user": user_id})
        }

    def assign(
        self, principal_id: str, role_id: str, *, kind: str = "systemuser", across_business_units: bool = False
    ) -> None:
        """Give a role to a user or team. Raises Missing, OtherBusinessUnit and Taken.

        `across_business_units`: a role of any business unit will do.
        """
        principal = self._rows.require(kind, principal_id)
        role = self._rows.require("role", role_id)
        if principal["businessunitid"] != role["businessunitid"] and not across_business_units:
            raise OtherBusinessUnit(principal_id, principal["businessunitid"], role_id, role["businessunitid"])
        intersect, key = _HOLDERS[kind], f"{kind}id"
        if self._rows.find(intersect, **{key: principal_id, "roleid": role_id}):
            raise Taken(intersect, role_id)
        with self._store.transaction():
            link = {key: principal_id, "roleid": role_id, "versionnumber": self._rows.next_version()}
            self._store.write(sql_table(intersect).insert(), link)

    def unassign(self, principal_id: str, role_id: str, *, kind: str = "systemuser") -> None:
        """Take a role away. Raises Missing when it was not held."""
        if not self._delete(_HOLDERS[kind], **{f"{kind}id": principal_id, "roleid": role_id}):
            raise Missing("role", role_id)

    def drop_all(self, principal_id: str, *, kind: str = "systemuser") -> None:
        """Take every role away."""
        self._delete(_HOLDERS[kind], **{f"{kind}id": principal_id})

    def held_by(self, principal_id: str, *, kind: str = "systemuser") -> Sequence[Row]:
        """The roles given to a user or team itself."""
        role, link = sql_table("role"), sql_table(_HOLDERS[kind])
        joined = sa.select(role).join(link, link.c.roleid == role.c.roleid)
        return self._store.rows(joined.where(link.c[f"{kind}id"] == principal_id).order_by(role.c.name))

    def _privilege(self, name: str) -> Privilege:
        found = self._rows.schema.privilege(name)
        if found is None:
            raise Missing("privilege", name)
        return found

    def _family(self, role_id: str) -> list[str]:
        """A role and, when it is a root one, its copies below."""
        copies = self._rows.find("role", parentrootroleid=role_id)
        return [role_id, *(row["roleid"] for row in copies if row["roleid"] != role_id)]

    def _write(self, role_id: str, grants: Mapping[Privilege, Depth]) -> None:
        if grants:
            links = [
                {"roleid": role_id, "privilegeid": privilege.id, "privilegedepthmask": depth.mask}
                for privilege, depth in grants.items()
            ]
            self._store.write(sql_table("roleprivileges").insert(), links)

    def _delete(self, intersect: str, **ends: str) -> int:
        sql = sql_table(intersect)
        return self._store.write(sa.delete(sql).where(*(sql.c[name] == value for name, value in ends.items())))


def _depth(depth: Depth | str) -> Depth:
    if isinstance(depth, Depth):
        return depth
    if depth not in Depth.__members__:
        raise DepthRefused("privilege", depth)
    return Depth[depth]


@cache
def effective_roles() -> sa.Select[Any]:
    """The ids of all roles of `:user`, its own and its teams'."""
    own, teams, members = sql_table("systemuserroles"), sql_table("teamroles"), sql_table("teammembership")
    user: sa.BindParameter[str] = sa.bindparam("user")
    direct = sa.select(own.c.roleid).where(own.c.systemuserid == user)
    joined = sa.select(teams.c.roleid).join(members, members.c.teamid == teams.c.teamid)
    both = direct.union(joined.where(members.c.systemuserid == user)).subquery("effective")
    return sa.select(both.c.roleid)


@cache
def _of_role() -> sa.Select[Any]:
    link, privilege = sql_table("roleprivileges"), sql_table("privilege")
    columns = sa.select(privilege.c.name, link.c.privilegedepthmask.label("mask"))
    joined = columns.join(link, link.c.privilegeid == privilege.c.privilegeid)
    return joined.where(link.c.roleid == sa.bindparam("role")).order_by(privilege.c.name)


@cache
def _of_user() -> sa.Select[Any]:
    link, privilege = sql_table("roleprivileges"), sql_table("privilege")
    columns = sa.select(privilege.c.name, sa.func.max(link.c.privilegedepthmask).label("mask"))
    joined = columns.join(link, link.c.privilegeid == privilege.c.privilegeid)
    return joined.where(link.c.roleid.in_(effective_roles())).group_by(privilege.c.name).order_by(privilege.c.name)
