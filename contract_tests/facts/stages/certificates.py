"""Applications that sign in by certificate or by the token of another issuer, and their assertions."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from contract_tests.facts.place import FEDERATED_AUDIENCE
from contract_tests.facts.stages.making import make_application, make_principal
from contract_tests.facts.world import Stage, World

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa

_DAY: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=365)
_SOON: Final = timedelta(minutes=30)
_UNREGISTERED: Final = "0123456789ABCDEF0123456789ABCDEF01234567"
_GITHUB: Final = "https://token.actions.githubusercontent.com"


@cache
def _key() -> "rsa.RSAPrivateKey":
    """One key for all, since making one takes longer than asking every fact about it; it is written down nowhere."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class _Signer:
    """A self-signed certificate and the application that it is registered on."""

    certificate: "x509.Certificate"
    client_id: str
    audience: str
    now: datetime

    @property
    def sha1(self) -> bytes:
        """The thumbprint that portals and refusals show."""
        from contract_tests.self_signed import sha1_of

        return sha1_of(self.certificate)

    @property
    def sha256(self) -> bytes:
        """The thumbprint that today's documentation asks for."""
        from contract_tests.self_signed import sha256_of

        return sha256_of(self.certificate)

    def sign(
        self, headers: dict[str, str] | None = None, *, algorithm: str = "RS256", key: Any = None, **claims: Any
    ) -> str:
        """What a library would sign, with changes; a claim of None is left out. Good for a month."""
        usual = {
            "aud": self.audience,
            "iss": self.client_id,
            "sub": self.client_id,
            "jti": str(self.certificate.serial_number),
            "nbf": self.now - timedelta(minutes=5),
            "exp": self.now + 30 * _DAY,
        }
        told = {name: value for name, value in (usual | claims).items() if value is not None}
        named = {"x5t": _base64url(self.sha1)} if headers is None else headers
        return _signed(told, named, algorithm=algorithm, key=key)


def _signed(claims: dict[str, Any], headers: dict[str, str], *, algorithm: str = "RS256", key: Any = None) -> str:
    import jwt

    return jwt.encode(claims, key or _key(), algorithm=algorithm, headers=headers)


