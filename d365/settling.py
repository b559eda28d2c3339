"""The settings of a real set-up, its environment looked up where the file names it by a portal's link."""

from collections.abc import Mapping
from pathlib import Path

from d365 import console
from provisioning.person_sign_in import Remembered
from provisioning.problems import BadInput
from provisioning.settings import Settings


async def settled(file: Path | None, environ: Mapping[str, str], **wishes: object) -> tuple[Settings, Remembered]:
    """The settings, and who signed in for the look-up, so that nobody is asked twice. Raises BadInput, Problem.

    What was put right in the URL is said on standard error; `wishes` go before what the file says.
    """
    from provisioning.clock import RealClock
    from provisioning.environment_lookup import found_settings

    if file is None:
        raise BadInput("--settings", "is missing", "name the TOML file that says which tenant and environment")
    remembered = Remembered()
    settings = await found_settings(file, environ, RealClock(), arguments=wishes, remembered=remembered)
    if settings.remark:
        console.complain(f"environment_url: {settings.remark}")
    return settings, remembered
