"""The issuer of identity tokens that the server trusts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from ..backends.remote.oidc import key_set, verified
from ..errors import CredentialError, RbacSyncError
from ..model.address import folded

FRESH = 300.0
"""Seconds for which the keys of an issuer are not read again, even for an unknown key."""

SOON = 30.0
"""Seconds until the keys are read again after a failure."""

PATIENCE = 5.0
"""Seconds that a log-in waits for the keys."""

UNPROVEN = "the identity token does not say that its e-mail address was verified"
Keys = Mapping[str, Any]


class Issuer:
    """Checks identity tokens of one issuer for one audience.

    ``jwks`` is the place of its keys: an https URL, or a file in the
    working folder of the server.
    """

    def __init__(
        self, name: str, audience: str, jwks: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name, self.audience, self.jwks = name, audience, jwks
        self._clock, self._lock = clock, Lock()
        self._known: Keys | None = None
        self._again = clock()

    def email(self, id_token: str) -> str:
        """Return the e-mail address of the token's owner, in lower case.

        *Why* only a verified one: some issuers accept any address from users.

        Raises:
            CredentialError: the token is not signed for this server, has ended, or has no address.
            RbacSyncError: the keys of the issuer cannot be read.
        """
        claims = verified(id_token, self.name, self.audience, self._keys())
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            raise CredentialError(UNPROVEN)
        return folded(email)

    def _keys(self) -> Keys:
        with self._lock:
            if self._clock() >= self._again:
                self._learn()
            if self._known is None:
                message = "the issuer's keys could not be had a moment ago"
                raise RbacSyncError(message, hint="they are asked for again before long")
            return self._known

    def _learn(self) -> None:
        """Read the keys of the issuer.

        *Why* the old ones are dropped after a failure: one of them may have been withdrawn.
        """
        self._known, self._again = None, self._clock() + SOON
        self._known = key_set(self.jwks, Path(), PATIENCE)
        self._again = self._clock() + FRESH
