"""`$metadata`: a schema as CSDL 4.0.

Envelope, base types and the shape of functions: powerapps-docs webapi/web-api-service-documents.md and
use-web-api-functions.md. Types of columns: as recorded rows and generated client classes have them.
"""

from collections.abc import Iterator
from functools import lru_cache
from xml.sax.saxutils import quoteattr

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
    '<EntityType Name="principal" BaseType="mscrm.crmbaseentity"><Key><PropertyRef Name="ownerid" /></Key>'
    '<Property Name="ownerid" Type="Edm.Guid" Nullable="false" /></EntityType>'
)
_COMPLEX = (
    '<ComplexType Name="BooleanManagedProperty"><Property Name="Value" Type="Edm.Boolean" Nullable="false" />'
    '<Property Name="CanBeChanged" Type="Edm.Boolean" Nullable="false" />'
    '<Property Name="ManagedPropertyLogicalName" Type="Edm.String" Unicode="false" /></ComplexType>'
    '<EnumType Name="PrivilegeDepth"><Member Name="Basic" Value="0" /><Member Name="Local" Value="1" />'
    '<Member Name="Deep" Value="2" /><Member Name="Global" Value="3" />'
    '<Member Name="RecordFilter" Value="4" /></EnumType>'
    '<EnumType Name="EndpointAccessType"><Member Name="Default" Value="0" /><Member Name="Internet" Value="1" />'
    '<Member Name="Intranet" Value="2" /></EnumType>'
    '<EnumType Name="AccessRights" IsFlags="true"><Member Name="None" Value="0" />'
    '<Member Name="ReadAccess" Value="1" />'
    '<Member Name="WriteAccess" Value="2" /><Member Name="AppendAccess" Value="4" />'
    '<Member Name="AppendToAccess" Value="16" /><Member Name="CreateAccess" Value="32" />'
    '<Member Name="DeleteAccess" Value="65536" /><Member Name="ShareAccess" Value="262144" />'
    '<Member Name="AssignAccess" Value="524288" /></EnumType>'
    '<ComplexType Name="RolePrivilege"><Property Name="Depth" Type="mscrm.PrivilegeDepth" Nullable="false" />'
    '<Property Name="PrivilegeId" Type="Edm.Guid" Nullable="false" />'
    '<Property Name="BusinessUnitId" Type="Edm.Guid" Nullable="false" />'
    '<Property Name="PrivilegeName" Type="Edm.String" Unicode="false" />'
    '<Property Name="RecordFilterId" Type="Edm.Guid" Nullable="false" />'
    '<Property Name="RecordFilterUniqueName" Type="Edm.String" Unicode="false" /></ComplexType>'
    '<ComplexType Name="PrincipalAccess"><Property Name="AccessMask" Type="mscrm.AccessRights" Nullable="false" />'
    '<NavigationProperty Name="Principal" Type="mscrm.crmbaseentity" /></ComplexType>'
)
# Name, where it is bound, parameters, and what it returns: members of a complex type, or "" for nothing.
_FUNCTIONS: tuple[tuple[str, str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]], ...] = (
    ("WhoAmI", "", (), (("BusinessUnitId", "Edm.Guid"), ("UserId", "Edm.Guid"), ("OrganizationId", "Edm.Guid"))),
    ("RetrieveVersion", "", (), (("Version", "Edm.String"),)),
    ("RetrieveUserPrivileges", "systemuser", (), (("RolePrivileges", "Collection(mscrm.RolePrivilege)"),)),
    ("RetrieveRolePrivilegesRole", "", (("RoleId", "Edm.Guid"),),
     (("RolePrivileges", "Collection(mscrm.RolePrivilege)"),)),
    ("RetrievePrincipalAccess", "systemuser", (("Target", "mscrm.crmbaseentity"),),
     (("AccessRights", "mscrm.AccessRights"),)),
)  # fmt: skip
_ACTIONS: tuple[tuple[str, str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]], ...] = (
    ("AddPrivilegesRole", "role", (("Privileges", "Collection(mscrm.RolePrivilege)"),), ()),
    ("ReplacePrivilegesRole", "role", (("Privileges", "Collection(mscrm.RolePrivilege)"),), ()),
    ("RemovePrivilegeRole", "role", (("PrivilegeId", "Edm.Guid"),), ()),
    ("AddToQueue", "queue", (("Target", "mscrm.crmbaseentity"), ("SourceQueue", "mscrm.queue")),
     (("QueueItemId", "Edm.Guid"),)),
    ("CloseIncident", "", (("IncidentResolution", "mscrm.incidentresolution"), ("Status", "Edm.Int32")), ()),
    ("GrantAccess", "", (("Target", "mscrm.crmbaseentity"), ("PrincipalAccess", "mscrm.PrincipalAccess")), ()),
    ("ModifyAccess", "", (("Target", "mscrm.crmbaseentity"), ("PrincipalAccess", "mscrm.PrincipalAccess")), ()),
    ("RevokeAccess", "", (("Target", "mscrm.crmbaseentity"), ("Revokee", "mscrm.crmbaseentity")), ()),
)  # fmt: skip


@lru_cache(maxsize=16)
def csdl(schema: Schema) -> str:
    """The whole document. Kept, because it is large and a schema never changes."""
    parts = [_START, _BASES, _COMPLEX]
    order = sorted(schema.tables.values(), key=lambda table: (table.base == "activitypointer", table.logical))
    for table in order:
        parts += _entity_type(schema, table)
    operations = list(_operations(schema))
    parts += [text for text, _ in operations]
    parts.append('<EntityContainer Name="System">')
    for table in sorted(schema.tables.values(), key=lambda table: table.set):
        parts += _entity_set(schema, table)
    parts += [text for _, text in operations if text]
    parts += ["</EntityContainer>", _END]
    return "".join(parts)


