"""The freshness of a saved plan: the check that it still fits the live state."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate

from ..errors import StalePlan
from ..model import (
    PRINCIPALS,
    WHOLE,
    Action,
    Address,
    Binding,
    Horizon,
    Kind,
    Resource,
    State,
    User,
    label,
)
from ..model.address import encoded
from ..model.reasons import unexplained
from .change import Change
from .pins import GONE, created
from .planfile import SavedPlan
from .stale_rows import described, objection
from .unseen import is_out_of_sight

HIDDEN = "not shown to this key"


def outstanding(
    saved: SavedPlan, live: State, pins: Mapping[Address, str], horizon: Horizon, *, applied: bool
) -> tuple[Change, ...]:
    """Return the changes of *saved* that remain; none if all are made already.

    *pins* are the present pins of the same rows, and of those that *saved* creates; *applied* says
    whether this plan has been applied before. Only then do resources that *horizon* hides count as
    deleted.

    Raises:
        StalePlan: something on which the plan depends has changed since.
    """
    final = {change.address: change for change in saved.changes}
    hides = WHOLE if applied else horizon
    again = set[Address]()
    if not applied:
        again = _made_or_gone_in_between(saved.changes) | _named_later(saved.changes, live)
    made = {a for a, change in final.items() if a not in again and _is_made(change, live, hides)}
    if made == final.keys():
        return ()
    if applied:
        raise _stale("this plan has been applied before, and what it made has changed since")
    brought = {row.address for a in made for row in final[a].brings}
    earlier = {**dict.fromkeys(created(saved.changes), GONE), **saved.pins}
    differing = {row for row, then in earlier.items() if pins.get(row, GONE) != then}
    if differing := differing - made - brought:
        address = min(differing, key=" ".join)
        then, now = earlier[address], pins.get(address, GONE)
        is_hidden = now == GONE and not horizon.is_whole
        change = _whole(address, saved.changes)
        row = live.find(change.resource) if change else None
        here = HIDDEN if is_hidden else described(now, row)
        raise _stale(objection(address, then, here, change, row))
    remaining = (change for change in saved.changes if change.address not in made)
    return tuple(change for change in remaining if not _is_of_nothing(change))


def _made_or_gone_in_between(changes: Sequence[Change]) -> set[Address]:
    """Return the addresses at which a thing comes or goes, and with another change.

    *Why*: what is there at the end, or is not, may have been so before, but what goes with the
    deletion is still there.
    """
    number = Counter(change.address for change in changes)
    ends = (Action.CREATE, Action.DELETE)
    return {c.address for c in changes if number[c.address] > 1 and c.action in ends}


def _named_later(changes: Sequence[Change], live: State) -> set[Address]:
    """Return the deletions of resources whose address contains a name that is still to be given.

    *Why*: a binding or a key of that name is not there yet, and the one of the earlier name is.
    """
    names = {
        change.address
        for change in changes
        if change.action is Action.RENAME and change.before and live.find(change.before)
    }
    rows = DependentRows({c.address for c in changes if names and c.after is None})
    return {row for name in names for row in rows.of(name) if row.kind is not Kind.TEAM}


def _is_of_nothing(change: Change) -> bool:
    """Say whether *change* leaves somebody without access that there was none of.

    *Why* it is not made: the row of it would be one of a trail that does not add up.
    """
    is_same, resource = change.before == change.after, change.resource
    return is_same and isinstance(resource, Binding) and not resource.roles


def resumed(saved: SavedPlan, made: Sequence[Change]) -> SavedPlan:
    """Return *saved* without the changes *made* by interrupted runs.

    It has no pins of the rows that those changes wrote.
    """
    rows, done = DependentRows(saved.pins), Counter(made)
    remaining, written = list[Change](), set[Address]()
    for change in saved.changes:
        if done[change]:
            done[change] -= 1
        else:
            remaining.append(change)
    for change in made:
        written.update(_written_addresses(change, rows))
    pins = {row: then for row, then in saved.pins.items() if row not in written}
    return replace(saved, changes=tuple(remaining), pins=pins)


def confirmed(made: Sequence[Change], live: State, horizon: Horizon) -> tuple[Change, ...]:
    """Return the changes of *made* whose effect is live, in their order.

    The effect of a change that a later one of *made* has overwritten need not be live.
    """
    live_changes = list[Change]()
    rows = DependentRows(dict.fromkeys(change.address for change in made))
    overtaken: set[Address] = set()
    for change in reversed(made):
        if _is_confirmed(change, live, horizon, overtaken):
            live_changes.append(change)
            overtaken.update(_written_addresses(change, rows))
    return tuple(reversed(live_changes))


def _is_confirmed(
    change: Change, live: State, horizon: Horizon, overtaken: Collection[Address]
) -> bool:
    if change.after is None or change.action is Action.RENAME:
        return change.address in overtaken or _is_made(change, live, horizon)
    sides = (side for side in (change.after, *change.brings) if side.address not in overtaken)
    teams = set(change.joins) - set(overtaken)
    is_in = live.memberships_of(change.address).keys() >= teams
    is_member = is_in or change.address in overtaken
    return is_member and all(_is_live(side, change, live) for side in sides)


class DependentRows:
    """An index of rows by the things with which they are deleted; a run may delete many things."""

    def __init__(self, rows: Collection[Address]) -> None:
        self._rows = rows

    def of(self, gone: Address) -> Iterator[Address]:
        """Yield the rows named after *gone*, and the teams if it is a possible member."""
        yield from self._by_name.get(str(gone), ())
        if gone.kind in PRINCIPALS:
            yield from self._by_name.get(f"/access/{encoded(label(gone))}", ())
            yield from self._teams

    @cached_property
    def _by_name(self) -> Mapping[str, list[Address]]:
        """Bindings, keys and access lists by each prefix of their names, bindings by principal."""
        by_name = defaultdict[str, list[Address]](list)
        for row in self._rows:
            if row.kind in (Kind.BINDING, Kind.KEY, Kind.OBJECT):
                for name in _names_of(row.key):
                    by_name[name].append(row)
        return by_name

    @cached_property
    def _teams(self) -> list[Address]:
        return [row for row in self._rows if row.kind is Kind.TEAM]


def _names_of(key: str) -> Iterator[str]:
    """Yield the part of *key* before each slash, and its end if that names a principal."""
    _, access, who = key.rpartition("/access/")
    if access:
        yield f"{access}{who}"
    yield from accumulate(key.split("/")[:-1], "{}/{}".format)


def _written_addresses(change: Change, rows: DependentRows) -> Iterator[Address]:
    """Yield the addresses that *change* writes, and those of *rows* that it also changes."""
    sides = (change.before, change.after, *change.brings)
    yield from (side.address for side in sides if side)
    yield from change.joins
    if change.before and change.action is not Action.UPDATE:
        yield from rows.of(change.before.address)
    if change.action is Action.RENAME:
        yield from rows.of(change.resource.address)


def _is_made(change: Change, live: State, horizon: Horizon) -> bool:
    if change.after is None:
        is_absent = change.before is not None and live.find(change.before) is None
        return is_absent and not is_out_of_sight(change, horizon, live)
    if change.before is not None and change.before.address != change.after.address:
        return live.find(change.before) is None and _is_live(change.after, change, live)
    is_live = all(_is_live(side, change, live) for side in change.made)
    return is_live and live.memberships_of(change.address).keys() >= set(change.joins)


def _is_live(resource: Resource, change: Change, live: State) -> bool:
    """Say whether *resource* is live, without its reasons where a system keeps none."""
    current = live.find(resource)
    if current is None or _is_same(current, resource):
        return current is not None
    return not change.only_explains and _is_same(current, unexplained(resource))


def _is_same(current: Resource, resource: Resource) -> bool:
    """Say whether *current* equals *resource*, apart from an undeclared end of an invitation."""
    if isinstance(current, User) and isinstance(resource, User) and resource.expires is None:
        return replace(current, expires=None) == resource
    return current == resource


def _whole(address: Address, changes: Sequence[Change]) -> Change | None:
    """Return the sum of all *changes* of a row; a plan may change it in several steps."""
    steps = [change for change in changes if change.address == address]
    return replace(steps[-1], before=steps[0].before or steps[-1].before) if steps else None


def _stale(message: str) -> StalePlan:
    return StalePlan(message, hint="plan again, read the new plan, and apply it")
