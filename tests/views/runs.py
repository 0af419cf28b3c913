"""Runs to report of: the week of the scene, and accounts made up for one test."""

from __future__ import annotations

import json

from rbac_sync.errors import Diagnostic, Place
from rbac_sync.guard import examine
from rbac_sync.views.run import Run
from tests.build import context

from .scene import SOURCES, saved, week

ADVICE = Diagnostic("RS502", "`zoe` is not used", Place("people.toml", 2, 1, 5), "delete it")
PROBLEMS = (
    Diagnostic(
        "RS201",
        "there is no `bob`",
        Place("people.toml", 3, 10, 4),
        "did you mean `bo`?",
        Place("people.toml", 4, 11, 4),
        "here",
    ),
    Diagnostic("RS101", "there is no `rbac.toml`"),
    ADVICE,
)
FAULTY = Run(PROBLEMS, SOURCES)


def judged(found, applier="ana", **more):
    """Return the run that made the plan *found* for *applier*."""
    asked = context(found, applier)
    return Run((), SOURCES, found, saved(found), asked, examine(asked), **more)


def busy(applier="ana", **more):
    """Return the run of the busy week."""
    return judged(week(), applier, **more)


def drifted(found):
    """Return the run that found the drift *found*."""
    return Run((), SOURCES, found, saved(found))


def loaded(text):
    """Return what the JSON *text* holds; it is ASCII, so that no name can move a cursor."""
    assert text.isascii()
    return json.loads(text)
