"""Laws of every failure mode, the next one included: it strikes as stated, is named from the wire, and is mended."""

from typing import get_args

import httpx
import pytest

from mock_services.journal import Entry
from mock_services.state.replicas import PRESETS
from provisioning.access import operator_access
from provisioning.diagnosis.ailments import AILMENTS, Family
from provisioning.diagnosis.ailments.beyond_setup import BEYOND_SETUP
from provisioning.settings import CHANNELS, Integration
from provisioning.verdict import Verdict
from provisioning.verify import verify
from scenarios.failure_modes import FAILURE_MODES, FailureMode, SetupStep, Symptom, UnknownFailureMode, failure_mode
from scenarios.failure_modes.handoff_requests import USUAL, changed
from scenarios.failure_modes.look_alikes import LOOK_ALIKES
from scenarios.failure_modes.performing import Stage, perform, perform_mended
from scenarios.failure_modes.recording import code_in, recorded, told
from scenarios.pages import FOLDER, INDEX, index, page

EVERY_MODE = pytest.mark.parametrize("mode", FAILURE_MODES.values(), ids=FAILURE_MODES)
_BY_TEST_AND_SAVE = [mode for mode in FAILURE_MODES.values() if mode.handoff is None and mode.act is None]
_OUTDATED = "its page is out of date: run python -m scenarios.pages and look at what changed"
_UNDECIDED = {
    # Not even an operator of this tenant sees it: the lists hold nothing of the other app, or of what is gone.
    "login.secret_wrong",
    "login.secret_of_another_app",
    "login.tenant_unknown",
    "dataverse.team_role_lost",
    # The admin API lists environments for a registered app only, and this one is not.
    "dataverse.user_in_another_environment",
    "dataverse.environment_deleted",
    "login.certificate_unknown",
}


async def test_and_save(client: httpx.AsyncClient, pasted: Integration) -> Symptom:
    """The vendor's two calls with the four values as pasted, written here once more so that nothing is shared."""
    token = await client.post(
        f"https://login.microsoftonline.com/{pasted.tenant_id}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": pasted.client_id,
            "client_secret": pasted.client_secret.get_secret_value(),
            "scope": f"{pasted.environment_url}/.default",
        },
    )
    if token.status_code != 200:
        return Symptom("token", token.status_code, f"AADSTS{token.json()['error_codes'][0]}")
    probe = await client.get(
        f"{pasted.environment_url}/api/data/v9.2/incidents",
        headers={"Authorization": f"Bearer {token.json()['access_token']}"},
    )
    if probe.status_code == 200:
        return Symptom("none", 200)
    said = probe.json()["error"]["code"] if "json" in probe.headers.get("content-type", "") else ""
    return Symptom("probe", probe.status_code, said)


test_and_save.__test__ = False  # type: ignore[attr-defined] # the vendor's name for its button; pytest must not collect it


async def test_a_healthy_tenant_passes_test_and_save(integration: Integration, wire: httpx.AsyncClient) -> None:
    assert await test_and_save(wire, integration) == Symptom("none", 200)


@EVERY_MODE
async def test_it_strikes_as_stated_is_named_from_the_wire_and_mended_by_its_remedy(
    mode: FailureMode, stage: Stage
) -> None:
    """One test, since they are steps of one story: setting the stage is what costs."""
    neighbour = stage.scene.cloud.create_tenant("Adatum")
    before = neighbour.snapshot()
    pasted = mode.apply(stage.scene)
    verdict = await perform(mode, stage, pasted)
    entries = told(stage)
    assert not verdict.healthy
    assert _shows(mode.symptom, entries)
    _is_named(mode, verdict)
    if mode in _BY_TEST_AND_SAVE:
        assert {entry.method for entry in entries if entry.service != "login"} <= {"GET"}
    assert neighbour.snapshot() == before
    assert len(neighbour.journal) == 0
    _holds_no_secret(verdict, entries, stage.scene.integration, pasted)
    assert page(mode, recorded(mode.symptom, entries)) == (FOLDER / f"{mode.name}.md").read_text(), _OUTDATED
    mended = await perform_mended(mode, stage, mode.cure(stage.scene))
    assert mended.healthy, mended.said


def _shows(symptom: Symptom, entries: list[Entry]) -> bool:
    """Whether an answer of this status and code went over the wire; for no answer, that a call got none."""
    if symptom.status is None:
        return symptom.call == "handoff" or any(entry.status == 0 for entry in entries)
    return any(entry.status == symptom.status and code_in(entry.response_body) == symptom.code for entry in entries)


