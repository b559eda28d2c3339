"""A paste as one plain text: escapes undone however deep, markup gone, wrapped lines joined.

People paste what their tool showed: JSON escaped inside JSON inside a log line, a redirect's URL, a terminal's frame
around terraform's message, PowerShell's hard wraps.
"""

import html
import re
from typing import Final
from urllib.parse import unquote

LONGEST: Final = 400_000
"""Characters that are read whole; of a longer paste only what surrounds something telling."""

_ROUNDS = 4
_TERMINAL = 60_000
_NARROWEST = 40
_AROUND = 1_500
_WINDOWS = 120
_TELLING = re.compile(
    r"aadsts|0x8[0-9a-f]{7}|-2147\d{6}|error_codes|Authorization_|Request_[A-Z]|\bprv[A-Z]|not a member of|"
    r"[Ee]xception|\"error\"|AsPerAppPolicy|HTTP/[\d.]+\"? [45]\d\d|ENOTFOUND|CERTIFICATE_VERIFY|eyJ[\w-]{20}",
    re.ASCII,
)
_TELLING_CODE = re.compile(r"AADSTS", re.ASCII)
_ANSI = re.compile(r"\x1b\[[0-9;?]{0,12}[A-Za-z]")
_ESCAPE = re.compile(r"\\+(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrtbf\"'/_\\])")
_SIMPLE: Final = {"n": "\n", "r": "\n", "t": " ", "b": " ", "f": " ", "_": "_"}
_PERCENT = re.compile(r"%(?:25){0,3}[0-9a-fA-F]{2}")
_FRAME = re.compile(r"^[ \t]{0,40}(?:[│|╷╵╭╰>#*<]|##\[\w{1,12}\]|E {3})[ \t]?", re.MULTILINE)
_CUT_CODE = re.compile(r"(?P<head>AADSTS\d{1,7}|0x8[0-9a-fA-F]{1,6}|"
                       r"-2147\d{1,5})[ \t]*\r?\n[ \t]*(?P<tail>[0-9a-fA-F]{1,7})"
                       r"(?=[:\s,.'\"]|$)")  # fmt: skip
_DASHED = re.compile(r"[\u2010-\u2015\u2212](?=2147\d{6})")
_EMPHASIS = re.compile(r"\*\*|__(?=\s|$)")
_BLANKS = re.compile(r"\s+")


def windows(text: str) -> str:
    """Of an overlong text, what surrounds the telling places: the first and the last of them."""
    if len(text) <= LONGEST:
        return text
    places = [found.start() for found in _TELLING.finditer(text)]
    codes = [found.start() for found in _TELLING_CODE.finditer(text)]
    kept = sorted({*_ends(places), *_ends(codes)})
    parts: list[str] = []
    reached = 0
    for place in kept:
        begin, end = max(reached, place - _AROUND), min(len(text), place + _AROUND)
        if begin < end:
            parts.append(text[begin:end])
            reached = end
    return "\n".join(parts)[:LONGEST] if parts else text[: LONGEST // 2] + "\n" + text[-LONGEST // 2 :]


def _ends(places: list[int]) -> list[int]:
    half = _WINDOWS // 2
    return places if len(places) <= _WINDOWS else places[:half] + places[-half:]


def plain(text: str) -> str:
    """Undo the layers: terminal codes, markup, JSON escapes, URL encoding, frames, cut codes."""
    text = _ANSI.sub("", text)
    for _ in range(_ROUNDS):
        undone = _undo_once(text)
        if undone == text:
            break
        text = undone
    text = _FRAME.sub("", text)
    text = _CUT_CODE.sub(_join_cut, text)
    return _DASHED.sub("-", text)


def readings(text: str) -> tuple[str, str]:
    """The text with its layers undone; and where lines look cut, once more with the cut words whole, else "".

    A terminal cuts what it shows, so lines are joined before the layers are undone; a log line may hold what a terminal
    showed, so they are joined after it, too.
    """
    undone = plain(text)
    shown = _FRAME.sub("", _ANSI.sub("", text))
    return undone, "\n\n".join(part for part in (plain(_rejoined(shown)), _rejoined(undone)) if part)


def _rejoined(text: str) -> str:
    """The fullest lines joined to the next without a blank; empty where no line looks cut, or the text is too long."""
    lines = [line.rstrip() for line in text.split("\n")] if len(text) <= _TERMINAL else []
    width = max(map(len, lines), default=0)
    if len(lines) < 2 or width < _NARROWEST:
        return ""
    ends = ["" if len(line) == width else " " for line in lines]
    return "".join(part for line, end in zip(lines, ends, strict=True) for part in (line.lstrip(), end))


def flat(text: str) -> str:
    """All white space as single blanks, so that a wrapped sentence reads as one; typographic quotes as plain ones."""
    return _BLANKS.sub(" ", _EMPHASIS.sub("", text.translate(_QUOTES))).strip()


_QUOTES: Final = str.maketrans({
    "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "`": "'", "\u00a0": " ",
    "\u200b": None, "\ufeff": None,
})  # fmt: skip


def _undo_once(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    if "\\" in text:
        text = _ESCAPE.sub(_unescape, text)
    if "%" in text and _PERCENT.search(text):
        text = unquote(text, errors="replace")
    if "+" in text:
        text = " ".join(_unplus(word) for word in text.split(" "))
    return text


def _unescape(found: re.Match[str]) -> str:
    what = found.group(1)
    if what[0] in "ux" and len(what) > 1:
        point = int(what[1:], 16)
        return chr(point) if not 0xD800 <= point <= 0xDFFF else "?"
    return _SIMPLE.get(what, what)


def _unplus(word: str) -> str:
    """Form encoding's blanks: a run without white space that holds several pluses between letters."""
    return word.replace("+", " ") if len(re.findall(r"[\w:.,']\+\w", word[:20_000])) >= 3 else word


def _join_cut(found: re.Match[str]) -> str:
    """A code that the terminal's width cut in two; joined only where the halves make one of the right length."""
    head, tail = found["head"], found["tail"]
    joined = head + tail
    if head.startswith("0x"):
        return joined if len(joined) == 10 else found.group(0)
    if head.startswith("-"):
        return joined if len(joined) == 11 and tail.isdigit() else found.group(0)
    return joined if tail.isdigit() and 11 <= len(joined) <= 13 and len(head) < 13 else found.group(0)
