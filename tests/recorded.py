"""What was changed shortly before a plan, by a list of all its changes."""

from __future__ import annotations

from rbac_sync.guard.earlier import net, turns_before
from rbac_sync.guard.recent import Earlier, Recent
from rbac_sync.model import State


class Recorded(Recent):
    """The changes of a list, which leaves nothing out and follow each other until *live*."""

    def __init__(self, changes, live, *, counts=True):
        self._changes = [Earlier(each, counts) for each in changes]
        turns = net(turns_before(self._changes, {}, live))
        self._new = {each.after.address for each in turns if each.before is None}

    def changes(self, kinds, of):
        return self._changes

    def older(self, live, things, besides, most):
        others = {each.address for each in besides} | self._new
        every = (*live.resources(), *live.bindings())
        return State(each for each in every if each.address not in others).count(things)

    def new(self, people):
        return self._new.intersection(people)
