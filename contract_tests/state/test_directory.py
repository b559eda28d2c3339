"""One tenant's directory, asked without HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.state.conftest import TENANT
from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.errors import Missing, Taken
from mock_services.state import well_known
from mock_services.state.directory import Directory
from mock_services.state.directory.applications import years_later
from mock_services.state.store import Store


def copy_of(directory: Directory) -> Directory:
    """The same bytes, opened by somebody else."""
    return Directory(Store.memory(directory.store.image()), clock=directory.clock, chance=Chance("copy"))


def test_a_copy_made_its_own_names_its_own_tenant_everywhere(directory: Directory) -> None:
    application = directory.add_application("Integration")
    directory.add_service_principal(application.app_id)
    directory.add_user("admin@contoso.onmicrosoft.com", "Admin", "no matter")
    own = copy_of(directory)
    own.personalise(tenant_id=TENANT.replace("6", "7"), display_name="Fabrikam", domain="fabrikam.onmicrosoft.com")

    principal = own.service_principal(app_id=application.app_id)
    copied = own.application(id=application.id)
    assert own.tenant_id == TENANT.replace("6", "7")
    assert principal is not None
    assert principal.app_owner_tenant == own.tenant_id
    assert copied is not None
    assert copied.publisher_domain == "fabrikam.onmicrosoft.com"
    assert own.user(user_principal_name="admin@fabrikam.onmicrosoft.com") is not None
    assert directory.tenant_id == TENANT


def test_a_directory_that_was_never_founded_says_so() -> None:
    empty = Directory(Store.memory(), clock=FakeClock(), chance=Chance(0))
    with pytest.raises(LookupError, match="never founded"):
        _ = empty.tenant_id


def test_the_same_seed_makes_the_same_ids() -> None:
    def made() -> list[str]:
        directory = Directory(Store.memory(), clock=FakeClock(), chance=Chance("seed"))
        directory.found(tenant_id=TENANT, display_name="Contoso", domain="contoso.onmicrosoft.com")
        application = directory.add_application("Integration")
        return [application.id, application.app_id, directory.add_service_principal(application.app_id).id]

    assert made() == made()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60), st.text(max_size=60))
def test_a_secret_matches_its_own_text_only(text: str, other: str) -> None:
    directory = Directory(Store.memory(), clock=FakeClock(), chance=Chance(0))
    directory.found(tenant_id=TENANT, display_name="Contoso", domain="contoso.onmicrosoft.com")
    application = directory.add_application("Integration")
    secret, told = directory.add_secret(application.id, text=text)
    assert told == text
    assert secret.matches(text)
    assert secret.matches(other) is (other == text)
    assert secret.sha256 not in repr(secret)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_two_years_later_is_the_same_day_or_the_last_of_february(start: datetime) -> None:
    end = years_later(start, 2)
    assert (end.year, end.month) == (start.year + 2, start.month)
    assert end.day == start.day or (start.month, start.day, end.day) == (2, 29, 28)


def test_instants_come_back_to_the_microsecond(directory: Directory) -> None:
    application = directory.add_application("Integration")
    start = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    directory.add_secret(application.id, start=start, end=start + timedelta(days=1))
    [secret] = directory.secrets(application.id)
    assert (secret.start, secret.end) == (start, start + timedelta(days=1))


def test_a_role_disabled_on_its_resource_is_in_no_token(directory: Directory) -> None:
    role = {"id": TENANT, "value": "Do", "isEnabled": True}
    api = directory.add_application("API", app_roles=[role])
    resource = directory.add_service_principal(api.app_id)
    client = directory.add_service_principal(directory.add_application("Client").app_id)
    directory.assign_app_role(client.id, resource.id, TENANT)
    assert directory.app_role_values(client.id, resource.id) == ["Do"]
    directory.change_application(api.id, app_roles=[role | {"isEnabled": False}])
    assert directory.app_role_values(client.id, resource.id) == []


def test_what_is_granted_sleeps_with_its_principal_and_dies_when_it_is_purged(directory: Directory) -> None:
    application = directory.add_application("Client")
    client = directory.add_service_principal(application.app_id)
    graph = directory.service_principal(app_id=well_known.MICROSOFT_GRAPH)
    assert graph is not None
    role, _ = well_known.GRAPH_PERMISSIONS["Application.Read.All"]
    directory.assign_app_role(client.id, graph.id, str(role))
    directory.grant_delegated(client.id, graph.id, "User.Read")

    directory.delete_service_principal(client.id)
    assert directory.app_role_values(client.id, graph.id) == []
    assert directory.delegated_grants() == []
    directory.restore_service_principal(client.id)
    assert directory.app_role_values(client.id, graph.id) == ["Application.Read.All"]
    directory.delete_service_principal(client.id)
    directory.purge_service_principal(client.id)
    again = directory.add_service_principal(application.app_id)
    assert directory.app_roles_of(again.id) == []
    assert directory.delegated_grants() == []


def test_missing_and_taken_are_told_apart(directory: Directory) -> None:
    with pytest.raises(Missing):
        directory.add_secret(TENANT)
    with pytest.raises(Missing):
        directory.add_service_principal(TENANT)
    with pytest.raises(Taken):
        directory.add_service_principal(well_known.DATAVERSE)
    with pytest.raises(Missing):
        directory.delete_application(TENANT)
    with pytest.raises(Missing):
        directory.give_directory_role(TENANT, TENANT)
    with pytest.raises(TypeError, match="colour"):
        directory.add_application("x", colour="red")


def test_a_name_is_nothing_to_sql(directory: Directory) -> None:
    name = "Robert'); DROP TABLE applications;--"
    made = directory.add_application(name, unique_name=name)
    found = directory.application(unique_name=name)
    assert found is not None
    assert (found.id, found.display_name) == (made.id, name)
