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
