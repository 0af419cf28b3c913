"""Runs the server until it is told to stop; what is being answered is answered first."""

from __future__ import annotations

import uvicorn

from .app import app
from .guarded_store import GuardedStore
from .log import to

PATIENCE = 30
"""Seconds that requests have to come to an end once the server is told to stop."""


def run(guarded: GuardedStore, host: str, port: int, public_url: str = "") -> None:
    """Serve what stands behind *guarded*, reached at *public_url* if that is another address.

    Raises:
        BackendError: the store cannot be used.
        OSError: the address cannot be listened on.

    """
    guarded.service.check()
    to()
    config = uvicorn.Config(
        app(guarded, public_url),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
        ws="none",
    )
    uvicorn.Server(config).run()
