"""Two failures at once: the diagnosis peels them off in the order in which the wire shows them, and ends healthy."""

from collections.abc import Iterable

import anyio
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from provisioning.settings import Integration
from provisioning.verify import verify
from scenarios.failure_modes import FAILURE_MODES, FailureMode, Scene
from scenarios.failure_modes.ward import Ward

# What a mode touches: two that touch the same thing are one failure, or hide each other for good.
_PARTS = {
    "tenant id": ("login.tenant_unknown", "login.tenant_is_app_object_id", "login.tenant_malformed"),
    "client id": ("login.client_unknown", "login.client_is_object_id", "login.client_is_placeholder"),
    "principal": ("login.service_principal_missing", "login.app_disabled"),
    "secret": ("login.secret_removed", "login.secret_wrong", "login.secret_id_pasted", "login.secret_missing"),
    "consent": ("login.consent_missing", "login.conditional_access"),
    "dataverse": ("login.dataverse_absent", "login.dataverse_disabled"),
    "url": ("login.url_without_scheme", "dataverse.url_with_path", "dataverse.domain_mistyped"),
    "user": ("dataverse.user_missing", "dataverse.user_disabled", "dataverse.user_deleted"),
    "role": ("dataverse.user_without_role", "dataverse.role_lacks_privilege", "dataverse.vendor_role_list"),
    "state": ("dataverse.organisation_disabled", "dataverse.administration_mode", "dataverse.throttled"),
    "network": ("network.dns", "login.unavailable"),
}
_PART_OF = {name: part for part, names in _PARTS.items() for name in names}
# A role is a user's and a consent a principal's: with the one gone there is no such other failure.
_HIDDEN = {("user", "role"), ("principal", "consent"), ("dataverse", "consent")}
_WARD = Ward()
_ROUNDS = 4


@given(st.sampled_from(sorted(_PART_OF)), st.sampled_from(sorted(_PART_OF)))
@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])
def test_any_two_are_peeled_off_one_after_the_other(one: str, other: str) -> None:
    parts = (_PART_OF[one], _PART_OF[other])
    assume(parts[0] != parts[1] and parts not in _HIDDEN and parts[::-1] not in _HIDDEN)
    # What changes the tenant before what is only pasted, so that each finds what it needs.
    modes = sorted((FAILURE_MODES[one], FAILURE_MODES[other]), key=lambda mode: mode.paste is not None)
    named = anyio.run(_peeled, modes)
    assert len(named) == 2
    assert set(named) == {one, other}


async def _peeled(modes: Iterable[FailureMode]) -> list[str]:
    """The modes in the order in which the diagnosis named them; each was mended before the next look."""
    async with _WARD.stage() as stage:
        healthy, left, named = stage.scene.integration, list(modes), list[str]()
        pasted = {mode.name: mode.apply(stage.scene) for mode in left}
        values = _together(healthy, pasted.values())
        for _ in range(_ROUNDS):
            verdict = await verify(values, transport=stage.transport, clock=stage.clock, bases=stage.settings.bases())
            if verdict.healthy:
                return named
            ranked = [cause.name for cause in verdict.causes]
            mode = next(mode for name in ranked for mode in left if name in {mode.name, *mode.looks_like})
            named.append(mode.name)
            left.remove(mode)
            mended = mode.cure(Scene(stage.scene.cloud, stage.scene.tenant, healthy))
            healthy = _together(healthy, [mended])
            values = _together(healthy, [pasted[other.name] for other in left], than=stage.scene.integration)
    return named


def _together(base: Integration, changed: Iterable[Integration], *, than: Integration | None = None) -> Integration:
    """The base with every value that differs in one of the others from `than` (the base itself when None)."""
    original = than or base
    for each in changed:
        different = {
            name: getattr(each, name)
            for name in type(each).model_fields
            if getattr(each, name) != getattr(original, name)
        }
        base = base.model_copy(update=different)
    return base
