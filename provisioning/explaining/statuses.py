"""HTTP statuses in a paste, and what a bare one says of the service whose host stands beside it."""

import re
from collections.abc import Iterator
from typing import Final

from provisioning.explaining.context import Context
from provisioning.explaining.facts import Facts, Service
from provisioning.explaining.guess import Guesses, guesses
from provisioning.explaining.signals import Signal

_STATUS = re.compile(
    r"\bhttp/[\d.]{1,3}\"? (\d{3})\b|\bhttp (?:error|response)?(?: code)?:? ?(\d{3})\b|"
    r"\b(?:response )?status(?: ?code)?(?: does not indicate success)?\W{1,5}(?:http )?(\d{3})\b|\((\d{3})\) ?[a-z]|"
    r"\b(401) (?:unauthori[sz]ed|\(unauth)|\b(403) forbidden|\b(404) not found|\b(429) too many|"
    r"\b(50[0234]) (?:internal|bad|"
    r"service|gateway|server)|unexpected status (\d{3})|returned (?:a |an )?(\d{3}) (?:code|response|status|error)|"
    r"(?:error code|get token request returned http error|error)\W{1,3}(401|403|429|50[0234])\b|"
    r"received: \[(\d{3})\]|\berror:? (4(?:01|03|29)|50[234])\b"
)
_HOSTS: Final[tuple[tuple[Service, re.Pattern[str]], ...]] = (
    (
        "dataverse",
        re.compile(
            r"(?:\bcrm\d{0,2}\.(?:microsoft)?dynamics|\.dynamics\.com|api/data/v\d|organization\.svc|dataverse)"
        ),
    ),
    ("power_platform", re.compile(r"\.bap\.|businessappplatform|api\.powerplatform|powerapps\.com")),
    ("graph", re.compile(r"graph\.microsoft|graph\.windows")),
    ("login", re.compile(r"login\.microsoftonline|login\.windows|oauth2/(?:v2\.0/)?token|aadsts")),
)
_WEIGHT = 25
_ANSWERS: Final[dict[Service, dict[int, Guesses]]] = {
    "dataverse": {
        401: guesses("likely", "dataverse.token_refused", "dataverse.token_missing", "dataverse.user_missing",
                     "dataverse.environment_of_another_tenant"),
        403: guesses("possible", "dataverse.role_lacks_privilege", "dataverse.user_missing",
                     "dataverse.user_without_role"),
        429: guesses("certain", "dataverse.throttled"),
        502: guesses("possible", "dataverse.unavailable"),
        503: guesses("likely", "dataverse.unavailable"),
        504: guesses("possible", "dataverse.unavailable"),
    },
    "power_platform": {
        401: guesses("likely", "power_platform.token_refused"),
        403: guesses("likely", "power_platform.not_an_administrator", "power_platform.app_not_registered"),
    },
    "graph": {
        401: guesses("likely", "graph.token_refused"),
        403: guesses("likely", "graph.cannot_register_apps", "graph.backing_application_seen_late"),
        429: guesses("certain", "graph.throttled"),
        503: guesses("likely", "graph.unavailable"),
        504: guesses("likely", "graph.unavailable"),
    },
    "login": {
        429: guesses("certain", "login.throttled"),
        500: guesses("likely", "login.unavailable"),
        502: guesses("likely", "login.unavailable", "network.proxy_page"),
        503: guesses("certain", "login.unavailable"),
        504: guesses("likely", "login.unavailable"),
    },
}  # fmt: skip


def statuses_of(low: str) -> list[tuple[int, int]]:
    """Place and number of each status told, in order."""
    found = []
    for match in _STATUS.finditer(low):
        number = int(next(group for group in match.groups() if group))
        if 100 <= number <= 599:
            found.append((match.start(), number))
    return found[:200]


def services_of(low: str, context: Context) -> list[Service]:
    """The services whose hosts or paths a text names; without any, those that its words speak of."""
    named = [service for service, words in _HOSTS if words.search(low)]
    return named or [service for service, _ in _HOSTS if context.allows(service)]


def status_signals(statuses: list[tuple[int, int]], facts: Facts) -> Iterator[Signal]:
    """The last status, if it is a failure: what went before it was answered by what came after, as a challenge is."""
    if not statuses or statuses[-1][1] < 400:
        return
    at, number = statuses[-1]
    for service in facts.services:
        told = _ANSWERS[service].get(number)
        if told is not None:
            yield Signal(at, _WEIGHT, told, f"status {number}")
            return
