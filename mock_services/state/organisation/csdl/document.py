"""A `$metadata` document (CSDL 4.0) as it is read: entity types, their sets and enumerations, nothing judged yet.

Read in one pass and in pieces, because a real one has some ten megabytes. Declarations of types and entities, by which
XML swells, are refused where they begin.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

MOST_BYTES = 64 * 1024 * 1024
MOST_TYPES = 5_000
MOST_COLUMNS = 1_900
"""Of a type, what it inherits included: SQLite, which keeps the rows, takes 2,000."""
NAMESPACE = "Microsoft.Dynamics.CRM"
FEWER = "leave out the tables that the integration never meets"
SAVE = "save <environment>/api/data/v9.2/$metadata itself"
AGAIN = "save it anew"
_EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
_EDMX = "{http://docs.oasis-open.org/odata/ns/edmx}"
_DEEPEST = 60
_PIECE = 256 * 1024
_DESCRIPTION, _SYMBOL = "Org.OData.Core.V1.Description", "Org.OData.Core.V1.SymbolicName"
_COMPUTED, _PERMISSIONS = "Org.OData.Core.V1.Computed", "Org.OData.Core.V1.Permissions"
_ALLOWED, _KEYS = "Org.OData.Validation.V1.AllowedValues", "OData.Community.Keys.V1.AlternateKeys"


class BadMetadata(ValueError):
    """The file is no `$metadata` of a Dataverse organisation, or more than can be taken in; says what to do."""


@dataclass
class Property:
    """One property of a type."""

    name: str
    type: str
    description: str = ""
    read_only: bool = False
    options: dict[int, str] = field(default_factory=dict)
    """Its allowed values, where an annotation names them."""


@dataclass
class Way:
    """One navigation property."""

    name: str
    target: str
    is_collection: bool
    partner: str
    lookup: str = ""
    """The lookup that it follows; "" for a collection."""


@dataclass
class Type:
    """One entity type."""

    name: str
    base: str
    key: str = ""
    description: str = ""
    properties: dict[str, Property] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    alternate_keys: list[list[str]] = field(default_factory=list)


@dataclass(eq=False)
class Document:
    """What a document holds. It is itself alone, so that what is made of it can be kept by it."""

    types: dict[str, Type] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)
    """Type -> the name of its set."""
    enumerations: dict[str, dict[int, str]] = field(default_factory=dict)

    def line(self, name: str) -> list[Type]:
        """A type and those it inherits from, itself first."""
        found: list[Type] = []
        while name in self.types and self.types[name] not in found:
            found.append(self.types[name])
            name = found[-1].base
        return found


def read_document(data: bytes) -> Document:
    """The document in these bytes. Raises BadMetadata."""
    _refuse_other_kinds(data)
    reader = _Reader()
    parser = ElementTree.XMLParser(target=reader)  # noqa: S314 - the reader refuses every declaration
    try:
        for start in range(0, len(data), _PIECE):
            parser.feed(data[start : start + _PIECE])
        parser.close()
    except (ElementTree.ParseError, LookupError) as problem:
        raise BadMetadata(f"the file is no whole XML document ({problem}); {AGAIN}") from None
    except BadMetadata:
        raise
    except ValueError as problem:  # an encoding that the parser does not know
        raise BadMetadata(f"the file is in an encoding that cannot be read ({problem}); save it as UTF-8") from None
    if not reader.is_dataverse:
        raise BadMetadata(f"the file has no schema {NAMESPACE}, so it is of another service than Dataverse; {SAVE}")
    return reader.document


def _refuse_other_kinds(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise BadMetadata(f"the file is larger than {MOST_BYTES // 1024 // 1024} MB; {FEWER}")
    start = data[:4_096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise BadMetadata(f"the file is empty; {SAVE}")
    if start[:14].lower() == b"<!doctype html" or b"<html" in start[:500].lower():
        raise BadMetadata(f"the file is a web page, perhaps of a sign-in; {SAVE}")
    if start[:1] in b"{[":
        raise BadMetadata(f"the file is JSON, and $metadata is XML; {SAVE}")


def bare(name: str) -> str:
    """The name of a type without its namespace and without `Collection(…)`."""
    return name.removeprefix("Collection(").removesuffix(")").rpartition(".")[2]


class _Reader:
    """What the parser tells of each element. Names in the stack are without their namespace."""

    def __init__(self) -> None:
        self.document = Document()
        self.is_dataverse = False
        self._seen: set[str] = set()
        self._stack: list[str] = []
        self._terms: list[str] = []
        self._inside = False
        self._type: Type | None = None
        self._property: Property | None = None
        self._way: Way | None = None
        self._members: dict[int, str] | None = None
        self._option: list[Any] = [None, ""]
        self._text: list[str] = []

    def doctype(self, name: str, _public: str | None, _system: str | None) -> None:
        """A declaration of a document type: no `$metadata` has one."""
        raise BadMetadata(f"the file declares a document type ({name[:40]}), which no $metadata does; {AGAIN}")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if not self._stack and tag != f"{_EDMX}Edmx":
            old = " but of 2 or 3, which Dataverse spoke before v9" if tag.endswith("}Edmx") else ""
            raise BadMetadata(f"the file is no $metadata of OData 4{old}; {SAVE}")
        name = tag.removeprefix(_EDM).removeprefix(_EDMX)
        self._stack.append(name)
        if len(self._stack) > _DEEPEST:
            raise BadMetadata(f"the file nests more than {_DEEPEST} elements, which no $metadata does; {AGAIN}")
        self._text = []
        if name == "Schema":
            self._inside = attributes.get("Namespace") == NAMESPACE
            self.is_dataverse |= self._inside
        elif name == "EntitySet":
            self.document.sets[bare(attributes.get("EntityType", ""))] = attributes.get("Name", "")
        elif self._inside and name in _STARTS:
            _STARTS[name](self, attributes)

    def data(self, text: str) -> None:
        """Text in an element."""
        self._text.append(text)

    def end(self, _tag: str) -> None:
        """An element ends."""
        name = self._stack.pop()
        if self._inside and name in ("String", "EnumMember", "Bool") and self._terms:
            self._told(self._terms[-1], "".join(self._text).strip())
        elif name == "Annotation" and self._terms:
            self._terms.pop()
        elif name == "Record":
            self._keep_option()
        elif name in _ENDS:
            setattr(self, _ENDS[name], None)

    def close(self) -> None:
        """The document ends."""

    def _entity_type(self, attributes: Mapping[str, str]) -> None:
        name = attributes.get("Name", "")
        if len(self.document.types) >= MOST_TYPES:
            raise BadMetadata(f"the file has more than {MOST_TYPES:,} tables; {FEWER}")
        if name.lower() in self._seen or not name.isidentifier():
            raise BadMetadata(f"the file has a type {name[:80]!r} twice, or by no name that a table may have; {AGAIN}")
        self._seen.add(name.lower())
        self._type = self.document.types[name] = Type(name, bare(attributes.get("BaseType", "")))

    def _key(self, attributes: Mapping[str, str]) -> None:
        if self._type is not None and self._stack[-2] == "Key":
            self._type.key = self._type.key or attributes.get("Name", "")

    def _member_property(self, attributes: Mapping[str, str]) -> None:
        if self._type is not None:
            self._property = Property(attributes.get("Name", ""), attributes.get("Type", ""))
            self._type.properties[self._property.name] = self._property

    def _navigation(self, attributes: Mapping[str, str]) -> None:
        if self._type is not None:
            kind = attributes.get("Type", "")
            is_collection = kind.startswith("Collection(")
            self._way = Way(attributes.get("Name", ""), bare(kind), is_collection, attributes.get("Partner", ""))
            self._type.ways.append(self._way)

    def _constraint(self, attributes: Mapping[str, str]) -> None:
        if self._way is not None:
            self._way.lookup = attributes.get("Property", "").removeprefix("_").removesuffix("_value")

    def _enumeration(self, attributes: Mapping[str, str]) -> None:
        self._members = {}
        if attributes.get("IsFlags") != "true":
            self.document.enumerations[attributes.get("Name", "")] = self._members

    def _member(self, attributes: Mapping[str, str]) -> None:
        if self._members is not None:
            value = _integer(attributes.get("Value", str(len(self._members))))
            if value is not None:
                self._members[value] = attributes.get("Name", "")

    def _annotation(self, attributes: Mapping[str, str]) -> None:
        term = attributes.get("Term", "").removeprefix("Org.OData.Core.V1.Core.")
        self._terms.append(term)
        told = attributes.get("String") or attributes.get("EnumMember") or attributes.get("Bool")
        if told is not None or term == _COMPUTED:
            self._told(term, told or "true")

    def _record(self, attributes: Mapping[str, str]) -> None:
        self._option = [None, ""]
        if self._type is not None and self._terms[-1:] == [_KEYS] and "AlternateKey" in attributes.get("Type", ""):
            self._type.alternate_keys.append([])

    def _value(self, attributes: Mapping[str, str]) -> None:
        if self._terms[-1:] == [_ALLOWED] and attributes.get("Property") == "Value":
            self._option[0] = _integer(attributes.get("Int", attributes.get("String", "")))
        elif self._terms[-1:] == [_KEYS] and "PropertyPath" in attributes:
            keys = self._type.alternate_keys if self._type is not None else []
            if keys:
                keys[-1].append(attributes["PropertyPath"])

    def _told(self, term: str, text: str) -> None:
        """What an annotation says of the innermost thing that it may be about."""
        if _ALLOWED in self._terms[:-1]:
            if term == _DESCRIPTION or (term == _SYMBOL and not self._option[1]):
                self._option[1] = text
        elif term == _DESCRIPTION:
            about = self._property or (self._type if self._stack[-2] == "EntityType" else None)
            if about is not None:
                about.description = text
        elif self._property is not None:
            is_computed = term == _COMPUTED and text == "true"
            self._property.read_only |= is_computed or (term == _PERMISSIONS and text.endswith("/Read"))

    def _keep_option(self) -> None:
        if self._terms[-1:] == [_ALLOWED] and self._property is not None and self._option[0] is not None:
            value, label = self._option
            self._property.options[value] = label or str(value)


def _integer(text: str) -> int | None:
    try:
        return int(text) if len(text) < 12 else None
    except ValueError:
        return None


_STARTS: Mapping[str, Callable[[_Reader, Mapping[str, str]], None]] = {
    "EntityType": _Reader._entity_type,
    "PropertyRef": _Reader._key,
    "Property": _Reader._member_property,
    "NavigationProperty": _Reader._navigation,
    "ReferentialConstraint": _Reader._constraint,
    "EnumType": _Reader._enumeration,
    "Member": _Reader._member,
    "Annotation": _Reader._annotation,
    "Record": _Reader._record,
    "PropertyValue": _Reader._value,
}
_ENDS = {"EntityType": "_type", "Property": "_property", "NavigationProperty": "_way", "EnumType": "_members"}


def inherited(line: list[Type]) -> Iterator[Property]:
    """The properties of a type and of those it inherits from; of two with one name the nearer."""
    found: dict[str, Property] = {}
    for each in reversed(line):
        found |= each.properties
    yield from found.values()
