"""The steps that must come before each step, apart from their effect on access."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from ..model import (
    ACCOUNT,
    Action,
    Address,
    Binding,
    Catalogue,
    Kind,
    ObjectAccess,
    Resource,
    Role,
    State,
    Team,
)
from ..model import address as named
from .change import Change


class Needs:
    """The steps that each step needs, by position."""

    def __init__(
        self, steps: list[Change], live: State, successors: Mapping[Address, Address]
    ) -> None:
        self._steps, self._live = steps, live
        self._created = _where(steps, Action.CREATE)
        self._deleted = _where(steps, Action.DELETE)
        self._last = {step.address: i for i, step in enumerate(steps)}
        self.of: dict[int, set[int]] = {i: set() for i in range(len(steps))}
        self._creations()
        self._sequences()
        self._role_deletions()
        self._successions(successors)

    def departures(self) -> dict[int, str]:
        """Return the deletions of members whom a change of a team removes too, with the last team.

        The change of the team comes first if it can, so that it names the members who leave.
        """
        deletions: dict[int, str] = {}
        for step in self._steps:
            before, after = step.before, step.after
            if isinstance(before, Team) and isinstance(after, Team):
                for member in (before.references - after.references) & self._deleted.keys():
                    i = self._deleted[member]
                    deletions[i] = max(deletions.get(i, ""), str(step.address))
        return deletions

    def _creations(self) -> None:
        """Require that a resource is created before a reference to it."""
        if not self._created:
            return
        created = self._created
        for i, step in enumerate(self._steps):
            references = chain(step.joins, *map(_needed, step.made))
            self.of[i].update([created[each] for each in references if each in created])
            self.of[i].discard(i)

    def _sequences(self) -> None:
        """Require that steps of one change keep their order."""
        latest: dict[Address, int] = {}
        for i, step in enumerate(self._steps):
            if step.address in latest:
                self.of[i].add(latest[step.address])
            latest[step.address] = i

    def _role_deletions(self) -> None:
        """Require that a role is deleted after the end of all holdings of it."""
        deletions = {a: i for a, i in self._deleted.items() if a.kind is Kind.ROLE}
        if not deletions:
            return
        for binding in self._live.bindings():
            for role in {h.role for h in binding.roles} & deletions.keys():
                self.of[deletions[role]] |= self._ends(binding)
        for other in self._live.of(Role).values():
            if other.address in self._last:
                for role in other.references & deletions.keys():
                    self.of[deletions[role]].add(self._last[other.address])

    def _successions(self, successors: Mapping[Address, Address]) -> None:
        """Require that a successor has everything declared before the earlier person is removed."""
        removed = successors.keys() & self._deleted.keys()
        received = receipts(self._steps, {successors[old] for old in removed})
        for old in removed:
            self.of[self._deleted[old]].update(received.get(successors[old], ()))

    def _ends(self, binding: Binding) -> set[int]:
        """Return the steps that end *binding*, or change its roles."""
        gone = (self._deleted.get(a) for a in (binding.principal, binding.scope))
        return {i for i in (*gone, self._last.get(binding.address)) if i is not None}


class Waiting:
    """The steps that wait for others, by position; a step is ready once all its needs are done."""

    def __init__(self, needs: Mapping[int, Collection[int]]) -> None:
        self._missing = {i: len(needed) for i, needed in needs.items()}
        self._ready = [i for i, missing in self._missing.items() if not missing]
        self._followers: defaultdict[int, list[int]] = defaultdict(list)
        for i, needed in needs.items():
            for each in needed:
                self._followers[each].append(i)

    def take_ready(self) -> list[int]:
        """Return the steps that have become ready since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def finish(self, i: int) -> None:
        """Note that step *i* is done."""
        for each in self._followers.pop(i, ()):
            self._missing[each] -= 1
            if not self._missing[each]:
                self._ready.append(each)


def _needed(resource: Resource) -> frozenset[Address]:
    """Return the addresses that *resource* needs: references, and bindings of listed principals."""
    if not isinstance(resource, ObjectAccess):
        return resource.references
    access = (named.binding(who, resource.workspace) for who in resource.principals)
    return resource.references.union(access)


def receipts(
    changes: Iterable[Change], principals: Collection[Address]
) -> Mapping[Address, list[int]]:
    """Return, for each of *principals*, the positions of the *changes* that give it something.

    Such a change makes the principal, or a resource that refers to it.
    """
    received: defaultdict[Address, list[int]] = defaultdict(list)
    for i, change in enumerate(changes if principals else ()):
        for side in change.made:
            for each in {side.address, *side.references}.intersection(principals):
                received[each].append(i)
    return received


def gifts(steps: list[Change], live: State, catalogue: Catalogue) -> dict[int, Address]:
    """Return the steps, by position, that keep in the account a principal who loses other access.

    These are new bindings, and changes of the account role.
    """
    givers_by_step: dict[int, Address] = {}
    losers: set[Address] = set()
    givers: defaultdict[Address, list[int]] = defaultdict(list)
    for i, step in enumerate(steps):
        held = step.resource
        if not isinstance(held, Binding):
            continue
        if step.action is Action.DELETE:
            losers.add(held.principal)
        elif step.action is Action.CREATE or held.scope == ACCOUNT:
            givers[held.principal].append(i)
    for principal in sorted(losers & givers.keys()):
        if catalogue.leaves(live.holdings(principal, ACCOUNT)):
            givers_by_step |= dict.fromkeys(givers[principal], principal)
    return givers_by_step


def _where(steps: list[Change], action: Action) -> dict[Address, int]:
    return {step.address: i for i, step in enumerate(steps) if step.action is action}
