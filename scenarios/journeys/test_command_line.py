"""The command line as scripts and people use it: exit codes, JSON, one sentence for bad input, no secret anywhere."""

import json
import stat
import sys
from pathlib import Path

import pytest

from d365.serving import standing
from scenarios.journeys.conftest import Run, live_settings

GUID = "2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e5f"
URL = "https://contoso.crm4.dynamics.com"
FOUR = ("--tenant-id", GUID, "--client-id", GUID, "--environment-url", URL)


def test_provision_without_arguments_rehearses_the_whole_set_up_and_passes_test_and_save(installed_d365: Run) -> None:
    done = installed_d365("provision")
    assert done.returncode == 0, done.stderr
    for said in (
        "Register the application",
        "security role",
        "Tenant ID",
        "Client ID",
        "Environment URL",
        "Test & Save passes",
    ):
        assert said in done.stdout
    assert "fake-" not in done.stdout + done.stderr


def test_the_four_values_are_written_to_a_file_that_only_its_owner_reads(d365: Run, tmp_path: Path) -> None:
    done = d365("provision", "--out", "values.env", "--json")
    told = json.loads(done.stdout)
    written = dict(line.split("=", 1) for line in (tmp_path / "values.env").read_text().splitlines())
    assert stat.S_IMODE((tmp_path / "values.env").stat().st_mode) == 0o600
    assert written["AZURE_TENANT_ID"] == told["tenant_id"]
    assert written["AZURE_CLIENT_ID"] == told["client_id"]
    assert written["DATAVERSE_URL"] == told["environment_url"] == URL
    assert told["client_secret"] == "***"
    assert written["AZURE_CLIENT_SECRET"].strip("'") not in done.stdout + done.stderr
    assert told["verdict"]["healthy"] is True


def test_the_secret_is_shown_only_when_asked_for(d365: Run) -> None:
    assert "fake-" in d365("provision", "--show-secret").stdout


def test_a_settings_file_decides_the_name_and_the_role(d365: Run, tmp_path: Path) -> None:
    (tmp_path / "wish.toml").write_text('application_name = "Wish"\nrole = "System Administrator"\n')
    told = json.loads(d365("provision", "--settings", "wish.toml", "--json").stdout)
    details = " ".join(step["detail"] for step in told["steps"])
    assert "Wish" in details
    assert told["verdict"]["healthy"] is True


