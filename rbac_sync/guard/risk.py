"""The risk of a gain: the one order in which every view lists effects and permissions."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Catalogue,
    Kind,
    ObjectLevel,
    Permission,
    State,
)


class Risk(StrEnum):
    """The reason why a reviewer must see an effect, the gravest first.

    ``UNKNOWN`` is a permission that the catalogue does not list, so that its effect is not
    known. ``REACH`` is a gain in the account, in every workspace, or of everyone; ``OUTSIDER``
    a gain of a person at a mail domain that no owner has; ``DELETION`` a loss because
    the principal or the scope is deleted.
    """

    ACCESS = "access"
    SECRETS = "secrets"
    UNKNOWN = "unknown"
    REACH = "reach"
    OUTSIDER = "outsider"
    DELETION = "deletion"
    PLAIN = "plain"
    LOSS = "loss"

    @property
    def grave(self) -> bool:
        """True if no view may leave such a gain out."""
        return self not in (Risk.DELETION, Risk.PLAIN, Risk.LOSS)


RANKS = {risk: rank for rank, risk in enumerate(Risk)}
LEVELS = frozenset(level.permission for level in ObjectLevel)
WIDE = (ACCOUNT, ANYWHERE)


def home_domains(state: State, catalogue: Catalogue) -> frozenset[str]:
    """Return the mail domains of the owners of the account, whose people are no outsiders."""
    owners = state.holders(catalogue.owner, ACCOUNT)
    return frozenset(_domain(owner) for owner in owners if owner.kind is Kind.USER)


def is_outsider(principal: Address, home: frozenset[str]) -> bool:
    """Say whether *principal* is a person at a domain not in *home*; never if *home* is empty."""
    return bool(home) and principal.kind is Kind.USER and _domain(principal) not in home


def _domain(user: Address) -> str:
    return user.key.rpartition("@")[2]


class Ranking:
    """Permissions and gains by risk, as one catalogue has them; *home* are the owners' domains."""

    def __init__(self, catalogue: Catalogue, home: frozenset[str] = frozenset()) -> None:
        self._catalogue, self._home = catalogue, home

    def of(self, permission: Permission) -> Risk:
        """Return the risk of holding *permission* anywhere."""
        if permission in LEVELS:
            return Risk.ACCESS if permission == ObjectLevel.MANAGE.permission else Risk.PLAIN
        if permission in self._catalogue.managing:
            return Risk.ACCESS
        if permission in self._catalogue.reads_secrets:
            return Risk.SECRETS
        return Risk.PLAIN if permission in self._catalogue.titles else Risk.UNKNOWN

    def sorted(self, permissions: Iterable[Permission]) -> tuple[Permission, ...]:
        """Return *permissions*, the riskiest first, then by name."""
        return tuple(sorted(permissions, key=lambda p: (RANKS[self.of(p)], p)))

    def gain(self, principal: Address, scope: Address, gained: Iterable[Permission]) -> Risk:
        """Return the gravest risk of *principal* gaining *gained* in *scope*."""
        risks = {self.of(permission) for permission in gained}
        if not risks:
            return Risk.LOSS
        if scope in WIDE or principal == EVERYONE:
            risks.add(Risk.REACH)
        if is_outsider(principal, self._home):
            risks.add(Risk.OUTSIDER)
        return min(risks, key=RANKS.__getitem__)

    def grave(self, permissions: Iterable[Permission]) -> tuple[Permission, ...]:
        """Return those of *permissions* that are a risk wherever they are held."""
        return tuple(p for p in permissions if self.of(p).grave)
