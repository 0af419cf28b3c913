"""API keys: how they are made, and the only form in which they are kept.

*Why* a plain SHA-256: a key is 214 random bits, not a password that people
choose, so there is nothing to guess and no need for a slow hash.
"""

from __future__ import annotations

import hmac
import secrets
import string
from hashlib import sha256

PREFIX = "rbs_"
LENGTH = 36
ALPHABET = string.ascii_letters + string.digits


def new_key() -> str:
    """Return a fresh secret. It is shown once and kept nowhere."""
    return PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def hashed(key: str) -> str:
    """Return what is kept of a key: its SHA-256 in hex. Any bytes of the environment will do."""
    return sha256(key.encode(errors="surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Say whether two hashes are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)
