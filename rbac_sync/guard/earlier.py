"""The changes shortly before a plan: what they and the plan make of each thing together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..model import ACCOUNT, Action, Address, Resource, State, Team
from ..named_tuples import NamedTuple
from ..planning import Change
from ..planning.renames import under
from .access import Access
from .access_comparison import Comparison
from .context import GuardContext
from .granted import passes_on
from .losses import compared
from .recent import PARTS, Earlier, named_by

GONE = "\n"
"""A character that no name has, in the name of what is gone."""


class Turn(NamedTuple):
    """A change of one thing, at an address that it alone has.

    Without a side before, it is made, and without one after, it ends. A turn has one side at least.
    """

    before: Resource | None
    after: Resource | None
    counts: bool = True

    @property
    def resource(self) -> Resource:
        """The side after, else the side before."""
        resource = self.after or self.before
        assert resource is not None, "a turn has a side"
        return resource


def turns_before(
    earlier: Sequence[Earlier], names: Mapping[Address, Address], start: State
) -> list[Turn]:
    """Return the turns of *earlier* changes, oldest first, under the last name of each thing.

    *names* has still later names, which *start* has, the state after these changes. What is gone
    gets a name that nothing else has. *Why*: who gives the name of one thing to another must not
    hide what was taken from either.
    """
    names, turns, teams = dict(names), list[Turn](), dict[Address, Resource | None]()
    for number, (change, counts) in enumerate(reversed(earlier)):
        before, address = change.before, change.address
        made = [_under(each, names) for each in change.made]
        for joined in change.joins:
            team = names.get(joined, joined)
            teams[team], turn = _joining(teams.get(team) or start.get(team), made[0], counts)
            turns += turn
        match change.action:
            case Action.CREATE:
                names.pop(address, None)
            case Action.RENAME if before:
                names[before.address] = names.pop(address, address)
            case Action.DELETE | Action.REPLACE if address.kind not in PARTS:
                names[address] = Address(address.kind, f"{address.key}{GONE}{number}")
        was = before and _under(before, names)
        if isinstance(was, Team):
            teams[was.address] = was
        turns += reversed([*_turns(change, was, made, counts)])
    return turns[::-1]


def _joining(
    team: Resource | None,
    who: Resource,
    counts: bool,  # noqa: FBT001
) -> tuple[Resource | None, list[Turn]]:
    """Return *team* before *who* joined it, which has it since, and the turn that this was."""
    if not isinstance(team, Team):
        return team, []
    before = replace(team, members=frozenset(m for m in team.members if m.principal != who.address))
    return before, [Turn(before, team, counts)]


def turns_of(changes: Iterable[Change]) -> Iterator[Turn]:
    """Yield the turns of the *changes* of a plan, under the names that things have after it."""
    for change in changes:
        before = change.before
        was = before and _under(before, {before.address: change.address})
        yield from _turns(change, was, change.made, counts=True)


def _turns(
    change: Change,
    before: Resource | None,
    made: Sequence[Resource],
    counts: bool,  # noqa: FBT001
) -> Iterator[Turn]:
    """Yield the turns of *change*; its sides and what it brings have the names given."""
    after, brought = (made[0], made[1:]) if change.after else (None, made)
    if before and after and (passes_on(change) or change.action is Action.REPLACE):
        yield Turn(before, None, counts)
        before = None
    yield Turn(before, after, counts)
    yield from (Turn(None, each, counts) for each in brought)


def _under(resource: Resource, names: Mapping[Address, Address]) -> Resource:
    is_same = names.keys().isdisjoint((resource.address, *resource.references)) if names else True
    return resource if is_same else under(resource, names)


def live_things(turns: Iterable[Turn], context: GuardContext) -> list[Resource]:
    """Return what there is after *turns*, under live names."""
    return [_under(each.after, context.old_names) for each in turns if each.after]


def net(turns: Iterable[Turn]) -> list[Turn]:
    """Return what *turns* make of each thing together: from before the first to after the last.

    What they made has nothing before. What ends and is made again is another thing. What went
    with a thing whose name it has is left out, and so are turns that do not count.
    """
    last, ended = dict[Address, Turn](), list[Turn]()
    for turn in turns:
        before, after, counts = turn
        known = last.pop(turn.resource.address, None)
        first = known.before if known else before
        if first and not (counts and after):
            ended += [Turn(first, None)] if counts else [known] if known else []
        elif after:
            last[after.address] = Turn(first, after)
    return [*ended, *(each for each in last.values() if each.before or not _has_gone(each.after))]


def _has_gone(part: Resource | None) -> bool:
    """Say whether the name of a thing that is gone is in the address of *part*."""
    return part is not None and any(GONE in each.key for each in named_by(part))


def losers(turns: Sequence[Turn], context: GuardContext) -> dict[Address, set[Address]]:
    """Return who has less after the plan, and where, than before *turns*, which are net ones.

    What was given meanwhile counts as given before. The members of a team that is gone lose
    something in the account: the record does not say which roles went with the team.
    """
    losses = [Change(each.before, each.after) for each in turns if each.before]
    context.start.expect({a for each in losses for a in (each.address, *each.resource.references)})
    past = context.start.draft()
    for before in (each.before for each in reversed(losses) if each.before):
        past.put(before)
    then = Access(past, context.catalogue, context.outcome.alphabet)
    comparison = Comparison(then, context.outcome, context.now)
    scopes = compared(losses, comparison).losers
    for team in (each.before for each in losses if each.after is None):
        for who in filter(comparison.stays, team.references if isinstance(team, Team) else ()):
            scopes[who].add(ACCOUNT)
    older = {each.address for each in losses}
    new = {each.after.address for each in turns if each.after} | {
        context.new_address(who) for who in context.recent.new([*map(context.live_address, scopes)])
    }
    return {who: places for who, places in scopes.items() if who in older or who not in new}
