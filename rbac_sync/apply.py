"""Make the changes of a plan through a session, each on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .audit.record import Authorship
from .backends.interface import Writer
from .errors import ApplyStopped, BackendError
from .planning import Change

Progress = Callable[[Change], None]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a run did: how many things were added, changed, destroyed, and new keys by address."""

    run: str
    counts: tuple[int, int, int] = (0, 0, 0)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)


def make_all(
    changes: Sequence[Change], writer: Writer, authorship: Authorship, progress: Progress
) -> dict[str, str]:
    """Make *changes* in order and return the secrets that came into being, by address as text.

    Raises:
        BackendError: one failed, and the backend takes them all or none.
        ApplyStopped: one failed after others were made, which stand; since the
            order is safe to stop in, planning and applying again goes on.
    """
    at = writer.now()
    secrets: dict[str, str] = {}
    for done, change in enumerate(changes):
        try:
            secrets.update(writer.make(change))
        except BackendError as error:
            if writer.capabilities.atomic:
                raise
            message = f"applied {done} of {len(changes)} changes; `{change.address}`: {error}"
            raise ApplyStopped(message, hint="plan and apply again to go on") from error
        writer.record(authorship.record(change, at))
        progress(change)
    return secrets
