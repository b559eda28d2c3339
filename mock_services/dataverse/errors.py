"""The one refusal of this service, and how Dataverse writes it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mock_services.dataverse import facts
from mock_services.dataverse.refusals import Row, name_of, queries, records, row_of, status_of
from mock_services.quirks import Quirks

Wants = Callable[[str], bool]
"""Whether a request's preference asks for annotations of this name."""
_ANNOTATION = "Microsoft.PowerApps.CDS."


class Refusal(Exception):
    """A request that Dataverse refuses, in its own words."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        plain: str | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        """The status follows from the code unless given.

        `plain` is a body that is not JSON; `details` are annotations besides those that every refusal has.
        """
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.status = status or status_of(code)
        self.headers = dict(headers or {})
        self.plain = plain
        self.details = dict(details or {})

    @property
    def row(self) -> Row | None:
        """The row of the catalogue that it follows."""
        return row_of(self.code, self.status, self.message)

    def told_by(self, quirks: Quirks) -> "Refusal":
        """The same as a tenant with these quirks tells it."""
        code, status = self.code, self.status
        if self.code == records.ASSOCIATED.code:
            status = quirks.delete_blocked_status
        elif self.row is queries.NO_SEGMENT:
            code = quirks.unknown_segment_code
        elif self.row is queries.NO_PROPERTY:
            code = quirks.unknown_property_code
        if (code, status) == (self.code, self.status):
            return self
        return Refusal(code, self.message, status=status, headers=self.headers, plain=self.plain, details=self.details)

    def body(self, *, wants: Wants, activity: str) -> dict[str, Any]:
        """The error envelope, with those of the recorded annotations that the request prefers."""
        annotations = {f"@{name}": value for name, value in self._annotations(activity) if wants(name)}
        return {"error": {"code": self.code, "message": self.message, **annotations}}

    def _annotations(self, activity: str) -> Iterator[tuple[str, str]]:
        """The set recorded in coe-starter-kit#6827 and DataverseServiceClient's ServiceClientTests; all are strings."""
        details = {
            "ApiExceptionSourceKey": "Plugin/Microsoft.Crm.ObjectModel.CustomBusinessEntityService",
            "ApiStepKey": "00000000-0000-0000-0000-000000000000",
            "ApiDepthKey": "1",
            "ApiActivityIdKey": activity,
            "ApiPluginSolutionNameKey": "System",
            "ApiStepSolutionNameKey": "System",
            "ApiExceptionCategory": "ClientError",
            "ApiExceptionMesageName": name_of(self.code),
            "ApiExceptionHttpStatusCode": str(self.status),
            **self.details,
        }
        for name, value in details.items():
            yield f"{_ANNOTATION}ErrorDetails.{name}", value
        link = self.code.removeprefix("0x")
        yield (
            f"{_ANNOTATION}HelpLink",
            f"http://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException%3a{link}&client=platform",
        )
        yield f"{_ANNOTATION}InnerError.Message", self.message


def refused(row: Row, **words: object) -> Refusal:
    """The refusal of a row of the catalogue, its placeholders filled in."""
    return Refusal(row.code, row.template.format(**words), status=row.status)


def payload(set_name: str, inner: str) -> Refusal:
    """400 for a body that cannot be read as this set's."""
    return Refusal("0x80048d19", facts.PAYLOAD.format(set=set_name, inner=inner))


def no_segment(segment: str) -> Refusal:
    """404 for a part of the path that leads nowhere."""
    return Refusal("0x80060888", facts.NO_SEGMENT.format(segment=segment), status=404)


def no_resource(url: str) -> Refusal:
    """404 for a URL that no route matches, or a function called with the wrong verb: its code is empty."""
    return Refusal("", facts.NO_RESOURCE.format(url=url), status=404)


def does_not_exist(schema_name: str, id: str) -> Refusal:  # noqa: A002 - the word everybody uses for it
    """404 for a row that is not there."""
    return Refusal("0x80040217", facts.DOES_NOT_EXIST.format(entity=schema_name, id=id))


def bad_query(sentence: str) -> Refusal:
    """400 for a query option."""
    return Refusal("0x80060888", sentence, status=400)
