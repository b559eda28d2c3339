"""The exceptions: each an honest letter that says what was tried, what was said, who acts, and what next.

No letter ever holds a secret: its parts are written by us or read through `provisioning.said`.
"""

from typing import Any, Literal

from provisioning.said import Said

Reach = Literal["url", "dns", "refused", "tls", "proxy", "timeout", "lost"]

ENTRA_ADMIN = "the customer's Entra admin"
DYNAMICS_ADMIN = "the customer's Dynamics admin"
VENDOR = "the vendor"
MICROSOFT = "Microsoft"
YOU = "you"


class Problem(Exception):
    """Something that stopped the work. `tried`, `heard`, `whose_turn` and `remedy` are sentences or their parts."""

    def __init__(
        self, tried: str, heard: str, *, whose_turn: str = YOU, remedy: str = "", said: Said | None = None
    ) -> None:
        super().__init__(tried, heard)
        self.tried = tried
        self.heard = heard
        self.whose_turn = whose_turn
        self.remedy = remedy
        self.said = said

    def __str__(self) -> str:
        letter = f"{self.tried}: {self.heard}"
        if self.remedy:
            letter += f" - next, {self.whose_turn}: {self.remedy}"
        return letter

    @property
    def brief(self) -> str:
        """What was heard in a few words: who answered, status and code, or why nobody did."""
        if self.said is None:
            return self.heard
        return f"{self.said.service} answered {self.said.status} {self.said.code}".rstrip()

    def to_json(self) -> dict[str, Any]:
        """The letter as plain JSON values."""
        return {
            "problem": type(self).__name__,
            "tried": self.tried,
            "heard": self.heard,
            "whose_turn": self.whose_turn,
            "remedy": self.remedy,
            "said": self.said.to_json() if self.said else None,
        }


class BadInput(Problem):
    """A value that cannot be right, told before anything is sent: its field, what is wrong, what to write instead."""

    def __init__(self, field: str, said: str, remedy: str) -> None:
        super().__init__(field, said, remedy=remedy)
        self.field = field

    def __str__(self) -> str:
        return f"{self.field} {self.heard}; {self.remedy}"


class Refused(Problem):
    """A service answered no."""

    def __init__(self, tried: str, said: Said, *, whose_turn: str = YOU, remedy: str = "") -> None:
        super().__init__(tried, str(said), whose_turn=whose_turn, remedy=remedy, said=said)
        self.refusal = said


class NotPermitted(Problem):
    """The signed-in operator lacks a permission: a service said so (`said`), or it was seen beforehand."""


class NotYet(Refused):
    """A refusal that comes from replication lag: the same request is expected to succeed in a while."""


class NotReached(Problem):
    """No answer came. `maybe_done` tells whether the request may have taken effect all the same."""

    def __init__(self, tried: str, reach: Reach, heard: str, *, maybe_done: bool, host: str = "") -> None:
        super().__init__(tried, heard, remedy=_REACH_REMEDIES[reach])
        self.reach = reach
        self.maybe_done = maybe_done
        self.host = host


class Withheld(Problem):
    """A request that the guard rails kept from leaving: nothing was sent. `tried` is the request, without its body."""

    def __init__(self, tried: str, heard: str, *, remedy: str = "nothing was changed by it; please report it") -> None:
        super().__init__(tried, f"not sent, since {heard}", remedy=remedy)


class AnswerLost(Problem):
    """A create was sent and its outcome is not known: whoever made the request must look before asking again."""


class Ambiguous(Problem):
    """More than one thing fits; guessing would touch somebody else's."""


class GaveUpWaiting(Problem):
    """Something was waited for until its deadline and did not come."""


_REACH_REMEDIES: dict[Reach, str] = {
    "url": "write the address as https://host without spaces",
    "dns": "check the spelling of the host name, and that this machine can resolve names",
    "refused": "check that the host is right and that no firewall blocks port 443",
    "tls": "check the certificate chain; behind an inspecting proxy, name its CA with D365_CA_FILE or SSL_CERT_FILE",
    "proxy": "check HTTPS_PROXY and NO_PROXY",
    "timeout": "try again; if it stays, check firewall and proxy",
    "lost": "try again; what was asked for is looked up before it is asked for again",
}
