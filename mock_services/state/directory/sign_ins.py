"""Refresh tokens: what lets a client renew a person's sign-in, by whom, and until when."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from mock_services.state.directory.records import RefreshToken, digest
from mock_services.state.directory.section import Section
from mock_services.state.directory.tables import REFRESH_TOKENS

_TABLE = REFRESH_TOKENS.c
REFRESHABLE = timedelta(days=90)
"""How long a refresh token lasts unused (entra-docs refresh-tokens.md)."""
REFRESHABLE_IN_PAGES = timedelta(hours=24)
"""How long those last, used or not, that a single-page application is issued (the same)."""


class SignIns(Section):
    """The sign-ins of people that clients may renew. Only a hash of each token is kept."""

    def issue_refresh_token(
        self, *, client_id: str, user_id: str, scope: str, amr: str, is_public: bool, page_until: datetime | None = None
    ) -> str:
        """A new refresh token for one client (by its application id) and one user: its text, told this once.

        `scope` is what was asked for, `amr` how the person proved who they are. `is_public`: the client showed no
        credential. `page_until`: the fixed end of those that are issued to a single-page application.
        """
        text = f"1.{self.chance.text(32)}.fake-refresh-{self.chance.text(80)}"
        now = self.clock.now()
        made = RefreshToken(
            sha256=digest(text),
            client_id=client_id.lower(),
            user_id=user_id.lower(),
            scope=scope,
            amr=amr,
            issued=now,
            ends=page_until or now + REFRESHABLE,
            revoked=False,
            is_public=is_public,
            is_page=page_until is not None,
        )
        self._forget_old()
        self.store.write(sa.insert(REFRESH_TOKENS).values(**vars(made)))
        return text

    def refresh_token(self, text: str) -> RefreshToken | None:
        """The refresh token with this text, whatever became of it."""
        row = self.store.row(sa.select(REFRESH_TOKENS).where(_TABLE.sha256 == digest(text)))
        return RefreshToken(**row) if row else None

    def _forget_old(self) -> None:
        """An ended token is told apart from an unknown one for as long again, then forgotten."""
        self.store.write(sa.delete(REFRESH_TOKENS).where(_TABLE.ends < self.clock.now() - REFRESHABLE))
