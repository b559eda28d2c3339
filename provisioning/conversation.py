"""One conversation to hand off, and the rows that the vendor writes for it: pure data, nothing is sent here.

After docs.open.cx integrations/dynamics-365 (conversations): routing by channel, the incident's properties, the contact
that is looked up or made. Where the vendor's page is silent or masked, the name is the one that Dataverse demands.
Read 2026-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from provisioning.handoff import uses_conversations
from provisioning.settings import Channel

CONTACTS: Final = "contacts"
INCIDENTS: Final = "incidents"
NOTES: Final = "annotations"
CONVERSATIONS: Final = "msdyn_ocliveworkitems"

DEFAULT_PRIORITY: Final = 2
_ANONYMOUS: Final = "Support - Anonymous"
_LONGEST_TITLE: Final = 200  # characters, of incident.title and of an activity's subject


@dataclass(frozen=True)
class Line:
    """One line of a transcript."""

    at: datetime
    who: str
    text: str


@dataclass(frozen=True)
class Mistakes:
    """How a client's requests differ from what Dataverse demands; by default they do not."""

    customer_bind: str = "customerid_contact"
    """The navigation property by which a case is linked to its customer."""
    conversation_set: str = CONVERSATIONS
    doubles_quotes: bool = True
    """Whether an apostrophe in the e-mail address is doubled in the filter."""
    email_column: str = "emailaddress1"
    body: str | None = None
    """Sent as the incident in place of a JSON object."""


@dataclass(frozen=True)
class Handoff:
    """A conversation, and how the vendor is set up to hand it off."""

    channel: Channel
    name: str = ""
    email: str = ""
    phone: str = ""
    classification: str = "Support"
    summary: str = ""
    sentiment: str = ""
    session_id: str = ""
    transcript: tuple[Line, ...] = ()
    priority: object = DEFAULT_PRIORITY
    """`default_priority`: the vendor takes 1 to 4; a stock environment has 1, 2 and 3."""
    owner_id: str = ""
    """`default_owner_id`, a systemuserid."""
    queue_id: str = ""
    """`default_queue_id`, bound on the incident as the vendor does; a stock incident has no such lookup."""
    add_to_queue: str = ""
    """A queue that the case is put into by AddToQueue, as Dataverse means it."""
    properties: Mapping[str, Any] = field(default_factory=dict)
    """`ticket_properties`, spread onto the row as they are."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with each write besides the usual ones."""
    mistakes: Mistakes = Mistakes()

    @property
    def is_conversation(self) -> bool:
        """Whether this channel makes a live work item instead of an incident."""
        return uses_conversations((self.channel,))

    @property
    def table_set(self) -> str:
        """The set that the row goes into."""
        return self.mistakes.conversation_set if self.is_conversation else INCIDENTS

    @property
    def title(self) -> str:
        """What the row is called."""
        who = self.name or self.email
        return f"{self.classification} - {who}"[:_LONGEST_TITLE] if who else _ANONYMOUS

    @property
    def description(self) -> str:
        """The header lines and then the whole transcript, however long that is."""
        details = ", ".join(filter(None, (self.name, self.email, self.phone))) or "unknown"
        head = [
            f"Channel: {self.channel}",
            f"Summary: {self.summary}",
            f"Classification: {self.classification}",
            f"Sentiment: {self.sentiment}",
            f"Customer Details: {details}",
        ]
        said = [f"[{line.at:%Y-%m-%d %H:%M:%S}] {line.who}: {line.text}" for line in self.transcript]
        return "\n".join([*head, "", *said]).strip()


def contact_filter(handoff: Handoff) -> str:
    """The condition that the customer is looked up by."""
    email = handoff.email.replace("'", "''") if handoff.mistakes.doubles_quotes else handoff.email
    return f"{handoff.mistakes.email_column} eq '{email}'"


def contact_row(handoff: Handoff) -> dict[str, Any]:
    """The contact that is made for an unknown customer."""
    first, _, last = (handoff.name or handoff.email).partition(" ")
    row = {
        "firstname": first if last else "",
        "lastname": last or first,
        "emailaddress1": handoff.email,
        "mobilephone": handoff.phone,
        "description": f"Created from chat session {handoff.session_id}",
    }
    return {name: value for name, value in row.items() if value}


def ticket_row(handoff: Handoff, contact: str) -> dict[str, Any]:
    """The incident, or the live work item, linked to `contact` ("" for a customer without an e-mail address)."""
    row: dict[str, Any] = {"description": handoff.description}
    if handoff.is_conversation:
        row["subject"] = handoff.title
        bind = "msdyn_customer_msdyn_ocliveworkitem_contact"
    else:
        row |= {"title": handoff.title, "prioritycode": handoff.priority}
        bind = handoff.mistakes.customer_bind
    if contact:
        row[f"{bind}@odata.bind"] = f"/contacts({contact})"
    if handoff.owner_id:
        row["ownerid@odata.bind"] = f"/systemusers({handoff.owner_id})"
    if handoff.queue_id:
        row["queueid@odata.bind"] = f"/queues({handoff.queue_id})"
    return {**row, **handoff.properties}


def note_row(handoff: Handoff, incident: str) -> dict[str, Any]:
    """The transcript as a note on its case."""
    return {
        "subject": f"Transcript of session {handoff.session_id}".strip(),
        "notetext": handoff.description,
        "objectid_incident@odata.bind": f"/incidents({incident})",
    }


def queue_call(handoff: Handoff, incident: str) -> tuple[str, dict[str, Any]]:
    """Path and body of the action that puts a case into a queue."""
    target = {"@odata.type": "Microsoft.Dynamics.CRM.incident", "incidentid": incident}
    return f"queues({handoff.add_to_queue})/Microsoft.Dynamics.CRM.AddToQueue", {"Target": target}
