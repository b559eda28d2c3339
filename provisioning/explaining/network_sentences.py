"""What clients say when no answer came at all: names, connections, certificates, proxies.

Every program says these of every host, so the host that was asked for decides whether it is this domain's matter.
"""

from typing import Final

from provisioning.explaining.sentence import Sentence, said

_NETWORK = 50

NETWORK_SENTENCES: Final[tuple[Sentence, ...]] = (
    said(r"getaddrinfo (?:enotfound|eai_again|failed)|"
         r"\benotfound\b", "likely", "network.dns", "dataverse.host_mistyped",
         weight=_NETWORK),
    said(r"no such host is known|name or service not known|could not resolve host|nodename nor servname|"
         r"temporary failure in name resolution|nameresolutionerror|failed to resolve '|remote name could not be "
         r"resolved|no such host\b|unknownhostexception|err_name_not_resolved|name resolution failed|"
         r"nxdomain|name does not resolve|no address associated with hostname|resource temporarily unavailable \(|"
         r":443\)? resource temporarily unavailable|errno -[235]\]|der remotename konnte nicht|"
         r"es ist kein solcher host bekannt|nom distant n'a pas pu", "likely",
         "network.dns", "dataverse.host_mistyped", weight=_NETWORK),
    said(r"certificate_verify_failed|cert_has_expired|altname_invalid|certificate verify failed|"
         r"unable to get (?:local )?issuer certificate|"
         r"unable_to_get_issuer_cert|unable_to_verify_leaf_signature|self[- _]signed[ _]certificate|"
         r"self_signed_cert|pkix path building failed|unable to find valid certification path|"
         r"could not establish trust relationship|remote certificate is invalid|certificate signed by unknown "
         r"authority|partialchain|untrustedroot|err_cert_authority_invalid|ssl certificate problem|"
         r"unable to verify the first certificate|sslhandshakeexception|authentication failed because the remote party",
         "certain", "network.certificate_untrusted", "network.tls_or_proxy", weight=_NETWORK + 1),
    said(r"could not create ssl/tls secure channel|ssl connection could not be established|handshake failure|"
         r"sslv3_alert|ssl: wrong_version_number|wrong version number|unexpected_eof_while_reading|"
         r"eof occurred in violation of protocol|ssl_error_syscall|tlsv1_alert|schannel:|\beproto\b|"
         r"sslerror\(", "likely",
         "network.tls_or_proxy", weight=_NETWORK),
    said(r"proxy authentication (?:is )?required|\b407 proxy|\(407\)|http(?: status)?(?: code)? 407|"
         r"status ?code:? ?407|tunnel connection failed: 407|received http code 407", "certain",
         "network.proxy_refused", weight=_NETWORK + 2),
    said(r"tunnel connection failed|proxyerror\(|cannot connect to proxy|unable to connect to proxy|"
         r"err_tunnel_connection_failed|err_proxy_connection_failed|statuscode=proxyconnect|proxyconnect tcp", "likely",
         "network.tls_or_proxy", "network.proxy_refused", weight=_NETWORK + 1),
    said(r"econnrefused|connection refused|actively refused it|unable to connect to the remote server|"
         r"failed to establish a new connection|err_connection_refused", "likely", "network.connection_refused",
         weight=_NETWORK - 2),
    said(r"econnreset|connection reset|connection was (?:forcibly )?closed|forcibly closed by the remote host|"
         r"underlying connection was closed|socket hang up|remote end closed connection|connection aborted|"
         r"err_connection_reset|broken pipe|unexpected eof|\": eof\b", "likely", "network.connection_lost",
         weight=_NETWORK - 2),
    said(r"etimedout|connected party did not properly respond|esockettimedout|econnaborted|"
         r"connect(?:ion)? timed? ?out|connecttimeout|read timed out|"
         r"request channel timed out|a task was canceled|httpclient\.timeout|i/o timeout|tls handshake timeout|"
         r"failed to respond within|context deadline exceeded|operation timed out|err_timed_out", "likely",
         "network.timeout", weight=_NETWORK - 3),
)  # fmt: skip
