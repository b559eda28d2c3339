"""Directory roles: what there is, who holds them, and the same as role management shows it."""

import base64
import uuid
from dataclasses import dataclass

from mock_services.errors import Missing, Taken, Unmodelled
from mock_services.graph import kinds, shapes
from mock_services.graph.call import Answer, Call, referenced_id, required
from mock_services.graph.entities import DIRECTORY_OBJECT, DIRECTORY_ROLE, ROLE_DEFINITION, ROLE_TEMPLATE
from mock_services.graph.entities import UNIFIED_ASSIGNMENT as ASSIGNMENT
from mock_services.graph.errors import Refused
from mock_services.graph.members import UNIFIED_ASSIGNMENT, read_members
from mock_services.graph.query import Document
from mock_services.graph.refusals import objects, queries
from mock_services.state.directory import DirectoryRole
from mock_services.state.well_known import DIRECTORY_ROLES

_KIND = "UnifiedRoleAssignment"


@dataclass(frozen=True)
class _Holding:
    """A role in a principal's hands."""

    principal_id: str
    template_id: str

    @property
    def id(self) -> str:
        """Recomputed and equal for two ids of DOC rbacapplication-list-roleassignments; the suffix is unexplained."""
        raw = uuid.UUID(self.template_id).bytes_le + uuid.UUID(self.principal_id).bytes_le
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode() + "-1"


def _refuse_page_size(call: Call) -> None:
    if "$top" in call.options.given:  # measured: these two refuse it
        raise Refused(queries.PAGE_SIZE_REFUSED)


def read_roles(call: Call) -> Answer:
    """GET /directoryRoles: the activated ones."""
    _refuse_page_size(call)
    return call.many([shapes.directory_role(each) for each in call.directory.directory_roles()], DIRECTORY_ROLE)


def read_templates(call: Call) -> Answer:
    """GET /directoryRoleTemplates."""
    _refuse_page_size(call)
    return call.many([shapes.role_template(*each) for each in DIRECTORY_ROLES.items()], ROLE_TEMPLATE)


def activate(call: Call) -> Answer:
    """POST /directoryRoles: from now on the role can be read, and given by its members."""
    wanted = str(call.body.get("roleTemplateId") or "").lower()
    if wanted not in DIRECTORY_ROLES:
        raise Refused(objects.NOT_FOUND, key=wanted)
    try:
        made = call.directory.activate_directory_role(wanted)
    except Taken:
        raise Refused(objects.CONFLICTING) from None
    return call.one(shapes.directory_role(made), DIRECTORY_ROLE, status=201)


def _find(call: Call) -> DirectoryRole:
    key = call.keys[0]
    wanted, by_template = key.guid(), key.name.lower() == "roletemplateid"
    for each in call.directory.directory_roles():
        if wanted == (each.template_id if by_template else each.id):
            return each
    raise Refused(objects.NOT_FOUND, key=key.value)


def read_role(call: Call) -> Answer:
    """GET /directoryRoles/{id} and /directoryRoles(roleTemplateId='…')."""
    return call.one(shapes.directory_role(_find(call)), DIRECTORY_ROLE)


def read_members_of(call: Call) -> Answer:
    """GET /directoryRoles/{key}/members."""
    shown = [
        kinds.typed(call.directory, each, kinds.HOLDERS)
        for each in call.directory.role_holders(_find(call).template_id)
    ]
    return call.many([each for each in shown if each], DIRECTORY_OBJECT)


def add_member(call: Call) -> Answer:
    """POST /directoryRoles/{key}/members/$ref."""
    role = _find(call)
    member = referenced_id(call, call.body.get("@odata.id"), "members", kinds.HOLDERS)
    _must_be_assignable(call, member)
    if member in call.directory.role_holders(role.template_id):
        raise Refused(objects.ADDED_TWICE, member="members")
    call.directory.give_directory_role(member, role.template_id)
    return Answer(204)


def _must_be_assignable(call: Call, holder: str) -> None:
    """A group takes roles only when it was made for them. Raises Refused."""
    group = call.directory.group(holder)
    if group is not None and not group.is_assignable_to_role:
        raise Refused(objects.GROUP_NOT_ASSIGNABLE)


def remove_member(call: Call) -> Answer:
    """DELETE /directoryRoles/{key}/members/{id}/$ref."""
    try:
        call.directory.take_directory_role(call.keys[1].guid(), _find(call).template_id)
    except Missing:
        raise Refused(objects.NOT_FOUND, key=call.keys[1].value) from None
    return Answer(204)


# role management


def read_definitions(call: Call) -> Answer:
    """GET /roleManagement/directory/roleDefinitions: the built-in ones; their id is the template's."""
    return call.many([shapes.role_definition(*each) for each in DIRECTORY_ROLES.items()], ROLE_DEFINITION)


def read_definition(call: Call) -> Answer:
    """GET /roleManagement/directory/roleDefinitions/{id}."""
    wanted = call.keys[0].guid()
    if wanted not in DIRECTORY_ROLES:
        raise Refused(objects.NOT_FOUND, key=call.keys[0].value)
    return call.one(shapes.role_definition(wanted, DIRECTORY_ROLES[wanted]), ROLE_DEFINITION)


def _holdings(call: Call) -> list[_Holding]:
    return [_Holding(holder, role) for role in DIRECTORY_ROLES for holder in call.directory.role_holders(role)]


def _shown(each: _Holding) -> Document:
    return shapes.unified_assignment(each.id, each.principal_id, each.template_id)


def read_assignments(call: Call) -> Answer:
    """GET /roleManagement/directory/roleAssignments."""
    return call.many([_shown(each) for each in _holdings(call)], ASSIGNMENT)


def _assignment(call: Call) -> _Holding:
    wanted = call.keys[0].value
    found = next((each for each in _holdings(call) if each.id == wanted), None)
    if found is None:
        raise Refused(objects.NOT_FOUND, key=wanted)
    return found


def read_assignment(call: Call) -> Answer:
    """GET /roleManagement/directory/roleAssignments/{id}."""
    return call.one(_shown(_assignment(call)), ASSIGNMENT)


def assign(call: Call) -> Answer:
    """POST /roleManagement/directory/roleAssignments, over the whole tenant."""
    read = read_members(call.body, UNIFIED_ASSIGNMENT, _KIND)
    holder = str(required(read, "principal_id", "principalId", _KIND)).lower()
    role = str(required(read, "role_definition_id", "roleDefinitionId", _KIND)).lower()
    if required(read, "directory_scope_id", "directoryScopeId", _KIND) != "/":
        raise Unmodelled("a directory role over less than the whole tenant")
    if role not in DIRECTORY_ROLES:
        raise Refused(objects.NOT_FOUND, key=role)
    if kinds.typed(call.directory, holder, kinds.HOLDERS) is None:
        raise Refused(objects.NOT_FOUND, key=holder)
    _must_be_assignable(call, holder)
    if holder in call.directory.role_holders(role):
        raise Refused(objects.CONFLICTING)
    call.directory.give_directory_role(holder, role)
    return call.one(_shown(_Holding(holder, role)), ASSIGNMENT, status=201)


def unassign(call: Call) -> Answer:
    """DELETE /roleManagement/directory/roleAssignments/{id}."""
    held = _assignment(call)
    call.directory.take_directory_role(held.principal_id, held.template_id)
    return Answer(204)
