"""Which Dataverse privileges the vendor's work needs, by what it does: the data behind role and verdict.

Operations after docs.open.cx integrations/dynamics-365 (connect, conversations); privileges after
power-platform/admin/how-record-access-determined and the table of MicrosoftDocs Dataverse messages (gg334652,
gg328108, dn689052); all activity tables share one set (power-apps/developer custom-activities). Read 2026-11.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from provisioning.settings import Channel

Operation = Literal["test_and_save", "contact", "incident", "note", "queue", "live_work_item", "people"]


@dataclass(frozen=True)
class Need:
    """A privilege and what breaks without it. `required` is false for what only some handoffs use."""

    privilege: str
    operation: Operation
    why: str
    required: bool = True


NEEDS: Final[tuple[Need, ...]] = (
    Need("prvReadIncident", "test_and_save", "Test & Save reads incidents"),
    Need("prvReadContact", "contact", "the customer is looked up by e-mail address"),
    Need("prvCreateContact", "contact", "an unknown customer is created"),
    Need("prvAppendContact", "contact", "a contact is linked to its account", required=False),
    Need("prvWriteContact", "contact", "a contact is completed later", required=False),
    Need("prvCreateIncident", "incident", "a case is created"),
    Need("prvReadIncident", "incident", "whoever owns a case must be able to read it"),
    Need("prvWriteIncident", "incident", "a case is updated"),
    Need("prvAppendIncident", "incident", "a case is linked to its customer"),
    Need("prvAppendToContact", "incident", "a customer takes a link from a case"),
    Need("prvAssignIncident", "incident", "a default owner is set", required=False),
    Need("prvReadTransactionCurrency", "incident", "a case has a currency where amounts are set", required=False),
    Need("prvCreateNote", "note", "the transcript is attached"),
    Need("prvReadNote", "note", "whoever owns a note must be able to read it"),
    Need("prvAppendNote", "note", "a note is linked to its case"),
    Need("prvAppendToIncident", "note", "a case takes a link from a note"),
    Need("prvReadQueue", "queue", "queues are listed and looked into"),
    Need("prvAppendToQueue", "queue", "a case is put into a queue", required=False),
    Need("prvReadUser", "people", "owners are listed"),
    Need("prvReadTeam", "people", "owners can be teams", required=False),
    Need("prvReadBusinessUnit", "people", "rows name their business unit", required=False),
    Need("prvReadOrganization", "people", "the environment's settings are read", required=False),
    Need("prvCreateActivity", "live_work_item", "a conversation is created"),
    Need("prvReadActivity", "live_work_item", "whoever owns a conversation must be able to read it"),
    Need("prvWriteActivity", "live_work_item", "a conversation is updated", required=False),
    Need("prvAppendActivity", "live_work_item", "a conversation is linked to customer and case"),
    Need("prvAppendToActivity", "live_work_item", "a conversation takes notes", required=False),
    Need("prvAppendToContact", "live_work_item", "a customer takes a link from a conversation"),
    Need("prvReadmsdyn_liveworkstream", "live_work_item", "a conversation belongs to a work stream", required=False),
    Need("prvAppendTomsdyn_liveworkstream", "live_work_item", "a work stream takes a conversation", required=False),
)

_ALWAYS: Final[tuple[Operation, ...]] = ("test_and_save", "contact", "queue", "people")
# Routing by channel, which the vendor does not let anyone override.
_BY_CHANNEL: Final[dict[Channel, tuple[Operation, ...]]] = {
    "phone": ("incident", "note"),
    "email": ("incident", "note"),
    "web": ("live_work_item",),
    "sms": ("live_work_item",),
    "whatsapp": ("live_work_item",),
}

# The least privileges as the vendor's set-up page lists them (docs.open.cx azure-setup). Reading incidents is not
# among them, so a role made of just these fails the vendor's own Test & Save.
VENDOR_LIST: Final = frozenset(
    {
        "prvReadContact",
        "prvReadQueue",
        "prvReadUser",
        "prvCreateIncident",
        "prvWriteIncident",
        "prvAppendToIncident",
        "prvCreateNote",
        "prvWriteNote",
        "prvAppendToNote",
    }
)


def operations(channels: Iterable[Channel]) -> frozenset[Operation]:
    """What the vendor does for these channels."""
    return frozenset([*_ALWAYS, *(operation for channel in channels for operation in _BY_CHANNEL[channel])])


def uses_conversations(channels: Iterable[Channel]) -> bool:
    """Whether a channel among these needs Omnichannel."""
    return "live_work_item" in operations(channels)


def privileges_to_grant(channels: Iterable[Channel]) -> frozenset[str]:
    """What a generated role holds: everything that any handoff over these channels may use."""
    wanted = operations(channels)
    return frozenset(need.privilege for need in NEEDS if need.operation in wanted)


def missing(held: Iterable[str], channels: Iterable[Channel]) -> tuple[Need, ...]:
    """The required needs that these privileges (compared without case) do not cover, each privilege once."""
    wanted = operations(channels)
    have = {name.lower() for name in held}
    lacking: dict[str, Need] = {}
    for need in NEEDS:
        if need.required and need.operation in wanted and need.privilege.lower() not in have:
            lacking.setdefault(need.privilege, need)
    return tuple(lacking.values())


def is_vendor_list(held: Iterable[str]) -> bool:
    """Whether these privileges look like the vendor's list taken literally: all of it, and no reading of incidents."""
    have = {name.lower() for name in held}
    return have.issuperset(name.lower() for name in VENDOR_LIST) and "prvreadincident" not in have
