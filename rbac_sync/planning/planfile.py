"""A plan as a file: canonical JSON with a digest against damage and pins of its inputs.

The digest finds damage, not forgery. A plan that somebody altered and digested
anew is a new plan, and the guard judges it again when it is applied.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from ..dataclasses import dataclass
from ..errors import PlanFileError, PlanFormatError
from ..model import Address, Instant
from ..model.file_pieces import Pieces, body_pieces, file_pieces, list_pieces
from ..model.instant import parsed, rfc3339
from ..model.plain import address, built, canonical, plain, quoted, text
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


@dataclass(frozen=True)
class SavedPlan:
    """The content of a plan file.

    ``configuration`` is the digest of the configuration that the plan was made from.
    ``pins`` has the pin of each row on which the plan depends: see ``pinned``.
    """

    target: Target
    configuration: str
    created: Instant
    changes: tuple[Change, ...]
    pins: Mapping[Address, str]

    @cached_property
    def digest(self) -> str:
        """The hex SHA-256 that names this plan in the audit trail."""
        return _digest(self._body())

    def encoded(self) -> bytes:
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """Yield the content of the file in pieces."""
        body = self._body()
        digest = self.__dict__.setdefault("digest", _digest(body))
        yield from file_pieces({**body, "digest": [canonical(digest).encode()]})

    def _body(self) -> dict[str, Pieces]:
        """Return the text of each value of the file except the digest, which covers these texts."""
        body = {
            "format": FORMAT,
            "backend": plain(self.target),
            "configuration": self.configuration,
            "created": rfc3339(self.created),
        }
        pins = self.pins
        pin_texts = (
            f'{{"address":{text(a)},"version":{quoted(pins[a])}}}'
            for a in sorted(pins, key=" ".join)
        )
        return {
            **body_pieces(body),
            "changes": list_pieces(map(text_of_change, self.changes)),
            "pins": list_pieces(pin_texts),
        }


def decoded(content: bytes) -> SavedPlan:
    """Return the plan in the file *content*.

    Raises:
        PlanFormatError: the file has another format version.
        PlanFileError: the file is damaged, altered, or not a plan.
    """
    try:
        saved = _read(content)
        is_whole = _is_of(saved.pieces(), content)  # a file with a repeated key differs
    except MALFORMED as error:
        raise PlanFileError("the file is not a plan file, or it is damaged", hint=AGAIN) from error
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
        str(body["configuration"]),
        parsed(body["created"]),
        tuple(body["changes"]),
        {address(pin["address"]): str(pin["version"]) for pin in body["pins"]},
    )


def _check_format(body: object) -> None:
    version = body.get("format") if isinstance(body, dict) else FORMAT
    if isinstance(version, int) and version != FORMAT:
        message = f"the plan file is of format {version}; this version reads format {FORMAT}"
        raise PlanFormatError(message, hint="plan again with the version that applies")


def _is_of(pieces: Iterable[bytes], content: bytes) -> bool:
    """Say whether *pieces* together are *content*."""
    start = 0
    for piece in pieces:
        if not content.startswith(piece, start):
            return False
        start += len(piece)
    return start == len(content)


def _digest(body: Mapping[str, Pieces]) -> str:
    digest = hashlib.sha256()
    for piece in file_pieces(body):
        digest.update(piece)
    return digest.hexdigest()
