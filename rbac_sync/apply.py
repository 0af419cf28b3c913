"""Make the changes of a plan through a session, each on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .audit.record import Authorship
from .backends.interface import Writer
from .errors import ApplyStopped, BackendError, Interrupted, RbacSyncError
from .planning import Change

Progress = Callable[[Change], None]
Keep = Callable[[Mapping[str, str]], None]
"""Takes all the secrets that have come into being so far, by address as text."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What a run did: how many things were added, changed, destroyed, and new keys by address."""

    run: str
    counts: tuple[int, int, int] = (0, 0, 0)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)


def make_all(
    changes: Sequence[Change],
    writer: Writer,
    authorship: Authorship,
    progress: Progress,
    keep: Keep,
    check: Callable[[], None],
) -> dict[str, str]:
    """Make *changes* in order and return the secrets that came into being, by address as text.

    *keep* is given them before they count: at the end where all changes or
    none are made, at once where each stands as soon as it is made. *check* is asked at
    the end, where all changes or none are made; what it raises undoes them.

    Raises:
        BackendError: one failed, and the backend takes them all or none.
        ApplyStopped: one failed after others were made, which stand; since the
            order is safe to stop in, planning and applying again goes on.
        Interrupted: the user stopped it there.
    """
    writer.begin(authorship)
    at, atomic = writer.now(), writer.capabilities.atomic
    secrets: dict[str, str] = {}
    for done, change in enumerate(changes):
        try:
            minted = writer.make(change)
            secrets.update(minted)
            if minted and not atomic:
                keep(secrets)
            writer.record(authorship.record(change, at))
            progress(change)
        except (BackendError, KeyboardInterrupt) as error:
            if atomic:
                raise
            raise _stopped(error, change, f"applied {done} of {len(changes)} changes") from error
    if atomic:
        check()
        if secrets:
            keep(secrets)
    return secrets


def _stopped(error: BaseException, change: Change, how_far: str) -> RbacSyncError:
    again = "plan and apply again to go on"
    if isinstance(error, KeyboardInterrupt):
        return Interrupted(f"{how_far}; interrupted at `{change.address}`", hint=again)
    return ApplyStopped(f"{how_far}; `{change.address}`: {error}", hint=again)
