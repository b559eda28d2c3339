"""Functions and actions: `WhoAmI`, the ones about roles and privileges, and `AddToQueue`."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from mock_services.dataverse import (
    bulk_deletion,
    casework,
    duplicate_rules,
    facts,
    held_privileges,
    memberships,
    queue_items,
    roles,
    sharing,
    users,
)
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, no_resource, no_segment
from mock_services.dataverse.metadata.changes import create_entities
from mock_services.dataverse.metadata.options import ACTIONS as OPTION_ACTIONS
from mock_services.dataverse.metadata.retrieval import retrieve_metadata_changes
from mock_services.dataverse.parameters import addressed_row
from mock_services.dataverse.security import Security
from mock_services.dataverse.urls import as_guid, read_arguments
from mock_services.dataverse.writing import existing
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Table

Row = Mapping[str, Any]
_ACCESS_TYPE = re.compile(r"^(Microsoft\.Dynamics\.CRM\.EndpointAccessType)?'(Default|Internet|Intranet)'$")

# Operations that exist and are not played yet: 501 with their name, rather than the 404 of one that does not exist.
_NOT_YET = {
    "AddUserToRecordTeam", "ApplyRoutingRule", "BulkDetectDuplicates", "CloseQuote", "ExportSolution", "FormatAddress",
    "GetAllTimeZonesWithDisplayName", "GetTimeZoneCodeByLocalizedName", "ImportSolution",
    "InitializeFrom", "InstantiateTemplate", "IsValidStateTransition", "LocalTimeFromUtcTime", "LoseOpportunity",
    "Merge", "QualifyLead", "RemoveUserFromRecordTeam", "RetrieveAvailableLanguages", "RetrieveDuplicates",
    "RetrieveProvisionedLanguages", "Rollup", "SendEmail",
    "SendEmailFromTemplate", "SendTemplate", "UtcTimeFromLocalTime", "WinOpportunity",
    "WinQuote",
}  # fmt: skip


def is_operation(name: str) -> bool:
    """Whether an unbound function or action has this name."""
    return name in UNBOUND or name in UNBOUND_ACTIONS or name in _NOT_YET


def call_unbound(call: Call) -> Answer:
    """`Name()` at the root. Raises Refusal and Unmodelled."""
    head = call.path.head
    if head.name in _NOT_YET:
        raise Unmodelled(f"the operation {head.name}")
    if head.name in _SOLUTION_OF and _SOLUTION_OF[head.name] not in call.organisation.solutions:
        raise no_segment(head.name)
    if call.method != ("POST" if head.name in UNBOUND_ACTIONS else "GET"):
        raise no_resource(call.url)
    if call.path.tail:
        raise no_segment(call.path.tail[0].name)
    if head.name in UNBOUND_ACTIONS:
        return UNBOUND_ACTIONS[head.name](call)
    return UNBOUND[head.name](call, read_arguments(head.inside, call.aliases))


def call_bound(call: Call, table: Table, id: str, name: str) -> Answer:  # noqa: A002 - the word everybody uses for it
    """`set(id)/Microsoft.Dynamics.CRM.Name`. Raises Refusal and Unmodelled."""
    if name in _NOT_YET:
        raise Unmodelled(f"the operation {name}")
    if (table.logical, name) not in BOUND:
        raise no_segment(f"{facts.NAMESPACE}{name}")
    method, run = BOUND[table.logical, name]
    if call.method != method:
        raise no_resource(call.url)
    return run(call, id)


def _response(call: Call, name: str, members: Mapping[str, Any]) -> Answer:
    return Answer(200, {"@odata.context": call.context(f"{facts.NAMESPACE}{name}Response"), **members})


def _who_am_i(call: Call, _arguments: Mapping[str, str]) -> Answer:
    if not call.tenant.quirks.who_am_i_without_role:
        call.security.demand_any_role("prvReadUser")
    members = {
        "BusinessUnitId": call.caller["businessunitid"],
        "UserId": call.caller_id,
        "OrganizationId": call.organisation.id,
    }
    return _response(call, "WhoAmI", members)


def _retrieve_version(call: Call, _arguments: Mapping[str, str]) -> Answer:
    return _response(call, "RetrieveVersion", {"Version": facts.VERSION_NUMBER})


def _retrieve_current_organization(call: Call, arguments: Mapping[str, str]) -> Answer:
    """As powerapps-docs webapiservice-functions-and-actions.md shows it; `AccessType` is a parameter it must have."""
    if set(arguments) != {"AccessType"}:
        raise no_segment("RetrieveCurrentOrganization")
    if not _ACCESS_TYPE.match(arguments["AccessType"]):
        raise Refusal("0x80060888", facts.BAD_KEY)
    organisation, base = call.organisation, call.exchange.base
    services = f"{base}/XRMServices/2011"
    detail = {
        "OrganizationId": organisation.id,
        "FriendlyName": organisation.display_name,
        "OrganizationVersion": facts.VERSION_NUMBER,
        "EnvironmentId": organisation.environment_id,
        "DatacenterId": "00000000-0000-0000-0000-000000000000",
        "Geo": "EMEA" if organisation.region == "crm4" else "NA",
        "TenantId": organisation.tenant_id,
        "UrlName": organisation.host.split(".")[0],
        "UniqueName": organisation.unique_name,
        "State": "Enabled",  # a disabled organisation answers nobody, and administration mode is no state of its own
        "Endpoints": {
            "Count": 3,
            "IsReadOnly": False,
            "Keys": ["WebApplication", "OrganizationService", "OrganizationDataService"],
            "Values": [f"{base}/", f"{services}/Organization.svc", f"{services}/OrganizationData.svc"],
        },
    }
    return _response(call, "RetrieveCurrentOrganization", {"Detail": detail})


def _retrieve_role_privileges(call: Call, arguments: Mapping[str, str]) -> Answer:
    role_id = as_guid(arguments.get("RoleId", ""))
    if role_id is None:
        raise no_resource(call.url)
    role = existing(call, call.schema.table("role"), role_id, "Read")
    listed = roles.role_privileges(call, call.organisation.roles.privileges_in(role_id), role["businessunitid"])
    return _response(call, "RetrieveRolePrivilegesRole", {"RolePrivileges": listed})


def _retrieve_user_privileges(call: Call, user_id: str) -> Answer:
    user = existing(call, call.schema.table("systemuser"), user_id, "Read")
    listed = roles.role_privileges(call, call.organisation.privileges_of(user_id), user["businessunitid"])
    return _response(call, "RetrieveUserPrivileges", {"RolePrivileges": listed})


def _retrieve_user_privilege_by_name(call: Call, user_id: str) -> Answer:
    user = existing(call, call.schema.table("systemuser"), user_id, "Read")
    name = read_arguments(call.path.segments[-1].inside, call.aliases).get("PrivilegeName", "").strip("'")
    privilege = roles.privilege_called(call, name)
    held = call.organisation.privileges_of(user_id)
    grants = {privilege.name: held[privilege.name]} if privilege.name in held else {}
    listed = roles.role_privileges(call, grants, user["businessunitid"])
    return _response(call, "RetrieveUserPrivilegeByPrivilegeName", {"RolePrivileges": listed})


def _add_privileges(call: Call, role_id: str) -> Answer:
    roles.add_privileges(call, existing(call, call.schema.table("role"), role_id, "Write"), replace=False)
    return NO_CONTENT


def _replace_privileges(call: Call, role_id: str) -> Answer:
    roles.add_privileges(call, existing(call, call.schema.table("role"), role_id, "Write"), replace=True)
    return NO_CONTENT


def _remove_privilege(call: Call, role_id: str) -> Answer:
    roles.remove_privilege(call, existing(call, call.schema.table("role"), role_id, "Write"))
    return NO_CONTENT


def _set_business_unit(call: Call, user_id: str) -> Answer:
    return users.set_business_unit(call, user_id, existing(call, call.schema.table("systemuser"), user_id, "Write"))


def _retrieve_principal_access(call: Call, user_id: str) -> Answer:
    """The rights a user has on one row, by roles, teams and ownership. The order of the names is inferred."""
    user = existing(call, call.schema.table("systemuser"), user_id, "Read")
    wanted = read_arguments(call.path.segments[-1].inside, call.aliases).get("Target", "")
    table, id_ = addressed_row(call, wanted)
    row = existing(call, table, id_, "Read")
    rights = Security(call.organisation, user, call.tenant.quirks)
    held = [f"{right}Access" for right in _RIGHTS if _may(rights, right, table, row)]
    return _response(call, "RetrievePrincipalAccess", {"AccessRights": ", ".join(held) or "None"})


def _may(rights: Security, right: str, table: Table, row: Row) -> bool:
    try:
        rights.demand_row(right, table, row)
    except Refusal:
        return False
    return True


def _retrieve_total_record_count(call: Call, arguments: Mapping[str, str]) -> Answer:
    """Rows of each table, whoever may read them; the platform's figure is up to a day old, this one is exact."""
    try:
        names = json.loads(arguments.get("EntityNames", ""))
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Refusal("0x80060888", facts.BAD_KEY)
    counts = []
    for name in names:
        if not call.organisation.has(name):
            raise Refusal("0x80041102", facts.NO_ENTITY.format(name=name))
        call.security.demand("Read", call.schema.table(name))
        counts.append(call.organisation.store.value(sa.select(sa.func.count()).select_from(call.schema.sql(name))))
    collection = {"Count": len(names), "IsReadOnly": False, "Keys": names, "Values": counts}
    return _response(call, "RetrieveTotalRecordCount", {"EntityRecordCountCollection": collection})


