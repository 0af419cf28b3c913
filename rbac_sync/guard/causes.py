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
from ..planning import Change
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

    def places(self, principals: AbstractSet[Address]) -> Iterator[Place]:
        """Return the places of the declarations that concern any of *principals*."""
        concerned = self.principals.keys() & principals
        return chain.from_iterable(map(self.principals.__getitem__, concerned))


class Causes:
    """All causes of the sound changes of a plan, grouped by sets of scopes."""

    def __init__(self, context: GuardContext) -> None:
        alone: defaultdict[tuple[Address, ...], dict[Address, Declared]] = defaultdict(dict)
        self._causes: list[Cause] = []
        for blocks, places in _declared(context):
            for principals, scopes in blocks:
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

    def places(self, principals: Iterable[Address], scopes: Iterable[Address]) -> Places:
        """Return the places of the declarations that concern *principals* in any of *scopes*."""
        causes = chain.from_iterable(self._by_scope.get(scope, ()) for scope in scopes)
        whom, each = {*principals}, {id(cause): cause for cause in causes}
        return set().union(*(cause.places(whom) for cause in each.values()))

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


def _declared(context: GuardContext) -> Iterator[tuple[Iterable[Block], Declared]]:
    """Yield what each change concerns, with the places of its declarations."""
    plan, first, last = context.plan, context.start, context.outcome.state
    passing = passers(first, last)
    for change in context.sound:
        place = plan.place(change)
        places = (place,) if place else ()
        concerned = blocks_of(change, first, last, passing)
        match change.before, change.after:
            case Role() as before, Role() as after:
                new = (plan.entry(after.address, p) for p in after.permissions - before.permissions)
                yield concerned, tuple(filter(None, new)) or places
            case Team(), Team():
                for principals, scopes in concerned:
                    for who in principals:
                        entry = plan.entry(change.address, who)
                        yield [((who,), scopes)], (entry,) if entry else places
            case (Workspace(), _) | (_, Workspace()):
                yield chain(concerned, _opened(change)), places
            case _:
                yield concerned, places


def _opened(change: Change) -> Iterator[Block]:
    """Yield the workspaces that become public or stop being public."""
    for side in (change.before, change.after):
        if isinstance(side, Workspace) and side.public:
            yield (EVERYONE,), (side.address,)
