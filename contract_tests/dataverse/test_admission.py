"""Who gets in: the token, then the organisation, then the user, in this order."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from contract_tests.dataverse.asking import CLIENT_ID, ROOT, Caller, admit, caller, claims, error
from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant


async def test_no_token_is_a_challenge_that_names_the_tenant_and_the_resource(
    tenant: FakeTenant, wire: httpx.AsyncClient
) -> None:
    host = tenant.organisation.host
    response = await wire.get(f"https://{host}{ROOT}/incidents")
    assert response.status_code == 401
    challenge = response.headers["WWW-Authenticate"]
    assert f"authorization_uri=https://login.microsoftonline.com/{tenant.id}/oauth2/authorize" in challenge
    assert f"resource_id=https://{host}/" in challenge
    assert response.text == "HTTP Error 401 - Unauthorized: Access is denied"
    assert response.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/api/data/v9", "/api/data/v9.2/", "/api/data/v9.2", "/", "/main.aspx"])
async def test_the_challenge_can_be_scraped_wherever_a_client_looks(
    tenant: FakeTenant, wire: httpx.AsyncClient, path: str
) -> None:
    """As AuthorityResolver of Microsoft's ServiceClient does: both members, separated by a comma."""
    host = tenant.organisation.host
    for asked in (host, host.replace(".crm", ".api.crm")):
        challenge = (await wire.get(f"https://{asked}{path}")).headers["WWW-Authenticate"]
        scheme, _, rest = challenge.partition(" ")
        members = dict(each.strip().split("=", 1) for each in rest.split(","))
        assert scheme.lower() == "bearer"
        assert members["authorization_uri"].startswith(f"https://login.microsoftonline.com/{tenant.id}/")
        assert members["resource_id"] == f"https://{host}/"


async def test_other_ways_to_authenticate_are_challenged(administrator: Caller) -> None:
    for said in ("", "Basic YWRhOmxvdmVsYWNl", "Bearer", "Bearer ", administrator.token):
        response = await administrator.wire.get(
            f"https://{administrator.host}{ROOT}/WhoAmI", headers={"Authorization": said}
        )
        assert response.status_code == 401
        assert "error=" not in response.headers["WWW-Authenticate"]


