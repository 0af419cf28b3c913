"""The steps that must come before each step, apart from their effect on access."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain, pairwise

from ..model import (
    ACCOUNT,
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
    """The steps that each step needs and that are not done, by position.

    *Why* looked up: by their stages and names most steps come after all that they need.
    """

    def __init__(
        self, steps: list[Change], live: State, successors: Mapping[Address, Address]
    ) -> None:
        self._steps, self._live = steps, live
        self._deleted = {s.address: i for i, s in enumerate(steps) if s.after is None}
        self._open = self._referred_to()
        self._others: defaultdict[int, set[int]] = defaultdict(set)
        self._waiting: defaultdict[int, list[int]] = defaultdict(list)
        self.done: set[int] = set()
        self._sequences()
        self._role_deletions()
        self._successions(successors)

    def of(self, i: int) -> set[int]:
        """Return the steps that step *i* needs and that are not done."""
        needed = self._others[i] - self.done if i in self._others else set()
        if self._open:
            step = self._steps[i]
            references = chain(step.joins, *map(_needed, step.made))
            needed.update([self._open[each] for each in references if each in self._open])
            needed.discard(i)
        return needed

    def ready(self, i: int) -> bool:
        """Say whether step *i* needs no other one; if it does, it waits for one of these."""
        needed = self.of(i)
        if needed:
            self._waiting[min(needed)].append(i)
        return not needed

    def finish(self, i: int) -> list[int]:
        """Note that step *i* is done; return the steps that have waited for it."""
        self.done.add(i)
        if self._open.get(address := self._steps[i].address) == i:
            del self._open[address]
        return self._waiting.pop(i, [])

    def departures(self) -> Mapping[int, list[int]]:
        """Return the deletions of members whom changes of teams remove too, with these changes.

        The change of a team comes first if it can, so that it names the members who leave.
        """
        deletions = defaultdict[int, list[int]](list)
        for i, step in enumerate(self._steps if self._deleted else ()):
            before, after = step.before, step.after
            if isinstance(before, Team) and isinstance(after, Team):
                for member in (before.references - after.references) & self._deleted.keys():
                    deletions[self._deleted[member]].append(i)
        return deletions

    def _referred_to(self) -> dict[Address, int]:
        """Return the creations of resources to which other steps may refer.

        Only access lists refer to bindings.
        """
        with_lists = any(isinstance(step.after, ObjectAccess) for step in self._steps)
        return {
            step.address: i
            for i, step in enumerate(self._steps)
            if step.before is None and (with_lists or not isinstance(step.after, Binding))
        }

    def _sequences(self) -> None:
        """Require that steps of one change keep their order."""
        for i, (one, other) in enumerate(pairwise(self._steps)):
            if one.address == other.address:
                self._others[i + 1].add(i)

    def _role_deletions(self) -> None:
        """Require that a role is deleted after the end of all holdings of it."""
        deletions = {a: i for a, i in self._deleted.items() if a.kind is Kind.ROLE}
        if not deletions:
            return
        last = {step.address: i for i, step in enumerate(self._steps)}
        for binding in self._live.bindings():
            for role in {h.role for h in binding.roles} & deletions.keys():
                self._others[deletions[role]] |= self._ends(binding, last)
        for other in self._live.of(Role).values():
            if other.address in last:
                for role in other.references & deletions.keys():
                    self._others[deletions[role]].add(last[other.address])

    def _successions(self, successors: Mapping[Address, Address]) -> None:
        """Require that a successor has everything declared before the earlier person is removed."""
        removed = successors.keys() & self._deleted.keys()
        received = receipts(self._steps, {successors[old] for old in removed})
        for old in removed:
            self._others[self._deleted[old]].update(received.get(successors[old], ()))

    def _ends(self, binding: Binding, last: Mapping[Address, int]) -> set[int]:
        """Return the steps that end *binding*, or change its roles, the *last* of its address."""
        gone = (self._deleted.get(a) for a in (binding.principal, binding.scope))
        return {i for i in (*gone, last.get(binding.address)) if i is not None}


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
        if step.after is None:
            losers.add(held.principal)
        elif step.before is None or held.scope == ACCOUNT:
            givers[held.principal].append(i)
    for principal in sorted(losers & givers.keys()):
        if catalogue.leaves(live.holdings(principal, ACCOUNT)):
            givers_by_step |= dict.fromkeys(givers[principal], principal)
    return givers_by_step
