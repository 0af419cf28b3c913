"""A plan as a file: canonical JSON with a digest against damage and pins of its inputs.

The digest finds damage, not forgery. A plan that somebody altered and digested
anew is a new plan, and the guard judges it again when it is applied.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from ..errors import PlanFileError, PlanFormatError
from ..model import Address, Instant
from ..model.instant import parsed, rfc3339
from ..model.plain import address, built, canonical, line_texts, lines, lines_text, plain, text
from .change import Change
from .plain_change import object_of, text_of_change

FORMAT = 1
AGAIN = "run `rbac-sync plan --out FILE` again"
MALFORMED = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""Errors that reading raises for content that ``encoded`` does not write."""


@dataclass(frozen=True, slots=True)
class Target:
    """The account and the system, as plans name them. ``url`` never holds a password."""

    type: str
    url: str
    account: str
    world: str


class Digested(Protocol):
    """A configuration with a digest."""

    @property
    def digest(self) -> str:
        """The digest of the meaning of the configuration."""


class Digest(NamedTuple):
    """A configuration represented by its digest alone."""

    digest: str


@dataclass(frozen=True)
class SavedPlan:
    """The content of a plan file.

    ``pins`` has the pin of each row on which the plan depends: see ``pinned``.
    """

    target: Target
    configuration: Digested
    created: Instant
    changes: tuple[Change, ...]
    pins: Mapping[Address, str]

    @cached_property
    def digest(self) -> str:
        """The hex SHA-256 that names this plan in the audit trail."""
        return _digest(self._texts())

    def encoded(self) -> bytes:
        texts = self._texts()
        digest = self.__dict__.setdefault("digest", _digest(texts))
        return lines({**texts, "digest": canonical(digest)})

    def _texts(self) -> dict[str, str]:
        """Return the text of each value of the file except the digest, which covers these texts."""
        pins = sorted(self.pins.items())
        body = {
            "format": FORMAT,
            "backend": plain(self.target),
            "configuration": self.configuration.digest,
            "created": rfc3339(self.created),
        }
        pin_texts = (f'{{"address":{text(a)},"version":{canonical(v)}}}' for a, v in pins)
        return {
            **line_texts(body),
            "changes": lines_text(map(text_of_change, self.changes)),
            "pins": lines_text(pin_texts),
        }


def decoded(content: bytes) -> SavedPlan:
    """Return the plan in the file *content*.

    Raises:
        PlanFormatError: the file has another format version.
        PlanFileError: the file is damaged, altered, or not a plan.
    """
    try:
        saved = _read(content)
        is_whole = saved.encoded() == content  # a file with a repeated key differs
    except MALFORMED as error:
        raise PlanFileError("the plan file is damaged, or is none", hint=AGAIN) from error
    if not is_whole:
        raise PlanFileError("the plan file is not as it was written", hint=AGAIN)
    return saved


def _read(content: bytes) -> SavedPlan:
    """Return the plan in *content*, whose objects become changes while it is parsed.

    *Why* during parsing: the plain values of a plan take several times the memory of its changes.
    """
    try:
        return _saved(json.loads(content, object_hook=object_of))
    except MALFORMED:
        _check_format(json.loads(content))  # another format may have other objects
        raise


def _saved(body: Mapping[str, Any]) -> SavedPlan:
    _check_format(body)
    return SavedPlan(
        built(Target, body["backend"]),
        built(Digest, {"digest": body["configuration"]}),
        parsed(body["created"]),
        tuple(body["changes"]),
        {address(pin["address"]): str(pin["version"]) for pin in body["pins"]},
    )


def _check_format(body: object) -> None:
    version = body.get("format") if isinstance(body, dict) else FORMAT
    if isinstance(version, int) and version != FORMAT:
        message = f"the plan file is of format {version}; this version reads format {FORMAT}"
        raise PlanFormatError(message, hint="plan again with the version that applies")


def _digest(texts: Mapping[str, str]) -> str:
    return hashlib.sha256(lines(texts)).hexdigest()
