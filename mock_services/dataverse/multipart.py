"""A multipart body into its parts, and a part into the HTTP request it carries; five dialects of real clients.

Accepted, because clients in use send them: bare LF for CRLF, text before the first boundary, a quoted boundary, blanks
in a request line's address, an address that is absolute, begins with a slash or stands below the service root. What is
wrong is told in the words of Microsoft.OData.Core, whose batch reader Dataverse uses (a recorded stack trace,
GuidoPreite/DRB#3).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^;,\s"]{1,200}))', re.IGNORECASE)
_HEADER_END = re.compile(rb"\r?\n[ \t]*\r?\n|\A[ \t]*\r?\n")
_REQUEST = re.compile(rb"([A-Z]+) +(\S.*?) +HTTP/1\.[01][ \t]*\Z", re.DOTALL)


class BadMultipart(Exception):
    """A body that is not what its content type says; the sentence says where."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Part:
    """One part: its headers with lower-case names, and what follows them."""

    headers: Mapping[str, str]
    content: bytes

    @property
    def content_type(self) -> str:
        """The media type, lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Request:
    """An HTTP request inside a part. `address` is as the client spelt it, made safe for a URL."""

    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes


def read_boundary(content_type: str) -> str:
    """The boundary that a content type names. Raises BadMultipart."""
    hit = _BOUNDARY.search(content_type)
    if hit is None:
        raise BadMultipart(
            f"The content type '{content_type[:200]}' specifies a batch payload; however, the payload either does not"
            " include a batch boundary or includes more than one boundary. In OData, batch payload content types must"
            " specify exactly one batch boundary in the 'boundary' parameter of the content type."
        )
    return hit[1] or hit[2]


def read_parts(body: bytes, boundary: str) -> list[Part]:
    """The parts between the boundaries, whatever stands before the first. Raises BadMultipart."""
    name = re.escape(boundary.encode("latin-1", "replace"))
    pieces = re.split(rb"(?:\A|\r?\n)--" + name + rb"(--)?[ \t]*(?=\r?\n|\Z)", body)
    # re.split leaves: preamble, then for each delimiter its "--" (or None) and the text after it.
    parts: list[Part] = []
    for closing, text in zip(pieces[1::2], pieces[2::2], strict=True):
        if closing is not None:
            return parts
        parts.append(_part(re.sub(rb"\A\r?\n", b"", text, count=1)))
    raise BadMultipart("Encountered an unexpected end of input while reading the batch payload.")


def read_request(content: bytes) -> Request:
    """The request in an `application/http` part. Raises BadMultipart."""
    line, _, rest = content.lstrip(b"\r\n").partition(b"\n")
    hit = _REQUEST.match(line.strip())
    if hit is None:
        shown = line[:200].decode("ascii", "replace").strip()
        raise BadMultipart(
            f"The request line '{shown}' is invalid. The request line at the start of each operation must be of the"
            " format 'HttpMethod RequestUrl HttpVersion'."
        )
    part = _part(rest)
    return Request(hit[1].decode(), _safe(hit[2]), part.headers, part.content)


def _part(text: bytes) -> Part:
    hit = _HEADER_END.search(text)
    head, content = (text, b"") if hit is None else (text[: hit.start()], text[hit.end() :])
    headers: dict[str, str] = {}
    for line in head.splitlines():
        if not line.strip():
            continue
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name.strip():
            raise BadMultipart(
                f"The message header '{name[:200].strip()}' is invalid. The header value must be of the format"
                " '<header name>: <header value>'."
            )
        key = name.strip().lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    return Part(headers, content)


def _safe(address: bytes) -> str:
    """Blanks and what is not ASCII percent-encoded, everything else as it stands."""
    return "".join(chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}" for byte in address)
