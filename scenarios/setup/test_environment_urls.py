"""Whatever people paste for the environment's URL ends as the one right form, or as a sentence with a remedy."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_services.state.organisation import Organisation
from provisioning.clouds import dataverse_host
from provisioning.environment_lookup import found_settings
from provisioning.environment_urls import NamedById, environment_url, normal_environment_url, read
from provisioning.problems import BadInput, Refused
from provisioning.reading_only import ReadingOnly
from provisioning.settings import Settings
from provisioning.transport import Transport
from scenarios.tenant_clock import TenantClock

URL = "https://contoso.crm4.dynamics.com"
ID = "3f2a8f6e-0000-4000-8000-00000000abcd"

# For people: taken, and said -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pasted",
    [
        "contoso.crm4.dynamics.com",
        "https://contoso.crm4.dynamics.com/",
        "http://contoso.crm4.dynamics.com",
        "HTTPS://CONTOSO.CRM4.DYNAMICS.COM/",
        "https://contoso.api.crm4.dynamics.com/api/data/v9.2/",
        "https://contoso.crm4.dynamics.com/main.aspx?appid=1f0e&pagetype=entitylist&etn=incident",
        "https://contoso.crm4.dynamics.com/apps/uniquename/msdyn_CustomerServiceWorkspace#/home",
        "https://contoso.crm4.dynamics.com/XRMServices/2011/Organization.svc",
        "https://contoso.crm4.dynamics.com:443/",
        "  contoso.crm4.dynamics.com/main.aspx  ",
    ],
)
def test_another_spelling_of_the_same_host_is_put_right_and_said(pasted: str) -> None:
    reading = read(pasted)
    assert reading.url == URL
    assert reading.remark.endswith(f"is read as {URL}")
    assert "appid" not in reading.remark


def test_the_right_url_is_taken_without_a_word() -> None:
    assert read(URL).url == URL
    assert read(f" {URL} ").remark == ""


@pytest.mark.parametrize(
    "pasted",
    [
        f"https://make.powerapps.com/environments/{ID}/home",
        f"https://make.powerapps.com/e/{ID}/s/1/entity/incident",
        f"make.powerapps.com/environments/{ID}",
        f"https://admin.powerplatform.microsoft.com/environments/environment/{ID}/hub",
        f"https://admin.powerplatform.microsoft.com/manage/environments/{ID}/hub",
        f"https://make.powerautomate.com/environments/{ID}/flows",
        f"https://copilotstudio.microsoft.com/environments/{ID}/home",
        f"https://make.gov.powerapps.us/environments/{ID}/home",
        f"https://make.powerapps.com/#/environments/{ID}/home",
        ID,
    ],
)
def test_a_portals_link_names_an_environment_by_its_id(pasted: str) -> None:
    assert read(pasted).environment_id == ID
    with pytest.raises(NamedById, match=rf"environment_url names the environment {ID} by its id alone; write its URL"):
        normal_environment_url(pasted)


def test_the_default_environment_has_an_id_of_its_own_kind() -> None:
    assert read(f"https://make.powerapps.com/environments/Default-{ID}/home").environment_id == f"Default-{ID}"


@pytest.mark.parametrize(
    ("pasted", "complaint", "remedy"),
    [
        ("contoso.dynamics.com", "has no region in it", "https://contoso.crm4.dynamics.com"),
        ("https://contoso.crm4.dynamics.com.mcas.ms", "is no Dataverse host", f"write {URL}"),
        ("https://contoso.crm4.dynmics.com", "is no Dataverse host", "Environment URL"),
        ("https://contoso.crm4.dynamics.com@evil.example/", "holds a user name", "write https://"),
        ("https://me:pw@contoso.crm4.dynamics.com", "holds a user name", f"write {URL}"),
        ("https://contoso.crm4.dynamics.com:8443", "has a port", f"write {URL}"),
        ("ftp://contoso.crm4.dynamics.com", "begins with ftp://", f"write {URL}"),
        ("https://contoso.crm4.dynamics.com\\@evil.example", "is not a URL", "write it up to"),
        ("https://make.powerapps.com", "is no Dataverse host", "Environment URL"),
        (f"https://make.powerapps.com.evil.example/environments/{ID}/home", "is no Dataverse host", "Environment URL"),
        ("nonsense", "is no Dataverse host", "write https://"),
        ("", "is empty", "write it up to"),
    ],
)
def test_what_may_mean_another_host_is_refused_with_a_remedy(pasted: str, complaint: str, remedy: str) -> None:
    with pytest.raises(BadInput) as refusal:
        normal_environment_url(pasted)
    assert complaint in str(refusal.value)
    assert remedy in refusal.value.remedy
    assert "pw" not in str(refusal.value).replace("powerplatform", "")


LABELS = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=20)
HOSTS = st.builds(
    "{}{}.{}.{}".format,
    LABELS,
    st.sampled_from(["", ".api"]),
    st.sampled_from(["crm", "crm4", "crm11"]),
    st.sampled_from(["dynamics.com", "dynamics.cn", "microsoftdynamics.us", "appsplatform.us"]),
)
PIECES = st.sampled_from(
    ["/", "//", "\\", "@", ":", ":443", "?", "#", "%2f", ".", "..", "evil.example", "a", "é", "。", " ", "\t", "\n"]
)
TAILS = st.lists(PIECES, max_size=5).map("".join)
SCHEMES = st.sampled_from(["", "https://", "http://", "HTTPS://", "//", "ftp://"])
PASTED = st.one_of(st.text(max_size=60), st.builds("{}{}{}{}".format, SCHEMES, TAILS, HOSTS, TAILS))


@given(PASTED)
def test_normalising_twice_is_once_and_every_refusal_names_a_remedy(pasted: str) -> None:
    url, refusal = "", None
    try:
        url = normal_environment_url(pasted)
    except BadInput as problem:
        refusal = problem
    if refusal is not None:
        assert str(refusal).startswith("environment_url ")
        assert "write" in refusal.remedy
        assert "\n" not in refusal.remedy
        return
    assert normal_environment_url(url) == url
    assert environment_url(url) == url  # what is handed over is always what the vendor's form takes
    assert read(url).remark == ""


@given(PASTED)
def test_nothing_that_names_another_host_is_accepted(pasted: str) -> None:
    """Accepted is only a host that an ordinary client, too, would go to for what was pasted."""
    import httpx

    try:
        url = normal_environment_url(pasted)
    except BadInput:
        return
    given_ = pasted.strip()
    seen = httpx.URL(given_ if "://" in given_ else f"https://{given_}").host
    theirs = dataverse_host(seen)
    assert url == (theirs.url if theirs is not None else url)
    assert theirs is not None or seen in ("localhost", "127.0.0.1", "::1")


# For the vendor's form: exactly so --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "complaint"),
    [
        ("https://contoso.crm4.dynamics.com/", "ends in a slash"),
        ("https://contoso.crm4.dynamics.com/main.aspx?appid=1", "after the host name"),
        ("https://contoso.crm4.dynamics.com?x=1", "after the host name"),
        ("contoso.crm4.dynamics.com", "no https://"),
        ("contoso.crm4.dynamics.com/", "no https://"),
        ("http://contoso.crm4.dynamics.com", "begins with http://"),
        ("https://contoso.crm4.dynamics.com:8443", "has a port"),
        ("https://me:pw@contoso.crm4.dynamics.com", "user name"),
    ],
)
def test_what_goes_into_the_vendors_form_is_refused_with_the_right_one_shown(pasted: str, complaint: str) -> None:
    with pytest.raises(BadInput) as refusal:
        environment_url(pasted)
    sentence = str(refusal.value)
    assert sentence.startswith("environment_url ")
    assert complaint in sentence
    assert "write https://contoso.crm4.dynamics.com" in sentence
    assert not sentence.endswith("/")


@pytest.mark.parametrize(
    "pasted", ["", "  ", "https://contoso.crm4.dynmics.com", "https://", "nonsense", "https://[oops"]
)
def test_what_is_no_environment_is_refused_with_an_example(pasted: str) -> None:
    with pytest.raises(BadInput, match=r"environment_url .*https://yourorg\.crm\.dynamics\.com"):
        environment_url(pasted)


def test_a_fake_on_this_machine_needs_its_port() -> None:
    assert environment_url("https://localhost:8443") == "https://localhost:8443"
    with pytest.raises(BadInput, match="without a port"):
        environment_url("https://localhost")


@given(
    label=st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=30),
    region=st.sampled_from(["crm", "crm4", "crm11"]),
)
def test_every_plain_environment_url_is_taken_as_it_is(label: str, region: str) -> None:
    url = f"https://{label}.{region}.dynamics.com"
    assert environment_url(url) == url
    assert environment_url(f" {url.upper().replace('HTTPS', 'https')}\n") == url


@given(st.text(max_size=80))
def test_any_other_text_is_either_the_forms_url_or_one_sentence(text: str) -> None:
    url, sentence = text, ""
    try:
        url = environment_url(text)
    except BadInput as refusal:
        sentence = str(refusal)
    if sentence:
        assert sentence.startswith("environment_url ")
        assert "write" in sentence
    else:
        assert environment_url(url) == url


# Looked up ----------------------------------------------------------------------------------------------------------


async def found(tenant: Any, transport: Transport, clock: TenantClock, pasted: str) -> Settings:
    operator = {"client_id": tenant.operator.client_id, "client_secret": tenant.operator.client_secret}
    arguments = {"tenant_id": tenant.id, "environment_url": pasted, "operator": operator}
    settings = Settings.model_validate({**arguments, "environment_url": URL})
    transport.guard = ReadingOnly(settings)
    return await found_settings(None, {}, clock, arguments=arguments, transport=transport)


@pytest.fixture
def organisation(tenant: Any) -> Organisation:
    made: Organisation = tenant.organisation
    return made


def register(tenant: Any) -> None:
    """Make the operator's app a management application, as an admin does once."""
    from mock_services.state.power_platform import ManagementApplications

    ManagementApplications(tenant.directory).register(tenant.operator.client_id, by="an admin")


