"""Sets of permissions as whole numbers, one bit a permission.

*Why*: the guard compares a role with the applier's authority at every step of
a plan. On masks that is one machine operation for any number of permissions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..model import Address, Catalogue, Permission, Permissions, Role
from ..model.catalogue import opaque

Mask = int

Lookup = Callable[[Address], object]


class PermissionBits:
    """The numbering of permissions: each new one gets a bit of its own."""

    def __init__(self) -> None:
        self._bit: dict[Permission, Mask] = {}

    def mask(self, permissions: Iterable[Permission]) -> Mask:
        mask_value = 0
        for permission in permissions:
            mask_value |= self._bit.setdefault(permission, 1 << len(self._bit))
        return mask_value

    def names(self, mask: Mask) -> Permissions:
        return frozenset(p for p, bit in self._bit.items() if bit & mask)


class RoleMasks:
    """The permissions that each role of one state grants, closed, base role included.

    ``known`` returns the resource of the state at an address.
    """

    def __init__(self, known: Lookup, catalogue: Catalogue, alphabet: PermissionBits) -> None:
        self._known, self._catalogue, self._alphabet = known, catalogue, alphabet
        self._here: dict[Address, Mask] = {}
        self._below: dict[Address, Mask] = {}

    def here(self, role: Address) -> Mask:
        """Return the permissions of *role* in the scope of its binding."""
        if role not in self._here:
            resource = self._known(role)
            self._here[role] = (
                self.of(resource)
                if isinstance(resource, Role)
                else self._alphabet.mask([opaque(role)])
            )
        return self._here[role]

    def below(self, role: Address) -> Mask:
        """Return the permissions of the account role *role* in every workspace."""
        if role not in self._below:
            resource = self._known(role)
            self._below[role] = self.implied(resource) if isinstance(resource, Role) else 0
        return self._below[role]

    def of(self, role: Role) -> Mask:
        """Return the permissions of *role* as given here, in this state or not."""
        return self._alphabet.mask(self._catalogue.expanded(role, self._known))

    def closed(self, permissions: Iterable[Permission]) -> Mask:
        """Return *permissions* with all that they include."""
        return self._alphabet.mask(self._catalogue.closed(permissions))

    def implied(self, role: Role) -> Mask:
        """Return the permissions of *role*, as given here, in every workspace."""
        return union(self.here(r) for r in role.implies)

    def changed(self, role: Role) -> RoleMasks:
        """Return the permissions that each role grants once one of them is as *role*."""

        def known(address: Address) -> object:
            return role if address == role.address else self._known(address)

        return RoleMasks(known, self._catalogue, self._alphabet)

    def forget(self) -> None:
        """Forget all computed masks: a role has changed."""
        self._here.clear()
        self._below.clear()


def union(masks: Iterable[Mask]) -> Mask:
    """Return the permissions in any of *masks*."""
    result = 0
    for mask in masks:
        result |= mask
    return result
