"""Step 6: the environment URL, mistyped."""

from provisioning.settings import Integration
from scenarios.failure_modes.entry import FailureMode, SetupStep, Symptom

_PASTER = "whoever pastes the four values"


def _with_url(integration: Integration, url: str) -> Integration:
    return integration.model_copy(update={"environment_url": url})


def _trailing_slash(integration: Integration) -> Integration:
    return _with_url(integration, integration.environment_url + "/")


def _with_path(integration: Integration) -> Integration:
    return _with_url(integration, integration.environment_url + "/main.aspx")


def _host_mistyped(integration: Integration) -> Integration:
    scheme, _, host = integration.environment_url.partition("://")
    return _with_url(integration, f"{scheme}://{host[0]}{host}")


def _domain_mistyped(integration: Integration) -> Integration:
    mistyped = integration.environment_url.replace(".dynamics.", ".dynmics.")
    # A fake's localhost base has no domain to mistype.
    return _with_url(integration, mistyped if ".dynmics." in mistyped else "https://contoso.crm4.dynmics.com")


def _wrong_region(integration: Integration) -> Integration:
    return _with_url(integration, integration.environment_url.replace(".crm4.", ".crm11."))


ENVIRONMENT_URL: tuple[FailureMode, ...] = (
    FailureMode(
        name="dataverse.url_trailing_slash",
        family="dataverse.wrong_environment_url",
        step=SetupStep.ENVIRONMENT_URL,
        title="The environment URL ends in a slash.",
        symptom=Symptom("probe", 404),
        whose_turn=_PASTER,
        remedy="Paste the URL up to .dynamics.com, without the slash.",
        evidence="vendor troubleshooting page; the doubled slash in the path is what Dataverse then sees (inferred)",
        paste=_trailing_slash,
    ),
    FailureMode(
        name="dataverse.url_with_path",
        family="dataverse.wrong_environment_url",
        step=SetupStep.ENVIRONMENT_URL,
        title="The environment URL was copied with a path.",
        symptom=Symptom("token", 400, "AADSTS500011"),
        whose_turn=_PASTER,
        remedy="Paste the URL up to .dynamics.com, without anything after it.",
        evidence="yashag2255/iframePCF#3: a resource with a path is refused by this code",
        paste=_with_path,
    ),
    FailureMode(
        name="dataverse.host_mistyped",
        family="dataverse.wrong_environment_url",
        step=SetupStep.ENVIRONMENT_URL,
        title="The organisation's name in the URL is mistyped.",
        symptom=Symptom("probe", 404),
        whose_turn=_PASTER,
        remedy="Copy the URL from the browser while Dynamics 365 is open, up to .dynamics.com.",
        evidence="wildcard names of the Dataverse service principal let a token through (quirk"
        " token_for_unknown_organisation); a front-door page answers (inferred)",
        paste=_host_mistyped,
        asks_strangers=True,
        looks_like=("dataverse.wrong_region",),
    ),
    FailureMode(
        name="dataverse.wrong_region",
        family="dataverse.wrong_environment_url",
        step=SetupStep.ENVIRONMENT_URL,
        title="The URL names another region than the environment's.",
        symptom=Symptom("probe", 404),
        whose_turn=_PASTER,
        remedy="Copy the URL from the browser while Dynamics 365 is open: the number behind crm is the region.",
        evidence="as for a mistyped name: each region has its own wildcard",
        paste=_wrong_region,
        asks_strangers=True,
        looks_like=("dataverse.host_mistyped",),
    ),
    FailureMode(
        name="dataverse.domain_mistyped",
        family="dataverse.wrong_environment_url",
        step=SetupStep.ENVIRONMENT_URL,
        title="The domain of the URL is not Dynamics' own.",
        symptom=Symptom("token", 400, "AADSTS500011"),
        whose_turn=_PASTER,
        remedy="Paste a URL that ends in .dynamics.com (or the national cloud's domain).",
        evidence="Power-Maverick/DataverseDevTools-VSCode#269: another host is refused by this code",
        paste=_domain_mistyped,
    ),
)