@pytest.mark.parametrize("link", ["https://make.powerapps.com/environments/{}/home", "{}"])
async def test_an_id_is_looked_up_where_the_operator_may(
    tenant: Any, organisation: Organisation, transport: Transport, clock: TenantClock, link: str
) -> None:
    register(tenant)
    settings = await found(tenant, transport, clock, link.format(organisation.environment_id))
    assert settings.environment_url == f"https://{organisation.host}"
    assert settings.remark.endswith(f"has the URL https://{organisation.host}")


async def test_an_id_that_the_operator_may_not_look_up_is_refused_in_a_sentence(
    tenant: Any, organisation: Organisation, transport: Transport, clock: TenantClock
) -> None:
    with pytest.raises(BadInput, match=r"the operator cannot see \(power_platform answered 403 .*; write its URL"):
        await found(tenant, transport, clock, organisation.environment_id)
    register(tenant)
    with pytest.raises(BadInput, match=rf"environment_url names the environment {ID}, which the operator cannot see;"):
        await found(tenant, transport, clock, ID)


async def test_a_url_without_its_region_is_refused_with_the_tenants_own(
    tenant: Any, organisation: Organisation, transport: Transport, clock: TenantClock
) -> None:
    register(tenant)
    with pytest.raises(BadInput, match=rf"no region in it; write https://{organisation.host}$"):
        await found(tenant, transport, clock, f"{organisation.host.partition('.')[0]}.dynamics.com")
    with pytest.raises(BadInput, match=rf"write one of this tenant's: https://{organisation.host}$"):
        await found(tenant, transport, clock, "https://crm.example.com")


async def test_where_the_list_is_closed_the_refusal_stays_what_it_was(
    tenant: Any, transport: Transport, clock: TenantClock
) -> None:
    with pytest.raises(BadInput, match=r"no region in it; write it with its region, such as https://contoso\.crm4"):
        await found(tenant, transport, clock, "contoso.dynamics.com")


async def test_an_operator_who_cannot_sign_in_is_told_so_and_not_that_the_id_is_wrong(
    tenant: Any, organisation: Organisation, transport: Transport, clock: TenantClock
) -> None:
    file_operator = {"client_id": tenant.operator.client_id, "client_secret": "wrong"}
    arguments = {"tenant_id": tenant.id, "environment_url": organisation.environment_id, "operator": file_operator}
    with pytest.raises(Refused, match="AADSTS7000215"):
        await found_settings(None, {}, clock, arguments=arguments, transport=transport)


def test_without_an_operator_nobody_can_look(tmp_path: Path, clock: TenantClock) -> None:
    import anyio

    file = tmp_path / "live.toml"
    file.write_text(f'tenant_id = "{ID}"\nenvironment_url = "{ID}"\n')
    with pytest.raises(BadInput, match="by its id alone; write its URL"):
        anyio.run(found_settings, file, {}, clock)