_RIGHTS = ("Read", "Write", "Append", "AppendTo", "Create", "Delete", "Share", "Assign")


def _publish(call: Call) -> Answer:
    """Publishing takes its privilege and changes nothing: definitions are seen at once here."""
    call.security.demand_named("prvPublishCustomization")
    return NO_CONTENT


UNBOUND: Mapping[str, Callable[[Call, Mapping[str, str]], Answer]] = {
    "WhoAmI": _who_am_i,
    "RetrieveVersion": _retrieve_version,
    "RetrieveCurrentOrganization": _retrieve_current_organization,
    "RetrieveAadUserPrivileges": held_privileges.aad_user_privileges,
    "RetrieveAadUserRoles": held_privileges.aad_user_roles,
    "RetrieveSharedPrincipalsAndAccess": sharing.shared_principals,
    "RetrieveRolePrivilegesRole": _retrieve_role_privileges,
    "RetrieveTotalRecordCount": _retrieve_total_record_count,
    "RetrieveMetadataChanges": retrieve_metadata_changes,
}
UNBOUND_ACTIONS: Mapping[str, Callable[[Call], Answer]] = {
    "BulkDelete": bulk_deletion.bulk_delete,
    "CloseIncident": casework.close_incident,
    "CreateEntities": create_entities,
    "GrantAccess": sharing.grant,
    "ModifyAccess": sharing.modify,
    "PublishAllXml": _publish,
    "PublishXml": _publish,
    "RevokeAccess": sharing.revoke,
    "RouteTo": queue_items.route_to,
    "UnpublishDuplicateRule": duplicate_rules.unpublish,
    **OPTION_ACTIONS,
}
_SOLUTION_OF = {"CloseIncident": "customer_service"}
BOUND: Mapping[tuple[str, str], tuple[str, Callable[[Call, str], Answer]]] = {
    ("systemuser", "RetrieveUserPrivileges"): ("GET", _retrieve_user_privileges),
    ("systemuser", "RetrieveUserPrivilegeByPrivilegeName"): ("GET", _retrieve_user_privilege_by_name),
    ("role", "AddPrivilegesRole"): ("POST", _add_privileges),
    ("role", "ReplacePrivilegesRole"): ("POST", _replace_privileges),
    ("role", "RemovePrivilegeRole"): ("POST", _remove_privilege),
    ("duplicaterule", "PublishDuplicateRule"): ("POST", duplicate_rules.publish),
    ("queue", "AddToQueue"): ("POST", queue_items.add_to_queue),
    ("queueitem", "PickFromQueue"): ("POST", queue_items.pick_from_queue),
    ("queueitem", "ReleaseToQueue"): ("POST", queue_items.release_to_queue),
    ("queueitem", "RemoveFromQueue"): ("POST", queue_items.remove_from_queue),
    ("incident", "CalculateTotalTimeIncident"): ("GET", casework.total_time),
    ("systemuser", "RetrievePrincipalAccess"): ("GET", _retrieve_principal_access),
    ("systemuser", "RetrieveUsersPrivilegesThroughTeams"): ("GET", held_privileges.through_teams),
    ("systemuser", "SetBusinessSystemUser"): ("POST", _set_business_unit),
    ("team", "AddMembersTeam"): ("POST", memberships.add_members),
    ("team", "RemoveMembersTeam"): ("POST", memberships.remove_members),
    ("team", "RetrievePrincipalAccess"): ("GET", held_privileges.team_access),
    ("team", "RetrieveTeamPrivileges"): ("GET", held_privileges.team_privileges),
}
