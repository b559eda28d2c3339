"""`d365 plan` as scripts and people use it: in a rehearsal, and against a tenant behind real sockets."""

import json
from pathlib import Path

from d365.serving import standing
from scenarios.journeys.conftest import Run

SETTINGS = 'environment_url = "https://contoso.crm4.dynamics.com/main.aspx?appid=1"\n'


def test_a_rehearsed_plan_names_every_step_and_what_it_needs(d365: Run) -> None:
    done = d365("plan")
    assert done.returncode == 0, done.stderr
    assert "Register the application      make" in done.stdout
    assert "needs the Microsoft Graph permission Application.ReadWrite.All or" in done.stdout
    assert "6 steps to do." in done.stdout
    assert "nothing left this machine" in done.stdout


def test_an_operator_who_lacks_something_is_told_and_the_exit_code_says_so(d365: Run, tmp_path: Path) -> None:
    """The integration itself, taken for the operator: a user of the environment, and nobody in the directory."""
    (tmp_path / "live.toml").write_text(SETTINGS)
    with standing(is_provisioned=True) as fakes:
        done = d365(
            "plan", "--live", "--settings", "live.toml", "--sign-in", "environment", "--json", **fakes.exports()
        )
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert "application" in told["lacking"]
    assert told["environment_url"] == "https://contoso.crm4.dynamics.com"
    assert "is read as https://contoso.crm4.dynamics.com" in done.stderr
    assert "appid" not in done.stderr
    assert "fake-" not in done.stdout + done.stderr
    assert [*tmp_path.iterdir()] == [tmp_path / "live.toml"]  # no receipt: nothing was begun


def test_what_cannot_be_planned_is_one_sentence_and_an_exit_code(d365: Run, tmp_path: Path) -> None:
    (tmp_path / "live.toml").write_text(f'tenant_id = "2f1c7b52-90a4-4d8e-9b0f-3a6f1c2d4e5f"\n{SETTINGS}')
    done = d365("plan", "--live", "--settings", "live.toml", "--sign-in", "az", PATH=str(tmp_path))
    assert done.returncode == 3
    assert "the Azure CLI (az) is not on the PATH - next, you: install it" in done.stderr
    assert "Traceback" not in done.stderr
