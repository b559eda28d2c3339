"""The functions and actions that the fakes answer, as `$metadata` declares them.

Signatures: powerapps-docs webapi/reference (functions, actions, complex and enum types). The types of queries and of
definitions in bodies (`QueryExpression`, `EntityQueryExpression`, `ComplexEntityMetadata` …) are declared open here,
without their many members.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

Typed = tuple[tuple[str, str], ...]
_ROLE_PRIVILEGES: Typed = (("RolePrivileges", "Collection(mscrm.RolePrivilege)"),)
_BASE = "mscrm.crmbaseentity"


@dataclass(frozen=True)
class Operation:
    """A function or an action: what it is bound to, its parameters, and the members or the type that it returns."""

    element: str
    name: str
    bound: str = ""
    parameters: Typed = ()
    returned: Typed = ()
    returns: str = ""
    """A type that is declared elsewhere; else the members make `<name>Response`."""


def _function(
    name: str, bound: str = "", *, parameters: Typed = (), returned: Typed = (), returns: str = ""
) -> Operation:
    return Operation("Function", name, bound, parameters, returned, returns)


def _action(
    name: str, bound: str = "", *, parameters: Typed = (), returned: Typed = (), returns: str = ""
) -> Operation:
    return Operation("Action", name, bound, parameters, returned, returns)


OPERATIONS = (
    _function("WhoAmI", returned=(("BusinessUnitId", "Edm.Guid"), ("UserId", "Edm.Guid"),
                                  ("OrganizationId", "Edm.Guid"))),
    _function("RetrieveVersion", returned=(("Version", "Edm.String"),)),
    _function("RetrieveCurrentOrganization", parameters=(("AccessType", "mscrm.EndpointAccessType"),),
              returned=(("Detail", "mscrm.OrganizationDetail"),)),
    _function("RetrieveAadUserPrivileges", parameters=(("DirectoryObjectId", "Edm.Guid"),), returned=_ROLE_PRIVILEGES),
    _function("RetrieveAadUserRoles", parameters=(("DirectoryObjectId", "Edm.Guid"),),
              returns="Collection(mscrm.role)"),
    _function("RetrieveMetadataChanges", parameters=(("Query", "mscrm.EntityQueryExpression"),),
              returned=(("EntityMetadata", "Collection(mscrm.ComplexEntityMetadata)"),
                        ("ServerVersionStamp", "Edm.String"), ("DeletedMetadata", "mscrm.DeletedMetadataCollection"))),
    _function("RetrieveRolePrivilegesRole", parameters=(("RoleId", "Edm.Guid"),), returned=_ROLE_PRIVILEGES),
    _function("RetrieveSharedPrincipalsAndAccess", parameters=(("Target", _BASE),),
              returned=(("PrincipalAccesses", "Collection(mscrm.PrincipalAccess)"),)),
    _function("RetrieveTotalRecordCount", parameters=(("EntityNames", "Collection(Edm.String)"),),
              returned=(("EntityRecordCountCollection", "mscrm.EntityRecordCountCollection"),)),
    _function("CalculateTotalTimeIncident", "incident", returned=(("TotalTime", "Edm.Int64"),)),
    _function("RetrievePrincipalAccess", "systemuser", parameters=(("Target", _BASE),),
              returned=(("AccessRights", "mscrm.AccessRights"),)),
    _function("RetrievePrincipalAccess", "team", parameters=(("Target", _BASE),),
              returned=(("AccessRights", "mscrm.AccessRights"),)),
    _function("RetrieveTeamPrivileges", "team", returned=_ROLE_PRIVILEGES),
    _function("RetrieveUserPrivilegeByPrivilegeName", "systemuser", parameters=(("PrivilegeName", "Edm.String"),),
              returned=_ROLE_PRIVILEGES),
    _function("RetrieveUserPrivileges", "systemuser", returned=_ROLE_PRIVILEGES),
    _function("RetrieveUsersPrivilegesThroughTeams", "systemuser", returned=_ROLE_PRIVILEGES),
    _action("AddMembersTeam", "team", parameters=(("Members", "Collection(mscrm.systemuser)"),)),
    _action("AddPrivilegesRole", "role", parameters=(("Privileges", "Collection(mscrm.RolePrivilege)"),)),
    _action("AddToQueue", "queue", parameters=(("Target", _BASE), ("SourceQueue", "mscrm.queue"),
                                               ("QueueItemProperties", "mscrm.queueitem")),
            returned=(("QueueItemId", "Edm.Guid"),)),
    _action("BulkDelete", parameters=(
        ("QuerySet", "Collection(mscrm.QueryExpression)"), ("JobName", "Edm.String"),
        ("SendEmailNotification", "Edm.Boolean"), ("ToRecipients", f"Collection({_BASE})"),
        ("CCRecipients", f"Collection({_BASE})"), ("RecurrencePattern", "Edm.String"),
        ("StartDateTime", "Edm.DateTimeOffset"), ("SourceImportId", "Edm.Guid"), ("RunNow", "Edm.Boolean")),
        returned=(("JobId", "Edm.Guid"),)),
    _action("CloseIncident", parameters=(("IncidentResolution", "mscrm.incidentresolution"), ("Status", "Edm.Int32"))),
    _action("CreateEntities", parameters=(("Entities", "Collection(mscrm.ComplexEntityMetadata)"),
                                          ("SolutionUniqueName", "Edm.String"))),
    _action("CreateMultiple", f"Collection({_BASE})", parameters=(("Targets", f"Collection({_BASE})"),),
            returned=(("Ids", "Collection(Edm.Guid)"),)),
    _action("DeleteOptionValue", parameters=(
        ("OptionSetName", "Edm.String"), ("AttributeLogicalName", "Edm.String"), ("EntityLogicalName", "Edm.String"),
        ("Value", "Edm.Int32"), ("SolutionUniqueName", "Edm.String"))),
    _action("GrantAccess", parameters=(("Target", _BASE), ("PrincipalAccess", "mscrm.PrincipalAccess"))),
    _action("InsertOptionValue", parameters=(
        ("OptionSetName", "Edm.String"), ("AttributeLogicalName", "Edm.String"), ("EntityLogicalName", "Edm.String"),
        ("Value", "Edm.Int32"), ("Label", "mscrm.Label"), ("Description", "mscrm.Label"),
        ("SolutionUniqueName", "Edm.String")), returned=(("NewOptionValue", "Edm.Int32"),)),
    _action("InsertStatusValue", parameters=(
        ("OptionSetName", "Edm.String"), ("AttributeLogicalName", "Edm.String"), ("EntityLogicalName", "Edm.String"),
        ("Value", "Edm.Int32"), ("Label", "mscrm.Label"), ("Description", "mscrm.Label"), ("StateCode", "Edm.Int32"),
        ("SolutionUniqueName", "Edm.String")), returned=(("NewOptionValue", "Edm.Int32"),)),
    _action("ModifyAccess", parameters=(("Target", _BASE), ("PrincipalAccess", "mscrm.PrincipalAccess"))),
    _action("OrderOption", parameters=(
        ("OptionSetName", "Edm.String"), ("AttributeLogicalName", "Edm.String"), ("EntityLogicalName", "Edm.String"),
        ("Values", "Collection(Edm.Int32)"), ("SolutionUniqueName", "Edm.String"))),
    _action("PickFromQueue", "queueitem", parameters=(("SystemUser", "mscrm.systemuser"),
                                                      ("RemoveQueueItem", "Edm.Boolean"))),
    _action("PublishAllXml"),
    _action("PublishDuplicateRule", "duplicaterule", returns="mscrm.asyncoperation"),
    _action("PublishXml", parameters=(("ParameterXml", "Edm.String"),)),
    _action("ReleaseToQueue", "queueitem"),
    _action("RemoveFromQueue", "queueitem"),
    _action("RemoveMembersTeam", "team", parameters=(("Members", "Collection(mscrm.systemuser)"),)),
    _action("RemovePrivilegeRole", "role", parameters=(("PrivilegeId", "Edm.Guid"),)),
    _action("ReplacePrivilegesRole", "role", parameters=(("Privileges", "Collection(mscrm.RolePrivilege)"),)),
    _action("RevokeAccess", parameters=(("Target", _BASE), ("Revokee", _BASE))),
    _action("RouteTo", parameters=(("Target", "mscrm.principal"), ("QueueItem", "mscrm.queueitem"))),
    _action("SetBusinessSystemUser", "systemuser", parameters=(
        ("BusinessUnit", "mscrm.businessunit"), ("ReassignPrincipal", "mscrm.principal"),
        ("DoNotMoveAllRecords", "Edm.Boolean"))),
    _action("UnpublishDuplicateRule", parameters=(("DuplicateRuleId", "Edm.Guid"),)),
    _action("UpdateMultiple", f"Collection({_BASE})", parameters=(("Targets", f"Collection({_BASE})"),)),
    _action("UpdateOptionValue", parameters=(
        ("OptionSetName", "Edm.String"), ("AttributeLogicalName", "Edm.String"), ("EntityLogicalName", "Edm.String"),
        ("Value", "Edm.Int32"), ("Label", "mscrm.Label"), ("Description", "mscrm.Label"),
        ("MergeLabels", "Edm.Boolean"), ("SolutionUniqueName", "Edm.String"))),
    _action("UpdateStateValue", parameters=(
        ("OptionSetName", "Edm.String"), ("AttributeLogicalName", "Edm.String"), ("EntityLogicalName", "Edm.String"),
        ("Value", "Edm.Int32"), ("Label", "mscrm.Label"), ("Description", "mscrm.Label"),
        ("MergeLabels", "Edm.Boolean"), ("DefaultStatusCode", "Edm.Int32"))),
    _action("UpsertMultiple", f"Collection({_BASE})", parameters=(("Targets", f"Collection({_BASE})"),),
            returned=(("Ids", "Collection(Edm.Guid)"),)),
)  # fmt: skip
"""By powerapps-docs; of the Multiple messages the binding to a collection of anything is inferred."""
_COMPLEX: Mapping[str, Typed] = {
    "BooleanManagedProperty": (("Value", "Edm.Boolean"), ("CanBeChanged", "Edm.Boolean"),
                               ("ManagedPropertyLogicalName", "Edm.String")),
    "LocalizedLabel": (("Label", "Edm.String"), ("LanguageCode", "Edm.Int32"), ("IsManaged", "Edm.Boolean"),
                       ("MetadataId", "Edm.Guid"), ("HasChanged", "Edm.Boolean")),
    "Label": (("LocalizedLabels", "Collection(mscrm.LocalizedLabel)"), ("UserLocalizedLabel", "mscrm.LocalizedLabel")),
    "RolePrivilege": (("Depth", "mscrm.PrivilegeDepth"), ("PrivilegeId", "Edm.Guid"), ("BusinessUnitId", "Edm.Guid"),
                      ("PrivilegeName", "Edm.String"), ("RecordFilterId", "Edm.Guid"),
                      ("RecordFilterUniqueName", "Edm.String")),
    "EndpointCollection": (("Count", "Edm.Int32"), ("IsReadOnly", "Edm.Boolean"),
                           ("Keys", "Collection(mscrm.EndpointType)"), ("Values", "Collection(Edm.String)")),
    "EntityRecordCountCollection": (("Count", "Edm.Int32"), ("IsReadOnly", "Edm.Boolean"),
                                    ("Keys", "Collection(Edm.String)"), ("Values", "Collection(Edm.Int64)")),
    "OrganizationDetail": (
        ("OrganizationId", "Edm.Guid"), ("FriendlyName", "Edm.String"), ("OrganizationVersion", "Edm.String"),
        ("EnvironmentId", "Edm.String"), ("DatacenterId", "Edm.Guid"), ("Geo", "Edm.String"),
        ("TenantId", "Edm.String"), ("UrlName", "Edm.String"), ("UniqueName", "Edm.String"),
        ("State", "mscrm.OrganizationState"), ("Endpoints", "mscrm.EndpointCollection")),
}  # fmt: skip
_OPEN = ("ComplexEntityMetadata", "DeletedMetadataCollection", "EntityQueryExpression", "QueryExpression")
_ENUMS: Mapping[str, Mapping[str, int]] = {
    "PrivilegeDepth": {"Basic": 0, "Local": 1, "Deep": 2, "Global": 3, "RecordFilter": 4},
    "EndpointAccessType": {"Default": 0, "Internet": 1, "Intranet": 2},
    "EndpointType": {"OrganizationService": 0, "OrganizationDataService": 1, "WebApplication": 2},
    "OrganizationState": {"Enabled": 0, "Disabled": 1},
    "AccessRights": {"None": 0, "ReadAccess": 1, "WriteAccess": 2, "AppendAccess": 4, "AppendToAccess": 16,
                     "CreateAccess": 32, "DeleteAccess": 65536, "ShareAccess": 262144, "AssignAccess": 524288},
}  # fmt: skip
_FLAGS = ("AccessRights",)
_PRINCIPAL_ACCESS = (
    '<ComplexType Name="PrincipalAccess"><Property Name="AccessMask" Type="mscrm.AccessRights" Nullable="false" />'
    '<NavigationProperty Name="Principal" Type="mscrm.principal" /></ComplexType>'
)


def types() -> Iterator[str]:
    """The complex and enumeration types that operations and properties use."""
    for name, members in _COMPLEX.items():
        yield f'<ComplexType Name="{name}">{_members(members)}</ComplexType>'
    yield _PRINCIPAL_ACCESS
    for name in _OPEN:
        yield f'<ComplexType Name="{name}" OpenType="true" />'
    for name, values in _ENUMS.items():
        flags = ' IsFlags="true"' if name in _FLAGS else ""
        listed = "".join(f'<Member Name="{member}" Value="{value}" />' for member, value in values.items())
        yield f'<EnumType Name="{name}"{flags}>{listed}</EnumType>'


def operations(tables: Mapping[str, object]) -> tuple[list[str], list[str]]:
    """The declarations of the operations whose tables there are, and their imports into the container."""
    told, imported, declared = [], [], set()
    for each in OPERATIONS:
        if not _tables_of(each) <= set(tables):
            continue
        if each.returned and each.name not in declared:
            told.append(f'<ComplexType Name="{each.name}Response">{_members(each.returned)}</ComplexType>')
            declared.add(each.name)
        told.append(_declaration(each))
        if not each.bound:
            whole = f"Microsoft.Dynamics.CRM.{each.name}"
            imported.append(f'<{each.element}Import Name="{each.name}" {each.element}="{whole}" />')
    return told, imported


def _tables_of(each: Operation) -> set[str]:
    named = {each.bound, each.returns, *(kind for _, kind in each.parameters)}
    bare = {name.removeprefix("Collection(").removesuffix(")").removeprefix("mscrm.") for name in named}
    return {name for name in bare if name.islower()} - {"crmbaseentity", "principal"}


def _declaration(each: Operation) -> str:
    bound = f"mscrm.{each.bound}" if each.bound and "(" not in each.bound else each.bound
    name = "entityset" if bound.startswith("Collection(") else "entity"
    told = f'<Parameter Name="{name}" Type={quoteattr(bound)} Nullable="false" />' if bound else ""
    told += "".join(f'<Parameter Name="{parameter}" Type="{kind}" />' for parameter, kind in each.parameters)
    returned = each.returns or (f"mscrm.{each.name}Response" if each.returned else "")
    result = f'<ReturnType Type="{returned}" Nullable="false" />' if returned else ""
    is_bound = ' IsBound="true"' if bound else ""
    return f'<{each.element} Name="{each.name}"{is_bound}>{told}{result}</{each.element}>'


def _members(members: Typed) -> str:
    made = []
    for name, kind in members:
        more = ' Unicode="false"' if kind == "Edm.String" else ""
        made.append(f'<Property Name="{name}" Type="{kind}"{more} />')
    return "".join(made)
