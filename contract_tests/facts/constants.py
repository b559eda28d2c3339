"""Which fact each public constant of a `facts.py` rests on; those that rest on none yet have a counted excuse."""

from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Final

from contract_tests.coverage.subjects import subjects
from contract_tests.facts.loading import facts

MODULES: Final = ("login", "graph", "dataverse", "power_platform", "management", "portal")


class Excuse(Enum):
    """Why a constant names no fact. How many there may be of each is in MOST, and can only go down."""

    OWN = "of the fakes' own making: a name they compare with, or a limit that no answer shows"
    LOAD = "needs megabytes, hundreds of objects or thousands of requests to be seen"
    PERSON = "is met by people at a browser, or by people with other roles than the operator's"
    STATE = "needs a state of the whole tenant or environment that nobody would bring about"
    OTHER = "belongs to a service that only `az` asks; no facts are written for it"
    RARE = "is met by neither set-up, proof, operator nor handoff; tests of its service meet it in the fakes"


EXCUSED: Final[dict[str, dict[Excuse, str]]] = {
    "login": {
        Excuse.PERSON: "WRONG_PASSWORDS LOCKED_OUT",
        Excuse.OWN: "REAL_GRANTS_NOT_BUILT",
    },
    "graph": {
        Excuse.LOAD: "FEDERATED_CREDENTIALS_OF_APPLICATION OBJECTS_OF_CREATOR OWNERS_OF_OBJECT LARGEST_BODY_BYTES"
        " DEFAULT_PAGE IDS_AT_ONCE",
        Excuse.RARE: "LONGEST_FEDERATED_VALUE LONGEST_NAME LONGEST_NICKNAME NOT_IN_NICKNAME LONGEST_SCOPE"
        " SECRETS_OF_PERSONAL_AUDIENCE FOR_BROWSERS",
        Excuse.OWN: "LEEWAY REAL_ROOTS REAL_NAVIGATIONS",
    },
    "dataverse": {
        Excuse.OWN: "DATAVERSE_APP_ID SYSTEM_ADMINISTRATOR DEEPEST_INSERT",
        Excuse.LOAD: "MOST_BYTES LONGEST_URL LARGEST_HEADERS LONGEST_BATCH_URL MOST_OPERATIONS REQUESTS_EXCEEDED"
        " TIME_EXCEEDED CONCURRENCY_EXCEEDED URL_TOO_LONG HEADERS_TOO_LONG SYSTEM_PAGE BATCH_TOO_LONG TOO_LARGE",
        Excuse.STATE: "KEY_VIOLATED DUPLICATES_FOUND EMPTY_RULE",
        Excuse.RARE: "MOST_EXPANSIONS NULL_IN_KEY NO_KEY BAD_BATCH NO_STREAM NOT_SUPPORTED BIND_NO_LIST NO_SUCH_KEY"
        " NO_CONCURRENCY DECIMAL_RANGE TWO_CUSTOMERS ONE_SENDER INACTIVE_QUEUE INACTIVE_OBJECT"
        " NOT_IN_SOURCE_QUEUE EMAIL_IN_QUEUE INACTIVE_ITEM SAME_QUEUE NO_USER_QUEUE DEACTIVATED_ITEM"
        " NOT_FOR_QUEUES OPEN_ON_CLOSE OPEN_ON_CANCEL LOOP ACCOUNT_LOOP OTHER_BUSINESS_UNIT"
        " TEAM_OTHER_BUSINESS_UNIT INHERITED_ROLE INHERITED_ROLE_DELETE ADMINISTRATOR_MODIFY"
        " ADMINISTRATOR_DELETE CALLER_LACKS SECOND_ROOT",
    },
    "power_platform": {
        Excuse.PERSON: "USER_FORBIDDEN ENVIRONMENT_ACCESS USER_NOT_FOUND ASSIGNEE_NOT_FOUND",
        Excuse.RARE: "ROLE_ASSIGNMENT_NOT_FOUND API_SCOPE_MISSING API_PRINCIPAL_FORBIDDEN API_ENVIRONMENT_NOT_FOUND"
        " API_VERSION_MISSING API_AUDIENCES",
        Excuse.OWN: "ENVIRONMENTS_READ SETTINGS_READ PERMISSION_NAMES",
    },
    "management": {
        Excuse.OTHER: "MANAGEMENT_AUDIENCES VERSION_MISSING VERSION_INVALID TOKEN_MISSING HEADER_INVALID TOKEN_INVALID"
        " TOKEN_WITHOUT_IDENTITY TOKEN_EXPIRED AUDIENCE_WRONG SUBSCRIPTION_INVALID SUBSCRIPTION_NOT_FOUND"
        " CHALLENGE_DESCRIPTIONS SUPPORTED_VERSIONS_TEXT SUPPORTED_VERSIONS DESCRIBED_SINCE HEADERS REMAINING_READS"
        " ROUTED_THROUGH PUBLIC GOVERNMENT CHINA CLOUDS",
    },
    "portal": {
        Excuse.OTHER: "NOT_ADMINISTRATOR PERMISSIONS_INVALID APPLICATION_NOT_FOUND HRESULT AUDIENCES"
        " APPLICATION_STATUS CONSENTED_STATUS",
    },
}

MOST: Final[dict[Excuse, int]] = {
    Excuse.OWN: 10,
    Excuse.LOAD: 19,
    Excuse.PERSON: 6,
    Excuse.STATE: 3,
    Excuse.OTHER: 29,
    Excuse.RARE: 46,
}
"""Lower a number when a fact takes the place of an excuse; a new constant brings its fact along."""


def public(service: str) -> Iterator[str]:
    """The public constants of a service's facts.py."""
    module = import_module(f"mock_services.{service}.facts")
    for name, value in vars(module).items():
        if name.isupper() and not name.startswith("_") and not isinstance(value, ModuleType | FunctionType | type):
            yield name


def resting(service: str) -> dict[str, list[str]]:
    """Constant -> the facts that it rests on: those that name it, and those about a row with its text."""
    module = import_module(f"mock_services.{service}.facts")
    rows = next((each.rows for each in subjects() if each.name == service), {})
    found: dict[str, list[str]] = {}
    for fact in facts():
        if fact.service != service:
            continue
        names = set(fact.constants)
        if fact.refusal:
            template = rows[fact.refusal].template
            names |= {name for name in public(service) if getattr(module, name) == template}
            names |= {fact.refusal.removeprefix("facts.")} & set(public(service))
        for name in names:
            found.setdefault(name, []).append(fact.name)
    return found


def excused(service: str) -> dict[str, Excuse]:
    """Constant -> its excuse."""
    return {name: excuse for excuse, names in EXCUSED.get(service, {}).items() for name in names.split()}
