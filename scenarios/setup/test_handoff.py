"""One handoff as the vendor makes it: what it looks up, what it writes, and what it ends with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.conversation import Handoff, Line, contact_filter, contact_row, ticket_row
from provisioning.engine import Engine
from provisioning.handing_off import HandedOff, hand_off
from provisioning.settings import CHANNELS, Integration
from scenarios.failure_modes import Scene, failure_mode
from scenarios.failure_modes.handoff_requests import USUAL

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def handed(engine: Engine, integration: Integration, handoff: Handoff) -> HandedOff:
    return await hand_off(
        handoff, integration, transport=engine.transport, clock=engine.clock, bases=engine.settings.bases()
    )


async def test_a_mail_becomes_a_case_with_its_customer_and_the_transcript(
    engine: Engine, integration: Integration, tenant: Any
) -> None:
    spoken = (Line(NOON, "Ada Lovelace", "It was sent twice."),)
    done = await handed(engine, integration, replace(USUAL, transcript=spoken, properties={"caseorigincode": 2}))
    assert done.verdict.healthy
    incident = tenant.organisation.get("incident", done.made["incident"])
    assert incident["title"] == "Billing - Ada Lovelace"
    assert incident["prioritycode"] == incident["caseorigincode"] == 2
    assert incident["customerid"] == done.made["contact"]
    assert incident["ticketnumber"] == done.made["ticket number"]
    assert "[2026-03-02 12:00:00] Ada Lovelace: It was sent twice." in incident["description"]
    contact = tenant.organisation.get("contact", done.made["contact"])
    assert (contact["firstname"], contact["lastname"]) == ("Ada", "Lovelace")
    assert contact["description"] == "Created from chat session chat-0017"
    [note] = tenant.organisation.select("annotation")
    assert note["objectid"] == done.made["incident"]


async def test_a_known_customer_is_linked_and_not_made_again(
    engine: Engine, integration: Integration, tenant: Any
) -> None:
    first = await handed(engine, integration, USUAL)
    second = await handed(engine, integration, USUAL)
    assert second.made["contact"] == first.made["contact"]
    assert second.made["incident"] != first.made["incident"]
    assert len(tenant.organisation.select("contact", emailaddress1=USUAL.email)) == 1


async def test_a_reader_with_too_little_depth_makes_the_known_customer_again(
    engine: Engine, integration: Integration, cloud: Any, tenant: Any
) -> None:
    """Nothing is refused: the list is empty, and so there are two contacts afterwards."""
    failure_mode("dataverse.contacts_unseen").apply(Scene(cloud, tenant, integration))
    done = await handed(engine, integration, USUAL)
    assert done.verdict.failure == "dataverse.contacts_unseen"
    assert "Basic level" in done.verdict.causes[0].why
    assert len(tenant.organisation.select("contact", emailaddress1=USUAL.email)) == 2


async def test_too_little_depth_is_suspected_before_any_handoff(
    engine: Engine, integration: Integration, cloud: Any, tenant: Any
) -> None:
    failure_mode("dataverse.contacts_unseen").apply(Scene(cloud, tenant, integration))
    verdict = await engine.verify(integration)
    assert verdict.healthy
    assert [cause.name for cause in verdict.suspected] == ["dataverse.contacts_unseen"]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_channel_decides_what_is_made(
    channel: Any, engine: Engine, integration: Integration, tenant: Any
) -> None:
    done = await handed(engine, integration, replace(USUAL, channel=channel))
    chat = channel in ("web", "sms", "whatsapp")
    assert ("live work item" in done.made) is chat
    assert ("incident" in done.made) is not chat
    if chat:
        row = tenant.organisation.get("msdyn_ocliveworkitem", done.made["live work item"])
        assert row["msdyn_customer"] == done.made["contact"]


async def test_a_case_is_put_into_a_queue_by_the_action_that_is_there_for_it(
    engine: Engine, integration: Integration, tenant: Any
) -> None:
    queue = tenant.organisation.insert("queue", {"name": "Billing"})
    done = await handed(engine, integration, replace(USUAL, add_to_queue=queue))
    [item] = tenant.organisation.select("queueitem", queueid=queue)
    assert item["objectid"] == done.made["incident"]
    assert item["queueitemid"] == done.made["queue item"]


async def test_what_was_made_before_it_stopped_is_told(engine: Engine, integration: Integration) -> None:
    done = await handed(engine, integration, replace(USUAL, priority=4))
    assert done.verdict.failure == "dataverse.priority_out_of_range"
    assert set(done.made) == {"contact"}
    assert [check.outcome for check in done.verdict.checks][-1] == "failed"
    assert integration.client_secret.get_secret_value() not in str(done.to_json())


@given(st.text(max_size=300), st.text(max_size=80), st.sampled_from(CHANNELS))
def test_whatever_a_customer_is_called_the_rows_can_be_sent(name: str, email: str, channel: Any) -> None:
    handoff = Handoff(channel=channel, name=name, email=email)
    row = ticket_row(handoff, "")
    assert 0 < len(row.get("title") or row.get("subject") or "") <= 200
    assert all(contact_row(handoff).values())
    quoted = contact_filter(handoff).removeprefix("emailaddress1 eq ")
    assert quoted[1:-1].replace("''", "'") == email
    assert quoted[1:-1].count("'") % 2 == 0
