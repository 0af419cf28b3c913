"""The permissions of one tenant, in its catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...model import Catalogue, Level, Permission, Title


def with_permissions(known: Catalogue, names: Iterable[str]) -> Catalogue:
    """Return *known* with the permissions that the service names, which have no titles."""
    permissions = (Permission(name) for name in names)
    titles = {name: Title(name, Level.ACCOUNT) for name in permissions}
    return replace(known, titles={**titles, **known.titles})
