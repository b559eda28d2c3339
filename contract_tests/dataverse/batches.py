"""Batches as a client writes them, and the answers as a client reads them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from contract_tests.dataverse.asking import ROOT, Caller

BOUNDARY = "batch_b1"


@dataclass(frozen=True)
class Said:
    """One part of an answer: its status, its headers (with the outer Content-ID), its JSON."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.body["error"]["code"])


def part(method: str, address: str, body: Any = None, *, content_id: str = "", headers: Sequence[str] = ()) -> str:
    """One operation."""
    outer = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if content_id:
        outer.append(f"Content-ID: {content_id}")
    inner = [f"{method} {address} HTTP/1.1", *headers]
    if body is not None:
        inner.append("Content-Type: application/json; type=entry")
    text = "" if body is None else json.dumps(body)
    return "\r\n".join([*outer, "", *inner, "", text])


def change_set(*parts: str, boundary: str = "changeset_c1") -> str:
    """Operations that happen together."""
    return f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n" + framed(parts, boundary)


def framed(parts: Sequence[str], boundary: str = BOUNDARY) -> str:
    """Parts between their boundaries."""
    return "".join(f"--{boundary}\r\n{each}\r\n" for each in parts) + f"--{boundary}--\r\n"


async def send(
    caller: Caller, text: str, *, boundary: str = BOUNDARY, prefer: str = "", host: str = ""
) -> httpx.Response:
    """A batch's body as it is."""
    headers = {
        "Authorization": f"Bearer {caller.token}",
        "Content-Type": f"multipart/mixed; boundary={boundary}",
        **({"Prefer": prefer} if prefer else {}),
    }
    url = f"https://{host or caller.host}{ROOT}/$batch"
    return await caller.wire.post(url, headers=headers, content=text.encode())


async def batch(caller: Caller, *parts: str, prefer: str = "") -> tuple[int, list[Said]]:
    """Status and parts of the answer; a change set's parts stand in line with the rest."""
    response = await send(caller, framed(parts), prefer=prefer)
    return response.status_code, said(response)


def said(response: httpx.Response) -> list[Said]:
    """The parts of an answer, read as strictly as DynamicsWebApi does: no preamble, names of boundaries, CRLF."""
    boundary = response.headers["Content-Type"].partition("boundary=")[2]
    if not re.fullmatch(r"batchresponse_[0-9a-f-]{36}", boundary):
        raise AssertionError(f"not a batch's answer: {response.status_code} {response.text}")
    return list(_read(response.text, boundary))


def _read(text: str, boundary: str) -> Sequence[Said]:
    if not text.startswith(f"--{boundary}") or not text.rstrip("\r\n").endswith(f"--{boundary}--"):
        raise AssertionError(f"badly framed: {text}")
    found: list[Said] = []
    for each in text.split(f"--{boundary}\r\n")[1:]:
        outer, _, inner = each.removesuffix(f"--{boundary}--\r\n").partition("\r\n\r\n")
        if hit := re.search(r"boundary=(changesetresponse_\S+)", outer):
            found += _read(inner.rstrip("\r\n") + "\r\n", hit[1])
            continue
        head, _, body = inner.partition("\r\n\r\n")
        line, *headers = head.split("\r\n")
        status = re.fullmatch(r"HTTP/1\.1 (\d{3}) [\w -]+", line)
        if status is None:
            raise AssertionError(f"no status line: {line!r}")
        named = dict(each.split(": ", 1) for each in (*outer.split("\r\n"), *headers) if ": " in each)
        found.append(Said(int(status[1]), named, json.loads(body) if body.strip() else None))
    return found
