"""Whether a contact and a case can really be written: they are made, marked as such, and removed again."""

from dataclasses import dataclass, field

from provisioning.clock import Clock
from provisioning.dataverse import DataverseClient
from provisioning.diagnosis.symptom import Probe
from provisioning.problems import AnswerLost, Problem

_MARK = "d365-harness write probe"
_NOTE = "Made by d365-harness to prove that it can be written; safe to delete."


@dataclass(frozen=True)
class WriteOutcome:
    """One write and what came of it."""

    name: str
    detail: str
    problem: Problem | None = None


@dataclass
class Written:
    """Everything the probe did. `left_behind` are warnings about rows that could not be removed."""

    outcomes: list[WriteOutcome] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)
    failure: tuple[Probe, Problem] | None = None


async def try_writing(environment: DataverseClient, operator: DataverseClient | None, clock: Clock) -> Written:
    """Write as the integration; what it may not delete is deleted as the operator, or named."""
    written = Written()
    title = f"{_MARK} {clock.now():%Y-%m-%d %H:%M:%SZ}"
    contact = await _create(
        written,
        environment,
        "create_contact",
        "contacts",
        # The reserved domain keeps anybody from ever being written to (RFC 2606).
        {"firstname": "Write probe", "lastname": title, "emailaddress1": "probe@example.invalid", "description": _NOTE},
    )
    if not contact:
        return written
    incident = await _create(
        written,
        environment,
        "create_incident",
        "incidents",
        {
            "title": title,
            "description": _NOTE,
            "prioritycode": 2,
            "customerid_contact@odata.bind": f"/contacts({contact})",
        },
    )
    # The case first: it refers to the contact.
    if incident:
        await _delete(written, environment, operator, "incidents", incident)
    await _delete(written, environment, operator, "contacts", contact)
    return written


async def _create(
    written: Written, environment: DataverseClient, probe: Probe, table_set: str, body: dict[str, object]
) -> str:
    """The new row's id; "" where it failed, which is noted."""
    name = f"write probe: {probe.replace('_', ' ')}"
    try:
        id_ = await environment.create(probe.replace("_", " "), table_set, body)
    except Problem as problem:
        written.outcomes.append(WriteOutcome(name, problem.heard, problem))
        written.failure = (probe, problem)
        if isinstance(problem, AnswerLost):
            written.left_behind.append(f"a row titled '{_MARK}' may be left in {table_set}: its answer was lost")
        return ""
    written.outcomes.append(WriteOutcome(name, id_))
    return id_


async def _delete(
    written: Written, environment: DataverseClient, operator: DataverseClient | None, table_set: str, id_: str
) -> None:
    """Delete as the integration, else as the operator, else say what is left."""
    refused: Problem | None = None
    for client in (environment, operator):
        if client is None:
            continue
        try:
            await client.delete(f"remove the probe from {table_set}", table_set, id_)
        except Problem as problem:
            refused = refused or problem
        else:
            return
    reason = refused.brief if refused else "no answer"
    written.left_behind.append(f"left behind: {table_set}({id_}), which these rights cannot delete ({reason})")
