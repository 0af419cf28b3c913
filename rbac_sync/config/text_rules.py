"""The rules for names, e-mail addresses and running text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from ..model.address import IN_EMAILS, is_email
from ..model.address_pattern import is_pattern

MOST_CHARACTERS = 255
MOST_PROSE = 10_000
EMAIL_HINT = "write it as in `ana@acme.example`"
ACCOUNT_NAME = r"[A-Za-z0-9_-]{1,64}"
OWN = "RBAC_SYNC_"
VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
HERE = ("127.0.0.1", "::1", "localhost")


CREDENTIALS = frozenset(
    {
        "api_key",
        "apikey",
        "auth",
        "bearer",
        "credential",
        "credentials",
        "passwd",
        "password",
        "pwd",
        "secret",
        "token",
    }
)
"""Keys that only hold secrets, in lower case and with underscores."""


def in_backticks(words: Iterable[object], joint: str = ", ") -> str:
    """Return *words* as they stand in messages: `` `roles`, `teams` ``."""
    return joint.join(f"`{word}`" for word in words)


def is_of_texts(value: object) -> TypeGuard[list[str]]:
    """Say whether *value* is a list with only texts, as most lists are."""
    return isinstance(value, list) and set(map(type, value)) <= {str}


def name_fault(text: str) -> str:
    """Return the fault of a name, or nothing."""
    if not text:
        return "must not be empty"
    if text != text.strip():
        return "must not begin or end with space"
    if "\n" in text or "\t" in text:
        return "must be one line"
    return f"is longer than {MOST_CHARACTERS} characters" if len(text) > MOST_CHARACTERS else ""


def short_name_fault(text: str) -> str:
    """Return the fault of a short name for a user, or nothing."""
    if "@" in text or ":" in text or text == "everyone":
        return "could be taken for somebody else"
    return name_fault(text)


def is_handle(text: str) -> bool:
    """Say whether a configuration may hold *text* as the handle of one workspace."""
    return not is_pattern(text) and "/" not in text


def account_name_fault(text: str) -> str:
    """Return the fault of a name for one account of several, or nothing.

    *Why* so strict: the name becomes a part of file names and of command lines.
    """
    return "" if re.fullmatch(ACCOUNT_NAME, text) else "is no name for an account"


def credential_fault(key: str) -> str:
    """Return the fault of a key that only holds secrets; empty for another key."""
    is_secret = key.lower().replace("-", "_") in CREDENTIALS
    return f"`{key}` looks like a credential; those do not belong into files" if is_secret else ""


def prose_fault(text: str) -> str:
    """Return the fault of a description, or nothing; line breaks are allowed."""
    return f"is longer than {MOST_PROSE} characters" if len(text) > MOST_PROSE else ""


def url_fault(text: str) -> str:
    """Return the fault of a URL in place of the name of a variable, or nothing."""
    return "looks like a URL, which is a secret here" if "://" in text else ""


def variable_fault(text: str) -> str:
    """Return the fault of a name of an environment variable, or nothing."""
    return "" if re.fullmatch(VARIABLE, text) else "is no name of an environment variable"


def own_variable_fault(text: str) -> str:
    """Return the fault of a name of a variable that belongs to rbac-sync, or nothing.

    *Why* no other: its value is trusted like an option of the user, and another variable of the
    runner may hold the text of a stranger, such as the URL of a fork.
    """
    fault = variable_fault(text)
    return fault or ("" if text.startswith(OWN) else f"does not begin with `{OWN}`")


def jwks_fault(text: str) -> str:
    """Return the fault of a location of public keys, or nothing.

    *Why* not over plain http: an attacker on the network would choose the keys.
    """
    if "://" not in text:
        return name_fault(text)
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return "is no URL"
    if not host or parts.query or parts.username is not None:
        return "is no URL of a key set"
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in HERE)
    return "" if safe else "can be changed on the way here"


def email_fault(text: str) -> str:
    """Return the fault of an e-mail address, or nothing; it may not look like another address."""
    if not is_email(text):
        return _invalid_character(text) or "is no e-mail address"
    return f"is longer than {MOST_CHARACTERS} characters" if len(text) > MOST_CHARACTERS else ""


def _invalid_character(text: str) -> str:
    for position, character in enumerate(text, start=1):
        if not character.isascii():
            name = unicodedata.name(character, "")
            code = f"U+{ord(character):04X} {name}".rstrip()
            return f"contains {code} at position {position}; e-mail addresses are plain ASCII"
        if not IN_EMAILS.fullmatch(character):
            return f"contains `{character}` at position {position}"
    return ""


def share_texts(value: Any, texts: dict[str, str]) -> None:
    """Replace equal texts in the lists of *value* by one object, which is stored in *texts*."""
    if isinstance(value, dict):
        for inner in value.values():
            share_texts(inner, texts)
    elif is_of_texts(value):
        value[:] = map(texts.setdefault, value, value)
    elif isinstance(value, list):
        value[:] = [texts.setdefault(v, v) if isinstance(v, str) else v for v in value]
