"""Where environments may lie and in which languages and currencies: the admin API's lists, for reading only."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from mock_services.power_platform import facts
from mock_services.power_platform.errors import Refused
from mock_services.power_platform.shapes import PROVIDER

_ROOT = f"{PROVIDER}/locations"
_TYPE = "Microsoft.BusinessAppPlatform/locations"
_DEFAULT_LANGUAGE = 1033
_DEFAULT_CURRENCY = "USD"


def locations(tenants_own: str) -> list[dict[str, Any]]:
    """Every location; `tenants_own` is the name of the one that is the tenant's default."""
    return [
        {
            "id": f"{_ROOT}/{each['name']}",
            "type": _TYPE,
            "name": each["name"],
            "properties": {
                "displayName": each["display_name"],
                "code": each["code"],
                "isDefault": each["name"] == tenants_own,
                "isDisabled": each.get("is_disabled", False),
                "canProvisionDatabase": True,
                "canProvisionCustomerEngagementDatabase": True,
                "azureRegions": each["azure_regions"],
            },
        }
        for each in _read()["locations"]
    ]


def languages(location: str) -> list[dict[str, Any]]:
    """The languages of an environment at a location. Raises Refused for an unknown location."""
    root = f"{_ROOT}/{_known(location)}/environmentLanguages"
    return [
        {
            "name": str(code),
            "id": f"{root}/{code}",
            "type": f"{_TYPE}/environmentLanguages",
            "properties": {
                "localeId": code,
                "localizedName": name,
                "displayName": name,
                "isTenantDefault": code == _DEFAULT_LANGUAGE,
            },
        }
        for code, name in _read()["languages"]
    ]


def currencies(location: str) -> list[dict[str, Any]]:
    """The currencies of an environment at a location. Raises Refused for an unknown location."""
    root = f"{_ROOT}/{_known(location)}/environmentCurrencies"
    return [
        {
            "name": code,
            "id": f"{root}/{code}",
            "type": f"{_TYPE}/environmentCurrencies",
            "properties": {"code": code, "symbol": symbol, "isTenantDefault": code == _DEFAULT_CURRENCY},
        }
        for code, symbol in _read()["currencies"]
    ]


def _known(location: str) -> str:
    for each in _read()["locations"]:
        if each["name"] == location.lower():
            return str(each["name"])
    raise Refused(facts.LOCATION_NOT_FOUND, location=location)


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8"))
