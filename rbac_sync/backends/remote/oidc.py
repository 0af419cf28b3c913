"""The check of signed identity tokens with the public keys of their issuer.

A CI system signs a token that names the person who started a run; an identity provider signs
one that names the person who logged in. PyJWT checks the signature, the issuer, the audience and
the term. It is imported when there is a token to check.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ...errors import BadResponse, CredentialError, RbacSyncError
from .response import quote_text

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)
"""Signatures with a key pair. *Why* no HS256: its one key both checks and makes signatures."""

REQUIRED = ("exp", "iat", "iss", "aud")
LEEWAY = 30
"""The seconds by which two clocks may differ."""

PATIENCE = 180.0
"""The seconds that a run waits for the keys of an issuer."""

LARGEST = 2**20
"""The largest key file that is read, in bytes."""

AGAIN = "get a new token: it is for one run, and lives for minutes"


def verified(token: str, issuer: str, audience: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the claims of *token*; *keys* is the issuer's JSON Web Key Set.

    Raises:
        CredentialError: *issuer* has not signed it for *audience*, or its term has ended.
        RbacSyncError: the library that checks signatures is not installed.
    """
    try:
        import jwt
    except ImportError as error:
        from ...installation import install_command

        hint = install_command("oidc")
        raise RbacSyncError("signed tokens cannot be checked here", hint=hint) from error
    try:
        key = _key(token, jwt.PyJWKSet.from_dict(dict(keys)))
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": list(REQUIRED)},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        why = quote_text(str(error)).lower() if isinstance(error, jwt.PyJWTError) else "it is none"
        raise CredentialError(f"the signed token is not accepted: {why}", hint=AGAIN) from error
    return claims


def _key(token: str, keys: Any) -> Any:
    """Return the key that *token* names; if it names none, the only key of the set."""
    import jwt

    named = jwt.get_unverified_header(token).get("kid")
    usable = (key for key in keys.keys if key.algorithm_name in ALGORITHMS)
    matching = [key for key in usable if named in (None, key.key_id)]
    if len(matching) != 1:
        raise jwt.InvalidKeyError("the issuer has no such key")
    return matching[0]


def key_set(place: str, folder: Path, seconds: float = PATIENCE) -> Mapping[str, Any]:
    """Return the key set at *place*: a URL, or a file, relative to *folder*.

    A request to a URL takes at most *seconds*.

    Raises:
        RbacSyncError: it cannot be read, or is no key set.
    """
    is_url = urlsplit(place).scheme in ("http", "https")
    content = _fetched(place, seconds) if is_url else _read(folder, place)
    if not isinstance(content, Mapping) or not isinstance(content.get("keys"), list):
        message = f"`{quote_text(place)}` holds no set of keys"
        raise BadResponse(message, hint='it is JSON that begins with `{"keys": [`')
    return content


def _fetched(url: str, seconds: float) -> Any:
    """Return the JSON at *url*; the request carries no credential."""
    from .client import Timeouts
    from .request import Request
    from .webhook import AnonymousClient

    parts = urlsplit(url)
    root, patience = f"{parts.scheme}://{parts.netloc}", Timeouts(total=seconds)
    with closing(AnonymousClient(root, patience)) as client:
        return client.send(Request("GET", parts.path.lstrip("/"))).value


def _read(folder: Path, name: str) -> Any:
    try:
        with (folder / name).open("rb") as file:
            return json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError) as error:
        why = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "no JSON"
        message = f"cannot read the keys in `{quote_text(name)}`: {why}"
        raise RbacSyncError(
            message, hint="write what the issuer publishes as `jwks_uri`"
        ) from error
