"""Who comes to own the account or a workspace, and in which way: the first thing to look at."""

from __future__ import annotations

from collections.abc import Iterator

from ..guard import Inquiry, Path
from ..guard.effects import Effect
from ..model import ACCOUNT, Address, Role, label, place
from ..model.address import binding
from .line import Line, Tone
from .run import Run
from .words import at, way


def new_owners(run: Run) -> Iterator[tuple[Address, Line]]:
    """Yield each new owner with a line that says of what, how, and where that is declared."""
    for effect in run.effects:
        assert run.inquiry is not None, "an effect is of a plan that somebody judged"
        paths = effect.by if effect.gained else ()
        if path := next((path for path in paths if _owns(path, effect, run.inquiry)), None):
            yield effect.principal, _line(path, effect, run.inquiry)


def _owns(path: Path, effect: Effect, inquiry: Inquiry) -> bool:
    """Say whether *path* gives all that an owner has where *effect* is."""
    known = inquiry.catalogue
    found = {path.role}
    role = inquiry.outcome.state.get(path.role)
    if isinstance(role, Role):
        found |= role.base if effect.scope == ACCOUNT else role.base | role.implies
    owner = known.roles[known.owner]
    return not found.isdisjoint({known.owner} if effect.scope == ACCOUNT else owner.implies)


def _line(path: Path, effect: Effect, inquiry: Inquiry) -> Line:
    how = way(path, effect.principal, inquiry.outcome.state, "")
    declared = inquiry.plan.origin(binding(path.holder, path.bound))
    what = f"{place(effect.scope)} {how}{at(declared or next(iter(effect.places), None))}"
    return Line(f"+ {label(effect.principal)} becomes an owner of {what}", Tone.GAIN)
