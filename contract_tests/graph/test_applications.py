"""Registrations: made, read back, changed, made once, and refused for the right reason."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.graph.asking import Graph, said
from mock_services.tenant import FakeTenant

RECORDED_MEMBERS = (
    "@odata.context id deletedDateTime appId applicationTemplateId disabledByMicrosoftStatus createdDateTime"
    " displayName description groupMembershipClaims identifierUris isDeviceOnlyAuthSupported isFallbackPublicClient"
    " nativeAuthenticationApisEnabled notes publisherDomain serviceManagementReference signInAudience tags"
    " tokenEncryptionKeyId uniqueName samlMetadataUrl defaultRedirectUri certification optionalClaims"
    " servicePrincipalLockConfiguration requestSignatureVerification addIns api appRoles info keyCredentials"
    " parentalControlSettings passwordCredentials publicClient requiredResourceAccess verifiedPublisher web spa"
)
DATAVERSE_WISH = {
    "resourceAppId": "00000007-0000-0000-c000-000000000000",
    "resourceAccess": [{"id": "78ce3f0f-a1ce-49c2-8cde-64b5c0896db4", "type": "Scope"}],
}


async def test_a_new_registration_reads_as_recorded_in_2025(graph: Graph, tenant: FakeTenant) -> None:
    answer = await graph.post("/applications", {"displayName": "Integration", "keyCredentials": []})
    made = answer.json()
    assert answer.status_code == 201
    assert list(made) == RECORDED_MEMBERS.split()
    assert made["@odata.context"] == "https://graph.microsoft.com/v1.0/$metadata#applications/$entity"
    assert made["signInAudience"] == "AzureADMyOrg"
    assert made["publisherDomain"] == tenant.domain
    assert made["id"] != made["appId"]
    assert made["web"] == {
        "homePageUrl": None,
        "logoutUrl": None,
        "redirectUris": [],
        "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": False},
        "redirectUriSettings": [],
    }
    assert answer.headers["location"] == (
        f"https://graph.microsoft.com/v2/{tenant.id}/directoryObjects/{made['id']}/Microsoft.DirectoryServices.Application"
    )
    assert answer.headers["odata-version"] == "4.0"
    assert answer.headers["x-ms-resource-unit"] == "1"


async def test_the_creation_date_has_fractions_only_in_the_answer_to_the_create(graph: Graph) -> None:
    made = await graph.register()
    read = (await graph.get(f"/applications/{made['id']}")).json()
    assert len(made["createdDateTime"]) == len("2025-04-08T09:40:20.2882444Z")
    assert len(read["createdDateTime"]) == len("2025-04-08T09:40:20Z")


async def test_a_registration_is_found_by_id_by_app_id_and_by_filter(graph: Graph) -> None:
    made = await graph.register("Integration", requiredResourceAccess=[DATAVERSE_WISH], tags=["ours"])
    by_id = (await graph.get(f"/applications/{made['id']}")).json()
    by_app_id = (await graph.get(f"/applications(appId='{made['appId']}')")).json()
    found = (await graph.get("/applications", {"$filter": f"appId eq '{made['appId']}'"})).json()
    assert by_id == by_app_id
    assert found["value"] == [{name: value for name, value in by_id.items() if name != "@odata.context"}]
    assert found["@odata.context"] == "https://graph.microsoft.com/v1.0/$metadata#applications"
    assert by_id["requiredResourceAccess"] == [DATAVERSE_WISH]
    assert by_id["tags"] == ["ours"]


async def test_the_same_name_twice_makes_twins(graph: Graph) -> None:
    first, second = await graph.register("Twin"), await graph.register("Twin")
    found = (await graph.get("/applications", {"$filter": "displayName eq 'Twin'"})).json()["value"]
    assert {each["id"] for each in found} == {first["id"], second["id"]}


async def test_an_app_id_in_the_place_of_an_object_id_is_the_ordinary_404(graph: Graph) -> None:
    made = await graph.register()
    assert said(await graph.get(f"/applications/{made['appId']}")) == (
        404,
        "Request_ResourceNotFound",
        f"Resource '{made['appId']}' does not exist or one of its queried reference-property objects are not present.",
    )


async def test_what_is_no_guid_is_no_object_id(graph: Graph) -> None:
    assert said(await graph.get("/applications/contoso")) == (
        400,
        "Request_BadRequest",
        "Invalid object identifier 'contoso'.",
    )


async def test_a_registration_without_a_name_is_refused(graph: Graph) -> None:
    assert said(await graph.post("/applications", {"signInAudience": "AzureADMyOrg"})) == (
        400,
        "Request_BadRequest",
        "A value is required for property 'displayName' of resource 'Application'.",
    )


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        ("colour", "red", "Invalid property 'colour'."),
        ("web", {"colour": "red"}, "Invalid property 'colour'."),
        ("tags", "ours", "Invalid value specified for property 'tags' of resource 'Application'."),
        ("tags", [1], "Invalid value specified for property 'tags' of resource 'Application'."),
        ("displayName", 7, "Invalid value specified for property 'displayName' of resource 'Application'."),
        ("displayName", "x" * 257, "Invalid value specified for property 'displayName' of resource 'Application'."),
        ("signInAudience", "Everybody", "Invalid value specified for property 'signInAudience' of resource"),
        ("isFallbackPublicClient", "yes", "Invalid value specified for property 'isFallbackPublicClient' of resource"),
        ("appId", str(uuid.UUID(int=7)), "Property 'appId' is read-only and cannot be set."),
        ("uniqueName", "x", "Property 'uniqueName' is read-only and cannot be set."),
        ("signInAudience", "PersonalMicrosoftAccount", "Property api.requestedAccessTokenVersion is invalid."),
        ("requiredResourceAccess", [{"resourceAppId": "x", "resourceAccess": [{"id": "1", "type": "Scope"}]}],
         "Invalid value specified for property 'requiredResourceAccess.resourceAccess.id' of resource"),
    ],
)  # fmt: skip
async def test_a_member_that_is_wrong_is_refused_by_name_and_nothing_is_made(
    graph: Graph, tenant: FakeTenant, member: str, value: object, words: str
) -> None:
    before = len(tenant.directory.applications())
    answer = await graph.post("/applications", {"displayName": "Integration", member: value})
    assert said(answer)[:2] == (400, "Request_BadRequest")
    assert said(answer)[2].startswith(words)
    assert len(tenant.directory.applications()) == before


async def test_annotations_in_a_body_are_passed_over(graph: Graph) -> None:
    await graph.register(**{"@odata.type": "#microsoft.graph.application"})


async def test_a_change_keeps_what_it_does_not_name(graph: Graph) -> None:
    made = await graph.register("Before", notes="kept", web={"redirectUris": ["https://localhost/a"]})
    answer = await graph.patch(
        f"/applications/{made['id']}", {"displayName": "After", "web": {"homePageUrl": "https://x"}}
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    read = (await graph.get(f"/applications/{made['id']}")).json()
    assert (read["displayName"], read["notes"]) == ("After", "kept")
    assert read["web"]["redirectUris"] == ["https://localhost/a"]
    assert read["web"]["homePageUrl"] == "https://x"


async def test_a_change_replaces_a_list_whole(graph: Graph) -> None:
    made = await graph.register(requiredResourceAccess=[DATAVERSE_WISH])
    await graph.patch(f"/applications(appId='{made['appId']}')", {"requiredResourceAccess": []})
    assert (await graph.get(f"/applications/{made['id']}")).json()["requiredResourceAccess"] == []


async def test_the_upsert_creates_once_and_changes_from_then_on(graph: Graph) -> None:
    path, prefer = "/applications(uniqueName='opencx/1')", "create-if-missing"
    absent = await graph.patch(path, {"displayName": "One"})
    first = await graph.patch(path, {"displayName": "One"}, Prefer=prefer)
    second = await graph.patch(path, {"displayName": "Two"}, Prefer=prefer)
    read = (await graph.get("/applications(uniqueName='opencx%2F1')")).json()
    assert said(absent)[0] == 404
    assert "'opencx/1'" in said(absent)[2]
    assert (first.status_code, first.json()["uniqueName"]) == (201, "opencx/1")
    assert second.status_code == 204
    assert (read["id"], read["displayName"]) == (first.json()["id"], "Two")


async def test_an_identifier_uri_belongs_to_one_registration(graph: Graph) -> None:
    await graph.register(identifierUris=["api://ours"])
    answer = await graph.post("/applications", {"displayName": "Other", "identifierUris": ["api://OURS"]})
    status, code, message = said(answer)
    assert (status, code) == (400, "Request_BadRequest")
    assert message == "Another object with the same value for property identifierUris already exists."
    assert answer.json()["error"]["details"][0]["code"] == "ObjectConflict"


async def test_a_uri_of_somebody_elses_domain_is_refused(graph: Graph) -> None:
    answer = await graph.post("/applications", {"displayName": "x", "identifierUris": ["https://example.org/x"]})
    assert said(answer)[:2] == (400, "HostNameNotOnVerifiedDomain")


async def test_an_enabled_role_must_be_disabled_before_it_goes(graph: Graph) -> None:
    role = {
        "allowedMemberTypes": ["Application"], "description": "d", "displayName": "n", "isEnabled": True,
        "id": str(uuid.UUID(int=5)), "value": "Do",
    }  # fmt: skip
    made = await graph.register(appRoles=[role])
    path = f"/applications/{made['id']}"
    assert said(await graph.patch(path, {"appRoles": []}))[:2] == (400, "CannotDeleteOrUpdateEnabledEntitlement")
    assert (await graph.patch(path, {"appRoles": [role | {"isEnabled": False}]})).status_code == 204
    assert (await graph.patch(path, {"appRoles": []})).status_code == 204


async def test_deleting_hides_a_registration_and_its_principal_everywhere(graph: Graph) -> None:
    made = await graph.register()
    principal = await graph.principal(made["appId"])
    assert (await graph.delete(f"/applications/{made['id']}")).status_code == 204
    assert (await graph.get(f"/applications/{made['id']}")).status_code == 404
    assert (await graph.get("/applications", {"$filter": f"appId eq '{made['appId']}'"})).json()["value"] == []
    assert (await graph.get(f"/servicePrincipals/{principal['id']}")).status_code == 404
    assert said(await graph.delete(f"/applications/{made['id']}"))[0] == 404


async def test_owners_are_added_once_and_removed(graph: Graph, tenant: FakeTenant) -> None:
    made = await graph.register()
    user = tenant.directory.add_user(f"adele@{tenant.domain}", "Adele Vance", "no matter")
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{user.id}"}
    path = f"/applications/{made['id']}/owners"
    assert (await graph.post(f"{path}/$ref", reference)).status_code == 204
    assert said(await graph.post(f"{path}/$ref", reference))[2] == (
        "One or more added object references already exist for the following modified properties: 'owners'."
    )
    assert [each["id"] for each in (await graph.get(path)).json()["value"]] == [user.id]
    assert (await graph.delete(f"{path}/{user.id}/$ref")).status_code == 204
    assert (await graph.get(path)).json()["value"] == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=256).filter(lambda text: "\x00" not in text))
async def test_any_name_comes_back_as_it_was_given(graph: Graph, name: str) -> None:
    answer = await graph.wire.post(
        "https://graph.microsoft.com/v1.0/applications", json={"displayName": name}, headers=graph.headers
    )
    made = answer.json()
    found = await graph.get("/applications", {"$filter": "displayName eq '" + name.replace("'", "''") + "'"})
    assert answer.status_code == 201
    assert made["displayName"] == name
    assert made["id"] in [each["id"] for each in found.json()["value"]]


async def test_later_reads_turn_collections_round(graph: Graph) -> None:
    """Recorded in 2022: a client that compares lists by position finds a change where none is."""
    sent = {"web": {"redirectUris": ["https://a.example", "https://b.example"]}}
    made = await graph.register(**sent)  # type: ignore[arg-type] # a body's members
    assert made["web"]["redirectUris"] == sent["web"]["redirectUris"]
    read = (await graph.get(f"/applications/{made['id']}")).json()
    assert read["web"]["redirectUris"] == sent["web"]["redirectUris"][::-1]
    assert (await graph.patch(f"/applications/{made['id']}", {"web": read["web"]})).status_code == 204
