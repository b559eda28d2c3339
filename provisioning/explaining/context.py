"""Whose text this is: signs of each service, and whether a network failure was on the way to one of them."""

import re
from dataclasses import dataclass
from typing import Final

_DATAVERSE: Final = re.compile(
    r"dynamics|dataverse|\bcrm|crm\b|alexacrm|xrm|common ?data ?service|\bcds\b|organization(?:service|\.svc)|"
    r"systemuser|"
    r"\bprv[a-z]|api/data/v|power ?(?:apps|automate|platform|pages)|\"?code\"?\s?:\s?\"?0x8|hexerrorcode|"
    r"error ?code: -2147|\bpac (?:auth|solution|admin|org)\b|coe starter"
)
# Words that other services of Microsoft say too; they count where Graph does not speak.
_PERHAPS_DATAVERSE: Final = re.compile(r"\bodata|\bentity\b|entityset|\bincidents?\b|\bplug-?ins?\b")
_GRAPH: Final = re.compile(
    r"graph\.microsoft|graph\.windows|microsoft ?graph|msgraph|\bmg(?:graph|application|service|user)|azuread|"
    r"azure ad|\bentra\b|odata error|odataerror|authorization_requestdenied|request_[a-z]{3}|"
    r"invalidauthenticationtoken|"
    r"service ?principals?|graphrbac|aadapp"
)
_GRAPH_SPEAKS: Final = re.compile(r"graph\.microsoft|microsoft\.graph|graph\.windows|msgraph|odata\.error")
_POWER_PLATFORM: Final = re.compile(
    r"businessappplatform|api\.bap\.|powerplatform|power platform|power ?apps|power ?automate|\bpac admin|"
    r"environmentgroups?"
)
_LOGIN: Final = re.compile(
    r"aadsts|microsoftonline|login\.windows\.net|sts\.windows|\bmsal|\badal|azure ?ad|active directory|\bentra\b|"
    r"azure\.identity|azure-identity|client ?secret ?credential|microsoft identity|oauth2/(?:v2\.0/)?token|\baz login"
)
# Hosts that the set-up or the integration speaks with.
_OURS: Final = re.compile(
    r"microsoftonline|\bmicrosoftdynamics|\.dynamics\.|\bdynamics\.|\bcrm\d{0,2}\.|graph\.(?:microsoft|windows)|"
    r"login\.windows|sts\.windows|powerapps|powerplatform|\.bap\.|appsplatform|management\.(?:azure|core)|"
    r"chinacloudapi|\.microsoft\.com"
)
_ATTACHED: Final = re.compile(
    r"(?:enotfound|eai_again|econnrefused|econnreset|etimedout|host:|host=|resolve|lookup|named|connect to|to host|"
    r"resolved:|unknownhostexception:|hostname|for host|server|request to|get|post|patch|put|delete|requesting|"
    r"connection to|access|known\.|uri|url:?|"
    r"host) ?['\"(]?(?:https?://)?\(?((?:[a-z0-9_-]{1,63}\.){1,8}[a-z0-9-]{2,24})"
    r"(?![\w.(])"
)
_NUMERIC: Final = re.compile(r"^[\d.]+$|^localhost$")
_FOREIGN_TOOLS: Final = re.compile(
    r"\bnpm\b|\bpip3?\b|pypi|\bgit\b|\bdocker|\bmaven|gradle|postgres|mysql|redis|mongo|kafka|elastic|rabbit|"
    r"sql server|sqlstate|\baws\b|\bs3\b|google|gcloud|kube|smtp|imap|ldap|jdbc|nuget|\bcargo\b|apt-get|\byum\b|conda"
)
_FILES: Final = re.compile(r"\.(?:py|js|ts|cs|java|go|rb|php|json|xml|dll|exe|txt|log|yml|yaml|tf|ps1|md|cer|pem|pfx)$")


@dataclass(frozen=True)
class Context:
    """Which services a text speaks of, and whether its network failures are theirs."""

    dataverse: bool
    graph: bool
    power_platform: bool
    login: bool
    network: bool

    def allows(self, place: str) -> bool:
        """Whether a sentence of this place counts in this text."""
        if place == "microsoft":
            return self.dataverse or self.graph or self.power_platform or self.login
        return place == "anywhere" or bool(getattr(self, place))


def context_of(low: str) -> Context:
    """Look for the signs in a flat text in lower case."""
    services = {
        "dataverse": _DATAVERSE.search(low) is not None
        or (_PERHAPS_DATAVERSE.search(low) is not None and _GRAPH_SPEAKS.search(low) is None),
        "graph": _GRAPH.search(low) is not None,
        "power_platform": _POWER_PLATFORM.search(low) is not None,
        "login": _LOGIN.search(low) is not None,
    }
    return Context(**services, network=_network_is_ours(low, named=services["dataverse"] or services["login"]))


def _network_is_ours(low: str, *, named: bool) -> bool:
    """By the host that was asked for; without one, by the services that the text speaks of."""
    attached = {found.group(1) for found in _ATTACHED.finditer(low[:60_000])}
    hosts = {host for host in attached if not _FILES.search(host)}
    known = [host for host in hosts if not _NUMERIC.match(host)]
    if any(_OURS.search(host) for host in known):
        return True
    if named or _OURS.search(low):
        return not known or _OURS.search(low) is not None
    return not hosts and not _FOREIGN_TOOLS.search(low) and len(low) < 800
