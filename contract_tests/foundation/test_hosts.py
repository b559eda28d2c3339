"""The host names that real clients call are told apart, and nobody else's are taken for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_services.hosts import Service, certificate_names, organisation_host, service_of

LABEL = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True)
REGION = st.sampled_from(["crm", "crm2", "crm4", "crm11", "crm21"])


@given(label=LABEL, region=REGION, api=st.sampled_from(["", ".api"]))
def test_any_organisation_of_a_region_is_dataverse_under_both_its_names(label: str, region: str, api: str) -> None:
    host = f"{label}{api}.{region}.dynamics.com"
    expected = (
        Service.DISCOVERY if label == "globaldisco" and not api and region in {"crm", "crm9"} else Service.DATAVERSE
    )
    assert service_of(host) is expected
    assert organisation_host(host) == f"{label}.{region}.dynamics.com"


@pytest.mark.parametrize(
    "host",
    [
        "example.com", "contoso.crm4.dynmics.com", "contoso.dynamics.com", "crm4.dynamics.com",
        "contoso.crm4.dynamics.com.example.com", "graph.microsoft.com.example.com", "xgraph.microsoft.com", "",
    ],
)  # fmt: skip
def test_a_host_that_no_fake_plays_belongs_to_no_service(host: str) -> None:
    assert service_of(host) is None


def test_case_and_a_final_dot_do_not_matter() -> None:
    assert service_of("LOGIN.MicrosoftOnline.com.") is Service.LOGIN


@pytest.mark.parametrize(
    "name",
    [
        "login.microsoftonline.com", "login.windows.net", "graph.microsoft.com", "*.crm.dynamics.com",
        "*.crm4.dynamics.com", "*.api.crm4.dynamics.com", "api.bap.microsoft.com", "globaldisco.crm.dynamics.com",
        "management.azure.com", "main.iam.ad.ext.azure.com", "localhost",
    ],
)  # fmt: skip
def test_the_certificate_carries_the_names_that_clients_call(name: str) -> None:
    assert name in certificate_names()
