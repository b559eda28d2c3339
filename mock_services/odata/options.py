"""The query string of a URL into OData's options: `$select`, `$expand`, `$orderby` and their kin."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from mock_services.odata.problems import BadQuery

_DEEPEST_EXPANSION = 10


@dataclass(frozen=True)
class Order:
    """One key of `$orderby`."""

    path: tuple[str, ...]
    descending: bool = False


@dataclass(frozen=True)
class Expansion:
    """One navigation property of `$expand`, with the options in its parentheses."""

    name: str
    is_reference: bool = False
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def select(self) -> tuple[str, ...]:
        """The `$select` inside."""
        return read_select(self.options["$select"]) if "$select" in self.options else ()

    @property
    def expand(self) -> tuple["Expansion", ...]:
        """The `$expand` inside."""
        return read_expand(self.options.get("$expand", ""))


def read_query(raw: bytes) -> list[tuple[str, str]]:
    """Names and values of a query string in order, decoded: `%24select` is `$select`, `+` is a space."""
    pairs = []
    for part in raw.decode("latin-1").split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((unquote_plus(name), unquote_plus(value)))
    return pairs


def read_select(text: str) -> tuple[str, ...]:
    """`a,b` into names; blanks around them are allowed. Raises BadQuery for an empty name."""
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise BadQuery(f"Term '{text}' is not valid in a $select or $expand expression.")
    return names


def read_orderby(text: str) -> tuple[Order, ...]:
    """`createdon desc,title` into keys. Raises BadQuery."""
    return tuple(_order(part, text) for part in text.split(","))


def read_expand(text: str) -> tuple[Expansion, ...]:
    """`a($select=x;$expand=b),c` into expansions. Raises BadQuery for unbalanced or empty terms."""
    if not text.strip():
        return ()
    _check_depth(text)
    return tuple(_expansion(part.strip(), text) for part in split_outside(text, ","))


def read_count(text: str) -> bool:
    """`true` or `false`. Raises BadQuery."""
    if text.lower() not in ("true", "false"):
        raise BadQuery(
            f"Invalid value '{text}' for $count query option found. The $count query option must be a Boolean."
        )
    return text.lower() == "true"


def read_top(text: str) -> int:
    """A whole number not below zero. Raises BadQuery."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise BadQuery(
            f"Invalid value '{text}' for $top query option found. The $top query option requires a non-negative integer"
            " value."
        )
    return int(text)


def split_outside(text: str, separator: str) -> Iterator[str]:
    """Split at a separator that stands neither in parentheses nor in single quotes. Raises BadQuery when unbalanced."""
    depth, quoted, start = 0, False, 0
    for position, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth < 0:
                break
        elif character == separator and depth == 0:
            yield text[start:position]
            start = position + 1
    if depth != 0 or quoted:
        raise BadQuery(f"Found an unbalanced bracket expression in '{text}'.")
    yield text[start:]


def _check_depth(text: str) -> None:
    if text.count("$expand") > _DEEPEST_EXPANSION:
        raise BadQuery("The maximum depth of $expand was exceeded.")


def _order(part: str, text: str) -> Order:
    words = part.split()
    if not words or len(words) > 2 or (len(words) == 2 and words[1].lower() not in ("asc", "desc")):
        raise BadQuery(f"Syntax error at position {max(text.find(part), 0) + len(part)} in '{text}'.")
    return Order(tuple(words[0].split("/")), len(words) == 2 and words[1].lower() == "desc")


def _expansion(part: str, text: str) -> Expansion:
    name, bracket, rest = part.partition("(")
    inside = rest[:-1] if bracket else ""
    if not name.strip() or (bracket and not part.endswith(")")):
        raise BadQuery(f"Term '{text}' is not valid in a $select or $expand expression.")
    options = {}
    for each in split_outside(inside, ";") if inside.strip() else ():
        option, equals, value = each.partition("=")
        if not equals:
            raise BadQuery(f"Term '{part}' is not valid in a $select or $expand expression.")
        options[option.strip()] = value.strip()
    path, slash, tail = name.strip().partition("/")
    if slash and tail != "$ref":
        raise BadQuery(f"Term '{text}' is not valid in a $select or $expand expression.")
    return Expansion(path, bool(slash), options)
