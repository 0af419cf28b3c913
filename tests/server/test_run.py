"""The server before it serves: an address that it cannot have."""

from __future__ import annotations

import socket

import pytest

from rbac_sync.errors import BackendError
from rbac_sync.server.run import _check_free


def test_an_address_that_somebody_listens_on_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(BackendError) as refused:
            _check_free("127.0.0.1", port)
    assert str(refused.value) == f"cannot listen on `127.0.0.1:{port}`: address already in use"
    assert refused.value.hint == "end what listens there, or pass another `--port` or `--host`"
    _check_free("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(BackendError, match=r"cannot listen on `192\.0\.2\.1:0`"):
        _check_free("192.0.2.1", 0)
