"""Step 6: the environment URL, mistyped, incomplete, or another's."""

from provisioning.settings import Integration
from scenarios.failure_modes.entry import FailureMode, Paste, SetupStep, Symptom
from scenarios.failure_modes.other_environment import add_environment, admit, pasted_url
from scenarios.failure_modes.scene import Scene


def with_url(integration: Integration, url: str) -> Integration:
    """The four values with another environment URL."""
    return integration.model_copy(update={"environment_url": url})


def _appended(tail: str) -> Paste:
    return lambda integration: with_url(integration, integration.environment_url + tail)


def _host_mistyped(integration: Integration) -> Integration:
    scheme, _, host = integration.environment_url.partition("://")
    return with_url(integration, f"{scheme}://{host[0]}{host}")


def _domain_mistyped(integration: Integration) -> Integration:
    mistyped = integration.environment_url.replace(".dynamics.", ".dynmics.")
    # A fake's localhost base has no domain to mistype.
    return with_url(integration, mistyped if ".dynmics." in mistyped else "https://contoso.crm4.dynmics.com")


def _without_scheme(integration: Integration) -> Integration:
    host = integration.environment_url.partition("://")[2]
    # A fake's localhost base has a port, and with one the name before it reads as a scheme.
    return with_url(integration, "contoso.crm4.dynamics.com" if ":" in host else host)


def _wrong_region(integration: Integration) -> Integration:
    return with_url(integration, integration.environment_url.replace(".crm4.", ".crm11."))


def _replaced(old: str, new: str) -> Paste:
    return lambda integration: with_url(integration, integration.environment_url.replace(old, new))


def _of_another_tenant(scene: Scene) -> Integration:
    other = scene.cloud.create_tenant("Fabrikam")
    return with_url(scene.integration, f"https://{other.organisation.host}")


def _deleted(scene: Scene) -> Integration:
    """The environment is gone, and its successor has another name."""
    gone = scene.tenant.organisation
    add_environment(scene)
    scene.tenant.organisations.remove(gone)
    return scene.integration


def _successor_set_up(scene: Scene) -> Integration:
    admit(scene, scene.tenant.organisation)
    return pasted_url(scene.integration, scene.tenant.organisation)


STEP = SetupStep.ENVIRONMENT_URL
_WILDCARD = (
    "wildcard names of the Dataverse service principal let a token through (quirk token_for_unknown_organisation);"
    " a front-door page answers (inferred)"
)

