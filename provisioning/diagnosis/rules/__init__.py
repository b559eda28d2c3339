"""Which symptom points to which cause, as data. A later rule never overrules an earlier one of the same certainty."""

from typing import Final

from provisioning.diagnosis.rules.dataverse_access import DATAVERSE_ACCESS_RULES
from provisioning.diagnosis.rules.dataverse_data import DATAVERSE_DATA_RULES
from provisioning.diagnosis.rules.login import LOGIN_RULES
from provisioning.diagnosis.rules.operator import OPERATOR_RULES
from provisioning.diagnosis.rules.rule import Certainty, Rule
from provisioning.diagnosis.rules.url import URL_RULES

__all__ = ["RULES", "Certainty", "Rule"]

_WIRE_RULES: Final = (
    Rule("network.certificate_untrusted", "certain", reaches=frozenset({"tls"})),
    Rule("network.proxy_refused", "certain", reaches=frozenset({"proxy"})),
    Rule("network.connection_refused", "likely", reaches=frozenset({"refused"})),
    Rule("network.timeout", "likely", reaches=frozenset({"timeout"})),
    Rule("network.connection_lost", "likely", reaches=frozenset({"lost"})),
    Rule("network.tls_or_proxy", "possible", reaches=frozenset({"refused", "timeout", "lost"})),
)

RULES: Final[tuple[Rule, ...]] = (
    *LOGIN_RULES,
    *URL_RULES,
    *DATAVERSE_ACCESS_RULES,
    *DATAVERSE_DATA_RULES,
    *OPERATOR_RULES,
    *_WIRE_RULES,
)
