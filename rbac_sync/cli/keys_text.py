"""The text of a keys file: secrets by the address of their key, as JSON.

While a run makes keys, the file names the account, and each key has a line with room for its
secret::

    {
      "account": "acme of prefect-cloud, 3f0a9c11d2e4" ,
      "service-account.ci/key/main": null<256 bytes with blanks>,
      "service-account.etl/key/main": null<256 bytes with blanks>
    }

A run that ends well leaves the secrets alone, without the account and without blanks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

LEAST_WIDTH = 256
"""Bytes for the secret of each key, quotation marks included."""

ACCOUNT = "account"
"""The entry that names the account; it cannot be the address of a key."""

Entries = Mapping[str, str | None]
"""Secrets by the address of their key; None until there is one."""


class KeysText:
    """The text of an unfinished file. ``places`` are the offsets of the secrets, in bytes."""

    def __init__(self, entries: Entries, account: str = "") -> None:
        self._width = max([LEAST_WIDTH, *(len(_value(secret)) for secret in entries.values())])
        self.places: dict[str, int] = {}
        content, end = bytearray(b"{"), b"\n"
        if account:
            content += f"\n  {json.dumps(ACCOUNT)}: {json.dumps(account)} ".encode()
            end = b",\n"
        for key, secret in entries.items():
            content += end + f"  {json.dumps(key)}: ".encode()
            self.places[key], end = len(content), b",\n"
            content += self.padded(secret)
        self.content = bytes(content + b"\n}\n")

    def padded(self, secret: str | None) -> bytes:
        """Return *secret* as JSON, padded to the width of its place."""
        return _value(secret).ljust(self._width) + b" "

    def is_too_long(self, secret: str) -> bool:
        return len(_value(secret)) > self._width


def finished(entries: Entries) -> bytes:
    """Return the text of the file of a complete run."""
    return (json.dumps(entries, indent=2) + "\n").encode()


def unfinished(content: bytes) -> dict[str, str | None] | None:
    """Return the secrets of an unfinished file; None if *content* is another kind of file.

    An empty file is from a run that was killed right after it created the file.
    """
    entries = _entries(content)
    return entries and {key: secret for key, secret in entries.items() if key != ACCOUNT}


def account_of(content: bytes) -> str:
    """Return the account that an unfinished file names, empty if it names none."""
    return (_entries(content) or {}).get(ACCOUNT) or ""


def _entries(content: bytes) -> dict[str, str | None] | None:
    if not content:
        return {}
    try:
        text = content.decode()
        entries = json.loads(text)
    except (ValueError, RecursionError):
        return None
    lines = text.splitlines()[1:-1]
    has_padding = bool(lines) and all(line.rstrip(",").endswith(" ") for line in lines)
    if not (has_padding and isinstance(entries, dict)):
        return None
    is_valid = all(secret is None or isinstance(secret, str) for secret in entries.values())
    return entries if is_valid else None


def _value(secret: str | None) -> bytes:
    return json.dumps(secret).encode()
