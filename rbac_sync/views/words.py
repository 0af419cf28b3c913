"""The wording of roles, terms, lists, places and paths."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ..errors import Place
from ..model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Holding,
    Instant,
    Kind,
    Membership,
    Role,
    State,
    label,
)
from ..model.address import listed_name
from ..model.instant import rfc3339
from ..planning import Plan

if TYPE_CHECKING:
    from ..guard import Path

VALID = "Success! The configuration is valid."
RUN = 8
"""The number of characters of a run's id that are shown; enough for `undo`."""


def holder_name(holder: Address) -> str:
    """Return the name of a principal as a source of roles; everyone is the default role."""
    return "default role" if holder == EVERYONE else label(holder)


def term(since: Instant | None, until: Instant | None, reason: str = "") -> str:
    """Return a term as `` (from A until B; reason: C)`` with a leading blank; empty without any."""
    ends = [f"from {rfc3339(since)}"] if since else []
    ends += [f"until {rfc3339(until)}"] if until else []
    parts = [" ".join(ends)] if ends else []
    parts += [f"reason: {reason}"] if reason else []
    return f" ({'; '.join(parts)})" if parts else ""


def to_the_second(instant: Instant) -> str:
    """Return *instant* as RFC 3339 without a fraction of a second."""
    return rfc3339(instant.replace(microsecond=0))


def element(value: object) -> str:
    """Return one element of a set as text: a holding, a membership, a role or a permission."""
    match value:
        case Holding():
            return value.role.name + term(value.since, value.until, value.reason)
        case Membership():
            return label(value.principal) + term(value.since, value.until, value.reason)
        case Address(kind=Kind.ROLE):
            return value.name
        case Address():
            return listed_name(value)
    return str(value)


def listed(names: Sequence[str], most: int, conjunction: str = "and") -> str:
    """Return ``a, b and c``, or ``a, b and 7 more`` if there are more than *most*."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1:,} more"
    if len(names) > 1:
        return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"
    return "".join(names)


def counted(count: int, thing: str) -> str:
    """Return ``1 permission``, ``1,200 permissions``, ``2 people``."""
    plural = "people" if thing == "person" else f"{thing}s"
    return f"{count:,} {thing if count == 1 else plural}"


def counted_principals(principals: AbstractSet[Address]) -> str:
    """Return ``2 principals``, ``everyone``, ``everyone and 1 principal``.

    *Why* not a number for everyone: it stands for all users of the account.
    """
    if EVERYONE not in principals:
        return counted(len(principals), "principal")
    others = len(principals) - 1
    return f"{label(EVERYONE)} and {counted(others, 'principal')}" if others else label(EVERYONE)


def format_place(place: Place | None) -> str:
    """Return ``  (people.toml:12)`` with its blanks; empty for no place."""
    return f"  ({place.file_line})" if place else ""


def describe_timing(path: Path, now: Instant) -> str:
    """Return ``not yet: `` or ``no longer: `` for a *path* not open at *now*; else empty."""
    if path.holds(now):
        return ""
    return "not yet: " if path.since and now < path.since else "no longer: "


def describe_path(path: Path, principal: Address, state: State, scope_text: str) -> str:
    """Return *path* as text: ``through team:oncall, which holds ...``.

    *scope_text* names the scope of the role, such as `` in workspace prod``, or is
    empty if the context names it; *state* has the roles.
    """
    role, ends = path.role.name, term(path.since, path.until, path.reason)
    own = path.holder == principal
    if path.bound.kind is Kind.OBJECT:
        way = "" if own else f"through {label(path.holder)}, which is "
        return f"{way}on its access list for {role}{ends}"
    if path.bound == ACCOUNT and path.scope != ACCOUNT:
        way = "as" if own else f"through {label(path.holder)}, which is"
        return f"{way} account {role}{_reach(path.role, state)}{ends}"
    if path.holder == EVERYONE:
        return f"by the default role {role}{scope_text.replace(' in ', ' of ', 1)}{ends}"
    if own:
        return f"as {role}{scope_text}{ends}"
    return f"through {label(path.holder)}, which holds {role}{scope_text}{ends}"


def _reach(role: Address, state: State) -> str:
    """Return the roles that an account role implies in every workspace, as text."""
    resource = state.get(role)
    below = sorted(role.name for role in resource.implies) if isinstance(resource, Role) else []
    if below == ["owner"]:
        return ", who owns every workspace"
    return f", who is {listed(below, 3)} in every workspace" if below else ""


def unseen_sentence(plan: Plan) -> str:
    """Return a sentence on the managed parts that the read could not see."""
    return f"{counted(len(plan.unknown), 'managed part')} could not be seen."
