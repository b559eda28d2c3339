"""The commands that leave the fakes standing."""

from pathlib import Path
from typing import Annotated

import typer

from d365.commands.endings import honest_exit
from d365.options import Broken, Json, Provisioned


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
