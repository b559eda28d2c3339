"""The Power Platform's admin API refuses the operator."""

from typing import Final

from provisioning.diagnosis.ailments.ailment import Ailment
from provisioning.problems import DYNAMICS_ADMIN, YOU

POWER_PLATFORM: Final = (
    Ailment(
        "power_platform.app_not_registered",
        "power_platform.permission",
        DYNAMICS_ADMIN,
        "let a Power Platform administrator register the operator's app (New-PowerAppManagementApp or pac admin"
        " application register)",
    ),
    Ailment(
        "power_platform.not_an_administrator",
        "power_platform.permission",
        DYNAMICS_ADMIN,
        "give the operator Power Platform Administrator or Dynamics 365 Administrator, active and not only eligible",
    ),
    Ailment(
        "power_platform.not_environment_administrator",
        "power_platform.permission",
        DYNAMICS_ADMIN,
        "give the operator System Administrator in this environment, or Power Platform Administrator",
    ),
    Ailment(
        "power_platform.token_refused",
        "power_platform.permission",
        YOU,
        "ask for the token with scope https://service.powerapps.com/.default",
    ),
    Ailment(
        "power_platform.environment_unknown",
        "power_platform.permission",
        YOU,
        "take the environment's id from the admin center: this tenant has none of that id that the operator may see",
    ),
    Ailment(
        "power_platform.principal_unknown",
        "login.service_principal_missing",
        YOU,
        "create the app's service principal before its application user",
    ),
)
