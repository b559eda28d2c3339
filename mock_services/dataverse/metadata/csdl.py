"""`$metadata`: a schema as CSDL 4.0, with annotations or without.

Envelope, base types, properties, navigation properties and annotations: powerapps-docs webapi/
web-api-service-documents, web-api-entitytypes, web-api-properties and web-api-navigation-properties. Types of columns:
as recorded rows and generated client classes have them. What the document of a real organisation has besides, the types
of definitions and the set of `EntityDefinitions` among it, is not there.
"""

from collections.abc import Iterator
from functools import lru_cache
from xml.sax.saxutils import quoteattr

from mock_services.dataverse.metadata import operations
from mock_services.dataverse.values import EDM
from mock_services.state.organisation.definitions import Column, Lookup, Table
from mock_services.state.organisation.schema import Schema

_START = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
    '<Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
)
_END = "</Schema></edmx:DataServices></edmx:Edmx>"
_BASES = (
    '<EntityType Name="crmbaseentity" Abstract="true" />'
    '<EntityType Name="expando" BaseType="mscrm.crmbaseentity" OpenType="true" />'
    '<EntityType Name="principal" BaseType="mscrm.crmbaseentity"><Key><PropertyRef Name="ownerid" /></Key>'
    '<Property Name="ownerid" Type="Edm.Guid" Nullable="false" /></EntityType>'
)
_COMPUTED = '<Annotation Term="Org.OData.Core.V1.Computed" Bool="true" />'
_READ_ONLY = (
    '<Annotation Term="Org.OData.Core.V1.Permissions">'
    "<EnumMember>Org.OData.Core.V1.PermissionType/Read</EnumMember></Annotation>"
)
_KEY = "OData.Community.Keys.V1."


@lru_cache(maxsize=16)
def csdl(schema: Schema, *, annotated: bool = False) -> str:
    """The whole document. Kept, because it is large and a schema never changes."""
    writer = _Writer(schema, annotated=annotated)
    parts = [_START, _BASES, *operations.types()]
    order = sorted(schema.tables.values(), key=lambda table: (table.base == "activitypointer", table.logical))
    for table in order:
        parts += writer.entity_type(table)
    told, imported = operations.operations(schema.tables)
    parts += [*told, '<EntityContainer Name="System">']
    for table in sorted(schema.tables.values(), key=lambda table: table.set):
        parts += writer.entity_set(table)
    return "".join([*parts, *imported, "</EntityContainer>", _END])


