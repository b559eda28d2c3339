"""Rows that every organisation is born with beside its people and roles: currency, publishers, solutions, settings.

Ids of the two unmanaged solutions are the same everywhere (powerapps-docs reference/entities/role.md, solutionid).
"""

from collections.abc import Iterable

from mock_services.state.organisation.rows import Rows

DEFAULT_SOLUTION = "fd140aaf-4df4-11dd-bd17-0019b9312238"
ACTIVE_SOLUTION = "fd140aae-4df4-11dd-bd17-0019b9312238"
DEFAULT_PREFIX = "new"
"""The customisation prefix of an organisation's own publisher until somebody makes another."""
_PRODUCTS = {
    "customer_service": ("Service", "Service Solution"),  # the first's unique name: inferred
    "omnichannel": ("OmnichannelBase", "Omnichannel for Customer Service"),  # both inferred
}
_CURRENCY = {
    "currencyname": "US Dollar", "isocurrencycode": "USD", "currencysymbol": "$", "exchangerate": 1.0,
    "currencyprecision": 2,
}  # fmt: skip
_SETTINGS = {
    "caseprefix": "CAS", "currencydecimalprecision": 2, "currencysymbol": "$", "dateformatstring": "M/d/yyyy",
    "dateseparator": "/", "decimalsymbol": ".", "fullnameconventioncode": 1, "isduplicatedetectionenabled": True,
    "numberseparator": ",", "plugintracelogsetting": 0, "pricingdecimalprecision": 2, "timeformatstring": "h:mm tt",
    "timeseparator": ":",
}  # fmt: skip


def furnish(rows: Rows, organisation: str, unique_name: str, installed: Iterable[str], *, by: str) -> None:
    """The organisation's own row with its settings, its currency, two publishers and the solutions."""
    rows.insert("organization", {"organizationid": organisation, "name": unique_name, **_SETTINGS}, by=by)
    currency = rows.insert("transactioncurrency", _CURRENCY, by=by)
    rows.update("organization", organisation, {"basecurrencyid": currency})
    prefix = {"customizationprefix": DEFAULT_PREFIX, "customizationoptionvalueprefix": 10_000}
    own = rows.insert("publisher", {**own_publisher(unique_name), **prefix}, by=by)
    named = dict.fromkeys(("uniquename", "friendlyname"), "MicrosoftCorporation")
    microsoft = rows.insert("publisher", {**named, "isreadonly": True}, by=by)
    _solution(rows, "Default", "Default Solution", own, by=by, solutionid=DEFAULT_SOLUTION)
    _solution(rows, "Active", "Active Solution", own, by=by, solutionid=ACTIVE_SOLUTION, isvisible=False)
    for product in sorted(installed):
        unique, friendly = _PRODUCTS[product]
        _solution(rows, unique, friendly, microsoft, by=by, ismanaged=True)


def own_publisher(unique_name: str) -> dict[str, str]:
    """The names of an organisation's own publisher."""
    return {
        "uniquename": f"DefaultPublisher{unique_name}",
        "friendlyname": f"Default Publisher for {unique_name}",
    }


def _solution(rows: Rows, unique: str, friendly: str, publisher: str, *, by: str, **members: object) -> None:
    named = {"uniquename": unique, "friendlyname": friendly, "version": "1.0", "publisherid": publisher}
    rows.insert("solution", {**named, "installedon": rows.now(), **members}, by=by)
