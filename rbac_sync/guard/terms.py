"""The terms of permissions, over all paths that give them."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter

from ..model import Instant
from ..model.instant import LONG_AGO, outlasts
from .access import Path
from .bitsets import Mask, union


def extended(was: Iterable[Path], will: Iterable[Path], now: Instant) -> Mask:
    """Return the permissions of both *was* and *will* that *will* gives longer or earlier."""
    was, will = list(was), list(will)
    longer = _later(_by_end(was), _by_end(will))
    return longer | _later(_by_start(will, now), _by_start(was, now))


Lasting = list[tuple[Instant | None, Mask]]
"""Permissions by their start or by their end, each once."""


def _by_end(paths: Iterable[Path]) -> Lasting:
    """Return the permissions of *paths* by their latest end, the latest first; None never comes."""
    return _once(sorted(((p.until, p.permissions) for p in paths), key=_latest_first))


def _by_start(paths: Iterable[Path], now: Instant) -> Lasting:
    """Return the permissions of *paths* by their earliest start; begun ones come first."""
    starts = ((p.since if p.since and p.since > now else LONG_AGO, p.permissions) for p in paths)
    return _once(sorted(starts, key=itemgetter(0)))


def _latest_first(item: tuple[Instant | None, Mask]) -> tuple[bool, float]:
    end, _ = item
    return end is not None, -end.timestamp() if end else 0.0


def _once(moments: Iterable[tuple[Instant | None, Mask]]) -> Lasting:
    """Return *moments* with each permission only at its first moment."""
    seen, result = 0, []
    for at, mask in moments:
        if new := mask & ~seen:
            result.append((at, new))
            seen |= new
    return result


def _later(one: Lasting, other: Lasting) -> Mask:
    """Return the permissions of both whose moment in *other* is later than that in *one*."""
    return union(mask & there for at, mask in one for then, there in other if outlasts(then, at))
