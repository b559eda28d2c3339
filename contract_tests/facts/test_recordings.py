"""Recordings: nothing in them that must not be told, one name an id, and every later change noticed."""

import json
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.facts.fact import Accepted, Alternative, Fact
from contract_tests.facts.in_process import fake_world
from contract_tests.facts.ledger import Ledger, overdue
from contract_tests.facts.loading import facts
from contract_tests.facts.putting import Heard, Outcome, put
from contract_tests.facts.recording import Identities, Kept, Recorder, Recording, changes, recordings
from contract_tests.facts.redaction import Redactor, Unsafe, scan
from contract_tests.facts.settling import QUIRKS, patch, settled
from contract_tests.facts.world import World
from mock_services.cloud import FakeCloud
from mock_services.quirks import Quirks
from mock_services.tenant import FakeTenant

BY_NAME = {fact.name: fact for fact in facts()}
ASKED = (
    "dataverse.probe",
    "dataverse.contact_found",
    "dataverse.user_missing",
    "graph.application_list",
    "login.token_v2",
)


async def recorded(world: World, names: tuple[str, ...] = ASKED) -> Recorder:
    recorder = Recorder(facts())
    for name in names:
        recorder.keep(await put(BY_NAME[name], world), world.values)
    return recorder


async def test_a_recording_tells_no_value_of_the_tenant(
    world: World, contract_tenant: FakeTenant, tmp_path: Path
) -> None:
    recorder = await recorded(world)
    file = recorder.write(tmp_path, world.place, date(2026, 11, 24), iter(world.values.values()))
    told = json.loads(file.read_text())
    assert told["of"] == "stand-in"
    assert told["answers"]["dataverse.user_missing"]["body"]["error"]["message"].startswith("The user is not a member")
    assert told["answers"]["login.token_v2"]["body"]["access_token"] == "<token>"
    found = told["answers"]["dataverse.contact_found"]["body"]["value"][0]
    assert found["emailaddress1"] == "<contact.email>"
    text = file.read_text()
    for value in (contract_tenant.id, contract_tenant.organisation.host, contract_tenant.operator.client_secret):
        assert value not in text


async def test_a_directorys_short_name_is_told_no_more_than_a_long_one(
    contract_cloud: FakeCloud, tmp_path: Path
) -> None:
    tenant = contract_cloud.create_tenant("Ace")
    async with fake_world(contract_cloud, tenant, tmp_path) as world:
        said = {"error": {"code": "0", "message": "Ace is in no place that we know, and an ace is no directory"}}
        kept = Redactor(facts()).body(BY_NAME["dataverse.user_missing"], said, world.values)
        recorder = await recorded(world, ("dataverse.user_missing",))
        recorder.answers["login.token_v2"] = Kept(status=200, body={"error": "the directory of Ace"})
        with pytest.raises(Unsafe, match="a value of the tenant"):
            recorder.write(tmp_path, world.place, date(2026, 11, 24), iter(["Ace"]))
    contract_cloud.drop(tenant)
    assert kept["error"]["message"] == "<directory> is in no place that we know, and an ace is no directory"


async def test_a_customers_own_columns_are_counted_and_not_named(world: World) -> None:
    fact = BY_NAME["dataverse.probe"]
    heard = Heard(200, {}, {"value": [{"lastname": "Smith", "new_diagnosis": "flu"}]}, "")
    kept = Recorder(facts()).keep(Outcome(fact, heard, ()), world.values)
    assert kept.body == {"value": [{"lastname": "<text>", "<others>": 1}]}


async def test_one_id_has_one_name_in_the_whole_recording(world: World) -> None:
    ids = [f"{number:08d}-0000-4000-8000-000000000000" for number in (1, 2, 1)]
    redactor = Redactor(facts())
    told = [redactor.body(BY_NAME["dataverse.who_am_i"], {"UserId": each}, world.values) for each in ids]
    assert [each["UserId"] for each in told] == ["<guid 1>", "<guid 2>", "<guid 1>"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("x eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30.x", "a token"),
        ("write to ada@contoso.com", "an e-mail address"),
        ("2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e5f", "an id"),
        ("aB3~xY9_kL0mN8-pQ7rS6tU5vW4zX2cV1bN0mK", "a random-looking string"),
        ("this is Contoso of Anytown", "a value of the tenant"),
    ],
)
def test_what_must_not_be_told_is_found(text: str, rule: str) -> None:
    with pytest.raises(Unsafe, match=rule) as told:
        scan(text, ["Contoso of Anytown"])
    assert text not in str(told.value)


@given(st.sampled_from([fact for fact in facts() if fact.is_refusal]))
def test_the_words_of_the_facts_themselves_are_no_secrets(fact: object) -> None:
    scan(repr(fact), [])


async def test_an_unsafe_recording_is_not_written(world: World, tmp_path: Path) -> None:
    recorder = Recorder(facts())
    recorder.answers["login.token_v2"] = Kept(status=200, body={"access_token": "eyJzdWIiOiJhZGEifQ.eyJhIjoxfQ.c2ln"})
    with pytest.raises(Unsafe):
        recorder.write(tmp_path / "kept", world.place, date(2026, 11, 24), iter(()))
    assert not (tmp_path / "kept").exists()


