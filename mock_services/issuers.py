"""Other people's token services: the issuers that a federated credential trusts, such as a CI system's.

Entra fetches an issuer's keys from the issuer's own metadata. Here nothing is fetched: an issuer that a test opened
has keys, any other is out of reach, as one behind a firewall would be.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.signing import SigningKey

TOKEN_EXCHANGE = "api://AzureADTokenExchange"  # noqa: S105 - an audience, not a secret
"""The audience that federated credentials name by default (entra-docs workload-identity-federation.md)."""
_LIFETIME_S = 600
_LATER_S = 300


class Issuer:
    """One foreign token service, named by its `iss`."""

    def __init__(self, name: str, clock: FakeClock, chance: Chance) -> None:
        self.name = name
        self._clock = clock
        self._chance = chance
        self._key = SigningKey(rsa.generate_private_key(public_exponent=65537, key_size=2048))

    @property
    def keys(self) -> Mapping[str, rsa.RSAPublicKey]:
        """Key id -> public key, as its JWKS would publish them."""
        return {self._key.key_id: self._key.private.public_key()}

    def token(self, subject: str, audience: str = TOKEN_EXCHANGE, *, at: datetime | None = None, **claims: Any) -> str:
        """A token about `subject`, good for ten minutes from `at` (the cloud's present when None).

        `claims` are added to the usual ones or replace them.
        """
        now = int((at or self._clock.now()).timestamp())
        usual = {
            "iss": self.name,
            "sub": subject,
            "aud": audience,
            "iat": now,
            "nbf": now - _LATER_S,
            "exp": now + _LIFETIME_S,
            "jti": self._chance.guid(),
        }
        return jwt.encode({**usual, **claims}, self._key.private, algorithm="RS256", headers={"kid": self._key.key_id})


class Issuers:
    """The foreign issuers that can be reached from one fake cloud."""

    def __init__(self, clock: FakeClock, chance: Chance) -> None:
        self._clock = clock
        self._chance = chance
        self._known: dict[str, Issuer] = {}

    def open(self, name: str) -> Issuer:
        """The issuer of this name (an exact URL), which can be reached from now on."""
        if name not in self._known:
            self._known[name] = Issuer(name, self._clock, self._chance)
        return self._known[name]

    def close(self, name: str) -> None:
        """Put an issuer out of reach; tokens it has issued stay as they are."""
        self._known.pop(name, None)

    def reached(self, name: str) -> Issuer | None:
        """The issuer of this name, or None when it cannot be reached."""
        return self._known.get(name)
