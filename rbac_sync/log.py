"""The log of what is read and opened, which only those see who ask for it, such as by ``-v``."""

from __future__ import annotations

import sys


def info(text: str, *values: object) -> None:
    """Log the message *text* with *values*.

    *Why* nothing without ``logging``: whoever sets a level has imported it, and to import it takes
    a fortieth of a short command.
    """
    if "logging" in sys.modules:
        import logging

        logging.getLogger("rbac_sync").info(text, *values)