async def test_another_tenant_says_the_same_and_a_change_is_told_field_by_field(world: World, tmp_path: Path) -> None:
    before = (await recorded(world)).answers
    cloud = FakeCloud(seed=7)
    tenant = cloud.create_tenant("Fabrikam", region="crm11")
    async with fake_world(cloud, tenant, tmp_path) as other:
        now = (await recorded(other)).answers
        tenant.quirks.user_missing_status = 401
        changed = (await recorded(other, ("dataverse.user_missing",))).answers["dataverse.user_missing"]
    ids = Identities()
    assert {name: list(changes(before[name], now[name], ids)) for name in ASKED} == {name: [] for name in ASKED}
    assert [str(each) for each in changes(before["dataverse.user_missing"], changed, Identities())] == [
        "status: expected 403, was told 401"
    ]


def test_two_ids_that_were_one_are_a_change() -> None:
    before, now = (
        Kept(status=200, body={"a": "<guid 1>", "b": "<guid 1>"}),
        Kept(status=200, body={"a": "<guid 4>", "b": "<guid 5>"}),
    )
    assert [each.field for each in changes(before, now, Identities())] == ["body.b"]
    assert list(changes(now, now, Identities())) == []


async def test_a_recording_is_held_against_every_later_run_but_for_accepted_differences(world: World) -> None:
    fact = BY_NAME["dataverse.row_not_found"]
    outcome = await put(fact, world)
    kept = Recorder(facts()).keep(outcome, world.values)
    newer = Recording(
        recorded=date(2027, 1, 2), of="tenant", cloud="public",
        answers={fact.name: kept.model_copy(update={"status": 410})},
    )  # fmt: skip
    passing = Accepted(fact=fact.name, field="status", reason="seen in one tenant only", look_again=date(2027, 2, 1))
    told = Ledger(facts(), (), (newer,)).hear(outcome, world)
    assert [str(each) for each in told] == ["since 2027-01-02: status: expected 410, was told 404"]
    assert Ledger(facts(), (passing,), (newer,)).hear(outcome, world) == []
    assert overdue((passing,), date(2027, 2, 1)) == []
    assert overdue((passing,), date(2027, 2, 2)) == [
        f"{fact.name}, status: was to be looked at again by 2027-02-01: seen in one tenant only"
    ]


def test_a_broken_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "tenant-public.json").write_text('{"recorded": "some day"}')
    with pytest.raises(ValueError, match=r"tenant-public\.json is no recording"):
        recordings(tmp_path)


ALTERNATIVES = [(fact, other) for fact in facts() for other in fact.alternatives]


@pytest.mark.parametrize(
    ("fact", "other"), ALTERNATIVES, ids=lambda each: getattr(each, "name", getattr(each, "value", ""))
)
async def test_the_other_side_of_a_quirk_is_recognised(
    contract_cloud: FakeCloud, tmp_path: Path, fact: Fact, other: Alternative
) -> None:
    """In a tenant of its own: the other side may take what the default refuses."""
    tenant = contract_cloud.create_tenant("Fabrikam")
    before = getattr(tenant.quirks, fact.quirk)
    async with fake_world(contract_cloud, tenant, tmp_path) as world:
        setattr(tenant.quirks, fact.quirk, other.value)
        outcome = await put(fact, world)
        setattr(tenant.quirks, fact.quirk, before)
    contract_cloud.drop(tenant)
    assert outcome.differences == ()
    assert settled([outcome]) == {fact.quirk: (fact.name, other.value)}


def test_what_is_settled_becomes_a_patch_of_the_defaults() -> None:
    shown: dict[str, bool | int | str] = {
        "user_missing_status": 401, "unknown_segment_code": "0x8006088a", "app_only_needs_consent": True,
    }  # fmt: skip
    told = patch(shown)
    assert told.startswith("--- a/mock_services/quirks.py\n+++ b/mock_services/quirks.py\n")
    assert told.count("\n-        default=") == told.count("\n+        default=") == len(shown)
    assert '+        default="0x8006088a",' in told
    assert patch({field.name: field.default for field in fields(Quirks)}) == ""  # type: ignore[misc]
    with pytest.raises(LookupError, match="nonsense is no quirk"):
        patch({"nonsense": True})


def test_a_patch_is_of_the_file_as_it_is(tmp_path: Path) -> None:
    """It applies: the changed source, run, has the other default."""
    source = QUIRKS.read_text(encoding="utf-8")
    lines = patch({"user_missing_status": 401}, source).splitlines()
    removed = [line[1:] for line in lines if line.startswith("-") and not line.startswith("---")]
    added = [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++")]
    place = source.index("user_missing_status")
    changed = source[:place] + source[place:].replace(removed[0], added[0], 1)
    names: dict[str, type[Quirks]] = {}
    exec(compile(changed, "quirks", "exec"), names)  # noqa: S102 - our own source
    assert names["Quirks"]().user_missing_status == 401
