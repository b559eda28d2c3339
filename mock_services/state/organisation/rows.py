"""Rows of any table: made, read, changed and removed, with the members the platform fills in by itself.

No security here: who may is the service's to decide.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.errors import Missing, Taken
from mock_services.state.organisation.definitions import Table, tables
from mock_services.state.organisation.schema import sql_table, type_column
from mock_services.state.store import Store

Row = Mapping[str, Any]
_SUFFIX_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"
_SUFFIX_DIGITS = "0123456789"


class Rows:
    """The tables of one organisation."""

    def __init__(self, store: Store, *, clock: FakeClock, chance: Chance) -> None:
        self.store = store
        self.clock = clock
        self.chance = chance

    def now(self) -> str:
        """The clock's instant as the wire spells it: UTC, whole seconds."""
        return spell_instant(self.clock.now())

    def get(self, table: str, id: str) -> Row | None:  # noqa: A002 - the word everybody uses for it
        """The row with this primary key, or None."""
        return self.store.row(_by_id(table), {"wanted": id})

    def require(self, table: str, id: str) -> Row:  # noqa: A002 - as above
        """The row with this primary key. Raises Missing."""
        row = self.get(table, id)
        if row is None:
            raise Missing(table, id)
        return row

    def find(self, table: str, **members: Any) -> Sequence[Row]:
        """Rows whose columns equal these values, oldest first."""
        return self.store.rows(_where(table, tuple(sorted(members))), {f"w_{k}": v for k, v in members.items()})

    def insert(self, table: str, row: Row, *, by: str | None = None) -> str:
        """Make a row and return its id; defaults, stamps, owner and computed members are filled in.

        `by` is the systemuser who makes it. Raises Taken for a primary key that is in use.
        """
        definition = tables()[table]
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
                self.store.write(sql_table(table).insert(), _storable(definition, made))
            except sa.exc.IntegrityError:
                raise Taken(table, made[key]) from None
        return str(made[key])

    def update(self, table: str, id: str, changes: Row, *, by: str | None = None) -> None:  # noqa: A002 - as above
        """Change columns of a row. Raises Missing."""
        definition = tables()[table]
        with self.store.transaction():
            before = self.require(table, id)
            changed = dict(changes) | {"versionnumber": self.next_version()}
            if "modifiedon" in definition.columns:
                changed["modifiedon"] = self.now()
                changed["modifiedby"] = by or before["modifiedby"]
            after = dict(before) | changed
            if "ownerid" in changes and definition.ownership == "User":
                self._settle_owner(after)
                owners = ("ownerid", "owninguser", "owningteam", "owningbusinessunit", type_column("ownerid"))
                changed |= {name: after[name] for name in owners}
            self._derive(definition, after, changed)
            sql = sql_table(table)
            self.store.write(
                sa.update(sql).where(sql.c[definition.primary_id] == id).values(**_storable(definition, changed))
            )

    def delete(self, table: str, id: str) -> None:  # noqa: A002 - as above
        """Remove a row. Raises Missing."""
        sql = sql_table(table)
        if not self.store.write(sa.delete(sql).where(sql.c[tables()[table].primary_id] == id)):
            raise Missing(table, id)

    def unlink(self, table: str, lookup: str, id: str) -> None:  # noqa: A002 - as above
        """Empty a lookup wherever it points at this row."""
        sql = sql_table(table)
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

    def _name_in(self, table: str | None, id: str | None) -> str | None:  # noqa: A002 - as above
        if not table or not id:
            return None
        row = self.get(table, id)
        return row[tables()[table].primary_name] if row else None

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
            "objecttypecode": tables()[table].code,
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


@cache
def _one_further(counter: str) -> sa.Executable:
    settings = sql_table("settings")
    column = settings.c[counter]
    return sa.update(settings).values({counter: column + 1}).returning(column)


@cache
def _by_id(table: str) -> sa.Select[Any]:
    sql = sql_table(table)
    return sa.select(sql).where(sql.c[tables()[table].primary_id] == sa.bindparam("wanted"))


@cache
def _where(table: str, columns: tuple[str, ...]) -> sa.Select[Any]:
    sql = sql_table(table)
    return sa.select(sql).where(*(sql.c[name] == sa.bindparam(f"w_{name}") for name in columns))


@cache
def _default_values(logical: str) -> Mapping[str, Any]:
    definition = tables()[logical]
    return {c.name: c.default for c in definition.columns.values() if c.default is not None and c.stored}


def _defaults(definition: Table) -> dict[str, Any]:
    return dict(_default_values(definition.logical)) | ({"statecode": 0} if definition.states else {})


def _storable(definition: Table, row: Row) -> dict[str, Any]:
    columns = sql_table(definition.logical).c
    made = {name: value for name, value in row.items() if name in columns}
    if definition.states and made.get("statecode") is not None and made.get("statuscode") is None:
        made["statuscode"] = definition.default_status(made["statecode"])
    return made
