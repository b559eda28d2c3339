"""A `$metadata` document as tables: a customer's custom columns and tables over the standard ones.

CSDL says names, types and ways between tables. What it cannot say is kept from the standard definitions where they
exist, and guessed for the rest: who owns rows follows from the lookups there are, privileges are named after the
table, texts have no length, whole numbers no choices unless an annotation or an enumeration names them, labels follow
from names, and a table with states is active or inactive.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from mock_services.state.organisation.csdl.document import (
    AGAIN,
    MOST_COLUMNS,
    BadMetadata,
    Document,
    Property,
    Type,
    Way,
    bare,
    inherited,
)
from mock_services.state.organisation.definitions import (
    VERBS,
    Column,
    Lookup,
    State,
    Table,
    new_table,
)
from mock_services.state.organisation.schema import Schema

FIRST_CODE = 10_900
RESERVED = frozenset({"settings", "definitions", "choices"})
"""Tables of the database that are the fakes' own."""
POINTER = "activitypointer"
_ABSTRACT = frozenset({"crmbaseentity", "expando", "crmmodelbaseentity", "principal"})
_KINDS = {
    "Edm.String": "string", "Edm.Int32": "int", "Edm.Int64": "bigint", "Edm.Boolean": "bool", "Edm.Guid": "guid",
    "Edm.DateTimeOffset": "datetime", "Edm.Date": "date", "Edm.Decimal": "decimal", "Edm.Double": "double",
    "Edm.Int16": "int", "Edm.Byte": "int", "Edm.Single": "double",
}  # fmt: skip
_STATES = (State(0, "Active", {1: "Active"}), State(1, "Inactive", {2: "Inactive"}))
_STAMPS = frozenset({"createdon", "modifiedon", "versionnumber"})
_KEPT_BY_PLATFORM = frozenset({"createdon", "modifiedon", "versionnumber", "createdby", "modifiedby"})


