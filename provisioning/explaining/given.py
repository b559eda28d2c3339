"""What was given to be explained: a text itself, standard input (`-`), or a file; of a HAR file, what failed in it."""

from pathlib import Path
from typing import Final, TextIO

from provisioning.explaining.har import looks_like_har, read_har
from provisioning.problems import BadInput

_MOST_BYTES: Final = 64 * 1024 * 1024


def text_of(given: str, stdin: TextIO) -> str:
    """The text to explain. Raises BadInput for what is empty, missing, unreadable, or a broken HAR file."""
    text = _read(given, stdin)
    if not text.strip():
        raise BadInput("TEXT", "is empty", "paste the error, give a file, or pipe it in with -")
    if given.lower().endswith(".har") or looks_like_har(text):
        return read_har(text)
    return text


def _read(given: str, stdin: TextIO) -> str:
    if given == "-":
        raw = getattr(stdin, "buffer", None)
        return stdin.read(_MOST_BYTES) if raw is None else _decoded(raw.read(_MOST_BYTES))
    file = _file(given)
    if file is None:
        return given
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise BadInput(str(file), "is larger than 64 MiB", "cut out the part around the error")
        return _decoded(file.read_bytes())
    except OSError as problem:
        raise BadInput(str(file), f"cannot be read ({problem.strerror})", "give a file that can") from None


def _file(given: str) -> Path | None:
    """The file of this name, if there is one; a pasted text is none, however long it is."""
    if len(given) > 1024 or "\n" in given or "\0" in given:
        return None
    try:
        file = Path(given)
        found = file.is_file()
    except (OSError, ValueError):
        return None
    if not found and given.lower().endswith((".har", ".log", ".txt", ".json")) and not any(map(str.isspace, given)):
        raise BadInput(given, "is not there", "give a file that exists, or the text itself")
    return file if found else None


def _decoded(raw: bytes) -> str:
    """Windows' tools write UTF-16; everything else is read as UTF-8, what is not, by a mark."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")
