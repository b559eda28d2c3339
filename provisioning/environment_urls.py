"""What people paste for the environment's URL: taken, put right with a word about it, or refused with a remedy.

The vendor's form wants `https://<name>.<region>.dynamics.com` and nothing else, so what is handed over is always that.
Put right is what can mean nothing else: the same host with another spelling around it (no scheme, http, a slash, a page
of the app, the Web API's own host or path, upper case). Refused is what names no environment's host, or two: guessing
there would send a token to, or grant rights in, somebody else's. A portal's link holds the environment's id alone,
which only the admin API can turn into a URL.

The forms: the list of what people paste in public issues, and the routes of the maker portal and the admin center.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from provisioning.clouds import LOOPBACK, dataverse_host
from provisioning.problems import BadInput

_FIELD: Final = "environment_url"
_EXAMPLE_URL: Final = "https://yourorg.crm.dynamics.com"
_WHERE: Final = "admin.powerplatform.microsoft.com shows it as Environment URL"

_GUID: Final = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_ID: Final = rf"(?:Default-|default-)?{_GUID}"
_BARE_ID: Final = re.compile(_ID)
# make.powerapps.com/environments/<id>/home, …/e/<id>/…; admin.powerplatform.microsoft.com has
# /environments/environment/<id>/hub and, since 2025, /manage/environments/<id>/hub; make.powerautomate.com,
# copilotstudio.microsoft.com and the national clouds' portals have the same paths.
_PORTAL_PATH: Final = re.compile(rf"/(?:environments?/(?:environment/)?|e/)(?P<id>{_ID})(?=/|$)")
_PORTALS: Final = re.compile(
    r"(?:make|flow|admin|copilotstudio|make\.preview)(?:\.[a-z0-9-]+)*"
    r"\.(?:powerapps\.(?:com|us|cn)|powerautomate\.(?:com|us|cn)|powerplatform\.(?:microsoft\.(?:com|us)|cn)"
    r"|appsplatform\.us|microsoft\.com)"
    r"|copilotstudio\.microsoft\.com"
)
# Microsoft Defender for Cloud Apps puts its own suffix behind the host of a session that it watches.
_WATCHED: Final = re.compile(r"\.(?:admin-)?mcas(?:-gov)?\.(?:ms|us)$")
# The old form without a region, and the one that people remember.
_REGIONLESS: Final = re.compile(r"(?P<label>[a-z0-9-]+)\.dynamics\.com")
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
# urlsplit takes these out without a word, and other readers do not.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
# Not in any host: what a browser, a mail or an HTML page would read another host out of.
_DOUBTFUL: Final = re.compile(r"[\\\x00-\x20\x7f-\U0010ffff<>\"'`{}|^]")


@dataclass(frozen=True)
class Reading:
    """What a text means: an environment's URL in its normal form, or the id of one whose URL is to be looked up."""

    url: str
    environment_id: str = ""
    remark: str = ""
    """What was put right, for whoever pasted it; "" where nothing was."""


class NamedById(BadInput):
    """The text names an environment by its id: whoever may ask the admin API can look its URL up."""

    def __init__(self, environment_id: str) -> None:
        super().__init__(_FIELD, f"names the environment {environment_id} by its id alone", f"write its URL; {_WHERE}")
        self.environment_id = environment_id


class NamesNoEnvironment(BadInput):
    """The text holds no environment's host; `label` is the name that it seems to mean, "" where there is none."""

    def __init__(self, said: str, remedy: str, label: str = "") -> None:
        super().__init__(_FIELD, said, remedy)
        self.label = label


def read(text: str) -> Reading:
    """What was pasted, put right where it can mean nothing else. Raises BadInput, which names the remedy."""
    given = text.strip()
    if not given:
        raise BadInput(_FIELD, "is empty", f"write it up to .dynamics.com, such as {_EXAMPLE_URL}; {_WHERE}")
    if _BARE_ID.fullmatch(given):
        return Reading("", given)
    parts = None if _CONTROL.search(given) else _split(given if _SCHEME.match(given) else f"https://{given}")
    if parts is None or not parts.hostname or _DOUBTFUL.search(parts.netloc):
        raise BadInput(_FIELD, "is not a URL", f"write it up to .dynamics.com, such as {_EXAMPLE_URL}")
    write = f"write {suggested_environment_url(given)}"
    if parts.scheme not in ("https", "http"):
        raise BadInput(_FIELD, f"begins with {parts.scheme}://", write)
    portal = _PORTAL_PATH.search(parts.path + _client_side(parts)) if _PORTALS.fullmatch(parts.hostname) else None
    if portal is not None:
        return Reading("", portal["id"])
    _refuse_foreign_host(parts, write)
    url = _normal(parts)
    return Reading(url, remark="" if url == given else f"{_shown(parts, given)} is read as {url}")


