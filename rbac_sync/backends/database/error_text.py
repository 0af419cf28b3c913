"""The words of a database about an error of its own."""

from __future__ import annotations


def words(error: Exception) -> str:
    """Return the first line of what the database itself says of *error*."""
    if isinstance(error, UnicodeEncodeError):
        return "a text holds half a character"
    return str(cause(error)).strip().partition("\n")[0]


def cause(error: Exception) -> BaseException:
    """Return the driver's error, where SQLAlchemy wraps one."""
    return getattr(error, "orig", None) or error
