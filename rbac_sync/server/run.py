"""Runs the server until a signal stops it; open requests are finished first."""

from __future__ import annotations

import socket

import uvicorn

from ..errors import BackendError
from .app import app
from .guarded_store import GuardedStore
from .log import turn_on

PATIENCE = 30
"""Seconds for open requests to finish after the signal to stop."""


def run(guarded: GuardedStore, host: str, port: int, public_url: str = "") -> None:
    """Serve the store of *guarded*, reached at *public_url* if that is another address.

    Raises:
        BackendError: the store cannot be used, or the address cannot be listened on.
    """
    guarded.service.check()
    _check_free(host, port)
    turn_on()
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


def _check_free(host: str, port: int) -> None:
    """Check that the port is free: uvicorn would log an error and exit with its own code.

    Raises:
        BackendError: another process listens there, or this machine has no such address.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0].lower()
        hint = "end what listens there, or pass another `--port` or `--host`"
        raise BackendError(f"cannot listen on `{host}:{port}`: {reason}", hint=hint) from None
