"""Values in a paste that say more than its code: which privilege, which column, which identifier."""

import re
from typing import Final

from provisioning.explaining.facts import Facts
from provisioning.explaining.guess import Guesses, guesses

# The handoff's privileges, each with the failure mode that is named for it.
_PRIVILEGES: Final = {
    "prvReadContact": "dataverse.cannot_read_contacts",
    "prvCreateContact": "dataverse.cannot_create_contacts",
    "prvCreateIncident": "dataverse.cannot_create_incidents",
    "prvAppendIncident": "dataverse.cannot_append_incidents",
    "prvAppendToContact": "dataverse.cannot_append_to_contacts",
    "prvCreateNote": "dataverse.cannot_create_notes",
    "prvReadNote": "dataverse.cannot_create_notes",
    "prvAppendNote": "dataverse.cannot_create_notes",
    "prvAssignIncident": "dataverse.cannot_assign_incidents",
    "prvCreateActivity": "dataverse.cannot_create_conversations",
    "prvAppendToQueue": "dataverse.cannot_add_to_queue",
    "prvAddToQueue": "dataverse.cannot_add_to_queue",
    "prvCreateUser": "dataverse.operator_cannot_create_users",
}
_PLACEHOLDER = re.compile(r"^[<{$\[%]|your|enter_|_here|client.?id|app.?id", re.IGNORECASE)


def finer(led: Guesses, facts: Facts) -> Guesses:
    """The same guesses, with the failure mode before them that the values name."""
    name = _named(led[0][0], facts)
    return led if name is None else (*guesses(led[0][1], name), *((other, "possible") for other, _ in led))


def _named(name: str, facts: Facts) -> str | None:
    if name == "dataverse.role_lacks_privilege" and facts.privileges:
        return _PRIVILEGES.get(facts.privileges[0])
    if name == "dataverse.option_out_of_range" and "prioritycode" in facts.columns:
        return "dataverse.priority_out_of_range"
    if name == "login.client_unknown" and any(_PLACEHOLDER.search(client) for client in facts.clients):
        return "login.client_is_placeholder"
    return None
