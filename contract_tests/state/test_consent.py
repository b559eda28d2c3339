"""Tenant-wide consent, asked of the directory without HTTP."""

from collections.abc import Iterable
from typing import Any

import pytest

from contract_tests.state.conftest import TENANT
from mock_services.errors import Missing
from mock_services.state import well_known as known
from mock_services.state.directory import Application, Directory, ServicePrincipal
from mock_services.state.directory.consent import ConsentDenied, PermissionsInvalid, grant_admin_consent

READ_APPLICATIONS, READ_APPLICATIONS_SCOPE = known.GRAPH_PERMISSIONS["Application.Read.All"]
_, READ_ME = known.GRAPH_PERMISSIONS["User.Read"]
ADMINISTRATOR = [known.GLOBAL_ADMINISTRATOR]


def listing(resource: str, *accesses: tuple[str | None, str]) -> dict[str, Any]:
    return {"resourceAppId": resource, "resourceAccess": [{"id": each, "type": kind} for each, kind in accesses]}


DATAVERSE = listing(known.DATAVERSE, (known.USER_IMPERSONATION, "Scope"))


def registered(directory: Directory, *listed: dict[str, Any]) -> Application:
    return directory.add_application("Integration", required_resource_access=list(listed))


def principal_of(directory: Directory, app_id: str) -> ServicePrincipal:
    found = directory.service_principal(app_id=app_id)
    assert found is not None
    return found


def granted(directory: Directory, client: ServicePrincipal) -> dict[str, str]:
    """Resource's name -> scopes granted for everybody."""
    names = {each.id: each.display_name for each in directory.service_principals()}
    return {
        names[grant.resource_id]: grant.scope
        for grant in directory.delegated_grants(client_id=client.id)
        if grant.principal_id is None
    }


def roles(directory: Directory, client: ServicePrincipal) -> list[str]:
    return [each.app_role_id for each in directory.app_roles_of(client.id)]


def test_all_that_is_listed_is_granted_and_the_applications_principal_made(directory: Directory) -> None:
    graph = listing(
        known.MICROSOFT_GRAPH, (READ_ME, "Scope"), (READ_APPLICATIONS_SCOPE, "Scope"), (READ_APPLICATIONS, "Role")
    )
    application = registered(directory, DATAVERSE, graph)
    client = grant_admin_consent(directory, application.app_id.upper(), granter_roles=ADMINISTRATOR)
    assert client == directory.service_principal(app_id=application.app_id)
    assert granted(directory, client) == {
        "Dataverse": "user_impersonation",
        "Microsoft Graph": "User.Read Application.Read.All",
    }
    assert roles(directory, client) == [READ_APPLICATIONS]


def test_consenting_twice_changes_nothing(directory: Directory) -> None:
    application = registered(directory, DATAVERSE, listing(known.MICROSOFT_GRAPH, (READ_APPLICATIONS, "Role")))
    client = grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    before = directory.delegated_grants(), directory.app_roles_of(client.id)
    assert grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR) == client
    assert (directory.delegated_grants(), directory.app_roles_of(client.id)) == before


def test_a_permission_listed_twice_is_granted_once(directory: Directory) -> None:
    application = registered(directory, DATAVERSE, DATAVERSE)
    client = grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    assert granted(directory, client) == {"Dataverse": "user_impersonation"}


def test_a_microsoft_resource_that_lacks_a_principal_gets_one(directory: Directory) -> None:
    directory.delete_service_principal(principal_of(directory, known.DATAVERSE).id)
    application = registered(directory, DATAVERSE)
    client = grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    assert granted(directory, client) == {"Dataverse": "user_impersonation"}


def test_what_is_no_longer_listed_is_taken_back_unless_told_otherwise(directory: Directory) -> None:
    both = [DATAVERSE, listing(known.MICROSOFT_GRAPH, (READ_ME, "Scope"), (READ_APPLICATIONS, "Role"))]
    application = registered(directory, *both)
    client = grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    less = [listing(known.MICROSOFT_GRAPH, (READ_APPLICATIONS_SCOPE, "Scope"))]
    directory.change_application(application.id, required_resource_access=less)

    grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR, replaces=False)
    assert granted(directory, client) == {
        "Dataverse": "user_impersonation",
        "Microsoft Graph": "User.Read Application.Read.All",
    }
    assert roles(directory, client) == [READ_APPLICATIONS]

    grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    assert granted(directory, client) == {"Microsoft Graph": "Application.Read.All"}
    assert roles(directory, client) == []


def test_a_resource_left_with_no_scope_has_no_grant(directory: Directory) -> None:
    application = registered(directory, listing(known.MICROSOFT_GRAPH, (READ_ME, "Scope")))
    client = grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    role = [listing(known.MICROSOFT_GRAPH, (READ_APPLICATIONS, "Role"))]
    directory.change_application(application.id, required_resource_access=role)
    grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    assert granted(directory, client) == {}


