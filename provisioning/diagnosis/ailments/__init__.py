"""Every cause this project can name: its family, whose turn it is, and the remedy as one sentence.

Words in braces are facts of the case; each has a general wording for when the case does not tell.
"""

from typing import Final

from provisioning.diagnosis.ailments.ailment import Ailment, Family
from provisioning.diagnosis.ailments.assertions import ASSERTIONS
from provisioning.diagnosis.ailments.beyond_setup import BEYOND_SETUP
from provisioning.diagnosis.ailments.dataverse_access import DATAVERSE_ACCESS
from provisioning.diagnosis.ailments.dataverse_data import DATAVERSE_DATA
from provisioning.diagnosis.ailments.environment_url import ENVIRONMENT_URL
from provisioning.diagnosis.ailments.graph import GRAPH
from provisioning.diagnosis.ailments.login import LOGIN
from provisioning.diagnosis.ailments.network import NETWORK
from provisioning.diagnosis.ailments.operator import OPERATOR
from provisioning.diagnosis.ailments.power_platform import POWER_PLATFORM

__all__ = ["AILMENTS", "GENERAL_FACTS", "Ailment", "Family"]

# What a remedy says where the case does not tell better.
GENERAL_FACTS: Final = {
    "url": "the URL up to .dynamics.com, such as https://yourorg.crm.dynamics.com",
    "region_url": "the URL that the browser shows for this environment",
    "missing": "the privilege named in the answer",
    "tenant_hint": "",
    "client_hint": "",
    "environments": "",
}

_ROWS: Final = (
    *LOGIN,
    *ASSERTIONS,
    *ENVIRONMENT_URL,
    *DATAVERSE_ACCESS,
    *DATAVERSE_DATA,
    *OPERATOR,
    *GRAPH,
    *POWER_PLATFORM,
    *NETWORK,
    *BEYOND_SETUP,
)

AILMENTS: Final = {ailment.name: ailment for ailment in _ROWS}
"""All of them by name, in the order of the set-up."""
