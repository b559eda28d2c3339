"""From a symptom to ranked causes, by the book."""

from dataclasses import dataclass, replace
from typing import Any, Final

from provisioning.diagnosis.ailments import AILMENTS, GENERAL_FACTS
from provisioning.diagnosis.reasons import decided_by, why
from provisioning.diagnosis.rules import RULES, Certainty, Rule
from provisioning.diagnosis.symptom import Symptom

_RANK: Final[dict[Certainty, int]] = {"certain": 0, "likely": 1, "possible": 2}


@dataclass(frozen=True)
class Cause:
    """One possible cause of a symptom, with what to do about it."""

    name: str
    family: str
    certainty: Certainty
    whose_turn: str
    remedy: str
    why: str = ""
    """What speaks for it."""
    decided_by: str = ""
    """The further look that would decide, where this is not certain."""

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "failure_mode": self.name,
            "family": self.family,
            "certainty": self.certainty,
            "whose_turn": self.whose_turn,
            "remedy": self.remedy,
            "why": self.why,
            "decided_by": self.decided_by,
        }


def causes_of(symptom: Symptom) -> tuple[Cause, ...]:
    """The causes that fit, best first, each once; never none, since what nothing fits is named `other`."""
    fitting = sorted((rule for rule in RULES if _fits(rule, symptom)), key=lambda rule: _RANK[rule.certainty])
    best: dict[str, Rule] = {}
    for rule in fitting:
        best.setdefault(rule.ailment, rule)
    if not best:
        best["other"] = Rule("other", "possible")
    probe = decided_by(best)
    return tuple(
        replace(
            cause(name, rule.certainty, **symptom.facts),
            why=why(symptom, rule.traits),
            decided_by="" if rule.certainty == "certain" else probe,
        )
        for name, rule in best.items()
    )


def cause(name: str, certainty: Certainty, **facts: str) -> Cause:
    """A cause by name, its remedy worded with the facts of the case."""
    ailment = AILMENTS[name]
    remedy = ailment.remedy.format_map({**GENERAL_FACTS, **facts})
    return Cause(ailment.name, ailment.family, certainty, ailment.whose_turn, remedy)


def _fits(rule: Rule, symptom: Symptom) -> bool:
    if rule.probes and symptom.probe not in rule.probes:
        return False
    if not rule.traits <= symptom.traits or rule.unless & symptom.traits:
        return False
    if rule.reaches:
        return symptom.reach in rule.reaches
    # What was asked for narrows a cause down; where nobody knows it, the wider rules are left.
    if rule.request is not None and not rule.request.search(symptom.request):
        return False
    return _fits_answer(rule, symptom)


def _fits_answer(rule: Rule, symptom: Symptom) -> bool:
    """What the rule asks of an answer; a rule that asks nothing of it fits a symptom without one, too."""
    said = symptom.said
    if said is None:
        return not (rule.codes or rule.statuses or rule.forms or rule.words or rule.challenge)
    return (
        (not rule.codes or said.code in rule.codes)
        and (not rule.statuses or said.status in rule.statuses)
        and (not rule.forms or said.form in rule.forms)
        and (rule.words is None or rule.words.search(said.message) is not None)
        and (rule.challenge is None or rule.challenge.search(said.challenge) is not None)
    )
