"""Sign-ins on their way: device codes and authorization codes not yet redeemed, browsers that are signed in.

They live minutes, in memory, for a whole cloud: a device code asked for at `organizations` has no tenant until
somebody signs in. Of each secret only the hash is kept, as its key.
"""

import hashlib
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from mock_services.chance import Chance

DEVICE_CODE_LIFE = timedelta(minutes=15)  # expires_in 900 of every recorded device-code answer
AUTHORIZATION_CODE_LIFE = timedelta(minutes=10)  # entra-docs v2-oauth2-auth-code-flow.md: about ten minutes
BROWSER_LIFE = timedelta(hours=24)  # entra-docs: a session cookie that is not persistent lasts 24 hours
_MOST = 5_000
_TRACKED_PASSWORDS = 3  # entra-docs howto-password-smart-lockout.md: the same one again is not counted again
# Recorded user codes have nine of these: no vowels but A, E and U, nothing that looks like another.
_USER_CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Decision(StrEnum):
    """What became of a device code."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"


@dataclass
class DeviceSignIn:
    """A device that waits for somebody to enter its code elsewhere."""

    client_id: str
    tenant: str
    """As the device's own path spells it: a tenant, or `organizations`."""
    scope: str
    version: int
    ends: datetime
    decision: Decision = Decision.OPEN
    tenant_id: str = ""
    user_id: str = ""
    amr: str = "pwd"
    redeemed: bool = False


@dataclass
class AuthorizationCode:
    """A person's consent on its way back to a client."""

    client_id: str
    tenant_id: str
    user_id: str
    redirect_uri: str
    platform: str
    """What kind of application the redirect is registered for, in login's words."""
    scope: str
    version: int
    nonce: str
    challenge: str
    challenge_method: str
    ends: datetime
    amr: str = "pwd"
    redeemed: bool = False


@dataclass(frozen=True)
class BrowserSession:
    """A browser in which somebody is signed in."""

    tenant_id: str
    user_id: str
    amr: str
    since: datetime
    ends: datetime


@dataclass
class Attempts:
    """Wrong passwords for one account, in a row."""

    wrong: int = 0
    locked_until: datetime | None = None
    _last: deque[str] = field(default_factory=lambda: deque(maxlen=_TRACKED_PASSWORDS), repr=False)
    """Hashes of the last that were counted."""

    def is_locked(self, now: datetime) -> bool:
        """Whether the account takes no password now."""
        return self.locked_until is not None and now < self.locked_until

    def failed(self, password: str, now: datetime, *, most: int, lock: timedelta) -> None:
        """Count a wrong password that is none of the last three; at the `most`-th lock the account for a while."""
        hashed = _hashed(password)
        if hashed in self._last:
            return
        self._last.append(hashed)
        self.wrong += 1
        if self.wrong >= most:
            self.locked_until = now + lock

    def succeeded(self) -> None:
        """Start counting anew."""
        self.wrong, self.locked_until = 0, None
        self._last.clear()


class _Ends(Protocol):
    @property
    def ends(self) -> datetime: ...


_Kept = TypeVar("_Kept", bound=_Ends)


@dataclass
class PendingSignIns:
    """All sign-ins of a cloud that are on their way."""

    chance: Chance
    _devices: dict[str, DeviceSignIn] = field(default_factory=dict, repr=False)
    _user_codes: dict[str, DeviceSignIn] = field(default_factory=dict, repr=False)
    _codes: dict[str, AuthorizationCode] = field(default_factory=dict, repr=False)
    _browsers: dict[str, BrowserSession] = field(default_factory=dict, repr=False)
    _asked: dict[str, deque[datetime]] = field(default_factory=dict, repr=False)
    _attempts: dict[str, Attempts] = field(default_factory=dict, repr=False)

    def add_device(self, sign_in: DeviceSignIn) -> tuple[str, str]:
        """Wait for somebody: the device code and the code that people enter."""
        device_code = self.chance.text(120)
        user_code = self.chance.text(9, _USER_CODE_ALPHABET)
        _keep(self._devices, device_code, sign_in)
        _keep(self._user_codes, user_code, sign_in)
        return device_code, user_code

    def device(self, device_code: str) -> DeviceSignIn | None:
        """What waits under a device code, whatever became of it."""
        return self._devices.get(_hashed(device_code))

    def device_by_user_code(self, user_code: str) -> DeviceSignIn | None:
        """What waits under the code that people enter, in any case and with hyphens or blanks."""
        return self._user_codes.get(_hashed("".join(c for c in user_code.upper() if c.isalnum())))

    def add_code(self, code: AuthorizationCode) -> str:
        """An authorization code: its text."""
        text = f"1.{self.chance.text(90)}"
        _keep(self._codes, text, code)
        return text

    def code(self, text: str) -> AuthorizationCode | None:
        """What an authorization code stands for, whatever became of it."""
        return self._codes.get(_hashed(text))

    def attempts(self, tenant_id: str, user_id: str) -> Attempts:
        """The wrong passwords of one account; tenants begin with the same ids."""
        return self._attempts.setdefault(f"{tenant_id}/{user_id}", Attempts())

    def count(self, key: str, now: datetime, *, within: timedelta, most: int) -> int:
        """How often something was asked for within this time, this once included; counts no further than `most` + 1."""
        asked = self._asked.get(key)
        if asked is None:
            while len(self._asked) >= _MOST:
                self._asked.pop(next(iter(self._asked)))
            asked = self._asked.setdefault(key, deque(maxlen=most + 1))
        asked.append(now)
        return sum(1 for each in asked if each > now - within)

    def add_browser(self, session: BrowserSession) -> str:
        """Keep somebody signed in in a browser: the cookie's value."""
        text = self.chance.text(64)
        _keep(self._browsers, text, session)
        return text

    def browser(self, cookie: str) -> BrowserSession | None:
        """Whose browser this cookie is."""
        return self._browsers.get(_hashed(cookie))

    def forget_browser(self, cookie: str) -> None:
        """Sign a browser out."""
        self._browsers.pop(_hashed(cookie), None)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _keep(kept: dict[str, _Kept], text: str, value: _Kept) -> None:
    """Bounded: when there are too many, the oldest go."""
    while len(kept) >= _MOST:
        kept.pop(next(iter(kept)))
    kept[_hashed(text)] = value
