"""The commands about errors as such: the catalogue, an explanation, a reproduction."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from d365 import console
from d365.commands.endings import honest_exit, say
from d365.options import Json


def failures(
    name: Annotated[str | None, typer.Argument(help="One of them, with the answer's whole body.")] = None,
    step: Annotated[int | None, typer.Option(min=1, max=9, help="Those of one step: 1 to 6, 7 Test & Save …")] = None,
    as_json: Json = False,
) -> None:
    """List the failure modes that exist, by set-up step, or show one with what is really said."""
    from d365.catalogue import show_failure, show_failures

    with honest_exit(as_json=as_json):
        if name is not None:
            show_failure(name, as_json=as_json)
        else:
            show_failures(step=step, as_json=as_json)


def reproduce(
    what: Annotated[
        str,
        typer.Argument(metavar="TEXT | NAME | FILE | -", help="An error as pasted, a failure mode, a HAR, a bundle."),
    ],
    serve: Annotated[bool, typer.Option("--serve", help="Leave it running, broken, for your own application.")] = False,
    write_test: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as a pytest test.")] = None,
    bundle: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a redacted file that somebody else reproduces.")
    ] = None,
    conversation: Annotated[bool, typer.Option("--conversation", help="Show every request and answer.")] = False,
    write_env: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --serve: write shell exports once ready.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a customer's error happen on a fake tenant: both answers side by side, then the remedy applied.

    Exits 0 when the same answer came and the remedy mends it, 1 when either is not so.
    """
    from d365.reproducing import keep, reproduce_given, serve_broken, show
    from provisioning.problems import BadInput

    with honest_exit(as_json=as_json):
        if write_env is not None and not serve:
            raise BadInput("--write-env", "goes with --serve", "add --serve, or leave it out")
        reproduced = reproduce_given(what)
        keep(reproduced, test=write_test, bundle=bundle)
    if as_json:
        console.say_json(reproduced.to_json())
    else:
        show(reproduced, conversation=conversation)
    if serve:
        with honest_exit(as_json=as_json):
            serve_broken(reproduced, write_env)
    raise typer.Exit(reproduced.exit_code)


def explain(
    text: Annotated[
        list[str], typer.Argument(metavar="TEXT | - | FILE", help="The error as pasted, a file, or - for input.")
    ],
    as_json: Json = False,
) -> None:
    """Say what a pasted error means: facts, ranked causes, whose turn it is and what to do. Works offline.

    Takes a sentence, a JSON body, curl -v output, a HAR file, a log excerpt. Nothing secret in it is repeated.
    Exits 0 when a cause is named and 3 when the text tells none.
    """
    from d365 import explaining
    from provisioning.problems import BadInput

    try:
        code = explaining.explain_given(" ".join(text), sys.stdin, as_json=as_json)
    except BadInput as problem:
        say(problem, as_json=as_json)
        raise typer.Exit(2) from None
    raise typer.Exit(code)
