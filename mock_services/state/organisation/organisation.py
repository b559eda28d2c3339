"""One Dataverse organisation: an environment with a database, as its services and its tests see it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.state.organisation.customisation import Customisation
from mock_services.state.organisation.definitions import Choice, Table
from mock_services.state.organisation.founding import furnish, own_publisher
from mock_services.state.organisation.held import Held
from mock_services.state.organisation.people import People
from mock_services.state.organisation.privileges import Depth
from mock_services.state.organisation.roles import Grants, Roles
from mock_services.state.organisation.rows import Row, Rows
from mock_services.state.organisation.schema import Schema, metadata, sql_table, standard_schema
from mock_services.state.organisation.sharing import Sharing
from mock_services.state.service_limits import ServiceLimits
from mock_services.state.store import Store

_IDENTITY = ("host", "organisation_id", "environment_id", "tenant_id", "display_name", "unique_name")
SOLUTIONS = frozenset({"customer_service", "omnichannel"})
STATES = ("Enabled", "AdminMode", "Disabled")
_PAGE_SIZE = 1024
"""Bytes: dozens of nearly empty tables would fill four times the room with SQLite's own choice."""
_FIRST_TICKET = 999
"""The counter before the first case, whose number is then CAS-01000."""


class Organisation:
    """One organisation. Identity is read once; everything else is asked of the store each time.

    `rows`, `roles` and `people` are its parts; the methods here are what scenarios call by name.
    """

    def __init__(self, store: Store, *, clock: FakeClock, chance: Chance) -> None:
        self.store = store
        self.clock = clock
        self.chance = chance
        self.rows = Rows(store, schema=standard_schema(frozenset()), clock=clock, chance=chance)
        self.roles = Roles(self.rows)
        self.people = People(self.rows, self.roles)
        self.sharing = Sharing(self.rows)
        self.customisation = Customisation(self.rows)
        self.limits = ServiceLimits()
        self.held = Held(store, clock)
        self._identity: dict[str, Any] = {}
        with suppress(sa.exc.OperationalError):  # no settings yet: to be founded
            self._read_identity()
            self.customisation.open(self.solutions)

    # Identity

    @property
    def schema(self) -> Schema:
        """Its tables, solutions and customisations considered."""
        return self.rows.schema

    @property
    def host(self) -> str:
        """The host without `.api`, as `contoso.crm4.dynamics.com`."""
        return str(self._identity["host"])

    @property
    def id(self) -> str:
        """The organization id."""
        return str(self._identity["organisation_id"])

    @property
    def environment_id(self) -> str:
        """The id of the Power Platform environment around it."""
        return str(self._identity["environment_id"])

    @property
    def tenant_id(self) -> str:
        """The tenant it belongs to."""
        return str(self._identity["tenant_id"])

    @property
    def display_name(self) -> str:
        """Its friendly name."""
        return str(self._identity["display_name"])

    @property
    def unique_name(self) -> str:
        """Its unique name, `unq` and letters."""
        return str(self._identity["unique_name"])

    @property
    def region(self) -> str:
        """The region's part of the host, as `crm4`."""
        return self.host.split(".")[1]

    @property
    def root_business_unit(self) -> str:
        """The id of the business unit that has no parent."""
        return str(self._identity["root_business_unit"])

    @property
    def system_user(self) -> str:
        """The id of the platform's own user, SYSTEM."""
        return str(self._identity["system_user"])

    @property
    def state(self) -> str:
        """`Enabled`, `AdminMode` or `Disabled`: an environment's runtime states (Terraform provider, models.go)."""
        return str(self.store.value(sa.select(sql_table("settings").c.state)))

    def set_state(self, state: str) -> None:
        """Enable or disable the organisation, or let administrators in alone. Raises ValueError for another state."""
        if state not in STATES:
            raise ValueError(f"no state called {state}; there are {', '.join(STATES)}")
        self.store.write(sa.update(sql_table("settings")).values(state=state))

    @property
    def solutions(self) -> frozenset[str]:
        """The optional solutions that are installed."""
        return frozenset(self.store.value(sa.select(sql_table("settings").c.solutions)).split())

    def uninstall(self, solution: str) -> None:
        """Take a solution away: its tables and their privileges are no longer there."""
        gone = [privilege.id for privilege in self.schema.privileges.values() if privilege.solution == solution]
        with self.store.transaction():
            left = " ".join(sorted(self.solutions - {solution}))
            self.store.write(sa.update(sql_table("settings")).values(solutions=left))
            self.roles.forget(gone)
            self.customisation.open(self.solutions)
            self.customisation.show_activities()

    def define(self, *tables: Table) -> None:
        """Add tables, or change some, and give System Administrator and System Customizer what is new.

        Raises ValueError for a name that the fake keeps for itself.
        """
        self.customisation.define(tables)
        self.roles.grant_new(self.schema.privileges.values())

    def undefine(self, logical: str) -> None:
        """Take away a table that this organisation made, with its rows. Raises Missing."""
        gone = set(self.schema.privileges_by_id)
        self.customisation.undefine(logical)
        self.roles.forget(gone - set(self.schema.privileges_by_id))

    def define_choice(self, choice: Choice) -> None:
        """Add a global choice, or change one with the columns that use it."""
        self.customisation.choose(choice)

    def undefine_choice(self, name: str) -> None:
        """Take a global choice away. Raises Missing."""
        self.customisation.unchoose(name)

    def has(self, table: str) -> bool:
        """Whether a table exists here."""
        return table in self.schema.tables

    def table_of_set(self, name: str) -> Table | None:
        """The table behind a set's name in URLs, or None where there is none here."""
        return self.schema.by_set.get(name)

    def restore(self, image: bytes) -> None:
        """Put an earlier `store.image()` back, its schema with it."""
        self.store.load(image)
        self.held.forget()
        self._read_identity()
        self.customisation.open(self.solutions)

    # Founding

    def found(self, *, host: str, tenant_id: str, display_name: str, solutions: Iterable[str] = SOLUTIONS) -> None:
        """Make the tables and what every organisation is born with. Raises ValueError for an unknown solution."""
        installed = frozenset(solutions)
        if unknown := installed - SOLUTIONS:
            raise ValueError(
                f"no solution called {', '.join(sorted(unknown))}; there are {', '.join(sorted(SOLUTIONS))}"
            )
        self.store.write(sa.text(f"PRAGMA page_size = {_PAGE_SIZE}"))
        self.store.create(metadata())
        root, system = self.chance.guid(), self.chance.guid()
        with self.store.transaction():
            self.store.write(
                sql_table("settings").insert(),
                self._named(host, tenant_id, display_name)
                | {"root_business_unit": root, "system_user": system, "solutions": " ".join(sorted(installed))}
                | {"state": "Enabled", "version": 1_000, "ticket": _FIRST_TICKET},
            )
            self._read_identity()
            self.customisation.open(installed)
            self.customisation.show_activities()
            self._furnish(root, system, installed)

    def _furnish(self, root: str, system: str, installed: frozenset[str]) -> None:
        self.store.write(sql_table("privilege").insert(), [each.row() for each in self.schema.privileges.values()])
        label = self.host.split(".")[0]
        furnish(self.rows, self.id, self.unique_name, installed, by=system)
        self.people.add_business_unit(label, None, by=system, businessunitid=root)
        self.people.add_user(
            root, by=system, systemuserid=system, firstname="SYSTEM", accessmode=3, isintegrationuser=True
        )
        self.roles.found(root, installed)
        administrator = self.role_named("System Administrator")
        assert administrator is not None  # noqa: S101 - the line above made it
        self.roles.assign(system, administrator["roleid"])
        if "customer_service" in installed:
            self.rows.insert("subject", {"title": "Default Subject"}, by=system)
            self.rows.insert("queue", {"name": "Customer Support"}, by=system)
        if "omnichannel" in installed:
            queue = {"name": "Default messaging queue", "msdyn_isomnichannelqueue": True}
            self.rows.insert("queue", queue, by=system)
            self.rows.insert("msdyn_liveworkstream", {"msdyn_name": "Live chat"}, by=system)

    def personalise(self, *, host: str, tenant_id: str, display_name: str) -> None:
        """Make a copy of another organisation this tenant's own: host, names, organisation and environment id."""
        old_id, named = self.id, self._named(host, tenant_id, display_name)
        label = host.split(".", maxsplit=1)[0].lower()
        with self.store.transaction():
            self.store.write(_rename("settings"), named)
            self._identity |= named
            own = {"organizationid": self.id, "name": self.unique_name, "wanted": old_id}
            self.store.write(_rename("organization"), own)
            for table in ("businessunit", "team"):
                self.store.write(_rename(table), {"name": label, "wanted": self.root_business_unit})
            self.store.write(_rename("publisher"), own_publisher(self.unique_name))

    def _named(self, host: str, tenant_id: str, display_name: str) -> dict[str, Any]:
        return {
            "host": host.lower(),
            "organisation_id": self.chance.guid(),
            "environment_id": self.chance.guid(),
            "tenant_id": tenant_id,
            "display_name": display_name,
            "unique_name": "unq" + self.chance.text(27, "0123456789abcdef"),
        }

    def _read_identity(self) -> None:
        self._identity = dict(self.store.row(_settings()) or {})

    # People

    def add_application_user(
        self, *, app_id: str, object_id: str, name: str, tenant_domain: str, business_unit: str | None = None
    ) -> str:
        """The user of an app registration, without roles; its systemuserid. Raises Taken and Missing."""
        return self.people.add_application_user(
            app_id=app_id.lower(),
            object_id=object_id,
            name=name,
            tenant_domain=tenant_domain,
            business_unit=business_unit or self.root_business_unit,
            by=self.system_user,
        )

    def add_user(
        self,
        *,
        object_id: str,
        user_principal_name: str,
        first_name: str,
        last_name: str,
        business_unit: str | None = None,
    ) -> str:
        """The user of a person, without roles; its systemuserid."""
        return self.people.add_user(
            business_unit or self.root_business_unit,
            by=self.system_user,
            azureactivedirectoryobjectid=object_id,
            domainname=user_principal_name,
            internalemailaddress=user_principal_name[:100],
            firstname=first_name,
            lastname=last_name,
            islicensed=True,
        )

    def application_user(self, app_id: str) -> Row | None:
        """The user of an app, or None; soft-deleted ones are not counted."""
        return self.people.application_user(app_id)

    def user_of(self, object_id: str) -> Row | None:
        """The user of an Entra object id, or None."""
        return self.people.person(object_id)

    def disable_user(self, systemuserid: str, disabled: bool = True) -> None:
        """Disable a user, or enable it again. Raises Missing."""
        self.rows.update("systemuser", systemuserid, {"isdisabled": disabled})

    def add_business_unit(self, name: str, parent: str | None = None) -> str:
        """A business unit below `parent` (the root when None), with copies of its roles; its id."""
        return self.people.add_business_unit(name, parent or self.root_business_unit, by=self.system_user)

    # Roles

    def add_role(self, name: str, privileges: Grants | None = None, *, business_unit: str | None = None) -> str:
        """A new role with nine privileges and these; its roleid. Raises Taken, Missing, DepthRefused."""
        return self.roles.add(name, business_unit or self.root_business_unit, privileges, by=self.system_user)

    def role_named(self, name: str, business_unit: str | None = None) -> Row | None:
        """The role of this name in a business unit, the root one by default."""
        return self.roles.named(name, business_unit or self.root_business_unit)

    def assign_role(self, user_id: str, role_id: str) -> None:
        """Give a role to a user. Raises Missing, OtherBusinessUnit and Taken."""
        self.roles.assign(user_id, role_id)

    def remove_role(self, user_id: str, role_id: str) -> None:
        """Take a role from a user. Raises Missing when it was not held."""
        self.roles.unassign(user_id, role_id)

    def roles_of(self, user_id: str) -> Sequence[Row]:
        """The roles given to a user itself, by name."""
        return self.roles.held_by(user_id)

    def set_privileges(self, role_id: str, privileges: Grants) -> None:
        """Make these (name -> depth) the only privileges of a role and its copies. Raises Missing, DepthRefused."""
        self.roles.replace(role_id, privileges)

    def remove_privilege(self, role_id: str, name: str) -> None:
        """Take one privilege out of a role and its copies."""
        self.roles.withdraw(role_id, name)

    def privileges_of(self, user_id: str) -> Mapping[str, Depth]:
        """What a user may, by its own roles and its teams': name -> greatest depth."""
        return self.roles.privileges_of(user_id)

    # Rows

    def insert(self, table: str, row: Row) -> str:
        """Make a row as SYSTEM would, unless the row names its owner; its id."""
        return self.rows.insert(table, row, by=self.system_user)

    def get(self, table: str, id: str) -> Row | None:  # noqa: A002 - the word everybody uses for it
        """A row by its primary key, or None."""
        return self.rows.get(table, id)

    def select(self, table: str, **members: Any) -> Sequence[Row]:
        """Rows whose columns equal these values."""
        return self.rows.find(table, **members)

    def update(self, table: str, id: str, changes: Row) -> None:  # noqa: A002 - as above
        """Change columns of a row. Raises Missing."""
        self.rows.update(table, id, changes)

    def delete(self, table: str, id: str) -> None:  # noqa: A002 - as above
        """Remove a row. Raises Missing."""
        self.rows.delete(table, id)


@cache
def _settings() -> sa.Select[Any]:
    return sa.select(sql_table("settings"))


@cache
def _rename(table: str) -> sa.Update:
    """What `personalise` changes in a table; `wanted` is the old organisation or the root business unit.

    Kept, because building a statement costs more than running it, and every new tenant runs all four.
    """
    sql, wanted = sql_table(table), sa.bindparam("wanted", type_=sa.String)
    if table == "settings":
        return sa.update(sql).values({name: sa.bindparam(name) for name in _IDENTITY})
    if table == "organization":
        names: dict[str, Any] = {name: sa.bindparam(name) for name in ("organizationid", "name")}
        return sa.update(sql).where(sql.c.organizationid == wanted).values(names)
    if table == "publisher":
        renamed = sa.update(sql).where(sql.c.isreadonly == sa.false())
        return renamed.values({name: sa.bindparam(name) for name in ("uniquename", "friendlyname")})
    renamed = sa.update(sql).where(sql.c.businessunitid == wanted)
    if table == "team":
        renamed = renamed.where(sql.c.isdefault == sa.true())
    return renamed.values(name=sa.bindparam("name"))
