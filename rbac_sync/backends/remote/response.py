"""A response over HTTP: its decompression, its JSON value, and safe quotations from it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

from ...errors import BadResponse
from ...model import Instant
from ...model.instant import parsed
from ...named_tuples import NamedTuple

QUOTED, QUOTED_OF_RULES = 80, 500
"""The number of characters of a response that a message quotes, and of what rules say."""

RULE = re.compile(r"[A-Z_]{1,20}")

MOST_VALUES = 2**19
"""The most values in a response. *Why*: ``[[],[],...]`` takes twenty times its length in memory."""

TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+'
TOO_MANY = re.compile(rb'(?:[^",]*+(?:%b[^",]*+)*+,){%d}+' % (TEXT, MOST_VALUES + 1), re.DOTALL)
"""More commas outside texts than values are allowed. *Why* possessive: it never goes back."""

PIECE = 2**16
YEARS = range(1970, 9000)
"""The years of a time that spans can be added to and taken from."""

LIMIT = ["body", "limit"]
"""The place of the number of rows in the request for a page."""

STRANGE = "check the URL, and what may answer in place of the service: a proxy, a log-in page"


class TooLarge(BadResponse):
    """An answer is too large to be read or given; one with fewer rows may not be."""


class Response(NamedTuple):
    """A response: its JSON value, None for an empty body, and the time of the service."""

    value: Any
    date: Instant | None = None


def quote_text(text: str, longest: int = QUOTED) -> str:
    """Return the beginning of *text* on one line; characters that do not print are escaped."""
    printable = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode()
        for c in text[:longest]
    )
    return printable + ("..." if len(text) > longest else "")


def value(request: str, body: bytes, kind: str, quoted: Callable[[str], str] = quote_text) -> Any:
    """Return the JSON value in *body*, None if it is empty; *quoted* is for a message.

    *Why* not the parser of Python: it takes half a character for text, and three times as long.

    Raises:
        TooLarge: it has too many values.
        BadResponse: it is not JSON. *kind* is the content type that the response states.
    """
    if not body:
        return None
    if body.count(b",") > MOST_VALUES and TOO_MANY.match(body):
        message = f"{request}: an answer has more than {MOST_VALUES:,} values"
        raise TooLarge(message, hint=STRANGE)
    from pydantic_core import from_json

    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        begin = quoted(body[: 4 * QUOTED].decode("utf-8", "replace"))
        message = f"{request}: expected JSON, got `{quoted(kind)}` ({begin})"
        raise BadResponse(message, hint=STRANGE) from error


def unpacked(parts: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the decompressed *parts* of a body, in pieces of limited size.

    Raises:
        BadResponse: the compression is not the one requested, or the body is damaged.
    """
    if encoding.lower() in ("", "identity"):
        yield from parts
        return
    if encoding.lower() != "gzip":
        message = f"an answer is compressed as `{quote_text(encoding)}`, which nobody asked for"
        raise BadResponse(message, hint=STRANGE)
    inflater = zlib.decompressobj(wbits=31)
    try:
        for packed in parts:
            left = packed
            while left:
                if inflater.eof:
                    raise BadResponse("an answer goes on after its end", hint=STRANGE)
                yield inflater.decompress(left, PIECE)
                left = inflater.unconsumed_tail or inflater.unused_data
    except zlib.error as error:
        raise BadResponse(
            "an answer is damaged: it cannot be decompressed", hint=STRANGE
        ) from error
    if not inflater.eof:
        raise BadResponse("an answer is cut off: its end cannot be decompressed", hint=STRANGE)


@lru_cache(maxsize=8)
def dated(header: str) -> Instant | None:
    """Return the time in the header of that name, if it states one, with its offset, in ``YEARS``.

    Two such headers, joined by a comma, state none. *Why* cached: hundreds of responses come in
    the same second.
    """
    from email.utils import parsedate_to_datetime

    try:
        at = parsed(parsedate_to_datetime(header).isoformat())
    except (ValueError, OverflowError):
        return None
    return at if at.year in YEARS else None


def retry_after(headers: Mapping[str, str], longest: float) -> float | None:
    """Return the seconds that the service asks a client to wait, at most *longest*.

    None if it does not ask, or if the header cannot be read. A date is
    compared with the time of the service.
    """
    header = headers.get("retry-after", "").strip()
    try:
        seconds = float(header)
    except ValueError:
        until, now = dated(header), dated(headers.get("date", ""))
        if until is None or now is None:
            return None
        seconds = (until - now).total_seconds()
    return min(max(seconds, 0.0), longest) if isfinite(seconds) else None


def refuses_limit(value: Any) -> bool:
    """Say whether a refusal is about the number of rows requested: the field ``limit``."""
    detail = value.get("detail") if isinstance(value, Mapping) else None
    faults = detail if isinstance(detail, list) else []
    return any(isinstance(each, Mapping) and each.get("loc") == LIMIT for each in faults)


def rules_of(value: Any) -> list[str]:
    """Return the rules of the guard that a refusal of `rbac-sync serve` names."""
    rules = value.get("rules") if isinstance(value, Mapping) else None
    named = rules if isinstance(rules, list) else []
    return [rule for rule in named if isinstance(rule, str) and RULE.fullmatch(rule)]


def refusal_text(value: Any, longest: int = QUOTED) -> str:
    """Return the message of a refusal, in any of the forms of Prefect's APIs and of forges."""
    detail = value.get("detail") if isinstance(value, Mapping) else None
    if isinstance(detail, list):
        parts = (each.get("msg") for each in detail if isinstance(each, Mapping))
        return quote_text("; ".join(str(part) for part in parts if part), longest)
    if detail is None and isinstance(value, Mapping):
        first = _first_message(value.get("errors"))
        detail = value.get("exception_message") or first or value.get("message")
    return quote_text(detail, longest) if isinstance(detail, str) else ""


def _first_message(errors: Any) -> Any:
    """Return the message of the first error of GraphQL."""
    first = errors[0] if isinstance(errors, list) and errors else None
    return first.get("message") if isinstance(first, Mapping) else None
