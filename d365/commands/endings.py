"""How a command ends when it cannot do what was asked: one sentence and an exit code."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import typer

from d365 import console


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
        say(problem, as_json=as_json)
        raise typer.Exit(BAD_INPUT) from None
    except (Problem, NotServed) as problem:
        say(problem, as_json=as_json)
        raise typer.Exit(COULD_NOT_CHECK) from None


def say(problem: Exception, *, as_json: bool) -> None:
    """One sentence on standard error, and where JSON was asked for the same as a document."""
    from provisioning.problems import Problem

    console.complain(str(problem))
    if as_json:
        known = problem.to_json() if isinstance(problem, Problem) else {"heard": str(problem)}
        console.say_json({"problem": type(problem).__name__, **known})


def refuse_given(said: Mapping[str, object], why: str, remedy: str) -> None:
    """Refuse options that would otherwise be passed over in silence. Raises BadInput for the first that was given."""
    from provisioning.problems import BadInput

    for option, given in said.items():
        if given is not None:
            raise BadInput(option, why, remedy)


def refuse_operator(sign_in: str | None, account: str | None) -> None:
    """Refuse to sign an operator in where nobody real is asked. Raises BadInput."""
    said = {"--sign-in": sign_in, "--account": account}
    refuse_given(said, "goes with --live", "leave it out: a rehearsal has an operator of its own")


def refuse_elsewhere(*, live: bool, sign_in: str | None, account: str | None, broken: str | None = None) -> None:
    """Refuse what only a real tenant has, or only a fake one."""
    if live:
        refuse_given({"--broken": broken}, "goes without --live", "leave it out: only a fake tenant is broken on wish")
    else:
        refuse_operator(sign_in, account)
