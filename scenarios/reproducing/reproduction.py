"""A failure mode brought about in a fresh fake tenant, what was answered, and what came of the remedy."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property

from mock_services.signing import SigningKeys
from provisioning.handoff import privileges_to_grant
from provisioning.settings import CHANNELS, Integration
from provisioning.verdict import Verdict
from scenarios.failure_modes import FAILURE_MODES, FailureMode, Scene, failure_mode
from scenarios.failure_modes.handoff_requests import as_usual, by_chat
from scenarios.failure_modes.performing import perform, perform_mended
from scenarios.failure_modes.security_role import enough_rights, only_role
from scenarios.failure_modes.ward import Ward
from scenarios.place import Place
from scenarios.reproducing.comparing import Comparison, Shown
from scenarios.reproducing.original import Original
from scenarios.reproducing.pseudonyms import pseudonymous

_ABOUT_PRIVILEGES = frozenset({"dataverse.privilege_missing", "dataverse.depth_too_small"})


@dataclass(frozen=True)
class Reproduction:
    """What happened in the fake tenant."""

    mode: FailureMode
    verdict: Verdict
    """What is said of the failure from the wire alone."""
    after: Verdict
    """The same once the remedy was applied."""
    conversation: str
    """Every request and answer up to the failure, secrets struck out."""
    comparison: Comparison | None = None

    @cached_property
    def shown(self) -> Shown:
        """The answer that shows the failure, by pseudonyms; without status and codes where nothing answered."""
        return _shown(self.verdict)

    @property
    def is_same(self) -> bool:
        """Whether it is what was asked for: the stated symptom, or the original answer, difference by difference."""
        if self.comparison is None:
            return not self.verdict.healthy or self.mode.symptom.call == "none"
        return not self.comparison.differences


async def reproduce(name: str, place: Place | None = None, *, lacking: str = "") -> Reproduction:
    """Bring a failure mode about by its name; `lacking` is a privilege that its answer is to name.

    Raises UnknownFailureMode.
    """
    mode, ward = failure_mode(name), Ward(_keys(), place)
    for variant in _lacking(mode, lacking):
        made = await _reproduced(variant, ward)
        if lacking.lower() in made.shown.words.lower():
            return made
    return await _reproduced(mode, ward)


async def reproduce_original(original: Original) -> Reproduction:
    """Bring about what was pasted: of everything that it may be, what comes out most alike."""
    best: Reproduction | None = None
    ward = Ward(_keys(), original.place)
    for mode in _variants(original):
        made = await _reproduced(mode, ward)
        made = replace(made, comparison=Comparison(original.shown, made.shown))
        if best is None or _rank(made) > _rank(best):
            best = made
        if best.is_same and best.comparison is not None and best.comparison.likeness > 0.95:
            break
    assert best is not None  # noqa: S101 - an original has candidates
    return best


def _rank(made: Reproduction) -> tuple[bool, bool, float, int]:
    """The code first, then the status, then the words; of equals the one that was tried first stays."""
    comparison = made.comparison
    assert comparison is not None  # noqa: S101 - only compared ones are ranked
    is_status = not any(difference.what == "status" for difference in comparison.differences)
    return comparison.has_code, is_status, round(comparison.likeness, 2), -len(comparison.differences)


def _variants(original: Original) -> Iterator[FailureMode]:
    """The candidates, and before them the first with the very privilege that the original names."""
    modes = [FAILURE_MODES[name] for name in original.candidates]
    yield from _lacking(modes[0], original.privilege)
    yield from modes


def _lacking(mode: FailureMode, privilege: str) -> Iterator[FailureMode]:
    """The mode with everything granted but one privilege, in each of the calls that may miss it."""
    grantable = {name.lower(): name for name in privileges_to_grant(CHANNELS)}
    name = grantable.get(privilege.lower())
    if name is None or mode.family not in _ABOUT_PRIVILEGES:
        return

    def strike(scene: Scene) -> Integration:
        return only_role(scene, "OpenCX handoff", privileges_to_grant(CHANNELS) - {name})

    for handoff in (None, as_usual, by_chat):
        yield replace(mode, strike=strike, paste=None, handoff=handoff, act=None, mend=enough_rights)


@cache
def _keys() -> SigningKeys:
    """One key for all: making one takes longer than a whole set-up."""
    return SigningKeys()


async def _reproduced(mode: FailureMode, ward: Ward) -> Reproduction:
    async with ward.stage() as stage:
        verdict = await perform(mode, stage, mode.apply(stage.scene))
        conversation = stage.scene.tenant.journal.said(200)
        after = await perform_mended(mode, stage, mode.cure(stage.scene))
    return Reproduction(mode, verdict, after, conversation)


def _shown(verdict: Verdict) -> Shown:
    if verdict.said is not None:
        code = (verdict.said.code,) if verdict.said.code else ()
        return Shown(verdict.said.status, code, pseudonymous(f"{verdict.said.code}: {verdict.said.message}"))
    failed = next((check for check in verdict.checks if check.outcome == "failed"), None)
    return Shown(None, (), pseudonymous(failed.detail if failed is not None else ""))
