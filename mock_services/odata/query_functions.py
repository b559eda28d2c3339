"""Dataverse's own query functions: which condition operator each stands for, and how its values are named.

Names: powerapps-docs webapi/query/filter-rows.md and the queryFunctions reference; operators: fetchxml/reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass

NAMESPACE = "Microsoft.Dynamics.CRM."


@dataclass(frozen=True)
class Function:
    """One function: the operator, and the parameters besides PropertyName."""

    operator: str
    parameters: tuple[str, ...] = ()


_ONE, _MANY, _TWO = ("PropertyValue",), ("PropertyValues",), ("PropertyValue1", "PropertyValue2")
_SPANS = ("Month", "Week", "Year", "FiscalPeriod", "FiscalYear")
_COUNTED = ("Hours", "Days", "Weeks", "Months", "Years", "FiscalPeriods", "FiscalYears")
_AGES = ("Minutes", "Hours", "Days", "Weeks", "Months", "Years")


def _dashed(name: str) -> str:
    """`FiscalPeriods` as FetchXML writes it."""
    return {"FiscalPeriods": "fiscal-periods", "FiscalYears": "fiscal-years", "FiscalPeriod": "fiscal-period",
            "FiscalYear": "fiscal-year"}.get(name, name.lower())  # fmt: skip


FUNCTIONS: Mapping[str, Function] = {
    "Above": Function("above", _ONE),
    "AboveOrEqual": Function("eq-or-above", _ONE),
    "Under": Function("under", _ONE),
    "UnderOrEqual": Function("eq-or-under", _ONE),
    "NotUnder": Function("not-under", _ONE),
    "Between": Function("between", _MANY),
    "NotBetween": Function("not-between", _MANY),
    "In": Function("in", _MANY),
    "NotIn": Function("not-in", _MANY),
    "ContainValues": Function("contain-values", _MANY),
    "DoesNotContainValues": Function("not-contain-values", _MANY),
    "EqualBusinessId": Function("eq-businessid"),
    "NotEqualBusinessId": Function("ne-businessid"),
    "EqualUserId": Function("eq-userid"),
    "NotEqualUserId": Function("ne-userid"),
    "EqualUserLanguage": Function("eq-userlanguage"),
    "EqualUserOrUserHierarchy": Function("eq-useroruserhierarchy"),
    "EqualUserOrUserHierarchyAndTeams": Function("eq-useroruserhierarchyandteams"),
    "EqualUserOrUserTeams": Function("eq-useroruserteams"),
    "EqualUserTeams": Function("eq-userteams"),
    "InFiscalPeriod": Function("in-fiscal-period", _ONE),
    "InFiscalYear": Function("in-fiscal-year", _ONE),
    "InFiscalPeriodAndYear": Function("in-fiscal-period-and-year", _TWO),
    "InOrAfterFiscalPeriodAndYear": Function("in-or-after-fiscal-period-and-year", _TWO),
    "InOrBeforeFiscalPeriodAndYear": Function("in-or-before-fiscal-period-and-year", _TWO),
    "On": Function("on", _ONE),
    "OnOrAfter": Function("on-or-after", _ONE),
    "OnOrBefore": Function("on-or-before", _ONE),
    "Today": Function("today"),
    "Tomorrow": Function("tomorrow"),
    "Yesterday": Function("yesterday"),
    "Last7Days": Function("last-seven-days"),
    "Next7Days": Function("next-seven-days"),
    **{f"{which}{span}": Function(f"{which.lower()}-{_dashed(span)}") for which in ("Last", "Next", "This")
       for span in _SPANS},
    **{f"{which}X{unit}": Function(f"{which.lower()}-x-{_dashed(unit)}", _ONE) for which in ("Last", "Next")
       for unit in _COUNTED},
    **{f"OlderThanX{unit}": Function(f"olderthan-x-{unit.lower()}", _ONE) for unit in _AGES},
}  # fmt: skip
