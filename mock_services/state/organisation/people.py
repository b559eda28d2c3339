"""Business units, users and teams of an organisation."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from mock_services.errors import Missing, Taken
from mock_services.state.organisation.ownership import Ownership
from mock_services.state.organisation.roles import Roles
from mock_services.state.organisation.rows import Row, Rows
from mock_services.state.organisation.schema import sql_table

NON_INTERACTIVE = 4
"""`accessmode` of an application user."""


class People:
    """Who is in one organisation, and where."""

    def __init__(self, rows: Rows, roles: Roles) -> None:
        self._rows = rows
        self._store = rows.store
        self._roles = roles
        self.ownership = Ownership(rows)

    def add_business_unit(self, name: str, parent: str | None, *, by: str | None = None, **members: Any) -> str:
        """A business unit with its default team and its copies of the parent's roles. Raises Missing."""
        if parent is not None:
            self._rows.require("businessunit", parent)
        with self._store.transaction():
            unit = self._rows.insert("businessunit", members | {"name": name, "parentbusinessunitid": parent}, by=by)
            if parent is not None:
                self._roles.copy_all(parent, unit)
            self.add_team(name, unit, by=by, isdefault=True, systemmanaged=True)
        return unit

    def units_below(self, unit: str) -> list[str]:
        """A business unit and all those below it, itself first."""
        found = [unit]
        for each in found:  # grows while it is walked; the tree has no loops
            found += [row["businessunitid"] for row in self._rows.find("businessunit", parentbusinessunitid=each)]
        return found

    def move_business_unit(self, unit: str, parent: str, *, by: str | None = None) -> None:
        """Hang a business unit below another. Its copies of roles that the new parent has not are gone, with holders.

        Raises Missing.
        """
        self._rows.require("businessunit", parent)
        with self._store.transaction():
            self._rows.update("businessunit", unit, {"parentbusinessunitid": parent}, by=by)
            self._roles.move_unit(unit, parent)

    def rename_business_unit(self, unit: str, name: str, *, by: str | None = None) -> None:
        """Change a business unit's name, and that of its default team, which is the same. Raises Missing."""
        with self._store.transaction():
            self._rows.update("businessunit", unit, {"name": name}, by=by)
            for team in self._rows.find("team", businessunitid=unit, isdefault=True):
                self._rows.update("team", team["teamid"], {"name": name}, by=by)

    def disable_business_unit(self, unit: str, *, by: str | None = None) -> None:
        """Disable a business unit and all those below it. Raises Missing."""
        with self._store.transaction():
            for each in self.units_below(unit):
                self._rows.update("businessunit", each, {"isdisabled": True}, by=by)

    def remove_business_unit(self, unit: str) -> None:
        """Remove a business unit that holds nothing any more but its default team and its roles. Raises Missing."""
        with self._store.transaction():
            for team in self._rows.find("team", businessunitid=unit, isdefault=True):
                self.remove_team(team["teamid"])
            self._roles.remove_unit(unit)
            self._rows.delete("businessunit", unit)

    def add_team(self, name: str, business_unit: str, *, by: str | None = None, **members: Any) -> str:
        """A team, with its queue."""
        with self._store.transaction():
            team = self._rows.insert("team", members | {"name": name, "businessunitid": business_unit}, by=by)
            queue = self._queue(f"<{name}>", team, "team", by)
            self._rows.update("team", team, {"queueid": queue}, by=by)
        return team

    def add_user(self, business_unit: str, *, by: str | None = None, **members: Any) -> str:
        """A user, with its queue and its place in the business unit's default team. Raises Missing and Taken."""
        self._rows.require("businessunit", business_unit)
        with self._store.transaction():
            user = self._rows.insert("systemuser", members | {"businessunitid": business_unit}, by=by)
            row = self._rows.require("systemuser", user)
            queue = self._queue(f"<{row['fullname']}>", user, "systemuser", by)
            self._rows.update("systemuser", user, {"queueid": queue}, by=by)
            self._join_default_team(user, business_unit)
        return user

    def add_application_user(
        self,
        *,
        app_id: str,
        object_id: str,
        name: str,
        tenant_domain: str,
        business_unit: str,
        by: str | None = None,
        **members: Any,
    ) -> str:
        """The user that stands for an app registration: named after it, without any role.

        Members as recorded: `#` for a first name and the app's name for a last one; the object id is the
        service principal's. Raises Taken when the app has a user already, soft-deleted ones included.
        """
        if self.application_user(app_id, deleted=None) is not None:
            raise Taken("application user", app_id)
        address = f"{name.replace(' ', '')}_{app_id}@{tenant_domain}"
        own = {
            "applicationid": app_id,
            "azureactivedirectoryobjectid": object_id,
            "firstname": "#",
            "lastname": name[:256],
            "domainname": address[-1024:],
            "internalemailaddress": address[-100:],
            "accessmode": NON_INTERACTIVE,
        }
        return self.add_user(business_unit, by=by, **(members | own))

    def move_domain(self, old: str, new: str) -> None:
        """Rename the domain in everybody's sign-in name and address: a copied organisation has a tenant of its own."""
        user = sql_table("systemuser")
        renamed = {
            name: sa.func.replace(user.c[name], f"@{old}", f"@{new}") for name in ("domainname", "internalemailaddress")
        }
        self._store.write(sa.update(user).values(**renamed))

    def application_user(self, app_id: str, *, deleted: bool | None = False) -> Row | None:
        """The user of an app; `deleted` None counts soft-deleted ones in."""
        found = self._rows.find("systemuser", applicationid=app_id.lower())
        return next((row for row in found if deleted is None or bool(row["deletedstate"]) == deleted), None)

    def person(self, object_id: str) -> Row | None:
        """The user of a person (or app) by its Entra object id."""
        found = self._rows.find("systemuser", azureactivedirectoryobjectid=object_id.lower(), deletedstate=0)
        return found[0] if found else None

    def move_user(self, user: str, business_unit: str, *, by: str | None = None, takes_rows_along: bool = True) -> None:
        """Move a user to another business unit: it loses its roles and changes default teams. Raises Missing.

        What it owns moves with it, unless told otherwise.
        """
        self._rows.require("businessunit", business_unit)
        with self._store.transaction():
            old = self._rows.require("systemuser", user)["businessunitid"]
            if old == business_unit:
                return
            self._roles.drop_all(user)
            for team in self._rows.find("team", businessunitid=old, isdefault=True):
                self.leave(user, team["teamid"])
            self._rows.update("systemuser", user, {"businessunitid": business_unit}, by=by)
            self._join_default_team(user, business_unit)
            if takes_rows_along:
                self.ownership.follow(user, business_unit)

    def move_team(self, team: str, business_unit: str, *, by: str | None = None) -> None:
        """Move a team to another business unit with what it owns: it loses its roles. Raises Missing."""
        self._rows.require("businessunit", business_unit)
        with self._store.transaction():
            self._roles.drop_all(team, kind="team")
            self._rows.update("team", team, {"businessunitid": business_unit}, by=by)
            self.ownership.follow(team, business_unit)

    def remove_team(self, team: str) -> None:
        """Remove a team with its links and its queue. Raises Missing."""
        with self._store.transaction():
            row = self._rows.require("team", team)
            self._roles.drop_all(team, kind="team")
            self._unlink(team, "teamid", "teammembership", "teamprofiles")
            self._rows.delete("team", team)
            self._drop_queue(row)

    def remove_user(self, user: str) -> None:
        """Remove a user for good, with its links and its queue. Raises Missing."""
        with self._store.transaction():
            row = self._rows.require("systemuser", user)
            self._roles.drop_all(user)
            self._unlink(user, "systemuserid", "teammembership", "systemuserprofiles")
            self._rows.delete("systemuser", user)
            self._drop_queue(row)

    def join(self, user: str, team: str) -> None:
        """Make a user a member of a team. Raises Missing and Taken."""
        self._rows.require("systemuser", user)
        self._rows.require("team", team)
        if self._rows.find("teammembership", systemuserid=user, teamid=team):
            raise Taken("teammembership", team)
        self._store.write(sql_table("teammembership").insert(), {"systemuserid": user, "teamid": team})

    def leave(self, user: str, team: str) -> None:
        """End a membership. Raises Missing."""
        members = sql_table("teammembership")
        if not self._store.write(sa.delete(members).where(members.c.systemuserid == user, members.c.teamid == team)):
            raise Missing("teammembership", team)

    def _unlink(self, principal: str, column: str, *intersects: str) -> None:
        for intersect in intersects:
            sql = sql_table(intersect)
            self._store.write(sa.delete(sql).where(sql.c[column] == principal))

    def _drop_queue(self, principal: Row) -> None:
        if principal["queueid"] and self._rows.get("queue", principal["queueid"]):
            self._rows.delete("queue", principal["queueid"])

    def _join_default_team(self, user: str, business_unit: str) -> None:
        for team in self._rows.find("team", businessunitid=business_unit, isdefault=True):
            self.join(user, team["teamid"])

    def _queue(self, name: str, owner: str, kind: str, by: str | None) -> str:
        queue: Mapping[str, Any] = {"name": name[:200], "queueviewtype": 1, "ownerid": owner, "ownerid_type": kind}
        return self._rows.insert("queue", queue, by=by or owner)
