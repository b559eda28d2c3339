"""`$batch`: requests inside a request, change sets that happen wholly or not at all, and the framing clients parse.

Framing and rules: powerapps-docs webapi/execute-batch-operations-using-web-api.md; what Microsoft's Python SDK and
DynamicsWebApi's parsers insist on is kept (the names of the boundaries, no preamble, a reason phrase). A failed
change set answers with the failure alone, in its own wrapper, as recorded in MicrosoftDocs/powerapps-docs#2843.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from mock_services.dataverse import facts
from mock_services.dataverse.calls import Answer, Call, read_preferences
from mock_services.dataverse.errors import Refusal, no_resource, payload, refused
from mock_services.dataverse.multipart import (
    BadMultipart,
    Part,
    Request,
    read_boundary,
    read_parts,
    read_request,
)
from mock_services.dataverse.refusals import queries
from mock_services.dataverse.responses import part_of, refused_part, unmodelled_part
from mock_services.dataverse.urls import read_path
from mock_services.errors import Unmodelled

Act = Callable[[Call], Answer]
SET = "$batch"
_LINE = "\r\n"


@dataclass(frozen=True)
class _Operation:
    """One request of a batch and the Content-ID it goes by; an operation of a change set has one."""

    request: Request
    content_id: str


@dataclass(frozen=True)
class _Outcome:
    """What one part of the answer says, and whether that stops the batch (501 for what is not modelled)."""

    text: str
    failed_with: int = 0


class _Undone(Exception):
    """A change set whose operation failed; raised to take back what went before."""

    def __init__(self, outcome: _Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def answer(call: Call, act: Act) -> Answer:
    """Run a batch, one operation after the other. `act` does what a single call asks. Raises Refusal."""
    if call.method != "POST" or len(call.path.segments) != 1:
        raise no_resource(call.url)
    try:
        items = _read(call)
    except BadMultipart as problem:
        raise payload(SET, facts.BAD_BATCH.format(why=problem.sentence)) from None
    _refuse_many(items)
    goes_on = "odata.continue-on-error" in call.headers.get("prefer", "").lower()
    boundary = f"batchresponse_{call.organisation.chance.guid()}"
    written, status = [], 200
    for item in items:
        outcome = _change_set(call, act, item) if isinstance(item, list) else _single(call, act, item)
        written.append(outcome.text)
        if outcome.failed_with and not goes_on:
            status = outcome.failed_with
            break
    call.exchange.operation = "dataverse.$batch"
    return Answer(status, text=_frame(boundary, written), content_type=f"multipart/mixed; boundary={boundary}")


def _refuse_many(items: Sequence[_Operation | list[_Operation]]) -> None:
    """A change set may hold as many operations as a whole batch, and the batch no more. Raises Refusal."""
    sizes = [len(item) if isinstance(item, list) else 1 for item in items]
    if max(sizes, default=0) > facts.MOST_OPERATIONS:
        raise refused(queries.CHANGE_SET_TOO_LONG, limit=facts.MOST_OPERATIONS)
    if sum(sizes) > facts.MOST_OPERATIONS:
        raise refused(queries.BATCH_TOO_LONG, limit=facts.MOST_OPERATIONS)


def _read(call: Call) -> list[_Operation | list[_Operation]]:
    """Everything the batch asks for, read before any of it is done. Raises BadMultipart."""
    parts = read_parts(call.raw_body, read_boundary(call.headers.get("content-type", "")))
    is_strict = call.tenant.quirks.batch_needs_content_id
    return [
        _read_set(part, is_strict=is_strict) if part.content_type == "multipart/mixed" else _read_one(part)
        for part in parts
    ]


def _read_one(part: Part) -> _Operation:
    if part.content_type != "application/http":
        raise BadMultipart(
            f"The 'Content-Type' header value '{part.content_type}' is invalid. When this is the start of the change"
            " set, the value must be 'multipart/mixed'; otherwise it must be 'application/http'."
        )
    request = read_request(part.content)
    return _Operation(request, part.headers.get("content-id") or request.headers.get("content-id", ""))


def _read_set(part: Part, *, is_strict: bool) -> list[_Operation]:
    """The operations of a change set; strictly read, each must have a Content-ID. Raises BadMultipart and Refusal."""
    operations = [_read_one(each) for each in read_parts(part.content, read_boundary(part.headers["content-type"]))]
    known: set[str] = set()
    for operation in operations:
        if operation.request.method in ("GET", "HEAD"):
            raise BadMultipart(facts.READ_IN_CHANGE_SET.format(method=operation.request.method))
        if not operation.content_id and is_strict:
            raise Refusal("0x80060888", facts.NO_CONTENT_ID)
        if operation.content_id and operation.content_id in known:
            raise BadMultipart(facts.REPEATED_CONTENT_ID.format(id=operation.content_id))
        known.add(operation.content_id)
    return operations


def _single(call: Call, act: Act, operation: _Operation) -> _Outcome:
    return _run(call, act, operation, {}, content_id="")


def _change_set(call: Call, act: Act, operations: Sequence[_Operation]) -> _Outcome:
    """All of them or none: a failure takes back what went before, and is the only answer."""
    boundary = f"changesetresponse_{call.organisation.chance.guid()}"
    known: dict[str, str] = {}
    written: list[str] = []
    failed_with = 0
    try:
        with call.organisation.store.transaction():
            for operation in operations:
                outcome = _run(call, act, operation, known, content_id=operation.content_id)
                if outcome.failed_with:
                    raise _Undone(outcome)
                written.append(outcome.text)
    except _Undone as undone:
        written, failed_with = [undone.outcome.text], undone.outcome.failed_with
    head = f"Content-Type: multipart/mixed; boundary={boundary}"
    return _Outcome(_LINE.join((head, "", _frame(boundary, written))), failed_with)


def _run(call: Call, act: Act, operation: _Operation, known: dict[str, str], *, content_id: str) -> _Outcome:
    """Do one operation; `known` are the rows that earlier ones of the change set made, by Content-ID."""
    asked = operation.request.headers
    try:
        done = act(_inner(call, operation.request, known))
    except Refusal as refusal:
        call.exchange.code = refusal.code or str(refusal.status)
        wants = read_preferences(asked.get("prefer", "")).wants
        return _Outcome(refused_part(call.exchange, refusal, wants=wants, content_id=content_id), 400)
    except Unmodelled as problem:
        call.exchange.code = "unmodelled"
        return _Outcome(unmodelled_part(problem, content_id=content_id), 501)
    made = dict(done.headers).get("OData-EntityId")
    if made and content_id:
        known[content_id] = made
    return _Outcome(part_of(done, content_id=content_id))


def _inner(call: Call, request: Request, known: Mapping[str, str]) -> Call:
    """The operation as a call of its own by the same caller. Raises Refusal."""
    url = _absolute(call, request.address, known)
    if len(url) > facts.LONGEST_BATCH_URL:
        raise Refusal("0x80060888", "Request URL Too Long", status=414)
    split = urlsplit(url)
    inner = Call(
        exchange=call.exchange,
        tenant=call.tenant,
        organisation=call.organisation,
        caller=call.caller,
        impersonator=call.impersonator,
        method=request.method,
        raw_query=split.query.encode("latin-1"),
        headers=request.headers,
        raw_body=request.body,
        url=url,
        references=known,
    )
    inner.path = read_path(split.path.encode("latin-1"), url)
    if inner.path.segments and inner.path.head.name == SET:
        raise payload(SET, facts.BAD_BATCH.format(why="A batch may not contain another batch."))
    return inner


def _absolute(call: Call, address: str, known: Mapping[str, str]) -> str:
    """The URL an address means: `$1/title`, `incidents`, `/api/data/…` or a whole one. Raises Refusal."""
    if address.startswith("$") and not address.startswith(("$batch", "$metadata")):
        name, slash, rest = address[1:].partition("/")
        name, mark, query = name.partition("?")
        if name not in known:
            raise Refusal("0x80060888", facts.NO_REFERENCE.format(id=name), status=400)
        return known[name] + mark + query + slash + rest
    if address.startswith("/"):
        return call.exchange.base + address
    if not address.lower().startswith(("https://", "http://")):
        return f"{call.root}/{address}"
    own = {call.organisation.host, call.organisation.host.replace(".crm", ".api.crm", 1)}
    try:
        path = urlsplit(address)
        is_own = urlsplit(call.exchange.canonical(address)).hostname in own
    except ValueError:  # brackets that are no IPv6 address
        is_own = False
    if not is_own:
        raise no_resource(address)
    return f"{call.exchange.base}{path.path}{'?' if path.query else ''}{path.query}"


def _frame(boundary: str, parts: Sequence[str]) -> str:
    opened = "".join(f"--{boundary}{_LINE}{part}{_LINE}" for part in parts)
    return f"{opened}--{boundary}--{_LINE}"
