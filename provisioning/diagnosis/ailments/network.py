"""Nothing of Microsoft's answered: names, connections, certificates, proxies. And what nothing else fits."""

from typing import Final

from provisioning.diagnosis.ailments.ailment import Ailment
from provisioning.problems import MICROSOFT, YOU

NETWORK: Final = (
    Ailment(
        "network.dns",
        "network.dns",
        YOU,
        "check that this machine can resolve the host name",
    ),
    Ailment(
        "network.tls_or_proxy",
        "network.tls_or_proxy",
        YOU,
        "check proxy and firewall; behind an inspecting proxy trust its CA (D365_CA_FILE or SSL_CERT_FILE)",
    ),
    Ailment(
        "network.certificate_untrusted",
        "network.tls_or_proxy",
        YOU,
        "trust the CA of the proxy that opens the traffic (D365_CA_FILE or SSL_CERT_FILE), or let the host past it",
    ),
    Ailment(
        "network.connection_refused",
        "network.tls_or_proxy",
        YOU,
        "let the firewall pass port 443 to login.microsoftonline.com and to the environment's host",
    ),
    Ailment(
        "network.timeout",
        "network.tls_or_proxy",
        YOU,
        "try again; if it stays, check the firewall: packets to port 443 go unanswered",
    ),
    Ailment(
        "network.connection_lost",
        "network.tls_or_proxy",
        YOU,
        "try again; what was asked for may have been done all the same, so look before repeating a create",
    ),
    Ailment(
        "network.proxy_refused",
        "network.tls_or_proxy",
        YOU,
        "give the proxy its credentials in HTTPS_PROXY, or name the hosts in NO_PROXY",
    ),
    Ailment(
        "network.proxy_page",
        "network.tls_or_proxy",
        YOU,
        "a page of a proxy or firewall came instead of Microsoft's answer: let the hosts through it",
    ),
    Ailment(
        "other",
        "other",
        MICROSOFT,
        "this answer is not in the book: give Microsoft the request and correlation ids, and the time",
    ),
)
