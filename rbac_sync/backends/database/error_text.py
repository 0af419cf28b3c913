"""The text of a database error."""

from __future__ import annotations


def words(error: Exception) -> str:
    """Return the first line of the message of the database in *error*."""
    if isinstance(error, UnicodeEncodeError):
        return "a text holds half a character"
    return str(error).strip().partition("\n")[0]
