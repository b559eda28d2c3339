"""Microsoft's own Graph library, unmodified, through the whole life of an application."""

from collections.abc import AsyncIterator

import httpx
import pytest
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph.generated.applications.applications_request_builder import ApplicationsRequestBuilder
from msgraph.generated.applications.item.add_password.add_password_post_request_body import AddPasswordPostRequestBody
from msgraph.generated.applications.item.remove_password.remove_password_post_request_body import (
    RemovePasswordPostRequestBody,
)
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.application import Application
from msgraph.generated.models.federated_identity_credential import FederatedIdentityCredential
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_auth2_permission_grant import OAuth2PermissionGrant
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.service_principal import ServicePrincipal
from msgraph.graph_request_adapter import GraphRequestAdapter, options
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped] # it ships no types

from mock_services.serve import Served
from mock_services.state import well_known
from mock_services.tenant import FakeTenant
from provisioning.settings import Integration

QUERY = ApplicationsRequestBuilder.ApplicationsRequestBuilderGetQueryParameters


@pytest.fixture
async def client(
    served_tenant: tuple[Served, FakeTenant, Integration],
    four_values: Integration,
) -> AsyncIterator[GraphServiceClient]:
    """The library, signed in as the operator's application."""
    operator, tenant_id = served_tenant[1].operator, served_tenant[1].id
    # The library leaves its connections open for good; one that keeps none has none to leave.
    plain = httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=0))
    http = GraphClientFactory.create_with_default_middleware(options=options, client=plain)
    with ClientSecretCredential(tenant_id, operator.client_id, operator.client_secret) as credential:
        signing_in = AzureIdentityAuthenticationProvider(credential, scopes=["https://graph.microsoft.com/.default"])
        async with http:
            yield GraphServiceClient(request_adapter=GraphRequestAdapter(signing_in, http))


async def test_an_application_lives_its_whole_life(client: GraphServiceClient) -> None:
    made = await client.applications.post(Application(display_name="O'Brien & co", sign_in_audience="AzureADMyOrg"))
    assert made is not None
    assert made.id is not None
    assert made.app_id is not None
    application = client.applications.by_application_id(made.id)

    secret = await application.add_password.post(
        AddPasswordPostRequestBody(password_credential=PasswordCredential(display_name="first"))
    )
    assert secret is not None
    assert secret.secret_text is not None
    assert secret.hint == secret.secret_text[:3]

    principal = await client.service_principals.post(ServicePrincipal(app_id=made.app_id))
    assert principal is not None
    assert principal.id is not None
    dataverse = await client.service_principals_with_app_id(well_known.DATAVERSE).get()
    assert dataverse is not None
    grant = await client.oauth2_permission_grants.post(
        OAuth2PermissionGrant(
            client_id=principal.id, consent_type="AllPrincipals", resource_id=dataverse.id, scope="user_impersonation"
        )
    )
    assert grant is not None
    assert grant.id is not None

    trusted = await application.federated_identity_credentials.post(
        FederatedIdentityCredential(
            name="main", issuer="https://token.example", subject="main", audiences=["api://AzureADTokenExchange"]
        )
    )
    assert trusted is not None
    assert (await application.federated_identity_credentials.get()).value[0].id == trusted.id  # type: ignore[union-attr,index] # there is one

    await application.patch(Application(notes="changed"))
    read = await client.applications_with_app_id(made.app_id).get()
    assert read is not None
    assert (read.notes, len(read.password_credentials or [])) == ("changed", 1)

    await application.remove_password.post(RemovePasswordPostRequestBody(key_id=secret.key_id))
    await client.oauth2_permission_grants.by_o_auth2_permission_grant_id(grant.id).delete()
    await application.delete()
    with pytest.raises(ODataError) as refused:
        await application.get()
    assert refused.value.response_status_code == 404
    assert refused.value.error is not None
    assert refused.value.error.code == "Request_ResourceNotFound"
    await client.directory.deleted_items.by_directory_object_id(made.id).restore.post()
    assert (await application.get()) is not None