class Reading:
    """The tables of a document over those of a schema."""

    def __init__(self, document: Document, schema: Schema) -> None:
        self._document = document
        self._schema = schema
        self._standard = schema.tables
        self.left_out: dict[str, int] = {}
        """Types of properties that the fakes do not keep -> how many there are."""

    def tables(self) -> dict[str, Table]:
        """Every table of the document. Raises BadMetadata."""
        found: dict[str, Table] = {}
        for name in self._document.types:
            if name in self._document.sets and name not in _ABSTRACT and name not in RESERVED:
                found[name] = self._table(name, len(found))
        return found

    def _table(self, name: str, number: int) -> Table:
        line = self._document.line(name)
        lookups = dict(self._lookups(line))
        columns = {each.name: each for each in self._columns(line, lookups)}
        if len(columns) + 2 * len(lookups) > MOST_COLUMNS:
            raise BadMetadata(f"the file's table {name} has more than {MOST_COLUMNS:,} columns; {AGAIN} without some")
        folded = {each.lower() for each in (*columns, *lookups)}
        if len(folded) != len(columns) + len(lookups):
            raise BadMetadata(f"the file's table {name} has two columns whose names differ in case alone; {AGAIN}")
        known = self._standard.get(name)
        if known is not None:
            base = self._standard.get(known.base)
            held = {*base.columns, *base.lookups} if base is not None else set[str]()
            return _enriched(known, line[0], columns, lookups, held=held, set_name=self._document.sets[name])
        return self._new(line, columns, lookups, number)

    def _columns(self, line: list[Type], lookups: Mapping[str, Lookup]) -> Iterator[Column]:
        known = self._standard.get(line[0].name)
        properties = list(inherited(line))
        decimals = {each.name for each in properties if each.type == "Edm.Decimal"}
        for each in properties:
            if each.name.startswith("_") and each.name.endswith("_value"):
                continue
            if not each.name.isidentifier():
                raise BadMetadata(f"the file names a column {each.name[:80]!r} of {line[0].name}; {AGAIN}")
            kind = self._kind(each)
            if kind is None:
                if known is None or each.name not in known.columns:
                    self.left_out[each.type] = self.left_out.get(each.type, 0) + 1
                continue
            options: Mapping[int, str] = each.options if kind in ("int", "picklist") else {}
            if kind == "int" and (options or bare(each.type) in self._document.enumerations):
                kind, options = "picklist", options or self._document.enumerations[bare(each.type)]
            if kind == "decimal" and "transactioncurrencyid" in lookups and _is_amount(each.name, decimals):
                kind = "money"
            changes = not each.read_only and each.name not in _KEPT_BY_PLATFORM
            yield Column(
                each.name, kind, options=options, custom="_" in each.name, schema=each.name, create=changes,
                update=changes, label=_label(each.name),
                traits={"Description": each.description} if each.description else {},
            )  # fmt: skip

    def _kind(self, each: Property) -> str | None:
        if bare(each.type) == "BooleanManagedProperty":
            return "managed"
        return "int" if bare(each.type) in self._document.enumerations else _KINDS.get(each.type)

    def _lookups(self, line: list[Type]) -> Iterator[tuple[str, Lookup]]:
        """The lookups of a type. Of a way that an activity has under two names, its own leads to one of several."""
        among = line[:1] if line[0].name in self._standard else line
        ways = [way for each in among for way in each.ways if not way.is_collection]
        for each in inherited(line):
            if not (each.name.startswith("_") and each.name.endswith("_value") and len(each.name) > 8):
                continue
            name = each.name[1:-6]
            mine = [way for way in ways if way.lookup == name]
            several = len({way.target for way in mine}) > 1
            targets: dict[str, str] = {}
            for way in mine if several else reversed(mine):
                for target in ("systemuser", "team") if way.target == "principal" else (way.target,):
                    targets.setdefault(target, way.name)
            backs = {way.target: way.partner for way in reversed(mine) if way.partner and way.target != "principal"}
            changes = name not in _KEPT_BY_PLATFORM  # the value is annotated as read-only whatever may be bound
            yield name, Lookup(
                name, targets, backs, polymorphic=len(targets) > 1, custom="_" in name, label=_label(name),
                schema=mine[0].name if mine else name, create=changes, update=changes,
                virtual=name == "organizationid",
            )  # fmt: skip

    def _new(self, line: list[Type], columns: dict[str, Column], lookups: dict[str, Lookup], number: int) -> Table:
        name, is_activity = line[0].name, any(each.name == POINTER for each in line[1:])
        key = next((each.key for each in line if each.key), f"{name}id")
        columns.pop(key, None)
        if is_activity and POINTER in self._standard:
            shared = self._standard[POINTER].columns
            columns |= {each: column for each, column in shared.items() if each in columns}
            columns["activitytypecode"] = Column(
                "activitytypecode", "entityname", fixed=name, create=False, update=False
            )
        states = _STATES if {"statecode", "statuscode"} <= set(columns) else ()
        for each in ("statecode", "statuscode") if states else ():
            columns.pop(each)
        ownership = _ownership(lookups)
        return new_table(
            columns=columns,
            lookups=lookups,
            states=states,
            has_system_columns=set(columns) >= _STAMPS,
            logical=name,
            set=self._document.sets[name],
            schema=name,
            label=_label(name),
            description=line[0].description,
            code=FIRST_CODE + number,
            primary_id=key,
            primary_name=_primary_name(columns),
            ownership=ownership,
            word="Activity" if is_activity else name,
            verbs=VERBS if ownership == "User" else VERBS[:-2],
            base=POINTER if is_activity else "crmbaseentity",
            activity=is_activity,
            keys={_key_name(name, each): tuple(map(_column_name, each)) for each in line[0].alternate_keys if each},
            custom=True,
        )


def _is_amount(name: str, decimals: Set[str]) -> bool:
    """Whether a number is an amount of money: each of them has one more in the base currency beside it."""
    return f"{name}_base" in decimals or (name.endswith("_base") and name.removesuffix("_base") in decimals)


def _ownership(lookups: Mapping[str, Lookup]) -> str:
    if "ownerid" in lookups:
        return "User"
    return "BusinessUnit" if {"owningbusinessunit", "businessunitid"} <= set(lookups) else "Organization"


def _label(name: str) -> str:
    return name.rpartition("_")[2].title() or name


