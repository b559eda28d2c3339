"""Bad input gets one sentence that names the field and what to write instead."""

from collections.abc import Callable
from pathlib import Path

import pytest

from provisioning.problems import BadInput
from provisioning.settings import Operator, client_id, client_secret, doubts_about_secret, tenant_id
from provisioning.settings_sources import load_settings

TENANT = "11111111-2222-3333-4444-555555555555"
URL = "https://contoso.crm4.dynamics.com"


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
        (
            f'tenant_id = "{TENANT}"\nenvironment_url = "contoso.dynamics.com"',
            "environment_url names contoso.* no region",
        ),
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


def test_what_was_put_right_in_the_url_is_said_and_goes_no_further() -> None:
    settings = load_settings(None, {}, tenant_id=TENANT, environment_url=f"{URL}/main.aspx?appid=1&private=2")
    assert settings.environment_url == URL
    assert settings.remark == f"{URL}/main.aspx… is read as {URL}"
    assert load_settings(None, {}, tenant_id=TENANT, environment_url=URL).remark == ""


APP = {
    "D365_ADMIN_CLIENT_ID": TENANT,
    "D365_ADMIN_CLIENT_SECRET": "s3cr3t",
    "D365_ADMIN_USERNAME": "me@contoso.eu",
}


@pytest.mark.parametrize(
    ("said", "environ", "kind", "username"),
    [
        ("", APP, "secret", ""),
        ("", {**APP, "D365_ADMIN_SIGN_IN": "browser"}, "browser", "me@contoso.eu"),
        ('[operator]\nsign_in = "device_code"', APP, "device_code", "me@contoso.eu"),
        ('[operator]\nsign_in = "az"\nusername = "you@contoso.example"', APP, "az", "you@contoso.example"),
        ('[operator]\nsign_in = "environment"', {**APP, "AZURE_CLIENT_ID": TENANT, "AZURE_CLIENT_SECRET": "x"},
         "secret", ""),
    ],
)  # fmt: skip
def test_the_environment_gives_what_the_kind_of_sign_in_takes(
    tmp_path: Path, said: str, environ: dict[str, str], kind: str, username: str
) -> None:
    operator = loaded(tmp_path, said, environ)
    assert (operator.kind, operator.username) == (kind, username)
    assert bool(operator.client_secret.get_secret_value()) == (kind == "secret")


def test_a_certificate_comes_by_file_or_by_variable(tmp_path: Path) -> None:
    pem = tmp_path / "operator.pem"
    pem.write_text("its content is read when it is needed")
    by_file = loaded(tmp_path, f'[operator]\nclient_id = "{TENANT}"\ncertificate = "{pem}"', {})
    by_variable = loaded(
        tmp_path, "", {"D365_ADMIN_CLIENT_ID": TENANT, "D365_ADMIN_CERTIFICATE": str(pem),
                       "D365_ADMIN_CERTIFICATE_PASSWORD": "pw"})  # fmt: skip
    as_azure = loaded(
        tmp_path, '[operator]\nsign_in = "environment"',
        {"AZURE_CLIENT_ID": TENANT, "AZURE_CLIENT_CERTIFICATE_PATH": str(pem)})  # fmt: skip
    assert {each.kind for each in (by_file, by_variable, as_azure)} == {"certificate"}
    assert {each.certificate for each in (by_file, by_variable, as_azure)} == {pem}
    assert by_variable.certificate_password is not None


def test_the_integrations_own_variables_make_nobody_the_operator() -> None:
    environ = {"AZURE_CLIENT_ID": TENANT, "AZURE_CLIENT_SECRET": "the integration's"}
    assert load_settings(None, environ, tenant_id=TENANT, environment_url=URL).operator is None


def test_an_argument_replaces_the_files_operator_and_names_the_account(tmp_path: Path) -> None:
    said = f'[operator]\nclient_id = "{TENANT}"\nclient_secret = "s3cr3t"'
    operator = loaded(tmp_path, said, {}, sign_in="device_code", account="me@contoso.eu")
    assert (operator.kind, operator.client_id, operator.username) == ("device_code", "", "me@contoso.eu")


@pytest.mark.parametrize(
    ("operator", "sentence"),
    [
        (f'client_id = "{TENANT}"', r"operator\.client_secret is missing; .* set D365_ADMIN_CLIENT_SECRET"),
        ('client_secret = "s3cr3t"', r"operator\.client_id is missing; .* set D365_ADMIN_CLIENT_ID"),
        ('client_id = "me"', "client_id is not a GUID"),
        ('sign_in = "password"', r"operator\.sign_in is no way to sign in; write .*device_code.* or environment"),
        ('sign_in = "certificate"', r"operator\.client_id is missing"),
        (
            'sign_in = "certificate"\ncertificate = "absent.pem"',
            r"operator\.certificate names absent\.pem",
        ),
        ('sign_in = "device_code"\nclient_secret = "s3cr3t"', 'client_secret is not used by sign_in = "device_code"'),
        (f'sign_in = "az"\nclient_id = "{TENANT}"', 'client_id is not used by sign_in = "az"'),
        (f'client_id = "{TENANT}"\nclient_secret = "s3cr3t"\nusername = "me"', r"operator\.username is for people"),
        ('sign_in = "environment"', r"operator\.sign_in is environment, and that names no app; set AZURE_CLIENT_ID"),
        (f'client_id = "{TENANT}"\nclient_secret = "s3cr3t"\ncertificate = "pyproject.toml"', "leave one out"),
    ],
)
def test_an_operator_that_cannot_sign_in_is_refused_at_the_door(tmp_path: Path, operator: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as refusal:
        loaded(tmp_path, f"[operator]\n{operator}", {})
    assert "s3cr3t" not in f"{refusal.value}{refusal.value!r}"


def loaded(folder: Path, said: str, environ: dict[str, str], **arguments: object) -> Operator:
    file = folder / "live.toml"
    file.write_text(f'tenant_id = "{TENANT}"\nenvironment_url = "{URL}"\n{said}\n')
    operator = load_settings(file, environ, **arguments).operator
    assert operator is not None
    return operator
