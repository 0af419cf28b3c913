"""Where guard and oracle may differ, each with its reason."""

from __future__ import annotations

from rbac_sync.model import Key, User


def leaves(case):
    """Say whether the applier removes itself."""
    return any(
        c.after is None and isinstance(c.before, User) and c.before.address == case.applier
        for c in case.changes
    )


def keys_of_ones_own_for_an_author(case):
    """Say whether a key of one of two appliers is made or revoked."""
    both = (case.applier, case.author)
    return case.author is not None and any(
        isinstance(c.resource, Key) and c.resource.owner in both for c in case.changes
    )


DIFFERENCES = {
    leaves: "a plan that removes its own applier asks for the right to; only the server's own "
    "route for leaving does without",
    keys_of_ones_own_for_an_author: "a key is one's own only where applier and author are the "
    "same; the oracle looks at the applier alone",
}
"""A question to a case: why the verdicts may then differ. The property on states always holds."""