def _primary_name(columns: Mapping[str, Column]) -> str:
    """The primary name, which CSDL does not tell: the column that is called so."""
    texts = [name for name, column in columns.items() if column.type == "string"]
    for fits in ("name", "subject", "title", "fullname"):
        if fits in texts:
            return fits
    return next((name for name in texts if name.endswith("_name")), "")


def _column_name(path: str) -> str:
    return path[1:-6] if path.startswith("_") and path.endswith("_value") else path


def _key_name(table: str, columns: list[str]) -> str:
    """CSDL names columns of alternate keys and not the keys."""
    return f"{table}_{'_'.join(map(_column_name, columns))}_key"


def _enriched(
    known: Table,
    read: Type,
    columns: Mapping[str, Column],
    lookups: Mapping[str, Lookup],
    *,
    held: Set[str],
    set_name: str,
) -> Table:
    """A standard table with what the document has besides; what is known of its columns already stays.

    What an activity inherits from all activities is none of its own columns, though the document shows it with them.
    """
    present = {*known.columns, *known.lookups, *held, "ownerid"}
    own = {name: column for name, column in columns.items() if name not in present}
    ways = {name: lookup for name, lookup in lookups.items() if name not in present and lookup.targets}
    wider = {name: _wider(lookup, lookups[name]) for name, lookup in known.lookups.items() if name in lookups}
    keyed = {tuple(each) for each in known.keys.values()}
    new = [each for each in read.alternate_keys if each and tuple(map(_column_name, each)) not in keyed]
    return replace(
        known,
        set=set_name,
        columns={**known.columns, **own},
        lookups={**known.lookups, **wider, **ways},
        keys={**known.keys, **{_key_name(known.logical, each): tuple(map(_column_name, each)) for each in new}},
    )


def _wider(known: Lookup, read: Lookup) -> Lookup:
    """A standard lookup with the tables that it leads to here besides, and the names of the ways back."""
    targets = {target: name for target, name in read.targets.items() if target not in known.targets}
    backs = {target: name for target, name in read.collections.items() if target in {*known.targets, *targets}}
    if not targets and backs.items() <= known.collections.items():
        return known
    polymorphic = known.polymorphic or len(known.targets) + len(targets) > 1
    return replace(
        known,
        targets={**known.targets, **targets},
        collections={**known.collections, **backs},
        polymorphic=polymorphic,
    )


def attaching(tables: dict[str, Table]) -> dict[str, Table]:
    """The tables, those that notes or items of queues lead to told so."""
    led_to = {keeper: _targets(tables, keeper) for keeper in ("annotation", "queueitem")}
    return {
        name: replace(
            table,
            notes=table.notes or name in led_to["annotation"],
            queues=table.queues or name in led_to["queueitem"],
        )
        if table.custom
        else table
        for name, table in tables.items()
    }


def _targets(tables: Mapping[str, Table], keeper: str) -> Set[str]:
    lookup = tables[keeper].lookups.get("objectid") if keeper in tables else None
    return set(lookup.targets) if lookup is not None else set()


def without_doubles(tables: dict[str, Table], schema: Schema) -> dict[str, Table]:
    """The tables without ways back that have the name of another: the document's own names win over generated ones."""
    used: dict[tuple[str, str], tuple[str, str]] = {}
    everything = {**schema.tables, **tables}
    changed: dict[str, Table] = {}
    read_first = sorted(everything.values(), key=lambda table: table.logical not in tables)
    for table in read_first:
        lookups = dict(table.lookups)
        for lookup in table.lookups.values():
            kept = {
                target: name
                for target, name in lookup.collections.items()
                if used.setdefault((target, name), (table.logical, lookup.name)) == (table.logical, lookup.name)
            }
            if kept != lookup.collections:
                lookups[lookup.name] = replace(lookup, collections=kept)
        if lookups != table.lookups:
            changed[table.logical] = replace(table, lookups=lookups)
    return {**tables, **changed}


def way_back(document: Document, near: Type, way: Way) -> Way | None:
    """The collection at the other end of a many-to-many relationship, or None where a way is none."""
    other = document.types.get(way.target)
    if not way.is_collection or other is None:
        return None
    fits = (each for each in other.ways if each.is_collection and each.name == way.partner and each.target == near.name)
    return next(fits, None)