def test_what_one_user_consented_to_is_theirs(directory: Directory) -> None:
    application = registered(directory)
    client = directory.add_service_principal(application.app_id)
    user = directory.add_user("ada@contoso.onmicrosoft.com", "Ada", "no matter")
    graph = principal_of(directory, known.MICROSOFT_GRAPH)
    own = directory.grant_delegated(client.id, graph.id, "User.Read", user.id)
    grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    assert directory.delegated_grants(client_id=client.id) == [own]


def test_other_permissions_than_the_registrations_can_be_consented_to(directory: Directory) -> None:
    application = registered(directory, DATAVERSE)
    required = [listing(known.MICROSOFT_GRAPH, (READ_ME, "Scope"))]
    client = grant_admin_consent(
        directory, application.app_id, granter_roles=ADMINISTRATOR, required=required, replaces=False
    )
    assert granted(directory, client) == {"Microsoft Graph": "User.Read"}


@pytest.mark.parametrize("role", [known.APPLICATION_ADMINISTRATOR, known.CLOUD_APPLICATION_ADMINISTRATOR])
def test_an_application_administrator_consents_to_anything_but_graphs_application_roles(
    directory: Directory, role: str
) -> None:
    api = directory.add_application(
        "Orders", app_roles=[{"id": TENANT, "value": "Read", "isEnabled": True, "displayName": "Read"}]
    )
    directory.add_service_principal(api.app_id)
    scopes = listing(known.MICROSOFT_GRAPH, (READ_APPLICATIONS_SCOPE, "Scope"))
    application = registered(directory, DATAVERSE, scopes, listing(api.app_id, (TENANT, "Role")))
    client = grant_admin_consent(directory, application.app_id, granter_roles=[role])
    assert roles(directory, client) == [TENANT]

    higher = registered(directory, listing(known.MICROSOFT_GRAPH, (READ_APPLICATIONS, "Role")))
    with pytest.raises(ConsentDenied):
        grant_admin_consent(directory, higher.app_id, granter_roles=[role])
    assert directory.service_principal(app_id=higher.app_id) is None
    grant_admin_consent(directory, higher.app_id, granter_roles=[role, known.PRIVILEGED_ROLE_ADMINISTRATOR])


@pytest.mark.parametrize("held", [[], [known.APPLICATION_DEVELOPER], [known.GLOBAL_READER, known.DIRECTORY_READERS]])
def test_nobody_else_consents_for_the_tenant(directory: Directory, held: Iterable[str]) -> None:
    application = registered(directory, DATAVERSE)
    with pytest.raises(ConsentDenied):
        grant_admin_consent(directory, application.app_id, granter_roles=list(held))


def test_an_application_that_is_not_there_is_missing(directory: Directory) -> None:
    with pytest.raises(Missing, match="application"):
        grant_admin_consent(directory, TENANT, granter_roles=ADMINISTRATOR)


@pytest.mark.parametrize(
    "bad",
    [
        listing(known.DATAVERSE, (known.USER_IMPERSONATION, "Role")),
        listing(known.DATAVERSE, (READ_ME, "Scope")),
        listing(known.MICROSOFT_GRAPH, (TENANT, "Role")),
        listing(TENANT, (TENANT, "Scope")),
        listing("", (TENANT, "Scope")),
    ],
)
def test_a_permission_that_its_resource_does_not_offer_spoils_the_whole_consent(
    directory: Directory, bad: dict[str, Any]
) -> None:
    application = registered(directory, DATAVERSE, bad)
    with pytest.raises(PermissionsInvalid):
        grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    assert directory.delegated_grants() == []
    assert directory.service_principal(app_id=application.app_id) is None


def test_an_own_api_must_be_present_and_its_role_enabled(directory: Directory) -> None:
    role = {"id": TENANT, "value": "Read", "isEnabled": True, "displayName": "Read"}
    api = directory.add_application("Orders", app_roles=[role])
    application = registered(directory, listing(api.app_id, (TENANT, "Role")))
    with pytest.raises(PermissionsInvalid):
        grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    directory.add_service_principal(api.app_id)
    grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    directory.change_application(api.id, app_roles=[{**role, "isEnabled": False}])
    with pytest.raises(PermissionsInvalid):
        grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)


def test_consent_sees_what_it_makes_itself_while_others_do_not_see_it_yet(directory: Directory) -> None:
    application = registered(directory, DATAVERSE)
    directory.clock.advance(minutes=10)
    directory.replication.use("adversarial")
    directory.replication.next_reader()
    client = grant_admin_consent(directory, application.app_id, granter_roles=ADMINISTRATOR)
    assert directory.service_principal(id=client.id) is None
    directory.clock.advance(minutes=10)
    assert granted(directory, client) == {"Dataverse": "user_impersonation"}
