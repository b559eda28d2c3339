"""The commands for what was set up earlier."""

import os
import sys
from typing import Annotated

import typer

from d365 import console
from d365.commands.endings import honest_exit, refuse_elsewhere
from d365.options import Account, Broken, Json, Live, Out, SettingsFile, ShowSecret, SignInBy


def rotate_secret(
    settings: SettingsFile = None,
    out: Out = None,
    show_secret: ShowSecret = False,
    keep_old: Annotated[bool, typer.Option("--keep-old", help="Leave the old secret beside the new one.")] = False,
    remove: Annotated[
        list[str] | None, typer.Option(metavar="KEY_ID", help="Remove this one too, though it is not ours.")
    ] = None,
    sign_in: SignInBy = None,
    account: Account = None,
    live: Live = False,
    as_json: Json = False,
) -> None:
    """A new client secret (or certificate), proven by Test & Save and handed over before the old one is removed."""
    from d365 import rotating
    from d365.workbench import Wish

    wish = Wish(settings, live, os.environ, out, show_secret, sign_in=sign_in, account=account)
    with honest_exit(as_json=as_json), console.StepList(quiet=as_json) as steps:
        refuse_elsewhere(live=live, sign_in=sign_in, account=account)
        rotation = rotating.rotate_secret(wish, steps, keep_old=keep_old, remove=remove or [])
    rotation.report(wish, as_json=as_json)
    raise typer.Exit(rotation.exit_code)


def status(
    settings: SettingsFile = None,
    out: Out = None,
    broken: Broken = None,
    sign_in: SignInBy = None,
    account: Account = None,
    live: Live = False,
    as_json: Json = False,
) -> None:
    """What is ours and how it has drifted since it was set up; never changes anything."""
    from d365.standing_by import look
    from d365.workbench import Wish

    wish = Wish(settings, live, os.environ, out, broken=broken, sign_in=sign_in, account=account)
    with honest_exit(as_json=as_json), console.StepList(quiet=as_json) as steps:
        refuse_elsewhere(live=live, sign_in=sign_in, account=account, broken=broken)
        seen = look(wish, steps)
    seen.report(as_json=as_json)
    raise typer.Exit(seen.exit_code)


def repair(
    settings: SettingsFile = None,
    out: Out = None,
    show_secret: ShowSecret = False,
    broken: Broken = None,
    sign_in: SignInBy = None,
    account: Account = None,
    live: Live = False,
    as_json: Json = False,
) -> None:
    """Show what has drifted and mend it, step by step."""
    from d365.standing_by import mend
    from d365.workbench import Wish

    wish = Wish(settings, live, os.environ, out, show_secret, broken, sign_in, account)
    with honest_exit(as_json=as_json), console.StepList(quiet=as_json) as steps:
        refuse_elsewhere(live=live, sign_in=sign_in, account=account, broken=broken)
        mended = mend(wish, steps, as_json=as_json)
    mended.report(as_json=as_json)
    raise typer.Exit(mended.exit_code)


def teardown(
    settings: SettingsFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove what is listed without asking.")] = False,
    sign_in: SignInBy = None,
    account: Account = None,
    live: Live = False,
    as_json: Json = False,
) -> None:
    """List what is ours, newest first, and remove it once agreed; what was there before is left."""
    from d365.taking_down import teardown as take_down
    from d365.workbench import Wish

    wish = Wish(settings, live, os.environ, sign_in=sign_in, account=account)
    with honest_exit(as_json=as_json), console.StepList(quiet=as_json) as steps:
        refuse_elsewhere(live=live, sign_in=sign_in, account=account)
        ask = steps.ask if sys.stdin.isatty() and sys.stdout.isatty() and not as_json else None
        taken = take_down(wish, steps, yes=yes, as_json=as_json, ask=ask)
    taken.report(as_json=as_json)
    raise typer.Exit(taken.exit_code)
