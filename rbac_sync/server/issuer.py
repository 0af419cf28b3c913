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
"""Seconds for which an issuer's keys are taken as read: whoever asks may send rubbish."""

SOON = 30.0
"""Seconds until they are asked for again when they could not be had."""

PATIENCE = 5.0
"""Seconds that whoever logs in waits for them."""

UNPROVEN = "the identity token does not say that its e-mail address was verified"
Keys = Mapping[str, Any]


class Issuer:
    """Checks identity tokens of one issuer, made for one audience.

    ``jwks`` is where its keys are published: an https URL, or a file in the
    folder that the server runs in.
    """

    def __init__(
        self, name: str, audience: str, jwks: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name, self.audience, self.jwks = name, audience, jwks
        self._clock, self._lock = clock, Lock()
        self._known: Keys | None = None
        self._again = clock()

    def email(self, id_token: str) -> str:
        """Return whose token this is: an e-mail address in lower case.

        *Why* only a verified one: some issuers let people claim any address.

        Raises:
            CredentialError: the issuer did not sign it for us, it has ended, or proves no address.
            RbacSyncError: the issuer's keys cannot be had.

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
        """Read the keys.

        *Why* none are remembered when that fails: one of them may have been withdrawn.
        """
        self._known, self._again = None, self._clock() + SOON
        self._known = key_set(self.jwks, Path(), PATIENCE)
        self._again = self._clock() + FRESH
