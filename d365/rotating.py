"""`d365 rotate-secret`: a new secret or certificate, proven and handed over before the old one goes."""

from dataclasses import dataclass

from d365 import console
from d365.console import StepList
from d365.reporting import CERTIFICATE_NOTE, COULD_NOT_CHECK, FAILED, HEALTHY, show_verdict
from d365.workbench import Wish, opened
from provisioning.problems import BadInput
from provisioning.rotation import Rotated, rotate
from provisioning.verdict import Verdict


@dataclass(frozen=True)
class Rotation:
    """What a rotation came to."""

    rotated: Rotated
    verdict: Verdict
    is_rehearsal: bool

    @property
    def exit_code(self) -> int:
        """As for `d365 verify`."""
        return HEALTHY if self.verdict.healthy else FAILED if self.verdict.could_check else COULD_NOT_CHECK

    def report(self, wish: Wish, *, as_json: bool) -> None:
        """Print which is new, which are gone, and which stay and why."""
        told = self.rotated
        if as_json:
            secret = told.integration.client_secret.get_secret_value() if wish.show_secret else "***"
            verdict = self.verdict.to_json()
            console.say_json(
                {**told.to_json(), "client_secret": secret, "rehearsal": self.is_rehearsal, "verdict": verdict}
            )
            return
        out = console.console()
        out.print()
        if told.resumed:
            out.print(f"An earlier rotation was finished; its {told.credential} had been handed over already.")
        values = {f"New {told.credential}": f"{told.key_id}, ends {told.end:%Y-%m-%d}"}
        values |= {"Removed": ", ".join(told.removed)} if told.removed else {}
        if (
            wish.show_secret and wish.out is not None
        ):  # without a place to keep it, it was shown when it was handed over
            values["Client secret"] = told.integration.client_secret.get_secret_value()
        console.show_values(values)
        for left in told.left:
            out.print(f"  Still there: {left.key_id} ({left.name}, ends {left.end:%Y-%m-%d}), {left.why}", markup=False)
        strangers = [left.key_id for left in told.left if left.why != "kept as asked"]
        if strangers:
            out.print(f"  To remove one of these: --remove {strangers[0]}, with the next rotation", markup=False)
        if wish.out is not None:
            out.print(f"\nThe four values are in {wish.out}.", markup=False)
        if told.credential == "certificate":
            out.print(f"\n{CERTIFICATE_NOTE}", markup=False)
        show_verdict(self.verdict)
        if self.is_rehearsal:
            out.print("\nA rehearsal on an embedded fake tenant: nothing left this machine.")


def rotate_secret(wish: Wish, steps: StepList, *, keep_old: bool, remove: list[str]) -> Rotation:
    """Rotate in the real tenant or in a fake one. Raises BadInput, Problem."""
    import anyio

    if wish.live and wish.vault() is None:
        raise BadInput("--out", "is missing", "give --out FILE, or --show-secret: it is told only once")
    return anyio.run(_rotate, wish, steps, keep_old, remove)


async def _rotate(wish: Wish, steps: StepList, keep_old: bool, remove: list[str]) -> Rotation:
    async with opened(wish, steps, needs_receipt=False) as bench:
        rotated = await rotate(bench.engine, keep_old=keep_old, remove=remove)
        return Rotation(rotated, await bench.engine.verify(rotated.integration), bench.is_rehearsal)
