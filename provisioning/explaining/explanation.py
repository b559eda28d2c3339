"""What a pasted text means: the facts in it, ranked causes, how to tell them apart. Works on the text alone."""

from dataclasses import dataclass
from typing import Any

from provisioning.diagnosis.doctor import Cause
from provisioning.explaining import layers
from provisioning.explaining.aadsts import AADSTS, FIRM
from provisioning.explaining.context import context_of
from provisioning.explaining.facts import Facts, gather
from provisioning.explaining.probes import tell_apart
from provisioning.explaining.signals import code_signals, sentence_signals
from provisioning.explaining.statuses import services_of, status_signals, statuses_of
from provisioning.explaining.striking import strike
from provisioning.explaining.tokens import claims_of
from provisioning.explaining.weighing import weigh


@dataclass(frozen=True)
class Nearest:
    """The known family nearest to a code that the book does not know: a direction to look in, no cause."""

    family: str
    because: str


@dataclass(frozen=True)
class Explanation:
    """The answer to a paste. No causes where the text tells none; then `nearest` may say where to look."""

    causes: tuple[Cause, ...]
    facts: Facts
    probes: tuple[str, ...]
    unknown_codes: tuple[str, ...]
    nearest: Nearest | None

    def to_json(self) -> dict[str, Any]:
        """The contract of `d365 explain --json`."""
        return {
            "causes": [cause.to_json() for cause in self.causes],
            "facts": self.facts.to_json(),
            "tell_apart": list(self.probes),
            "unknown_codes": list(self.unknown_codes),
            "nearest": {"family": self.nearest.family, "because": self.nearest.because} if self.nearest else None,
        }


def explain(text: str) -> Explanation:
    """Explain a paste of any form and size. Never raises, and nothing secret in it gets into the answer."""
    struck = strike(layers.windows(text))
    as_written, as_joined = (strike(reading) for reading in layers.readings(struck.text))
    written = layers.flat(as_written.text)
    flat = f"{written} {layers.flat(as_joined.text)}".strip()
    low = flat.lower()
    context = context_of(low)
    statuses = statuses_of(written.lower())
    codes = code_signals(low, context)
    claims = [claim for claim in map(claims_of, (*struck.tokens, *as_written.tokens)) if claim is not None]
    facts = gather(flat, codes=codes.names, statuses=(number for _, number in statuses), tokens=claims[:8])
    facts.services = services_of(low, context)
    shapes = struck.shapes | as_written.shapes
    facts.credential = min(shapes) if shapes else ""
    signals = (*codes.signals, *sentence_signals(low, context), *status_signals(statuses, facts))
    causes = weigh(signals, facts)
    return Explanation(
        causes=causes,
        facts=facts,
        probes=tell_apart(causes),
        unknown_codes=codes.unknown,
        nearest=None if causes else _nearest(codes.unknown),
    )


def _nearest(unknown: tuple[str, ...]) -> Nearest | None:
    """By the number's first digits: the token service's codes grow longer as it tells cases apart."""
    from provisioning.diagnosis.ailments import AILMENTS

    for code in unknown:
        digits = code.removeprefix("AADSTS")
        if digits == code:
            return Nearest("other", f"{code} is one of Dataverse's codes, and none that this book knows")
        for length in range(len(digits), 3, -1):
            kin = [number for number in AADSTS if str(number).startswith(digits[:length])]
            firm = [number for number in kin if AADSTS[number].weight == FIRM]
            if firm:
                family = AILMENTS[AADSTS[firm[0]].guesses[0][0]].family
                return Nearest(family, f"{code} is not in the book; AADSTS{firm[0]} is the nearest number that is")
    return None