def _entity_type(schema: Schema, table: Table) -> Iterator[str]:
    is_principal = table.base == "principal"
    base = table.base if table.base in schema.tables or is_principal else "crmbaseentity"
    yield f"<EntityType Name={quoteattr(table.logical)} BaseType={quoteattr('mscrm.' + base)}>"
    if not is_principal and base == "crmbaseentity":
        yield f"<Key><PropertyRef Name={quoteattr(table.primary_id)} /></Key>"
    inherited = schema.tables.get(base)
    for column in table.columns.values():
        if inherited is None or column.name not in inherited.columns:
            yield _property(column, is_key=column.name == table.primary_id)
    for lookup in table.lookups.values():
        if inherited is None or lookup.name not in inherited.lookups:
            yield f'<Property Name={quoteattr(lookup.value_name)} Type="Edm.Guid" />'
    seen = set(inherited.navigation) if inherited is not None else set()
    for lookup in table.lookups.values():
        yield from _lookup(schema, table, lookup, seen)
    for collection in schema.collections_of(table.logical).values():
        there = schema.table(collection.table).lookups[collection.lookup]
        partner = there.targets.get(table.logical, "")
        yield (
            f"<NavigationProperty Name={quoteattr(collection.name)}"
            f" Type={quoteattr(f'Collection(mscrm.{collection.table})')} Partner={quoteattr(partner)} />"
        )
    for way in schema.associations_of(table.logical).values():
        yield (
            f"<NavigationProperty Name={quoteattr(way.name)} Type={quoteattr(f'Collection(mscrm.{way.table})')}"
            f" Partner={quoteattr(way.name)} />"
        )
    yield "</EntityType>"


def _property(column: Column, *, is_key: bool) -> str:
    more = ' Unicode="false"' if EDM[column.type] == "Edm.String" else ""
    if column.type in ("money", "decimal"):
        more = ' Scale="Variable"'
    if is_key:
        more += ' Nullable="false"'
    return f"<Property Name={quoteattr(column.name)} Type={quoteattr(EDM[column.type])}{more} />"


def _lookup(schema: Schema, table: Table, lookup: Lookup, seen: set[str]) -> Iterator[str]:
    """Navigation properties of a lookup; users and teams share one, whose type is their base."""
    for target, name in lookup.targets.items():
        if name in seen:
            continue
        seen.add(name)
        shared = len(table.navigation[name][1]) > 1
        kind = "principal" if shared else target
        key = "ownerid" if shared else schema.table(target).primary_id
        partner = lookup.collections.get(target, "")
        told = f" Partner={quoteattr(partner)}" if partner and not shared else ""
        yield (
            f"<NavigationProperty Name={quoteattr(name)} Type={quoteattr('mscrm.' + kind)}{told}>"
            f"<ReferentialConstraint Property={quoteattr(lookup.value_name)} ReferencedProperty={quoteattr(key)} />"
            "</NavigationProperty>"
        )


def _entity_set(schema: Schema, table: Table) -> Iterator[str]:
    yield f"<EntitySet Name={quoteattr(table.set)} EntityType={quoteattr('Microsoft.Dynamics.CRM.' + table.logical)}>"
    for name, (_, targets) in sorted(table.navigation.items()):
        if len(targets) == 1:
            yield _binding(name, schema.table(targets[0]).set)
    for collection in schema.collections_of(table.logical).values():
        yield _binding(collection.name, schema.table(collection.table).set)
    for way in schema.associations_of(table.logical).values():
        yield _binding(way.name, schema.table(way.table).set)
    yield "</EntitySet>"


def _binding(name: str, target: str) -> str:
    return f"<NavigationPropertyBinding Path={quoteattr(name)} Target={quoteattr(target)} />"


def _operations(schema: Schema) -> Iterator[tuple[str, str]]:
    """Functions and actions, each with its import into the container, which bound ones have not."""
    for element, listed in (("Function", _FUNCTIONS), ("Action", _ACTIONS)):
        for name, bound, parameters, returned in listed:
            types = [bound, *(kind.removeprefix("mscrm.") for _, kind in parameters if kind.startswith("mscrm."))]
            known = {"", "crmbaseentity", "PrincipalAccess", "AccessRights", *schema.tables}
            if not set(types) <= known:
                continue
            yield _operation(element, name, bound, parameters, returned)


def _operation(
    element: str, name: str, bound: str, parameters: tuple[tuple[str, str], ...], returned: tuple[tuple[str, str], ...]
) -> tuple[str, str]:
    complex_type = ""
    if returned:
        members = "".join(f'<Property Name="{member}" Type="{kind}" />' for member, kind in returned)
        complex_type = f'<ComplexType Name="{name}Response">{members}</ComplexType>'
    told = f'<Parameter Name="entity" Type="mscrm.{bound}" Nullable="false" />' if bound else ""
    told += "".join(f'<Parameter Name="{parameter}" Type="{kind}" />' for parameter, kind in parameters)
    result = f'<ReturnType Type="mscrm.{name}Response" Nullable="false" />' if returned else ""
    is_bound = ' IsBound="true"' if bound else ""
    text = f'{complex_type}<{element} Name="{name}"{is_bound}>{told}{result}</{element}>'
    imported = "" if bound else f'<{element}Import Name="{name}" {element}="Microsoft.Dynamics.CRM.{name}" />'
    return text, imported
