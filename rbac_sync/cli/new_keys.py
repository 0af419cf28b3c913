"""Where the secrets of new API keys go: into one file, once, readable by its owner alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ..errors import ApplyStopped, Interrupted, RbacSyncError

if TYPE_CHECKING:
    from ..backends.interface import Backend
    from ..model import Address, Key, State
    from ..planning.planfile import SavedPlan


def unmade_keys(saved: SavedPlan, backend: Backend) -> list[Address]:
    """Return the API keys whose secrets a plan is still to bring into being.

    Those are keys that it makes and, where a key with another end is another
    key, those that it updates; what is live already is not made again.
    """
    from .. import pipeline
    from ..model import Key

    keys = [(c.before, c.after) for c in saved.changes if isinstance(c.after, Key)]
    if not keys:
        return []
    look = pipeline.look(backend)
    rotates = look.capabilities.rotates_keys
    due = (after for before, after in keys if before is None or rotates)
    return [key.address for key in due if not _is_live(key, look.state, rotates=rotates)]


def _is_live(key: Key, state: State, *, rotates: bool) -> bool:
    found = state.get(key.address)
    return found == key if rotates else found is not None


@contextmanager
def keeping(
    keys: Collection[Address], keys_out: Path | None
) -> Iterator[Callable[[Mapping[str, str]], None]]:
    """Make room for the secrets of new *keys* before anything is changed.

    Raises:
        RbacSyncError: there are such keys, and nowhere to put their secrets.
    """
    if not keys:
        yield _keep_nothing
        return
    kept: dict[str, str] = {}
    with _reserved(keys_out) as file:

        def keep(secrets: Mapping[str, str]) -> None:
            kept.update(secrets)
            file.seek(0)
            file.truncate()
            file.write(json.dumps(kept, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())

        yield keep


def _keep_nothing(secrets: Mapping[str, str]) -> None:
    if secrets:
        raise _homeless()


@contextmanager
def _reserved(path: Path | None) -> Iterator[TextIO]:
    """Open a new file that only its owner may read; it goes again if nothing comes into it."""
    if path is None:
        raise _homeless()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        message = f"cannot create `{path}`: {(error.strerror or '').lower()}"
        raise RbacSyncError(message, hint="name a file that does not exist yet") from error
    with os.fdopen(descriptor, "w") as file:
        stands = False
        try:
            yield file
            stands = True
        except (ApplyStopped, Interrupted):
            stands = True  # what was made before it stopped, and so do its secrets
            raise
        finally:
            if not (stands and path.stat().st_size):
                path.unlink()


def _homeless() -> RbacSyncError:
    message = "the plan makes API keys, and their secrets are shown only once"
    return RbacSyncError(message, hint="say where they go: `--keys-out FILE`")
