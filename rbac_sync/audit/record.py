"""One row of the audit trail, made from a change and read back into a change."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..dataclasses import dataclass, field, replace
from ..model import Action, Address, Binding, Holdings, Instant, label
from ..model.kind import SPECS
from ..model.plain import PlainObject
from ..model.reasons import elements
from ..planning import Change
from ..planning.plain_change import change_of, company

DONE, FAILED, EVENT = "done", "failed", "event"
SETTLED_BY = "settled_by"
"""The key in ``info`` with the principal whose run settled the row."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: an event, its object, its author and its result.

    ``object_id`` and ``object_table`` name the thing (its address and kind;
    for a log-in the table ``user``). ``before``, ``after`` and ``info`` are
    plain JSON values; of a change, ``info`` holds ``brings`` and ``joins``.
    ``result`` is ``done``, ``intent``, ``failed`` or ``event``: replaying the
    trail makes the changes that are done.

    Source of the first five fields: the Cloud 1 document, "Audit Log".
    """

    timestamp: Instant
    message: str
    object_id: str
    object_table: str
    info: Mapping[str, Any] | None = None
    applier: str = ""
    on_behalf_of: str = ""
    run: str = ""
    plan_digest: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    result: str = DONE


@dataclass(frozen=True, slots=True)
class Touch:
    """The last change of a resource in its trail: author, time and run.

    ``who`` and ``run`` are empty if unknown. ``planned`` says that the run applied a plan made
    from a configuration.
    """

    at: Instant
    who: str = ""
    run: str = ""
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Authorship:
    """The author of a run, the same for all records of the run.

    ``reason`` is the user's own words; ``allowed`` the counts by which the run loosens the guard.
    """

    applier: Address | None
    run: str
    plan_digest: str = ""
    on_behalf_of: Address | None = None
    reason: str = ""
    allowed: Mapping[str, int] = field(default_factory=dict)

    def record(self, change: Change, at: Instant, result: str = DONE) -> Record:
        """Return the record of *change*, made at *at*."""
        before, after = change.texts
        return self._record(
            change.address,
            message(change),
            at,
            info=self._info(change) or None,
            before=PlainObject(before) if change.before else None,
            after=PlainObject(after) if change.after else None,
            result=result,
        )

    def _info(self, change: Change) -> dict[str, Any]:
        info = company(change)
        if self.reason:
            info["reason"] = self.reason
        if self.allowed:
            info["allowed"] = dict(self.allowed)
        if texts := reasons(change):
            info["reasons"] = texts
        return info

    def remark(self, about: Address, words: str, at: Instant) -> Record:
        """Return the record of a remark on *about*, which changes nothing."""
        return self._record(about, f"`{about}`: {words}", at, result=EVENT)

    def _record(self, about: Address, message: str, at: Instant, **more: Any) -> Record:
        return Record(
            timestamp=at,
            message=message,
            object_id=str(about),
            object_table=SPECS[about.kind].table,
            applier=_label(self.applier),
            on_behalf_of=_label(self.on_behalf_of),
            run=self.run,
            plan_digest=self.plan_digest,
            **more,
        )


def settled(record: Record, by: str) -> Record:
    """Return *record* as settled, after a read of the live state, by the run of principal *by*."""
    return replace(record, info={**(record.info or {}), SETTLED_BY: by})


def settled_by(record: Record) -> str:
    """Return the principal whose later run settled *record*; empty if its own run did."""
    return str((record.info or {}).get(SETTLED_BY, ""))


def reasons(change: Change) -> list[str]:
    """Return the reasons that *change* adds, sorted, each once."""
    made = [each for resource in change.made for each in elements(resource) if each.reason]
    known = elements(change.before) if made else ()
    return sorted({element.reason for element in made if element not in known})


def format_actor(applier: str, on_behalf_of: str) -> str:
    """Return the applier, and the author if there is one, as text."""
    return f"{applier} for {on_behalf_of}" if on_behalf_of else applier


def change(record: Record) -> Change:
    """Return the change in *record*.

    Raises:
        ValueError, TypeError, KeyError: the record is malformed, or is not that of a change.
    """
    return change_of({"before": record.before, "after": record.after, **(record.info or {})})


def plain_sides(record: Record) -> dict[str, dict[str, Any] | None]:
    """Return ``before`` and ``after`` of *record* in JSON's own types."""
    sides = {"before": record.before, "after": record.after}
    return {name: None if side is None else dict(side) for name, side in sides.items()}


VERBS: Mapping[Action, str] = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.RENAME: "renamed",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
}


def message(change: Change) -> str:
    """Return the sentence that describes *change* in the trail."""
    participle, thing = VERBS[change.action], change.resource
    if isinstance(thing, Binding):
        verb = "given to" if change.after else "taken from"
        return f"{_names(thing.roles)} {verb} `{label(thing.principal)}` ({change.address})"
    if change.action is Action.RENAME and change.before:
        return f"`{change.before.address}` renamed to `{change.address}`"
    return f"`{change.address}` {participle}"


@lru_cache(maxsize=1024)
def _names(roles: Holdings) -> str:
    return " and ".join(sorted(f"`{h.role}`" for h in roles))


def _label(principal: Address | None) -> str:
    return label(principal) if principal else ""
