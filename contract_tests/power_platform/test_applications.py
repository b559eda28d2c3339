"""Management applications: who may register one, and what it may do then."""

import httpx

from contract_tests.power_platform.asking import BAP, VERSION, Bearers, error_of
from mock_services.tenant import FakeTenant

ADMIN_LIST = f"{BAP}/scopes/admin/environments"


async def test_an_application_that_is_not_registered_is_refused_until_a_person_registers_it(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    as_app, as_person = await bearers.application(), await bearers.person()
    refused = await wire.get(ADMIN_LIST, params=VERSION, headers=as_app)
    assert error_of(refused) == (403, "Forbidden")
    message = refused.json()["error"]["message"]
    assert f"for application {tenant.operator.client_id} does not have permission to access the path 'https://10." in (
        message
    ), "the path is told by a machine inside, so that nobody may match on it"
    assert message.endswith(f"/scopes/admin/environments?api-version=2023-06-01' in tenant {tenant.id}.")
    assert refused.json()["error"]["detailUrlType"] == "NotSpecified"

    registration = f"{BAP}/adminApplications/{tenant.operator.client_id}"
    himself = await wire.put(registration, params=VERSION, headers=as_app)
    assert error_of(himself) == (403, "Forbidden")
    assert (await wire.get(registration, params=VERSION, headers=as_person)).status_code == 404

    for _twice_is_once in range(2):
        made = await wire.put(registration, params=VERSION, headers=as_person)
        assert (made.status_code, made.json()) == (200, {"applicationId": tenant.operator.client_id})
    assert (await wire.get(registration, params=VERSION, headers=as_person)).json() == made.json()
    listed = await wire.get(f"{BAP}/adminApplications", params=VERSION, headers=as_person)
    assert listed.json() == {"value": [made.json()]}
    for url in (ADMIN_LIST, f"{BAP}/environments"):
        assert len((await wire.get(url, params=VERSION, headers=as_app)).json()["value"]) == 2
    another = f"{BAP}/adminApplications/{tenant.id}"
    for verb in ("PUT", "DELETE"):
        assert error_of(await wire.request(verb, another, params=VERSION, headers=as_app)) == (403, "Forbidden")

    assert (await wire.delete(registration, params=VERSION, headers=as_person)).status_code == 204
    assert (await wire.delete(registration, params=VERSION, headers=as_person)).status_code == 404
    assert (await wire.get(ADMIN_LIST, params=VERSION, headers=as_app)).status_code == 403


async def test_registering_wants_an_administrator_and_a_guid(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    tenant.directory.add_user("clerk@contoso.onmicrosoft.com", "Clerk", "fake-password")
    clerk = await bearers.person(username="clerk@contoso.onmicrosoft.com", password="fake-password")
    registration = f"{BAP}/adminApplications/{tenant.operator.client_id}"
    assert error_of(await wire.put(registration, params=VERSION, headers=clerk)) == (403, "Forbidden")
    bad = await wire.put(f"{BAP}/adminApplications/nonsense", params=VERSION, headers=await bearers.person())
    assert error_of(bad) == (400, "InvalidApplicationId")


async def test_every_path_is_shut_to_an_application_that_is_not_registered(
    wire: httpx.AsyncClient, tenant: FakeTenant, bearers: Bearers
) -> None:
    as_app, identity = await bearers.application(), tenant.organisation.environment_id
    paths = ("environments", "locations", "locations/europe/environmentLanguages", "tenant", "adminApplications")
    one = f"scopes/admin/environments/{identity}"
    for path in (*paths, one, f"{one}/roleAssignments", f"environments/{identity}", "environments/~Default"):
        answer = await wire.get(f"{BAP}/{path}", params=VERSION, headers=as_app)
        assert error_of(answer) == (403, "Forbidden"), path
