"""`explain` and the doctor read one book: what the doctor names for a code is among what `explain` names for it."""

import pytest

from provisioning.diagnosis.doctor import causes_of
from provisioning.diagnosis.rules import RULES
from provisioning.diagnosis.symptom import Probe, Symptom
from provisioning.explaining.explanation import explain
from provisioning.said import Said, Service

CODES = sorted({code for rule in RULES for code in rule.codes if code.startswith(("AADSTS", "0x8"))})


def doctors_families(code: str) -> set[str]:
    """What the doctor names first for a bare code, by each call that it may have answered."""
    anywhere = frozenset[Probe]({"read_incidents"})
    probes = {probe for rule in RULES if code in rule.codes for probe in rule.probes or anywhere}
    service: Service = "login" if code.startswith("AADSTS") else "dataverse"
    firsts = (causes_of(Symptom(probe, Said(service, 400, code, "")))[0] for probe in probes)
    return {cause.family for cause in firsts} - {"other"}


@pytest.mark.parametrize("code", [code for code in CODES if doctors_families(code)])
def test_a_bare_code_means_the_same_to_both(code: str) -> None:
    named = {cause.family for cause in explain(f'Dynamics 365 answered "code":"{code}"').causes}
    assert named & doctors_families(code)
