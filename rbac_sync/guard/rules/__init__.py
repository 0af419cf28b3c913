"""The guard's rules by id. Each is a function; none silences another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..findings import Finding
from ..inquiry import Inquiry
from .authority import (
    author,
    capability,
    dominance,
    duration,
    escalation,
    last_owner,
    no_authority,
    self_lockout,
)
from .expectations import test
from .policy import bot, default_role, expiry, protected, public, threshold
from .sense import builtin, external, in_use, invalid, unsupported
from .transient import transient

Rule = Callable[[Inquiry], Iterator[Finding]]

RULES: Mapping[str, Rule] = {
    "NO_AUTHORITY": no_authority,
    "CAPABILITY": capability,
    "ESCALATION": escalation,
    "DOMINANCE": dominance,
    "DURATION": duration,
    "LAST_OWNER": last_owner,
    "TRANSIENT": transient,
    "SELF_LOCKOUT": self_lockout,
    "BUILTIN": builtin,
    "IN_USE": in_use,
    "DEFAULT_ROLE": default_role,
    "BOT": bot,
    "PUBLIC": public,
    "EXPIRY": expiry,
    "THRESHOLD": threshold,
    "EXTERNAL": external,
    "INVALID": invalid,
    "UNSUPPORTED": unsupported,
    "PROTECTED": protected,
    "TEST": test,
    "AUTHOR": author,
}
"""In the order in which findings are shown; the position gives the code, ``RS401`` first."""

CODES: Mapping[str, str] = {rule: f"RS4{n:02}" for n, rule in enumerate(RULES, 1)}


def examine(inquiry: Inquiry) -> list[Finding]:
    """Run every rule on *inquiry* and return all that they find."""
    return [finding for rule in RULES.values() for finding in rule(inquiry)]
