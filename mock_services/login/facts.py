"""Words, numbers and headers of the token service that are no refusal, each with where it was seen."""

from datetime import timedelta

EMPTY_GUID = "00000000-0000-0000-0000-000000000000"
OIDC_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})
JWT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
WRONG_PASSWORDS = 10  # entra-docs howto-password-smart-lockout.md: the default threshold, and the first lock's length
LOCKED_OUT = timedelta(minutes=1)
DEVICE_INTERVAL_S = 5  # every recorded device-code answer
REAL_GRANTS_NOT_BUILT = frozenset(
    {
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:saml1_1-bearer",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
    }
)
"""Grants that Entra knows and these fakes do not play yet."""

PARAMETERS = frozenset(
    {
        "assertion", "claims", "client_assertion", "client_assertion_type", "client_id", "client_secret", "code",
        "code_verifier", "device_code", "grant_type", "password", "redirect_uri", "refresh_token",
        "requested_token_use", "resource", "scope", "username",
    }
)  # fmt: skip
"""What must not be repeated. Anything else in a body is ignored, as recorded requests with unknown fields show."""

# Recorded on every answer of the token endpoint, whatever its status: azure-sdk-for-js (2021-08) and
# microsoftgraph/microsoft-graph-docs#20272 (2023-03, which adds X-XSS-Protection).
TOKEN_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store, no-cache"),
    (b"pragma", b"no-cache"),
    (b"content-type", b"application/json; charset=utf-8"),
    (b"expires", b"-1"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"p3p", b'CP="DSP CUR OTPi IND OTRi ONL FIN"'),
    (b"x-ms-ests-server", b"2.1.14816.6 - NEULR2 ProdSlices"),
    (b"x-xss-protection", b"0"),
)
GATEWAY_COOKIES: tuple[bytes, ...] = (
    b"x-ms-gateway-slice=estsfd; path=/; secure; samesite=none; httponly",
    b"stsservicecookie=estsfd; path=/; secure; samesite=none; httponly",
)
# The metadata endpoints differ in caching and CORS, on refusals too: azure-sdk-for-js (2021-08).
METADATA_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"max-age=86400, private"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, OPTIONS"),
    *(pair for pair in TOKEN_HEADERS if pair[0] not in {b"cache-control", b"pragma", b"expires"}),
)