@pytest.mark.parametrize(
    ("arguments", "variables", "field"),
    [
        (("verify", "--tenant-id", "contoso", *FOUR[2:]), {"AZURE_CLIENT_SECRET": "x"}, "tenant_id is not a GUID"),
        (("verify", *FOUR, "--client-id", "1234"), {"AZURE_CLIENT_SECRET": "x"}, "client_id is not a GUID"),
        (("verify", *FOUR[:5], URL + "/main.aspx"), {"AZURE_CLIENT_SECRET": "x"}, f"write {URL}"),
        (("verify", *FOUR[:5], URL + "/"), {"AZURE_CLIENT_SECRET": "x"}, f"write {URL}"),
        (("verify", *FOUR[:5], "http://contoso.crm4.dynamics.com"), {"AZURE_CLIENT_SECRET": "x"}, f"write {URL}"),
        (("verify", *FOUR[:5], "https://example.com"), {"AZURE_CLIENT_SECRET": "x"}, "names example.com"),
        (("verify", *FOUR[:4]), {"AZURE_CLIENT_SECRET": "x"}, "environment_url is missing"),
        (("verify", *FOUR), {}, "client_secret is missing"),
        (("verify", *FOUR), {"AZURE_CLIENT_SECRET": ""}, "client_secret is empty"),
        (("verify", *FOUR), {"AZURE_CLIENT_SECRET": "x", "SSL_CERT_FILE": "/nowhere"}, "SSL_CERT_FILE names no"),
        (("verify", *FOUR), {"AZURE_CLIENT_SECRET": "x", "D365_CA_FILE": "/nowhere"}, "ca_file names /nowhere"),
        (("verify", *FOUR), {"AZURE_CLIENT_SECRET": "x", "HTTPS_PROXY": "http://a:b:c"}, "HTTPS_PROXY cannot be used"),
        (("verify", *FOUR), {"AZURE_CLIENT_SECRET": "x", "AZURE_AUTHORITY_HOST": "http://localhost"}, "with https://"),
        (("verify", *FOUR, "--with-operator"), {"AZURE_CLIENT_SECRET": "x"}, "operator is missing"),
        (("provision", "--settings", "nowhere.toml"), {}, "nowhere.toml cannot be read"),
        (("provision", "--settings", "."), {}, "cannot be read"),
        (("provision", "--live", "--out", "x"), {}, "--settings is missing"),
        (("provision", "--out", "no/such/folder"), {}, "cannot be written"),
        (("rotate-secret", "--out", "no/such/folder"), {}, "there is no folder no/such"),
        (("provision", "--sign-in", "pigeon"), {}, "--sign-in goes with --live"),
        (("rotate-secret", "--account", "me@contoso.example"), {}, "--account goes with --live"),
        (("status", "--sign-in", "az"), {}, "--sign-in goes with --live"),
        (("repair", "--sign-in", "az"), {}, "--sign-in goes with --live"),
        (("teardown", "--sign-in", "az", "--yes"), {}, "--sign-in goes with --live"),
        (("status", "--live", "--broken", "login.secret_expired"), {}, "--broken goes without --live"),
        (("provision", "--many", "x.csv", "--certificate"), {}, "--certificate does not go with --many"),
        (("run", "--broken", "login.secret_expird", "--", "true"), {}, "did you mean login.secret_expired"),
        (("run", "--", "no-such-program"), {}, "no-such-program"),
        (("serve", "--state", "no/such/folder/state"), {}, "--state"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else None,
)  # fmt: skip
def test_bad_input_gets_one_sentence_that_names_the_field_and_the_remedy(
    d365: Run, arguments: tuple[str, ...], variables: dict[str, str], field: str
) -> None:
    done = d365(*arguments, **variables)
    assert done.returncode == 2, done.stdout + done.stderr
    assert field in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["not toml [", 'tenant_idd = "x"', "secret_months = 36", "channels = []", "\xff"])
def test_a_settings_file_that_cannot_be_used_is_named_with_the_field(d365: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.toml").write_bytes(text.encode("latin-1"))
    done = d365("provision", "--settings", "bad.toml")
    assert done.returncode == 2, done.stdout
    assert len(done.stderr.strip().splitlines()) == 1


def test_run_shows_the_refusal_and_the_remedy_and_ends_with_the_programs_code(d365: Run) -> None:
    done = d365(
        "run", "--provisioned", "--broken", "dataverse.user_without_role", "--", sys.executable, "-m", "d365", "verify"
    )
    assert done.returncode == 1
    for said in ("dataverse.user_without_role", "0x80042f09", "security role", "Dynamics admin"):
        assert said in done.stdout


def test_run_ends_with_any_code_of_the_program(d365: Run) -> None:
    assert d365("run", "--", "sh", "-c", "exit 7").returncode == 7


def test_a_program_is_told_where_the_fakes_are_and_uses_the_proxy_unless_told_otherwise(d365: Run) -> None:
    program = "import json, os; print(json.dumps(dict(os.environ)))"
    proxied = json.loads(d365("run", "--", sys.executable, "-c", program).stdout)
    direct = json.loads(d365("run", "--direct", "--", sys.executable, "-c", program).stdout)
    assert proxied["HTTPS_PROXY"].startswith("http://127.0.0.1:")
    assert proxied["NODE_USE_ENV_PROXY"] == "1"  # or Node's fetch would pass it by
    assert "HTTPS_PROXY" not in direct
    assert "NODE_USE_ENV_PROXY" not in direct
    for variables in (proxied, direct):
        assert variables["D365_MANAGEMENT_URL"].startswith("https://localhost:")


def test_the_secret_may_come_by_standard_input(d365: Run) -> None:
    with standing(is_provisioned=True) as fakes:
        variables = fakes.exports()
        secret = variables.pop("AZURE_CLIENT_SECRET")
        done = d365("verify", stdin=secret, **variables)
    assert done.returncode == 0, done.stdout + done.stderr


def test_verify_tells_scripts_the_verdict_as_json_without_the_secret(d365: Run) -> None:
    with standing(broken="login.secret_expired") as fakes:
        done = d365("verify", "--json", **fakes.exports())
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert (told["failure"], told["said"]["code"]) == ("login.secret_expired", "AADSTS7000222")
    assert "fake-" not in done.stdout + done.stderr


def test_an_unreachable_service_is_could_not_check(d365: Run) -> None:
    done = d365("verify", *FOUR, AZURE_CLIENT_SECRET="x", AZURE_AUTHORITY_HOST="https://localhost:1")
    assert done.returncode == 3, done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_an_unmodified_program_that_calls_the_real_host_names_just_works(d365: Run) -> None:
    program = (
        "import os, requests\n"
        "token = requests.post(f\"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}/oauth2/v2.0/token\",\n"
        "    data=dict(grant_type='client_credentials', client_id=os.environ['AZURE_CLIENT_ID'],\n"
        "    client_secret=os.environ['AZURE_CLIENT_SECRET'],\n"
        "    scope=os.environ['DATAVERSE_URL'] + '/.default'), timeout=9).json()\n"
        "answer = requests.get(os.environ['DATAVERSE_URL'] + '/api/data/v9.2/incidents', timeout=9,\n"
        "    headers={'Authorization': 'Bearer ' + token['access_token']})\n"
        "print(answer.status_code, answer.url)\n"
    )
    for extra in ((), ("--direct",)):
        program_run = program
        if extra:
            program_run = program.replace("https://login.microsoftonline.com", "{os.environ['AZURE_AUTHORITY_HOST']}")
        done = d365("run", "--provisioned", *extra, "--", sys.executable, "-c", program_run)
        assert done.stdout.startswith("200 https://"), done.stdout + done.stderr


def test_failures_lists_every_mode_for_people_and_for_programs(d365: Run) -> None:
    listed = json.loads(d365("failures", "--json").stdout)
    shown = d365("failures").stdout
    assert len(listed) >= 16
    for mode in listed:
        assert mode["name"] in shown
        assert mode["remedy"]
        assert mode["whose_turn"]


def test_a_live_set_up_run_twice_changes_nothing_and_leaves_no_secret_in_its_receipt(d365: Run, tmp_path: Path) -> None:
    """Live against the served fakes: a settings file, a receipt beside it, the values in a file."""
    live = ("provision", "--live", "--settings", "live.toml", "--out", "values.env", "--json")
    with standing() as fakes:
        variables = fakes.exports()
        (tmp_path / "live.toml").write_text(live_settings(variables))
        runs = [d365(*live, **variables) for _ in range(2)]
    assert [done.returncode for done in runs] == [0, 0], runs
    first, second = (json.loads(done.stdout) for done in runs)
    assert {step["outcome"] for step in second["steps"]} == {"kept"}
    assert second["client_id"] == first["client_id"]
    assert second["verdict"]["healthy"] is True
    secret = (tmp_path / "values.env").read_text().split("AZURE_CLIENT_SECRET=")[1].split()[0].strip("'")
    assert secret not in (tmp_path / "live.receipt.json").read_text()


@pytest.mark.parametrize("command", ["plan", "rotate-secret --out x", "status", "repair", "teardown"])
def test_every_live_command_signs_in_as_it_is_told(d365: Run, tmp_path: Path, command: str) -> None:
    """Refused for what this way to sign in lacks, before anything is sent; the file has another."""
    place = {"tenant_id": GUID, "environment_url": URL}
    (tmp_path / "live.toml").write_text(
        f'tenant_id = "{GUID}"\nenvironment_url = "{URL}"\noperator = {{sign_in = "az"}}\n'
    )
    (tmp_path / "live.receipt.json").write_text(json.dumps({"version": 1, **place, "asked": {}, "things": {}}))
    live = (*command.split(), "--live", "--settings", "live.toml")
    done = d365(*live, "--sign-in", "environment")
    assert (done.returncode, done.stdout) == (2, "")
    assert "operator.sign_in is environment, and that names no app" in done.stderr
    done = d365(*live, "--sign-in", "pigeon")
    assert "write secret, certificate, device_code, browser, az or environment" in done.stderr
    done = d365(*live, "--sign-in", "secret", "--account", "me@contoso.example", D365_ADMIN_CLIENT_ID=GUID,
                D365_ADMIN_CLIENT_SECRET="x")  # fmt: skip
    assert 'operator.username is not used by sign_in = "secret"' in done.stderr


def test_a_live_set_up_that_could_not_hand_the_secret_over_is_not_begun(d365: Run, tmp_path: Path) -> None:
    (tmp_path / "live.toml").write_text(f'tenant_id = "{GUID}"\nenvironment_url = "{URL}"\n')
    done = d365("provision", "--live", "--settings", "live.toml")
    assert done.returncode == 2
    assert "--out" in done.stderr
