"""The one refusal of this service, and how Dataverse writes it."""

from collections.abc import Mapping
from typing import Any

from mock_services.dataverse import facts

_ANNOTATION = "@Microsoft.PowerApps.CDS."


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
    ) -> None:
        """The status follows from the code unless given; `plain` is a body that is not JSON."""
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.status = status or facts.STATUS_OF.get(code, 400)
        self.headers = dict(headers or {})
        self.plain = plain

    def body(self, *, annotated: bool = False, activity: str = "") -> dict[str, Any]:
        """The error envelope; with the recorded annotations when the request prefers them."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if annotated:
            error |= self._annotations(activity)
        return {"error": error}

    def _annotations(self, activity: str) -> dict[str, str]:
        """The set recorded in coe-starter-kit#6827 and DataverseServiceClient's ServiceClientTests; all are strings."""
        details = {
            "ApiExceptionSourceKey": "Plugin/Microsoft.Crm.ObjectModel.CustomBusinessEntityService",
            "ApiStepKey": "00000000-0000-0000-0000-000000000000",
            "ApiDepthKey": "1",
            "ApiActivityIdKey": activity,
            "ApiPluginSolutionNameKey": "System",
            "ApiStepSolutionNameKey": "System",
            "ApiExceptionCategory": "ClientError",
            "ApiExceptionMesageName": facts.NAME_OF.get(self.code, "InvalidArgument"),
            "ApiExceptionHttpStatusCode": str(self.status),
        }
        link = self.code.removeprefix("0x")
        return {
            **{f"{_ANNOTATION}ErrorDetails.{name}": value for name, value in details.items()},
            f"{_ANNOTATION}HelpLink": "http://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException%3a"
            f"{link}&client=platform",
            f"{_ANNOTATION}InnerError.Message": self.message,
        }


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
