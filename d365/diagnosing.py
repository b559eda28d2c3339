"""`d365 diagnose`: four values in, one named cause or a short ranked list out; nothing is changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from d365 import console
from d365.reporting import COULD_NOT_CHECK, FAILED, HEALTHY, show_checks
from provisioning.diagnosis.doctor import Cause
from provisioning.verdict import Verdict


@dataclass(frozen=True)
class Diagnosis:
    """A verdict as a diagnosis: also what does not fail Test & Save and will fail a handoff counts."""

    verdict: Verdict
    seen_by_operator: bool

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Best first; none for a healthy integration."""
        return self.verdict.causes or self.verdict.suspected

    @property
    def exit_code(self) -> int:
        """0 healthy, 1 a cause was found, 3 where nothing could be learnt of the integration."""
        if not self.causes:
            return HEALTHY
        return FAILED if self.verdict.could_check else COULD_NOT_CHECK

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values; holds no secret."""
        told = self.verdict.to_json()
        return {
            "healthy": not self.causes,
            "causes": [cause.to_json() for cause in self.causes],
            "seen_by_operator": self.seen_by_operator,
            **{name: told[name] for name in ("said", "checks", "warnings")},
        }

    def report(self, *, as_json: bool) -> None:
        """Print it."""
        if as_json:
            console.say_json(self.to_json())
            return
        show_checks(self.verdict)
        out = console.console()
        if not self.causes:
            out.print("\nHealthy: nothing was found.", style="bold green")
        for cause in self.causes:
            out.print(f"\n{cause.name}  ({cause.certainty})", style="bold red", markup=False)
            letter = {"why": cause.why, "whose turn": cause.whose_turn, "remedy": cause.remedy}
            console.show_values({name: text for name, text in letter.items() if text})
        deciding = next((cause.decided_by for cause in self.causes if cause.decided_by), "")
        if deciding and self.causes[0].certainty != "certain":
            out.print(f"\nWhat would decide: {deciding}", markup=False)
        if self.verdict.said is not None:
            out.print(f"\n{self.verdict.said}", style="dim", markup=False)
        if not self.seen_by_operator:
            out.print("\nSeen with the integration's own means; --with-operator sees more.", style="dim", markup=False)


def diagnose_values(
    values: Mapping[str, str | None], environ: Mapping[str, str], stdin: TextIO, *, with_operator: bool
) -> Diagnosis:
    """Check the values at the door, then against the services. Raises BadInput."""
    from d365.verifying import verdict_on

    return Diagnosis(verdict_on(values, environ, stdin, with_operator=with_operator), with_operator)


def diagnose_rehearsal(broken: str | None, *, with_operator: bool) -> Diagnosis:
    """In a fake tenant that was set up, and broken by this failure mode. Raises UnknownFailureMode."""
    import anyio

    from scenarios.failure_modes import failure_mode

    mode = failure_mode(broken) if broken is not None else None

    async def work() -> Verdict:
        from provisioning.access import operator_access
        from provisioning.verify import verify
        from scenarios.failure_modes.performing import perform
        from scenarios.failure_modes.ward import Ward

        async with Ward().stage() as stage:
            pasted = mode.apply(stage.scene) if mode is not None else stage.scene.integration
            if mode is not None and (mode.act or mode.handoff):
                return await perform(mode, stage, pasted)
            operator = operator_access(stage.settings, stage.transport, stage.clock) if with_operator else None
            bases = stage.settings.bases()
            return await verify(pasted, transport=stage.transport, clock=stage.clock, bases=bases, operator=operator)

    return Diagnosis(anyio.run(work), with_operator)
