"""Who wrote a change: as a signed token proves it, or as somebody says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..backends import identity
from ..errors import CredentialError
from ..guard.rules.authority import PROVE
from ..model import Address, Policy, label
from .configuration import Configuration, Wish


def actor(configuration: Configuration, wish: Wish) -> str:
    """Return for whom the token of *wish* speaks, in its issuer's words; empty without one.

    Raises:
        CredentialError: it is not accepted, or of a run for something else.
        RbacSyncError: the keys to check it with cannot be had.
    """
    asked = configuration.sources.root.document.guard.authors
    if asked is None or not wish.token:
        return ""
    keys = identity.key_set(asked.jwks, configuration.folder)
    claims = identity.verified(wish.token, asked.issuer, asked.audience, keys)
    for name, wanted in asked.claims.items():
        if (found := _text(claims, name)) != wanted:
            message = f"the signed token is for {name} `{found}`, not `{wanted}`"
            raise CredentialError(message, hint="it has to come from a run for this configuration")
    if not (found := _text(claims, asked.actor)):
        message = f"the signed token does not say `{asked.actor}`"
        raise CredentialError(message, hint="name the claim in `actor` of `[guard.authors]`")
    return found


def author(policy: Policy, wish: Wish, actor: str) -> Address | None:
    """Return who wrote the change that *wish* is about, None if nobody is named.

    Raises:
        CredentialError: *actor* is nobody here, or somebody else.
    """
    if not actor:
        return wish.author
    proved = (policy.authors or {}).get(actor)
    if proved is None:
        message = f"`{actor}`, for whom the signed token speaks, is nobody here"
        raise CredentialError(message, hint="add it to `[guard.authors.principals]`")
    if wish.author not in (None, proved):
        assert wish.author is not None, "somebody is named"
        message = f"the signed token speaks for `{label(proved)}`, not for `{label(wish.author)}`"
        raise CredentialError(message, hint="leave `--on-behalf-of` out: the token says who")
    return proved


def proved_author(policy: Policy, wish: Wish, actor: str) -> Address | None:
    """Return who wrote the change, as ``author`` does; where it can be proved it has to be.

    Raises:
        CredentialError: nothing proves it.
    """
    if wish.author is not None and policy.authors is not None and not actor:
        message = f"nothing proves that `{label(wish.author)}` wrote this"
        raise CredentialError(message, hint=PROVE)
    return author(policy, wish, actor)


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = claims.get(name, "")
    return found if isinstance(found, str) else ""
