"""What the state raises, in no vendor's words; each service says it in its own dialect."""


class StateError(Exception):
    """Something the state will not do."""


class Missing(StateError):
    """The thing asked for is not there."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"no {kind} {key!r}")
        self.kind = kind
        self.key = key


class Taken(StateError):
    """Something with the same key is there already."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"{kind} {key!r} exists already")
        self.kind = kind
        self.key = key


class Unmodelled(StateError):
    """A request the fakes do not know: answered 501 with this sentence, so that no test passes by accident."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not modelled by these fakes; see LIMITS.md")
        self.what = what
