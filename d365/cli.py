"""The command `d365`: one small function a command; what they do lives elsewhere and is imported when called for."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

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

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="TOML file that says what was set up; needed with --live.")
]
Live = Annotated[bool, typer.Option("--live", help="Work in the real tenant that --settings names.")]
Out = Annotated[
    str | None,
    typer.Option(metavar="FILE|keyring:NAME", help="Where the four values are kept, and go when the secret is new."),
]
ShowSecret = Annotated[bool, typer.Option("--show-secret", help="Show a new secret as soon as it is proven.")]


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


SignInBy = Annotated[
    str | None,
    typer.Option(
        "--sign-in", metavar="KIND", help="The operator's: secret, certificate, device_code, browser, az, environment."
    ),
]
Account = Annotated[str | None, typer.Option(metavar="NAME", help="The operator's account, where there are several.")]


def _refuse_given(said: Mapping[str, object], why: str, remedy: str) -> None:
    """Refuse options that would otherwise be passed over in silence. Raises BadInput for the first that was given."""
    from provisioning.problems import BadInput

    for option, given in said.items():
        if given is not None:
            raise BadInput(option, why, remedy)


def _refuse_operator(sign_in: str | None, account: str | None) -> None:
    said = {"--sign-in": sign_in, "--account": account}
    _refuse_given(said, "goes with --live", "leave it out: a rehearsal has an operator of its own")


@app.command()
def plan(
    settings: Annotated[
        Path | None, typer.Option("--settings", help="TOML file that says what to set up; needed with --live.")
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE|keyring:NAME", help="Where an earlier run left the four values.")
    ] = None,
    sign_in: SignInBy = None,
    account: Account = None,
    live: Annotated[bool, typer.Option("--live", help="Look at the real tenant that --settings names.")] = False,
    as_json: Json = False,
) -> None:
    """What is there, what would be made or changed, and what the operator lacks for it; never changes anything."""
    from d365.planning import plan_live, plan_rehearsal

    with honest_exit(as_json=as_json):
        if live:
            planned = plan_live(settings, os.environ, out, sign_in=sign_in, account=account)
        else:
            _refuse_operator(sign_in, account)
            planned = plan_rehearsal(settings)
    planned.report(as_json=as_json)
    raise typer.Exit(planned.exit_code)


@app.command()
def provision(
    settings: Annotated[
        Path | None, typer.Option(help="TOML file that says what to set up; needed with --live.")
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|keyring:NAME", help="Keep the four values in a file readable by you only, or in the keyring."
        ),
    ] = None,
    show_secret: Annotated[bool, typer.Option("--show-secret", help="Show the client secret.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Set up the real tenant that --settings names.")] = False,
    certificate: Annotated[
        bool, typer.Option("--certificate", help="Make a key pair instead of a client secret; needs --out.")
    ] = False,
    many: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Set up every tenant of this CSV or TOML file; --out names a folder then."),
    ] = None,
    sign_in: SignInBy = None,
    account: Account = None,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="With --many: how many tenants at a time.")] = 4,
    as_json: Json = False,
) -> None:
    """Take a tenant through the whole set-up and prove it; without --live, an embedded fake tenant."""
    if many is not None:
        said = {"--sign-in": sign_in, "--account": account, "--certificate": certificate or None}
        _provision_many(many, settings, out, at_once, said, live=live, as_json=as_json)
    from d365.setting_up import provision_live, rehearse
    from provisioning.problems import BadInput

    with honest_exit(as_json=as_json), console.StepList(quiet=as_json) as steps:
        if live and out is None and not show_secret:
            raise BadInput(
                "--out", "is missing", "give --out FILE (or keyring:NAME) or --show-secret: a secret is told only once"
            )
        wishes = {"credential": "certificate"} if certificate else {}
        if live:
            outcome = provision_live(settings, os.environ, steps, out, **wishes, sign_in=sign_in, account=account)
        else:
            _refuse_operator(sign_in, account)
            outcome = rehearse(settings, steps, out, **wishes)
    outcome.report(show_secret=show_secret, out=out, as_json=as_json)
    raise typer.Exit(outcome.exit_code)


def _provision_many(
    file: Path,
    settings: Path | None,
    out: str | None,
    at_once: int,
    said: Mapping[str, object],
    *,
    live: bool,
    as_json: bool,
) -> NoReturn:
    from d365.many import provision_many

    with honest_exit(as_json=as_json):
        _refuse_given(said, "does not go with --many", "write it in the list, or in --settings for every tenant")
        fleet = provision_many(file, settings, os.environ, out=out, at_once=at_once, live=live, quiet=as_json)
    fleet.report(as_json=as_json)
    raise typer.Exit(fleet.exit_code)


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


@app.command("rotate-secret")
def rotate_secret(
    settings: SettingsFile = None,
    out: Out = None,
    show_secret: ShowSecret = False,
    keep_old: Annotated[bool, typer.Option("--keep-old", help="Leave the old secret beside the new one.")] = False,
    remove: Annotated[
        list[str] | None, typer.Option(metavar="KEY_ID", help="Remove this secret too, though it is not ours.")
    ] = None,
    live: Live = False,
    as_json: Json = False,
) -> None:
    """A new client secret, proven by Test & Save and handed over before the old one is removed."""
    from d365 import rotating
    from d365.workbench import Wish

    wish = Wish(settings, live, os.environ, out, show_secret)
    with honest_exit(as_json=as_json), console.StepList(quiet=as_json) as steps:
        rotation = rotating.rotate_secret(wish, steps, keep_old=keep_old, remove=remove or [])
    rotation.report(wish, as_json=as_json)
    raise typer.Exit(rotation.exit_code)


@app.command()
def status(
    settings: SettingsFile = None,
    out: Out = None,
    broken: Broken = None,
    live: Live = False,
    as_json: Json = False,
) -> None:
    """What is ours and how it has drifted since it was set up; never changes anything."""
    from d365.standing_by import look
    from d365.workbench import Wish

    with honest_exit(as_json=as_json), console.StepList(quiet=as_json) as steps:
        seen = look(Wish(settings, live, os.environ, out, broken=broken), steps)
    seen.report(as_json=as_json)
    raise typer.Exit(seen.exit_code)


@app.command()
def repair(
    settings: SettingsFile = None,
    out: Out = None,
    show_secret: ShowSecret = False,
    broken: Broken = None,
    live: Live = False,
    as_json: Json = False,
) -> None:
    """Show what has drifted and mend it, step by step."""
    from d365.standing_by import mend
    from d365.workbench import Wish

    with honest_exit(as_json=as_json), console.StepList(quiet=as_json) as steps:
        mended = mend(Wish(settings, live, os.environ, out, show_secret, broken), steps, as_json=as_json)
    mended.report(as_json=as_json)
    raise typer.Exit(mended.exit_code)


@app.command()
def teardown(
    settings: SettingsFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove what is listed without asking.")] = False,
    live: Live = False,
    as_json: Json = False,
) -> None:
    """List what is ours, newest first, and remove it once agreed; what was there before is left."""
    from d365.taking_down import teardown as take_down
    from d365.workbench import Wish

    wish = Wish(settings, live, os.environ)
    with honest_exit(as_json=as_json), console.StepList(quiet=as_json) as steps:
        ask = steps.ask if sys.stdin.isatty() and sys.stdout.isatty() and not as_json else None
        taken = take_down(wish, steps, yes=yes, as_json=as_json, ask=ask)
    taken.report(as_json=as_json)
    raise typer.Exit(taken.exit_code)


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
    metadata: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A customer's own $metadata: their tables and columns too.")
    ] = None,
) -> None:
    """Serve the fakes, run a program against them, end with its exit code."""
    from d365.serving import run_under, standing

    with honest_exit(), standing(is_provisioned=provisioned, broken=broken, metadata=metadata) as fakes:
        code = run_under(command, fakes.exports(direct=direct), direct=direct)
    raise typer.Exit(code)


@app.command()
def failures(as_json: Json = False) -> None:
    """List the failure modes that exist, by set-up step."""
    from d365.catalogue import show_failures

    show_failures(as_json=as_json)


contract_app = typer.Typer(help="What the fakes claim, and how that is known.", no_args_is_help=True)
app.add_typer(contract_app, name="contract")


@contract_app.callback()
def contract() -> None:
    """What the fakes claim, and how that is known."""


@contract_app.command()
def report(
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as one HTML page too.")] = None,
    as_json: Json = False,
) -> None:
    """Every operation and every refusal with its tier, date, source and differences."""
    from d365.contract import show_report

    with honest_exit(as_json=as_json):
        show_report(as_json=as_json, html=html)
