"""Runs the server until it is told to stop; what is being answered is answered first."""

from __future__ import annotations

import socket

import uvicorn

from ..errors import BackendError
from .app import app
from .guarded_store import GuardedStore
from .log import to

PATIENCE = 30
"""Seconds that requests have to come to an end once the server is told to stop."""


def run(guarded: GuardedStore, host: str, port: int, public_url: str = "") -> None:
    """Serve what stands behind *guarded*, reached at *public_url* if that is another address.

    Raises:
        BackendError: the store cannot be used, or the address cannot be listened on.

    """
    guarded.service.check()
    _check_free(host, port)
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


def _check_free(host: str, port: int) -> None:
    """Check that nobody else listens there: uvicorn would log it and exit with a code of its own.

    Raises:
        BackendError: somebody does, or this machine has no such address.

    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0].lower()
        hint = "end what listens there, or pass another `--port` or `--host`"
        raise BackendError(f"cannot listen on `{host}:{port}`: {reason}", hint=hint) from None
