"""The author of a change, proved by a signed token or named by the user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import CredentialError
from ..guard.rules.standing import PROVE
from ..model import Address, Policy, label
from .configuration import Configuration
from .run_options import RunOptions


def actor(configuration: Configuration, options: RunOptions) -> str:
    """Return the actor of the signed token of *options*, in its issuer's words; empty without one.

    Raises:
        CredentialError: the token is not accepted, or is from a run for another purpose.
        RbacSyncError: the keys of the issuer cannot be read.
    """
    settings = configuration.known.root.document.guard.authors
    if settings is None or not options.token:
        return ""
    from ..backends.remote import oidc

    keys = oidc.key_set(settings.jwks, configuration.folder)
    claims = oidc.verified(options.token, settings.issuer, settings.audience, keys)
    for name, expected in settings.claims.items():
        if (value := _text(claims, name)) != expected:
            message = f"the signed token is for {name} `{value}`, not `{expected}`"
            raise CredentialError(message, hint="it has to come from a run for this configuration")
    if not (value := _text(claims, settings.actor)):
        message = f"the signed token does not say `{settings.actor}`"
        raise CredentialError(message, hint="name the claim in `actor` of `[guard.authors]`")
    return value


def author(policy: Policy, options: RunOptions, actor: str) -> Address | None:
    """Return the author of the change, None if nobody is named.

    Raises:
        CredentialError: *actor* is not known here, or is another person than the named one.
    """
    if not actor:
        return options.author
    proved = (policy.authors or {}).get(actor)
    if proved is None:
        message = f"`{actor}`, for whom the signed token speaks, is nobody here"
        raise CredentialError(message, hint="add it to `[guard.authors.principals]`")
    if options.author not in (None, proved):
        assert options.author is not None, "somebody is named"
        message = (
            f"the signed token speaks for `{label(proved)}`, not for `{label(options.author)}`"
        )
        raise CredentialError(message, hint="leave `--on-behalf-of` out: the token says who")
    return proved


def proved_author(policy: Policy, options: RunOptions, actor: str) -> Address | None:
    """Return the author of the change, as ``author`` does, with proof where proof is possible.

    Raises:
        CredentialError: nothing proves it.
    """
    if options.author is not None and policy.authors is not None and not actor:
        message = f"nothing proves that `{label(options.author)}` wrote this"
        raise CredentialError(message, hint=PROVE)
    return author(policy, options, actor)


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    return value if isinstance(value, str) else ""
