"""A customer's own `$metadata` (CSDL 4.0) as tables: their custom columns and tables over the standard ones.

CSDL says names, types and ways between tables. What it cannot say is kept from the standard definitions where they
exist, and guessed for the rest: who owns rows follows from the owner's lookup, privileges are named after the table,
texts have no length, and whole numbers no choices.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

from mock_services.state.organisation.definitions import Column, End, Lookup, State, Table, new_table
from mock_services.state.organisation.schema import Schema

MOST_BYTES = 64 * 1024 * 1024
MOST_TYPES = 5_000
_EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
_EDMX = "{http://docs.oasis-open.org/odata/ns/edmx}"
_NAMESPACE = "Microsoft.Dynamics.CRM"
_FIRST_CODE = 10_900
_TYPES = {
    "Edm.String": "string", "Edm.Int32": "int", "Edm.Int64": "bigint", "Edm.Boolean": "bool", "Edm.Guid": "guid",
    "Edm.DateTimeOffset": "datetime", "Edm.Date": "date", "Edm.Decimal": "money", "Edm.Double": "double",
}  # fmt: skip
_ABSTRACT = {"crmbaseentity", "expando", "crmmodelbaseentity"}
_STATES = (State(0, "Active", {1: "Active"}), State(1, "Inactive", {2: "Inactive"}))
_STAMPS = {"createdon", "modifiedon", "versionnumber"}
_RESERVED = {"settings", "definitions"}


_FEWER = "leave out the tables that the integration never meets"
_SAVE = "save <environment>/api/data/v9.2/$metadata itself"


class BadMetadata(ValueError):
    """The file is no `$metadata` of a Dataverse organisation, or more than can be taken in; says what to do."""


@dataclass
class _Way:
    """One navigation property."""

    name: str
    target: str
    is_collection: bool
    partner: str
    lookup: str
    """The lookup that it follows; "" for a collection."""


@dataclass
class _Type:
    """One entity type as the file has it."""

    name: str
    base: str
    key: str
    properties: dict[str, str] = field(default_factory=dict)
    ways: list[_Way] = field(default_factory=list)


def read_metadata(path: Path, schema: Schema) -> list[Table]:
    """The tables of a file that differ from those of `schema`, or are not in it. Raises BadMetadata."""
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
    except OSError as problem:
        why = (problem.strerror or "no access").lower()
        raise BadMetadata(f"{path} cannot be read ({why}); name a file saved from <environment>/$metadata") from None
    if data is None:
        megabytes = MOST_BYTES // 1024 // 1024
        raise BadMetadata(f"{path} is larger than {megabytes} MB; {_FEWER}")
    return tables_of(data, schema)


def tables_of(data: bytes, schema: Schema) -> list[Table]:
    """As `read_metadata`, from the document itself."""
    types, sets = _parse(data)
    kept = [each for each in types.values() if _is_table(each, sets)]
    made = [_table(each, types, sets, schema, number) for number, each in enumerate(kept)]
    joined = _joined(types, {table.logical: table for table in made})
    return [table for table in joined if table != schema.tables.get(table.logical)]


def _parse(data: bytes) -> tuple[dict[str, _Type], dict[str, str]]:
    """The entity types by name, and the name of each one's set."""
    start = data[:4_096].lstrip()
    if start[:9].lower() in (b"<!doctype", b"<html") or b"<html" in start[:500].lower():
        raise BadMetadata(f"the file is a web page, perhaps of a sign-in; {_SAVE}")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise BadMetadata("the file declares types or entities, which no $metadata does; save it anew")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - bounded, and without declarations of entities
    except ElementTree.ParseError as problem:
        raise BadMetadata(f"the file is no whole XML document ({problem}); save it anew") from None
    if root.tag != f"{_EDMX}Edmx":
        old = " but of 2 or 3, which Dataverse spoke before v9" if root.tag.endswith("}Edmx") else ""
        raise BadMetadata(f"the file is no $metadata of OData 4{old}; {_SAVE}")
    schemas = [each for each in root.iter(f"{_EDM}Schema") if each.get("Namespace") == _NAMESPACE]
    if not schemas:
        raise BadMetadata(f"the file has no schema {_NAMESPACE}; it is of another service than Dataverse")
    types = {each.name: each for schema in schemas for each in _types(schema)}
    if len(types) > MOST_TYPES:
        raise BadMetadata(f"the file has more than {MOST_TYPES} tables; {_FEWER}")
    sets = {
        _bare(element.get("EntityType", "")): element.get("Name", "")
        for schema in schemas
        for element in schema.iter(f"{_EDM}EntitySet")
    }
    return types, sets


def _types(schema: ElementTree.Element) -> Iterator[_Type]:
    for element in schema.iterfind(f"{_EDM}EntityType"):
        key = element.find(f"{_EDM}Key/{_EDM}PropertyRef")
        key_name = key.get("Name", "") if key is not None else ""
        made = _Type(element.get("Name", ""), _bare(element.get("BaseType", "")), key_name)
        for each in element.iterfind(f"{_EDM}Property"):
            made.properties[each.get("Name", "")] = each.get("Type", "")
        for each in element.iterfind(f"{_EDM}NavigationProperty"):
            kind = each.get("Type", "")
            constraint = each.find(f"{_EDM}ReferentialConstraint")
            value = constraint.get("Property", "") if constraint is not None else ""
            is_collection = kind.startswith("Collection(")
            made.ways.append(
                _Way(
                    each.get("Name", ""),
                    _bare(kind.removeprefix("Collection(").removesuffix(")")),
                    is_collection,
                    each.get("Partner", ""),
                    value.removeprefix("_").removesuffix("_value"),
                )
            )
        yield made


