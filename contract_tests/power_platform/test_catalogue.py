"""What an environment may be made of: locations, languages and currencies, and where the tenant is at home."""

import httpx
import pytest

from contract_tests.power_platform.asking import BAP, VERSION, Bearers, error_of
from mock_services.cloud import FakeCloud
from mock_services.power_platform.places import PLACES
from mock_services.tenant import FakeTenant


async def test_the_tenants_own_location_is_the_default_one(wire: httpx.AsyncClient, bearers: Bearers) -> None:
    answer = await wire.get(f"{BAP}/locations", params=VERSION, headers=await bearers.person())
    found = {each["name"]: each for each in answer.json()["value"]}
    assert [name for name, each in found.items() if each["properties"]["isDefault"]] == ["europe"]
    assert found["europe"] == {
        "id": "/providers/Microsoft.BusinessAppPlatform/locations/europe",
        "type": "Microsoft.BusinessAppPlatform/locations",
        "name": "europe",
        "properties": {
            "displayName": "Europe",
            "code": "EMEA",
            "isDefault": True,
            "isDisabled": False,
            "canProvisionDatabase": True,
            "canProvisionCustomerEngagementDatabase": True,
            "azureRegions": ["westeurope", "northeurope"],
        },
    }


async def test_an_environments_azure_region_is_one_of_its_location(wire: httpx.AsyncClient, bearers: Bearers) -> None:
    answer = await wire.get(f"{BAP}/locations", params=VERSION, headers=await bearers.person())
    regions = {each["name"]: each["properties"]["azureRegions"] for each in answer.json()["value"]}
    for place in PLACES.values():
        if place.location != "singapore":  # in no recorded list
            assert place.azure_region in regions[place.location], place


@pytest.mark.parametrize(
    ("kind", "name", "count"), [("environmentLanguages", "1031", 45), ("environmentCurrencies", "EUR", 112)]
)
async def test_languages_and_currencies_are_those_of_a_location(
    wire: httpx.AsyncClient, bearers: Bearers, kind: str, name: str, count: int
) -> None:
    headers = await bearers.person()
    answer = await wire.get(f"{BAP}/locations/Europe/{kind}", params=VERSION, headers=headers)
    found = {each["name"]: each for each in answer.json()["value"]}
    assert len(found) == count
    assert found[name]["id"] == f"/providers/Microsoft.BusinessAppPlatform/locations/europe/{kind}/{name}"
    assert len([each for each in found.values() if each["properties"]["isTenantDefault"]]) == 1
    nowhere = await wire.get(f"{BAP}/locations/atlantis/{kind}", params=VERSION, headers=headers)
    assert error_of(nowhere) == (404, "LocationNotFound")


async def test_the_tenant_is_at_home_where_its_first_database_is(
    wire: httpx.AsyncClient, cloud: FakeCloud, tenant: FakeTenant, bearers: Bearers
) -> None:
    swiss = cloud.create_tenant("Swiss", region="crm17")
    homes = []
    for each in (bearers, Bearers(wire, swiss)):
        answer = await wire.get(f"{BAP}/tenant", params=VERSION, headers=await each.person())
        body = answer.json()
        assert (body["tenantId"], body["state"]) == (each.tenant.id, "Enabled")
        homes.append(body["defaultEnvironmentGeo"])
    assert homes == ["europe", "switzerland"]