def _is_named(mode: FailureMode, verdict: Verdict) -> None:
    """First, or first among those that it is stated to look like; each cause with everything a person needs."""
    ranked = [cause.name for cause in verdict.causes]
    assert mode.name in ranked
    assert ranked[0] in {mode.name, *mode.looks_like}
    assert verdict.whose_turn
    for cause in verdict.causes:
        assert "{" not in cause.remedy
        assert cause.why
    if verdict.certainty != "certain" and len(ranked) > 1 and mode.looks_like:
        assert verdict.causes[0].decided_by


def _holds_no_secret(verdict: Verdict, entries: list[Entry], *pasted: Integration) -> None:
    secrets = {each.client_secret.get_secret_value().strip() for each in pasted} - {""}
    everything = f"{verdict!r} {verdict.to_json()} {entries!r}"
    assert not [secret for secret in secrets if secret in everything]


@pytest.mark.parametrize("mode", [m for m in _BY_TEST_AND_SAVE if m.looks_like], ids=lambda mode: mode.name)
async def test_an_operator_tells_look_alikes_apart(mode: FailureMode, stage: Stage) -> None:
    pasted = mode.apply(stage.scene)
    operator = operator_access(stage.settings, stage.transport, stage.clock)
    verdict = await verify(
        pasted, transport=stage.transport, clock=stage.clock, bases=stage.settings.bases(), operator=operator
    )
    assert mode.name in [cause.name for cause in verdict.causes]
    if mode.name not in _UNDECIDED:
        assert verdict.failure == mode.name


@pytest.mark.parametrize("preset", PRESETS)
async def test_the_healthy_tenant_never_gets_a_diagnosis(preset: str, stage: Stage) -> None:
    """At any pace of replication, with an operator and without, over every channel."""
    integration = stage.scene.integration
    stage.scene.tenant.replication.use(preset)
    stage.scene.tenant.clock.advance(minutes=30)
    for operator in (None, operator_access(stage.settings, stage.transport, stage.clock)):
        verdict = await verify(
            integration, transport=stage.transport, clock=stage.clock, bases=stage.settings.bases(), operator=operator
        )
        assert verdict.healthy, verdict.said
    for channel in CHANNELS:
        mode = FailureMode(
            name="other",
            step=SetupStep.HANDOFF,
            title="",
            symptom=Symptom("none", 200),
            causes=(),
            evidence="",
            seen="",
            handoff=changed(channel=channel, name=USUAL.name),
        )
        assert (await perform(mode, stage, integration)).healthy


def test_look_alikes_have_one_symptom_and_are_in_the_catalogue() -> None:
    for group in LOOK_ALIKES:
        assert len({failure_mode(name).symptom for name in group.names}) == 1
        assert group.told_apart_by
    named = [name for group in LOOK_ALIKES for name in group.names]
    assert len(named) == len(set(named))


def test_every_family_has_a_failure_mode_and_every_mode_its_evidence() -> None:
    shown = {mode.family for mode in FAILURE_MODES.values()}
    # `other` is for what is not in the book; Dataverse's outages and an operator's typing are the known ones.
    assert shown == set(get_args(Family))
    for mode in FAILURE_MODES.values():
        assert mode.causes
        assert mode.evidence
        assert mode.seen[:4].isdigit()


def test_what_the_book_names_without_a_failure_mode_is_known() -> None:
    """Wider names for what nothing narrower fits, and what these fakes do not play: each added on purpose."""
    explained_alone = {ailment.name for ailment in BEYOND_SETUP}
    assert set(AILMENTS) - set(FAILURE_MODES) - explained_alone == {
        "other", "login.scope_or_resource_wrong", "login.throttled_or_transient", "network.tls_or_proxy",
        "dataverse.token_refused", "dataverse.environment_closed",
        "login.certificate_revoked", "login.certificate_subject_wrong", "login.client_is_public",
        "login.request_malformed", "login.operator_code_expired", "login.operator_declined",
        "login.operator_needs_admin_consent", "dataverse.already_in_queue",
        "dataverse.case_closed", "dataverse.location_restricted",
        "dataverse.payload_too_large", "dataverse.plugin_refused", "graph.two_apps_of_one_name",
        "power_platform.not_an_administrator", "power_platform.not_environment_administrator",
    }  # fmt: skip


def test_the_readme_counts_them() -> None:
    assert f"lists {len(FAILURE_MODES)} ways" in (FOLDER.parent.parent / "README.md").read_text()


def test_the_index_of_the_pages_is_up_to_date_and_no_page_is_left_over() -> None:
    assert (FOLDER / INDEX).read_text() == index(), _OUTDATED
    assert {file.stem for file in FOLDER.glob("*.md")} - {"README"} == set(FAILURE_MODES)


def test_a_mistyped_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownFailureMode, match=r"did you mean login\.secret_expired"):
        failure_mode("login.secret_expird")
