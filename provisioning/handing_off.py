"""One handoff as the vendor makes it after set-up, call by call; its end is a verdict like that of Test & Save.

It writes: a contact where the customer is unknown, a case with its note, or a live work item. Nothing is removed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from provisioning.access import dataverse_as
from provisioning.clock import Clock
from provisioning.closer_look import Examination, look_closer
from provisioning.clouds import Endpoints
from provisioning.conversation import (
    CONTACTS,
    NOTES,
    Handoff,
    contact_filter,
    contact_row,
    note_row,
    queue_call,
    ticket_row,
)
from provisioning.dataverse import API_PATH
from provisioning.diagnosis.doctor import Cause, cause, causes_of
from provisioning.diagnosis.symptom import Probe, Symptom, traits_of
from provisioning.environment_urls import suggested_environment_url
from provisioning.problems import NotReached, Problem
from provisioning.settings import Integration
from provisioning.sign_in import GivenToken
from provisioning.test_and_save import Heard, ask_for_token, token_in
from provisioning.transport import Answer, Transport
from provisioning.verdict import Check, Verdict

_HEADERS = {
    "Accept": "application/json",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
    "Prefer": "return=representation",
}


@dataclass(frozen=True)
class HandedOff:
    """What came of a handoff. `made` has the ids of the rows by what they are, and the case's ticket number."""

    verdict: Verdict
    made: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values; holds no secret."""
        return {**self.verdict.to_json(), "made": dict(self.made)}


class _Stopped(Exception):
    """A call did not go as it should."""

    def __init__(self, probe: Probe, heard: Heard) -> None:
        super().__init__(probe)
        self.probe: Probe = probe
        self.heard = heard


@dataclass
class _Work:
    """One handoff under way."""

    handoff: Handoff
    exam: Examination
    clock: Clock
    checks: list[Check] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)
    found_nobody: bool = False
    """Whether the look-up by e-mail address was empty."""

    async def ask(self, probe: Probe, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The object that was answered; raises _Stopped where there was none."""
        root = f"{self.exam.integration.environment_url.strip().rstrip('/')}/{API_PATH}"
        headers = {**_HEADERS, "Authorization": f"Bearer {self.exam.token}"}
        if method == "POST":
            headers |= self.handoff.headers
        began = self.clock.now().timestamp()
        heard: Heard
        try:
            heard = await self.exam.transport.send(
                method, f"{root}/{path}", service="dataverse", json=body, headers=headers, attempts=2
            )
        except NotReached as problem:
            heard = problem
        seconds = self.clock.now().timestamp() - began
        return self._judged(probe, heard, seconds)

    def _judged(self, probe: Probe, heard: Heard, seconds: float) -> dict[str, Any]:
        name = f"handoff: {probe.replace('_', ' ')}"
        if isinstance(heard, NotReached):
            self.checks.append(Check(name, "failed", heard.heard, None, seconds))
            raise _Stopped(probe, heard)
        if heard.status not in (200, 201, 204) or heard.unreadable:
            self.checks.append(Check(name, "failed", str(heard.said), heard.said, seconds))
            raise _Stopped(probe, heard)
        self.checks.append(Check(name, "passed", "", None, seconds))
        return heard.object or {}


async def hand_off(
    handoff: Handoff, integration: Integration, *, transport: Transport, clock: Clock, bases: Endpoints
) -> HandedOff:
    """Do what the vendor does for this conversation. Never raises for what is refused: that is the verdict."""
    transport.hide(integration.client_secret.get_secret_value())
    work = _Work(handoff, Examination(integration, transport, (handoff.channel,), None, login=bases.login), clock)
    try:
        await _sign_in(work, bases)
        contact = await _customer(work)
        await _ticket(work, contact)
    except _Stopped as stopped:
        return HandedOff(await _explained(work, stopped), work.made)
    doubts = await _doubts(work) if work.found_nobody else ()
    return HandedOff(Verdict(tuple(work.checks), (), doubts), work.made)


async def _sign_in(work: _Work, bases: Endpoints) -> None:
    heard = await ask_for_token(work.exam.transport, bases.login, work.exam.integration)
    token = token_in(heard)
    if not token:
        said = None if isinstance(heard, NotReached) else heard.said
        detail = heard.heard if isinstance(heard, NotReached) else str(heard.said)
        work.checks.append(Check("handoff: token", "failed", detail, said))
        raise _Stopped("token", heard)
    work.checks.append(Check("handoff: token", "passed"))
    work.exam.transport.hide(token)
    work.exam = replace(work.exam, token=token)


async def _customer(work: _Work) -> str:
    """The contact's id: found by e-mail address, or made; "" for a customer who gave none."""
    if not work.handoff.email:
        return ""
    path = f"{CONTACTS}?$select=contactid,fullname&$filter={quote(contact_filter(work.handoff))}"
    rows = (await work.ask("find_contact", "GET", path)).get("value") or []
    if rows:
        work.made["contact"] = str(rows[0]["contactid"])
        return work.made["contact"]
    work.found_nobody = True
    row = await work.ask("create_contact", "POST", CONTACTS, contact_row(work.handoff))
    work.made["contact"] = str(row["contactid"])
    return work.made["contact"]


async def _ticket(work: _Work, contact: str) -> None:
    """The row that the agent will see, and what hangs on it."""
    handoff = work.handoff
    body: object = ticket_row(handoff, contact)
    if handoff.is_conversation:
        row = await work.ask("create_conversation", "POST", handoff.table_set, body)
        work.made["live work item"] = str(row["activityid"])
        return
    row = await work.ask("create_incident", "POST", handoff.table_set, handoff.mistakes.body or body)
    work.made |= {"incident": str(row["incidentid"]), "ticket number": str(row.get("ticketnumber") or "")}
    await work.ask("create_note", "POST", NOTES, note_row(handoff, work.made["incident"]))
    if handoff.add_to_queue:
        path, body = queue_call(handoff, work.made["incident"])
        row = await work.ask("add_to_queue", "POST", path, body)
        work.made["queue item"] = str(row.get("QueueItemId") or "")


async def _explained(work: _Work, stopped: _Stopped) -> Verdict:
    """The verdict on the call that stopped it."""
    url = suggested_environment_url(work.exam.integration.environment_url)
    symptom = Symptom(stopped.probe, traits=traits_of(work.exam.integration), facts={"url": url})
    if isinstance(stopped.heard, Answer):
        symptom = replace(symptom, said=stopped.heard.said)
    else:
        symptom = replace(symptom, reach=stopped.heard.reach)
    symptom = await look_closer(symptom, work.exam)
    return Verdict(tuple(work.checks), (), causes_of(symptom), symptom.said)


async def _doubts(work: _Work) -> tuple[Cause, ...]:
    """A customer was not found and so was made: perhaps only because the integration may not see them."""
    url = work.exam.integration.environment_url.strip().rstrip("/")
    environment = dataverse_as(GivenToken(work.exam.token), work.exam.transport, url)
    try:
        me = await environment.who_am_i()
        held = await environment.privileges_of_user(me.user)
    except (Problem, KeyError):
        return ()
    depth = next((each.depth for each in held if each.name.lower() == "prvreadcontact"), "Global")
    if depth == "Global":
        return ()
    seen = f"the look-up found nobody, and Read on Contact is held at {depth} level"
    return (replace(cause("dataverse.contacts_unseen", "likely"), why=seen),)
