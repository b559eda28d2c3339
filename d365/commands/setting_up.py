"""The commands that set an integration up, one tenant or many."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from d365 import console
from d365.commands.endings import honest_exit, refuse_given, refuse_operator
from d365.options import Account, Json, SignInBy


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
            refuse_operator(sign_in, account)
            planned = plan_rehearsal(settings)
    planned.report(as_json=as_json)
    raise typer.Exit(planned.exit_code)


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
            refuse_operator(sign_in, account)
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
        refuse_given(said, "does not go with --many", "write it in the list, or in --settings for every tenant")
        fleet = provision_many(file, settings, os.environ, out=out, at_once=at_once, live=live, quiet=as_json)
    fleet.report(as_json=as_json)
    raise typer.Exit(fleet.exit_code)
