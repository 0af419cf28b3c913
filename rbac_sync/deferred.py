"""Names of a package that are imported when they are first used: start-up time is a feature."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def deferred(package: str, names: Mapping[str, str]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of *package*, which imports each name from its module.

    *names* are by module, with spaces between them.

    Raises:
        AttributeError: no module in *names* has the name.
    """
    modules = {name: module for module, each in names.items() for name in each.split()}

    def attribute(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module `{package}` has no attribute `{name}`")
        from importlib import import_module

        return getattr(import_module(modules[name], package), name)

    return attribute