def _bare(name: str) -> str:
    return name.rpartition(".")[2]


def _is_table(each: _Type, sets: Mapping[str, str]) -> bool:
    return each.name in sets and each.name not in _ABSTRACT and each.name not in _RESERVED and bool(each.name)


def _all_properties(each: _Type, types: Mapping[str, _Type]) -> dict[str, str]:
    base = types.get(each.base)
    return (_all_properties(base, types) if base is not None and base is not each else {}) | each.properties


def _all_ways(each: _Type, types: Mapping[str, _Type]) -> list[_Way]:
    base = types.get(each.base)
    return [*(_all_ways(base, types) if base is not None and base is not each else ()), *each.ways]


def _table(each: _Type, types: Mapping[str, _Type], sets: Mapping[str, str], schema: Schema, number: int) -> Table:
    known = schema.tables.get(each.name)
    properties = _all_properties(each, types)
    lookups = _lookups(each, types, properties)
    columns = {
        name: Column(name, _TYPES[kind], custom="_" in name, schema=name)
        for name, kind in properties.items()
        if kind in _TYPES and not (name.startswith("_") and name.endswith("_value"))
    }
    if known is not None:
        base = schema.tables.get(known.base)
        inherited = {*base.columns, *base.lookups} if base is not None else set()
        return _enriched(known, columns, lookups, inherited, sets[each.name])
    key = each.key or _key_of(types, each.base) or f"{each.name}id"
    columns.pop(key, None)
    has_states = {"statecode", "statuscode"} <= set(columns)
    ownership = "User" if "ownerid" in lookups else "Organization"
    stamped = set(columns) >= _STAMPS
    for name in ("statecode", "statuscode") if has_states else ():
        columns.pop(name)
    return new_table(
        columns=columns,
        lookups=lookups,
        states=_STATES if has_states else (),
        has_system_columns=stamped,
        logical=each.name,
        set=sets[each.name],
        schema=each.name,
        label=each.name.rpartition("_")[2].title(),
        code=_FIRST_CODE + number,
        primary_id=key,
        primary_name=_name_of(columns),
        ownership=ownership,
        word=each.name,
        base=each.base if each.base == "activitypointer" else "crmbaseentity",
        activity=each.base == "activitypointer",
        custom=True,
    )


def _key_of(types: Mapping[str, _Type], base: str) -> str:
    found = types.get(base)
    return found.key or _key_of(types, found.base) if found is not None else ""


def _name_of(columns: Mapping[str, Column]) -> str:
    """The primary name, which CSDL does not tell: the column that is called so."""
    texts = [name for name, column in columns.items() if column.type == "string"]
    for fits in ("name", "subject", "title", "fullname"):
        if fits in texts:
            return fits
    return next((name for name in texts if name.endswith("_name")), "")


def _lookups(each: _Type, types: Mapping[str, _Type], properties: Mapping[str, str]) -> dict[str, Lookup]:
    found: dict[str, Lookup] = {}
    names = [name[1:-6] for name in properties if name.startswith("_") and name.endswith("_value")]
    ways = _all_ways(each, types)
    for name in names:
        mine = [way for way in ways if not way.is_collection and way.lookup == name]
        targets: dict[str, str] = {}
        for way in mine:
            for target in ("systemuser", "team") if way.target == "principal" else (way.target,):
                targets.setdefault(target, way.name)
        collections = {way.target: way.partner for way in mine if way.partner and way.target != "principal"}
        found[name] = Lookup(
            name, targets, collections, polymorphic=len(targets) > 1, custom="_" in name,
            schema=mine[0].name if mine else name,
        )  # fmt: skip
    return found


def _enriched(
    known: Table, columns: Mapping[str, Column], lookups: Mapping[str, Lookup], inherited: Set[str], set_name: str
) -> Table:
    """A standard table with what the file has besides; what is known of its columns already stays.

    What an activity inherits from all activities is none of its own columns, though the document shows it with them.
    """
    held = {*known.columns, *known.lookups, *inherited, "ownerid"}
    own = {name: column for name, column in columns.items() if name not in held}
    ways = {name: lookup for name, lookup in lookups.items() if name not in held and lookup.targets}
    if not own and not ways and set_name == known.set:
        return known
    return replace(known, set=set_name, columns={**known.columns, **own}, lookups={**known.lookups, **ways})


def _joined(types: Mapping[str, _Type], tables: dict[str, Table]) -> list[Table]:
    """Many-to-many relationships: two collections that name each other, kept in the table that holds both ids."""
    for each in types.values():
        for way in each.ways:
            other = types.get(way.target)
            if not way.is_collection or other is None or each.name not in tables or way.target not in tables:
                continue
            backs = (w for w in other.ways if w.is_collection and w.name == way.partner and w.target == each.name)
            back = next(backs, None)
            intersect = tables.get(way.name.lower())
            if back is None or intersect is None or intersect.ends or not intersect.custom:
                continue
            near, far = f"{each.name}id", f"{way.target}id"
            if near != far and near in intersect.columns and far in intersect.columns:
                ends = (End(each.name, near, way.name), End(way.target, far, back.name))
                tables[intersect.logical] = replace(
                    intersect, ends=ends, unique=(near, far), read_only=True, verbs=(), word="", ownership="None",
                    governed_by=tables[each.name].word or "Account", lookups={}, states=(),
                )  # fmt: skip
    return list(tables.values())
