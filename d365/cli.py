"""The command `d365`: one small function a command; what they do lives elsewhere and is imported when called for."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from d365 import console

app = typer.Typer(
    name="d365",
    help="Rehearse, provision and diagnose a Dynamics 365 service-to-service integration.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Broken = Annotated[str | None, typer.Option(metavar="NAME", help="Break it by this failure mode (see d365 failures).")]
Provisioned = Annotated[bool, typer.Option("--provisioned", help="Set the integration up first.")]


def main() -> None:
    """The entry point of the installed command."""
    app()


@contextmanager
def honest_exit(*, as_json: bool = False) -> Iterator[None]:
    """Turn what went wrong into one sentence and an exit code, never a traceback."""
    from d365.reporting import BAD_INPUT, COULD_NOT_CHECK
    from mock_services.serve import NotServed
    from provisioning.problems import BadInput, Problem
    from scenarios.failure_modes import UnknownFailureMode

    try:
        yield
    except (BadInput, UnknownFailureMode) as problem:
        _say(problem, as_json=as_json)
        raise typer.Exit(BAD_INPUT) from None
    except (Problem, NotServed) as problem:
        _say(problem, as_json=as_json)
        raise typer.Exit(COULD_NOT_CHECK) from None


def _say(problem: Exception, *, as_json: bool) -> None:
    from provisioning.problems import Problem

    console.complain(str(problem))
    if as_json:
        known = problem.to_json() if isinstance(problem, Problem) else {"heard": str(problem)}
        console.say_json({"problem": type(problem).__name__, **known})


@app.command()
def provision(
    settings: Annotated[
        Path | None, typer.Option(help="TOML file that says what to set up; needed with --live.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the four values to this file, readable by you only.")] = None,
    show_secret: Annotated[bool, typer.Option("--show-secret", help="Show the client secret.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Set up the real tenant that --settings names.")] = False,
    as_json: Json = False,
) -> None:
    """Take a tenant through the whole set-up and prove it; without --live, an embedded fake tenant."""
    from d365.setting_up import provision_live, rehearse
    from provisioning.problems import BadInput

    with honest_exit(as_json=as_json), console.StepList(quiet=as_json) as steps:
        if live and out is None and not show_secret:
            raise BadInput("--out", "is missing", "give --out FILE or --show-secret: a secret is told only once")
        outcome = provision_live(settings, os.environ, steps, out) if live else rehearse(settings, steps, out)
    outcome.report(show_secret=show_secret, out=out, as_json=as_json)
    raise typer.Exit(outcome.exit_code)


@app.command()
def verify(
    tenant_id: Annotated[str | None, typer.Option(envvar="AZURE_TENANT_ID", help="Directory (tenant) ID.")] = None,
    client_id: Annotated[str | None, typer.Option(envvar="AZURE_CLIENT_ID", help="Application (client) ID.")] = None,
    environment_url: Annotated[
        str | None, typer.Option(envvar="DATAVERSE_URL", help="For example https://contoso.crm4.dynamics.com")
    ] = None,
    write_probe: Annotated[
        bool, typer.Option("--write-probe", help="Also create a contact and a case, and remove them again.")
    ] = False,
    with_operator: Annotated[
        bool,
        typer.Option(
            "--with-operator",
            help="Look with the operator of D365_ADMIN_CLIENT_ID and _SECRET too.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Test & Save with four values, then the deeper probes; says what is wrong, whose turn it is and what to do.

    The client secret comes from AZURE_CLIENT_SECRET, standard input or a prompt, never from an argument.
    """
    from d365.verifying import verify_values

    with honest_exit(as_json=as_json):
        verdict = verify_values(
            tenant_id=tenant_id,
            client_id=client_id,
            environment_url=environment_url,
            environ=os.environ,
            stdin=sys.stdin,
            write_probe=write_probe,
            with_operator=with_operator,
        )
    verdict.report(as_json=as_json)
    raise typer.Exit(verdict.exit_code)


@app.command()
def serve(
    provisioned: Provisioned = False,
    broken: Broken = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of all host names; 0 takes a free one.")] = 0,
    write_env: Annotated[Path | None, typer.Option(metavar="FILE", help="Write shell exports once ready.")] = None,
    state: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the tenant in this file.")] = None,
    metadata: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A customer's own $metadata: their tables and columns too.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Serve the fakes on loopback until Ctrl-C."""
    from d365.environment import write_exports
    from d365.serving import interruptible, show_standing, standing

    with (
        honest_exit(as_json=as_json),
        interruptible() as stopped,
        standing(is_provisioned=provisioned, broken=broken, port=port, state=state, metadata=metadata) as fakes,
    ):
        if write_env is not None:
            write_exports(write_env, fakes.exports())
        show_standing(fakes, write_env=write_env, as_json=as_json)
        stopped.wait()


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def run(
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND …", help="A program and its arguments.")],
    provisioned: Provisioned = False,
    broken: Broken = None,
    direct: Annotated[bool, typer.Option("--direct", help="Localhost bases instead of the proxy.")] = False,
) -> None:
    """Serve the fakes, run a program against them, end with its exit code."""
    from d365.serving import run_under, standing

    with honest_exit(), standing(is_provisioned=provisioned, broken=broken) as fakes:
        code = run_under(command, fakes.exports(direct=direct), direct=direct)
    raise typer.Exit(code)


@app.command()
def failures(as_json: Json = False) -> None:
    """List the failure modes that exist, by set-up step."""
    from d365.catalogue import show_failures

    show_failures(as_json=as_json)
