"""The order of the steps of a plan, so that it is safe to stop after each.

Two promises, both checked by property tests:

* nothing is referred to before it exists or after it is gone;
* at no step does anybody hold a permission that they hold neither in the live
  nor in the desired state.

*Why* no simple order: deletes first, and creates first, both give somebody access for
a moment in 6 to 16 of a hundred plans with five to eight edits.

Stages decide the order wherever they can. Some decisions need the state after the steps made so
far: whether a step takes access from the applier, whether a user would leave the account with a
binding, whether a place would have too few owners, and, after a step that takes was postponed,
whether a step that gives is safe.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from heapq import heapify, heappop, heappush
from itertools import chain
from types import MappingProxyType

from ..dataclasses import dataclass
from ..model import (
    ACCOUNT,
    Action,
    Address,
    Binding,
    Catalogue,
    Kind,
    Level,
    Resource,
    Role,
    State,
    Team,
    User,
)
from .change import Change, followed, gone_with, leaver, left_with, rebase_change
from .needs import Needs, gifts
from .plan import Reason
from .stages import Cutter, Stage
from .watch import Watch, Watcher

_Turn = tuple[Stage, str, int]
"""The sort key of a step: stage, name (after that of a change to which it yields), position."""


@dataclass(frozen=True)
class OrderedSteps:
    """Steps in order, the changes left to the next run, and the reasons."""

    steps: tuple[Change, ...]
    deferred: tuple[Change, ...]
    reasons: Mapping[Address, Reason]


def in_safe_order(
    changes: Iterable[Change],
    live: State,
    catalogue: Catalogue,
    watcher: Watcher = Watch,
    successors: Mapping[Address, Address] = MappingProxyType({}),
) -> OrderedSteps:
    """Return the steps of *changes* in order.

    Steps that take access from the applier come last. Steps that must follow them,
    or are not safe before them, are left to the next run: the applier may then no
    longer be allowed to make them. A step that takes an owner waits for the next owner.
    A person in *successors* is removed after the successor has got everything.
    """
    listed = list(changes)
    begin = partial(_Sequence, listed, live, catalogue, watcher, successors)
    skipped: set[int] = set()
    sequence = begin(lambda: followed(live, listed), skipped)
    sequence.run()
    while sequence.unsafe and sequence.left != skipped:
        # The skipped steps give nothing in this run, so the others are judged without them.
        skipped, outcome = sequence.left, sequence.draft.draft
        sequence = begin(outcome, skipped)
        sequence.run()
    return sequence.ordered()


class _Sequence:
    """One pass through the steps, which makes one after the other in a draft."""

    def __init__(
        self,
        changes: list[Change],
        live: State,
        catalogue: Catalogue,
        watcher: Watcher,
        successors: Mapping[Address, Address],
        outcome: Callable[[], State],
        left: set[int],
    ) -> None:
        cutter = Cutter(live, catalogue)
        staged = [each for change in changes for each in cutter.cut(change)]
        self._steps = [step for step, _ in staged]
        self._changes = changes
        self._catalogue, self.draft = catalogue, live.draft()
        self._watch = watcher(changes, live, self.draft, outcome)
        self._gifts = gifts(self._steps, live, catalogue)
        # A step that keeps a user in the account comes before roles are widened, since the
        # removals that wait for it must come before too.
        self._stages = [
            min(stage, Stage.SWAP) if i in self._gifts else stage
            for i, (_, stage) in enumerate(staged)
        ]
        self._needs = Needs(self._steps, live, successors)
        self._teams = self._needs.departures()
        self._made: list[Change] = []
        self._late: list[int] = []
        self._ungiven: defaultdict[Address, set[int]] = defaultdict(set)
        self._staying: defaultdict[Address, list[int]] = defaultdict(list)
        for i, principal in self._gifts.items():
            self._ungiven[principal].add(i)
        self.unsafe, self._left = set[int](), left
        # The steps that wait for an owner of a place, also by place, and those that they make safe.
        self._ownerless: dict[int, Address] = {}
        self._queues: defaultdict[Address, list[_Turn]] = defaultdict(list)
        self._passing, self._keeps_owners = list[int](), self._watch.keeps_owners
        # Each decision in the draft is about a step that changes or removes something.
        self._is_watched = any(step.before is not None for step in self._steps)

    @property
    def left(self) -> set[int]:
        return set(range(len(self._steps))) - self._needs.done

    def run(self) -> None:
        """Make every step that can be made, in order."""
        for i in sorted(range(len(self._steps)), key=self._turn):
            if waiting := self._take(i):
                self._go_on(waiting)
        while self._hand_over():
            pass
        self._keeps_owners = False  # in no order every place keeps owners, and the guard judges
        waiting, self._ownerless = [*self._ownerless, *self._passing_steps()], {}
        self._go_on(waiting)
        postponed = {*self.unsafe, *self._late, *chain.from_iterable(self._staying.values())}
        stuck = self.left - postponed
        while free := {i for i in stuck if stuck.isdisjoint(self._needs.of(i))}:
            stuck -= free
        assert not stuck, "no needs form a ring"
        self._last()

    def _go_on(self, waiting: list[int]) -> None:
        """Make those of *waiting* that can be made, in order, and all that have waited for them."""
        again = [self._turn(i) for i in waiting if i not in self._needs.done]
        heapify(again)
        while again:
            for each in self._take(heappop(again)[-1]):
                heappush(again, self._turn(each))

    def _hand_over(self) -> bool:
        """Make what waits for owners, each as one step if that is safe; say whether any is made."""
        made = len(self._made)
        self._go_on(self._passing_steps())
        for i in sorted(self._ownerless, key=self._nearness):
            if i in self._ownerless and self._next_of([i]) is not None:
                del self._ownerless[i]
                self._go_on([*self._unmade(self._finish(i))])
        return len(self._made) > made

    def ordered(self) -> OrderedSteps:
        """Return the made steps, and the others as changes from the state after them."""
        left = sorted({self._steps[i].address for i in self.left}, key=str)
        unsafe = {self._steps[i].address for i in self.unsafe}
        deferred = tuple(filter(None, map(self._whole, left)))
        reasons = {a: Reason.PASSING if a in unsafe else Reason.FOLLOWS for a in left}
        return OrderedSteps(tuple(self._made), deferred, reasons)

    def _turn(self, i: int) -> _Turn:
        own = str(self._steps[i].address)
        turn = self._stages[i], own, i
        for team in self._teams.get(i, ()):
            turn = max(turn, (self._stages[team], f"{self._steps[team].address} {own}", i))
        return turn

    def _take(self, i: int) -> list[int]:
        """Make step *i*, or postpone it; return the steps that have waited for it."""
        if not self._needs.ready(i):
            return []
        step = rebase_change(self._steps[i], self.draft)
        if step is None:
            return self._finish(i)
        if i in self._left:
            self.unsafe.add(i)
        elif leaving := self._keeps(step):
            self._staying[leaving.address].append(i)
        elif self._watch.reduces(step):
            self._late.append(i)
        elif self._try(step, careful=bool(self._late or self._ownerless) and self._stages[i].gives):
            return self._finish(i)
        elif self._watch.short is not None:
            self._ownerless[i] = self._watch.short
            heappush(self._queues[self._watch.short], self._turn(i))
        elif self._ownerless:
            self._passing.append(i)
        else:
            self.unsafe.add(i)
        return []

    def _keeps(self, step: Change) -> User | None:
        """Return the user who would leave by *step*, if a later step gives this user access."""
        if not isinstance(step.before, Binding) or not self._ungiven.get(step.before.principal):
            return None
        return leaver(step, self.draft, self._catalogue)

    def _try(self, step: Change, *, careful: bool) -> bool:
        """Make *step* and return True; undo it and return False if a place is short of owners.

        The same if *careful* and the step gives access in passing.
        """
        earlier = self._earlier(step) if careful or self._keeps_owners else []
        if self._is_watched:
            self._watch.make(step)
        short = self._watch.short if self._keeps_owners else None
        if short is None and not (careful and self._watch.gives_in_passing(step)):
            self._made.append(step)
            return True
        if step.after and step.action is not Action.UPDATE:
            self._watch.make(Change(step.after, None))
        for each in earlier:
            self._watch.make(Change(self.draft.find(each), each))
        self._watch.short = short
        return False

    def _earlier(self, step: Change) -> list[Resource]:
        """Return all that *step*, which is not made yet, changes or removes."""
        if step.before is None:
            return []
        if step.action is Action.UPDATE:
            return [step.before]
        lists = self.draft.lists_naming(step.address)
        return [step.before, *gone_with(step, self.draft), *left_with(step, self.draft), *lists]

    def _finish(self, i: int) -> list[int]:
        """Note that step *i* is done; return the steps that have waited for it."""
        waiting = self._needs.finish(i)
        if (principal := self._gifts.get(i)) is not None:
            self._ungiven[principal].discard(i)
            if not self._ungiven[principal]:
                waiting += self._staying.pop(principal, [])
        if self._queues:
            waiting += chain.from_iterable(map(self._next_at, self._watch.changed))
        return waiting if self._ownerless or not self._passing else waiting + self._passing_steps()

    def _next_at(self, place: Address) -> list[int]:
        """Return the first step that waits for an owner of *place*, if any; all if it is gone.

        *Why* one: if it is made, *place* has other owners again, and the next one follows.
        """
        released, queue = list[int](), self._queues.get(place)
        while queue and not (released and self.draft.knows(place)):
            i = heappop(queue)[-1]
            if self._ownerless.get(i) == place:
                del self._ownerless[i]
                released.append(i)
        return released

    def _passing_steps(self) -> list[int]:
        """Return the steps that would give access in passing, which wait no more."""
        released, self._passing = self._passing, []
        return released

    def _last(self) -> None:
        """Make the steps that take from the applier, each as one step where that is safe."""
        while (made := self._next_of(self._late)) is not None:
            self._late.remove(made)
            waiting = self._unmade(self._finish(made))
            self._late += [i for i in waiting if self._watch.reduces(self._part(i))]

    def _next_of(self, postponed: Iterable[int]) -> int | None:
        """Make one of the *postponed* steps and return its position, or None if none is safe."""
        postponed = sorted(postponed, key=self._nearness)
        for change_of in (self._rest, self._part):
            for i in postponed:
                step = change_of(i)
                if self._try(step, careful=step.after is not None):
                    return i
        return None

    def _nearness(self, i: int) -> tuple[int, Stage, str]:
        """Return the distance of step *i* from the applier: near ones give most of its rights."""
        return _nearness(self._steps[i].resource), self._stages[i], str(self._steps[i].address)

    def _part(self, i: int) -> Change:
        return rebase_change(self._steps[i], self.draft) or self._steps[i]

    def _rest(self, i: int) -> Change:
        """Return step *i* joined with the next one of its address, if that needs nothing else."""
        address = self._steps[i].address
        after = [n for n in range(i + 1, len(self._steps))[:1] if self._steps[n].address == address]
        free = all(n not in self._left and self._needs.of(n) <= {i} for n in after)
        return (self._whole(address) if free else None) or self._part(i)

    @cached_property
    def _targets(self) -> Mapping[Address, Change]:
        """The change of each address."""
        return {change.address: change for change in self._changes}

    def _whole(self, address: Address) -> Change | None:
        """Return the change of *address* from the draft's state, or None if it is made."""
        target = self._targets[address]
        current = self.draft.find(target.resource)
        if current is None and target.before is None:
            return target
        return None if current == target.after else Change(current, target.after)

    def _unmade(self, waiting: list[int]) -> Iterator[int]:
        """Finish those of *waiting* that are made already, and yield the others that are ready."""
        for i in sorted(filter(self._needs.ready, waiting)):
            step = self._steps[i]
            if self.draft.find(step.resource) == step.after:
                yield from self._unmade(self._finish(i))
            else:
                yield i


def _nearness(resource: Resource) -> int:
    match resource:
        case Binding() if resource.scope == ACCOUNT:
            return 6
        case Binding():
            return {Kind.EVERYONE: 0, Kind.TEAM: 1}.get(resource.principal.kind, 2)
        case Role():
            return 3 if resource.level is Level.WORKSPACE else 5
        case Team():
            return 4
    return 7
