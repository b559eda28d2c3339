"""Who may make registrations and principals, and how many (entra-docs delegate-by-task, entra-service-limits)."""

from mock_services.graph import facts
from mock_services.graph.call import Call
from mock_services.graph.errors import Refused
from mock_services.graph.permissions import Reach
from mock_services.graph.refusals import objects
from mock_services.state.well_known import APPLICATION_DEVELOPER


def check(call: Call) -> None:
    """Refuse a creator whom the tenant's policy or quota stops: one that reaches only its own. Raises Refused."""
    if call.reach is Reach.ALL:
        return
    caller = call.caller
    is_plain = caller.is_user and APPLICATION_DEVELOPER not in caller.directory_roles
    if is_plain and not call.directory.people_may_create_apps:
        raise Refused(objects.DENIED)
    check_quota(call)


def check_quota(call: Call) -> None:
    """Refuse what would be one object too many of the creator's. Raises Refused."""
    if call.directory.created_by(call.caller.object_id) >= facts.OBJECTS_OF_CREATOR:
        raise Refused(objects.QUOTA_EXCEEDED)


def record(call: Call, object_id: str) -> None:
    """Count a new object against its creator."""
    if call.reach is Reach.OWNED:
        call.directory.set_creator(object_id, call.caller.object_id)
