"""The kinds of report there are, each with the view that writes it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Flag, auto
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .run import Run


class Tells(Flag):
    """What a kind of report has room for; ACCESS is what only a judged plan can say."""

    PLAN = auto()
    PROBLEMS = auto()
    ACCESS = auto()


class Kind(NamedTuple):
    """``view`` is the function that writes it: imported only when it is asked for.

    ``beside``: it may stand among other output, where lines are read one by one.
    """

    view: str
    tells: Tells
    beside: bool = False


KINDS: Mapping[str, Kind] = {
    "md": Kind("markdown:text", Tells.PLAN | Tells.PROBLEMS),
    "json": Kind("answer:text", Tells.PLAN | Tells.PROBLEMS),
    "tfplan": Kind("terraform:text", Tells.PLAN),
    "html": Kind("html:text", Tells.ACCESS),
    "sarif": Kind("sarif:text", Tells.PROBLEMS),
    "github": Kind("github:text", Tells.PROBLEMS, beside=True),
    "codequality": Kind("codequality:text", Tells.PROBLEMS),
    "junit": Kind("junit:text", Tells.PROBLEMS),
}


def that_tell(of: Tells) -> list[str]:
    """Return the kinds that have room for *of*."""
    return [name for name, kind in KINDS.items() if kind.tells & of]


def written(kind: str, run: Run) -> str:
    """Return *run* as a file of *kind*."""
    module, _, function = KINDS[kind].view.partition(":")
    return str(getattr(import_module(f".{module}", __package__), function)(run))
