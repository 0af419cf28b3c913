"""The expectations of ``[[test]]`` tables, of three kinds.

``scope`` is the account, one workspace, or ``ANYWHERE``: every workspace, each by itself.
``warns`` says that a failure is only advice.
"""

from __future__ import annotations

from ..dataclasses import dataclass
from ..errors import Place
from .address import Address
from .resources import Permission, Permissions


@dataclass(frozen=True, slots=True)
class Ability:
    """The permissions that *who* has in *scope*.

    They contain all of ``can`` and nothing of ``cannot``; where these are not None, nothing but
    ``only``, nothing beyond the role ``at_most``, and all of the role ``at_least``.
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
    """A role or a permission, under the name with which the configuration writes it.

    ``roles`` has two elements if a role of the account and a role of workspaces have the name.
    """

    name: str
    roles: frozenset[Address] = frozenset()
    permission: Permission | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    """The permitted holders of *asset* in *scope*.

    Only the principals of ``only``, where a team stands for its members; at most ``at_most`` and
    at least ``at_least`` people and service accounts. None is no such limit.
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

    With ``scope`` None, nobody may hold two of them even in different scopes, the account included.
    """

    name: str
    assets: tuple[Asset, ...]
    scope: Address | None = None
    exempt: frozenset[Address] = frozenset()
    place: Place | None = None
    warns: bool = False


Expectation = Ability | Circle | Separation
"""One ``[[test]]``."""
