"""API keys: their creation, and their hash, the only form in which they are stored.

*Why* a plain SHA-256: a key has at least 130 random bits. It is not a password that
can be guessed, so a slow hash is not needed.
"""

from __future__ import annotations

import hmac
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
"""The prefix of the keys of each world, by the kind of the owner: clients check it."""

LENGTH = 36
LENGTHS: Mapping[str, int] = {"prefect-cloud-1": 22}
"""The number of characters after the prefix, in worlds where it is not the usual one."""

ACCESS, REFRESH = "pcs_", "pcr_"
"""The prefixes of the tokens of a log-in: of those for requests, and of those that renew it."""


def new_key(world: str = "", owner: Kind = Kind.USER) -> str:
    """Return a new secret for an *owner* in *world*. It is shown once and stored nowhere."""
    prefix = PREFIXES.get((world, owner), PREFIX)
    return prefix + random_text(LENGTHS.get(world, LENGTH))


def random_text(length: int = LENGTH) -> str:
    """Return *length* random letters and digits."""
    from secrets import choice
    from string import ascii_letters, digits

    return "".join(choice(ascii_letters + digits) for _ in range(length))


def masked_key(key: str) -> str:
    """Return the prefix and the last four characters of a key, which may be shown."""
    prefix, _, rest = key.partition("_")
    return f"{prefix}_...{rest[-4:]}"


def hashed(key: str) -> str:
    """Return the SHA-256 of a key in hex, which the store has. A key may have any bytes."""
    return sha256(key.encode(errors="surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Say whether two hashes are equal, in a time that does not depend on their difference."""
    return hmac.compare_digest(one, other)
