"""The causes of effects: which changes concern which principals in which scopes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import chain

from ..dataclasses import dataclass
from ..errors import Place
from ..model import EVERYONE, Address, Role, Team, Workspace
from ..planning import Change, Plan
from .affected import Block, blocks_of, passers
from .context import GuardContext

Places = AbstractSet[Place]
"""The places where the configuration declares the causes of an effect."""

Declared = tuple[Place, ...]
"""The places of one cause. *Why* a tuple: a set of one place takes four times its memory."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason for a difference in access: it concerns ``principals`` in ``scopes``.

    The mapping gives, for each principal, the places of the declarations that concern it, in
    the order of the plan.
    """

    principals: Mapping[Address, Declared]
    scopes: tuple[Address, ...]

    def places(self, principals: Iterable[Address]) -> Places:
        """Return the places of the declarations that concern any of *principals*."""
        return set().union(*{self.principals[who] for who in principals})


class Causes:
    """All causes of the sound changes of a plan, grouped by sets of scopes."""

    def __init__(self, context: GuardContext) -> None:
        alone: defaultdict[tuple[Address, ...], dict[Address, Declared]] = defaultdict(dict)
        self._causes: list[Cause] = []
        for (principals, scopes), places in _blocks(context):
            if len(principals) == 1:
                here, (who,) = alone[scopes], principals
                here[who] = here[who] + places if who in here else places
            elif scopes:
                self._causes.append(Cause(dict.fromkeys(principals, places), scopes))
        self._alone = [Cause(here, scopes) for scopes, here in alone.items()]
        self._causes += self._alone
        self._by_scope: defaultdict[Address, list[Cause]] = defaultdict(list)
        for cause in self._causes:
            for scope in cause.scopes:
                self._by_scope[scope].append(cause)

    def __iter__(self) -> Iterator[Cause]:
        return iter(self._causes)

    def places(self, principal: Address, scope: Address) -> Places:
        """Return the places of the declarations that concern *principal* in *scope*."""
        here = (cause.principals.get(principal) for cause in self._by_scope.get(scope, ()))
        return set().union(*filter(None, here))

    def alone(self, principal: Address, scopes: set[Address]) -> Places:
        """Return the places of declarations that concern only *principal*, outside of *scopes*."""
        causes = self._alone_by_principal.get(principal, ())
        outside = (cause for cause in causes if not scopes.issuperset(cause.scopes))
        return set().union(*(cause.principals[principal] for cause in outside))

    @cached_property
    def _alone_by_principal(self) -> Mapping[Address, list[Cause]]:
        """The causes that concern each principal alone."""
        causes: defaultdict[Address, list[Cause]] = defaultdict(list)
        for cause in self._alone:
            for who in cause.principals:
                causes[who].append(cause)
        return causes

    def concerned_in(self, scope: Address) -> set[Address]:
        """Return the principals that are concerned in *scope*."""
        return set().union(*(cause.principals for cause in self._by_scope.get(scope, ())))


def _blocks(context: GuardContext) -> Iterator[tuple[Block, Declared]]:
    first, last = context.start, context.outcome.state
    passing = passers(first, last)
    for change in context.sound:
        place = context.plan.place(change)
        places = (place,) if place else ()
        concerned = blocks_of(change, first, last, passing)
        if isinstance(change.resource, Workspace):
            concerned = chain(concerned, _opened(change))
        is_listed = change.before is not None and isinstance(change.resource, Role | Team)
        for block in concerned:
            if is_listed:
                yield from _placed(block, change, context.plan, places)
            else:
                yield block, places


def _placed(
    block: Block, change: Change, plan: Plan, places: Declared
) -> Iterator[tuple[Block, Declared]]:
    """Yield *block* with the places of the entries that *change* adds, else those of its table."""
    before, after = change.before, change.after
    match before, after:
        case Role(), Role():
            added = (plan.entry(after.address, p) for p in after.permissions - before.permissions)
            yield block, tuple(filter(None, added)) or places
        case Team(), Team():
            principals, scopes = block
            for who in principals:
                place = plan.entry(after.address, who)
                yield ((who,), scopes), (place,) if place else places
        case _:
            yield block, places


def _opened(change: Change) -> Iterator[Block]:
    """Yield the workspaces that become public or stop being public."""
    for side in (change.before, change.after):
        if isinstance(side, Workspace) and side.public:
            yield (EVERYONE,), (side.address,)
