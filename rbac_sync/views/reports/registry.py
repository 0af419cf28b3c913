"""The kinds of report there are, each with the view that writes it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Flag, auto
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..run import Run


class ReportContent(Flag):
    """The content that a kind of report has room for; ACCESS is what only a judged plan can say."""

    PLAN = auto()
    PROBLEMS = auto()
    ACCESS = auto()


class ReportKind(NamedTuple):
    """``view`` is the function that writes it: imported only when it is asked for.

    ``beside``: it may stand among other output, where lines are read one by one.
    """

    view: str
    tells: ReportContent
    beside: bool = False


KINDS: Mapping[str, ReportKind] = {
    "md": ReportKind("markdown:text", ReportContent.PLAN | ReportContent.PROBLEMS),
    "json": ReportKind("json_report:text", ReportContent.PLAN | ReportContent.PROBLEMS),
    "tfplan": ReportKind("terraform:text", ReportContent.PLAN),
    "html": ReportKind("html:text", ReportContent.ACCESS),
    "sarif": ReportKind("sarif:text", ReportContent.PROBLEMS),
    "github": ReportKind("github:text", ReportContent.PROBLEMS, beside=True),
    "codequality": ReportKind("codequality:text", ReportContent.PROBLEMS),
    "junit": ReportKind("junit:text", ReportContent.PROBLEMS),
}


def that_tell(of: ReportContent) -> list[str]:
    """Return the kinds that have room for *of*."""
    return [name for name, kind in KINDS.items() if kind.tells & of]


def written(kind: str, run: Run) -> str:
    """Return *run* as a file of *kind*."""
    module, _, function = KINDS[kind].view.partition(":")
    return str(getattr(import_module(f".{module}", __package__), function)(run))
