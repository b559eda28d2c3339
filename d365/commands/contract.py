"""The commands about the contract: what the fakes claim, and on what evidence."""

from pathlib import Path
from typing import Annotated

import typer

from d365.commands.endings import honest_exit
from d365.options import Json

app = typer.Typer(help="What the fakes claim, and on what evidence.", no_args_is_help=True)


@app.callback()
def contract() -> None:
    """What the fakes claim, and on what evidence."""


@app.command()
def report(
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as one HTML page too.")] = None,
    as_json: Json = False,
) -> None:
    """Every operation and every refusal with its tier, date, source and differences."""
    from d365.contract import show_report

    with honest_exit(as_json=as_json):
        show_report(as_json=as_json, html=html)
