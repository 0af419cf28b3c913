"""Access control as code: declare it, plan it, have escalations refused, apply it on record.

``load``, ``plan``, ``apply`` and ``drift`` do from Python what the commands of these names do.
They are imported when they are first used: the command line starts without them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .library import (
        Applied,
        Configuration,
        Drift,
        PlanRefused,
        RbacSyncError,
        Review,
        RunOptions,
        apply,
        drift,
        load,
        plan,
    )

__version__ = "0.2.0"

__all__ = [
    "Applied",
    "Configuration",
    "Drift",
    "PlanRefused",
    "RbacSyncError",
    "Review",
    "RunOptions",
    "__version__",
    "apply",
    "drift",
    "load",
    "plan",
]


if not TYPE_CHECKING:  # else a type checker would accept every name

    def __getattr__(name: str) -> object:
        """Return the public *name* of the library."""
        if name not in __all__:
            raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
        from importlib import import_module

        return getattr(import_module(".library", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
