"""API keys: how they are made, and the only form in which they are kept.

*Why* a plain SHA-256: a key is at least 130 random bits, not a password that
people choose, so there is nothing to guess and no need for a slow hash.
"""

from __future__ import annotations

import hmac
import secrets
import string
from collections.abc import Mapping
from hashlib import sha256

from ..model import Kind

PREFIX = "rbs_"
PREFIXES: Mapping[tuple[str, Kind], str] = {
    ("prefect-cloud", Kind.USER): "pnu_",
    ("prefect-cloud", Kind.SERVICE_ACCOUNT): "pnb_",
    ("prefect-cloud-1", Kind.USER): "pcu_",
    ("prefect-cloud-1", Kind.SERVICE_ACCOUNT): "pcu_",
}
"""How the keys of each world begin, by their owner's kind: its clients look at that."""

LENGTH = 36
LENGTHS: Mapping[str, int] = {"prefect-cloud-1": 22}
"""How many characters follow, where it is another number in a world."""

ALPHABET = string.ascii_letters + string.digits


def new_key(world: str = "", owner: Kind = Kind.USER) -> str:
    """Return a fresh secret for an *owner* in *world*. It is shown once and kept nowhere."""
    prefix = PREFIXES.get((world, owner), PREFIX)
    return prefix + random_text(LENGTHS.get(world, LENGTH))


def random_text(length: int = LENGTH) -> str:
    """Return *length* letters and digits that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def masked_key(key: str) -> str:
    """Return what may be shown of a key: its prefix and its last four characters."""
    prefix, _, rest = key.partition("_")
    return f"{prefix}_...{rest[-4:]}"


def hashed(key: str) -> str:
    """Return what is kept of a key: its SHA-256 in hex. Any bytes of the environment will do."""
    return sha256(key.encode(errors="surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Say whether two hashes are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)
