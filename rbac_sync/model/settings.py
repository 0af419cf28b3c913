"""The settings of a backend: which account of which system, and how it is reached."""

from __future__ import annotations

from collections.abc import Mapping

from ..dataclasses import dataclass, field

WAIT = 5.0
"""The seconds that a writer waits for another one, unless the user says otherwise."""


@dataclass(frozen=True)
class Settings:
    """The content of a ``[backend]`` table. ``url`` and ``world`` are empty if not written.

    The world of a Prefect Cloud backend follows from its type. ``options`` are
    for backends of third parties. ``named`` says that the user, not a file, gave the URL:
    on the command line or in the environment.
    ``wait`` is the longest time in seconds that a writer waits for another. ``journal`` is the
    URL of ``[journal]``. ``target_url`` is ``url`` as it stands in plans: the path of a
    file is relative to the folder of the configuration.
    """

    type: str
    account: str
    url: str = ""
    world: str = ""
    options: Mapping[str, str | int | bool] = field(default_factory=dict)
    named: bool = False
    wait: float = WAIT
    journal: str = ""
    target_url: str = ""
