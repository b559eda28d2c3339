"""Who and what a text names, by stable pseudonyms: the same id gets the same name, and a name tells what it was.

Two texts about two tenants, the customer's and a fake one, read alike once both are put so.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from provisioning.clouds import dataverse_host
from provisioning.explaining.explanation import Explanation, explain
from provisioning.explaining.layers import flat, plain, windows
from provisioning.explaining.striking import strike

_GUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_HOST = re.compile(r"\b(?:[a-z0-9-]{1,63}\.){1,6}(?:com|us|cn|net|org|de|local|io)\b", re.IGNORECASE)
_TIME = re.compile(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:?\d\d)?")
_QUOTED = re.compile(r"(?<!\w)'(?P<words>[^'\n]{1,200})'")
_CALLED = re.compile(r"(?<=')\((?P<words>[^()\n]{1,120})\)")
"""What is called so, in brackets right behind its quoted id."""
_DIRECTORY = re.compile(
    r"(?P<before>\btenant named |\bdoes not exist in the |\bdoes not exist in tenant )"
    r"(?!')(?P<words>[^.,()\n]{1,100}?)(?=[.,]| \(| directory\b)"
)
"""A directory's display name, which these sentences do not quote."""
_JSON_MEMBER = re.compile(r'"[\w@.]{1,60}"\s{0,3}:')
_JSON_SIGNS = str.maketrans(dict.fromkeys('"{}[]', " "))
_COUNT = re.compile(r"\b([A-Za-z]{2,40})=\d{1,9}\b")
_PUBLIC_HOSTS = ("microsoft.com", "microsoftonline.com", "microsoftonline.us", "windows.net", "powerapps.com",
                 "chinacloudapi.cn", "aka.ms")  # fmt: skip
_KINDS = (
    "correlation|trace|request|activity|privilege|tenant|client|user|business_unit|object|environment|organization|role|policy|"
    "id|person|host|name"
)
PSEUDONYM = re.compile(rf"\b(?:{_KINDS})-\d{{1,3}}\b")
"""One name that `Pseudonyms` gives, wherever it stands."""


class Pseudonyms:
    """Gives names, one for each id, and remembers them."""

    def __init__(self, ids: Mapping[str, Iterable[str]]) -> None:
        """`ids`: what an explanation found, by what each names."""
        self._names: dict[str, str] = {}
        self._given: dict[str, int] = {}
        for role, guids in ids.items():
            for guid in guids:
                self._name("id" if role == "unnamed" else role, guid)

    def put(self, text: str) -> str:
        """The text with ids, people, hosts, quoted names, times and counts put by pseudonyms, each one word long."""
        text = _ADDRESS.sub(lambda found: self._name("person", found.group()), text)
        text = _GUID.sub(lambda found: self._name("id", found.group()), text)
        text = _TIME.sub("a-time", text)
        text = _HOST.sub(lambda found: self._host(found.group()), text)
        text = _COUNT.sub(r"\1=some", text)
        text = _QUOTED.sub(self._quoted, text)
        text = _DIRECTORY.sub(lambda found: f"{found['before']}{self._name('name', found['words'])}", text)
        return _CALLED.sub(lambda found: f"({self._name('name', found['words'])})", text)

    def _host(self, host: str) -> str:
        if host.lower().endswith(_PUBLIC_HOSTS):
            return host.lower()
        environment = dataverse_host(host)
        if environment is None:
            return self._name("host", host)
        return f"{self._name('environment', environment.label)}.{environment.region}.{environment.domain}"

    def _quoted(self, found: re.Match[str]) -> str:
        words = found["words"]
        if is_public(words) or PSEUDONYM.search(words) or "a-time" in words:
            return f"'{words.replace(' ', '_')}'"
        return f"'{self._name('name', words)}'"

    def _name(self, kind: str, value: str) -> str:
        key = value.lower()
        if key not in self._names:
            self._given[kind] = self._given.get(kind, 0) + 1
            self._names[key] = f"{kind}-{self._given[kind]}"
        return self._names[key]


def pseudonymous(text: str, found: Explanation | None = None) -> str:
    """A text in one line, its layers and secrets gone, everybody in it by pseudonym; `found` where it was explained."""
    found = found or explain(text)
    # Backticks are somebody's markup, and would pair with the quotes of what they surround.
    bare = _JSON_MEMBER.sub(" ", strike(plain(strike(windows(text)).text)).text.replace("`", " "))
    return " ".join(Pseudonyms(found.facts.ids).put(flat(bare)).translate(_JSON_SIGNS).split())


def is_public(words: str) -> bool:
    """Whether these are words of Microsoft's, and no customer's: a standard table or column, a privilege, a type."""
    bare = words.lower().removeprefix("microsoft.dynamics.crm.")
    return bare in _vocabulary() or re.fullmatch(r"edm\.[a-z0-9]{2,20}", bare) is not None


@cache
def _vocabulary() -> frozenset[str]:
    from mock_services.state.organisation.definitions import standard_tables
    from mock_services.state.organisation.privileges import privileges_of_tables

    found = {privilege.lower() for privilege in privileges_of_tables(standard_tables().values())}
    found |= {"utc", "logical", "equal", "operator", "application/json", "user_impersonation", "dynamics crm"}
    for table in standard_tables().values():
        found |= {table.logical, table.set.lower(), table.schema.lower(), table.label.lower()}
        found |= {name.lower() for name in (*table.columns, *table.lookups)}
        found |= {lookup_way.lower() for lookup in table.lookups.values() for lookup_way in lookup.targets.values()}
    return frozenset(found)
