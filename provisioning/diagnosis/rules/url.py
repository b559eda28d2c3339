"""The environment URL, by how the token service and the host behind it answer.

Codes and sentences after MicrosoftDocs/entra-docs reference-error-codes.md and recordings in public issues
(yashag2255/iframePCF#3, Power-Maverick/DataverseDevTools-VSCode#226 and #269). Read 2026-11.
"""

from typing import Final

from provisioning.diagnosis.rules.rule import READ, TOKEN, Rule, aadsts, traits, words
from provisioning.said import Form

_RESOURCE: Final = aadsts(500011, 50001)
_SCOPE: Final = aadsts(70011, 1002012)
_PAGE: Final = frozenset[Form]({"html", "text", "empty"})
_NOT_HERE: Final = frozenset({200, 301, 302, 307, 308, 400, 403, 404, 405, 410, 421})
_NO_SUCH_SET: Final = words(r"Resource not found for the segment|No HTTP resource was found")

# The token service refuses a resource: the environment URL is its name there.
_RESOURCE_RULES: Final = (
    Rule(
        "dataverse.url_with_path",
        "certain",
        TOKEN,
        _RESOURCE | _SCOPE,
        traits=traits("url_has_path"),
        unless=traits("url_has_scope", "url_of_another_service", "url_is_http"),
    ),
    Rule("dataverse.url_of_another_service", "certain", TOKEN, _RESOURCE, traits=traits("url_of_another_service")),
    Rule(
        "dataverse.domain_mistyped",
        "certain",
        TOKEN,
        _RESOURCE,
        traits=traits("host_not_dataverse"),
        unless=traits("url_has_path", "url_has_space", "url_without_https", "url_of_another_service"),
    ),
    Rule(
        "dataverse.url_trailing_slash",
        "likely",
        TOKEN,
        _RESOURCE | _SCOPE,
        traits=traits("url_trailing_slash"),
        unless=traits("url_has_space", "url_without_https", "host_not_dataverse"),
    ),
    Rule("login.url_missing", "certain", TOKEN, _SCOPE | aadsts(900144), traits=traits("url_empty")),
    Rule("login.url_with_space", "certain", TOKEN, _SCOPE | _RESOURCE, traits=traits("url_has_space")),
    Rule(
        "login.url_without_scheme",
        "certain",
        TOKEN,
        _SCOPE,
        traits=traits("url_without_scheme"),
        unless=traits("url_has_space"),
    ),
    Rule("login.url_is_http", "certain", TOKEN, _RESOURCE | _SCOPE, traits=traits("url_is_http")),
    Rule("login.url_with_scope", "certain", TOKEN, _RESOURCE | _SCOPE, traits=traits("url_has_scope")),
    Rule("login.dataverse_absent", "certain", TOKEN, _RESOURCE, traits=traits("dataverse_absent")),
    Rule(
        "login.dataverse_absent",
        "likely",
        TOKEN,
        _RESOURCE,
        traits=traits("environment_answers"),
        unless=traits("dataverse_absent"),
    ),
    Rule("login.scope_or_resource_wrong", "certain", TOKEN, aadsts(500013)),
    Rule("dataverse.wrong_region", "certain", TOKEN, _RESOURCE, traits=traits("label_in_other_region")),
    Rule(
        "dataverse.host_mistyped",
        "likely",
        TOKEN,
        _RESOURCE,
        unless=traits(
            "environment_answers",
            "label_in_other_region",
            "url_has_path",
            "url_trailing_slash",
            "host_not_dataverse",
            "url_without_https",
            "dataverse_absent",
        ),
    ),
    Rule(
        "login.scope_or_resource_wrong",
        "possible",
        TOKEN,
        _RESOURCE | _SCOPE,
        unless=traits("url_empty", "url_has_space", "url_without_https", "url_has_path", "dataverse_absent"),
    ),
)


# The environment does not answer as Dataverse does: the URL, or the way to it.
_URL_RULES: Final = (
    Rule(
        "dataverse.url_with_path",
        "certain",
        READ,
        traits=traits("url_has_path"),
        statuses=_NOT_HERE,
        words=_NO_SUCH_SET,
    ),
    Rule("dataverse.url_with_path", "certain", READ, traits=traits("url_has_path"), statuses=_NOT_HERE, forms=_PAGE),
    Rule(
        "dataverse.url_trailing_slash",
        "certain",
        READ,
        traits=traits("url_trailing_slash"),
        statuses=_NOT_HERE,
        words=_NO_SUCH_SET,
    ),
    Rule(
        "dataverse.url_trailing_slash",
        "likely",
        READ,
        traits=traits("url_trailing_slash"),
        statuses=_NOT_HERE | {401},
        unless=traits("environment_of_another_tenant"),
        codes=frozenset({"", "0x0", "0x80060888", "0x8006088a"}),
    ),
    Rule("dataverse.wrong_region", "certain", READ, traits=traits("label_in_other_region")),
    Rule("dataverse.environment_of_another_tenant", "certain", READ, traits=traits("environment_of_another_tenant")),
    Rule(
        "dataverse.host_mistyped",
        "certain",
        READ,
        forms=_PAGE,
        statuses=_NOT_HERE,
        traits=traits("environments_seen"),
        unless=traits("label_in_other_region", "url_has_path", "url_trailing_slash"),
    ),
    Rule(
        "dataverse.host_mistyped",
        "certain",
        READ,
        reaches=frozenset({"dns"}),
        traits=traits("environments_seen"),
        unless=traits("label_in_other_region"),
    ),
    Rule(
        "dataverse.host_mistyped",
        "likely",
        READ,
        forms=_PAGE,
        statuses=_NOT_HERE,
        unless=traits("label_in_other_region", "environments_seen", "url_has_path", "url_trailing_slash"),
    ),
    Rule(
        "dataverse.host_mistyped",
        "likely",
        READ,
        reaches=frozenset({"dns", "url"}),
        unless=traits("label_in_other_region", "environments_seen"),
    ),
    Rule(
        "dataverse.wrong_region",
        "possible",
        READ,
        forms=_PAGE,
        statuses=_NOT_HERE,
        unless=traits("environments_seen", "url_has_path", "url_trailing_slash"),
    ),
    Rule(
        "dataverse.environment_deleted",
        "possible",
        READ,
        forms=_PAGE,
        statuses=_NOT_HERE,
        unless=traits("url_has_path", "url_trailing_slash", "label_in_other_region"),
    ),
    Rule("dataverse.wrong_region", "possible", READ, reaches=frozenset({"dns"}), unless=traits("environments_seen")),
    Rule("network.dns", "possible", READ, reaches=frozenset({"dns"}), unless=traits("label_in_other_region")),
)

URL_RULES: Final = (*_RESOURCE_RULES, *_URL_RULES)