async def test_a_tampered_token_and_an_old_one_are_told_apart(
    cloud: FakeCloud, tenant: FakeTenant, administrator: Caller
) -> None:
    head, _, rest = administrator.token.partition(".")
    payload, _, signature = rest.partition(".")
    flipped = payload[:-2] + ("A" if payload[-2] != "A" else "B") + payload[-1]
    tampered = Caller(administrator.wire, administrator.host, f"{head}.{flipped}.{signature}")
    assert (
        "error_description=Error during token validation!" in (await tampered.get("WhoAmI")).headers["WWW-Authenticate"]
    )
    tenant.clock.advance(timedelta(hours=2))
    assert (
        "error_description=Security Token Expired!" in (await administrator.get("WhoAmI")).headers["WWW-Authenticate"]
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "https://graph.microsoft.com"},
        {"aud": "https://fabrikam.crm4.dynamics.com"},
        {"aud": ["https://contoso.crm4.dynamics.com"]},
        {"tid": "00000000-0000-0000-0000-000000000001"},
        {"exp": 1},
        {"exp": "never"},
        {"nbf": 4_000_000_000},
    ],
    ids=str,
)
async def test_a_token_for_somebody_or_sometime_else_is_refused(
    cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    token = cloud.signing_keys.sign(claims(tenant, tenant.operator.client_id, **wrong))
    response = await Caller(wire, tenant.organisation.host, token).get("WhoAmI")
    assert response.status_code == 401
    assert "error=invalid_token" in response.headers["WWW-Authenticate"]


async def test_a_token_of_another_signer_is_refused(tenant: FakeTenant, wire: httpx.AsyncClient) -> None:
    for token in ("eyJhbGciOiJub25lIn0.e30.", "rubbish", "a.b.c", "é"):
        response = await wire.get(
            f"https://{tenant.organisation.host}{ROOT}/WhoAmI",
            headers=[(b"Authorization", f"Bearer {token}".encode())],
        )
        assert response.status_code == 401


@pytest.mark.parametrize("audience", ["https://{org}", "https://{org}/", "https://{api}", "https://{api}/", "{id}"])
async def test_every_spelling_of_the_audience_is_understood_on_both_hosts(
    cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient, audience: str
) -> None:
    org = tenant.organisation.host
    api = org.replace(".crm", ".api.crm")
    spelt = audience.format(org=org, api=api, id="00000007-0000-0000-c000-000000000000")
    token = cloud.signing_keys.sign(claims(tenant, tenant.operator.client_id, aud=spelt))
    for host in (org, api):
        response = await Caller(wire, host, token).get("WhoAmI()")
        assert response.status_code == 200
        assert response.json()["@odata.context"].startswith(f"https://{host}/api/data/v9.2/$metadata#")


async def test_a_token_ages_with_the_tenants_clock(administrator: Caller, tenant: FakeTenant) -> None:
    assert (await administrator.get("WhoAmI")).status_code == 200
    tenant.clock.advance(timedelta(hours=1))
    assert (await administrator.get("WhoAmI")).status_code == 401


async def test_an_app_without_a_user_is_no_member_even_before_the_url_is_read(integration: Caller) -> None:
    for path in ("incidents", "no_such_set", "incidents?$skip=1"):
        response = await integration.get(path)
        assert response.status_code == 403
        assert response.json()["error"] == {
            "code": "0x80072560",
            "message": "The user is not a member of the organization.",
        }


async def test_a_missing_user_answers_as_the_quirk_says(integration: Caller, tenant: FakeTenant) -> None:
    tenant.quirks.user_missing_status = 401
    assert error(await integration.get("incidents")) == (401, "0x80072560")


async def test_a_disabled_user_is_refused_with_the_recorded_placeholders(
    integration: Caller, tenant: FakeTenant
) -> None:
    user = admit(tenant, {"prvReadIncident": "Global"})
    assert (await integration.get("incidents")).status_code == 200
    tenant.organisation.disable_user(user)
    response = await integration.get("incidents")
    assert error(response) == (403, "0x80040225")
    assert "(Id = {0}) is disabled" in response.json()["error"]["message"]
    tenant.organisation.disable_user(user, disabled=False)
    assert (await integration.get("incidents")).status_code == 200


async def test_a_user_without_a_role_may_ask_who_it_is_and_nothing_else(
    integration: Caller, tenant: FakeTenant
) -> None:
    user = admit(tenant, None)
    assert (await integration.get("WhoAmI")).json()["UserId"] == user
    response = await integration.get("incidents")
    assert error(response) == (403, "0x80042f09")
    assert response.json()["error"]["message"] == (
        f"RetrievePrivilegeForUser: The user with id {user} has not been assigned any roles."
        " They need a role with the prvReadIncident privilege."
    )
    tenant.quirks.user_without_role_status = 401
    assert error(await integration.get("incidents")) == (401, "0x80042f09")
    tenant.quirks.who_am_i_without_role = False
    assert error(await integration.get("WhoAmI")) == (401, "0x80042f09")


async def test_a_person_is_known_by_object_id(cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient) -> None:
    object_id = "77777777-2222-4333-8444-555555555555"
    token = cloud.signing_keys.sign(claims(tenant, CLIENT_ID, scp="user_impersonation", oid=object_id))
    person = Caller(wire, tenant.organisation.host, token)
    assert error(await person.get("WhoAmI")) == (403, "0x80072560")
    user = tenant.organisation.add_user(
        object_id=object_id, user_principal_name="ada@contoso.com", first_name="Ada", last_name="Lovelace"
    )
    assert (await person.get("WhoAmI")).json()["UserId"] == user


async def test_a_disabled_organisation_answers_nobody(administrator: Caller, tenant: FakeTenant) -> None:
    tenant.organisation.set_state("Disabled")
    assert error(await administrator.get("WhoAmI")) == (403, "0x8004a104")


async def test_in_administration_mode_only_administrators_and_customizers_get_in(
    administrator: Caller, integration: Caller, tenant: FakeTenant
) -> None:
    organisation = tenant.organisation
    user = admit(tenant, {"prvReadIncident": "Global"})
    organisation.set_state("AdminMode")
    assert (await administrator.get("WhoAmI")).status_code == 200
    refused = await integration.get("WhoAmI")
    assert error(refused) == (403, "0x8004a113")
    assert refused.json()["error"]["message"] == (
        "User does not have required privileges (or role membership) to access the org when it is in Admin Only mode."
    )
    customizer = organisation.role_named("System Customizer")
    assert customizer is not None
    organisation.assign_role(user, customizer["roleid"])
    assert (await integration.get("WhoAmI")).status_code == 200
    organisation.remove_role(user, customizer["roleid"])
    assert (await integration.get("WhoAmI")).status_code == 403
    organisation.set_state("Enabled")
    assert (await integration.get("WhoAmI")).status_code == 200


async def test_a_role_by_team_opens_administration_mode(integration: Caller, tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    user = admit(tenant, None)
    administrators = organisation.role_named("System Administrator")
    assert administrators is not None
    team = organisation.insert("team", {"name": "Operators", "businessunitid": organisation.root_business_unit})
    organisation.roles.assign(team, administrators["roleid"], kind="team")
    organisation.set_state("AdminMode")
    assert error(await integration.get("WhoAmI")) == (403, "0x8004a113")
    organisation.insert("teammembership", {"teamid": team, "systemuserid": user})
    assert (await integration.get("WhoAmI")).status_code == 200


async def test_who_is_no_member_or_disabled_is_told_so_in_administration_mode_too(
    integration: Caller, tenant: FakeTenant
) -> None:
    tenant.organisation.set_state("AdminMode")
    assert error(await integration.get("WhoAmI")) == (403, "0x80072560")
    tenant.organisation.disable_user(admit(tenant, None))
    assert error(await integration.get("WhoAmI")) == (403, "0x80040225")


def test_an_organisation_has_no_other_states(tenant: FakeTenant) -> None:
    with pytest.raises(ValueError, match="Enabled, AdminMode, Disabled"):
        tenant.organisation.set_state("Asleep")


async def test_a_disabled_user_is_refused_as_the_quirk_says(integration: Caller, tenant: FakeTenant) -> None:
    user = admit(tenant, None)
    tenant.organisation.disable_user(user)
    tenant.quirks.user_disabled_status = 400
    refused = await integration.get("WhoAmI")
    assert error(refused) == (400, "0x80040225")
    assert f"SystemUserId={user}" in refused.json()["error"]["message"]


async def test_one_tenants_token_does_not_open_anothers_organisation(
    cloud: FakeCloud, tenant: FakeTenant, wire: httpx.AsyncClient
) -> None:
    other = cloud.create_tenant("Fabrikam")
    stranger = caller(cloud, tenant, wire, tenant.operator.client_id)
    stranger.host = other.organisation.host
    assert (await stranger.get("WhoAmI")).status_code == 401
    assert tenant.organisation.id != other.organisation.id
    assert tenant.organisation.environment_id != other.organisation.environment_id


async def test_the_journal_finds_a_refusal_by_its_request_id(integration: Caller, tenant: FakeTenant) -> None:
    response = await integration.get("incidents")
    entry = next(entry for entry in tenant.journal if entry.request_id == response.headers["REQ_ID"])
    assert (entry.status, entry.code) == (403, "0x80072560")


async def test_every_answer_carries_the_recorded_headers(administrator: Caller) -> None:
    for path in ("WhoAmI", "no_such_set"):
        headers = (await administrator.get(path, headers={"x-ms-client-request-id": "abc"})).headers
        assert headers["OData-Version"] == "4.0"
        assert headers["x-ms-dop-hint"] == "4"
        assert headers["x-ms-client-request-id"] == "abc"
        assert headers["Content-Type"] == "application/json; odata.metadata=minimal"