def normal_environment_url(text: str) -> str:
    """The URL that was meant. Raises BadInput; `NamedById` where only an id is told."""
    reading = read(text)
    if reading.environment_id:
        raise NamedById(reading.environment_id)
    return reading.url


def environment_url(text: str) -> str:
    """The URL exactly as the vendor's form wants it, or BadInput with the right one: nothing is put right but case.

    For values that somebody has pasted, or will, into the form: what is wrong there has to be seen.
    """
    given = text.strip()
    if not given:
        raise BadInput(_FIELD, "is empty", f"write it up to .dynamics.com, such as {_EXAMPLE_URL}")
    write = f"write {suggested_environment_url(given)}"
    parts = _split(given)
    if "://" not in given:
        raise BadInput(_FIELD, "has no https:// in front", write)
    if parts is None or not parts.hostname:
        raise BadInput(_FIELD, "is not a URL", write)
    if parts.scheme != "https":
        raise BadInput(_FIELD, f"begins with {parts.scheme}://", write)
    _refuse_foreign_host(parts, write)
    if parts.path == "/" and not parts.query and not parts.fragment:
        raise BadInput(_FIELD, "ends in a slash", write)
    if parts.path or parts.query or parts.fragment:
        raise BadInput(_FIELD, "has something after the host name", write)
    return f"https://{parts.netloc.lower()}"


def suggested_environment_url(text: str) -> str:
    """The right spelling of what was pasted, or an example where no Dataverse host can be found in it."""
    given = text.strip()
    parts = _split(given if "://" in given else f"https://{given}")
    if parts is None or not parts.hostname:
        return _EXAMPLE_URL
    host = dataverse_host(_WATCHED.sub("", parts.hostname))
    if host is not None:
        return host.url
    if parts.hostname in LOOPBACK:
        return f"https://{parts.netloc}"
    return _EXAMPLE_URL


def _client_side(parts: SplitResult) -> str:
    """What portals keep behind the `#`, where older links have their path."""
    return unquote(parts.fragment) if parts.fragment.startswith("/") else ""


def _normal(parts: SplitResult) -> str:
    host = dataverse_host(parts.hostname or "")
    return host.url if host is not None else f"https://{parts.netloc.lower()}"


def _shown(parts: SplitResult, given: str) -> str:
    """What was pasted without what stands behind a `?` or `#`, which may be private."""
    return given if not (parts.query or parts.fragment) else f"{re.split(r'[?#]', given, maxsplit=1)[0]}…"


def _refuse_foreign_host(parts: SplitResult, write: str) -> None:
    """Only an environment's own host will do, or a fake's on this machine, which always has a port."""
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None:
        raise BadInput(_FIELD, "holds a user name", write)
    if host in LOOPBACK:
        if parts.port is None:
            raise BadInput(_FIELD, f"names {host} without a port", f"write https://{host}:PORT")
        return
    regionless = _REGIONLESS.fullmatch(host)
    if regionless is not None:
        said = f"names {host}, which has no region in it"
        example = f"https://{regionless['label']}.crm4.dynamics.com"
        raise NamesNoEnvironment(said, f"write it with its region, such as {example}; {_WHERE}", regionless["label"])
    if dataverse_host(host) is None:
        label = "" if host.count(".") == 0 else host.partition(".")[0]
        raise NamesNoEnvironment(f"names {host}, which is no Dataverse host", f"{write}; {_WHERE}", label)
    if parts.port not in (None, 443):
        raise BadInput(_FIELD, "has a port", write)


def _split(text: str) -> SplitResult | None:
    """The URL taken apart; None where it cannot be, a bad port included."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts
