"""The settings of a real set-up, its environment looked up where the file names it by a portal's link."""

from collections.abc import Mapping
from pathlib import Path

from d365 import console
from provisioning.person_sign_in import Remembered
from provisioning.problems import BadInput
from provisioning.receipt import Receipt
from provisioning.settings import Settings
from provisioning.steps import certificate, client_secret


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


def as_set_up(settings: Settings, receipt: Receipt) -> Settings:
    """By certificate where the receipt names one and the settings leave it open: `provision --certificate` did it."""
    by_certificate = receipt.thing(certificate.NAME) is not None and receipt.thing(client_secret.NAME) is None
    if by_certificate and "credential" not in settings.model_fields_set:
        return settings.model_copy(update={"credential": "certificate"})
    return settings
