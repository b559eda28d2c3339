"""Whoever sits in front of the machine, as a sign-in needs them: shown a code, sent to a page, asked for a choice."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from provisioning.problems import Problem


class Person(Protocol):
    """Somebody who may complete a sign-in. What they are shown goes to them alone, into no log and no report."""

    async def show_code(self, page: str, code: str, *, lasts: timedelta) -> None:
        """Tell them to open this page and enter this code."""
        ...

    async def open(self, page: str) -> None:
        """Open this page in their browser, or let them open it."""
        ...

    async def choose(self, question: str, choices: Sequence[str]) -> str:
        """One of the choices. Raises Problem where nobody answers."""
        ...


class AtTerminal:
    """The person who started the program: sentences go to standard error, so that `--json` stays one document."""

    async def show_code(self, page: str, code: str, *, lasts: timedelta) -> None:
        """Tell them."""
        minutes = lasts // timedelta(minutes=1)
        _say(f"To sign in, open {page} in a browser on any device and enter the code {code} within {minutes} minutes.")

    async def open(self, page: str) -> None:
        """Open their browser; the address is told besides, for machines that have none."""
        import webbrowser

        import anyio.to_thread

        _say(f"To sign in, use the browser window that opens now; where none does, open\n{page}")
        await anyio.to_thread.run_sync(webbrowser.open, page, abandon_on_cancel=True)

    async def choose(self, question: str, choices: Sequence[str]) -> str:
        """Ask, by number or by name; without a terminal nobody is there to answer."""
        if not sys.stdin.isatty():
            heard = f"nobody is there to choose from {', '.join(choices)}"
            raise Problem(question, heard, remedy="name one: --account")
        import anyio.to_thread

        lines = [question, *(f"  {number}  {choice}" for number, choice in enumerate(choices, 1)), "Which one? "]
        _say("\n".join(lines), end="")
        answer = (await anyio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True)).strip()
        picked = [choice for number, choice in enumerate(choices, 1) if answer.lower() in (str(number), choice.lower())]
        if not picked:
            heard = f"{answer or 'nothing'} is none of {', '.join(choices)}"
            raise Problem(question, heard, remedy="name one: --account")
        return picked[0]


def _say(sentence: str, *, end: str = "\n") -> None:
    sys.stderr.write(f"{sentence}{end}")
    sys.stderr.flush()
