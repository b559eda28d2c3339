"""Bad input gets one sentence that names the field and what to write instead."""

import string
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.problems import BadInput
from provisioning.settings import (
    client_id,
    client_secret,
    doubts_about_secret,
    environment_url,
    load_settings,
    tenant_id,
)

TENANT = "11111111-2222-3333-4444-555555555555"
URL = "https://contoso.crm4.dynamics.com"


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
def test_a_url_that_is_nearly_right_is_refused_with_the_right_one_shown(pasted: str, complaint: str) -> None:
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
def test_any_other_text_is_either_a_url_or_one_sentence(text: str) -> None:
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


@pytest.mark.parametrize("check", [tenant_id, client_id])
@pytest.mark.parametrize("text", ["", "contoso.onmicrosoft.com", "11111111-2222-3333-4444-55555555555"])
def test_a_guid_that_is_none_is_refused_by_field(check: Callable[[str], str], text: str) -> None:
    with pytest.raises(BadInput, match=rf"^{check.__name__} is .*; write the "):
        check(text)


def test_a_secret_may_look_wrong_but_not_be_empty() -> None:
    with pytest.raises(BadInput, match=r"^client_secret is empty"):
        client_secret(" ")
    assert client_secret(TENANT).get_secret_value() == TENANT
    assert "Secret ID" in doubts_about_secret(TENANT)
    assert "white space" in doubts_about_secret("abc\n")
    assert doubts_about_secret("abc8Q~x") == ""


def test_a_file_goes_before_the_environment_and_an_argument_before_both(tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text(f'tenant_id = "{TENANT}"\nchannels = ["email"]\n[operator]\nclient_id = "{TENANT}"\n')
    environ = {
        "AZURE_TENANT_ID": "99999999-2222-3333-4444-555555555555",
        "DATAVERSE_URL": URL,
        "D365_ADMIN_CLIENT_SECRET": "from the environment",
        "AZURE_AUTHORITY_HOST": "localhost:8443",
    }
    settings = load_settings(file, environ, application_name="Ours", role=None)
    assert settings.tenant_id == TENANT
    assert settings.environment_url == URL
    assert settings.application_name == "Ours"
    assert settings.channels == ("email",)
    assert settings.operator is not None
    assert settings.operator.client_secret.get_secret_value() == "from the environment"
    assert settings.bases().login == "https://localhost:8443"
    assert settings.bases().graph == "https://graph.microsoft.com"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tenant_id = ", "settings file .* is not valid TOML"),
        (f'tenant_id = "{TENANT}"', "environment_url is missing; write it in .* or set DATAVERSE_URL"),
        (f'tenant_id = "{TENANT}"\nenvironment_url = "{URL}"\ncolour = 1', "colour is not a known setting"),
        (f'tenant_id = "{TENANT}"\nenvironment_url = "{URL}"\nsecret_months = 36', "secret_months cannot be used"),
        (f'tenant_id = "{TENANT}"\nenvironment_url = "{URL}"\nchannels = ["fax"]', "channels.0 cannot be used"),
        (f'tenant_id = "{TENANT}"\nenvironment_url = "{URL}/"', "environment_url ends in a slash"),
        (f'tenant_id = "{TENANT}"\nenvironment_url = "{URL}"\noperator = "me"', "operator cannot be used"),
    ],
)
def test_a_settings_file_that_is_wrong_is_explained_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "live.toml"
    file.write_text(text)
    with pytest.raises(BadInput, match=sentence) as refusal:
        load_settings(file, {})
    assert "\n" not in str(refusal.value)


def test_a_settings_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"absent\.toml cannot be read \(no such file"):
        load_settings(tmp_path / "absent.toml", {})


def test_a_secret_of_the_wrong_kind_is_refused_without_being_shown(tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    canary = "canary8Q~do.not.show"
    file.write_text(
        f'tenant_id = "{TENANT}"\nenvironment_url = "{URL}"\n'
        f'[operator]\nclient_id = "{TENANT}"\nclient_secret = ["{canary}"]'
    )
    with pytest.raises(BadInput) as refusal:
        load_settings(file, {})
    assert canary not in f"{refusal.value}{refusal.value!r}"
    assert refusal.value.field == "operator.client_secret"
