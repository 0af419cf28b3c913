"""Every model of the package, found by walking its modules."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import walk_packages

from pydantic import BaseModel

from rbac_sync.wire import prefect_cloud

BASES = {
    *("Request", "Body", "Answer", "Identified", "Entity", "Page"),
    *("Carried", "Kept", "Authored", "Open"),
}

MODULES = [
    import_module(found.name)
    for found in walk_packages(prefect_cloud.__path__, f"{prefect_cloud.__name__}.")
]


def _is_shape(name, member):
    if not isclass(member) or not member.__module__.startswith(prefect_cloud.__name__):
        return False
    return issubclass(member, (BaseModel, StrEnum)) and not (name in BASES or name.startswith("_"))


SHAPES = {
    name: member
    for module in MODULES
    for name, member in getmembers(module)
    if _is_shape(name, member)
}
MODELS = {name: shape for name, shape in SHAPES.items() if issubclass(shape, BaseModel)}
