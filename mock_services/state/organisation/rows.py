"""Rows of any table: made, read, changed and removed, with the members the platform fills in by itself.

No security here: who may is the service's to decide.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.errors import Missing, Taken
from mock_services.state.organisation.definitions import Table
from mock_services.state.organisation.schema import Schema, sql_table, type_column
from mock_services.state.store import Store

Row = Mapping[str, Any]
_SUFFIX_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"
_SUFFIX_DIGITS = "0123456789"
SHARES = "principalobjectaccess"
"""The table of what is shared with whom."""
_ON_BEHALF: ContextVar[str | None] = ContextVar("on_behalf", default=None)


@contextmanager
def acting_for(user: str | None) -> Iterator[None]:
    """Rows written meanwhile carry this systemuser as who really wrote them; None for nobody but `by`."""
    token = _ON_BEHALF.set(user)
    try:
        yield
    finally:
        _ON_BEHALF.reset(token)


class Rows:
    """The tables of one organisation, as its `schema` has them."""

    def __init__(self, store: Store, *, schema: Schema, clock: FakeClock, chance: Chance) -> None:
        self.store = store
        self.schema = schema
        self.clock = clock
        self.chance = chance

    def now(self) -> str:
        """The clock's instant as the wire spells it: UTC, whole seconds."""
        return spell_instant(self.clock.now())

    def get(self, table: str, id: str) -> Row | None:  # noqa: A002 - the word everybody uses for it
        """The row with this primary key, or None."""
        return self.store.row(_by_id(self.schema.sql(table), self.schema.table(table).primary_id), {"wanted": id})

    def require(self, table: str, id: str) -> Row:  # noqa: A002 - as above
        """The row with this primary key. Raises Missing."""
        row = self.get(table, id)
        if row is None:
            raise Missing(table, id)
        return row

    def find(self, table: str, **members: Any) -> Sequence[Row]:
        """Rows whose columns equal these values, oldest first."""
        return self.store.rows(
            _where(self.schema.sql(table), tuple(sorted(members))), {f"w_{k}": v for k, v in members.items()}
        )

    def insert(self, table: str, row: Row, *, by: str | None = None) -> str:
        """Make a row and return its id; defaults, stamps, owner and computed members are filled in.

        `by` is the systemuser who makes it. Raises Taken for a primary key that is in use.
        """
        definition = self.schema.table(table)
        made = _defaults(definition) | dict(row)
        key = definition.primary_id
        made[key] = made.get(key) or self.chance.guid()
        with self.store.transaction():
            made["versionnumber"] = self.next_version()
            self._stamp_new(definition, made, by)
            if definition.ownership == "User":
                self._settle_owner(made)
            self._derive(definition, made, made)
            try:
                self.store.write(self.schema.sql(table).insert(), self._storable(definition, made))
            except sa.exc.IntegrityError:
                raise Taken(table, made[key]) from None
        return str(made[key])

    def update(self, table: str, id: str, changes: Row, *, by: str | None = None) -> None:  # noqa: A002 - as above
        """Change columns of a row. Raises Missing."""
        definition = self.schema.table(table)
        with self.store.transaction():
            before = self.require(table, id)
            changed = dict(changes) | {"versionnumber": self.next_version()}
            if "modifiedon" in definition.columns:
                changed["modifiedon"] = self.now()
                changed["modifiedby"] = by or before["modifiedby"]
                changed["modifiedonbehalfby"] = _ON_BEHALF.get()
            after = dict(before) | changed
            if "ownerid" in changes and definition.ownership == "User":
                self._settle_owner(after)
                owners = ("ownerid", "owninguser", "owningteam", "owningbusinessunit", type_column("ownerid"))
                changed |= {name: after[name] for name in owners}
            self._derive(definition, after, changed)
            sql, stored = self.schema.sql(table), self._storable(definition, changed)
            self.store.write(sa.update(sql).where(sql.c[definition.primary_id] == id).values(**stored))

    def delete(self, table: str, id: str) -> None:  # noqa: A002 - as above
        """Remove a row, and the shares of it and with it. Raises Missing."""
        sql = self.schema.sql(table)
        if not self.store.write(sa.delete(sql).where(sql.c[self.schema.table(table).primary_id] == id)):
            raise Missing(table, id)
        if self.schema.table(table).ownership == "User" or table in ("systemuser", "team"):
            self.store.write(_shares_gone(), {"gone": id})

    def unlink(self, table: str, lookup: str, id: str) -> None:  # noqa: A002 - as above
        """Empty a lookup wherever it points at this row."""
        sql = self.schema.sql(table)
        emptied = {lookup: None} | ({type_column(lookup): None} if type_column(lookup) in sql.c else {})
        self.store.write(sa.update(sql).where(sql.c[lookup] == id).values(**emptied))

    def next_version(self) -> int:
        """The organisation's row version, one further on; call it inside a transaction."""
        return self._count("version")

    def _count(self, counter: str) -> int:
        return int(self.store.value(_one_further(counter)))

    def _stamp_new(self, definition: Table, made: dict[str, Any], by: str | None) -> None:
        if "createdon" not in definition.columns:
            return
        now = self.now()
        made["createdon"] = made.get("overriddencreatedon") or now
        if made.get("overriddencreatedon"):
            made["overriddencreatedon"] = now
        made["modifiedon"] = now
        made["createdby"] = made["modifiedby"] = by
        made["createdonbehalfby"] = made["modifiedonbehalfby"] = _ON_BEHALF.get()
        if definition.ownership == "User" and not made.get("ownerid"):
            made["ownerid"], made[type_column("ownerid")] = by, "systemuser"

    def _settle_owner(self, made: dict[str, Any]) -> None:
        """Set what follows from the owner: owning user or team, and the owning business unit."""
        kind = made.get(type_column("ownerid")) or "systemuser"
        made[type_column("ownerid")] = kind
        owner = self.get(kind, made["ownerid"]) if made.get("ownerid") else None
        made["owninguser"] = made["ownerid"] if kind == "systemuser" else None
        made["owningteam"] = made["ownerid"] if kind == "team" else None
        made["owningbusinessunit"] = owner["businessunitid"] if owner else None

    def _derive(self, definition: Table, whole: Row, changed: dict[str, Any]) -> None:
        derive = _DERIVED.get(definition.logical)
        if derive:
            changed.update(derive(self, whole))

    def _storable(self, definition: Table, row: Row) -> dict[str, Any]:
        columns = self.schema.sql(definition.logical).c
        made = {name: value for name, value in row.items() if name in columns}
        if definition.states and made.get("statecode") is not None and made.get("statuscode") is None:
            made["statuscode"] = definition.default_status(made["statecode"])
        return made

    def _name_in(self, table: str | None, id: str | None) -> str | None:  # noqa: A002 - as above
        if not table or not id:
            return None
        row = self.get(table, id)
        name = self.schema.table(table).primary_name
        return row[name] if row and name else None

    def _incident(self, row: Row) -> Row:
        return {} if row.get("ticketnumber") else {"ticketnumber": self._ticket_number()}

    def _ticket_number(self) -> str:
        """`CAS-01000-X6J1B0`: prefix, counter of five digits, letters and digits in turn (a recorded row)."""
        letters = self.chance.text(3, _SUFFIX_LETTERS)
        digits = self.chance.text(3, _SUFFIX_DIGITS)
        suffix = "".join(letter + digit for letter, digit in zip(letters, digits, strict=True))
        return f"CAS-{self._count('ticket'):05d}-{suffix}"

    def _person(self, row: Row) -> Row:
        parts = (row.get("firstname"), row.get("middlename"), row.get("lastname"))
        return {"fullname": " ".join(part for part in parts if part) or None}

    def _annotation(self, row: Row) -> Row:
        body = row.get("documentbody")
        return {"filesize": len(body.rstrip("=")) * 3 // 4 if body else None}

    def _queue_item(self, row: Row) -> Row:
        table = row.get(type_column("objectid"))
        if not table:
            return {}
        title = self._name_in(table, row.get("objectid"))
        return {
            "title": title[:300] if title else None,
            "objecttypecode": self.schema.table(table).code,
            "enteredon": row.get("enteredon") or self.now(),
        }


_DERIVED: Mapping[str, Callable[[Rows, Row], Row]] = {
    "incident": Rows._incident,
    "contact": Rows._person,
    "systemuser": Rows._person,
    "annotation": Rows._annotation,
    "queueitem": Rows._queue_item,
}


def spell_instant(instant: datetime) -> str:
    """An aware instant as Dataverse writes it: `2026-01-31T09:00:00Z`, fractions dropped."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=16)
def _one_further(counter: str) -> sa.Executable:
    settings = sql_table("settings")
    column = settings.c[counter]
    return sa.update(settings).values({counter: column + 1}).returning(column)


@cache
def _shares_gone() -> sa.Delete:
    shares = sql_table(SHARES)
    gone: sa.BindParameter[str] = sa.bindparam("gone")
    return sa.delete(shares).where(sa.or_(shares.c.objectid == gone, shares.c.principalid == gone))


@lru_cache(maxsize=512)
def _by_id(sql: sa.Table, key: str) -> sa.Select[Any]:
    return sa.select(sql).where(sql.c[key] == sa.bindparam("wanted"))


@lru_cache(maxsize=512)
def _where(sql: sa.Table, columns: tuple[str, ...]) -> sa.Select[Any]:
    return sa.select(sql).where(*(sql.c[name] == sa.bindparam(f"w_{name}") for name in columns))


def _defaults(definition: Table) -> dict[str, Any]:
    return dict(definition.defaults) | ({"statecode": definition.states[0].value} if definition.states else {})
