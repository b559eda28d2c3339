"""The environment URL is not the environment's, or not all of it, or more than it."""

from typing import Final

from provisioning.diagnosis.ailments.ailment import Ailment
from provisioning.problems import DYNAMICS_ADMIN, VENDOR

ENVIRONMENT_URL: Final = (
    Ailment(
        "login.url_missing",
        "login.scope_or_resource_wrong",
        VENDOR,
        "give the environment URL: none was sent (an empty field or environment variable)",
    ),
    Ailment(
        "login.url_without_scheme",
        "login.scope_or_resource_wrong",
        VENDOR,
        "paste the environment URL with https:// before it: {url}",
    ),
    Ailment(
        "login.url_is_http",
        "login.scope_or_resource_wrong",
        VENDOR,
        "paste the environment URL with https:// instead of http://: {url}",
    ),
    Ailment(
        "login.url_with_space",
        "login.scope_or_resource_wrong",
        VENDOR,
        "paste the environment URL without the white space in it: {url}",
    ),
    Ailment(
        "login.url_with_scope",
        "login.scope_or_resource_wrong",
        VENDOR,
        "paste the environment URL alone, without the scope behind it: {url}",
    ),
    Ailment(
        "dataverse.url_trailing_slash",
        "dataverse.wrong_environment_url",
        VENDOR,
        "paste the environment URL without the slash at its end: {url}",
    ),
    Ailment(
        "dataverse.url_with_path",
        "dataverse.wrong_environment_url",
        VENDOR,
        "paste the environment URL without anything after the host name: {url}",
    ),
    Ailment(
        "dataverse.host_mistyped",
        "dataverse.wrong_environment_url",
        DYNAMICS_ADMIN,
        "copy the environment URL from the browser's address bar, up to .dynamics.com{environments}",
    ),
    Ailment(
        "dataverse.domain_mistyped",
        "dataverse.wrong_environment_url",
        DYNAMICS_ADMIN,
        "the host is none of Dynamics'; copy the environment URL from the browser's address bar, up to .dynamics.com",
    ),
    Ailment(
        "dataverse.url_of_another_service",
        "dataverse.wrong_environment_url",
        VENDOR,
        "that is the address of another Microsoft service: open Dynamics 365 itself and copy its URL",
    ),
    Ailment(
        "dataverse.wrong_region",
        "dataverse.wrong_environment_url",
        DYNAMICS_ADMIN,
        "the name is right and the region is not: paste {region_url}",
    ),
    Ailment(
        "dataverse.environment_of_another_tenant",
        "dataverse.wrong_environment_url",
        DYNAMICS_ADMIN,
        "the environment belongs to another tenant than the app: paste the URL of one in this tenant{environments}",
    ),
    Ailment(
        "dataverse.environment_deleted",
        "dataverse.wrong_environment_url",
        DYNAMICS_ADMIN,
        "the environment is gone: recover it within 7 days in the admin center, or paste the URL of the one in use"
        "{environments}",
    ),
)
