"""New owners of the account or of a workspace, and the path to ownership."""

from __future__ import annotations

from collections.abc import Iterator

from ..guard import GuardContext, Path
from ..guard.effect import Effect, one_by_one
from ..model import ACCOUNT, Address, Role, label, place
from ..model.address import binding
from .run import Run
from .terminal import Line, Tone
from .words import describe_path, format_place


def new_owners(run: Run) -> Iterator[tuple[Address, Line]]:
    """Yield each new owner with a line that names scope, path and place."""
    context = run.context
    if context is None:
        return  # only a judged plan has effects
    for effect in one_by_one(each for each in run.effects if _owning(each, context)):
        for path in _owning(effect, context):
            yield effect.principal, _line(path, effect, context)


def _owning(effect: Effect, context: GuardContext) -> list[Path]:
    """Return the first path of *effect* that makes an owner, or nothing."""
    paths = effect.by if effect.gained else ()
    return [path for path in paths if _owns(path, effect, context)][:1]


def _owns(path: Path, effect: Effect, context: GuardContext) -> bool:
    """Say whether *path* gives the owner role in the scope of *effect*."""
    catalogue = context.catalogue
    roles = {path.role}
    role = context.outcome.state.get(path.role)
    if isinstance(role, Role):
        roles |= role.base if effect.scope == ACCOUNT else role.base | role.implies
    owner = catalogue.roles[catalogue.owner]
    return not roles.isdisjoint({catalogue.owner} if effect.scope == ACCOUNT else owner.implies)


def _line(path: Path, effect: Effect, context: GuardContext) -> Line:
    how = describe_path(path, effect.principal, context.outcome.state, "")
    declared = context.plan.origin(binding(path.holder, path.bound))
    where = format_place(declared or next(iter(effect.places), None))
    owned = f"{place(effect.scope)} {how}{where}"
    return Line(f"+ {label(effect.principal)} becomes owner of {owned}", Tone.GAIN)
