"""What can be wrong with a query, in the words of the OData library under Microsoft's services."""


class BadQuery(Exception):
    """A query option that cannot be answered; the sentence is what Microsoft's OData library says."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class UnknownProperty(BadQuery):
    """A name that the type does not have."""

    def __init__(self, name: str, type_name: str) -> None:
        super().__init__(f"Could not find a property named '{name}' on type '{type_name}'.")
        self.name = name
        self.type_name = type_name


class TooManyConditions(BadQuery):
    """More comparisons than one query may have."""

    def __init__(self) -> None:
        super().__init__("Number of conditions in query exceeded maximum limit.")


class Fault(BadQuery):
    """A FetchXML query that is refused with a code of its own; `name` is what the platform's table calls it."""

    def __init__(self, name: str, detail: str = "", kind: str = "") -> None:
        """`detail` and `kind` are what the platform's sentence has places for."""
        super().__init__(f"{name} {detail}".strip())
        self.name = name
        self.detail = detail
        self.kind = kind
