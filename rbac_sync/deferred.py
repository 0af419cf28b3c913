"""Names of a package that are imported when they are first used: start-up time is a feature."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def deferred(package: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of *package*: it imports each name in *modules* from its module.

    Raises:
        AttributeError: the name is not in *modules*.
    """

    def attribute(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module `{package}` has no attribute `{name}`")
        from importlib import import_module

        return getattr(import_module(modules[name], package), name)

    return attribute
