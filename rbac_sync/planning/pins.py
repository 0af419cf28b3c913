"""The pins of a plan: the version of each row that it depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from ..model import ACCOUNT, EVERYONE, Address, Kind, Resource, State
from ..model.address import bound
from ..model.plain import text
from .change import Change, gone_with, left_with
from .plan import Plan
from .renames import new_names, under

GONE = ""
"""The pin of a row that does not exist."""


def read_set(plan: Plan, principals: Iterable[Address]) -> set[Address]:
    """Return the rows that *plan* depends on.

    These are the rows that it changes, their references, the rows deleted with them, and all
    rows that give authority to *principals* (the applier, the owners) or to the successors of
    removed people. An unrelated change by another person makes no plan stale. The rows that it
    creates are left out: their changes say that they were not there.
    """
    rows, dependent = set[Address](), set[Address]()
    old_names = {new: old for old, new in new_names(plan.changes).items()}
    for change in plan.changes:
        sides: list[Resource] = [change.resource, *change.brings]
        if change.before is not None:
            rows.add(change.address)
            others = [*gone_with(change, plan.live)]
            dependent.update(each.address for each in (*others, *left_with(change, plan.live)))
            sides += [change.before, *others]
        rows.update(change.joins, *[each.references for each in sides])
        if old_names:
            rows.update(under(each, old_names).address for each in sides)
    gone = {change.address for change in plan.changes if change.after is None}
    heirs = (new for old, new in plan.successors.items() if old in gone)
    for principal in (*principals, *heirs):
        dependent |= set(_authority_of(principal, plan.live))
    return (rows - created(plan.changes) | dependent) - {ACCOUNT, EVERYONE}


def created(changes: Sequence[Change]) -> set[Address]:
    """Return the rows that are not there before *changes*, and that these create."""
    news: dict[Address, bool] = {}
    for change in reversed(changes):
        for brought in change.brings:
            news[brought.address] = change.before is None
        news[change.address] = change.before is None
    return {address for address, is_new in news.items() if is_new}


def _authority_of(principal: Address, live: State) -> Iterable[Address]:
    holders = [principal, *(team.address for team in live.teams_of(principal))]
    yield from holders
    for holder in holders:
        for binding in live.bindings_of(holder):
            yield from (binding.address, *binding.references)


def owners(live: State, owner: Address) -> list[Address]:
    """Return the holders of the *owner* role in the account, sorted."""
    return sorted(live.holders(owner, ACCOUNT))


def pinned(
    rows: Collection[Address],
    live: State,
    versions: Callable[[Collection[Address]], Mapping[Address, str]],
    changes: Iterable[Change] = (),
) -> dict[Address, str]:
    """Return the pin of each of *rows*: its version and a digest of its content, or ``GONE``.

    *Why* both: after a return to a backup, or in another store of the same name, other content
    may have the same versions, and a change that was undone leaves the same content in another
    version. *versions* is called with the rows that *live* has. A row that one of *changes* writes
    is found by its change, because to take the address of a binding apart costs more.
    """
    written = {change.address: change.resource for change in changes if change.address in rows}
    resources = (
        (row, live.find(written[row]) if row in written else find(row, live)) for row in rows
    )
    there = {row: resource for row, resource in resources if resource is not None}
    known = versions([*there])
    pins = {row: _pin(resource, known.get(row, "")) for row, resource in there.items()}
    return dict.fromkeys(rows, GONE) | pins


def find(row: Address, live: State) -> Resource | None:
    """Return the resource or binding at the address *row* in *live*, or None."""
    if row.kind is not Kind.BINDING:
        return live.get(row)
    bindings = (live.binding(principal, scope) for principal, scope in bound(row))
    return next(filter(None, bindings), None)


def _pin(row: Resource, version: str) -> str:
    digest = hashlib.sha256(text(row).encode()).hexdigest()
    return f"{version}.{digest[:16]}"