async def test_the_library_finds_counts_and_pages(client: GraphServiceClient) -> None:
    for number in range(3):
        await client.applications.post(Application(display_name=f"Paged {number}"))
    wanted: RequestConfiguration[QUERY] = RequestConfiguration(
        query_parameters=QUERY(
            filter="startswith(displayName,'Paged')", top=2, count=True, orderby=["displayName"], select=["displayName"]
        )
    )
    wanted.headers.add("ConsistencyLevel", "eventual")
    first = await client.applications.get(request_configuration=wanted)
    assert first is not None
    assert first.odata_count == 3
    assert first.odata_next_link is not None
    second = await client.applications.with_url(first.odata_next_link).get(
        request_configuration=RequestConfiguration(headers=wanted.headers)
    )
    assert second is not None
    names = [each.display_name for each in [*(first.value or []), *(second.value or [])]]
    assert names == ["Paged 0", "Paged 1", "Paged 2"]


async def test_a_refusal_comes_out_as_the_librarys_own_error(client: GraphServiceClient) -> None:
    with pytest.raises(ODataError) as refused:
        await client.service_principals.post(ServicePrincipal(app_id="00000000-0000-0000-0000-0000000000aa"))
    assert refused.value.error is not None
    assert [each.code for each in refused.value.error.details or []] == ["NoBackingApplicationObject"]
    with pytest.raises(ODataError) as me:
        await client.me.get()
    assert me.value.error is not None
    assert me.value.error.message == "/me request is only valid with delegated authentication flow."


async def test_an_app_role_is_given_through_the_library(client: GraphServiceClient) -> None:
    made = await client.applications.post(Application(display_name="Reader"))
    assert made is not None
    principal = await client.service_principals.post(ServicePrincipal(app_id=made.app_id))
    graph = await client.service_principals_with_app_id(well_known.MICROSOFT_GRAPH).get()
    assert principal is not None
    assert principal.id is not None
    assert graph is not None
    role, _ = well_known.GRAPH_PERMISSIONS["Application.Read.All"]
    wanted = AppRoleAssignment(principal_id=principal.id, resource_id=graph.id, app_role_id=role)  # type: ignore[arg-type] # written as text on the wire
    assignments = client.service_principals.by_service_principal_id(principal.id).app_role_assignments
    assert await assignments.post(wanted) is not None
    held = await assignments.get()
    assert held is not None
    assert [str(each.app_role_id) for each in held.value or []] == [role]


async def test_a_group_is_made_filled_and_seen_from_its_member(
    served_tenant: tuple[Served, FakeTenant, Integration], client: GraphServiceClient
) -> None:
    directory, operator = served_tenant[1].directory, served_tenant[1].operator
    principal = directory.service_principal(app_id=operator.client_id)
    graph = directory.service_principal(app_id=well_known.MICROSOFT_GRAPH)
    assert principal is not None
    assert graph is not None
    for permission in ("Group.ReadWrite.All", "GroupMember.ReadWrite.All"):
        role, _ = well_known.GRAPH_PERMISSIONS[permission]
        directory.assign_app_role(principal.id, graph.id, str(role))
    made = await client.groups.post(
        Group(display_name="Operators", mail_enabled=False, mail_nickname="operators", security_enabled=True)
    )
    assert made is not None
    assert made.id is not None
    group = client.groups.by_group_id(made.id)
    reference = f"https://graph.microsoft.com/v1.0/directoryObjects/{principal.id}"
    await group.members.ref.post(ReferenceCreate(odata_id=reference))
    members = await group.members.get()
    assert members is not None
    assert [each.id for each in members.value or []] == [principal.id]
    memberships = client.service_principals.by_service_principal_id(principal.id).transitive_member_of.graph_group
    found = await memberships.get()
    assert found is not None
    assert [each.display_name for each in found.value or []] == ["Operators"]
    await group.members.by_directory_object_id(principal.id).ref.delete()
    await group.delete()
