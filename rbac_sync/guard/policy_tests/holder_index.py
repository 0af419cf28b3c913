"""An index of holders: the assets that each principal holds by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from ...model import ACCOUNT, EVERYONE, Address, Kind, Role
from ...model.expectation import Asset
from ..access import Access
from ..affected import Affected


class HolderIndex:
    """The assets that principals may hold, terms ignored, kept up to date with a draft."""

    def __init__(self, assets: Iterable[Asset], access: Access) -> None:
        self._assets, self._access = tuple(assets), access
        self._own: dict[Address, frozenset[Asset]] = {}

    def touch(self, affected_by: Iterable[Affected]) -> None:
        """Look again at the holders at *affected_by* when they are asked for."""
        for holder, _ in affected_by:
            self._own.pop(holder, None)

    def suspects(self, behind: Callable[[Address], Iterable[Address]]) -> list[Address]:
        """Return the principals that may hold two of the assets, sorted, without teams.

        *behind* returns the principals of a holder.
        """
        counts = Counter[Address]()
        for asset in self._assets:
            counts.update({who for holder in self._holders_of(asset) for who in behind(holder)})
        return sorted(who for who, count in counts.items() if count > 1)

    def _holders_of(self, asset: Asset) -> set[Address]:
        """Return the holders of a role that gives *asset* in the account or in a workspace."""
        state = self._access.state
        giving = (
            r for r in {*state.of(Role), *asset.roles} if gives(r, ACCOUNT, asset, self._access)
        )
        return {binding.principal for role in giving for binding in state.bindings_with(role)}

    def of(self, principal: Address) -> frozenset[Asset]:
        """Return the assets that *principal* may hold: its own, by teams, or as everyone."""
        return frozenset().union(*map(self._held_by, self._holders(principal)))

    def _holders(self, principal: Address) -> Iterator[Address]:
        yield principal
        yield from self._access.state.memberships_of(principal)
        if principal.kind is Kind.USER:
            yield EVERYONE

    def _held_by(self, holder: Address) -> frozenset[Asset]:
        if holder not in self._own:
            self._own[holder] = frozenset(
                asset
                for scope in self._access.state.scopes_of(holder)
                for holding in self._access.state.holdings(holder, scope)
                for asset in self._assets
                if gives(holding.role, scope, asset, self._access)
            )
        return self._own[holder]


def gives(role: Address, scope: Address, asset: Asset, access: Access) -> bool:
    """Say whether *role*, held in *scope*, gives *asset* there or in a workspace below."""
    above = scope == ACCOUNT
    if asset.permission is None:
        return not asset.roles.isdisjoint({role, *(implied(role, access) if above else ())})
    mask = access.roles.here(role) | (access.roles.below(role) if above else 0)
    return bool(mask & access.alphabet.mask((asset.permission,)))


def implied(role: Address, access: Access) -> frozenset[Address]:
    """Return the roles that an account *role* gives in every workspace."""
    resource = access.state.get(role)
    return resource.implies if isinstance(resource, Role) else frozenset()
