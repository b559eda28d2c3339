"""The conversation that every handoff mode hands off, and the usual ways to change it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from provisioning.conversation import Handoff, Mistakes
from scenarios.failure_modes.entry import Request
from scenarios.failure_modes.scene import Scene

USUAL = Handoff(
    channel="email",
    name="Ada Lovelace",
    email="ada.lovelace@example.com",
    phone="+44 20 7946 0958",
    classification="Billing",
    summary="Asks why the invoice of March was sent twice.",
    sentiment="neutral",
    session_id="chat-0017",
)
"""A customer with everything: it goes well in a healthy tenant."""


def as_usual(_scene: Scene) -> Handoff:
    """The usual conversation: what goes wrong is the tenant's."""
    return USUAL


def by_chat(_scene: Scene) -> Handoff:
    """The same by chat, which makes a live work item."""
    return replace(USUAL, channel="web")


def changed(**members: Any) -> Request:
    """The usual conversation with some members different."""
    return lambda _scene: replace(USUAL, **members)


def with_properties(properties: Mapping[str, Any]) -> Request:
    """The usual conversation with `ticket_properties`."""
    return changed(properties=properties)


def mistaken(channel: str = "email", **mistakes: Any) -> Request:
    """The usual conversation by a client that makes mistakes."""
    return changed(channel=channel, mistakes=Mistakes(**mistakes))


def for_this(make: Callable[[Scene], Mapping[str, Any]]) -> Request:
    """The usual conversation with members that depend on what is in the tenant."""
    return lambda scene: replace(USUAL, **make(scene))
