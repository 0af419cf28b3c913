"""The log on standard error: off, until ``RBAC_SYNC_LOG`` or ``-v`` turns it on.

*Why* only our own logger: those of the libraries write headers, which contain the key.
"""

from __future__ import annotations

import os

import click

VARIABLE = "RBAC_SYNC_LOG"
LEVELS = ("warning", "info", "debug")
"""The levels, by how often ``-v`` is given."""

FORMAT = "%(asctime)s %(levelname)s %(message)s"


def _turn_on(context: click.Context, _: click.Parameter, count: int) -> None:
    named = os.environ.get(VARIABLE, "").lower()
    if named and named not in LEVELS:
        message = f"`{VARIABLE}` is `{named}`: write one of {', '.join(LEVELS)}"
        raise click.UsageError(message, context)
    level = max(LEVELS.index(named or LEVELS[0]), min(count, len(LEVELS) - 1))
    if level and not context.resilient_parsing:
        set_level(LEVELS[level])


def set_level(level: str) -> None:
    """Write log messages of *level* and above to standard error."""
    import logging

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(FORMAT))
    logger = logging.getLogger("rbac_sync")
    logger.handlers = [handler]
    logger.setLevel(level.upper())


OPTION = click.Option(
    ["-v", "--verbose"],
    count=True,
    expose_value=False,
    callback=_turn_on,
    help="Log what is read and asked on standard error; -vv each request.",
)
"""The option of every command."""