ENVIRONMENT_URL: tuple[FailureMode, ...] = (
    FailureMode(
        name="login.url_missing",
        step=STEP,
        title="The environment URL is empty.",
        symptom=Symptom("token", 400, "AADSTS70011"),
        causes=("an unset environment variable arrives as an empty value",),
        evidence="Power-Maverick/DataverseDevTools-VSCode#226: a scope without a host is refused by this code",
        seen="2025-03",
        paste=lambda integration: with_url(integration, ""),
    ),
    FailureMode(
        name="login.url_without_scheme",
        step=STEP,
        title="The environment URL has no https:// before it.",
        symptom=Symptom("token", 400, "AADSTS70011"),
        causes=("browsers hide https:// in the address bar",),
        evidence="Power-Maverick/DataverseDevTools-VSCode#226 (scope echoed)",
        seen="2025-03",
        paste=_without_scheme,
    ),
    FailureMode(
        name="login.url_is_http",
        step=STEP,
        title="The environment URL begins with http:// instead of https://.",
        symptom=Symptom("token", 400, "AADSTS500011"),
        causes=("typed by hand",),
        evidence="microsoft/coe-starter-kit#3080 (the http URL is named)",
        seen="2024",
        paste=_replaced("https://", "http://"),
    ),
    FailureMode(
        name="login.url_with_space",
        step=STEP,
        title="The environment URL has white space in it.",
        symptom=Symptom("token", 400, "AADSTS70011"),
        causes=("a space was copied along; a scope with a space is two scopes",),
        evidence="help.goodfunds.de, its Dynamics 365 set-up page",
        seen="2024",
        paste=_appended(" "),
    ),
    FailureMode(
        name="login.url_with_scope",
        step=STEP,
        title="The environment URL was pasted with a scope behind it.",
        symptom=Symptom("token", 400, "AADSTS500011"),
        causes=("copied from a guide that shows the scope instead of the URL",),
        evidence="yashag2255/iframePCF#3: a resource with a path is refused by this code",
        seen="2024",
        paste=_appended("/user_impersonation"),
    ),
    FailureMode(
        name="dataverse.url_trailing_slash",
        step=STEP,
        title="The environment URL ends in a slash.",
        symptom=Symptom("probe", 404),
        causes=("browsers add it",),
        evidence="vendor troubleshooting page; the doubled slash in the path is what Dataverse then sees (inferred)",
        seen="2026-11",
        paste=_appended("/"),
    ),
    FailureMode(
        name="dataverse.url_with_path",
        step=STEP,
        title="The environment URL was copied with a path.",
        symptom=Symptom("token", 400, "AADSTS500011"),
        causes=("the whole address bar was copied, /main.aspx and all",),
        evidence="yashag2255/iframePCF#3: a resource with a path is refused by this code",
        seen="2024",
        paste=_appended("/main.aspx"),
    ),
    FailureMode(
        name="dataverse.host_mistyped",
        step=STEP,
        title="The organisation's name in the URL is mistyped.",
        symptom=Symptom("probe", 404),
        causes=("typed by hand, or the environment was renamed",),
        evidence=_WILDCARD,
        seen="2026-11",
        paste=_host_mistyped,
        asks_strangers=True,
    ),
    FailureMode(
        name="dataverse.wrong_region",
        step=STEP,
        title="The URL names another region than the environment's.",
        symptom=Symptom("probe", 404),
        causes=("typed from memory: the number behind crm is the region",),
        evidence="as for a mistyped name: each region has its own wildcard",
        seen="2026-11",
        paste=_wrong_region,
        asks_strangers=True,
    ),
    FailureMode(
        name="dataverse.domain_mistyped",
        step=STEP,
        title="The domain of the URL is not Dynamics' own.",
        symptom=Symptom("token", 400, "AADSTS500011"),
        causes=("typed by hand",),
        evidence="Power-Maverick/DataverseDevTools-VSCode#269: another host is refused by this code",
        seen="2025",
        paste=_domain_mistyped,
    ),
    FailureMode(
        name="dataverse.url_of_another_service",
        step=STEP,
        title="The URL is that of the maker portal or the admin center.",
        symptom=Symptom("token", 400, "AADSTS500011"),
        causes=("copied from the tab in which the environment was managed",),
        evidence="Power-Maverick/DataverseDevTools-VSCode#269: make.powerapps.com is refused by this code",
        seen="2025",
        paste=lambda integration: with_url(integration, "https://make.powerapps.com"),
    ),
    FailureMode(
        name="dataverse.environment_of_another_tenant",
        step=STEP,
        title="The URL is that of an environment in another tenant.",
        symptom=Symptom("probe", 401),
        causes=("the app is registered in one directory and Dynamics lives in another",),
        evidence="the challenge of a 401 names the environment's tenant (PowerPlatform-DataverseServiceClient"
        " AuthorityResolver.cs); the status inferred",
        seen="2026-11",
        strike=_of_another_tenant,
    ),
    FailureMode(
        name="dataverse.environment_deleted",
        step=STEP,
        title="The environment was deleted.",
        symptom=Symptom("probe", 404),
        causes=("a trial ended", "a sandbox was cleaned up or reset under another name"),
        evidence=_WILDCARD,
        seen="2026-11",
        strike=_deleted,
        mend=_successor_set_up,
        asks_strangers=True,
    ),
)