class _Writer:
    """Writes one schema's tables."""

    def __init__(self, schema: Schema, *, annotated: bool) -> None:
        self._schema = schema
        self._annotated = annotated

    def entity_type(self, table: Table) -> Iterator[str]:
        """The type of a table's rows: what it has beside its base type."""
        schema, is_principal = self._schema, table.base == "principal"
        base = table.base if table.base in schema.tables or is_principal else "crmbaseentity"
        yield f"<EntityType Name={quoteattr(table.logical)} BaseType={quoteattr('mscrm.' + base)}>"
        if base == "crmbaseentity":
            yield f"<Key><PropertyRef Name={quoteattr(table.primary_id)} /></Key>"
        inherited = schema.tables.get(base)
        for column in table.columns.values():
            if inherited is None or column.name not in inherited.columns:
                yield self._property(column, is_key=column.name == table.primary_id)
        for lookup in table.lookups.values():
            if inherited is None or lookup.name not in inherited.lookups:
                name = quoteattr(lookup.value_name)
                yield _element(f'<Property Name={name} Type="Edm.Guid"', self._told(lookup, computed=True), "Property")
        seen = set(inherited.navigation) if inherited is not None else set()
        for lookup in table.lookups.values():
            yield from self._lookup(table, lookup, seen)
        yield from self._collections(table)
        yield from self._notes(table)
        yield "</EntityType>"

    def entity_set(self, table: Table) -> Iterator[str]:
        """A table's set, with where its navigation properties lead."""
        schema = self._schema
        kind = quoteattr("Microsoft.Dynamics.CRM." + table.logical)
        yield f"<EntitySet Name={quoteattr(table.set)} EntityType={kind}>"
        for name, (_, targets) in sorted(table.navigation.items()):
            if len(targets) == 1:
                yield _binding(name, schema.table(targets[0]).set)
        for collection in schema.collections_of(table.logical).values():
            yield _binding(collection.name, schema.table(collection.table).set)
        for way in schema.associations_of(table.logical).values():
            yield _binding(way.name, schema.table(way.table).set)
        yield "</EntitySet>"

    def _property(self, column: Column, *, is_key: bool) -> str:
        more = ' Unicode="false"' if EDM[column.type] == "Edm.String" else ""
        if column.type in ("money", "decimal"):
            more = ' Scale="Variable"'
        if is_key:
            more += ' Nullable="false"'
        opening = f"<Property Name={quoteattr(column.name)} Type={quoteattr(EDM[column.type])}{more}"
        computed = not column.create and not column.update
        return _element(opening, self._told(column, computed=computed and not is_key), "Property")

    def _told(self, part: Column | Lookup, *, computed: bool) -> str:
        if not self._annotated:
            return ""
        text = _description(str(part.traits.get("Description") or ""))
        return text + (_COMPUTED + _READ_ONLY if computed else "")

    def _lookup(self, table: Table, lookup: Lookup, seen: set[str]) -> Iterator[str]:
        """Navigation properties of a lookup; users and teams share one, whose type is their base."""
        for target, name in lookup.targets.items():
            if name in seen:
                continue
            seen.add(name)
            shared = len(table.navigation[name][1]) > 1
            kind = "principal" if shared else target
            key = "ownerid" if shared else self._schema.table(target).primary_id
            partner = lookup.collections.get(target, "")
            told = f" Partner={quoteattr(partner)}" if partner and not shared else ""
            yield (
                f'<NavigationProperty Name={quoteattr(name)} Type={quoteattr("mscrm." + kind)} Nullable="false"{told}>'
                f"<ReferentialConstraint Property={quoteattr(lookup.value_name)} ReferencedProperty={quoteattr(key)} />"
                "</NavigationProperty>"
            )

    def _collections(self, table: Table) -> Iterator[str]:
        schema = self._schema
        for collection in schema.collections_of(table.logical).values():
            there = schema.table(collection.table).lookups[collection.lookup]
            yield _collection(collection.name, collection.table, there.targets.get(table.logical, ""))
        for way in schema.associations_of(table.logical).values():
            ends = schema.table(way.via).ends
            back = next(end.navigation for end in ends if end.column == way.far)
            yield _collection(way.name, way.table, back)

    def _notes(self, table: Table) -> Iterator[str]:
        """The description of a type and its alternate keys."""
        if not self._annotated:
            return
        yield _description(table.description)
        if table.keys:
            yield f'<Annotation Term="{_KEY}AlternateKeys"><Collection>'
            for columns in table.keys.values():
                yield f'<Record Type="{_KEY}AlternateKey"><PropertyValue Property="Key"><Collection>'
                for name in columns:
                    path = table.lookups[name].value_name if name in table.lookups else name
                    yield (
                        f'<Record Type="{_KEY}PropertyRef"><PropertyValue Property="Alias" String={quoteattr(path)} />'
                        f'<PropertyValue Property="Name" PropertyPath={quoteattr(path)} /></Record>'
                    )
                yield "</Collection></PropertyValue></Record>"
            yield "</Collection></Annotation>"


def _element(opening: str, inside: str, name: str) -> str:
    return f"{opening}>{inside}</{name}>" if inside else f"{opening} />"


def _description(text: str) -> str:
    return f'<Annotation Term="Org.OData.Core.V1.Description" String={quoteattr(text)} />' if text else ""


def _collection(name: str, target: str, partner: str) -> str:
    kind = quoteattr(f"Collection(mscrm.{target})")
    return f"<NavigationProperty Name={quoteattr(name)} Type={kind} Partner={quoteattr(partner)} />"


def _binding(name: str, target: str) -> str:
    return f"<NavigationPropertyBinding Path={quoteattr(name)} Target={quoteattr(target)} />"