async def _make_signer(world: World, actor: str, *, starts: datetime, ends: datetime) -> _Signer:
    """An application with its principal and a certificate of its own."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from contract_tests.self_signed import self_signed

    certificate = self_signed(_key(), "d365-contract", starts, ends)
    der = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    key = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": der, "displayName": f"CN={actor}"}
    await make_application(world, actor, keyCredentials=[key])
    await make_principal(world, actor)
    audience = f"{world.place.base('login')}/{world.place.tenant_id}/oauth2/v2.0/token"
    signer = _Signer(certificate, world.values[f"{actor}.client_id"], audience, await world.now())
    world.values |= {
        f"{actor}.thumbprint": signer.sha1.hex().upper(),
        f"{actor}.starts": f"{certificate.not_valid_before_utc:%m/%d/%Y %H:%M:%S}",
        f"{actor}.ends": f"{certificate.not_valid_after_utc:%m/%d/%Y %H:%M:%S}",
        f"{actor}.assertion": signer.sign(),
    }
    return signer


async def _certified(world: World, name: str) -> None:
    """A good certificate, and an assertion with each flaw."""
    now = await world.now()
    signer = await _make_signer(world, name, starts=now - _DAY, ends=now + _YEAR)
    ended = datetime(2020, 1, 1, tzinfo=UTC)
    unsigned, _, _ = signer.sign(jti="another").rpartition(".")
    _, _, signature = signer.sign().rpartition(".")
    flawed = {
        "modern": signer.sign({"x5t#S256": _base64url(signer.sha256)}, algorithm="PS256"),
        "named_by_kid": signer.sign({"kid": _base64url(signer.sha1)}),
        "of_unknown_key": signer.sign({"x5t": _base64url(bytes.fromhex(_UNREGISTERED))}),
        "of_unknown_kid": signer.sign({"kid": "d365-contract"}),
        "without_thumbprint": signer.sign({}),
        "wrongly_signed": f"{unsigned}.{signature}",
        "of_algorithm": signer.sign(algorithm="HS256", key="not a key of anybody's, but long enough"),
        "ended": signer.sign(nbf=ended - timedelta(hours=1), exp=ended),
        "ended_without_start": signer.sign(nbf=None, exp=ended),
        "for_others": signer.sign(aud="https://login.example.com/common/oauth2/v2.0/token"),
        "of_others": signer.sign(iss=world.values["absent"], sub=world.values["absent"]),
        "without_issuer": signer.sign(iss=None),
        "without_audience": signer.sign(aud=None),
    }
    world.values |= {f"{name}.{flaw}": assertion for flaw, assertion in flawed.items()}
    world.values[f"{name}.unknown_thumbprint"] = _UNREGISTERED


async def _certified_once(world: World, name: str) -> None:
    """A certificate that has ended."""
    now = await world.now()
    await _make_signer(world, name, starts=now - _DAY, ends=now + _SOON)
    await world.let_pass(2 * _SOON)


async def _certified_soon(world: World, name: str) -> None:
    """A certificate whose time has not come."""
    now = await world.now()
    await _make_signer(world, name, starts=now + _YEAR, ends=now + 2 * _YEAR)


async def _federated(world: World, name: str) -> None:
    """Trust in two other issuers, one of them nowhere to be found; and tokens about others than it trusts."""
    slug = world.values["slug"]
    await make_application(world, name)
    await make_principal(world, name)
    nowhere, subject = f"https://{slug}.invalid", f"repo:contoso/{slug}:ref:refs/heads/main"
    other = f"repo:contoso/{slug}:pull_request"
    for label, issuer in (("github", _GITHUB), ("nowhere", nowhere)):
        wish = {"name": f"{slug}-{label}", "issuer": issuer, "subject": subject, "audiences": [FEDERATED_AUDIENCE]}
        path = f"/v1.0/applications/{world.values[f'{name}.application_id']}/federatedIdentityCredentials"
        await world.operate("POST", "graph", path, wish)
    trusted = {"iss": _GITHUB, "sub": subject, "aud": FEDERATED_AUDIENCE, "exp": await world.now() + 30 * _DAY}
    tokens = {
        "of_other_issuer": {"iss": f"{_GITHUB}/"},
        "of_other_subject": {"sub": other},
        "in_other_case": {"sub": subject.upper()},
        "for_other_audience": {"aud": "api://of-another-cloud"},
        "of_nowhere": {"iss": nowhere},
    }
    world.values |= {f"{name}.{flaw}": _signed(trusted | changes, {"kid": slug}) for flaw, changes in tokens.items()}
    world.values |= {f"{name}.other_subject": other, f"{name}.capitals": subject.upper()}


def _base64url(raw: bytes) -> str:
    from contract_tests.self_signed import base64url

    return base64url(raw)


_SIGNING: Final = frozenset({"application_id", "client_id", "name", "principal_id"})
_CERTIFIED: Final = _SIGNING | {"thumbprint", "starts", "ends", "assertion"}

STAGES: Final[dict[str, Stage]] = {
    "certified": Stage(
        _certified,
        _CERTIFIED
        | {
            "modern", "named_by_kid", "of_unknown_key", "of_unknown_kid", "unknown_thumbprint", "without_thumbprint",
            "wrongly_signed", "of_algorithm", "ended", "ended_without_start", "for_others", "of_others",
            "without_issuer", "without_audience",
        },
    ),
    "certified_once": Stage(_certified_once, _CERTIFIED, needs_clock=True),
    "certified_soon": Stage(_certified_soon, _CERTIFIED),
    "federated": Stage(
        _federated,
        _SIGNING
        | {
            "of_other_issuer", "of_other_subject", "in_other_case", "for_other_audience", "of_nowhere",
            "other_subject", "capitals",
        },
    ),
}  # fmt: skip
