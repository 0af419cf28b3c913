"""An HTTP server on a loopback port that answers as a service in memory does, byte by byte."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

RAW, MISSING = "raw", "missing"
"""Extensions of a response: the bytes to send for its content, and the number of bytes that its
header promises in vain."""


@contextmanager
def loopback(answer: Callable[[httpx.Request], httpx.Response]) -> Iterator[str]:
    """Run the server; yield its root."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # header and body go together: apart, each answer waits 40 ms for the client

        def _pass(self):
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            url = f"http://{self.headers['host']}{self.path}"
            asked = httpx.Request(self.command, url, headers=self.headers.items(), content=content)
            answered = answer(asked)
            missing = answered.extensions.get(MISSING, 0)
            self.send_response_only(answered.status_code)
            for name, value in answered.headers.items():
                if name != "content-length":
                    self.send_header(name, value)
            body = answered.extensions.get(RAW, answered.content)
            self.send_header("content-length", str(len(body) + missing))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = self.close_connection or bool(missing)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
