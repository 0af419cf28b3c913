"""Findings, and the ids of the rules that report them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from ..dataclasses import dataclass
from ..errors import Place
from ..model import Address, Permission


class RuleId(StrEnum):
    """The name of a rule, as findings, reports and ``rbac-sync rule`` show it."""

    NO_AUTHORITY = "NO_AUTHORITY"
    CAPABILITY = "CAPABILITY"
    ESCALATION = "ESCALATION"
    DOMINANCE = "DOMINANCE"
    DURATION = "DURATION"
    LAST_OWNER = "LAST_OWNER"
    TRANSIENT = "TRANSIENT"
    SELF_LOCKOUT = "SELF_LOCKOUT"
    BUILTIN = "BUILTIN"
    IN_USE = "IN_USE"
    DEFAULT_ROLE = "DEFAULT_ROLE"
    BOT = "BOT"
    PUBLIC = "PUBLIC"
    EXPIRY = "EXPIRY"
    THRESHOLD = "THRESHOLD"
    EXTERNAL = "EXTERNAL"
    INVALID = "INVALID"
    UNSUPPORTED = "UNSUPPORTED"
    PROTECTED = "PROTECTED"
    TEST = "TEST"
    AUTHOR = "AUTHOR"
    OUTCOME = "OUTCOME"
    REASON = "REASON"
    TERM = "TERM"
    UNSEEN = "UNSEEN"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason not to apply a plan.

    ``address`` is the subject of the finding; ``place`` is where the
    configuration declares it; ``scope`` and ``permissions`` (sorted) are those
    that exceed the limit, if the rule is about permissions.
    """

    rule: RuleId
    address: Address | None
    message: str
    hint: str
    scope: Address | None = None
    permissions: tuple[Permission, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class InvalidChange:
    """The reason why a change is invalid: the broken rule, a message and a hint."""

    rule: RuleId
    message: str
    hint: str


def listed(names: Sequence[str], most: int = 6) -> str:
    """Return *names* for a message; more than *most* are only counted."""
    text = ", ".join(f"`{name}`" for name in names[:most])
    return text + (f" and {len(names) - most} more" if len(names) > most else "")
