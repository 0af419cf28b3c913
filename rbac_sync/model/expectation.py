"""The expectations of ``[[test]]`` tables: three questions, each with its answer.

``scope`` is the account, one workspace, or ``ANYWHERE``: every workspace, each by itself.
``warns`` says that a failure is advice and refuses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Place
from .address import Address
from .resources import Permission, Permissions


@dataclass(frozen=True, slots=True)
class Ability:
    """The permissions that *who* has in *scope*.

    It holds all of ``can`` and nothing of ``cannot``; nothing but ``only``, nothing beyond the
    role ``at_most``, and all of the role ``at_least``, where these are not None.
    """

    name: str
    who: Address
    scope: Address
    can: Permissions = frozenset()
    cannot: Permissions = frozenset()
    only: Permissions | None = None
    at_most: Address | None = None
    place: Place | None = None
    warns: bool = False
    at_least: Address | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """A role or a permission that can be held, under the name it is written with.

    ``roles`` are several where a name is that of a role of the account and of
    one of workspaces.
    """

    name: str
    roles: frozenset[Address] = frozenset()
    permission: Permission | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    """The permitted holders of *asset* in *scope*.

    Nobody but ``only``, a team standing for its members, and no more than ``at_most`` and no
    fewer than ``at_least`` people and service accounts, where these are not None.
    """

    name: str
    asset: Asset
    scope: Address
    only: frozenset[Address] | None = None
    at_most: int | None = None
    place: Place | None = None
    warns: bool = False
    at_least: int | None = None


@dataclass(frozen=True, slots=True)
class Separation:
    """Assets of which no principal outside of ``exempt`` may hold two together.

    ``scope`` None: not even one here and one there, the account included.
    """

    name: str
    assets: tuple[Asset, ...]
    scope: Address | None = None
    exempt: frozenset[Address] = frozenset()
    place: Place | None = None
    warns: bool = False


Expectation = Ability | Circle | Separation
"""One ``[[test]]``."""
